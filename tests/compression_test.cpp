// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// The compressed evaluation of every variant of the model format: against the exact nets, against finite
// differences of its own energy, and with what is in float.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <dp/program/bases.hpp>

#include "support/cases.hpp"
#include "support/differences.hpp"
#include "support/parts.hpp"
#include "support/sanitized.hpp"

namespace dp::test {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

Options compressed(double tolerance, double nearest = 0.0) {
  return {.evaluation = Evaluation::compressed, .tolerance = tolerance, .nearest = nearest};
}

/// With all products in double: then differences of energies are as good as double allows.
Options in_double(double tolerance) {
  Options options = compressed(tolerance);
  options.graded = false;
  return options;
}

bool uses(Model const& model, std::initializer_list<Activation> kinds) {
  for (auto const& net : two_body(model).nets)
    for (auto const& layer : net.layers)
      for (auto kind : kinds)
        if (layer.activation == kind) return true;
  return false;
}

/// No table follows a net whose slope jumps.
bool has_kinks(Model const& model) { return uses(model, {Activation::relu, Activation::relu6}); }

class CompressedVariant : public ::testing::TestWithParam<Case> {
 protected:
  std::vector<Frame> frames() const {
    auto all = read_frames(GetParam().reference);
    if (all[0].atoms() > 4 && all.size() > 2) all.resize(2);
    return all;
  }
};

TEST_P(CompressedVariant, AgreesWithTheExactNets) {
  auto const model = load_model(GetParam().model);
  CompiledPotential<Space, Double> exact(model), potential(model, compressed(1e-9));
  auto const description = potential.description();
  if (has_kinks(model)) {
    EXPECT_EQ(potential.compressed(), nullptr);
    EXPECT_NE(description.find("no basis reaches the tolerance"), description.npos) << description;
  } else if (!uses(model, {Activation::silut})) {  // whose second derivative jumps: a table may follow or not
    ASSERT_NE(potential.compressed(), nullptr) << description;
    EXPECT_EQ(description.find("compressed, double"), 0u) << description;
  }
  double energy = 0, force = 0, virial = 0, atom_virial = 0;
  for (auto const& frame : frames()) {
    auto const a = evaluate(exact, frame), b = evaluate(potential, frame);
    energy = std::max(energy, largest_difference(a.atom_energy, b.atom_energy));
    force = std::max(force, largest_difference(a.force, b.force));
    virial = std::max(virial, largest_difference(a.virial, b.virial));
    atom_virial = std::max(atom_virial, largest_difference(a.atom_virial, b.atom_virial));
  }
  std::printf(
      "%s: %s\n  largest deviation of atom energy %.1e eV, force %.1e eV/A, virial %.1e eV, atom virial %.1e "
      "eV\n",
      GetParam().name.c_str(), description.c_str(), energy, force, virial, atom_virial);
  EXPECT_LT(energy, 1e-8);
  EXPECT_LT(force, 1e-7);
  EXPECT_LT(virial, 1e-7);
  EXPECT_LT(atom_virial, 1e-7);
}

/// Nets in float: no better than their rounding, and no worse.
TEST_P(CompressedVariant, Mix32AgreesWithTheExactNets) {
  auto const model = without_biases(load_model(GetParam().model));
  CompiledPotential<Space, Double> exact(model);
  CompiledPotential<Space, Mix32> potential(model, compressed(1e-6));
  double force = 0, energy = 0;
  for (auto const& frame : frames()) {
    auto const a = evaluate(exact, frame), b = evaluate(potential, frame);
    double scale = 0.1;
    for (double f : a.force) scale = std::max(scale, std::abs(f));
    force = std::max(force, largest_difference(a.force, b.force) / scale);
    energy = std::max(energy, largest_difference(a.atom_energy, b.atom_energy));
  }
  std::printf("%s: %s\n  largest relative deviation of a force %.1e, of an atom energy %.1e eV\n",
              GetParam().name.c_str(), potential.description().c_str(), force, energy);
  EXPECT_LT(force, 2e-4);
  EXPECT_LT(energy,
            3e-5);  // 3e-6, but of no_padding_overflow, whose atoms have many more neighbours than sel
}

/// Whatever the tolerance: forces are those of the energy that is computed.
TEST_P(CompressedVariant, ForcesAndVirialAreDerivatives) {
  if (sanitized) GTEST_SKIP() << "the arithmetic is that of the other tests";
  auto const model = without_biases(load_model(GetParam().model));
  if (has_kinks(model)) GTEST_SKIP() << "evaluated exactly";
  CompiledPotential<Space, Double> potential(model, in_double(1e-4));
  ASSERT_NE(potential.compressed(), nullptr);
  Deviations largest;
  for (auto const& frame : frames()) {
    auto const found = against_differences(potential, frame, 4, 3);
    largest = {std::max(largest.force, found.force), std::max(largest.virial, found.virial)};
  }
  std::printf("%s: largest deviation from finite differences: force %.1e eV/A, virial %.1e eV\n",
              GetParam().name.c_str(), largest.force, largest.virial);
  EXPECT_LT(largest.force, 1e-8);
  EXPECT_LT(largest.virial, 1e-7);
}

TEST_P(CompressedVariant, InvarianceAndSums) {
  CompiledPotential<Space, Double> potential(load_model(GetParam().model), compressed(1e-4));
  for (auto const& frame : frames()) {
    auto const results = evaluate(potential, frame);
    auto turned = results;
    turned.force = rows_times(rotation(), turned.force);
    turned.virial = rotated_tensors(rotation(), turned.virial);
    turned.atom_virial = rotated_tensors(rotation(), turned.atom_virial);
    EXPECT_LT(largest_difference(evaluate(potential, mapped(frame, rotation())), turned), 1e-10);
    EXPECT_LT(largest_difference(evaluate(potential, translated(frame, {1.3, -7.1, 20.0})), results), 1e-10);
    std::vector<double> force(3), virial(9);
    for (std::size_t i = 0; i < results.force.size(); ++i) force[i % 3] += results.force[i];
    for (std::size_t i = 0; i < results.atom_virial.size(); ++i) virial[i % 9] += results.atom_virial[i];
    EXPECT_LT(largest_difference(force, {0, 0, 0}), 1e-11);
    EXPECT_LT(largest_difference(virial, results.virial), 1e-10);
  }
}

INSTANTIATE_TEST_SUITE_P(Compression, CompressedVariant, ::testing::ValuesIn(variants()),
                         [](auto const& info) { return info.param.name; });

TEST(Compression, TrainedForcesAreDerivatives) {
  if (sanitized) GTEST_SKIP() << "the small models do";
  for (auto const& [trained, index] : {std::pair(water_case(), 0), std::pair(copper_case(), 4)}) {
    auto const model = without_biases(load_model(trained.model));
    auto const frame = read_frames(trained.reference)[static_cast<std::size_t>(index)];
    for (double tolerance : {1e-3, 1e-6}) {
      CompiledPotential<Space, Double> potential(model, in_double(tolerance));
      auto const found = against_differences(potential, frame, 4, 2);
      std::printf(
          "%s, tolerance %.0e: largest deviation from finite differences: force %.1e eV/A, virial %.1e eV\n",
          trained.name.c_str(), tolerance, found.force, found.virial);
      EXPECT_LT(found.force, 1e-8);
      EXPECT_LT(found.virial, 1e-6);
    }
  }
}

TEST(Compression, ResultsDoNotDependOnTilesOrOnWhatIsAskedFor) {
  std::vector<Case> cases = {variant("two_sided"), variant("radial_two_sided")};
  if (!sanitized) cases.insert(cases.end(), {water_case(), copper_case()});
  for (auto const& trained : cases) {
    auto const model = load_model(trained.model);
    auto const frame = read_frames(trained.reference).front();
    auto options = compressed(1e-4);
    CompiledPotential<Space, Double> potential(model, options);
    auto const expected = evaluate(potential, frame);
    EXPECT_LT(largest_difference(atom_energies(potential, frame), expected.atom_energy), 1e-11);
    for (std::int64_t tile : {std::int64_t(1), std::int64_t(7), std::int64_t(1000), INT64_MAX}) {
      options.tile = tile;
      CompiledPotential<Space, Double> tiled(model, options);
      EXPECT_LT(largest_difference(evaluate(tiled, frame), expected), 1e-10)
          << trained.name << ", tile " << tile;
    }
  }
}

/// What is in float must add less than half of the tolerance, and says so. On devices nothing is.
TEST(Compression, GradedPrecisionStaysWithinTheTolerance) {
  for (auto const& [trained, index] : {std::pair(water_case(), 0), std::pair(copper_case(), 4)}) {
    auto const model = load_model(trained.model);
    auto const frame = read_frames(trained.reference)[static_cast<std::size_t>(index)];
    for (double tolerance : {1e-4, 1e-6, 1e-8}) {
      if (sanitized && tolerance != 1e-6) continue;
      CompiledPotential<Space, Double> graded(model, compressed(tolerance)),
          plain(model, in_double(tolerance));
      if (!is_host_space<Space>) {
        EXPECT_EQ(graded.description(), plain.description());
        continue;
      }
      EXPECT_NE(graded.description().find("in float"), std::string::npos) << graded.description();
      EXPECT_EQ(plain.description().find("in float"), std::string::npos) << plain.description();
      EXPECT_EQ(graded.compressed()->single_hidden, tolerance > 1e-7) << graded.description();
      auto const a = evaluate(graded, frame), b = evaluate(plain, frame);
      double sum = 0.0;
      for (std::size_t k = 0; k < a.force.size(); ++k) sum += std::pow(a.force[k] - b.force[k], 2);
      double const added = std::sqrt(sum / static_cast<double>(a.force.size()));
      std::printf("%s, tolerance %.0e: graded precision adds %.1e eV/A\n", trained.name.c_str(), tolerance,
                  added);
      EXPECT_LT(added, 0.5 * tolerance);
      EXPECT_GT(added, 0.0);
    }
  }
}

TEST(Compression, ToleranceMustBePositive) {
  auto const model = load_model(variant("two_sided").model);
  for (double tolerance : {0.0, -1.0, double(NAN)})
    EXPECT_THROW((CompiledPotential<Space, Double>(model, compressed(tolerance))), Error);
}

}  // namespace
}  // namespace dp::test
