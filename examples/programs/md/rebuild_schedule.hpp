// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>

#include "md/parallel/communicator.hpp"
#include "md/system.hpp"
#include "md/units.hpp"

namespace md {

/// What a look at the atoms says.
struct Look {
  double time = 0.0;   ///< ps, see look_at_atoms()
  double speed = 0.0;  ///< of the fastest atom, Angstrom/ps; infinite where one is not a number
};

/// The time that passes before an atom can be farther than `limit` (Angstrom) from its place in `reference`,
/// stretched as the box is since then, if no speed and no acceleration more than doubles; negative where one
/// is, or is not a number. Waits for it.
template <class Space>
Look look_at_atoms(Space const& space, System<Space> const& system, Vectors<Space> const& reference,
                   Stretch const& stretch, double limit) {
  auto const x = system.positions, v = system.velocities, f = system.forces;
  auto const m = system.masses;
  Look result;
  Kokkos::parallel_reduce(
      "md::look_at_atoms", Kokkos::RangePolicy<Space>(space, 0, m.extent(0)),
      KOKKOS_LAMBDA(std::size_t i, double& least, double& fastest) {
        double move = 0.0, speed = 0.0, force = 0.0;
        for (std::size_t k = 0; k < 3; ++k) {
          double const d = x(i, k) - stretch[k] * reference(i, k);
          move += d * d;
          speed += v(i, k) * v(i, k);
          force += f(i, k) * f(i, k);
        }
        // When 2 (v t + a t^2 / 2) is the way left.
        double const left = limit - Kokkos::sqrt(move), a = units::acceleration * Kokkos::sqrt(force) / m(i);
        double const divisor = Kokkos::sqrt(speed) + Kokkos::sqrt(speed + a * left);
        double const time = divisor == 0.0 ? Kokkos::Experimental::infinity_v<double> : left / divisor;
        least = Kokkos::fmin(least, left >= 0.0 && time >= 0.0 ? time : -1.0);
        bool const finite = Kokkos::isfinite(move) && Kokkos::isfinite(speed);
        fastest =
            Kokkos::fmax(fastest, finite ? Kokkos::sqrt(speed) : Kokkos::Experimental::infinity_v<double>);
      },
      Kokkos::Min<double>(result.time), Kokkos::Max<double>(result.speed));
  return result;
}

/// Says when the neighbour list must be made anew: after a number of steps, and whenever an atom has gone
/// farther than half the skin, so that two atoms beyond cutoff + skin cannot have come within the cutoff
/// unseen. The host looks at the atoms only when one may have come so far, since a GPU waits for each look.
/// No atom slips through unless it more than doubles its speed or acceleration between two looks; late()
/// counts these. Where the box changes, only what atoms move besides it counts, and a box that shrinks takes
/// its part of the skin.
template <class Space>
class RebuildSchedule {
 public:
  /// `atoms`: of this rank; `time_step`: ps. All ranks look and rebuild at the same steps.
  RebuildSchedule(std::int64_t atoms, double skin, std::int64_t every, double time_step,
                  Communicator& communicator = Communicator::alone())
      : m_communicator(&communicator),
        m_reference("md::reference", static_cast<std::size_t>(atoms)),
        m_skin(skin),
        m_limit(0.5 * skin),
        m_every(every),
        m_time_step(time_step) {}

  bool due(Space const& space, std::int64_t step, System<Space> const& system) {
    m_fastest = 0.0;
    if (step - m_step >= m_every) return true;
    if (step < m_next_look) return false;
    Look const own = look_at_atoms(space, system, m_reference, m_stretch, m_limit);
    auto const all = m_communicator->maximum<2>({-own.time, own.speed});
    double const time = -all[0];
    m_fastest = all[1];
    if (time < 0.0 && step > m_last_look + 1) ++m_late;
    m_last_look = step;
    m_next_look =
        step + 1 + static_cast<std::int64_t>(std::min(time / m_time_step, static_cast<double>(m_every)));
    return time < 0.0;
  }

  /// The list was made from these positions.
  void built(Space const& space, std::int64_t step, Vectors<Space> const& positions) {
    if (m_reference.extent(0) != positions.extent(0)) Kokkos::realloc(m_reference, positions.extent(0));
    Kokkos::deep_copy(space, m_reference, positions);
    m_stretch = no_stretch;
    m_limit = 0.5 * m_skin;
    m_step = m_last_look = step;
    m_next_look = step + 1;
    ++m_count;
  }

  /// The box is now, before due() of this step, that of built() stretched so; the list reached so far there.
  void stretch(std::int64_t step, Stretch const& factors, double reach) {
    m_stretch = factors;
    // atoms beyond the reach are now beyond least * reach, and must still be beyond the cutoff
    double const least = std::min({1.0, factors[0], factors[1], factors[2]});
    m_limit = 0.5 * (m_skin - (1.0 - least) * reach);
    m_last_look = step - 1;
    m_next_look = step;
  }

  Vectors<Space> const& reference() const { return m_reference; }
  std::int64_t step() const { return m_step; }
  std::int64_t count() const { return m_count; }
  double fastest() const {
    return m_fastest;
  }  ///< speed that due() has just seen, Angstrom/ps; 0: not looked
  std::int64_t late() const { return m_late; }  ///< lists that were made some steps later than they should

  /// The first step at which due() looks: part of the state of a run.
  std::int64_t next_look() const { return m_next_look; }
  void look_at(std::int64_t step) { m_next_look = step; }

 private:
  Communicator* m_communicator;
  Vectors<Space> m_reference;
  double m_skin;
  double m_limit;  ///< how far atoms may go, Angstrom
  Stretch m_stretch = no_stretch;
  std::int64_t m_every;
  double m_time_step;
  std::int64_t m_step = 0, m_last_look = 0, m_next_look = 0;
  std::int64_t m_count = 0, m_late = 0;
  double m_fastest = 0.0;
};

}  // namespace md
