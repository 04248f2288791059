// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// What must not change the physics, in every variant of the model format: where the atoms are and how they
// are numbered, how the box and its images are given, how the list and the tiles are cut.

#include <gtest/gtest.h>

#include "support/cases.hpp"
#include "support/evaluate.hpp"
#include "support/transform.hpp"

namespace dp::test {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

/// Runs `body(potential, frame)` for a periodic and an open frame of every variant.
template <class Precision>
class Invariance : public ::testing::Test {
 protected:
  // of results relative to the largest force; rounding of energies around 1,000 eV
  static constexpr double tolerance = std::is_same_v<Precision, Double> ? 1e-10 : 1e-4;

  template <class Body>
  void for_each_frame(Body const& body, Options const& options = {}) {
    for (auto const& test_case : variants()) {
      SCOPED_TRACE(test_case.name);
      auto const model = load_model(test_case.model);
      CompiledPotential<Space, Precision> potential(model, options);
      auto const frames = read_frames(test_case.reference);
      for (std::size_t k = 0; k < std::min<std::size_t>(2, frames.size()); ++k) body(potential, frames[k]);
    }
  }
};

using Precisions = ::testing::Types<Double, Mix32>;
TYPED_TEST_SUITE(Invariance, Precisions);

TYPED_TEST(Invariance, Translation) {
  this->for_each_frame([&](auto& potential, Frame const& frame) {
    auto const results = evaluate(potential, frame);
    EXPECT_LT(largest_difference(evaluate(potential, translated(frame, {1.3, -7.1, 20.0})), results),
              this->tolerance);
  });
}

TYPED_TEST(Invariance, RotationTurnsForcesAndVirials) {
  this->for_each_frame([&](auto& potential, Frame const& frame) {
    auto expected = evaluate(potential, frame);
    expected.force = rows_times(rotation(), expected.force);
    expected.virial = rotated_tensors(rotation(), expected.virial);
    expected.atom_virial = rotated_tensors(rotation(), expected.atom_virial);
    EXPECT_LT(largest_difference(evaluate(potential, mapped(frame, rotation())), expected), this->tolerance);
  });
}

TYPED_TEST(Invariance, PermutationOfAtoms) {
  this->for_each_frame([&](auto& potential, Frame const& frame) {
    auto expected = evaluate(potential, frame);
    auto const order = shuffled(frame.atoms());
    expected.atom_energy = reordered(expected.atom_energy, order, 1);
    expected.force = reordered(expected.force, order, 3);
    expected.atom_virial = reordered(expected.atom_virial, order, 9);
    EXPECT_LT(largest_difference(evaluate(potential, reordered(frame, order)), expected), this->tolerance);
  });
}

TYPED_TEST(Invariance, OrderOfTheList) {
  this->for_each_frame([&](auto& potential, Frame const& frame) {
    Space const space;
    Scene<Space> const scene(frame, potential.cutoff());
    Memory<Space> const plain(scene), mixed(scene);
    potential.compute(space, scene.configuration(), scene.cells.list(), plain.all());
    auto neighbors = scene.neighbors();
    for (auto& row : neighbors) row = reordered(row, shuffled(row.size()), 1);
    ListMemory<Space> const list(neighbors);
    potential.compute(space, scene.configuration(), list.list(), mixed.all());
    EXPECT_LT(largest_difference(mixed.results(), plain.results()), this->tolerance);
  });
}

TYPED_TEST(Invariance, DoubledSupercell) {
  this->for_each_frame([&](auto& potential, Frame const& frame) {
    if (!frame.periodic) return;
    auto const single = evaluate(potential, frame);
    for (std::size_t k = 0; k < 3; ++k) {
      auto const results = evaluate(potential, doubled(frame, k));
      auto expected = single;
      expected.energy *= 2;
      for (double& w : expected.virial) w *= 2;
      for (auto* values : {&expected.atom_energy, &expected.force, &expected.atom_virial}) {
        auto const once = *values;
        values->insert(values->end(), once.begin(), once.end());
      }
      EXPECT_LT(largest_difference(results, expected), this->tolerance);
    }
  });
}

/// The box and all images that touch it within twice the cutoff as one open cluster without ghosts: its core
/// is the box.
TYPED_TEST(Invariance, GhostsAreLikeAtoms) {
  this->for_each_frame([&](auto& potential, Frame const& frame) {
    if (!frame.periodic || !frame.aparam.empty() || frame.atoms() < 4)
      return;  // the smallest box has too many images
    auto const results = evaluate(potential, frame);
    Scene<Space> const scene(frame, 2.0 * potential.cutoff() + 0.1);
    Frame cluster = frame;
    cluster.periodic = false;
    cluster.positions = host_copy(scene.images.positions());
    cluster.types = host_copy(scene.images.types());
    auto core = evaluate(potential, cluster);
    core.atom_energy.resize(results.atom_energy.size());
    core.force.resize(results.force.size());
    core.atom_virial.resize(results.atom_virial.size());
    core.energy = results.energy;
    core.virial = results.virial;
    EXPECT_LT(largest_difference(core, results), this->tolerance);
  });
}

TYPED_TEST(Invariance, ListWithSkin) {
  this->for_each_frame([&](auto& potential, Frame const& frame) {
    EXPECT_LT(largest_difference(evaluate(potential, frame, 1.5), evaluate(potential, frame)),
              this->tolerance);
  });
}

/// Positions move, images and list stay: what a program does between two rebuilds.
TYPED_TEST(Invariance, ListMadeAtOtherPositions) {
  this->for_each_frame([&](auto& potential, Frame const& frame) {
    Space const space;
    auto moved = frame;
    for (std::size_t i = 0; i < moved.positions.size(); ++i)
      moved.positions[i] += 0.2 * std::sin(3.7 * double(i));
    Scene<Space> scene(frame, potential.cutoff() + 0.8);
    auto const flat = device_copy<double, Space>(moved.positions);
    scene.images.update(space, Matrix<double const, Space>(flat.data(), frame.atoms(), 3));
    Memory<Space> const memory(scene);
    potential.compute(space, scene.configuration(), scene.cells.list(), memory.all());
    auto const expected = evaluate(potential, moved);
    auto const results = memory.results();
    EXPECT_LT(largest_difference(results.atom_energy, expected.atom_energy), this->tolerance);
    EXPECT_LT(largest_difference(results.virial, expected.virial), 20 * this->tolerance);
  });
}

TYPED_TEST(Invariance, SizeOfTiles) {
  for (auto const& test_case : variants()) {
    SCOPED_TRACE(test_case.name);
    auto const model = load_model(test_case.model);
    auto const frame = read_frames(test_case.reference).front();
    CompiledPotential<Space, TypeParam> potential(model);
    auto const expected = evaluate(potential, frame);
    for (std::int64_t tile : {1, 3, 64, 1000}) {
      CompiledPotential<Space, TypeParam> tiled(model, {.tile = tile});
      EXPECT_LT(largest_difference(evaluate(tiled, frame), expected), this->tolerance) << "tile " << tile;
    }
  }
}

/// Every subset of the results has the numbers that it has when all are asked for.
TYPED_TEST(Invariance, ResultsAreIndependent) {
  this->for_each_frame([&](auto& potential, Frame const& frame) {
    Space const space;
    Scene<Space> const scene(frame, potential.cutoff());
    Memory<Space> const all(scene);
    potential.compute(space, scene.configuration(), scene.cells.list(), all.all());
    for (unsigned wanted = 0; wanted < 32; ++wanted) {
      Memory<Space> const memory(scene);
      auto expected = all.results();
      Output<Space> output;
      auto const ask = [&](unsigned bit, auto& place, auto const& view, auto& unwanted) {
        if (wanted & bit)
          place = view;
        else
          unwanted.assign(unwanted.size(), 0.0);  // stays as it was made
      };
      if (wanted & 1u)
        output.energy = memory.energy;
      else
        expected.energy = 0.0;
      ask(2, output.atom_energy, memory.atom_energy, expected.atom_energy);
      ask(4, output.force, memory.force, expected.force);
      ask(8, output.virial, memory.virial, expected.virial);
      ask(16, output.atom_virial, memory.atom_virial, expected.atom_virial);
      potential.compute(space, scene.configuration(), scene.cells.list(), output);
      EXPECT_LT(largest_difference(memory.results(), expected), this->tolerance)
          << "results asked for: " << wanted;
    }
  });
}

TYPED_TEST(Invariance, AccumulateAdds) {
  this->for_each_frame([&](auto& potential, Frame const& frame) {
    Space const space;
    Scene<Space> const scene(frame, potential.cutoff());
    Memory<Space> const memory(scene);
    auto output = memory.all();
    potential.compute(space, scene.configuration(), scene.cells.list(), output);
    auto expected = memory.results();
    expected.energy *= 2;
    for (auto* values : {&expected.atom_energy, &expected.force, &expected.virial, &expected.atom_virial})
      for (double& value : *values) value *= 2;
    output.accumulate = true;
    potential.compute(space, scene.configuration(), scene.cells.list(), output);
    EXPECT_LT(largest_difference(memory.results(), expected), this->tolerance);
    output.accumulate = false;
    potential.compute(space, scene.configuration(), scene.cells.list(), output);
    for (double& value : expected.force) value /= 2;
    EXPECT_LT(largest_difference(memory.results().force, expected.force), this->tolerance);
  });
}

}  // namespace
}  // namespace dp::test
