// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Core.hpp>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <dp/core/error.hpp>
#include <limits>
#include <vector>

#include "md/input.hpp"
#include "md/random.hpp"
#include "md/target_temperature.hpp"
#include "md/units.hpp"

namespace md {

/// A factor for each Cartesian axis.
using Stretch = Kokkos::Array<double, 3>;
inline constexpr Stretch no_stretch = {1.0, 1.0, 1.0};

inline bool is_stretch(Stretch const& s) { return s[0] != 1.0 || s[1] != 1.0 || s[2] != 1.0; }

/// Factors for the box with the atoms' positions, and for their velocities.
struct BoxChange {
  Stretch positions = no_stretch, velocities = no_stretch;
};

/// Numbers of a changing box in a restart file: its stretch, and the state of BoxControl.
inline constexpr std::size_t box_control_numbers = 7;

/// Says how the box changes: under a barostat, by a given strain rate along an axis, or both, the barostat
/// then on the other two axes. The barostat is stochastic cell rescaling (Bernetti and Bussi, J. Chem. Phys.
/// 153, 114107 (2020)), which beside a canonical thermostat samples the isothermal-isobaric ensemble: of the
/// volume, or of the extent along each Cartesian axis by itself. Lives on the host, the same on all ranks.
///
/// The box changes once in `every` steps: after a step whose number they divide plan() sees its pressure, and
/// take() is the change that comes before the forces of the next step.
class BoxControl {
 public:
  explicit BoxControl(Input const& input)
      : m_barostat(input.ensemble.starts_with("npt")),
        m_isotropic(input.coupling == "isotropic"),
        m_every(input.box_every),
        m_interval(static_cast<double>(input.box_every) * input.timestep * units::femtosecond),
        m_mobility(input.compressibility * units::bar * m_interval /
                   (input.barostat_time * units::femtosecond)),
        m_pressure(input.pressure / units::bar),
        m_target(input),
        m_seed(input.seed),
        m_axis(input.deform_axis == "none" ? -1 : input.deform_axis[0] - 'x'),
        m_strain_rate(input.strain_rate) {}

  bool active() const { return m_barostat || m_axis >= 0; }
  bool plans_after(std::int64_t step) const { return m_barostat && step % m_every == 0; }
  bool changes_before(std::int64_t step) const { return active() && (step - 1) % m_every == 0; }

  int axis() const { return m_axis; }         ///< along which the box is strained; -1: none
  double strain() const { return m_strain; }  ///< engineering strain so far

  /// The change that follows from the `pressure` along each axis (eV/Angstrom^3) in `volume` (Angstrom^3).
  /// \throws dp::Error for one too large for any dynamics
  void plan(std::int64_t step, double volume, Kokkos::Array<double, 3> const& pressure) {
    // no atom has this number: independent of the thermostat's noise
    constexpr auto draw = std::numeric_limits<std::uint64_t>::max();
    auto const normal = normal3(static_cast<std::uint64_t>(m_seed), static_cast<std::uint64_t>(step), draw);
    double const mean = (pressure[0] + pressure[1] + pressure[2]) / 3.0;
    // In ln V, where the noise of the volume leaves no drift behind. Three axes share the mobility, so that
    // their sum moves as the volume does.
    double const width = std::sqrt(2.0 * m_target.kt(step) * m_mobility / volume);
    for (std::size_t k = 0; k < 3; ++k) {
      m_planned[k] = m_isotropic
                         ? (m_mobility * (mean - m_pressure) + width * normal[0]) / 3.0
                         : m_mobility / 3.0 * (pressure[k] - m_pressure) + width / std::sqrt(3.0) * normal[k];
      if (!(std::abs(m_planned[k]) < largest_change))
        dp::fail("the barostat would change the box by ", 100.0 * m_planned[k], " % along ", "xyz"[k],
                 " at once, where the pressure is ", pressure[k] * units::bar, " bar: expected less than ",
                 100.0 * largest_change,
                 " %; use a longer run.barostat_time_fs, or relax the structure first");
    }
  }

  /// The change that was planned, and the next part of the strain. Momenta change with the inverse, so that
  /// the box does the work on the atoms that their pressure says.
  BoxChange take() {
    BoxChange change;
    for (std::size_t k = 0; k < 3; ++k) {
      change.positions[k] = std::exp(m_planned[k]);
      m_planned[k] = 0.0;
    }
    if (m_axis >= 0) {
      double const strain = m_strain + m_strain_rate * m_interval;
      change.positions[static_cast<std::size_t>(m_axis)] = (1.0 + strain) / (1.0 + m_strain);
      m_strain = strain;
    }
    for (std::size_t k = 0; k < 3; ++k) change.velocities[k] = 1.0 / change.positions[k];
    return change;
  }

  /// What a continued run must know.
  std::vector<double> state() const { return {m_planned[0], m_planned[1], m_planned[2], m_strain}; }
  void restore(std::vector<double> const& state) {
    std::copy_n(state.begin(), 3, m_planned.data());
    m_strain = state[3];
  }

 private:
  static constexpr double largest_change = 0.05;
  bool m_barostat, m_isotropic;
  std::int64_t m_every;
  double m_interval;  ///< between changes, ps
  double m_mobility;  ///< compressibility times interval over the barostat's time, Angstrom^3/eV
  double m_pressure;  ///< eV/Angstrom^3
  TargetTemperature m_target;
  std::int64_t m_seed;
  int m_axis;
  double m_strain_rate;  ///< 1/ps
  double m_strain = 0.0;
  Kokkos::Array<double, 3> m_planned = {};  ///< change of the logarithm of each extent
};

}  // namespace md
