// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// Blocks that sum energies of pairs, with loops and teams: against plain loops, and their way back against
// differences.

#include <dp/blocks/near_blend.hpp>
#include <dp/blocks/neighbourhood.hpp>
#include <dp/blocks/pair_energies.hpp>
#include <dp/blocks/team_neighbourhood.hpp>
#include <type_traits>

#include "support/plain_terms.hpp"
#include "support/stage.hpp"

namespace dp::test {
namespace {

template <class F>
class PairBlocks : public Formed<F> {};

using PairForms = testing::Types<Form<Double, Loops>, Form<Double, Teams<1>>>;
TYPED_TEST_SUITE(PairBlocks, PairForms);

template <class F>
using Neighbours = std::conditional_t<std::is_same_v<typename F::Kernels, Loops>, Neighbourhood<Space>,
                                      TeamNeighbourhood<Space, typename F::Kernels>>;

Surroundings random_surroundings(double reach, std::vector<int> const& sel) {
  Surroundings seen{3, reach, sel, sel.size() == 1, std::vector<char>(9, 0), std::vector<char>(9, 0)};
  seen.hidden[1] = seen.hidden[3] = 1;
  seen.pair_reach.assign(9, reach);
  seen.pair_reach[2] = 0.6 * reach;  // not that of the pair the other way about
  return seen;
}

/// Values and slopes at the ends of intervals are random, and the polynomials between them are smooth.
PairTerm random_table(Random& random) {
  PairTerm table;
  table.neighbours = random_surroundings(3.4, {40});
  table.first = 0.4;
  table.spacing = 0.37;
  table.intervals = 7;  // to 2.99, less than the reach
  table.bias = random(3);
  for (int pair = 0; pair < 9; ++pair) {
    Numbers value = random(8), slope = random(8);
    value.back() = slope.back() = 0.0;
    for (std::size_t k = 0; k < 7; ++k) {
      double const rise = value[k + 1] - value[k];
      table.coefficients.insert(table.coefficients.end(),
                                {slope[k] + slope[k + 1] - 2.0 * rise,
                                 3.0 * rise - 2.0 * slope[k] - slope[k + 1], slope[k], value[k]});
    }
  }
  return table;
}

Frame frame_of(Numbers const& positions, std::vector<int> const& types) {
  Frame frame;
  frame.periodic = false;
  frame.positions = positions;
  frame.types = types;
  return frame;
}

/// Takes the tile of a type through blocks and back, and gives the forces.
template <class Blocks>
Numbers through(Stage& stage, int type, Blocks const& blocks) {
  Space const space;
  Arena arena;
  auto const tile = stage.tile(type);
  for (auto const* block : blocks) EXPECT_TRUE(block->prepare(space, stage.step(), {tile}, arena));
  for (auto const* block : blocks) EXPECT_TRUE(block->forward(space, stage.step(), tile, arena));
  for (auto block = blocks.rbegin(); block != blocks.rend(); ++block)
    (*block)->adjoint(space, stage.step(), tile, arena);
  space.fence();
  return stage.memory.results().force;
}

/// What the local atoms of a type have, summed; of all Terms where `terms` has a switch.
double plain_sum(Terms const& terms, Cluster const& cluster, Numbers const& positions, int type) {
  auto const energies = plain_atom_energies(terms, frame_of(positions, cluster.types));
  double sum = 0.0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(cluster.local); ++i)
    if (cluster.types[i] == type) sum += energies[i];
  return sum;
}

TYPED_TEST(PairBlocks, PairEnergies) {
  Space const space;
  Random random(31);
  Terms terms;
  terms.type_map = {"A", "B", "C"};
  terms.atom_excluded.assign(3, 0);
  terms.tables.push_back(random_table(random));
  Cluster const cluster(random, 15, 3);
  for (int type = 0; type < 3; ++type) {
    SCOPED_TRACE("type " + std::to_string(type));
    Slots slots;
    Neighbours<TypeParam> const neighbours(space, terms.tables[0].neighbours, false, slots);
    PairEnergies<Space> const pairs(space, terms.tables[0], neighbours.rows(), slots);
    Stage stage = cluster.stage();
    Numbers const force = through(stage, type, std::vector<Block<Space> const*>{&neighbours, &pairs});
    EXPECT_NEAR(stage.memory.results().energy, plain_sum(terms, cluster, cluster.positions, type), 1e-12);
    Numbers expected =
        slopes(cluster.positions, [&](Numbers const& at) { return -plain_sum(terms, cluster, at, type); });
    expect_near(force, expected, 1e-8, "forces");
  }
}

/// A block that stands for the nets: energies of atoms that depend on nothing.
class Nets final : public Block<Space> {
 public:
  Nets(Slot<AtomEnergies<Space>> slot, double energy) : m_slot(slot), m_energy(energy) {}
  bool forward(Space const& space, Step<Space> const&, Tile<Space> const& tile, Arena& arena) const override {
    auto const energy = arena[m_slot].reserve(space, static_cast<std::size_t>(tile.atoms()));
    Kokkos::deep_copy(space, energy, m_energy);
    return true;
  }
  void adjoint(Space const&, Step<Space> const&, Tile<Space> const&, Arena& arena) const override {
    m_counts = numbers_of(arena[m_slot].adjoint);
  }
  Numbers const& counts() const { return m_counts; }

 private:
  Slot<AtomEnergies<Space>> m_slot;
  double m_energy;
  mutable Numbers m_counts;
};

TYPED_TEST(PairBlocks, NearBlend) {
  Space const space;
  Random random(32);
  Terms terms;
  terms.type_map = {"A", "B", "C"};
  terms.atom_excluded.assign(3, 0);
  terms.tables.push_back(random_table(random));
  Cluster const cluster(random, 15, 3);
  for (bool const own : {false, true})
    for (int type = 0; type < 3; ++type) {
      SCOPED_TRACE("type " + std::to_string(type) + (own ? ", neighbours of the switch" : ""));
      // The nets' energy is the bias of a table that is zero elsewhere: the plain blend of a constant.
      double const energy = 0.7;
      terms.near = NearSwitch{std::nullopt, 0.3, 1.1, 1.9};
      if (own) terms.near->neighbours = random_surroundings(2.4, {5, 4, 6});
      Slots slots;
      auto const slot = slots.add<AtomEnergies<Space>>();
      Nets const nets(slot, energy);
      Neighbours<TypeParam> const neighbours(space, terms.tables[0].neighbours, false, slots);
      Neighbours<TypeParam> const near(space, random_surroundings(2.4, {5, 4, 6}), false, slots);
      NearBlend<Space> const blend(space, terms.tables[0], *terms.near, neighbours.rows(),
                                   own ? near.rows() : neighbours.rows(), slot, false, slots);
      std::vector<Block<Space> const*> blocks{&nets, &neighbours, &blend};
      if (own) blocks.insert(blocks.begin() + 1, &near);
      Stage stage = cluster.stage();
      Numbers const force = through(stage, type, blocks);
      auto const plain = [&](Numbers const& at) {
        Frame const frame = frame_of(at, cluster.types);
        Terms alone = terms;
        alone.near.reset();
        auto const table = plain_atom_energies(alone, frame);
        double sum = 0.0;
        for (std::size_t i = 0; i < static_cast<std::size_t>(cluster.local); ++i) {
          if (cluster.types[i] != type) continue;
          auto const all = plain_neighbours(frame, i, 3.4);
          double const c =
              plain_near(*terms.near, plain_seen(own ? *terms.near->neighbours : terms.tables[0].neighbours,
                                                 static_cast<std::size_t>(type), all));
          sum += (1.0 - c) * energy + c * table[i];
        }
        return sum;
      };
      EXPECT_NEAR(stage.memory.results().energy, plain(cluster.positions), 1e-12);
      expect_near(force, slopes(cluster.positions, [&](Numbers const& at) { return -plain(at); }), 1e-8,
                  "forces");
      double blended = 0.0;  // some atoms are between nets and table
      for (double const count : nets.counts()) blended += count > 0.01 && count < 0.99 ? 1.0 : 0.0;
      EXPECT_GT(blended, 0.0);
    }
}

/// Nearer than the table begins nothing is known, and the step says so.
TYPED_TEST(PairBlocks, NeighboursBeforeTheTable) {
  Space const space;
  Random random(33);
  PairTerm table = random_table(random);
  table.first = 1.0;
  Stage stage({0.0, 0.0, 0.0, 0.95, 0.0, 0.0, 2.2, 0.0, 0.0}, {0, 0, 0}, 3, {{2}, {2}, {0, 1}});
  Slots slots;
  Neighbours<TypeParam> const neighbours(space, table.neighbours, false, slots);
  PairEnergies<Space> const pairs(space, table, neighbours.rows(), slots);
  std::vector<Block<Space> const*> const blocks{&neighbours, &pairs};
  through(stage, 0, blocks);
  stage.report.fetch(space);
  EXPECT_NO_THROW(stage.report.check(3, 3));
  Stage near({0.0, 0.0, 0.0, 0.95, 0.0, 0.0, 2.2, 0.0, 0.0}, {0, 0, 0}, 3, {{2}, {0, 2}, {0, 1}});
  for (double const f : through(near, 0, blocks)) EXPECT_TRUE(std::isfinite(f));
  near.report.fetch(space);
  try {
    near.report.check(3, 3);
    ADD_FAILURE() << "nothing was reported";
  } catch (Error const& error) {
    EXPECT_EQ(std::string(error.what()).rfind("atom 2 has a neighbour nearer than the model's table", 0), 0u)
        << error.what();
  }
}

}  // namespace
}  // namespace dp::test
