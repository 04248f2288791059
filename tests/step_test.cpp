// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// What surrounds the blocks of a step: groups of atoms, memory, reports and the ways to add to the outputs.

#include <gtest/gtest.h>

#include <algorithm>
#include <dp/schedule/groups.hpp>
#include <dp/step/arena.hpp>
#include <dp/step/fixed_sums.hpp>
#include <dp/step/partial_outputs.hpp>
#include <dp/step/sum_over_atoms.hpp>
#include <functional>
#include <string>
#include <vector>

#include "support/stage.hpp"

namespace dp::test {
namespace {

using Reports = Report<Space>;

/// Reports a field at an index and larger ones.
void report_at(Reports const& report, Reports::Field field, std::int64_t index) {
  auto const values = report.values();
  Kokkos::parallel_for(
      "report", Kokkos::RangePolicy<Space>(0, 5),
      KOKKOS_LAMBDA(int k) { Reports::report(values, field, index + 4 - k); });
}

/// 1 where the kernels of a tile leave out an atom.
int skipped(Guard<Space> const& guard, std::int64_t atom) {
  int found = 0;
  Kokkos::parallel_reduce(
      "skipped", Kokkos::RangePolicy<Space>(0, 1), KOKKOS_LAMBDA(int, int& sum) { sum += guard.skips(atom); },
      found);
  return found;
}

TEST(Arenas, HoldAStateForEachSlot) {
  struct Counted {
    std::size_t n = 7;
    std::size_t bytes() const { return n; }
  };
  struct Named {
    std::string name;
    std::size_t bytes() const { return 100; }
  };
  Slots slots;
  auto const a = slots.add<Counted>(), b = slots.add<Counted>();
  auto const c = slots.add<Named>();
  Arena arena, other;
  EXPECT_EQ(arena.bytes(), 0);
  arena[c].name = "c";
  arena[a].n = 1;
  EXPECT_EQ(arena.bytes(), 101);
  EXPECT_EQ(arena[b].n, 7);
  EXPECT_EQ(arena[a].n, 1);
  EXPECT_EQ(arena[c].name, "c");
  EXPECT_EQ(arena.bytes(), 108);
  EXPECT_EQ(other[a].n, 7);
}

TEST(ReportsOfKernels, KeepTheSmallestIndexUntilFetched) {
  Space const space;
  Reports report(space);
  report.fetch(space);
  EXPECT_NO_THROW(report.check(2, 9));
  EXPECT_EQ(report.dropped_neighbours(), 0);
  EXPECT_FALSE(report.is_stale());

  struct Expected {
    Reports::Field field;
    std::string message;
  };
  for (auto const& [field, message] :
       std::vector<Expected>{{Reports::bad_position, "position of atom 4"},
                             {Reports::bad_type, "type of atom 4: the model has the types 0 to 1"},
                             {Reports::bad_entry, "row 4 has an entry outside 0 to 8"},
                             {Reports::coincident, "atom 4 has a neighbour at its own place"},
                             {Reports::overflow, "atom 4: numbers in its nets are beyond"},
                             {Reports::too_large, "on or of atom 4 is not a number"}}) {
    report_at(report, field, 3);
    report.fetch(space);
    std::string found = "nothing";
    try {
      report.check(2, 9);
    } catch (Error const& error) {
      found = error.what();
    }
    EXPECT_NE(found.find(message), std::string::npos) << found;
    report.fetch(space);  // the first one has forgotten it
    EXPECT_NO_THROW(report.check(2, 9));
  }
  report_at(report, Reports::stale, 0);
  report.fetch(space);
  EXPECT_TRUE(report.is_stale());
  EXPECT_NO_THROW(report.check(2, 9));
}

TEST(ReportsOfKernels, FlagBlocksOfAtoms) {
  Space const space;
  Reports report(space);
  report_at(report, Reports::bad_type, 2);
  report.reserve(space, 5);  // keeps what was reported
  Kokkos::deep_copy(space, report.flags(3, 1), std::int64_t(17));
  report.fetch(space);
  for (std::size_t k = 0; k < 5; ++k) EXPECT_EQ(report.flagged(k), k == 3);
  EXPECT_THROW(report.check(2, 9), Error);
  report.fetch(space);
  EXPECT_FALSE(report.flagged(3));
  EXPECT_EQ(flag_blocks(0), 0);
  EXPECT_EQ(flag_blocks(flag_block), 1);
  EXPECT_EQ(flag_blocks(flag_block + 1), 2);

  Guard<Space> const guard{report.values(), report.flags(0, 2)};
  auto const skips = [&] {
    return std::vector{skipped(guard, 0), skipped(guard, flag_block - 1), skipped(guard, flag_block)};
  };
  EXPECT_EQ(skips(), (std::vector{0, 0, 0}));
  Kokkos::deep_copy(space, report.flags(1, 1), std::int64_t(flag_block));
  EXPECT_EQ(skips(), (std::vector{0, 0, 1}));
  report_at(report, Reports::stale, 5);
  EXPECT_EQ(skips(), (std::vector{1, 1, 1}));
}

/// Atoms of three types, one of which has no energy, and virtual ones, in a list of some of them.
class GroupsOfAtoms : public testing::Test {
 protected:
  GroupsOfAtoms() {
    network.type_map = {"A", "B", "C"};
    network.atom_excluded = {0, 1, 0};
    for (std::size_t i = 0; i < 20; ++i) neighbors[i].assign(i % 5, 1);
  }
  Stage stage() const { return Stage(Numbers(66, 0.5), types, 20, neighbors); }

  Space space;
  Network network;
  // ghosts behind the 20 local ones
  std::vector<int> types = {0, 1, 2, -1, 0, 0, 2, 1, 2, 2, 0, 0, 0, 2, 1, 0, 0, -2, 2, 0, 0, 2};
  Neighbors neighbors = Neighbors(20);
};

TEST_F(GroupsOfAtoms, AreCutIntoTilesAndShares) {
  Stage stage = this->stage();
  for (bool bounded : {false, true}) {
    Groups<Space> groups(space, network, bounded);
    EXPECT_FALSE(groups.may_hold(stage.step()));
    groups.build(space, stage.step());
    EXPECT_TRUE(groups.may_hold(stage.step()));
    EXPECT_EQ(groups.atoms(), static_cast<std::int64_t>(stage.atoms(0).size() + stage.atoms(2).size()));
    EXPECT_EQ(groups.longest(), 4);
    for (std::int64_t size : {1, 3, 100})
      for (std::int64_t shares : {1, 2, 5}) {
        std::vector<int> found[3];
        std::vector<Tile<Space>> tiles;
        for (std::int64_t share = 0; share < shares; ++share) {
          groups.cut(size, tiles, share, shares);
          for (std::size_t k = 0; k < tiles.size(); ++k) {
            EXPECT_EQ(tiles[k].number, k);
            EXPECT_EQ(tiles[k].longest, groups.longest());
            EXPECT_GT(tiles[k].atoms(), 0);
            EXPECT_LE(tiles[k].atoms(), size);
            EXPECT_EQ(numbers_of(tiles[k].centres), numbers_of(tiles[k].list_rows));  // row k is atom k
            for (double i : numbers_of(tiles[k].centres)) found[tiles[k].type].push_back(static_cast<int>(i));
          }
        }
        EXPECT_EQ(found[0], stage.atoms(0));
        EXPECT_TRUE(found[1].empty());
        EXPECT_EQ(found[2], stage.atoms(2));
      }
  }
  stage.report.fetch(space);
  EXPECT_NO_THROW(stage.report.check(3, 22));
}

TEST_F(GroupsOfAtoms, AreStaleWhenAtomsHaveChanged) {
  Stage before = stage();
  auto const stale_after = [&](bool bounded, std::function<void()> const& change) {
    Groups<Space> groups(space, network, bounded);
    groups.build(space, before.step());
    auto const types_before = types;
    auto const neighbors_before = neighbors;
    change();
    Stage now = stage();
    types = types_before;
    neighbors = neighbors_before;
    groups.verify(space, now.step());
    now.report.fetch(space);
    EXPECT_NO_THROW(now.report.check(3, 22));
    return now.report.is_stale();
  };
  EXPECT_FALSE(stale_after(true, [] {}));
  EXPECT_FALSE(stale_after(true, [&] { types[21] = 1; }));  // a ghost
  EXPECT_FALSE(stale_after(true, [&] { neighbors[2].clear(); }));
  EXPECT_TRUE(stale_after(true, [&] { types[4] = 2; }));
  EXPECT_TRUE(stale_after(true, [&] { types[3] = 0; }));  // no longer virtual
  EXPECT_TRUE(stale_after(true, [&] { neighbors[2].assign(5, 1); }));
  EXPECT_FALSE(stale_after(false, [&] { neighbors[2].assign(5, 1); }));
}

TEST_F(GroupsOfAtoms, ReportBadAtoms) {
  auto const message = [&](Numbers const& positions) {
    Stage stage(positions, types, 20, neighbors);
    Groups<Space> groups(space, network, false);
    groups.build(space, stage.step());
    stage.report.fetch(space);
    try {
      stage.report.check(3, 22);
    } catch (Error const& error) {
      return std::string(error.what());
    }
    return std::string("nothing");
  };
  Numbers positions(66, 0.5);
  EXPECT_EQ(message(positions), "nothing");
  types[20] = 3;
  EXPECT_NE(message(positions).find("type of atom 21"), std::string::npos);
  positions[3 * 6 + 2] = NAN;
  positions[3 * 9] = INFINITY;
  EXPECT_NE(message(positions).find("position of atom 7"), std::string::npos);
}

/// Adds numbers that depend on the atom to sums over atoms, and to forces and virials of atoms.
template <class Sink>
struct AddSome {
  using value_type = typename Sink::Sums;
  std::int64_t atoms;
  Sink sink;

  KOKKOS_FUNCTION void operator()(std::int64_t a, value_type& totals) const {
    for (int k = 0; k < 10; ++k) sink.add_total(a, totals, k, number(a, k));
    if (sink.forces())
      for (int c = 0; c < 3; ++c) sink.add_force(a % atoms, c, number(a, c));
    if (sink.atom_virials())
      for (int k = 0; k < 9; ++k) sink.add_virial(a % atoms, k, -number(a, k));
  }
  KOKKOS_FUNCTION void init(value_type& totals) const { totals = value_type(); }
  KOKKOS_FUNCTION void join(value_type& into, value_type const& from) const { into += from; }
  KOKKOS_FUNCTION static double number(std::int64_t a, int k) {
    return Kokkos::sin(static_cast<double>(3 * a + k)) * (a % 7 == 0 ? 1e6 : 1e-3);
  }
};

constexpr std::int64_t terms = 1000, some_atoms = 6;

/// Adds all terms to a step.
void add_some(Step<Space> const& step) {
  Space const space;
  detail::SumMemory<Space> memory;
  detail::with_sink(space, step, [&]<class Sink>(Sink const& sink) {
    detail::sum_over_atoms(space, step, terms, AddSome<Sink>{some_atoms, sink}, memory);
  });
  space.fence();
}

/// Compares outputs with `times` the sums of all terms.
void expect_sums(Results const& found, double times) {
  Numbers totals(10, 0.0), force(3 * some_atoms, 0.0), virial(9 * some_atoms, 0.0);
  using Terms = AddSome<detail::DirectSink<Space, true>>;
  for (std::int64_t a = 0; a < terms; ++a)
    for (int k = 0; k < 10; ++k) {
      double const x = times * Terms::number(a, k);
      totals[static_cast<std::size_t>(k)] += x;
      if (k < 3) force[static_cast<std::size_t>(a % some_atoms * 3 + k)] += x;
      if (k < 9) virial[static_cast<std::size_t>(a % some_atoms * 9 + k)] -= x;
    }
  expect_near({found.energy}, {totals[0]}, 1e-12, "energy");
  expect_near(found.virial, Numbers(totals.begin() + 1, totals.end()), 1e-12, "virial");
  expect_near(found.force, force, 1e-12, "forces");
  expect_near(found.atom_virial, virial, 1e-12, "virials of atoms");
}

TEST(Sums, OverAtomsAreAddedToTheOutputs) {
  Stage stage(Numbers(18, 0.0), std::vector<int>(6, 0), 6, Neighbors(6));
  add_some(stage.step());
  expect_sums(stage.memory.results(), 1.0);
  add_some(stage.step());
  expect_sums(stage.memory.results(), 2.0);
  auto step = stage.step();
  step.output = {};  // nothing is wanted
  add_some(step);
  expect_sums(stage.memory.results(), 2.0);
}

TEST(Sums, InFixedPointAreAddedAtTheEnd) {
  Space const space;
  Stage stage(Numbers(18, 0.0), std::vector<int>(6, 0), 6, Neighbors(6));
  FixedSums<Space> fixed;
  for (int times : {1, 2}) {
    auto step = stage.step();
    fixed.begin(space, step.output, step.report);
    step.fixed = &fixed;
    add_some(step);
    add_some(step);
    expect_sums(stage.memory.results(), 2.0 * times - 2.0);
    fixed.end(space, step.output);
    expect_sums(stage.memory.results(), 2.0 * times);
  }
  stage.report.fetch(space);
  EXPECT_NO_THROW(stage.report.check(1, 6));
}

TEST(Sums, InPartsAreJoined) {
  Space const space;
  Stage stage(Numbers(18, 0.0), std::vector<int>(6, 0), 6, Neighbors(6));
  PartialOutputs<Space> parts;
  for (int times : {1, 2}) {
    parts.reserve(space, 3, some_atoms, stage.memory.all());
    for (int p = 0; p < 3; ++p) {
      auto step = stage.step();
      step.output = parts.part(space, p);
      for (int k = 0; k <= p; ++k) add_some(step);
    }
    parts.join(space);
    expect_sums(stage.memory.results(), 6.0 * times);
  }
  // Energies of atoms are not of a part: each atom belongs to one tile.
  EXPECT_EQ(parts.part(space, 1).atom_energy.data(), stage.memory.all().atom_energy.data());
  parts.reserve(space, 2, some_atoms, {});
  EXPECT_EQ(parts.part(space, 1).force.data(), nullptr);
  EXPECT_EQ(parts.part(space, 1).energy.data(), nullptr);
}

}  // namespace
}  // namespace dp::test
