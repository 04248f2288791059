// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "common/fire.hpp"
#include "md/box_control.hpp"
#include "md/input.hpp"
#include "md/nose_hoover.hpp"
#include "md/parallel/communicator.hpp"
#include "md/random.hpp"
#include "md/system.hpp"
#include "md/target_temperature.hpp"
#include "md/units.hpp"
#include "md/velocities.hpp"

namespace md {

/// v += a dt, and then x += v dt_drift.
template <class Space>
void kick_and_drift(Space const& space, System<Space> const& system, double dt, double dt_drift) {
  auto const x = system.positions, v = system.velocities, f = system.forces;
  auto const m = system.masses;
  Kokkos::parallel_for(
      "md::kick_and_drift", Kokkos::RangePolicy<Space>(space, 0, m.extent(0)), KOKKOS_LAMBDA(std::size_t i) {
        double const factor = dt * units::acceleration / m(i);
        for (std::size_t k = 0; k < 3; ++k) {
          v(i, k) += factor * f(i, k);
          x(i, k) += dt_drift * v(i, k);
        }
      });
}

/// v = keep v + noise, the exact solution of friction and noise alone; then x += v dt_drift.
template <class Space>
void langevin_and_drift(Space const& space, System<Space> const& system, double keep, double temperature,
                        std::int64_t seed, std::int64_t step, double dt_drift) {
  auto const x = system.positions, v = system.velocities;
  auto const m = system.masses;
  auto const ids = system.ids;
  double const square = (1.0 - keep * keep) * units::boltzmann * temperature / units::kinetic;
  auto const key = static_cast<std::uint64_t>(seed), number = static_cast<std::uint64_t>(step);
  Kokkos::parallel_for(
      "md::langevin_and_drift", Kokkos::RangePolicy<Space>(space, 0, m.extent(0)),
      KOKKOS_LAMBDA(std::size_t i) {
        auto const normal = normal3(key, number, static_cast<std::uint64_t>(ids(i)));
        double const width = Kokkos::sqrt(square / m(i));
        for (std::size_t k = 0; k < 3; ++k) {
          v(i, k) = keep * v(i, k) + width * normal[k];
          x(i, k) += dt_drift * v(i, k);
        }
      });
}

/// Follows a change of the box; so do the origins, that displacements are what the box does not explain.
template <class Space>
void change_with_box(Space const& space, System<Space> const& system, BoxChange const& change) {
  auto const x = system.positions, v = system.velocities, origin = system.origins;
  Kokkos::parallel_for(
      "md::change_with_box", Kokkos::RangePolicy<Space>(space, 0, x.extent(0)), KOKKOS_LAMBDA(std::size_t i) {
        for (std::size_t k = 0; k < 3; ++k) {
          x(i, k) *= change.positions[k];
          origin(i, k) *= change.positions[k];
          v(i, k) *= change.velocities[k];
        }
      });
}

/// Sum of m v^2 of this rank along each axis, g/mol (Angstrom/ps)^2; waits for it.
template <class Space>
Kokkos::Array<double, 3> kinetic_along_axes(Space const& space, System<Space> const& system) {
  auto const v = system.velocities;
  auto const m = system.masses;
  Kokkos::Array<double, 3> result = {};
  Kokkos::parallel_reduce(
      "md::kinetic_along_axes", Kokkos::RangePolicy<Space>(space, 0, m.extent(0)),
      KOKKOS_LAMBDA(std::size_t i, double& x, double& y, double& z) {
        x += m(i) * v(i, 0) * v(i, 0);
        y += m(i) * v(i, 1) * v(i, 1);
        z += m(i) * v(i, 2) * v(i, 2);
      },
      result[0], result[1], result[2]);
  return result;
}

/// Sets system.kinetic; does not wait for it.
template <class Space>
void sum_kinetic(Space const& space, System<Space> const& system) {
  auto const v = system.velocities;
  auto const m = system.masses;
  Kokkos::parallel_reduce(
      "md::kinetic_energy", Kokkos::RangePolicy<Space>(space, 0, m.extent(0)),
      KOKKOS_LAMBDA(std::size_t i, double& part) {
        part += m(i) * (v(i, 0) * v(i, 0) + v(i, 1) * v(i, 1) + v(i, 2) * v(i, 2));
      },
      system.kinetic);
}

enum class Ensemble { nve, langevin, nose_hoover, minimise };

/// Velocity Verlet, plain (NVE) or with a thermostat (NVT): Langevin in the order BAOAB (Leimkuhler and
/// Matthews 2013), or a Nose-Hoover chain around the step; or minimisation by FIRE. first_half()
/// precedes the forces of a step, second_half() follows them.
template <class Space>
class Integrator {
 public:
  /// `atoms`: of all ranks.
  Integrator(Input const& input, std::int64_t atoms, Communicator& communicator)
      : m_communicator(&communicator),
        m_ensemble(input.ensemble.ends_with("langevin")      ? Ensemble::langevin
                   : input.ensemble.ends_with("nose-hoover") ? Ensemble::nose_hoover
                   : input.ensemble == "minimise"            ? Ensemble::minimise
                                                             : Ensemble::nve),
        m_dt(input.timestep * units::femtosecond),
        m_target(input),
        m_seed(input.seed),
        m_keep(std::exp(-input.friction * m_dt)),
        m_freedom(degrees_of_freedom(input.ensemble, atoms)),
        m_force_tolerance(input.force_tolerance),
        m_chain(m_freedom, input.thermostat_time * units::femtosecond) {}

  void first_half(Space const& space, System<Space> const& system, std::int64_t step) {
    if (minimises()) {
      auto const total = [&](Kokkos::Array<double, 3> sums) {
        m_communicator->messages().sum(sums.data(), 3);
        return sums;
      };
      return m_fire.step(space, system.positions, system.velocities, system.forces, total);
    }
    if (m_ensemble == Ensemble::nose_hoover) thermostat(space, system, step);
    bool const noise = m_ensemble == Ensemble::langevin;
    kick_and_drift(space, system, 0.5 * m_dt, noise ? 0.5 * m_dt : m_dt);
    if (noise) langevin_and_drift(space, system, m_keep, m_target.at(step), m_seed, step, 0.5 * m_dt);
  }

  void second_half(Space const& space, System<Space> const& system, std::int64_t step) {
    if (minimises()) return;
    kick_and_drift(space, system, 0.5 * m_dt, 0.0);
    if (m_ensemble == Ensemble::nose_hoover) thermostat(space, system, step);
  }

  bool minimises() const { return m_ensemble == Ensemble::minimise; }
  double force_tolerance() const { return m_force_tolerance; }  ///< of minimisations, eV/Angstrom

  double time_step() const { return m_dt; }  ///< ps
  double temperature(double kinetic) const {
    return m_freedom > 0.0 ? 2.0 * kinetic / (m_freedom * units::boltzmann) : 0.0;
  }

  /// Energy of the thermostat, eV: with that of the atoms it is conserved under nvt-nose-hoover at a constant
  /// temperature.
  double thermostat_energy(Space const& space, std::int64_t step) const {
    return m_ensemble == Ensemble::nose_hoover ? m_chain.energy(space, m_target.kt(step)) : 0.0;
  }

  /// What a continued run must know besides positions and velocities.
  std::vector<double> state(Space const& space) const {
    if (minimises()) {
      auto const fire = m_fire.state();
      return {fire[0], fire[1], fire[2]};
    }
    return m_ensemble == Ensemble::nose_hoover ? m_chain.state(space) : std::vector<double>{};
  }
  void restore(Space const& space, System<Space> const& system, std::vector<double> const& state) {
    bool const of_minimisation = state.size() == 3;
    if (minimises() && of_minimisation) m_fire.restore({state[0], state[1], state[2]});
    if (minimises() && !of_minimisation) Kokkos::deep_copy(space, system.velocities, 0.0);
    if (!minimises() && of_minimisation)
      dp::fail("the restart file is of a minimisation, whose atoms have no velocities: begin with the last ",
               "frame of its trajectory as structure.file");
    if (m_ensemble == Ensemble::nose_hoover && !state.empty()) m_chain.restore(space, state);
  }

 private:
  void thermostat(Space const& space, System<Space> const& system, std::int64_t step) {
    sum_kinetic(space, system);
    m_communicator->sum(space, system.kinetic);
    m_chain.apply(space, system, m_target.kt(step), 0.5 * m_dt);
  }

  Communicator* m_communicator;
  Ensemble m_ensemble;
  double m_dt;
  TargetTemperature m_target;
  std::int64_t m_seed;
  double m_keep;
  double m_freedom;
  double m_force_tolerance;
  examples::Fire<Space> m_fire{0};
  NoseHooverChain<Space> m_chain;
};

}  // namespace md
