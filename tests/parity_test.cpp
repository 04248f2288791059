// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// Energies, forces and virials against DeePMD-kit: the trained models and every variant of the file format.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "support/cases.hpp"
#include "support/evaluate.hpp"
#include "support/refusal.hpp"

namespace dp::test {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

std::vector<Case> cases() {
  std::string const data = DP_TEST_DATA;
  std::vector<Case> result = {water_case(), copper_case()};
  for (Case c : kinds()) {
    c.name = "kind_" + c.name;
    result.push_back(c);
  }
  std::vector<Case> variants;
  for (auto const& entry : std::filesystem::directory_iterator(data + "/variants")) {
    auto const path = entry.path();
    std::string const extension = path.extension().string();
    if (extension != ".dp" && extension != ".yaml" && extension != ".pth") continue;
    // NAME.reference.json is for NAME.dp, and for NAME_compressed.dp and NAME.dialect.dp as well.
    std::string name = path.stem().string();
    std::string const base = name.substr(0, std::min(name.find('.'), name.find("_compressed")));
    std::replace(name.begin(), name.end(), '.', '_');
    std::string const kind = extension == ".dp" ? "" : "_" + extension.substr(1);
    variants.push_back({name + kind, path.string(), data + "/variants/" + base + ".reference.json"});
  }
  std::sort(variants.begin(), variants.end(), [](auto const& a, auto const& b) { return a.name < b.name; });
  result.insert(result.end(), variants.begin(), variants.end());
  return result;
}

class Parity : public ::testing::TestWithParam<Case> {};

TEST_P(Parity, Double) {
  auto const model = load_model(GetParam().model);
  // These models' references were computed in float, so the rounding of the nets differs.
  bool const rounded =
      GetParam().name.find("float32") != std::string::npos || GetParam().name.find("precision_") == 0;
  double const energy_tolerance = rounded ? 2e-5 : 1e-9, virial_tolerance = rounded ? 2e-4 : 1e-8;
  if (is_refused<Space>(model, [&] { CompiledPotential<Space, Double> const made(model); })) return;
  CompiledPotential<Space, Double> potential(model);
  double energy = 0, force = 0, virial = 0, atom_virial = 0;
  for (auto const& frame : read_frames(GetParam().reference)) {
    auto const results = evaluate(potential, frame);
    energy = std::max(energy, largest_difference(results.atom_energy, frame.atom_energy));
    if (!frame.force.empty()) force = std::max(force, largest_difference(results.force, frame.force));
    if (!frame.virial.empty()) virial = std::max(virial, largest_difference(results.virial, frame.virial));
    if (!frame.atom_virial.empty())
      atom_virial = std::max(atom_virial, largest_difference(results.atom_virial, frame.atom_virial));
  }
  std::printf(
      "%s: largest deviation of atom energy %.1e eV, force %.1e eV/A, virial %.1e eV, atom virial %.1e eV\n",
      GetParam().name.c_str(), energy, force, virial, atom_virial);
  EXPECT_LT(energy, energy_tolerance);
  EXPECT_LT(force, energy_tolerance);
  EXPECT_LT(virial, virial_tolerance);
  EXPECT_LT(atom_virial, virial_tolerance);
}

INSTANTIATE_TEST_SUITE_P(DeePMDkit, Parity, ::testing::ValuesIn(cases()),
                         [](auto const& info) { return info.param.name; });

}  // namespace
}  // namespace dp::test
