// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "evaluate.hpp"

/// Molecular dynamics without a thermostat, and what is asked of its total energy.
namespace dp::test {

inline constexpr double boltzmann = 8.617333262e-5;   // eV/K
inline constexpr double acceleration = 9648.5332123;  // eV/(Angstrom g/mol) in Angstrom/ps^2
inline constexpr double skin = 1.0;                   // Angstrom
inline constexpr double femtosecond = 1e-3;           // ps

/// Velocity Verlet on the host, forces on `Space`.
template <class Space, class Precision = Double>
class Dynamics {
 public:
  Dynamics(Model const& model, Frame const& start, std::vector<double> const& masses_of_types,
           double temperature, Options const& options = {})
      : frame(start),
        m_potential(model, options),
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
  std::vector<double> const& forces() const { return m_force; }   // eV/Angstrom
  std::vector<double> const& masses() const { return m_masses; }  // g/mol

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

  CompiledPotential<Space, Precision> m_potential;
  Scene<Space> m_scene;
  Memory<Space> m_memory;
  std::vector<double> m_masses, m_force, m_built_at;
  double m_energy = 0.0;
};

inline double mean(std::vector<double> const& values) {
  double sum = 0.0;
  for (double value : values) sum += (value - values[0]) / static_cast<double>(values.size());
  return values[0] + sum;
}

inline double deviation(std::vector<double> const& values) {
  double const middle = mean(values);
  double sum = 0.0;
  for (double value : values) sum += (value - middle) * (value - middle);
  return std::sqrt(sum / static_cast<double>(values.size()));
}

/// Of the least-squares line, per entry.
inline double line_slope(std::vector<double> const& values) {
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
template <class Space, class Precision>
std::vector<double> energies(Dynamics<Space, Precision>& dynamics, int intervals, double interval,
                             int steps_each) {
  std::vector<double> result = {dynamics.total()};
  for (int k = 0; k < intervals; ++k) {
    for (int s = 0; s < steps_each; ++s) dynamics.step(interval / steps_each);
    result.push_back(dynamics.total());
  }
  return result;
}

}  // namespace dp::test
