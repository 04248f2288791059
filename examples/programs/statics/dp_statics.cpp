// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// dp-statics: properties of a cubic crystal at rest. The use of the library is in sample.hpp.

#include <cstdio>
#include <dp/io/read_model.hpp>
#include <dp/long_range/require_long_range.hpp>

#include "common/model_options.hpp"
#include "common/program.hpp"
#include "common/remarks.hpp"
#include "common/text_file.hpp"
#include "statics/properties.hpp"
#include "statics/table.hpp"

namespace {

using namespace statics;

struct Arguments {
  std::string model, output, eos, reference;
  std::vector<std::string> types;
  std::vector<std::string> properties = {"eos", "elastic", "vacancy", "fault"};
  bool short_range = false;
  std::string dipole;
  Crystal crystal;
  Settings settings;
};

void write_eos(std::string const& path, std::vector<VolumePoint> const& points, BirchMurnaghan const& fit) {
  examples::TextFile file(path);
  file << "volume_A3_per_atom,energy_eV_per_atom,pressure_GPa,birch_murnaghan_eV_per_atom\n";
  for (VolumePoint const& p : points)
    file << p.volume << "," << p.energy << "," << p.pressure * gigapascal << "," << fit.energy_at(p.volume)
         << "\n";
  file.close();
}

int run(Arguments const& arguments, dp::Options const& options) {
  using Space = Kokkos::DefaultExecutionSpace;
  Space const space;
  dp::Model const model = dp::read_model(arguments.model, {.short_range = arguments.short_range,
                                                           .dipole = arguments.dipole,
                                                           .types = arguments.types,
                                                           .elements = {arguments.crystal.element}});
  dp::require_energies(model);
  dp::require_long_range(model, options.long_range_error);
  auto const potential = dp::make_potential(space, model, options);
  auto const reference = arguments.reference.empty() ? std::vector<Row>{} : read_rows(arguments.reference);
  std::printf("%s: %s\n", arguments.model.c_str(), potential->description().c_str());
  examples::print_remarks("dp-statics", model);

  auto const wanted = [&](char const* name) {
    return std::find(arguments.properties.begin(), arguments.properties.end(), name) !=
           arguments.properties.end();
  };
  Properties<Space> properties(space, *potential, model, arguments.crystal, arguments.settings);
  std::vector<Row> rows = {{"lattice_constant", properties.lattice_constant(), "A"},
                           {"energy_per_atom", properties.energy_per_atom(), "eV"}};
  if (wanted("eos")) {
    auto const points = properties.equation_of_state();
    auto const fit = fit_birch_murnaghan(points);
    rows.push_back({"bulk_modulus", fit.bulk * gigapascal, "GPa"});
    rows.push_back({"bulk_modulus_slope", fit.bulk_slope, "1"});
    if (!arguments.eos.empty()) write_eos(arguments.eos, points, fit);
  }
  if (wanted("elastic")) {
    auto const c = properties.elastic();
    rows.push_back({"C11", c.c11 * gigapascal, "GPa"});
    rows.push_back({"C12", c.c12 * gigapascal, "GPa"});
    rows.push_back({"C44", c.c44 * gigapascal, "GPa"});
  }
  if (wanted("fault")) {
    double const millijoule = 16021.76634;  // eV/Angstrom^2 in mJ/m^2
    auto const energy = properties.stacking_fault();
    rows.push_back({"stacking_fault_energy_unrelaxed", energy.unrelaxed * millijoule, "mJ/m2"});
    rows.push_back({"stacking_fault_energy", energy.relaxed * millijoule, "mJ/m2"});
  }
  if (wanted("vacancy")) {
    auto const energy = properties.vacancy();
    rows.push_back({"vacancy_energy_unrelaxed", energy.unrelaxed, "eV"});
    rows.push_back({"vacancy_energy", energy.relaxed, "eV"});
  }
  std::fputs(to_table(rows, reference).c_str(), stdout);
  if (!arguments.output.empty()) write_rows(arguments.output, rows);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  auto& [lattice, element, constant] = arguments.crystal;
  CLI::App app("Properties of a cubic crystal at rest by a Deep Potential model.");
  app.name("dp-statics");
  app.add_option("MODEL", arguments.model, "DeePMD-kit model file (.pb, .pth, .dp, .yaml, ...)")->required();
  app.add_option("--lattice", lattice, "crystal")
      ->check(CLI::IsMember({"sc", "bcc", "fcc", "diamond"}))
      ->capture_default_str();
  app.add_option("--element", element, "chemical symbol")->required();
  app.add_option("--constant", constant, "lattice constant to begin with, Angstrom")
      ->required()
      ->check(CLI::Range(0.5, 100.0));
  app.add_option("--properties", arguments.properties,
                 "eos: equation of state; elastic: C11, C12, C44; vacancy: formation energy;\n"
                 "fault: energy of an intrinsic stacking fault (fcc)")
      ->check(CLI::IsMember({"eos", "elastic", "vacancy", "fault"}))
      ->capture_default_str();
  app.add_option("--force-tolerance", arguments.settings.tolerance, "of relaxed atoms, eV/A")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--strain", arguments.settings.strain, "of elastic constants")
      ->check(CLI::Range(1e-6, 0.05))
      ->capture_default_str();
  app.add_option("--vacancy-size", arguments.settings.vacancy_size, "edge of its box, lattice constants")
      ->check(CLI::Range(2, 50))
      ->capture_default_str();
  app.add_option("--fault-layers", arguments.settings.fault_layers, "layers between faults: 5, 8, 11 ...")
      ->check(CLI::Range(5, 500))
      ->capture_default_str();
  examples::ModelOptions const options(app);
  app.add_flag("--short-range", arguments.short_range,
               "of a model with electrostatics (DPLR) the part that its nets give, without them");
  app.add_option("--dipole", arguments.dipole,
                 "file of the dipoles of a model with electrostatics (DPLR), where MODEL has them not in it");
  app.add_option("--types", arguments.types, "names of the model's types, for a file without them: Cu,O")
      ->delimiter(',');
  app.add_option("-o,--output", arguments.output, "also write the table to this file: property,value,unit");
  app.add_option("--eos", arguments.eos, "also write energy against volume to this file");
  app.add_option("--reference", arguments.reference, "values to show beside: a file as --output writes it");
  app.footer(
      "The energy per atom is the cohesive energy where the model's zero is the free atom.\n"
      "Stacking fault, relaxed: the atoms and the distance of the layers; unrelaxed: sites of the crystal.");
  return examples::run_program(app, argc, argv, [&] { return run(arguments, options.options()); });
}
