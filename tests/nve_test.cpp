// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// Molecular dynamics without a thermostat: the total energy stays, its fluctuation falls with the square of
// the time step, and time can be turned back. Only forces that are the exact derivative of a smooth energy do
// all this. Small models, so that it is done under the sanitizers too; md_water_test.cpp does it for water.

#include <gtest/gtest.h>

#include <cstdio>

#include "support/cases.hpp"
#include "support/evaluate.hpp"

namespace dp::test {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

constexpr double boltzmann = 8.617333262e-5;   // eV/K
constexpr double acceleration = 9648.5332123;  // eV/(Angstrom g/mol) in Angstrom/ps^2
constexpr double skin = 1.0;                   // Angstrom
constexpr double femtosecond = 1e-3;           // ps

/// Velocity Verlet on the host, forces on `Space`.
class Dynamics {
 public:
  Dynamics(Model const& model, Frame const& start, std::vector<double> masses_of_types, double temperature)
      : frame(start),
        m_potential(model),
        m_scene(start, m_potential.cutoff() + skin),
        m_memory(m_scene),
        m_built_at(start.positions) {
    std::uint64_t state = 12345;  // velocities of a plain generator: the same on any machine
    for (std::size_t i = 0; i < frame.atoms(); ++i) {
      double const mass = masses_of_types.at(static_cast<std::size_t>(frame.types[i]));
      m_masses.push_back(mass);
      for (int c = 0; c < 3; ++c) {
        double normal = -6.0;
        for (int k = 0; k < 12; ++k) {
          state = state * 6364136223846793005u + 1442695040888963407u;
          normal += static_cast<double>(state >> 11) * 0x1p-53;
        }
        velocities.push_back(normal * std::sqrt(boltzmann * temperature * acceleration / mass));
      }
    }
    compute();
  }

  void step(double dt) {
    kick(0.5 * dt);
    for (std::size_t k = 0; k < velocities.size(); ++k) frame.positions[k] += dt * velocities[k];
    compute();
    kick(0.5 * dt);
  }

  double kinetic() const {
    double sum = 0.0;
    for (std::size_t k = 0; k < velocities.size(); ++k)
      sum += m_masses[k / 3] * velocities[k] * velocities[k];
    return 0.5 * sum / acceleration;
  }
  double total() const { return m_energy + kinetic(); }

  Frame frame;
  std::vector<double> velocities;  // Angstrom/ps

 private:
  void kick(double dt) {
    for (std::size_t k = 0; k < velocities.size(); ++k)
      velocities[k] += dt * acceleration * m_force[k] / m_masses[k / 3];
  }

  void compute() {
    Space const space;
    if (largest_difference(frame.positions, m_built_at) > 0.5 * skin / std::sqrt(3.0)) {
      m_scene = Scene<Space>(frame, m_potential.cutoff() + skin);
      m_memory = Memory<Space>(m_scene);
      m_built_at = frame.positions;
    }
    auto const flat = device_copy<double, Space>(frame.positions);
    m_scene.images.update(space, Matrix<double const, Space>(flat.data(), frame.atoms(), 3));
    m_potential.compute(space, m_scene.configuration(), m_scene.cells.list(),
                        {.energy = m_memory.energy, .force = m_memory.force});
    m_scene.images.fold(space, m_memory.force);
    space.fence();
    Kokkos::deep_copy(m_energy, m_memory.energy);
    m_force = host_copy(m_memory.force);
    m_force.resize(velocities.empty() ? 3 * frame.atoms() : velocities.size());
  }

  DeepPotential<Space, Double> m_potential;
  Scene<Space> m_scene;
  Memory<Space> m_memory;
  std::vector<double> m_masses, m_force, m_built_at;
  double m_energy = 0.0;
};

double mean(std::vector<double> const& values) {
  double sum = 0.0;
  for (double value : values) sum += (value - values[0]) / static_cast<double>(values.size());
  return values[0] + sum;
}

double deviation(std::vector<double> const& values) {
  double const middle = mean(values);
  double sum = 0.0;
  for (double value : values) sum += (value - middle) * (value - middle);
  return std::sqrt(sum / static_cast<double>(values.size()));
}

/// Of the least-squares line, per entry.
double slope(std::vector<double> const& values) {
  double const middle = mean(values), centre = 0.5 * static_cast<double>(values.size() - 1);
  double above = 0.0, below = 0.0;
  for (std::size_t k = 0; k < values.size(); ++k) {
    double const x = static_cast<double>(k) - centre;
    above += x * (values[k] - middle);
    below += x * x;
  }
  return above / below;
}

/// Total energies at times 0, interval, 2 interval ... of a run.
std::vector<double> energies(Dynamics& dynamics, int intervals, double interval, int steps_each) {
  std::vector<double> result = {dynamics.total()};
  for (int k = 0; k < intervals; ++k) {
    for (int s = 0; s < steps_each; ++s) dynamics.step(interval / steps_each);
    result.push_back(dynamics.total());
  }
  return result;
}

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
  static Dynamics make() {
    auto const test_case = variant(GetParam());
    auto const start = on_lattice(read_frames(test_case.reference).front());
    return {read_model(test_case.model), start, {16.0, 12.0, 14.0, 10.0}, 200.0};
  }
};

TEST_P(Nve, EnergyStays) {
  auto dynamics = make();
  int const steps = 400 / share;
  auto const total = energies(dynamics, steps, dt, 1);
  auto const atoms = static_cast<double>(dynamics.frame.atoms());
  double const drift = slope(total) / dt / atoms;
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
                                           "exclude_types", "resnet_dt"),
                         [](auto const& info) { return info.param; });

}  // namespace
}  // namespace dp::test
