// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "md/system.hpp"

namespace md {

/// Square of the longest way of an atom between two sets of positions; waits for it. Infinite where one is
/// not a number.
template <class Space>
double largest_move_squared(Space const& space, Vectors<Space> from, Vectors<Space> to) {
  double largest = 0.0;
  Kokkos::parallel_reduce(
      "md::largest_move", Kokkos::RangePolicy<Space>(space, 0, from.extent(0)),
      KOKKOS_LAMBDA(std::size_t i, double& most) {
        double square = 0.0;
        for (std::size_t k = 0; k < 3; ++k) square += (to(i, k) - from(i, k)) * (to(i, k) - from(i, k));
        if (!(square <= most)) most = square >= 0.0 ? square : Kokkos::Experimental::infinity_v<double>;
      },
      Kokkos::Max<double>(largest));
  return largest;
}

/// Says when the neighbour list must be made anew: after a number of steps, and whenever an atom has gone
/// farther than half the skin, so that two atoms beyond cutoff + skin cannot have come within the cutoff
/// unseen.
template <class Space>
class RebuildSchedule {
 public:
  RebuildSchedule(std::int64_t atoms, double skin, std::int64_t every)
      : m_reference("md::reference", static_cast<std::size_t>(atoms)), m_skin(skin), m_every(every) {}

  bool due(Space const& space, std::int64_t step, Vectors<Space> const& positions) const {
    if (step - m_step >= m_every) return true;
    return largest_move_squared(space, m_reference, positions) > 0.25 * m_skin * m_skin;
  }

  /// The list was made from these positions.
  void built(Space const& space, std::int64_t step, Vectors<Space> const& positions) {
    Kokkos::deep_copy(space, m_reference, positions);
    m_step = step;
    ++m_count;
  }

  Vectors<Space> const& reference() const { return m_reference; }
  std::int64_t step() const { return m_step; }
  std::int64_t count() const { return m_count; }

 private:
  Vectors<Space> m_reference;
  double m_skin;
  std::int64_t m_every;
  std::int64_t m_step = 0;
  std::int64_t m_count = 0;
};

}  // namespace md
