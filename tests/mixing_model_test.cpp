// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// Whole models in which the neighbours of an atom see each other, by layers of attention or by angles: what
// must not change their physics, and what they are asked for that they do not have.

#include <gtest/gtest.h>

#include <algorithm>
#include <dp/core/error.hpp>
#include <string>
#include <utility>
#include <vector>

#include "support/cases.hpp"
#include "support/evaluate.hpp"
#include "support/transform.hpp"

namespace dp::test {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

std::vector<Case> mixing() {
  std::vector<Case> result;
  for (Case const& c : kinds())
    if (c.name.find("attention") != c.name.npos || c.name.find("angles") != c.name.npos) result.push_back(c);
  return result;
}

bool has_average_rows(Model const& model) {
  struct Asks {
    bool operator()(Environment const&) const { return false; }
    bool operator()(Attention const& d) const { return d.excluded_average; }
  };
  bool found = false;
  for_each_descriptor(model, [&](auto const& d) { found = found || Asks{}(d); });
  return found;
}

bool has_pairwise_member(Model const& model) {
  struct Is {
    bool operator()(Environment const&) const { return true; }
    bool operator()(Attention const&) const { return false; }
    bool operator()(SeT const&) const { return false; }
    bool operator()(SeTTyped const&) const { return false; }
  };
  bool found = false;
  for_each_descriptor(model, [&](auto const& d) { found = found || Is{}(d); });
  return found;
}

class MixingModels : public testing::TestWithParam<Case> {
 protected:
  Model const model = load_model(GetParam().model);
  std::vector<Frame> const frames = read_frames(GetParam().reference);

  static bool attends() { return GetParam().name.find("attention") != std::string::npos; }
};

TEST_P(MixingModels, RotationAndPermutation) {
  CompiledPotential<Space> potential(model);
  Frame const& frame = frames.front();
  Results const results = evaluate(potential, frame);
  Results turned = results;
  turned.force = rows_times(rotation(), turned.force);
  turned.virial = rotated_tensors(rotation(), turned.virial);
  turned.atom_virial = rotated_tensors(rotation(), turned.atom_virial);
  // TensorFlow's rows of excluded neighbours, an average in all components, do not turn.
  if (!has_average_rows(model)) {
    EXPECT_LT(largest_difference(evaluate(potential, mapped(frame, rotation())), turned), 1e-10);
  }
  auto order = shuffled(frame.atoms());  // of the others: absent neighbours may have the type of the first
  std::swap(order[0], *std::find(order.begin(), order.end(), 0u));
  Results shuffled_results = results;
  shuffled_results.atom_energy = reordered(results.atom_energy, order, 1);
  shuffled_results.force = reordered(results.force, order, 3);
  shuffled_results.atom_virial = reordered(results.atom_virial, order, 9);
  EXPECT_LT(largest_difference(evaluate(potential, reordered(frame, order)), shuffled_results), 1e-10);
}

TEST_P(MixingModels, ForcesAreSlopesOfTheEnergy) {
  CompiledPotential<Space> potential(model);
  Frame frame = frames.back();
  Results const results = evaluate(potential, frame);
  constexpr double h = 1e-4;
  for (std::size_t k = 0; k < frame.positions.size(); k += 7) {
    double const at = frame.positions[k];
    double energies[2];
    for (int side : {0, 1}) {
      frame.positions[k] = at + (side == 0 ? -h : h);
      energies[side] = evaluate(potential, frame).energy;
    }
    frame.positions[k] = at;
    EXPECT_NEAR(results.force[k], (energies[0] - energies[1]) / (2 * h), 2e-7) << "component " << k;
  }
}

TEST_P(MixingModels, TilesDoNotMatter) {
  CompiledPotential<Space> whole(model), cut(model, {.tile = 1, .reproducible = true});
  for (Frame const& frame : frames)
    EXPECT_LT(largest_difference(evaluate(cut, frame, 0.5), evaluate(whole, frame)), 1e-11);
}

TEST_P(MixingModels, SinglePrecisionIsNear) {
  CompiledPotential<Space> potential(model);
  CompiledPotential<Space, Mix32> single(model);
  for (Frame const& frame : frames)
    EXPECT_LT(largest_difference(evaluate(single, frame), evaluate(potential, frame)), 2e-5);
}

/// Within twice what was found: at most 1.9e-3, four roundings of an energy of 1 eV to half.
TEST_P(MixingModels, HalfPrecisionIsNear) {
  CompiledPotential<Space> potential(model);
  CompiledPotential<Space, Mix16> half(model);
  for (Frame const& frame : frames)
    EXPECT_LT(largest_difference(evaluate(half, frame), evaluate(potential, frame)), 4e-3);
}

/// Members of hybrids that do not mix are compressed; tables that end at 2 Angstrom hand all over.
TEST_P(MixingModels, CompressedIsExactWhereItMixesAndSaysSo) {
  CompiledPotential<Space> potential(model, {.evaluation = Evaluation::compressed}), exact(model);
  if (has_pairwise_member(model)) {
    ASSERT_NE(potential.compressed(), nullptr) << potential.description();
    EXPECT_NE(potential.description().find(attends() ? " nets and attention" : " nets of angles"),
              std::string::npos)
        << potential.description();
    CompiledPotential<Space> handed_over(
        model, {.evaluation = Evaluation::compressed, .tolerance = 1e-8, .nearest = 2.0, .graded = false});
    for (Frame const& frame : frames) {
      Results const expected = evaluate(exact, frame);
      EXPECT_LT(largest_difference(evaluate(potential, frame), expected), 1e-4);
      EXPECT_LT(largest_difference(evaluate(handed_over, frame), expected), 1e-6);
    }
    EXPECT_GT(handed_over.handed_over(), 0);
    return;
  }
  EXPECT_EQ(potential.compressed(), nullptr);
  EXPECT_EQ(
      potential.description().rfind(
          attends() ? "exact, double: layers of attention" : "exact, double: descriptors of three bodies", 0),
      0u)
      << potential.description();
  EXPECT_EQ(evaluate(potential, frames.front()).energy, evaluate(exact, frames.front()).energy);
}

INSTANTIATE_TEST_SUITE_P(Kinds, MixingModels, testing::ValuesIn(mixing()),
                         [](auto const& c) { return c.param.name; });

TEST(KeptNeighbours, AreAllWhereSelIsEnough) {
  std::string const path = DP_TEST_DATA "/kinds/attention_strip_smooth";
  Model const model = load_model(path + ".dp");
  CompiledPotential<Space> nearest(model), all(model, {.overflow = Overflow::keep_all});
  for (Frame const& frame : read_frames(path + ".reference.json"))
    EXPECT_LT(largest_difference(evaluate(all, frame), evaluate(nearest, frame)), 1e-12);
}

TEST(KeptNeighbours, AreRefusedWhereTheSumMayVanish) {
  Model const model = load_model(DP_TEST_DATA "/kinds/attention_v2.pth");  // a temperature of 30
  std::string message = "no complaint";
  try {
    CompiledPotential<Space> const potential(model, {.overflow = Overflow::keep_all});
  } catch (Error const& error) {
    message = error.what();
  }
  EXPECT_NE(message.find("attention_v2.pth: neighbours beyond sel cannot be kept"), std::string::npos)
      << message;
}

}  // namespace
}  // namespace dp::test
