// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// dp-model: what is in a model file, and the same model in another format.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "common/text.hpp"
#include "models/convert.hpp"
#include "models/describe.hpp"
#include "models/description_table.hpp"

namespace {

void print(std::string const& model, bool json) {
  models::Json const description = models::describe(model, dp::model_bytes(model));
  if (json)
    std::cout << description.dump(1) << "\n";
  else
    models::DescriptionTable::print(description);
}

}  // namespace

int main(int argc, char** argv) {
  std::string model, output, dipole;
  std::vector<std::string> types;
  bool json = false, force = false;
  CLI::App app("Looks at model files and converts them; the contents tell the format.");
  app.name("dp-model");
  app.require_subcommand(1);

  auto* const describe = app.add_subcommand(
      "describe", "print what is in a model file, and whether it can be evaluated (Angstrom, eV)");
  describe->add_option("MODEL", model, "model file")->required();
  describe->add_flag("--json", json, "print it as JSON");

  auto* const convert = app.add_subcommand(
      "convert", "write a model in another format: the same options and numbers, nothing evaluated");
  convert->add_option("MODEL", model, "model file")->required();
  convert->add_option("OUTPUT", output, "file to write: .dp (HDF5), .yaml or .yml")->required();
  convert->add_option("--types", types, "names of the types, for a graph without them: Cu,O")->delimiter(',');
  convert->add_option("--dipole", dipole,
                      "file of the dipoles of a model with electrostatics (DPLR), to be put into OUTPUT");
  convert->add_flag("--force", force, "overwrite OUTPUT if it is there");

  try {
    app.parse(argc, argv);
    if (describe->parsed())
      print(model, json);
    else
      for (std::string const& warning : models::convert(model, output, types, dipole, force))
        std::cerr << "dp-model: warning: " << output << ": " << warning << std::endl;
    return 0;
  } catch (CLI::Success const& help) {
    return app.exit(help);
  } catch (std::exception const& error) {
    std::cerr << "dp-model: " << examples::one_line(error.what()) << std::endl;
    return 1;
  }
}
