// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "md/parallel/communicator.hpp"
#include "md/random.hpp"
#include "md/units.hpp"

namespace md {

/// Degrees of freedom where the centre of mass rests.
inline double resting_freedom(std::size_t atoms) {
  return atoms > 1 ? 3.0 * static_cast<double>(atoms) - 3.0 : 3.0 * static_cast<double>(atoms);
}

/// Those of the atoms of a run: of Langevin dynamics all, of others those of a centre of mass at rest.
inline double degrees_of_freedom(std::string_view ensemble, std::int64_t atoms) {
  return ensemble.ends_with("langevin") ? 3.0 * static_cast<double>(atoms)
                                        : resting_freedom(static_cast<std::size_t>(atoms));
}

/// Sum of m v^2, eV, of masses (N, g/mol) and velocities (N x 3, Angstrom/ps).
inline double twice_kinetic_energy(std::vector<double> const& masses, std::vector<double> const& velocities) {
  double sum = 0.0;
  for (std::size_t n = 0; n < velocities.size(); ++n)
    sum += units::kinetic * masses[n / 3] * velocities[n] * velocities[n];
  return sum;
}

/// Velocities (N x 3, Angstrom/ps) drawn from the Maxwell distribution: the same for the same seed on any
/// machine and number of ranks, up to rounding. Two atoms or more have no momentum together and exactly the
/// temperature asked for. Each rank has the atoms from `first` on.
inline std::vector<double> maxwell_velocities(std::vector<double> const& masses, double temperature,
                                              std::int64_t seed,
                                              Communicator& communicator = Communicator::alone(),
                                              std::int64_t first = 0) {
  std::size_t const n = masses.size();
  std::vector<double> v(3 * n);
  // no step of the run has this number: the noise of a thermostat is independent of these draws
  constexpr auto draw = std::numeric_limits<std::uint64_t>::max();
  double momentum[3] = {}, mass = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    auto const normal =
        normal3(static_cast<std::uint64_t>(seed), draw, static_cast<std::uint64_t>(first) + i);
    double const width = std::sqrt(units::boltzmann * temperature / (masses[i] * units::kinetic));
    for (std::size_t k = 0; k < 3; ++k) {
      v[3 * i + k] = width * normal[k];
      momentum[k] += masses[i] * v[3 * i + k];
    }
    mass += masses[i];
  }
  auto const atoms = communicator.sum(static_cast<std::int64_t>(n));
  if (atoms < 2) return v;
  for (double* sum : {&momentum[0], &momentum[1], &momentum[2], &mass}) *sum = communicator.sum(*sum);
  for (std::size_t k = 0; k < 3 * n; ++k) v[k] -= momentum[k % 3] / mass;
  double const twice_kinetic = communicator.sum(twice_kinetic_energy(masses, v));
  double const wanted = resting_freedom(static_cast<std::size_t>(atoms)) * units::boltzmann * temperature;
  double const scale = twice_kinetic > 0.0 ? std::sqrt(wanted / twice_kinetic) : 0.0;
  for (double& component : v) component *= scale;
  return v;
}

}  // namespace md
