// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// Few atoms or none, atoms without an energy, atoms without neighbours or with too many.

#include <gtest/gtest.h>

#include <cstdio>

#include "support/cases.hpp"
#include "support/evaluate.hpp"
#include "support/parts.hpp"
#include "support/transform.hpp"

namespace dp::test {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

template <class Precision>
class EdgeCases : public ::testing::Test {
 protected:
  static constexpr double tolerance = std::is_same_v<Precision, Double> ? 1e-11 : 2e-5;

  static Frame open_frame(std::vector<double> positions, std::vector<int> types) {
    Frame frame;
    frame.periodic = false;
    frame.positions = std::move(positions);
    frame.types = std::move(types);
    return frame;
  }
};

using Precisions = ::testing::Types<Double, Mix32>;
TYPED_TEST_SUITE(EdgeCases, Precisions);

double largest(std::vector<double> const& values) {
  return largest_difference(values, std::vector(values.size(), 0.0));
}

TYPED_TEST(EdgeCases, NoAtoms) {
  for (auto const& test_case : variants()) {
    SCOPED_TRACE(test_case.name);
    CompiledPotential<Space, TypeParam> potential(load_model(test_case.model));
    auto frame = read_frames(test_case.reference).front();
    for (bool const periodic : {true, false}) {
      frame = reordered(frame, {});
      frame.periodic = periodic;
      auto const results = evaluate(potential, frame);
      EXPECT_EQ(results.energy, 0.0);
      EXPECT_EQ(results.virial, std::vector<double>(9));
      EXPECT_TRUE(results.force.empty());
    }
  }
}

TYPED_TEST(EdgeCases, OneAtom) {
  for (auto const& test_case : variants()) {
    SCOPED_TRACE(test_case.name);
    auto const model = load_model(test_case.model);
    CompiledPotential<Space, TypeParam> potential(model);
    auto const frame = read_frames(test_case.reference).front();
    auto one = reordered(frame, {0});
    one.periodic = false;
    auto const alone = evaluate(potential, one);
    EXPECT_TRUE(std::isfinite(alone.energy));
    EXPECT_EQ(alone.energy, alone.atom_energy[0]);
    EXPECT_EQ(largest(alone.force), 0.0);
    EXPECT_EQ(largest(alone.virial), 0.0);
    if (frame.atoms() < 2 || !frame.aparam.empty()) continue;

    // two atoms too far apart to see each other
    auto two = reordered(frame, {0, 1});
    two.periodic = false;
    two.positions[3] = two.positions[0] + two_body(model).rcut + 100.0;
    auto const apart = evaluate(potential, two);
    EXPECT_NEAR(apart.atom_energy[0], alone.energy, this->tolerance);
    EXPECT_EQ(largest(apart.force), 0.0);
  }
}

TYPED_TEST(EdgeCases, OnlyGhosts) {
  Space const space;
  CompiledPotential<Space, TypeParam> potential(load_model(variant("two_sided").model));
  Scene<Space> const scene(read_frames(variant("two_sided").reference).front(), potential.cutoff());
  auto configuration = scene.configuration();
  configuration.local = 0;
  Memory<Space> const memory(0, scene.images.atoms());
  Kokkos::deep_copy(memory.force, 7.0);
  Kokkos::deep_copy(memory.atom_virial, 7.0);
  ListMemory<Space> const list(Neighbors{});
  potential.compute(space, configuration, list.list(), memory.all());
  auto const results = memory.results();
  EXPECT_EQ(results.energy, 0.0);
  EXPECT_EQ(largest(results.force), 0.0);
  EXPECT_EQ(largest(results.virial), 0.0);
  EXPECT_EQ(largest(results.atom_virial), 0.0);
  // a list that was never made
  potential.compute(space, configuration, {}, memory.all());
  EXPECT_EQ(memory.results().energy, 0.0);
}

TYPED_TEST(EdgeCases, VirtualAtomsAreIgnored) {
  for (auto const& test_case : variants()) {
    SCOPED_TRACE(test_case.name);
    CompiledPotential<Space, TypeParam> potential(load_model(test_case.model));
    for (auto const& frame : read_frames(test_case.reference)) {
      if (frame.atoms() < 3) continue;
      std::vector<std::size_t> kept;
      auto masked = frame;
      for (std::size_t i = 0; i < frame.atoms(); ++i)
        if (i % 3 == 1)
          masked.types[i] = i % 2 == 0 ? -1 : -5;
        else
          kept.push_back(i);
      auto const results = evaluate(potential, masked);
      auto const expected = evaluate(potential, reordered(frame, kept));
      double scale = 1.0;
      for (double f : expected.force) scale = std::max(scale, std::abs(f));
      EXPECT_LT(largest_difference(reordered(results.atom_energy, kept, 1), expected.atom_energy),
                5 * this->tolerance);
      EXPECT_LT(largest_difference(reordered(results.force, kept, 3), expected.force),
                scale * this->tolerance);
      EXPECT_LT(largest_difference(results.virial, expected.virial), 100 * scale * this->tolerance);
      for (std::size_t i = 1; i < frame.atoms(); i += 3) {
        EXPECT_EQ(results.atom_energy[i], 0.0);
        for (std::size_t c = 0; c < 3; ++c) EXPECT_EQ(results.force[3 * i + c], 0.0);
      }
    }
  }
}

TYPED_TEST(EdgeCases, OnlyVirtualAtoms) {
  CompiledPotential<Space, TypeParam> potential(load_model(variant("two_sided").model));
  auto const results = evaluate(potential, this->open_frame({0, 0, 0, 1, 0, 0}, {-1, -1}));
  EXPECT_EQ(results.energy, 0.0);
  EXPECT_EQ(largest(results.force), 0.0);
}

TYPED_TEST(EdgeCases, ListOfSomeAtoms) {
  Space const space;
  CompiledPotential<Space, TypeParam> potential(load_model(variant("two_sided").model));
  auto const frame = read_frames(variant("two_sided").reference).front();
  auto const all = evaluate(potential, frame);
  Scene<Space> const scene(frame, potential.cutoff());
  auto const neighbors = scene.neighbors();
  // forces of two complementary lists add up to the forces of all
  std::vector<double> force(3 * frame.atoms());
  for (int part : {0, 1}) {
    std::vector<int> rows;
    Neighbors selected;
    double energy = 0.0;
    for (std::size_t i = 0; i < frame.atoms(); ++i)
      if ((i % 4 == 0) == (part == 0)) {
        rows.push_back(static_cast<int>(i));
        selected.push_back(neighbors[i]);
        energy += all.atom_energy[i];
      }
    auto const centres = device_copy<int, Space>(rows);
    ListMemory<Space> const memory_of_list(selected);
    auto list = memory_of_list.list();
    list.centres = centres;
    Memory<Space> const memory(scene);
    Kokkos::deep_copy(memory.atom_energy, 7.0);
    potential.compute(space, scene.configuration(), list, memory.all());
    scene.images.fold(space, memory.force);
    auto const results = memory.results();
    EXPECT_NEAR(results.energy, energy, 20 * this->tolerance);
    for (std::size_t i = 0; i < frame.atoms(); ++i)
      EXPECT_NEAR(results.atom_energy[i], (i % 4 == 0) == (part == 0) ? all.atom_energy[i] : 0.0,
                  this->tolerance);
    for (std::size_t k = 0; k < force.size(); ++k) force[k] += results.force[k];
  }
  EXPECT_LT(largest_difference(force, all.force), this->tolerance);
}

TYPED_TEST(EdgeCases, AtomsAtTheCutoff) {
  for (auto const* name : {"two_sided", "radial_two_sided", "cutoff_from_zero", "exclude_types"}) {
    SCOPED_TRACE(name);
    auto const model = load_model(variant(name).model);
    CompiledPotential<Space, TypeParam> potential(model);
    double const rc = two_body(model).rcut;
    auto const at = [&](double r) {
      return evaluate(potential, this->open_frame({0, 0, 0, r, 0, 0}, {0, 1}));
    };
    auto const apart = at(10 * rc);
    for (double r : {rc, std::nextafter(rc, 0.0), std::nextafter(rc, 100.0), rc * (1 - 1e-7)}) {
      auto const results = at(r);
      EXPECT_LT(largest_difference(results.atom_energy, apart.atom_energy), this->tolerance);
      EXPECT_LT(largest(results.force),
                1e-9);  // the force ends as the square of the distance from the cutoff
    }
    EXPECT_TRUE(std::isfinite(at(std::max(two_body(model).rcut_smth, 0.1)).energy));
  }
}

TYPED_TEST(EdgeCases, TypeWithoutAtoms) {
  for (auto const& test_case : variants()) {
    SCOPED_TRACE(test_case.name);
    auto const model = load_model(test_case.model);
    if (model.ntypes() < 2) continue;
    CompiledPotential<Space, TypeParam> potential(model);
    auto const frame = read_frames(test_case.reference).front();
    for (int type : {0, 1}) {
      std::vector<std::size_t> kept;
      for (std::size_t i = 0; i < frame.atoms(); ++i)
        if (frame.types[i] == type) kept.push_back(i);
      auto one_type = reordered(frame, kept);
      one_type.periodic = false;
      auto const results = evaluate(potential, one_type);
      EXPECT_TRUE(std::isfinite(results.energy));
      if (kept.empty() || !frame.aparam.empty()) continue;
      // with a distant atom of the other type
      one_type.types.push_back(1 - type);
      for (double const x : {1000.0, 0.0, 0.0}) one_type.positions.push_back(x);
      auto more = evaluate(potential, one_type);
      more.atom_energy.pop_back();
      more.force.resize(results.force.size());
      EXPECT_LT(largest_difference(more.atom_energy, results.atom_energy), 5 * this->tolerance);
      EXPECT_LT(largest_difference(more.force, results.force), 5 * this->tolerance);
    }
  }
}

/// Neighbours beyond sel, counted on the host.
std::int64_t beyond_sel(Model const& model, Scene<Space> const& scene) {
  auto const x = host_copy(scene.images.positions());
  auto const types = host_copy(scene.images.types());
  auto const neighbors = scene.neighbors();
  std::int64_t dropped = 0;
  for (std::size_t i = 0; i < neighbors.size(); ++i) {
    std::vector<int> counts(model.type_map.size());
    for (int j : neighbors[i]) {
      double r2 = 0.0;
      for (std::size_t c = 0; c < 3; ++c) {
        double const d = x[3 * static_cast<std::size_t>(j) + c] - x[3 * i + c];
        r2 += d * d;
      }
      if (r2 < two_body(model).rcut * two_body(model).rcut)
        ++counts[static_cast<std::size_t>(types[static_cast<std::size_t>(j)])];
    }
    for (std::size_t t = 0; t < counts.size(); ++t)
      dropped += std::max(0, counts[t] - two_body(model).sel[t]);
  }
  return dropped;
}

TYPED_TEST(EdgeCases, MoreNeighboursThanSel) {
  auto const test_case = variant("no_padding_overflow");
  auto const model = load_model(test_case.model);
  CompiledPotential<Space, TypeParam> potential(model), strict(model, {.overflow = Overflow::error});
  std::int64_t most = 0;
  for (auto const& frame : read_frames(test_case.reference)) {
    Scene<Space> const scene(frame, potential.cutoff() + 0.5);
    auto const expected = beyond_sel(model, scene);
    most = std::max(most, expected);
    evaluate(potential, frame);
    EXPECT_EQ(potential.dropped(), expected);
    if (expected == 0) continue;
    try {
      evaluate(strict, frame);
      ADD_FAILURE() << "no error";
    } catch (Error const& error) {
      std::string const message = error.what();
      for (auto const& part :
           {std::to_string(expected), std::string("sel"), std::to_string(two_body(model).sel[0]),
            std::to_string(two_body(model).sel[1])})
        EXPECT_NE(message.find(part), message.npos) << part << " is not in: " << message;
    }
  }
  EXPECT_GT(most, 0);
  // the count is of the last step
  evaluate(potential, this->open_frame({0, 0, 0}, {0}));
  EXPECT_EQ(potential.dropped(), 0);
  EXPECT_NO_THROW(evaluate(strict, this->open_frame({0, 0, 0, 1, 0, 0}, {0, 1})));
}

TYPED_TEST(EdgeCases, TheNearestAreKept) {
  // one centre, neighbours of one type on a line: the result is that of the nearest `sel` alone
  auto const model = load_model(variant("no_padding_overflow").model);
  CompiledPotential<Space, TypeParam> potential(model);
  int const sel = two_body(model).sel[1];
  auto const energy = [&](int neighbours) {
    std::vector<double> x = {0, 0, 0};
    std::vector<int> types = {0};
    for (int k = neighbours; k-- > 0;) {  // the nearest last
      for (double const value : {1.0 + 3.5 * k / (sel + 4), 0.3 * k, 0.1}) x.push_back(value);
      types.push_back(1);
    }
    return evaluate(potential, this->open_frame(x, types)).atom_energy[0];
  };
  EXPECT_NEAR(energy(sel + 4), energy(sel), this->tolerance);
  EXPECT_GT(std::abs(energy(sel - 1) - energy(sel)), 100 * this->tolerance);
}

}  // namespace
}  // namespace dp::test
