// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// What compute() refuses, and that the message names what was wrong and where.

#include <gtest/gtest.h>

#include <functional>

#include "support/cases.hpp"
#include "support/evaluate.hpp"

namespace dp::test {
namespace {

using Space = Kokkos::DefaultExecutionSpace;
using Parts = std::vector<std::string>;

/// Host data of a step, to be spoiled, and its evaluation.
struct Step {
  explicit Step(Case const& test_case)
      : potential(load_model(test_case.model)), frame(read_frames(test_case.reference).front()) {
    Scene<Space> const scene(frame, potential.cutoff());
    positions = host_copy(scene.images.positions());
    types = host_copy(scene.images.types());
    local = scene.images.local();
    atoms = scene.images.atoms();
    neighbors = scene.neighbors();
    fparam = frame.fparam;
    aparam = frame.aparam;
    if (local > 0) aparam_columns = aparam.size() / static_cast<std::size_t>(local);
  }

  /// The message of the dp::Error of compute(), "" if there is none.
  std::string error(
      std::function<void(Configuration<Space>&, NeighborList<Space>&, Output<Space>&)> const& spoil = {}) {
    auto const x = device_copy<double, Space>(positions);
    auto const t = device_copy<int, Space>(types);
    auto const f = device_copy<double, Space>(fparam), a = device_copy<double, Space>(aparam);
    Matrix<double const, Space> const rows(x.data(), positions.size() / 3, 3);
    Matrix<double const, Space> const aparam_rows(
        a.data(), aparam_columns ? aparam.size() / aparam_columns : 0, aparam_columns);
    ListMemory<Space> const list_memory(neighbors);
    Memory<Space> const memory(frame.atoms() ? static_cast<std::int64_t>(frame.atoms()) : 0, atoms);
    Configuration<Space> configuration{rows, t, local, f, aparam_rows};
    auto list = list_memory.list();
    auto output = memory.all();
    if (spoil) spoil(configuration, list, output);
    try {
      potential.compute(Space(), configuration, list, output);
    } catch (Error const& error) {
      return error.what();
    }
    return "";
  }

  CompiledPotential<Space, Double> potential;
  Frame frame;
  std::vector<double> positions, fparam, aparam;
  std::vector<int> types;
  std::int64_t local = 0, atoms = 0;
  std::size_t aparam_columns = 0;
  Neighbors neighbors;
};

void expect_parts(std::string const& message, Parts const& parts) {
  for (auto const& part : parts)
    EXPECT_NE(message.find(part), message.npos) << part << " is not in: " << message;
}

TEST(ComputeErrors, GoodInputIsAccepted) {
  EXPECT_EQ(Step(variant("two_sided")).error(), "");
  EXPECT_EQ(Step(variant("fparam2_aparam3")).error(), "");
}

TEST(ComputeErrors, PositionThatIsNoNumber) {
  for (double bad : {NAN, INFINITY, -INFINITY})
    for (std::size_t component : {0u, 1u, 2u}) {
      Step local(variant("two_sided"));
      local.positions[3 * 7 + component] = bad;
      expect_parts(local.error(), {"position", "atom 8", "finite"});
      Step ghost(variant("two_sided"));
      auto const last = ghost.atoms - 1;
      ghost.positions[3 * static_cast<std::size_t>(last) + component] = bad;
      expect_parts(ghost.error(), {"position", "atom " + std::to_string(last + 1), "finite"});
    }
}

TEST(ComputeErrors, UnknownType) {
  for (int bad : {2, 100, INT32_MAX}) {
    Step step(variant("two_sided"));
    step.types[5] = bad;
    expect_parts(step.error(), {"type", "atom 6", "0 to 1"});
    Step ghost(variant("two_sided"));
    ghost.types.back() = bad;
    expect_parts(ghost.error(), {"type", "atom " + std::to_string(ghost.atoms), "0 to 1"});
  }
}

TEST(ComputeErrors, ListNamesNoAtom) {
  Step step(variant("two_sided"));
  for (int bad : {static_cast<int>(step.atoms), 1 << 30, INT32_MAX, -1, INT32_MIN + 1}) {
    Step spoiled(variant("two_sided"));
    spoiled.neighbors[3][2] = bad;
    expect_parts(spoiled.error(), {"neighbour list", "row 4", "0 to " + std::to_string(step.atoms - 1)});
  }
}

TEST(ComputeErrors, CentreIsNotLocal) {
  Step step(variant("two_sided"));
  for (int bad : {-1, static_cast<int>(step.local), static_cast<int>(step.atoms), INT32_MAX}) {
    auto const centres = device_copy<int, Space>(std::vector<int>{0, 1, bad});
    auto const message = step.error([&](auto&, auto& list, auto&) {
      list.rows = 3;
      list.centres = centres;
    });
    expect_parts(message, {"neighbour list", "row 3", "local"});
  }
}

TEST(ComputeErrors, TwoAtomsAtOnePlace) {
  Step step(variant("two_sided"));
  for (std::size_t c = 0; c < 3; ++c) step.positions[3 * 9 + c] = step.positions[3 * 4 + c];
  step.neighbors[4].push_back(9);
  step.neighbors[9].push_back(4);
  expect_parts(step.error(), {"atom 5", "place"});
  Step own(variant("two_sided"));
  own.neighbors[6].push_back(6);
  expect_parts(own.error(), {"atom 7", "place"});
}

TEST(ComputeErrors, GoodInputWorksAfterAnError) {
  Step step(variant("two_sided"));
  auto const position = step.positions[0];
  step.positions[0] = NAN;
  EXPECT_NE(step.error(), "");
  step.positions[0] = position;
  EXPECT_EQ(step.error(), "");
}

TEST(ComputeErrors, ExtentsOfTheInput) {
  Step step(variant("two_sided"));
  auto const n = std::to_string(step.atoms);
  Kokkos::View<double**, Kokkos::LayoutRight, Space::memory_space> const two("two", step.atoms, 2);
  expect_parts(step.error([&](auto& c, auto&, auto&) { c.positions = two; }),
               {"positions", "atoms x 3", n + " x 2"});
  Kokkos::View<int*, Space::memory_space> const few("few", step.atoms - 1);
  expect_parts(step.error([&](auto& c, auto&, auto&) { c.types = few; }),
               {"types", n, std::to_string(step.atoms - 1)});
  expect_parts(step.error([&](auto& c, auto&, auto&) { c.local = -1; }), {"local", "-1"});
  expect_parts(step.error([&](auto& c, auto&, auto&) { c.local = step.atoms + 1; }),
               {"local", std::to_string(step.atoms + 1)});
  expect_parts(step.error([&](auto&, auto& list, auto&) { list.rows = step.local + 1; }),
               {"list", std::to_string(step.local), std::to_string(step.local + 1)});
  expect_parts(step.error([&](auto&, auto& list, auto&) { list.rows = -1; }), {"list", "-1"});
}

TEST(ComputeErrors, ListArrays) {
  Step step(variant("two_sided"));
  Kokkos::View<std::int64_t*, Space::memory_space> const none("none", 0);
  Vector<int const, Space> const no_entries;
  EXPECT_THROW(NeighborList<Space>::csr(none, no_entries), Error);
  Kokkos::View<int*, Space::memory_space> const one("one", 1);
  expect_parts(step.error([&](auto&, auto& list, auto&) { list.centres = one; }), {"list", "centres"});
  Kokkos::View<std::int64_t*, Space::memory_space> const start("start", 1);
  expect_parts(step.error([&](auto&, auto& list, auto&) { list.starts = start; }), {"list", "starts"});
  expect_parts(step.error([&](auto&, auto& list, auto&) { list.counts = one; }), {"list", "counts"});
}

TEST(ComputeErrors, FrameParameters) {
  Step step(variant("fparam2_aparam3"));
  step.fparam = {};
  expect_parts(step.error(), {"fparam", "expects 2", "found 0"});
  step.fparam = {1, 2, 3};
  expect_parts(step.error(), {"fparam", "expects 2", "found 3"});
  Step without(variant("two_sided"));
  without.fparam = {1.0};
  expect_parts(without.error(), {"fparam", "expects 0", "found 1"});
}

TEST(ComputeErrors, AtomicParameters) {
  Step step(variant("fparam2_aparam3"));
  step.aparam_columns = 0;
  step.aparam = {};
  auto const expected = std::to_string(step.local) + " x 3";
  expect_parts(step.error(), {"aparam", expected, "0 x 0"});
  step.aparam.resize(static_cast<std::size_t>(2 * step.local));
  step.aparam_columns = 2;
  expect_parts(step.error(), {"aparam", expected, "x 2"});
  step.aparam.resize(static_cast<std::size_t>(3 * (step.local - 1)));
  step.aparam_columns = 3;
  expect_parts(step.error(), {"aparam", expected, std::to_string(step.local - 1) + " x 3"});
}

TEST(ComputeErrors, ExtentsOfTheOutput) {
  Step step(variant("two_sided"));
  Memory<Space> const small(step.local - 1, step.atoms - 1);
  Kokkos::View<double*, Space::memory_space> const eight("eight", 8);
  Kokkos::View<double**, Kokkos::LayoutRight, Space::memory_space> const four("four", step.atoms, 4);
  auto const n = std::to_string(step.atoms);
  expect_parts(step.error([&](auto&, auto&, auto& o) { o.atom_energy = small.atom_energy; }),
               {"atom_energy", std::to_string(step.local), std::to_string(step.local - 1)});
  expect_parts(step.error([&](auto&, auto&, auto& o) { o.force = small.force; }), {"force", n + " x 3"});
  expect_parts(step.error([&](auto&, auto&, auto& o) { o.force = four; }), {"force", n + " x 3", n + " x 4"});
  expect_parts(step.error([&](auto&, auto&, auto& o) { o.virial = eight; }), {"virial", "9", "8"});
  expect_parts(step.error([&](auto&, auto&, auto& o) { o.atom_virial = small.atom_virial; }),
               {"atom_virial", n + " x 9"});
  expect_parts(step.error([&](auto&, auto&, auto& o) { o.atom_virial = four; }), {"atom_virial", n + " x 9"});
}

}  // namespace
}  // namespace dp::test
