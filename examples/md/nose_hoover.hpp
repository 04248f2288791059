// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cmath>
#include <dp/core/error.hpp>
#include <vector>

#include "md/units.hpp"

namespace md {

/// A chain of three Nose-Hoover thermostats (Martyna, Klein and Tuckerman 1992) on all velocities together,
/// integrated by a symmetric splitting (Martyna, Tuckerman, Tobias and Klein 1996).
class NoseHooverChain {
 public:
  /// `time`: constant of the thermostat, ps; LAMMPS calls it Tdamp.
  NoseHooverChain(double freedom, double temperature, double time)
      : m_freedom(freedom), m_kt(units::boltzmann * temperature) {
    m_mass.fill(m_kt * time * time);
    m_mass[0] *= m_freedom;
  }

  /// Advances the chain by `dt` (ps) beside atoms with this twofold kinetic energy (eV); returns the factor
  /// for their velocities. One copy for all callers: inlined copies may round differently (fused
  /// multiply-adds), and restarts are to be exact.
  [[gnu::noinline]] double advance(double twice_kinetic, double dt) {
    if (!(m_kt > 0.0) || !(m_freedom > 0.0)) return 1.0;
    double scale = 1.0;
    auto const push = [&](std::size_t k) {
      double const drive = k == 0 ? scale * scale * twice_kinetic - m_freedom * m_kt
                                  : m_mass[k - 1] * m_velocity[k - 1] * m_velocity[k - 1] - m_kt;
      double const drag = k + 1 < length ? std::exp(-0.25 * dt * m_velocity[k + 1]) : 1.0;
      m_velocity[k] = (m_velocity[k] * drag + 0.5 * dt * drive / m_mass[k]) * drag;
    };
    for (std::size_t k = length; k-- > 0;) push(k);
    scale = std::exp(-dt * m_velocity[0]);
    for (std::size_t k = 0; k < length; ++k) m_position[k] += dt * m_velocity[k];
    for (std::size_t k = 0; k < length; ++k) push(k);
    return scale;
  }

  /// eV
  double energy() const {
    double sum = 0.0;
    for (std::size_t k = 0; k < length; ++k)
      sum +=
          0.5 * m_mass[k] * m_velocity[k] * m_velocity[k] + (k == 0 ? m_freedom : 1.0) * m_kt * m_position[k];
    return sum;
  }

  std::vector<double> state() const {
    std::vector<double> result(m_position.begin(), m_position.end());
    result.insert(result.end(), m_velocity.begin(), m_velocity.end());
    return result;
  }

  void restore(std::vector<double> const& state) {
    if (state.size() != 2 * length)
      dp::fail("expected ", 2 * length, " numbers of a Nose-Hoover chain, found ", state.size());
    for (std::size_t k = 0; k < length; ++k) {
      m_position[k] = state[k];
      m_velocity[k] = state[length + k];
    }
  }

 private:
  static constexpr std::size_t length = 3;
  double m_freedom;
  double m_kt;
  std::array<double, length> m_mass = {};
  std::array<double, length> m_position = {};  ///< no unit
  std::array<double, length> m_velocity = {};  ///< 1/ps
};

}  // namespace md
