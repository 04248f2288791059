// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// Molecular dynamics without a thermostat: the total energy stays, its fluctuation falls with the square of
// the time step, and time can be turned back. Only forces that are the exact derivative of a smooth energy do
// all this. Small models, so that it is done under the sanitizers too; md_water_test.cpp does it for water.

#include <gtest/gtest.h>

#include <cstdio>

#include "support/cases.hpp"
#include "support/dynamics.hpp"
#include "support/evaluate.hpp"

namespace dp::test {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

using Trajectory = Dynamics<Space>;
constexpr double dt = 0.5 * femtosecond;
#ifdef __SANITIZE_ADDRESS__
constexpr int share = 5;  // of the steps
#else
constexpr int share = 1;
#endif

/// The atoms of a frame on a lattice in its box: these models do not repel at short distances, so atoms
/// placed at random would fall into each other.
Frame on_lattice(Frame frame) {
  auto const n = static_cast<std::size_t>(std::ceil(std::cbrt(static_cast<double>(frame.atoms())) - 1e-9));
  for (std::size_t i = 0; i < frame.atoms(); ++i) {
    std::size_t const place[3] = {i % n, i / n % n, i / n / n};
    for (std::size_t c = 0; c < 3; ++c) {
      double& x = frame.positions[3 * i + c] = 0.0;
      for (std::size_t k = 0; k < 3; ++k)
        x += frame.box[3 * k + c] * static_cast<double>(place[k]) / static_cast<double>(n);
    }
  }
  return frame;
}

class Nve : public ::testing::TestWithParam<char const*> {
 protected:
  static Trajectory make() {
    auto const test_case = variant(GetParam());
    auto const start = on_lattice(read_frames(test_case.reference).front());
    return {load_model(test_case.model), start, {16.0, 12.0, 14.0, 10.0}, 200.0};
  }
};

TEST_P(Nve, EnergyStays) {
  auto dynamics = make();
  int const steps = 400 / share;
  auto const total = energies(dynamics, steps, dt, 1);
  auto const atoms = static_cast<double>(dynamics.frame.atoms());
  double const drift = line_slope(total) / dt / atoms;
  std::printf(
      "NVE, %d steps of 0.5 fs: slope of the total energy %.2e eV/atom/ps, standard deviation "
      "%.2e eV/atom, final temperature %.0f K\n",
      steps, drift, deviation(total) / atoms, 2.0 * dynamics.kinetic() / (3.0 * atoms * boltzmann));
  EXPECT_LT(std::abs(drift), 5e-6);
}

TEST_P(Nve, FluctuationFallsWithTheSquareOfTheStep) {
  auto coarse = make(), fine = make();
  int const intervals = 100 / share;
  double const ratio =
      deviation(energies(coarse, intervals, dt, 1)) / deviation(energies(fine, intervals, dt, 4));
  std::printf("NVE, %d steps: the fluctuation falls %.2f times when the step is a quarter\n", intervals,
              ratio);
  EXPECT_GT(ratio, 14.0);
  EXPECT_LT(ratio, 18.0);
}

TEST_P(Nve, TimeCanBeTurnedBack) {
  auto dynamics = make();
  auto const start = dynamics.frame.positions, velocities = dynamics.velocities;
  int const there = 60 / share;
  for (int k = 0; k < there; ++k) dynamics.step(dt);
  double const away = largest_difference(dynamics.frame.positions, start);
  for (double& v : dynamics.velocities) v = -v;
  for (int k = 0; k < there; ++k) dynamics.step(dt);
  for (double& v : dynamics.velocities) v = -v;
  double const back = largest_difference(dynamics.frame.positions, start);
  std::printf("NVE, %d steps there (%.2f A away) and back: %.1e A from the start\n", there, away, back);
  EXPECT_GT(away, 0.02);
  EXPECT_LT(back, 1e-9);
  EXPECT_LT(largest_difference(dynamics.velocities, velocities), 1e-7);
}

INSTANTIATE_TEST_SUITE_P(Small, Nve,
                         ::testing::Values("two_sided", "one_sided_gelu", "radial_two_sided", "triclinic",
                                           "exclude_types", "resnet_dt", "../allegro/latent_full"),
                         [](auto const& info) {
                           std::string const name = info.param;
                           return name.substr(name.rfind('/') + 1);
                         });

}  // namespace
}  // namespace dp::test
