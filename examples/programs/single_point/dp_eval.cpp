// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// dp-eval: energy, forces and virial of the structures in a file, and their deviations from labels. The use
// of the library is in evaluate.hpp.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "common/deepmd_system.hpp"
#include "common/extxyz.hpp"
#include "common/model_options.hpp"
#include "common/program.hpp"
#include "models/description_table.hpp"
#include "single_point/detail_files.hpp"
#include "single_point/evaluator.hpp"
#include "single_point/label_errors.hpp"

namespace {

using examples::Structure;
using single_point::Evaluator;
using single_point::LabelErrors;
using single_point::Result;

struct Arguments {
  std::string model;
  std::string structure;
  bool short_range = false;
  std::string dipole;
  std::vector<std::string> types;
  std::string json, detail;
  std::int64_t frames = std::numeric_limits<std::int64_t>::max();  // of each system
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
  if (result.parts.size() == 2)
    std::printf("          %.10f eV short range (E_sr), %.10f eV electrostatic (E_ele)\n",
                result.parts[0].energy[0], result.parts[1].energy[0]);
  for (std::size_t i = 0; i < 3; ++i)
    std::printf("  %s  %18.10f %18.10f %18.10f%s\n", i == 0 ? "virial" : "      ", result.virial[3 * i],
                result.virial[3 * i + 1], result.virial[3 * i + 2], i == 0 ? " eV" : "");
  std::printf("  %8s  %-8s %18s %18s %18s %18s\n", "atom", "element", "energy (eV)", "force x (eV/A)", "y",
              "z");
  for (std::size_t i = 0; i < n; ++i)
    std::printf("  %8zu  %-8s %18.10f %18.10f %18.10f %18.10f\n", i + 1, frame.elements[i].c_str(),
                result.atom_energy[i], result.force[3 * i], result.force[3 * i + 1], result.force[3 * i + 2]);
  std::printf("\n");
  if (result.atom_output.empty()) return;
  std::printf("  %8s  %-8s %18s %18s %18s\n", "atom", "element", "dipole x (A)", "y", "z");
  for (std::size_t i = 0; i < n; ++i) {
    double const* const d = &result.atom_output[3 * i];
    std::printf("  %8zu  %-8s %18.10f %18.10f %18.10f\n", i + 1, frame.elements[i].c_str(), d[0], d[1], d[2]);
  }
  std::printf("\n");
}

nlohmann::json rows(std::vector<double> const& values, std::size_t width) {
  auto result = nlohmann::json::array();
  for (auto row = values.begin(); row != values.end(); row += static_cast<std::ptrdiff_t>(width))
    result.push_back(std::vector<double>(row, row + static_cast<std::ptrdiff_t>(width)));
  return result;
}

nlohmann::json to_json(Result const& result) {
  nlohmann::json json = {{"energy", result.energy[0]},
                         {"atom_energy", result.atom_energy},
                         {"force", rows(result.force, 3)},
                         {"virial", rows(result.virial, 3)},
                         {"atom_virial", rows(result.atom_virial, 9)}};
  if (result.parts.size() != 2) return json;
  json["short_range"] = to_json(result.parts[0]);
  json["electrostatic"] = to_json(result.parts[1]);
  json["dipole"] = rows(result.atom_output, 3);
  return json;
}

nlohmann::json to_json(dp::Quantity const& quantity, Result const& result) {
  if (quantity.is_energy()) return to_json(result);
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

void write_json(std::string const& path, nlohmann::json const& frames) {
  std::ofstream file(path);
  file << frames.dump(1) << "\n";
  file.close();
  if (!file) dp::fail(path, ": cannot be written");
}

void run_frames(Arguments const& arguments, Evaluator& evaluator) {
  examples::ExtxyzReader reader(arguments.structure);
  auto frames = nlohmann::json::array();
  std::int64_t evaluated = 0;
  for (Structure frame; reader.next(frame); ++evaluated) {
    Result const result = evaluator(frame, arguments.derivatives);
    if (evaluator.quantity().is_energy())
      print(frame, result);
    else
      print_outputs(frame, evaluator.quantity(), result);
    if (!arguments.json.empty()) frames.push_back(to_json(evaluator.quantity(), result));
  }
  if (evaluated == 0)
    dp::fail(arguments.structure, ": expected a frame of extended XYZ, found an empty file");
  reader.print_warning("dp-eval");
  if (!arguments.json.empty()) write_json(arguments.json, frames);
}

/// Compares with the labels of all systems in a folder.
void run_labels(Arguments const& arguments, Evaluator& evaluator) {
  if (!arguments.detail.empty() && !evaluator.quantity().is_energy())
    dp::fail("--detail: expected a model of energies, ", evaluator.path(), " gives ",
             evaluator.quantity().in_words());
  auto frames = nlohmann::json::array();
  LabelErrors all(evaluator.quantity());
  std::optional<single_point::DetailFiles> details;
  if (!arguments.detail.empty()) details.emplace(arguments.detail);
  auto const systems = examples::deepmd_systems(arguments.structure);
  for (std::string const& folder : systems) {
    examples::DeepmdSystem system(folder, evaluator.of_systems());
    LabelErrors errors(evaluator.quantity());
    if (details) details->begin(folder);
    Structure frame;
    examples::Labels labels;
    while (errors.frames() < arguments.frames && system.next(frame, labels)) {
      Result const result = evaluator(frame, arguments.derivatives);
      errors.add(frame, labels, result);
      if (details) details->add(frame, labels, result);
      if (!arguments.json.empty()) frames.push_back(to_json(evaluator.quantity(), result));
    }
    errors.print(folder);
    all.add(errors);
  }
  if (systems.size() > 1) all.print("all " + std::to_string(systems.size()) + " systems");
  if (details) details->close();
  if (!arguments.json.empty()) write_json(arguments.json, frames);
}

void run(Arguments const& arguments, dp::Options const& options) {
  Evaluator evaluator(
      "dp-eval", arguments.model,
      {.short_range = arguments.short_range, .dipole = arguments.dipole, .types = arguments.types}, options);
  bool const folder = std::filesystem::is_directory(arguments.structure);
  if (!folder && !arguments.detail.empty())
    dp::fail("--detail: expected a folder of labelled frames as STRUCTURE, found ", arguments.structure);
  folder ? run_labels(arguments, evaluator) : run_frames(arguments, evaluator);
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
  app.add_option(
      "STRUCTURE", arguments.structure,
      "extended XYZ, one or more frames; no Lattice means no periodicity;\n"
      "fparam=\"...\" in the comment line and column aparam:R:n where the model has them.\n"
      "Or a folder of labelled frames (dpdata's deepmd/npy), or of such folders: prints the errors");
  app.add_flag("--describe", arguments.describe,
               "print what is in MODEL instead, as `dp-model describe` does");
  examples::ModelOptions const options(app);
  app.add_flag("--short-range", arguments.short_range,
               "of a model with electrostatics (DPLR) the part that its nets give, without them");
  app.add_option("--dipole", arguments.dipole,
                 "file of the dipoles of a model with electrostatics (DPLR), where MODEL has them not in it");
  app.add_option("--types", arguments.types, "names of the types, for a file without them: Cu,O")
      ->delimiter(',');
  auto* const json =
      app.add_option("--json", arguments.json, "also write the results, in full precision, to this file");
  app.add_flag("--derivatives", arguments.derivatives,
               "of a model that gives no energies, also write to the JSON file what forces and virial are\n"
               "of an energy, for each component of the frame's output")
      ->needs(json);
  app.add_option("--frames", arguments.frames, "of a folder, the first so many frames of each system")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  app.add_option("--detail", arguments.detail,
                 "of a folder, also write labels and results, number by number, to PREFIX.e.out,\n"
                 "PREFIX.f.out, PREFIX.v.out and so on, as `dp test -d` does")
      ->type_name("PREFIX");
  app.footer(
      "The JSON file is a list with one object a frame: energy, atom_energy (N), force (N x 3),\n"
      "virial (3 x 3), atom_virial (N x 9); of a model with electrostatics (DPLR) these are sums, with the\n"
      "parts short_range and electrostatic beside them, and dipole (N x 3), from each atom to its Wannier\n"
      "centroid in Angstrom. Of other models than those of energies: quantity (its name),\n"
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
