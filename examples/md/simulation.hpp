// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <utility>

#include "md/integrator.hpp"
#include "md/rebuild_schedule.hpp"

namespace md {

/// What a row of the thermo table says.
struct Observables {
  std::int64_t step = 0;
  double time = 0.0;                                                    ///< ps
  double temperature = 0.0;                                             ///< K
  double potential = 0.0, kinetic = 0.0, total = 0.0, conserved = 0.0;  ///< eV
  double pressure = 0.0;                                                ///< bar; NaN without a box
};

/// The part of a run's state that is not in its input: a run that goes on from here is the same bit by bit.
struct State {
  std::int64_t step = 0;
  std::vector<double> positions, velocities, forces;  ///< (N x 3)
  std::int64_t rebuild_step = 0;
  std::int64_t next_look = 0;             ///< see RebuildSchedule
  std::vector<double> rebuild_positions;  ///< (N x 3): the neighbour list made of these has the same order
  std::vector<double> thermostat;
};

/// Molecular dynamics of atoms under `Forces`, any class with rebuild(space, positions), which finds
/// neighbours, and compute(space, system, results), which sets system.forces and, where `results`, energy and
/// virial.
template <class Space, class Forces>
class Simulation {
 public:
  Simulation(Space const& space, Input const& input, std::vector<double> const& masses, double volume,
             Forces& forces)
      : m_space(space),
        m_system(space, masses),
        m_forces(&forces),
        m_integrator(input, m_system.size()),
        m_schedule(m_system.size(), input.skin, input.rebuild_every, m_integrator.time_step()),
        m_volume(volume) {}

  /// Begins a new run.
  void start(std::vector<double> const& positions, std::vector<double> const& velocities) {
    upload(m_space, positions, m_system.positions);
    upload(m_space, velocities, m_system.velocities);
    rebuild();
    m_forces->compute(m_space, m_system, true);
  }

  /// Goes on with a run.
  void restore(State const& state) {
    m_step = state.rebuild_step;
    upload(m_space, state.rebuild_positions, m_system.positions);
    rebuild();
    m_step = state.step;
    m_schedule.look_at(state.next_look);
    upload(m_space, state.positions, m_system.positions);
    upload(m_space, state.velocities, m_system.velocities);
    upload(m_space, state.forces, m_system.forces);
    m_integrator.restore(m_space, state.thermostat);
  }

  State save() const {
    return {m_step,
            download(m_space, m_system.positions),
            download(m_space, m_system.velocities),
            download(m_space, m_system.forces),
            m_schedule.step(),
            m_schedule.next_look(),
            download(m_space, m_schedule.reference()),
            m_integrator.state(m_space)};
  }

  /// One time step. observe() may follow where `results` are asked for.
  void advance(bool results) {
    ++m_step;
    m_integrator.first_half(m_space, m_system, m_step);
    if (m_schedule.due(m_space, m_step, m_system)) rebuild();
    m_forces->compute(m_space, m_system, results);
    m_integrator.second_half(m_space, m_system);
  }

  /// Waits for the step, with one copy to the host (two with a Nose-Hoover thermostat).
  Observables observe() const {
    sum_kinetic(m_space, m_system);
    Kokkos::deep_copy(m_space, m_results, m_system.results);
    m_space.fence("md::observe");
    double const* const virial = &m_results(2);
    Observables now;
    now.step = m_step;
    now.time = static_cast<double>(m_step) * m_integrator.time_step();
    now.potential = m_results(0);
    now.kinetic = 0.5 * units::kinetic * m_results(1);
    now.total = now.potential + now.kinetic;
    now.conserved = now.total + m_integrator.thermostat_energy(m_space);
    now.temperature = m_integrator.temperature(now.kinetic);
    now.pressure = m_volume > 0.0 ? (2.0 * now.kinetic + virial[0] + virial[4] + virial[8]) /
                                        (3.0 * m_volume) * units::bar
                                  : std::numeric_limits<double>::quiet_NaN();
    return now;
  }

  std::int64_t step() const { return m_step; }
  std::int64_t rebuilds() const { return m_schedule.count(); }
  std::int64_t late_rebuilds() const { return m_schedule.late(); }
  System<Space> const& system() const { return m_system; }
  Space const& space() const { return m_space; }

 private:
  void rebuild() {
    m_forces->rebuild(m_space, m_system.positions);
    m_schedule.built(m_space, m_step, m_system.positions);
  }

  Space m_space;
  System<Space> m_system;
  Forces* m_forces;
  Integrator<Space> m_integrator;
  RebuildSchedule<Space> m_schedule;
  Kokkos::View<double[11], Kokkos::SharedHostPinnedSpace> m_results{"md::results::host"};
  double m_volume;
  std::int64_t m_step = 0;
};

}  // namespace md
