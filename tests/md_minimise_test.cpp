// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

#include "md/report.hpp"
#include "md_toys.hpp"

namespace {

using toys::SoftSpheres;
using toys::Space;
using toys::Springs;

md::Input minimisation(double tolerance) {
  md::Input input;
  input.ensemble = "minimise";
  input.force_tolerance = tolerance;
  return input;
}

/// Steps until the forces are small enough, at most so many.
template <class Simulation>
std::int64_t minimise(Simulation& simulation, std::int64_t most = 3000) {
  while (!simulation.converged() && simulation.step() < most) simulation.advance(true);
  return simulation.step();
}

TEST(MdMinimise, SpringsComeToRestWhereverTheyBegin) {
  Springs springs{3.0};
  md::Simulation<Space, Springs> simulation(Space(), minimisation(1e-7), {1.0, 200.0}, 0.0, springs);
  simulation.start({5, -4, 3, 0.2, 0.1, 0}, {100, 0, 0, 0, 50, 0});  // velocities count for nothing
  EXPECT_EQ(simulation.observe().kinetic, 0.0);
  EXPECT_LT(minimise(simulation), 500);
  md::Observables const now = simulation.observe();
  EXPECT_LE(now.largest_force, 1e-7);
  EXPECT_LT(now.potential, 1e-14);
  EXPECT_EQ(now.temperature, 0.0);
  EXPECT_EQ(now.time, 0.0);
  for (double const x : simulation.save().positions) EXPECT_NEAR(x, 0.0, 1e-7);
}

TEST(MdMinimise, ShakenSpheresFallBackIntoTheirLatticeThroughRebuilds) {
  // Simple cubic spheres, pushed over less than half their distance, in a list with next to no skin.
  md::Input input = minimisation(1e-6);
  input.skin = 0.1;
  std::vector<double> lattice, shaken;
  for (int i = 0; i < 64; ++i) {
    auto const shake = md::normal3(7, 0, static_cast<std::uint64_t>(i));
    int const cell[3] = {i % 4, i / 4 % 4, i / 16};
    for (std::size_t k = 0; k < 3; ++k) {
      lattice.push_back(2.0 * cell[k]);
      shaken.push_back(lattice.back() + 0.1 * shake[k]);
    }
  }
  dp::Box const box({8, 0, 0, 0, 8, 0, 0, 0, 8});
  SoftSpheres forces{box, 3.0, input.skin};
  auto const energy_of = [&](std::vector<double> const& positions, bool relax) {
    md::Simulation<Space, SoftSpheres> simulation(Space(), input, std::vector<double>(64, 20.0), 512.0,
                                                  forces);
    simulation.start(positions, std::vector<double>(192, 0.0));
    double const before = simulation.observe().potential;
    if (relax) {
      EXPECT_LT(minimise(simulation), 3000);
      EXPECT_GT(simulation.rebuilds(), 2);
      EXPECT_EQ(simulation.late_rebuilds(), 0);
      EXPECT_LE(simulation.observe().largest_force, 1e-6);
      EXPECT_LT(simulation.observe().potential, before - 0.01);
    }
    return simulation.observe().potential;
  };
  EXPECT_LE(energy_of(shaken, true), energy_of(lattice, false) + 1e-8);
}

TEST(MdMinimise, AnotherEnsembleDoesNotTakeItsState) {
  Springs springs;
  md::Simulation<Space, Springs> first(Space(), minimisation(1e-3), {1.0}, 0.0, springs);
  first.start({1, 0, 0}, {0, 0, 0});
  first.advance(false);
  md::Simulation<Space, Springs> second(Space(), md::Input{}, {1.0}, 0.0, springs);
  EXPECT_NE(toys::message_of([&] { second.restore(first.save()); }).find("is of a minimisation"),
            std::string::npos);
}

TEST(MdMinimise, TableShowsTheLargestForce) {
  auto const columns = md::more_columns(minimisation(1e-3));
  EXPECT_NE(md::csv_header(columns).find(",F_max_eV_A\n"), std::string::npos);
  md::Observables now;
  now.largest_force = 0.25;
  EXPECT_NE(md::csv_row(now, columns).find(",0.25\n"), std::string::npos);
}

}  // namespace
