// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

#include <algorithm>
#include <string_view>

#include "common/stage_timers.hpp"
#include "md_toys.hpp"

namespace {

using toys::SoftSpheres;
using toys::Space;
using toys::Springs;

/// Atoms on a simple cubic lattice, slightly shaken.
std::vector<double> lattice(std::int64_t edge, double spacing) {
  std::vector<double> positions;
  for (std::int64_t i = 0; i < edge * edge * edge; ++i) {
    auto const shake = md::normal3(7, 0, static_cast<std::uint64_t>(i));
    std::int64_t const cell[3] = {i % edge, i / edge % edge, i / edge / edge};
    for (std::size_t k = 0; k < 3; ++k)
      positions.push_back(spacing * static_cast<double>(cell[k]) + 0.05 * shake[k]);
  }
  return positions;
}

dp::Box cube(double edge) { return dp::Box({edge, 0, 0, 0, edge, 0, 0, 0, edge}); }

double mean(std::vector<double> const& values) {
  double sum = 0.0;
  for (double const value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double spread(std::vector<double> const& values) {
  double const centre = mean(values);
  double sum = 0.0;
  for (double const value : values) sum += (value - centre) * (value - centre);
  return std::sqrt(sum / static_cast<double>(values.size()));
}

TEST(MdRandom, PhiloxGivesItsPublishedNumbers) {
  auto const zero = md::philox({0, 0, 0, 0}, 0, 0);
  EXPECT_EQ(zero[0], 0x6627e8d5u);
  EXPECT_EQ(zero[1], 0xe169c58du);
  EXPECT_EQ(zero[2], 0xbc57ac4cu);
  EXPECT_EQ(zero[3], 0x9b00dbd8u);
  constexpr std::uint32_t ones = 0xffffffffu;
  auto const full = md::philox({ones, ones, ones, ones}, ones, ones);
  EXPECT_EQ(full[0], 0x408f276du);
  EXPECT_EQ(full[1], 0x41c83b0eu);
  EXPECT_EQ(full[2], 0xa20bc7c6u);
  EXPECT_EQ(full[3], 0x6d5451fdu);
}

TEST(MdVelocities, AreNormalWithoutMomentumAndAtTheTemperature) {
  std::vector<double> masses(5000, 16.0);
  std::fill(masses.begin() + 2500, masses.end(), 1.0);
  auto const v = md::maxwell_velocities(masses, 330.0, 3);
  double twice_kinetic = 0.0, momentum[3] = {}, square = 0.0, fourth = 0.0;
  for (std::size_t i = 0; i < v.size(); ++i) {
    double const m = masses[i / 3];
    momentum[i % 3] += m * v[i];
    twice_kinetic += md::units::kinetic * m * v[i] * v[i];
    square += m * v[i] * v[i];
    fourth += m * v[i] * v[i] * m * v[i] * v[i];
  }
  EXPECT_NEAR(twice_kinetic / (md::resting_freedom(masses.size()) * md::units::boltzmann), 330.0, 1e-9);
  for (double const p : momentum) EXPECT_NEAR(p, 0.0, 1e-7);
  EXPECT_NEAR(fourth * static_cast<double>(v.size()) / (square * square), 3.0,
              0.1);  // of a normal distribution
  EXPECT_EQ(v, md::maxwell_velocities(masses, 330.0, 3));
  EXPECT_NE(v, md::maxwell_velocities(masses, 330.0, 4));
  EXPECT_TRUE(md::maxwell_velocities({}, 330.0, 3).empty());
  EXPECT_EQ(md::maxwell_velocities({1.0, 1.0}, 0.0, 3), std::vector<double>(6, 0.0));
}

/// Largest deviation of the total energy in 1 ps of springs at this time step.
double energy_deviation(double timestep) {
  md::Input input;
  input.timestep = timestep;
  Springs springs;
  md::Simulation<Space, Springs> simulation(Space(), input, {16.0, 1.0}, 0.0, springs);
  simulation.start({0.1, 0.2, 0.3, 0.3, 0.2, 0.1}, {3, -2, 1, 10, 5, -5});
  double const start = simulation.observe().total;
  double largest = 0.0;
  for (int step = 0; step < std::lround(1000.0 / timestep); ++step) {
    simulation.advance(true);
    largest = std::max(largest, std::abs(simulation.observe().total - start));
  }
  return largest;
}

TEST(MdIntegrator, EnergyErrorFallsSixteenfoldAtAQuarterOfTheStep) {
  double const coarse = energy_deviation(0.8), fine = energy_deviation(0.2);
  EXPECT_LT(fine, 1e-3);
  EXPECT_NEAR(coarse / fine, 16.0, 0.5);
}

TEST(MdIntegrator, ReversedVelocitiesLeadBack) {
  md::Input input;
  input.timestep = 2.0;
  SoftSpheres forces{cube(8.0)};
  auto const positions = lattice(4, 2.0);
  auto const velocities = md::maxwell_velocities(std::vector<double>(64, 20.0), 1000.0, 1);
  md::Simulation<Space, SoftSpheres> simulation(Space(), input, std::vector<double>(64, 20.0), 512.0, forces);
  simulation.start(positions, velocities);
  for (int step = 0; step < 200; ++step) simulation.advance(false);
  md::State state = simulation.save();
  double farthest = 0.0;
  for (std::size_t i = 0; i < positions.size(); ++i)
    farthest = std::max(farthest, std::abs(state.positions[i] - positions[i]));
  EXPECT_GT(farthest, 1.0);
  for (double& v : state.velocities) v = -v;
  simulation.restore(state);
  for (int step = 0; step < 200; ++step) simulation.advance(false);
  md::State const back = simulation.save();
  for (std::size_t i = 0; i < positions.size(); ++i) {
    EXPECT_NEAR(back.positions[i], positions[i], 1e-9);
    EXPECT_NEAR(back.velocities[i], -velocities[i], 1e-9);
  }
}

TEST(MdIntegrator, IdealPressure) {
  md::Input input;
  Springs springs{0.0};
  md::Simulation<Space, Springs> simulation(Space(), input, {4.0, 4.0}, 1000.0, springs);
  simulation.start(std::vector<double>(6, 0.0), {1, 0, 0, -1, 0, 0});
  md::Observables const now = simulation.observe();
  EXPECT_NEAR(now.kinetic, 4.0 / 9648.5332, 1e-10);
  EXPECT_NEAR(now.pressure, 2.0 * now.kinetic / 3000.0 * 1602176.634, 1e-6);
  EXPECT_NEAR(now.temperature, 2.0 * now.kinetic / (3.0 * 8.617333262e-5), 1e-6);
}

/// Free atoms, the third of which is fast.
struct FastAtom {
  FastAtom(md::Input const& input, double speed)
      : simulation(Space(), input, {4.0, 4.0, 4.0}, 1000.0, springs) {
    simulation.start(std::vector<double>(9, 0.0), {1, 0, 0, 0, 2, 0, 0, 0, speed});
  }
  Springs springs{0.0};
  md::Simulation<Space, Springs> simulation;
};

TEST(MdExplosion, AnAtomThatGoesTooFarInAStepEndsTheRun) {
  md::Input input;
  input.timestep = 2.0;
  FastAtom slow(input, 2000.0);  // 4 Angstrom a step
  for (int step = 0; step < 60; ++step) slow.simulation.advance(false);
  FastAtom fast(input, 3000.0);
  EXPECT_EQ(
      toys::message_of([&] { fast.simulation.advance(false); }),
      "step 1: the run has exploded: an atom goes too far in a step; fastest is atom 3, at 3000 Angstrom/ps, "
      "6 Angstrom a step. Is run.timestep_fs = 2 too long, are atoms of the structure too near each other, "
      "or is it none that the model knows? (run.keep_going = true goes on)");
  double const nan = std::numeric_limits<double>::quiet_NaN();
  FastAtom strange(input, nan);
  std::string const message = toys::message_of([&] { strange.simulation.advance(false); });
  EXPECT_NE(message.find("atom 3, whose velocity is not a finite number"), std::string::npos) << message;
  input.keep_going = true;
  FastAtom free(input, 3000.0);
  for (int step = 0; step < 60; ++step) free.simulation.advance(false);
}

TEST(MdExplosion, ARowTooHotEndsTheRun) {
  md::Input input;
  auto const row = [&](double temperature, double potential = -1.0) {
    FastAtom atoms(input, 10.0);
    return toys::message_of(
        [&] { atoms.simulation.check({.step = 7, .temperature = temperature, .potential = potential}); });
  };
  EXPECT_EQ(row(99999.0), "(no error)");
  EXPECT_NE(row(200000.0).find("step 7: the run has exploded: the temperature is 200000 K, above 100000 "
                               "(run.stop_above_K); fastest is atom 3, at 10 Angstrom/ps"),
            std::string::npos);
  EXPECT_NE(row(300.0, std::numeric_limits<double>::infinity()).find("the energy is not a finite number"),
            std::string::npos);
  input.stop_above = 500.0;
  EXPECT_NE(row(501.0), "(no error)");
  input.stop_above = 0.0;
  input.ensemble = "nvt-langevin";
  input.temperature = 50000.0;  // warm dense matter
  EXPECT_EQ(row(200000.0), "(no error)");
  EXPECT_NE(row(600000.0), "(no error)");
  input.keep_going = true;
  EXPECT_EQ(row(600000.0), "(no error)");
}

md::Input langevin(double temperature, double friction) {
  md::Input input;
  input.ensemble = "nvt-langevin";
  input.temperature = temperature;
  input.friction = friction;
  input.timestep = 2.0;
  return input;
}

TEST(MdIntegrator, LangevinSamplesTheTemperature) {
  md::Input const input = langevin(250.0, 10.0);
  std::vector<double> masses(500, 16.0);
  std::fill(masses.begin() + 250, masses.end(), 2.0);
  Springs springs;
  md::Simulation<Space, Springs> simulation(Space(), input, masses, 0.0, springs);
  simulation.start(std::vector<double>(1500, 0.0), std::vector<double>(1500, 0.0));
  std::vector<double> temperatures, potentials;
  for (int step = 0; step < 3000; ++step) {
    simulation.advance(true);
    if (step < 500) continue;
    temperatures.push_back(simulation.observe().temperature);
    potentials.push_back(simulation.observe().potential);
  }
  EXPECT_NEAR(mean(temperatures), 250.0, 5.0);
  EXPECT_NEAR(mean(potentials), 750.0 * md::units::boltzmann * 250.0,
              0.02 * 750.0 * md::units::boltzmann * 250.0);
  EXPECT_NEAR(spread(temperatures), 250.0 * std::sqrt(2.0 / 1500.0), 2.5);
}

TEST(MdIntegrator, LangevinGivesTheTemperatureItsDistribution) {
  md::Input const input = langevin(250.0, 50.0);
  std::size_t const atoms = 8, classes = 16;
  double const freedom = 3.0 * atoms;
  Springs springs;
  md::Simulation<Space, Springs> simulation(Space(), input, std::vector<double>(atoms, 16.0), 0.0, springs);
  simulation.start(std::vector<double>(3 * atoms, 0.0), std::vector<double>(3 * atoms, 0.0));
  // Twice the kinetic energy over kT is distributed as chi-square. Its cube root is nearly normal (Wilson and
  // Hilferty), to 1e-3 of the probability: classes of the same probability follow.
  std::vector<double> counts(classes);
  double const samples = 3000.0;
  for (int step = 0; step < 25 * (samples + 20); ++step) {
    simulation.advance(false);
    if (step % 25 != 0 || step < 25 * 20) continue;
    double const scaled = simulation.observe().temperature / input.temperature, width = 2.0 / (9.0 * freedom);
    double const normal = (std::cbrt(scaled) - (1.0 - width)) / std::sqrt(width);
    double const below = 0.5 * std::erfc(-normal / std::sqrt(2.0));
    ++counts[std::min(classes - 1, static_cast<std::size_t>(below * classes))];
  }
  double chi_square = 0.0;
  for (double const count : counts) {
    double const expected = samples / classes;
    chi_square += (count - expected) * (count - expected) / expected;
  }
  EXPECT_LT(chi_square, 37.7);  // of 15 degrees of freedom: one in a thousand is larger
}

md::Input nose_hoover(double temperature) {
  md::Input input;
  input.ensemble = "nvt-nose-hoover";
  input.temperature = temperature;
  input.timestep = 2.0;
  return input;
}

TEST(MdIntegrator, NoseHooverSamplesTheTemperatureAndConservesItsEnergy) {
  md::Input const input = nose_hoover(400.0);
  std::vector<double> const masses(64, 20.0);
  SoftSpheres forces{cube(8.0)};
  md::Simulation<Space, SoftSpheres> simulation(Space(), input, masses, 512.0, forces);
  simulation.start(lattice(4, 2.0), md::maxwell_velocities(masses, 100.0, 1));
  double const start = simulation.observe().conserved;
  std::vector<double> temperatures, conserved;
  for (int step = 0; step < 6000; ++step) {
    simulation.advance(true);
    if (step >= 1000) temperatures.push_back(simulation.observe().temperature);
    conserved.push_back(simulation.observe().conserved);
  }
  EXPECT_NEAR(mean(temperatures), 400.0, 12.0);
  EXPECT_NEAR(spread(temperatures), 400.0 * std::sqrt(2.0 / 189.0), 12.0);
  EXPECT_NEAR(mean(conserved), start, 2e-3);
  EXPECT_LT(spread(conserved), 2e-3);
}

/// Heats by `rate` (K/ps) for so many steps; the kinetic temperature must be that of the thermostat less
/// `lag` (K) throughout, within the error that blocks of the run tell.
template <class Forces>
void expect_heating(md::Simulation<Space, Forces>& simulation, md::Input const& input, int steps,
                    double lag) {
  int const blocks = 40;
  std::vector<double> ratios(blocks, 0.0), growth;
  for (int step = 0; step < steps; ++step) {
    simulation.advance(true);
    md::Observables const now = simulation.observe();
    double const expected = input.temperature + input.heating * now.time - lag;
    ratios[static_cast<std::size_t>(step * std::int64_t{blocks} / steps)] +=
        now.temperature / expected * blocks / steps;
  }
  // the second half of the run against the first, block by block
  for (std::size_t k = 0; k < blocks / 2; ++k) growth.push_back(ratios[k + blocks / 2] - ratios[k]);
  for (auto const* values : {&ratios, &growth}) {
    double const error = spread(*values) / std::sqrt(static_cast<double>(values->size() - 1));
    EXPECT_LT(error, 0.01);
    EXPECT_NEAR(mean(*values), values == &ratios ? 1.0 : 0.0, 4.0 * error);
  }
}

TEST(MdIntegrator, LangevinFollowsATemperatureThatChanges) {
  for (double const rate : {40.0, -40.0}) {
    md::Input input = langevin(400.0 - 5.0 * rate, 20.0);
    input.heating = rate;
    std::vector<double> const masses(400, 10.0);
    Springs springs;
    md::Simulation<Space, Springs> simulation(Space(), input, masses, 0.0, springs);
    // springs that have as much energy as the motion
    std::vector<double> positions;
    double const width = std::sqrt(md::units::boltzmann * input.temperature / springs.stiffness);
    for (std::size_t i = 0; i < masses.size(); ++i) {
      auto const normal = md::normal3(7, 0, i);
      for (std::size_t k = 0; k < 3; ++k) positions.push_back(width * normal[k]);
    }
    simulation.start(positions, md::maxwell_velocities(masses, input.temperature, 1));
    // the energy, of which half is motion, follows at the rate of the friction
    expect_heating(simulation, input, 5000, input.heating / input.friction);
  }
}

TEST(MdIntegrator, NoseHooverFollowsATemperatureThatChanges) {
  md::Input input = nose_hoover(200.0);
  input.heating = 20.0;
  input.thermostat_time = 50.0;
  std::vector<double> const masses(64, 20.0);
  SoftSpheres forces{cube(8.0)};
  md::Simulation<Space, SoftSpheres> simulation(Space(), input, masses, 512.0, forces);
  simulation.start(lattice(4, 2.0), md::maxwell_velocities(masses, 200.0, 1));
  expect_heating(simulation, input, 10000, 0.0);
}

/// Three atoms at the origin, and what moves one of them.
struct Movers {
  Movers() {
    for (auto const& values : {system.positions, system.velocities, system.forces})
      Kokkos::deep_copy(space, values, 0.0);
  }
  void move(double dz, double speed) {
    auto x = md::download(space, system.positions), v = md::download(space, system.velocities);
    x[8] += dz;
    v[8] = speed;
    md::upload(space, x, system.positions);
    md::upload(space, v, system.velocities);
  }
  bool due(std::int64_t step) { return schedule.due(space, step, system); }

  Space space;
  md::System<Space> system{space, {1.0, 1.0, 1.0}};
  md::RebuildSchedule<Space> schedule{3, 2.0, 500, 0.001};
};

TEST(MdNeighbours, ListIsMadeAnewAfterHalfTheSkinWithFewLooks) {
  Movers atoms;
  atoms.schedule.built(atoms.space, 10, atoms.system.positions);
  std::int64_t step = 10;
  int looks = 0;
  for (bool due = false; !due; ++looks) {  // 0.03 Angstrom a step: 1.02 after 34
    auto const look = atoms.schedule.next_look();
    while (step < look) {
      ++step;
      atoms.move(0.03, 30.0);
      due = atoms.due(step);
      ASSERT_FALSE(due && step < look);
    }
  }
  EXPECT_EQ(step, 44);
  EXPECT_LE(looks, 8);
  EXPECT_EQ(atoms.schedule.late(), 0);
}

TEST(MdNeighbours, ListIsMadeAnewAfterTheGivenSteps) {
  Movers atoms;
  atoms.schedule.built(atoms.space, 10, atoms.system.positions);
  EXPECT_FALSE(atoms.due(11));
  EXPECT_FALSE(atoms.due(509));
  EXPECT_TRUE(atoms.due(510));
}

TEST(MdNeighbours, UnforeseenMovesAreNoticedAndCounted) {
  for (double const move : {1.01, std::nan("")}) {
    Movers atoms;
    atoms.schedule.built(atoms.space, 10, atoms.system.positions);
    atoms.move(0.5, 5.0);
    EXPECT_FALSE(atoms.due(11));
    auto const look = atoms.schedule.next_look();
    EXPECT_GT(look, 13);
    atoms.move(move - 0.5, 5.0);
    for (std::int64_t step = 12; step < look; ++step) EXPECT_FALSE(atoms.due(step));
    EXPECT_TRUE(atoms.due(look));
    EXPECT_EQ(atoms.schedule.late(), 1);
  }
}

TEST(MdNeighbours, FastAtomsNeverSlipThroughTheSkin) {
  std::vector<double> const masses(64, 20.0);
  auto const velocities = md::maxwell_velocities(masses, 3000.0, 1);
  std::vector<md::State> ends;
  std::vector<std::int64_t> rebuilds;
  for (std::int64_t const every : {1, 1000000}) {
    md::Input input;
    input.skin = 1.0;
    input.rebuild_every = every;
    SoftSpheres forces{cube(8.0), 3.0, input.skin};
    md::Simulation<Space, SoftSpheres> simulation(Space(), input, masses, 512.0, forces);
    simulation.start(lattice(4, 2.0), velocities);
    for (int step = 0; step < 400; ++step) simulation.advance(false);
    ends.push_back(simulation.save());
    rebuilds.push_back(simulation.rebuilds());
    EXPECT_EQ(simulation.late_rebuilds(), 0);
  }
  EXPECT_EQ(rebuilds[0], 401);
  EXPECT_GT(rebuilds[1], 5);
  EXPECT_LT(rebuilds[1], 100);
  for (std::size_t i = 0; i < ends[0].positions.size(); ++i)
    EXPECT_NEAR(ends[0].positions[i], ends[1].positions[i], 1e-9);
}

TEST(MdTimers, TimeCountsForTheInnermostStage) {
  examples::StageTimers timers;
  auto const wait = [](double duration) {
    for (double const end = examples::seconds() + duration; examples::seconds() < end;) continue;
  };
  timers.reset();
  double const begin = examples::seconds();
  timers.push("dp::neighbour");
  wait(0.01);
  timers.push("dp::forces");
  timers.push("something else");
  wait(0.02);
  timers.pop();
  timers.pop();
  timers.pop();
  double const inside = examples::seconds() - begin;
  wait(0.01);  // in no region
  timers.push("dp::forces");
  timers.pop();
  auto const total = [&](std::string_view stage) {
    auto const at = std::find(timers.stages.begin(), timers.stages.end(), stage);
    return timers.total(static_cast<std::size_t>(at - timers.stages.begin()));
  };
  EXPECT_GE(total("neighbour"), 0.01);
  EXPECT_GE(total("forces"), 0.02);
  EXPECT_LT(total("neighbour") + total("forces"), inside + 0.005);
  EXPECT_EQ(total("environment"), 0.0);
}

}  // namespace
