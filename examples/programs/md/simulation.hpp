// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <utility>

#include "md/explosion.hpp"
#include "md/integrator.hpp"
#include "md/parallel/migration.hpp"
#include "md/rebuild_schedule.hpp"

namespace md {

/// What a row of the thermo table says.
struct Observables {
  std::int64_t step = 0;
  double time = 0.0;                                                    ///< ps
  double temperature = 0.0;                                             ///< K
  double potential = 0.0, kinetic = 0.0, total = 0.0, conserved = 0.0;  ///< eV
  double pressure = 0.0;                                                ///< bar; NaN without a box
  double volume = 0.0;                                                  ///< cubic Angstrom
  double strain = 0.0;                ///< engineering strain of a deformation
  double stress = 0.0;                ///< along its axis, GPa; tension is positive
  double density = 0.0;               ///< g/cm^3
  std::vector<double> lattice = {};   ///< box vectors as rows, Angstrom
  double largest_force = 0.0;         ///< on an atom, eV/Angstrom, of minimisations
  std::array<double, 9> virial = {};  ///< eV
  std::int64_t dropped = 0;           ///< neighbours beyond the model's sel that were left out
};

/// The part of a run's state that is not in its input, for the atoms of this rank: a run that goes on from
/// here is the same bit by bit.
struct State {
  std::int64_t step = 0;
  std::vector<double> positions, velocities, forces;  ///< (N x 3)
  std::int64_t rebuild_step = 0;
  std::int64_t next_look = 0;             ///< see RebuildSchedule
  std::vector<double> rebuild_positions;  ///< (N x 3): the neighbour list made of these has the same order
  std::vector<double> thermostat;
  std::vector<double> box_control = {};  ///< stretch since the rebuild, then as BoxControl; none: a fixed box
  std::vector<double> lattice = {};      ///< box vectors at the rebuild
  std::array<std::int64_t, 3> grid = {};  ///< of the ranks
  std::vector<std::int64_t> ids = {};     ///< (N), as in System
  std::vector<int> types = {};            ///< (N)
  std::vector<double> masses = {};        ///< (N), g/mol
  std::int64_t origin_step = -1;          ///< whose positions `origins` are; -1: none are kept
  std::vector<double> origins = {};       ///< (N x 3), or empty
};

/// Molecular dynamics of atoms under `Forces`, any class with rebuild(space, system), which finds neighbours,
/// and compute(space, system, results), which sets system.forces and, where `results`, the rank's share of
/// energy and virial. For a box that changes also stretch(factors), which says how the box differs from that
/// of the last rebuild(), and reach() of the neighbour list at rebuild(), Angstrom. All functions are to be
/// called by all ranks.
template <class Space, class Forces>
class Simulation {
 public:
  /// All atoms on one rank.
  Simulation(Space const& space, Input const& input, std::vector<double> const& masses, double volume,
             Forces& forces)
      : Simulation(space, input, System<Space>(space, masses), volume, forces, {}) {}

  /// `system`: this rank's share of the atoms, as ids tell; `domain`: which of them it will have.
  Simulation(Space const& space, Input const& input, System<Space> system, double volume, Forces& forces,
             Domain const& domain, bool direct = false)
      : m_space(space),
        m_system(std::move(system)),
        m_forces(&forces),
        m_domain(domain),
        m_migration(domain.communicator(), direct),
        m_atoms(communicator().sum(m_system.size())),
        m_integrator(input, m_atoms, communicator()),
        m_box_control(input),
        m_limits(input),
        m_keeps_origins(!input.msd.empty()),
        m_schedule(m_system.size(), input.skin, input.rebuild_every, m_integrator.time_step(),
                   communicator()),
        m_volume(volume) {
    double mass = 0.0;
    for (double const m : download(m_space, m_system.masses)) mass += m;
    m_mass = communicator().sum(mass);
  }

  /// Begins a new run.
  void start(std::vector<double> const& positions, std::vector<double> const& velocities) {
    upload(m_space, positions, m_system.positions);
    upload(m_space, velocities, m_system.velocities);
    if (m_integrator.minimises()) Kokkos::deep_copy(m_space, m_system.velocities, 0.0);
    Kokkos::deep_copy(m_space, m_system.forces, 0.0);
    mark_origins();
    rebuild();
    m_forces->compute(m_space, m_system, true);
    communicator().agree();
    if (m_box_control.plans_after(m_step)) plan_box();
  }

  /// Goes on with a run; the simulation is new, in the box of `state.lattice`.
  void restore(State const& state) {
    m_step = state.rebuild_step;
    Vectors<Space> present("md::present_positions", m_system.positions.extent(0));
    upload(m_space, state.positions, present);
    upload(m_space, state.rebuild_positions, m_system.positions);
    upload(m_space, state.velocities, m_system.velocities);
    upload(m_space, state.forces, m_system.forces);
    upload(m_space, state.origins.empty() ? state.positions : state.origins, m_system.origins);
    m_origin_step = state.origin_step;
    rebuild(&present);
    m_step = state.step;
    if (!state.box_control.empty()) {
      std::copy_n(state.box_control.begin(), 3, m_stretch.data());
      m_box_control.restore({state.box_control.begin() + 3, state.box_control.end()});
      stretch();
    }
    m_schedule.look_at(state.next_look);
    Kokkos::deep_copy(m_space, m_system.positions, present);
    communicator().together([&] { m_integrator.restore(m_space, m_system, state.thermostat); });
  }

  State save() const {
    communicator().agree();
    std::vector<double> box(m_stretch.data(), m_stretch.data() + 3);
    for (double const value : m_box_control.state()) box.push_back(value);
    auto const& h = m_domain.box().h;
    auto const& count = m_domain.grid().count;
    return {m_step,
            download(m_space, m_system.positions),
            download(m_space, m_system.velocities),
            download(m_space, m_system.forces),
            m_schedule.step(),
            m_schedule.next_look(),
            download(m_space, m_schedule.reference()),
            m_integrator.state(m_space),
            box_moves() ? box : std::vector<double>{},
            {h.begin(), h.end()},
            {count[0], count[1], count[2]},
            download(m_space, m_system.ids),
            download(m_space, m_system.types),
            download(m_space, m_system.masses),
            m_keeps_origins ? m_origin_step : -1,
            m_keeps_origins ? download(m_space, m_system.origins) : std::vector<double>{}};
  }

  /// Displacements count from here.
  void mark_origins() {
    Kokkos::deep_copy(m_space, m_system.origins, m_system.positions);
    m_origin_step = m_step;
  }

  /// One time step. observe() may follow where `results` are asked for. Returns the largest `signal` of all
  /// ranks. \throws Explosion where an atom is too fast for any sense
  int advance(bool results, int signal = 0) {
    ++m_step;
    m_integrator.first_half(m_space, m_system, m_step);
    auto const voted = communicator().template maximum<1>({static_cast<double>(signal)});
    bool const plan = m_box_control.plans_after(m_step);
    if (m_box_control.changes_before(m_step)) change_box();
    // what FIRE's steps add up to cannot be foretold
    if (m_integrator.minimises()) m_schedule.look_at(m_step);
    if (m_schedule.due(m_space, m_step, m_system)) {
      m_limits.check_speed(m_space, m_system, communicator(), m_step, m_schedule.fastest());
      rebuild();
    }
    m_forces->compute(m_space, m_system, results || plan);
    m_integrator.second_half(m_space, m_system, m_step);
    communicator().locate("step " + std::to_string(m_step) + ": ");
    if (results || plan) communicator().agree();
    if (plan) plan_box();
    return static_cast<int>(voted[0]);
  }

  /// Begins to sum up what a row of the table says; the ranks go on meanwhile. Waits for the step, with one
  /// copy to the host (two with a Nose-Hoover thermostat). `dropped`: of this rank.
  void start_observing(std::int64_t dropped = 0) {
    m_observed.step = m_step;
    m_observed.volume = volume();
    m_observed.density = m_mass / m_observed.volume * units::density;
    dp::Box const box = m_domain.box().stretched(m_stretch);
    m_observed.lattice.assign(box.h.begin(), box.h.end());
    m_observed.largest_force = m_integrator.minimises() ? largest_force() : 0.0;
    m_observed.conserved = m_integrator.thermostat_energy(m_space, m_step);
    sum_kinetic(m_space, m_system);
    Kokkos::deep_copy(m_space, m_results, m_system.results);
    m_space.fence("md::observe");
    std::copy(m_results.data(), m_results.data() + m_results.size(), m_sums.begin());
    m_sums[11] = static_cast<double>(dropped);
    int const axis = m_box_control.axis();
    if (axis >= 0) m_sums[12] = kinetic_along_axes(m_space, m_system)[static_cast<std::size_t>(axis)];
    m_observed.strain = m_box_control.strain();
    communicator().messages().start_sum(m_sums.data(), static_cast<int>(m_sums.size()));
  }

  /// The sums that start_observing() began.
  Observables finish_observing() {
    communicator().messages().finish_sum();
    Observables now = m_observed;
    if (m_integrator.minimises()) m_sums[1] = 0.0;  // steps of FIRE are no motion in time
    now.time = m_integrator.minimises() ? 0.0 : static_cast<double>(now.step) * m_integrator.time_step();
    now.potential = m_sums[0];
    now.kinetic = 0.5 * units::kinetic * m_sums[1];
    std::copy_n(m_sums.begin() + 2, 9, now.virial.begin());
    now.dropped = static_cast<std::int64_t>(m_sums[11]);
    now.total = now.potential + now.kinetic;
    now.conserved += now.total;
    now.temperature = m_integrator.temperature(now.kinetic);
    auto const& w = now.virial;
    now.pressure = now.volume > 0.0
                       ? (2.0 * now.kinetic + w[0] + w[4] + w[8]) / (3.0 * now.volume) * units::bar
                       : std::numeric_limits<double>::quiet_NaN();
    if (int const axis = m_box_control.axis(); axis >= 0)
      now.stress = -(units::kinetic * m_sums[12] + w[static_cast<std::size_t>(4 * axis)]) / now.volume *
                   units::gigapascal;
    return now;
  }

  Observables observe() {
    start_observing();
    return finish_observing();
  }

  /// \throws Explosion where a row says that the run has left all physics
  void check(Observables const& now) const { m_limits.check_row(m_space, m_system, communicator(), now); }

  /// The largest force on an atom of any rank, eV/Angstrom; waits for it.
  double largest_force() const {
    double const own = examples::Fire<Space>::largest(m_space, m_system.forces);
    return communicator().template maximum<1>({own})[0];
  }
  /// Whether a minimisation has reached its end; waits for the forces.
  bool converged() const { return largest_force() <= m_integrator.force_tolerance(); }

  std::int64_t step() const { return m_step; }
  std::int64_t origin_step() const { return m_origin_step; }
  double time() const { return static_cast<double>(m_step) * m_integrator.time_step(); }  ///< ps
  double volume() const { return m_volume * m_stretch[0] * m_stretch[1] * m_stretch[2]; }
  std::int64_t rebuilds() const { return m_schedule.count(); }
  std::int64_t late_rebuilds() const { return m_schedule.late(); }
  std::int64_t atoms() const { return m_atoms; }  ///< of all ranks
  System<Space> const& system() const { return m_system; }
  Space const& space() const { return m_space; }
  Communicator& communicator() const { return m_domain.communicator(); }

 private:
  void rebuild(Vectors<Space>* passenger = nullptr) {
    if (is_stretch(m_stretch)) {
      m_domain.stretch(std::exchange(m_stretch, no_stretch));
      m_volume = m_domain.box().volume();
    }
    if (communicator().size() > 1) {
      m_domain.fit(m_space, m_system.positions);
      m_migration.run(m_space, m_domain, m_system, passenger);
    }
    m_forces->rebuild(m_space, m_system);
    m_schedule.built(m_space, m_step, m_system.positions);
  }

  /// Whether the box is, or was, not fixed.
  bool box_moves() const {
    return m_box_control.active() || is_stretch(m_stretch) || m_box_control.strain() != 0.0;
  }

  /// The next change of the box, from the energy, virial and velocities of this step; waits for them.
  void plan_box() {
    auto const kinetic = kinetic_along_axes(m_space, m_system);
    Kokkos::deep_copy(m_space, m_results, m_system.results);
    m_space.fence("md::plan_box");
    double pressure[3];  // times the volume
    for (std::size_t k = 0; k < 3; ++k) pressure[k] = units::kinetic * kinetic[k] + m_results(2 + 4 * k);
    communicator().messages().sum(pressure, 3);
    double const v = volume();
    communicator().together([&] {
      m_box_control.plan(m_step, v, {pressure[0] / v, pressure[1] / v, pressure[2] / v});
    });
  }

  void change_box() {
    BoxChange const change = m_box_control.take();
    change_with_box(m_space, m_system, change);
    for (std::size_t k = 0; k < 3; ++k) m_stretch[k] *= change.positions[k];
    stretch();
  }

  /// Forces and neighbours follow the box.
  void stretch() {
    m_forces->stretch(m_stretch);
    m_schedule.stretch(m_step, m_stretch, m_forces->reach());
  }

  Space m_space;
  System<Space> m_system;
  Forces* m_forces;
  Domain m_domain;
  Migration<Space> m_migration;
  std::int64_t m_atoms;
  Integrator<Space> m_integrator;
  BoxControl m_box_control;
  ExplosionLimits m_limits;
  bool m_keeps_origins;
  RebuildSchedule<Space> m_schedule;
  Kokkos::View<double[11], Kokkos::SharedHostPinnedSpace> m_results{"md::results::host"};
  Stretch m_stretch = no_stretch;  ///< of the box since the last rebuild
  double m_volume;                 ///< at the last rebuild, cubic Angstrom
  double m_mass = 0.0;             ///< of all atoms, g/mol
  std::int64_t m_step = 0, m_origin_step = -1;
  Observables m_observed;
  std::array<double, 13> m_sums = {};
};

}  // namespace md
