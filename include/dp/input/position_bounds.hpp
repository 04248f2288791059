// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <cstdint>
#include <dp/core/error.hpp>
#include <dp/core/kernels.hpp>
#include <dp/core/views.hpp>
#include <limits>

namespace dp::detail {

/// Coordinates from here on are refused as non-finite ones are: a double resolves them to no better than 1e-6
/// Angstrom, and cells are numbered in 32 bits.
inline constexpr double coordinate_limit = 1e10;

/// Smallest and largest coordinates of all atoms, and the first atom that has an unusable one.
struct PositionBounds {
  double lower[3];
  double upper[3];
  std::int64_t refused;  ///< index of the atom; the largest integer if there is none
  double at[3];          ///< its position
};

/// Reduction functor for PositionBounds.
template <class Space>
struct FindBounds {
  using value_type = PositionBounds;
  Strided2<double const, Space> positions;

  KOKKOS_FUNCTION void init(value_type& value) const {
    for (int k = 0; k < 3; ++k) {
      value.lower[k] = coordinate_limit;
      value.upper[k] = -coordinate_limit;
      value.at[k] = 0;
    }
    value.refused = Kokkos::Experimental::finite_max_v<std::int64_t>;
  }

  KOKKOS_FUNCTION void join(value_type& into, value_type const& from) const {
    bool const earlier = from.refused < into.refused;
    if (earlier) into.refused = from.refused;
    for (int k = 0; k < 3; ++k) {
      into.lower[k] = Kokkos::fmin(into.lower[k], from.lower[k]);
      into.upper[k] = Kokkos::fmax(into.upper[k], from.upper[k]);
      if (earlier) into.at[k] = from.at[k];
    }
  }

  KOKKOS_FUNCTION void operator()(std::int64_t i, value_type& value) const {
    bool usable = true;
    for (int k = 0; k < 3; ++k) {
      double const x = positions(i, k);
      usable = usable && Kokkos::fabs(x) < coordinate_limit;  // false for NaN
      value.lower[k] = x < value.lower[k] ? x : value.lower[k];
      value.upper[k] = x > value.upper[k] ? x : value.upper[k];
    }
    if (usable || i >= value.refused) return;
    value.refused = i;
    for (int k = 0; k < 3; ++k) value.at[k] = positions(i, k);
  }
};

/// Bounds of the (atoms x 3) `positions`; waits for them. `who` begins the message of an error.
/// \throws dp::Error for wrong extents, more atoms than 32 bits count, or an unusable position
template <class Space>
PositionBounds position_bounds(Space const& space, char const* who, Strided2<double const, Space> positions) {
  auto const atoms = static_cast<std::int64_t>(positions.extent(0));
  if (atoms > 0 && positions.extent(1) != 3)
    fail(who, ": positions must have 3 columns, found ", positions.extent(1));
  if (atoms > std::numeric_limits<int>::max() / 4)
    fail(who, ": at most ", std::numeric_limits<int>::max() / 4, " atoms can be numbered, found ", atoms);
  PositionBounds bounds;
  Kokkos::parallel_reduce("dp::positions::bounds", LightRange<Space>(space, 0, atoms),
                          FindBounds<Space>{positions}, bounds);
  if (bounds.refused < atoms)
    fail(who, ": atom ", bounds.refused + 1, " is at (", bounds.at[0], ", ", bounds.at[1], ", ", bounds.at[2],
         "); expected finite coordinates below ", coordinate_limit, " Angstrom");
  return bounds;
}

/// \throws dp::Error unless `reach` is a length
inline void check_reach(char const* who, double reach) {
  if (!(reach > 0) || !std::isfinite(reach))
    fail(who, ": reach must be positive and finite (cutoff + skin, in Angstrom), found ", reach);
}

}  // namespace dp::detail
