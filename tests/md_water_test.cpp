// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// Dynamics of examples/water with its model: 192 atoms.

#include <optional>

#include "md/masses.hpp"
#include "md/model_forces.hpp"
#include "md/read_structure.hpp"
#include "md_toys.hpp"
#include "support/cases.hpp"

namespace {

using toys::Space;
using Forces = md::ModelForces<Space>;

std::string const folder = DP_TEST_DATA "/../../examples/water/";

/// The example, ready to go.
struct Water {
  explicit Water(double timestep = 0.5, std::string const& ensemble = "nve",
                 dp::Evaluation evaluation = dp::Evaluation::exact) {
    input.timestep = timestep;
    input.ensemble = ensemble;
    input.temperature = 330.0;
    input.structure_file = folder + "start.xyz";
    input.masses = {{"O", 15.9994}, {"H", 1.00794}};
    structure = md::read_structure(input);
    dp::Model const model = dp::test::load_model(folder + "water.dp");
    auto const types = examples::types_of(structure, model.type_map, "water.dp");
    md::Domain const domain(md::Communicator::alone(), structure.box);
    forces.emplace(Space(), model, dp::Options{.evaluation = evaluation}, domain, input.skin,
                   md::Parameters{});
    md::System<Space> system(Space(), md::masses_of(structure, input.masses), types, 0);
    simulation.emplace(Space(), input, std::move(system), structure.volume(), *forces, domain);
  }

  void start() { simulation->start(structure.positions, structure.velocities); }

  /// Total energies after each step, eV.
  std::vector<double> advance(int steps) {
    std::vector<double> energies;
    for (int step = 0; step < steps; ++step) {
      simulation->advance(true);
      energies.push_back(simulation->observe().total);
    }
    return energies;
  }

  md::Input input;
  examples::Structure structure;
  std::optional<Forces> forces;
  std::optional<md::Simulation<Space, Forces>> simulation;
};

/// Slope of a straight line through values one step apart, and the spread about their mean.
struct Trend {
  explicit Trend(std::vector<double> const& values) {
    auto const n = static_cast<double>(values.size());
    double mean = 0.0, square = 0.0, product = 0.0;
    for (double const value : values) mean += value / n;
    for (std::size_t i = 0; i < values.size(); ++i) {
      double const t = static_cast<double>(i) - 0.5 * (n - 1.0), d = values[i] - mean;
      product += t * d;
      square += d * d;
    }
    slope = product / (n * (n * n - 1.0) / 12.0);
    spread = std::sqrt(square / n);
  }
  double slope, spread;
};

/// Velocity Verlet conserves, to fourth order in the time step, not the total energy but this plus the total
/// energy (eV): (v U'' v) dt^2 / 12 - (F F / m) dt^2 / 24, with U'' v from the forces of the neighbouring
/// steps. With it the oscillation of the total energy, which hides a drift, is known at every moment.
double oscillation(std::vector<double> const& before, md::State const& now, std::vector<double> const& after,
                   std::vector<double> const& masses, double dt) {
  double sum = 0.0;
  for (std::size_t i = 0; i < now.forces.size(); ++i) {
    sum -= now.velocities[i] * (after[i] - before[i]) * dt / 24.0;
    sum -= now.forces[i] * now.forces[i] / masses[i / 3] * md::units::acceleration * dt * dt / 24.0;
  }
  return sum;
}

void expect_conservation(dp::Evaluation evaluation, char const* name) {
  Water water(0.5, "nve", evaluation);
  water.start();
  auto const masses = md::masses_of(water.structure, water.input.masses);
  std::vector<double> total, drifting;
  std::vector<double> before;
  md::State now = water.simulation->save();
  for (int step = 0; step < 2000; ++step) {
    double const energy = water.simulation->observe().total;
    water.simulation->advance(true);
    md::State next = water.simulation->save();
    if (!before.empty()) {
      total.push_back(energy);
      drifting.push_back(energy + oscillation(before, now, next.forces, masses, 0.0005));
    }
    before = std::move(now.forces);
    now = std::move(next);
  }
  Trend const plain(total), drift(drifting);
  double const unit = 1.0 / 0.0005 / 192.0;  // eV/step in eV/atom/ps
  std::printf(
      "water, %s, 2,000 steps of 0.5 fs: slope of the total energy %.2e eV/atom/ps (fluctuation %.2e "
      "eV/atom); "
      "without the oscillation of velocity Verlet %.2e (%.2e)\n",
      name, plain.slope * unit, plain.spread / 192.0, drift.slope * unit, drift.spread / 192.0);
  EXPECT_LT(std::abs(drift.slope * unit), 1e-6);
  EXPECT_LT(std::abs(plain.slope * unit), 1e-5);
}

TEST(MdWater, ConservesEnergy) {
  SKIP_WHERE_SLOW();
  SKIP_UNLESS_FULL();
  expect_conservation(dp::Evaluation::exact, "exact");
}

TEST(MdWater, ConservesEnergyWhenCompressed) {
  SKIP_WHERE_SLOW();
  expect_conservation(dp::Evaluation::compressed, "compressed");
}

TEST(MdWater, FluctuationFallsSixteenfoldAtAQuarterOfTheStep) {
  SKIP_WHERE_SLOW();
  Water coarse(0.5), fine(0.125);
  coarse.start();
  fine.start();
  double const ratio = Trend(coarse.advance(120)).spread / Trend(fine.advance(480)).spread;
  std::printf("water, 60 fs: energy fluctuation at 0.5 fs is %.2f times that at 0.125 fs\n", ratio);
  EXPECT_NEAR(ratio, 16.0, 1.5);
}

TEST(MdWater, ReversedVelocitiesLeadBack) {
  SKIP_WHERE_SLOW();
  Water water;
  water.start();
  water.advance(100);
  md::State state = water.simulation->save();
  for (double& v : state.velocities) v = -v;
  water.simulation->restore(state);
  water.advance(100);
  md::State const back = water.simulation->save();
  double largest = 0.0;
  for (std::size_t i = 0; i < back.positions.size(); ++i)
    largest = std::max(largest, std::abs(back.positions[i] - water.structure.positions[i]));
  std::printf("water, 100 steps and back: atoms return to %.1e Angstrom\n", largest);
  EXPECT_LT(largest, 1e-9);
}

TEST(MdWater, ContinuesBitByBit) {
  SKIP_WHERE_SLOW();
  Water whole(0.5, "nvt-nose-hoover"), second(0.5, "nvt-nose-hoover");
  whole.start();
  whole.advance(60);  // past a rebuild of the list at step 50
  md::State const middle = whole.simulation->save();
  whole.advance(10);
  second.simulation->restore(middle);
  second.advance(10);
  md::State const expected = whole.simulation->save(), found = second.simulation->save();
  EXPECT_EQ(found.positions, expected.positions);
  EXPECT_EQ(found.velocities, expected.velocities);
  EXPECT_EQ(found.forces, expected.forces);
}

}  // namespace
