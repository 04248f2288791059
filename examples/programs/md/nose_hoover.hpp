// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <dp/core/error.hpp>
#include <vector>

#include "md/system.hpp"
#include "md/units.hpp"

namespace md {

inline constexpr int nose_hoover_length = 3;

/// A Nose-Hoover chain at one moment.
struct NoseHooverState {
  double position[nose_hoover_length] = {};  ///< no unit
  double velocity[nose_hoover_length] = {};  ///< 1/ps
  double scale = 1.0;                        ///< the factor for the atoms' velocities
};

/// Advances a chain by `dt` (ps) beside atoms with this kinetic energy.
template <class Space>
struct AdvanceNoseHoover {
  double freedom, kt, time2, dt;
  Kokkos::View<double const, typename Space::memory_space, Kokkos::MemoryTraits<Kokkos::Unmanaged>> kinetic;
  Kokkos::View<NoseHooverState, typename Space::memory_space> chain;

  KOKKOS_FUNCTION double mass(int k) const { return kt * time2 * (k == 0 ? freedom : 1.0); }

  KOKKOS_FUNCTION void push(NoseHooverState& c, int k) const {
    double const drive = k == 0 ? c.scale * c.scale * units::kinetic * kinetic() - freedom * kt
                                : mass(k - 1) * c.velocity[k - 1] * c.velocity[k - 1] - kt;
    double const drag = k + 1 < nose_hoover_length ? Kokkos::exp(-0.25 * dt * c.velocity[k + 1]) : 1.0;
    c.velocity[k] = (c.velocity[k] * drag + 0.5 * dt * drive / mass(k)) * drag;
  }

  KOKKOS_FUNCTION void operator()(int) const {
    NoseHooverState& c = chain();
    c.scale = 1.0;
    for (int k = nose_hoover_length - 1; k >= 0; --k) push(c, k);
    c.scale = Kokkos::exp(-dt * c.velocity[0]);
    for (int k = 0; k < nose_hoover_length; ++k) c.position[k] += dt * c.velocity[k];
    for (int k = 0; k < nose_hoover_length; ++k) push(c, k);
  }
};

/// Multiplies all velocities with the chain's factor.
template <class Space>
struct ScaleVelocities {
  Vectors<Space> velocities;
  Kokkos::View<NoseHooverState const, typename Space::memory_space> chain;

  KOKKOS_FUNCTION void operator()(std::size_t i) const {
    for (std::size_t k = 0; k < 3; ++k) velocities(i, k) *= chain().scale;
  }
};

/// A chain of three Nose-Hoover thermostats (Martyna, Klein and Tuckerman 1992) on all velocities together,
/// integrated by a symmetric splitting (Martyna, Tuckerman, Tobias and Klein 1996). It lives beside the
/// atoms, so that a step needs nothing of it on the host.
template <class Space>
class NoseHooverChain {
 public:
  /// `time`: constant of the thermostat, ps; LAMMPS calls it Tdamp.
  NoseHooverChain(double freedom, double time)
      : m_freedom(freedom), m_time2(time * time), m_chain("md::nose_hoover") {}

  /// Advances the chain by `dt` (ps) at the temperature of `kt` (eV) beside the atoms with `system.kinetic`,
  /// and scales their velocities.
  void apply(Space const& space, System<Space> const& system, double kt, double dt) const {
    if (!(kt > 0.0) || !(m_freedom > 0.0)) return;
    Kokkos::parallel_for("md::nose_hoover", Kokkos::RangePolicy<Space>(space, 0, 1),
                         AdvanceNoseHoover<Space>{m_freedom, kt, m_time2, dt, system.kinetic, m_chain});
    Kokkos::parallel_for("md::scale_velocities",
                         Kokkos::RangePolicy<Space>(space, 0, system.masses.extent(0)),
                         ScaleVelocities<Space>{system.velocities, m_chain});
  }

  /// eV; waits for it.
  double energy(Space const& space, double kt) const {
    auto const values = state(space);
    double sum = 0.0;
    for (std::size_t k = 0; k < length; ++k) {
      double const x = values[k], v = values[length + k];
      sum += (k == 0 ? m_freedom : 1.0) * kt * (0.5 * m_time2 * v * v + x);
    }
    return sum;
  }

  /// Positions and velocities of the chain, for restarts; waits for them.
  std::vector<double> state(Space const& space) const {
    Kokkos::View<NoseHooverState, Kokkos::HostSpace> const host("md::nose_hoover::host");
    Kokkos::deep_copy(space, host, m_chain);
    space.fence("md::nose_hoover");
    std::vector<double> result(host().position, host().position + length);
    result.insert(result.end(), host().velocity, host().velocity + length);
    return result;
  }

  void restore(Space const& space, std::vector<double> const& state) {
    if (state.size() != 2 * length)
      dp::fail("expected ", 2 * length, " numbers of a Nose-Hoover chain, found ", state.size());
    Kokkos::View<NoseHooverState, Kokkos::HostSpace> const host("md::nose_hoover::host");
    std::copy(state.begin(), state.begin() + nose_hoover_length, host().position);
    std::copy(state.begin() + nose_hoover_length, state.end(), host().velocity);
    Kokkos::deep_copy(space, m_chain, host);
    space.fence("md::nose_hoover");
  }

 private:
  static constexpr std::size_t length = nose_hoover_length;
  double m_freedom, m_time2;
  Kokkos::View<NoseHooverState, typename Space::memory_space> m_chain;
};

}  // namespace md
