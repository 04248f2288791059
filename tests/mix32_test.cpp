// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// What Mix32 (nets in float) costs in accuracy on the trained models.

#include <gtest/gtest.h>

#include <cstdio>

#include "support/cases.hpp"
#include "support/evaluate.hpp"

namespace dp::test {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

struct Accuracy {
  double force_rms = 0.0, largest_force = 0.0, energy_per_atom = 0.0, virial_per_atom = 0.0;
};

Accuracy accuracy(Case const& test_case) {
  auto const model = load_model(test_case.model);
  CompiledPotential<Space, Double> exact(model);
  CompiledPotential<Space, Mix32> rounded(model);
  Accuracy found;
  double squares = 0.0;
  std::size_t components = 0;
  for (auto const& frame : read_frames(test_case.reference)) {
    auto const a = evaluate(exact, frame), b = evaluate(rounded, frame);
    for (std::size_t k = 0; k < a.force.size(); ++k) squares += std::pow(a.force[k] - b.force[k], 2);
    components += a.force.size();
    auto const atoms = static_cast<double>(frame.atoms());
    found.largest_force = std::max(found.largest_force, largest_difference(a.force, b.force));
    found.energy_per_atom = std::max(found.energy_per_atom, std::abs(a.energy - b.energy) / atoms);
    found.virial_per_atom = std::max(found.virial_per_atom, largest_difference(a.virial, b.virial) / atoms);
  }
  found.force_rms = std::sqrt(squares / static_cast<double>(components));
  return found;
}

TEST(Mix32Accuracy, Water) {
  auto const found = accuracy(water_case());
  double const molecule = 3.0 * found.energy_per_atom;
  std::printf(
      "water, Mix32 - double: force RMS %.2e eV/A (the SC20 paper: 2.5e-6), largest %.1e; energy %.2e "
      "eV/molecule "
      "(paper: 5.2e-6); virial %.1e eV/atom\n",
      found.force_rms, found.largest_force, molecule, found.virial_per_atom);
  EXPECT_LT(found.force_rms, 1e-5);
  EXPECT_LT(molecule, 1e-5);
  EXPECT_GT(found.force_rms, 1e-9) << "are the nets in float at all?";
}

TEST(Mix32Accuracy, Copper) {
  auto const found = accuracy(copper_case());
  std::printf(
      "copper, Mix32 - double: force RMS %.2e eV/A, largest %.1e; energy %.2e eV/atom; virial %.1e eV/atom\n",
      found.force_rms, found.largest_force, found.energy_per_atom, found.virial_per_atom);
  EXPECT_LT(found.force_rms, 1e-5);
  EXPECT_LT(found.energy_per_atom, 1e-5);
}

}  // namespace
}  // namespace dp::test
