// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// Forces and virials against finite differences of the energy, in every variant of the model format and the
// trained models; sums over atoms; Mix32 beside double.

#include <gtest/gtest.h>

#include <cstdio>
#include <random>

#include "support/cases.hpp"
#include "support/differences.hpp"
#include "support/evaluate.hpp"
#include "support/transform.hpp"

namespace dp::test {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

constexpr double tolerance = 1e-8;

#ifdef __SANITIZE_ADDRESS__
constexpr std::size_t few = 2;
#else
constexpr std::size_t few = 8;
#endif

class Variant : public ::testing::TestWithParam<Case> {
 protected:
  std::vector<Frame> frames() const {
    auto all = read_frames(GetParam().reference);
    if (all[0].atoms() > 4 && all.size() > 2) all.resize(2);  // one periodic, one not; more say nothing new
    return all;
  }
};

TEST_P(Variant, ForcesAndVirialAreDerivatives) {
  auto const model = without_biases(load_model(GetParam().model));
  CompiledPotential<Space, Double> potential(model);
  Deviations largest;
  for (auto const& frame : frames()) {
    auto const found = against_differences(potential, frame, few, few + 1);
    largest = {std::max(largest.force, found.force), std::max(largest.virial, found.virial)};
  }
  std::printf("%s: largest deviation from finite differences: force %.1e eV/A, virial %.1e eV\n",
              GetParam().name.c_str(), largest.force, largest.virial);
  EXPECT_LT(largest.force, tolerance);
  EXPECT_LT(largest.virial, 10 * tolerance);  // a sum over all pairs
}

TEST_P(Variant, AtomsSumToTheWhole) {
  CompiledPotential<Space, Double> potential(load_model(GetParam().model));
  for (auto const& frame : frames()) {
    auto const results = evaluate(potential, frame);
    double energy = 0.0;
    std::vector<double> force(3), virial(9);
    for (double e : results.atom_energy) energy += e;
    for (std::size_t i = 0; i < results.force.size(); ++i) force[i % 3] += results.force[i];
    for (std::size_t i = 0; i < results.atom_virial.size(); ++i) virial[i % 9] += results.atom_virial[i];
    EXPECT_NEAR(energy, results.energy, 1e-10);
    EXPECT_LT(largest_difference(force, {0, 0, 0}), 1e-11);
    EXPECT_LT(largest_difference(virial, results.virial), 1e-10);
  }
}

/// The nets in float: the same model, rounded.
TEST_P(Variant, Mix32IsDoubleRounded) {
  auto const model = without_biases(load_model(GetParam().model));
  CompiledPotential<Space, Double> exact(model);
  CompiledPotential<Space, Mix32> rounded(model);
  double largest = 0.0;
  for (auto const& frame : frames()) {
    auto const a = evaluate(exact, frame), b = evaluate(rounded, frame);
    double scale = 0.1;
    for (double f : a.force) scale = std::max(scale, std::abs(f));
    largest = std::max(largest, largest_difference(a.force, b.force) / scale);
    EXPECT_LT(largest_difference(a.atom_energy, b.atom_energy), 2e-5);
  }
  std::printf("%s: largest relative deviation of a Mix32 force %.1e\n", GetParam().name.c_str(), largest);
  EXPECT_LT(largest, 2e-5);
}

INSTANTIATE_TEST_SUITE_P(Physics, Variant, ::testing::ValuesIn(variants()),
                         [](auto const& info) { return info.param.name; });

void check_trained(Case const& trained, std::size_t frame_index) {
  auto const model = without_biases(load_model(trained.model));
  CompiledPotential<Space, Double> potential(model);
  auto const frame = read_frames(trained.reference)[frame_index];
#ifdef __SANITIZE_ADDRESS__
  auto const found = against_differences(potential, frame, 1, 1);
#else
  auto const found = against_differences(potential, frame, 4, 3);
#endif
  std::printf("%s: largest deviation from finite differences: force %.1e eV/A, virial %.1e eV\n",
              trained.name.c_str(), found.force, found.virial);
  EXPECT_LT(found.force, tolerance);
  EXPECT_LT(found.virial, 1e-6);  // 100 eV, from hundreds of atoms
}

TEST(Trained, Water) { check_trained(water_case(), 0); }
TEST(Trained, Copper) { check_trained(copper_case(), 4); }

}  // namespace
}  // namespace dp::test
