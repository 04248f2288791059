// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Core.hpp>
#include <cstdint>

namespace dp::detail {

/// A number as two integers, high * 2^-Shift + low * 2^-(Shift + 32). Sums of integers do not depend on their
/// order, so neither do sums of these. Numbers of up to 2^Range are taken; 2^(62 - Shift - Range) of the
/// largest ones, and 2^31 of any, can be added before a sum overflows.
template <int Shift, int Range>
struct FixedPoint {
  std::int64_t high = 0, low = 0;

  static constexpr double unit = 1.0 / static_cast<double>(std::int64_t(1) << Shift);
  static constexpr double largest = static_cast<double>(std::int64_t(1) << Range);
  static constexpr double two32 = 4294967296.0;

  /// Whether `value` is a number that can be taken.
  KOKKOS_INLINE_FUNCTION static bool holds(double value) { return Kokkos::fabs(value) <= largest; }

  KOKKOS_INLINE_FUNCTION explicit FixedPoint(double value) {
    double const scaled = value / unit;
    double const whole = Kokkos::floor(scaled);
    high = static_cast<std::int64_t>(whole);
    low = static_cast<std::int64_t>(Kokkos::floor((scaled - whole) * two32 + 0.5));
  }
  KOKKOS_INLINE_FUNCTION FixedPoint(std::int64_t h, std::int64_t l) : high(h), low(l) {}

  KOKKOS_INLINE_FUNCTION double value() const {
    return static_cast<double>(high) * unit + static_cast<double>(low) * (unit / two32);
  }
};

/// Forces and virials of atoms, eV/Angstrom and eV: to 2^-52, up to 1e9, of up to 8192 neighbours of that
/// size.
using FixedForce = FixedPoint<20, 29>;
/// Energies and virials summed over all atoms, eV: to 2^-44 for each atom, up to 3e7 for each of 2^25 atoms.
using FixedTotal = FixedPoint<12, 25>;

}  // namespace dp::detail
