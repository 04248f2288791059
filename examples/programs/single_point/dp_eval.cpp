// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// dp-eval: energy, forces and virial of the structures in a file. The use of the library is in evaluate.hpp.

#include <algorithm>
#include <cstdio>
#include <dp/io/read_model.hpp>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "common/extxyz.hpp"
#include "common/model_options.hpp"
#include "common/program.hpp"
#include "common/remarks.hpp"
#include "models/description_table.hpp"
#include "single_point/evaluate.hpp"

namespace {

using examples::Structure;
using single_point::Result;

struct Arguments {
  std::string model;
  std::string structure;
  bool short_range = false;
  std::vector<std::string> types;
  std::string json;
  bool derivatives = false;
  bool describe = false;
};

void print_frame(Structure const& frame) {
  std::printf("%s: %zu atoms, %s\n", frame.source.c_str(), frame.elements.size(),
              examples::say_periodic(frame.box).c_str());
  for (std::string const& note : frame.contents.notes) std::printf("  note    %s\n", note.c_str());
}

/// What is no energy, with no more than nine columns of it.
void print_outputs(Structure const& frame, dp::Quantity const& quantity, Result const& result) {
  constexpr std::size_t most = 9;
  auto const all = static_cast<std::size_t>(quantity.components), shown = std::min(all, most);
  auto const print = [&](double const* row) {
    for (std::size_t c = 0; c < shown; ++c) std::printf(" %18.10f", row[c]);
    std::printf(shown < all ? " ...\n" : "\n");
  };
  print_frame(frame);
  std::printf("  %s%s", quantity.name.c_str(), quantity.intensive ? " (mean)" : "");
  print(result.output.data());
  std::printf("  %8s  %-8s %s\n", "atom", "element", quantity.name.c_str());
  for (std::size_t i = 0; i < frame.elements.size(); ++i) {
    std::printf("  %8zu  %-8s", i + 1, frame.elements[i].c_str());
    print(&result.atom_output[i * all]);
  }
  std::printf("\n");
}

void print(Structure const& frame, Result const& result) {
  std::size_t const n = frame.elements.size();
  print_frame(frame);
  std::printf("  energy  %.10f eV\n", result.energy[0]);
  for (std::size_t i = 0; i < 3; ++i)
    std::printf("  %s  %18.10f %18.10f %18.10f%s\n", i == 0 ? "virial" : "      ", result.virial[3 * i],
                result.virial[3 * i + 1], result.virial[3 * i + 2], i == 0 ? " eV" : "");
  std::printf("  %8s  %-8s %18s %18s %18s %18s\n", "atom", "element", "energy (eV)", "force x (eV/A)", "y",
              "z");
  for (std::size_t i = 0; i < n; ++i)
    std::printf("  %8zu  %-8s %18.10f %18.10f %18.10f %18.10f\n", i + 1, frame.elements[i].c_str(),
                result.atom_energy[i], result.force[3 * i], result.force[3 * i + 1], result.force[3 * i + 2]);
  std::printf("\n");
}

nlohmann::json rows(std::vector<double> const& values, std::size_t width) {
  auto result = nlohmann::json::array();
  for (auto row = values.begin(); row != values.end(); row += static_cast<std::ptrdiff_t>(width))
    result.push_back(std::vector<double>(row, row + static_cast<std::ptrdiff_t>(width)));
  return result;
}

nlohmann::json to_json(dp::Quantity const& quantity, Result const& result) {
  nlohmann::json json = {
      {"quantity", quantity.name},
      {"output", result.output},
      {"atom_output", rows(result.atom_output, static_cast<std::size_t>(quantity.components))}};
  if (result.virial.empty()) return json;
  auto forces = nlohmann::json::array();
  auto const components = static_cast<std::ptrdiff_t>(quantity.components);
  auto const numbers = static_cast<std::ptrdiff_t>(result.force.size()) / components;  // of a component
  for (std::ptrdiff_t c = 0; c < components; ++c)
    forces.push_back(rows({result.force.begin() + c * numbers, result.force.begin() + (c + 1) * numbers}, 3));
  json["force"] = std::move(forces);
  json["virial"] = rows(result.virial, 9);
  return json;
}

nlohmann::json to_json(Result const& result) {
  return {{"energy", result.energy[0]},
          {"atom_energy", result.atom_energy},
          {"force", rows(result.force, 3)},
          {"virial", rows(result.virial, 3)},
          {"atom_virial", rows(result.atom_virial, 9)}};
}

void write_json(std::string const& path, nlohmann::json const& frames) {
  std::ofstream file(path);
  file << frames.dump(1) << "\n";
  file.close();
  if (!file) dp::fail(path, ": cannot be written");
}

void run(Arguments const& arguments, dp::Options const& options) {
  Kokkos::DefaultExecutionSpace const space;
  dp::ReadOptions read_options = {.short_range = arguments.short_range, .types = arguments.types};
  dp::Outline const outline = dp::read_outline(arguments.model, read_options);
  dp::Model model;
  std::unique_ptr<dp::Potential<Kokkos::DefaultExecutionSpace>> potential;
  std::set<std::string> elements;  // of the frames so far
  auto const make = [&] {
    model = dp::model_for(outline, {elements.begin(), elements.end()}, [&](auto const& names) {
      read_options.elements = names;
      return dp::read_model(arguments.model, read_options);
    });
    bool const first = potential == nullptr;
    potential = dp::make_potential(space, model, options);
    if (!first) return;
    std::printf("%s: %s\n", arguments.model.c_str(), potential->description().c_str());
    examples::print_remarks("dp-eval", model);
  };
  bool const of_few = outline.types.size() <= dp::few_types;
  if (of_few) make();

  examples::ExtxyzReader reader(arguments.structure);
  auto frames = nlohmann::json::array();
  std::int64_t evaluated = 0;
  for (Structure frame; reader.next(frame); ++evaluated) {
    std::size_t const known = elements.size();
    elements.insert(frame.elements.begin(), frame.elements.end());
    if (!of_few && (elements.size() > known || !potential)) {
      examples::types_of(frame, outline.types, arguments.model);  // refuses an element that it does not know
      make();
    }
    std::vector<int> const types = examples::types_of(frame, model.type_map, arguments.model);
    dp::Quantity const& quantity = potential->quantity();
    Result const result = [&] {
      try {
        if (quantity.is_energy()) return single_point::evaluate(space, *potential, frame, types);
        auto const counted = std::count_if(types.begin(), types.end(), [&](int type) {
          return model.atom_excluded[static_cast<std::size_t>(type)] == 0;
        });
        return single_point::evaluate_outputs(space, *potential, frame, types,
                                              static_cast<std::size_t>(counted), arguments.derivatives);
      } catch (dp::Error const& error) {
        dp::fail(frame.source, ": ", error.what());
      }
    }();
    if (auto const dropped = potential->dropped(); dropped > 0)
      std::fprintf(stderr, "dp-eval: warning: %s: %lld neighbours beyond the model's sel were left out\n",
                   frame.source.c_str(), static_cast<long long>(dropped));
    if (quantity.is_energy())
      print(frame, result);
    else
      print_outputs(frame, quantity, result);
    if (!arguments.json.empty())
      frames.push_back(quantity.is_energy() ? to_json(result) : to_json(quantity, result));
  }
  if (evaluated == 0)
    dp::fail(arguments.structure, ": expected a frame of extended XYZ, found an empty file");
  reader.print_warning("dp-eval");
  if (!arguments.json.empty()) write_json(arguments.json, frames);
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app(
      "Energy, forces and virial of structures by a Deep Potential model, or what else it gives: dipoles,\n"
      "polarizabilities, densities of states, properties.\n"
      "Units: eV, Angstrom. The virial is -dE/dstrain.");
  app.name("dp-eval");
  app.add_option("MODEL", arguments.model, "DeePMD-kit model file (.pb, .pth, .dp, .yaml, ...)")->required();
  app.add_option("STRUCTURE", arguments.structure,
                 "extended XYZ, one or more frames; no Lattice means no periodicity;\n"
                 "fparam=\"...\" in the comment line and column aparam:R:n where the model has them");
  app.add_flag("--describe", arguments.describe,
               "print what is in MODEL instead, as `dp-model describe` does");
  examples::ModelOptions const options(app);
  app.add_flag("--short-range", arguments.short_range,
               "of a model with a modifier (DPLR), which is not evaluated, the part that its nets give");
  app.add_option("--types", arguments.types, "names of the types, for a file without them: Cu,O")
      ->delimiter(',');
  auto* const json =
      app.add_option("--json", arguments.json, "also write the results, in full precision, to this file");
  app.add_flag("--derivatives", arguments.derivatives,
               "of a model that gives no energies, also write to the JSON file what forces and virial are\n"
               "of an energy, for each component of the frame's output")
      ->needs(json);
  app.footer(
      "The JSON file is a list with one object a frame: energy, atom_energy (N), force (N x 3),\n"
      "virial (3 x 3), atom_virial (N x 9). Of other models than those of energies: quantity (its name),\n"
      "output (components: the sum over atoms, or the mean of an intensive property), atom_output\n"
      "(N x components), and with --derivatives force (components x N x 3), virial (components x 9).");
  return examples::run_program(app, argc, argv, [&] {
    if (arguments.describe) {
      models::DescriptionTable::print(models::describe(arguments.model, dp::model_bytes(arguments.model)));
      return 0;
    }
    if (arguments.structure.empty()) throw CLI::RequiredError("STRUCTURE");
    run(arguments, options.options());
    return 0;
  });
}
