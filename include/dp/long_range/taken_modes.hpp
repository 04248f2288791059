// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Core.hpp>
#include <cmath>
#include <cstddef>
#include <dp/core/error.hpp>
#include <dp/input/box.hpp>
#include <dp/long_range/fourier_modes.hpp>
#include <dp/model/mode_box.hpp>
#include <numbers>

namespace dp::detail {

/// The modes of a box that a ModeBox takes.
struct TakenModes {
  FourierModes modes;
  double cutoff2;  ///< square of the largest k, 1/Angstrom^2
  bool zero;       ///< whether k = 0 counts

  KOKKOS_FUNCTION double k2(int n0, int n1, int n2) const {
    constexpr double pi = Kokkos::numbers::pi;
    return 4.0 * pi * pi * modes.square(n0, n1, n2);
  }
  /// What a mode counts, with the one that is left out because it is conjugate: 0 where it is not taken.
  KOKKOS_FUNCTION double share(int n0, double k2) const {
    if (k2 > cutoff2 || (k2 == 0.0 && !zero)) return 0.0;
    return (n0 == 0 ? 1.0 : 2.0) / modes.volume;
  }
};

/// \throws dp::Error for a box that has no such modes, or too many for a direct sum
inline TakenModes taken_modes(Box const& box, ModeBox const& range) {
  if (range.spacing > 0.0) return {fourier_modes(box, range.spacing), INFINITY, range.zero};
  TakenModes taken{reciprocal_of(box), INFINITY, range.zero};
  if (range.cutoff > 0.0) taken.cutoff2 = range.cutoff * range.cutoff;
  auto const lengths = lengths_of(box);
  double number = 1.0;
  for (std::size_t k = 0; k < 3; ++k) {
    double const length = lengths[k];
    double const half = range.cutoff > 0.0 ? std::floor(range.cutoff * length / (2.0 * std::numbers::pi))
                                           : range.counts[k] / 2;
    number *= 2.0 * half + 1.0;
    if (!(number <= most_modes))
      fail("dp::LongRangeConvolution: expected a box with at most ", most_modes, " modes, found a vector of ",
           length, " Angstrom with ", 2.0 * half + 1.0);
    taken.modes.half[k] = static_cast<int>(half);
  }
  return taken;
}

}  // namespace dp::detail
