// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// Dynamics on all ranks beside the same dynamics on one, which each rank computes for itself.

#include <gtest/gtest.h>

#include <dp/input/neighbor_cells.hpp>

#include "md/parallel/ghosts.hpp"
#include "md/parallel/global_order.hpp"
#include "md/simulation.hpp"

namespace {

using Space = Kokkos::DefaultExecutionSpace;

md::Communicator& world() {
  static md::Communicator communicator(md::Messages::world());
  return communicator;
}

/// Soft repulsion u(r) = s (1 - r/cutoff)^4 eV, where s depends on both types. As in a many-body potential
/// the energy of an atom exerts forces on its neighbours, ghosts among them.
struct SoftPairs {
  SoftPairs(md::Domain const& domain, double reach, bool staged) : skin(reach), ghosts(domain, !staged) {}

  void rebuild(Space const& space, md::System<Space> const& system) {
    ghosts.build(space, system, cutoff + skin);
    cells.build(space, ghosts.positions(), ghosts.local(), cutoff + skin);
  }

  void stretch(md::Stretch const& factors) { ghosts.stretch(factors); }
  double reach() const { return cutoff + skin; }

  void compute(Space const& space, md::System<Space> const& system, bool) {
    ghosts.update(space, system.positions);
    auto const x = ghosts.positions();
    auto const types = ghosts.types();
    auto const list = cells.list();
    auto const virial = system.virial;
    auto const all = memory.get(space, static_cast<std::size_t>(ghosts.atoms()), 3);
    double const end = cutoff;
    double energy = 0.0;
    Kokkos::deep_copy(space, all, 0.0);
    Kokkos::deep_copy(space, virial, 0.0);
    Kokkos::parallel_reduce(
        Kokkos::RangePolicy<Space, Kokkos::IndexType<std::int64_t>>(space, 0, ghosts.local()),
        KOKKOS_LAMBDA(std::int64_t i, double& sum) {
          for (std::int64_t k = 0; k < list.count(i); ++k) {
            int const j = list.neighbour(i, k);
            double d[3], square = 0.0;
            for (int c = 0; c < 3; ++c) {
              d[c] = x(j, c) - x(i, c);
              square += d[c] * d[c];
            }
            double const r = Kokkos::sqrt(square), gap = 1.0 - r / end;
            if (gap <= 0.0) continue;
            double const strength = 1.0 + 0.25 * types(i) * types(j);
            sum += 0.5 * strength * gap * gap * gap * gap;
            for (int c = 0; c < 3; ++c) {
              double const f = 2.0 * strength * gap * gap * gap / (end * r) * d[c];
              Kokkos::atomic_add(&all(i, c), -f);
              Kokkos::atomic_add(&all(j, c), f);
              for (int b = 0; b < 3; ++b) Kokkos::atomic_add(&virial(3 * c + b), f * d[b]);
            }
          }
        },
        energy);
    Kokkos::deep_copy(space, system.energy, energy);
    ghosts.fold(space, all);
    auto const rows = std::make_pair(std::size_t{0}, system.forces.extent(0));
    Kokkos::deep_copy(space, system.forces, Kokkos::subview(all, rows, Kokkos::ALL));
  }

  double cutoff = 3.0, skin;
  md::Ghosts<Space> ghosts;
  dp::NeighborCells<Space> cells;
  dp::Buffer<double, Space> memory{"forces"};
};

struct Case {
  std::string name;
  dp::Box box;
  std::size_t atoms;
  std::array<std::int64_t, 3> grid = {};
  double part = 1.0;  ///< of the box along each vector in which the atoms are at first
  std::string ensemble = "nve";
  std::string deform_axis = "none";
};

/// Positions, velocities and forces of all atoms in the order of ids, with what a thermo row says.
struct Snapshot {
  md::Observables now;
  std::vector<double> rows;  ///< on rank 0
  std::int64_t most = 0, least = 0;
};

/// The dynamics of a case on the ranks of a communicator.
struct RankRun {
  using Simulation = md::Simulation<Space, SoftPairs>;

  RankRun(Case const& the, md::Communicator& ranks, bool staged = false)
      : communicator(ranks),
        domain(ranks, the.box, ranks.size() > 1 ? the.grid : std::array<std::int64_t, 3>{}),
        forces(domain, skin, staged) {
    md::Input input;
    input.skin = skin;
    input.rebuild_every = 17;
    input.timestep = 1.0;
    input.ensemble = the.ensemble;
    input.thermostat_time = 20.0;
    input.friction = 5.0;
    input.pressure = 20000.0;
    input.barostat_time = 100.0;
    input.coupling = "per-axis";
    input.box_every = 3;
    input.deform_axis = the.deform_axis;
    input.strain_rate = 1.0;
    auto const total = static_cast<std::int64_t>(the.atoms);
    auto const first = static_cast<std::size_t>(total * ranks.rank() / ranks.size());
    auto const end = static_cast<std::size_t>(total * (ranks.rank() + 1) / ranks.size());
    std::vector<double> masses, positions;
    std::vector<int> types;
    for (std::size_t i = first; i < end; ++i) {
      // low-discrepancy points: no two atoms are very near
      double const f[3] = {std::fmod(0.5 + 0.8191725133961645 * static_cast<double>(i), 1.0),
                           std::fmod(0.5 + 0.6710436067037893 * static_cast<double>(i), 1.0),
                           std::fmod(0.5 + 0.5497004779019703 * static_cast<double>(i), 1.0)};
      for (std::size_t k = 0; k < 3; ++k)
        positions.push_back(the.part *
                            (f[0] * the.box.h[k] + f[1] * the.box.h[3 + k] + f[2] * the.box.h[6 + k]));
      types.push_back(static_cast<int>(i % 3));
      masses.push_back(10.0 + static_cast<double>(i % 3));
    }
    md::System<Space> system(Space(), masses, types, static_cast<std::int64_t>(first));
    simulation.emplace(Space(), input, std::move(system), the.box.volume(), forces, domain, !staged);
    simulation->start(positions,
                      md::maxwell_velocities(masses, 2000.0, 5, ranks, static_cast<std::int64_t>(first)));
  }

  Snapshot snapshot() {
    Snapshot result;
    result.now = simulation->observe();
    md::State const state = simulation->save();
    std::vector<double> own;
    for (std::size_t i = 0; i < state.ids.size(); ++i)
      for (auto const* values : {&state.positions, &state.velocities, &state.forces})
        own.insert(own.end(), values->begin() + 3 * static_cast<std::ptrdiff_t>(i),
                   values->begin() + 3 * static_cast<std::ptrdiff_t>(i + 1));
    md::in_global_order(communicator, state.ids, own, 9, simulation->atoms(),
                        [&](std::vector<double> const& rows, std::int64_t) {
                          result.rows.insert(result.rows.end(), rows.begin(), rows.end());
                        });
    auto const local = static_cast<double>(state.ids.size());
    auto const bounds = communicator.maximum<2>({local, -local});
    result.most = static_cast<std::int64_t>(bounds[0]);
    result.least = static_cast<std::int64_t>(-bounds[1]);
    return result;
  }

  static constexpr double skin = 1.0;
  md::Communicator& communicator;
  md::Domain domain;
  SoftPairs forces;
  std::optional<Simulation> simulation;
};

void expect_equal(Snapshot const& one, Snapshot const& many) {
  EXPECT_EQ(one.now.step, many.now.step);
  EXPECT_NEAR(one.now.potential, many.now.potential, 1e-10);
  EXPECT_NEAR(one.now.stress, many.now.stress, 1e-9);
  EXPECT_NEAR(one.now.volume, many.now.volume, 1e-9);
  EXPECT_NEAR(one.now.kinetic, many.now.kinetic, 1e-10);
  EXPECT_NEAR(one.now.conserved, many.now.conserved, 1e-10);
  for (std::size_t k = 0; k < 9; ++k) EXPECT_NEAR(one.now.virial[k], many.now.virial[k], 1e-10);
  if (!world().root()) return;
  ASSERT_EQ(one.rows.size(), many.rows.size());
  double largest = 0.0;
  for (std::size_t k = 0; k < one.rows.size(); ++k)
    largest = std::max(largest, std::abs(one.rows[k] - many.rows[k]));
  EXPECT_LT(largest, 1e-10);
}

class Ranks : public testing::TestWithParam<Case> {};

TEST_P(Ranks, AgreeWithOne) {
  Case const the = GetParam();
  if (the.grid[0] * the.grid[1] * the.grid[2] > 0 &&
      the.grid[0] * the.grid[1] * the.grid[2] != world().size())
    GTEST_SKIP() << "for another number of ranks";
  RankRun one(the, md::Communicator::alone()), many(the, world()), staged(the, world(), true);
  int migrated = 0;
  for (int const steps : {0, 1, 17, 32}) {
    auto const before = md::download(Space(), many.simulation->system().ids);
    for (int s = 0; s < steps; ++s)
      for (RankRun* run : {&one, &many, &staged}) run->simulation->advance(s + 1 == steps);
    migrated += before != md::download(Space(), many.simulation->system().ids) ? 1 : 0;
    Snapshot const expected = one.snapshot(), found = many.snapshot();
    expect_equal(expected, found);
    EXPECT_EQ(found.rows, staged.snapshot().rows);
    if (the.part < 0.2 && world().size() >= 8 && steps == 0) {
      EXPECT_EQ(found.least, 0);
    }
  }
  EXPECT_GE(many.simulation->rebuilds(), 3);
  auto const moves = world().sum(static_cast<std::int64_t>(migrated));
  if (world().size() > 1 && the.atoms >= 150) {
    EXPECT_GT(moves, 0);
  }
}

dp::Box const tilted({14, 0, 0, 4, 13, 0, -3, 5, 15});

INSTANTIATE_TEST_SUITE_P(
    Cases, Ranks,
    testing::Values(Case{"Cube", dp::Box({15, 0, 0, 0, 15, 0, 0, 0, 15}), 300}, Case{"Tilted", tilted, 260},
                    Case{"Langevin", tilted, 260, {}, 1.0, "nvt-langevin"},
                    Case{"NoseHoover", tilted, 260, {}, 1.0, "nvt-nose-hoover"},
                    Case{"Isobaric", tilted, 260, {}, 1.0, "npt-langevin"},
                    Case{"Pulled", tilted, 260, {}, 1.0, "npt-langevin", "y"},
                    Case{"Minimise", tilted, 260, {}, 1.0, "minimise"},
                    Case{"Slices2", tilted, 260, {1, 1, 2}}, Case{"Slices3", tilted, 260, {1, 3, 1}},
                    Case{"Slices4", dp::Box({11, 0, 0, 0, 12, 0, 0, 0, 13}), 150, {4, 1, 1}},
                    Case{"Slices8", dp::Box({11, 0, 0, 0, 12, 0, 0, 0, 13}), 150, {1, 1, 8}},
                    Case{"SmallerThanTheReach", dp::Box({3, 0, 0, 1, 3.5, 0, 0, 0, 3.2}), 9},
                    Case{"Open", dp::Box({15, 0, 0, 0, 15, 0, 0, 0, 15}, {false, false, false}), 300},
                    Case{"Layer", dp::Box({14, 0, 0, 4, 13, 0, 0, 0, 15}, {true, false, true}), 260},
                    Case{"EmptyRanks", dp::Box({80, 0, 0, 0, 80, 0, 0, 0, 80}), 60, {}, 0.12},
                    Case{"FewerAtomsThanRanks", dp::Box({9, 0, 0, 0, 9, 0, 0, 0, 9}), 2},
                    Case{"NoAtom", dp::Box({9, 0, 0, 0, 9, 0, 0, 0, 9}), 0}),
    [](auto const& info) { return info.param.name; });

TEST(RanksErrors, OfOneStopAllWithTheSameMessage) {
  int const guilty = world().size() - 1;
  if (guilty == 0) GTEST_SKIP() << "one rank needs no agreement";
  world().attempt([&] {
    if (world().rank() == guilty) dp::fail("the reason");
  });
  std::string message;
  try {
    static_cast<void>(world().maximum<1>({1.0}));
  } catch (dp::Error const& error) {
    message = error.what();
  }
  EXPECT_EQ(message, "the reason (rank " + std::to_string(guilty) + ")");
  EXPECT_FALSE(world().failing());
}

}  // namespace

int main(int argc, char** argv) {
  md::MessagePassing const mpi(argc, argv);
  Kokkos::ScopeGuard const kokkos(argc, argv);
  testing::InitGoogleTest(&argc, argv);
  if (!world().root()) testing::GTEST_FLAG(brief) = true;
  return RUN_ALL_TESTS();
}
