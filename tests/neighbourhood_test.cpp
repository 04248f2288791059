// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// The blocks that find neighbours, against plain loops: which rows they make, and the forces and virials that
// they make of the rows' gradients.

#include <gtest/gtest.h>

#include <algorithm>
#include <dp/blocks/neighbourhood.hpp>
#include <dp/blocks/team_neighbourhood.hpp>
#include <map>
#include <random>
#include <type_traits>
#include <vector>

#include "support/stage.hpp"

namespace dp::test {
namespace {

template <class F>
using BlockOf = std::conditional_t<std::is_same_v<typename F::Kernels, Loops>, Neighbourhood<Space>,
                                   TeamNeighbourhood<Space, typename F::Kernels>>;

#ifdef KOKKOS_ENABLE_OPENMP
using Kinds = testing::Types<Form<Double, Loops>, Form<Double, Teams<1>>, Form<Double, Teams<2>>>;
#else
using Kinds = testing::Types<Form<Double, Loops>, Form<Double, Teams<1>>>;
#endif
template <class F>
class Neighbourhoods : public Formed<F> {};
TYPED_TEST_SUITE(Neighbourhoods, Kinds);

/// The neighbours of an atom that are kept, per type, by index; and how many are left out.
struct Kept {
  std::vector<std::vector<int>> of_type{3};
  std::int64_t dropped = 0;
};

Kept plain_kept(Cluster const& cluster, Network const& network, bool all_neighbours, std::size_t i) {
  Chain const& chain = network.chains[0];
  Kept kept;
  auto const r2 = [&](int j) {
    double sum = 0.0;
    for (std::size_t c = 0; c < 3; ++c)
      sum +=
          std::pow(cluster.positions[3 * static_cast<std::size_t>(j) + c] - cluster.positions[3 * i + c], 2);
    return sum;
  };
  std::vector<int> nearest = cluster.list[i];
  std::stable_sort(nearest.begin(), nearest.end(), [&](int a, int b) { return r2(a) < r2(b); });
  std::vector<int> left = chain.sel;
  for (int j : nearest) {
    int const type = cluster.types[static_cast<std::size_t>(j)];
    if (type < 0 || r2(j) >= chain.rcut * chain.rcut) continue;
    bool const hidden = network.pair_excluded[static_cast<std::size_t>(3 * cluster.types[i] + type)];
    if (hidden && !chain.shared_sel()) continue;
    int& places = left[chain.shared_sel() ? 0 : static_cast<std::size_t>(type)];
    if (all_neighbours || places-- > 0) {
      if (!hidden) kept.of_type[static_cast<std::size_t>(type)].push_back(j);
    } else {
      ++kept.dropped;
    }
  }
  for (auto& of_type : kept.of_type) std::sort(of_type.begin(), of_type.end());
  return kept;
}

/// Runs a block on the tile of each type and compares its rows.
template <class F>
void expect_rows(Cluster const& cluster, Network const& network, bool all_neighbours) {
  Space const space;
  Stage stage = cluster.stage();
  Slots slots;
  BlockOf<F> const block(space, network, network.chains[0], all_neighbours, slots);
  std::int64_t dropped = 0;
  for (int type = 0; type < 3; ++type) {
    SCOPED_TRACE("tile of type " + std::to_string(type));
    Arena arena;
    auto const tile = stage.tile(type);
    ASSERT_TRUE(block.prepare(space, stage.step(), {tile}, arena));
    ASSERT_TRUE(block.forward(space, stage.step(), tile, arena));
    Rows<Space> const& rows = arena[block.rows()];
    auto const atoms = stage.atoms(type);
    ASSERT_EQ(rows.atoms, static_cast<std::int64_t>(atoms.size()));
    auto const present = numbers_of(rows.present), offsets = numbers_of(rows.offsets),
               displacement = numbers_of(rows.displacement), neighbour = numbers_of(rows.neighbour),
               atom = numbers_of(rows.atom);
    std::vector<Kept> kept;
    for (int i : atoms)
      kept.push_back(plain_kept(cluster, network, all_neighbours, static_cast<std::size_t>(i)));
    for (auto const& of_atom : kept) dropped += of_atom.dropped;
    std::size_t row = 0, slot = 0;
    for (std::size_t t = 0; t < 3; ++t) {
      EXPECT_EQ(rows.begin[t], static_cast<std::int64_t>(row));
      bool const rowless = network.chains[0].excluded[3 * static_cast<std::size_t>(type) + t];
      for (std::size_t a = 0; a < atoms.size(); ++a, ++slot) {
        EXPECT_EQ(offsets[slot], static_cast<double>(row));
        EXPECT_EQ(present[slot], static_cast<double>(kept[a].of_type[t].size()));
        std::vector<int> found;
        for (std::size_t n = 0; n < kept[a].of_type[t].size() && !rowless; ++n, ++row) {
          EXPECT_EQ(atom[row], static_cast<double>(a));
          auto const j = static_cast<std::size_t>(neighbour[row]), i = static_cast<std::size_t>(atoms[a]);
          for (std::size_t c = 0; c < 3; ++c)
            EXPECT_EQ(displacement[3 * row + c], cluster.positions[3 * j + c] - cluster.positions[3 * i + c]);
          found.push_back(static_cast<int>(j));
        }
        std::sort(found.begin(), found.end());
        if (!rowless) {
          EXPECT_EQ(found, kept[a].of_type[t]);
        }
      }
    }
    EXPECT_EQ(offsets[slot], static_cast<double>(row));
    EXPECT_EQ(rows.count(), static_cast<std::int64_t>(row));
  }
  stage.report.fetch(space);
  EXPECT_EQ(stage.report.dropped_neighbours(), dropped);
  EXPECT_NO_THROW(stage.report.check(3, 0));
}

TYPED_TEST(Neighbourhoods, FindsThoseWithinTheCutoff) {
  Random random(1);
  Network network = random_network(random, 4, 2);
  network.chains[0].rcut = 2.6;
  network.chains[0].sel = {20, 20, 20};
  Cluster cluster(random, 17, 4);
  cluster.types[5] = cluster.types[16] = -1;  // virtual atoms
  cluster.list[3].clear();
  expect_rows<TypeParam>(cluster, network, false);
  network.pair_excluded[1] = network.pair_excluded[3] = 1;
  network.chains[0].excluded[4] = network.chains[0].excluded[2] = network.chains[0].excluded[6] = 1;
  expect_rows<TypeParam>(cluster, network, false);
}

TYPED_TEST(Neighbourhoods, KeepsTheNearest) {
  Random random(2);
  Network network = random_network(random, 4, 2);
  network.chains[0].sel = {2, 0, 3};
  Cluster const cluster(random, 17, 4);
  expect_rows<TypeParam>(cluster, network, false);
  expect_rows<TypeParam>(cluster, network, true);
  network.chains[0].excluded[2] = 1;
  network.chains[0].sel = {7};
  network.chains[0].absent_type = AbsentType::first;
  expect_rows<TypeParam>(cluster, network, false);
  expect_rows<TypeParam>(cluster, network, true);
  // pairs that are hidden take places of all types together
  network.pair_excluded[1] = network.pair_excluded[3] = network.pair_excluded[8] = 1;
  expect_rows<TypeParam>(cluster, network, false);
  expect_rows<TypeParam>(cluster, network, true);
}

/// Rows longer than what is searched at once, of any length.
TYPED_TEST(Neighbourhoods, KeepsTheOrderOfTheList) {
  Space const space;
  Random random(8);
  Network network = random_network(random, 4, 2);
  network.chains[0].rcut = 500.0;
  network.chains[0].sel = {200, 200, 200};
  Cluster cluster(random, 600, 588);
  for (std::size_t i = 0; i < cluster.list.size(); ++i) {
    std::shuffle(cluster.list[i].begin(), cluster.list[i].end(), std::minstd_rand(7));
    cluster.list[i].resize(50 * i + i);
  }
  Stage stage = cluster.stage();
  Slots slots;
  BlockOf<TypeParam> const block(space, network, network.chains[0], false, slots);
  for (int type = 0; type < 3; ++type) {
    Arena arena;
    auto const tile = stage.tile(type);
    ASSERT_TRUE(block.prepare(space, stage.step(), {tile}, arena));
    ASSERT_TRUE(block.forward(space, stage.step(), tile, arena));
    Numbers expected;
    for (int t = 0; t < 3; ++t)
      for (int i : stage.atoms(type))
        for (int j : cluster.list[static_cast<std::size_t>(i)])
          if (cluster.types[static_cast<std::size_t>(j)] == t) expected.push_back(j);
    EXPECT_EQ(numbers_of(arena[block.rows()].neighbour), expected);
  }
}

/// F_i += g, F_j -= g and -g (x) d for each row, the latter booked on j.
TYPED_TEST(Neighbourhoods, ScattersForcesAndVirials) {
  Space const space;
  Random random(3);
  Network const network = random_network(random, 4, 2);
  Cluster const cluster(random, 14, 3);
  Stage stage = cluster.stage();
  Slots slots;
  BlockOf<TypeParam> const block(space, network, network.chains[0], true, slots);
  Numbers force(14 * 3), virial(9), atom_virial(14 * 9);
  FixedSums<Space> fixed;
  for (bool reproducible : {false, true}) {
    stage.move(cluster.positions);
    std::fill(force.begin(), force.end(), 0.0);
    std::fill(virial.begin(), virial.end(), 0.0);
    std::fill(atom_virial.begin(), atom_virial.end(), 0.0);
    auto step = stage.step();
    if (reproducible) {
      fixed.begin(space, step.output, step.report);
      step.fixed = &fixed;
    }
    for (int type = 0; type < 3; ++type) {
      Arena arena;
      auto const tile = stage.tile(type);
      ASSERT_TRUE(block.prepare(space, step, {tile}, arena));
      ASSERT_TRUE(block.forward(space, step, tile, arena));
      Rows<Space>& rows = arena[block.rows()];
      auto const count = static_cast<std::size_t>(rows.count());
      Numbers const g = random(4 * count), d = numbers_of(rows.displacement),
                    neighbour = numbers_of(rows.neighbour), atom = numbers_of(rows.atom);
      fill(rows.reserve_gradient(space), g);
      block.adjoint(space, step, tile, arena);
      for (std::size_t row = 0; row < count; ++row) {
        auto const i = static_cast<std::size_t>(stage.atoms(type)[static_cast<std::size_t>(atom[row])]),
                   j = static_cast<std::size_t>(neighbour[row]);
        for (std::size_t b = 0; b < 3; ++b) {
          force[3 * i + b] += g[4 * row + b];
          force[3 * j + b] -= g[4 * row + b];
          for (std::size_t c = 0; c < 3; ++c) {
            double const w = -g[4 * row + b] * d[3 * row + c];
            virial[3 * b + c] += w;
            atom_virial[9 * j + 3 * b + c] += w;
          }
        }
      }
    }
    if (reproducible) fixed.end(space, step.output);
    auto const results = stage.memory.results();
    expect_near(results.force, force, 1e-13, "forces");
    expect_near(results.virial, virial, 1e-13, "virial");
    expect_near(results.atom_virial, atom_virial, 1e-13, "virials of atoms");
    EXPECT_EQ(results.energy, 0.0);
  }
}

/// Only what is wanted.
TYPED_TEST(Neighbourhoods, ScattersForcesAlone) {
  Space const space;
  Random random(4);
  Network const network = random_network(random, 4, 2);
  Cluster const cluster(random, 9, 0);
  Stage stage = cluster.stage();
  Slots slots;
  BlockOf<TypeParam> const block(space, network, network.chains[0], true, slots);
  std::map<std::string, Results> found;
  Numbers const g = random(4 * 200);
  for (std::string const what : {"all", "force", "virial"}) {
    stage.move(cluster.positions);
    auto step = stage.step();
    if (what == "force") step.output.virial = {}, step.output.atom_virial = {};
    if (what == "virial") step.output.force = {}, step.output.atom_virial = {};
    Arena arena;
    auto const tile = stage.tile(1);
    ASSERT_TRUE(block.prepare(space, step, {tile}, arena));
    ASSERT_TRUE(block.forward(space, step, tile, arena));
    fill(arena[block.rows()].reserve_gradient(space), g);
    block.adjoint(space, step, tile, arena);
    found[what] = stage.memory.results();
  }
  expect_near(found["force"].force, found["all"].force, 1e-14, "forces");
  expect_near(found["virial"].virial, found["all"].virial, 1e-14, "virial");
  expect_near(found["force"].virial, Numbers(9, 0.0), 0.0, "no virial");
  expect_near(found["virial"].force, Numbers(27, 0.0), 0.0, "no forces");
  EXPECT_GT(std::abs(found["all"].virial[0]), 0.01);
}

/// The message of what a block reports of a list or atoms that are bad.
template <class F>
std::string report_of(Cluster const& cluster, Network const& network) {
  Space const space;
  Stage stage = cluster.stage();
  Slots slots;
  BlockOf<F> const block(space, network, network.chains[0], false, slots);
  for (int type = 0; type < 3; ++type) {
    Arena arena;
    auto const tile = stage.tile(type);
    EXPECT_TRUE(block.prepare(space, stage.step(), {tile}, arena));
    EXPECT_TRUE(block.forward(space, stage.step(), tile, arena));
  }
  stage.report.fetch(space);
  try {
    stage.report.check(3, static_cast<std::int64_t>(cluster.types.size()));
  } catch (Error const& error) {
    return error.what();
  }
  return "nothing";
}

TYPED_TEST(Neighbourhoods, ReportsBadEntriesAndCoincidentAtoms) {
  Random random(5);
  Network const network = random_network(random, 4, 2);
  Cluster const good(random, 9, 0);
  EXPECT_EQ(report_of<TypeParam>(good, network), "nothing");
  for (int entry : {-1, 9}) {
    Cluster bad = good;
    bad.list[6][2] = entry;
    EXPECT_NE(report_of<TypeParam>(bad, network).find("row 7 has an entry outside 0 to 8"),
              std::string::npos);
  }
  Cluster together = good;
  for (std::size_t c = 0; c < 3; ++c) together.positions[3 * 8 + c] = together.positions[3 * 4 + c];
  EXPECT_NE(report_of<TypeParam>(together, network).find("atom 5 has a neighbour at its own place"),
            std::string::npos);
}

}  // namespace
}  // namespace dp::test
