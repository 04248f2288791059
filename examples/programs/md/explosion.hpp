// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <limits>
#include <sstream>

#include "md/input.hpp"
#include "md/parallel/communicator.hpp"
#include "md/system.hpp"
#include "md/target_temperature.hpp"
#include "md/units.hpp"

namespace md {

/// A run that has left all physics: every rank throws it.
class Explosion : public AgreedError {
 public:
  using AgreedError::AgreedError;
};

/// Where a run ends as exploded: nothing that it computes from there on means anything.
class ExplosionLimits {
 public:
  explicit ExplosionLimits(Input const& input)
      : m_watch(!input.keep_going), m_moves(input.ensemble != "minimise"), m_timestep(input.timestep) {
    TargetTemperature const target(input);
    bool const follows = input.ensemble != "nve" && input.ensemble != "minimise";
    double const most = follows ? std::max(target.at(0), target.at(input.steps)) : 0.0;
    m_temperature = input.stop_above > 0.0 ? input.stop_above : std::max(100000.0, 10.0 * most);
  }

  /// \throws Explosion on all ranks, where a row of the table says so
  template <class Space, class Observables>
  void check_row(Space const& space, System<Space> const& system, Communicator& communicator,
                 Observables const& now) const {
    std::ostringstream what;
    if (!std::isfinite(now.potential) || !std::isfinite(now.kinetic))
      what << "the energy is not a finite number";
    else if (now.temperature > m_temperature)
      what << "the temperature is " << now.temperature << " K, above " << m_temperature
           << " (run.stop_above_K)";
    else
      return;
    if (m_watch) stop(space, system, communicator, now.step, what.str());
  }

  /// The same where the fastest atom of all ranks, `speed` in Angstrom/ps, moves farther in a step than any
  /// that feels the forces between.
  template <class Space>
  void check_speed(Space const& space, System<Space> const& system, Communicator& communicator,
                   std::int64_t step, double speed) const {
    constexpr double farthest = 5.0;  // Angstrom
    if (m_watch && m_moves && !(speed * m_timestep * units::femtosecond <= farthest))
      stop(space, system, communicator, step, "an atom goes too far in a step");
  }

 private:
  template <class Space>
  [[noreturn]] void stop(Space const& space, System<Space> const& system, Communicator& communicator,
                         std::int64_t step, std::string const& what) const {
    auto const velocities = download(space, system.velocities);
    auto const ids = download(space, system.ids);
    double fastest = -1.0;
    double atom = 0.0;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      double square = 0.0;  // std::hypot loses numbers that are none
      for (std::size_t k = 3 * i; k < 3 * i + 3; ++k) square += velocities[k] * velocities[k];
      double const speed =
          std::isfinite(square) ? std::sqrt(square) : std::numeric_limits<double>::infinity();
      if (speed <= fastest) continue;
      fastest = speed;
      atom = static_cast<double>(ids[i] + 1);
    }
    double const most = communicator.maximum<1>({fastest})[0];
    atom = communicator.maximum<1>({fastest == most ? atom : 0.0})[0];
    std::ostringstream text;
    text << "step " << step << ": the run has exploded: " << what << "; fastest is atom "
         << static_cast<std::int64_t>(atom);
    if (std::isfinite(most))
      text << ", at " << most << " Angstrom/ps, " << most * m_timestep * units::femtosecond
           << " Angstrom a step";
    else
      text << ", whose velocity is not a finite number";
    text << ". Is run.timestep_fs = " << m_timestep
         << " too long, are atoms of the structure too near each other, or is it none that the model knows? "
            "(run.keep_going = true goes on)";
    throw Explosion(text.str());
  }

  bool m_watch;
  bool m_moves;          ///< velocities are motion in time
  double m_timestep;     ///< fs
  double m_temperature;  ///< K
};

}  // namespace md
