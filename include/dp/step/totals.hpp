// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/views.hpp>
#include <dp/input/configuration.hpp>

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

/// Sums over atoms: the energy and the nine entries of the virial.
struct Totals {
  static constexpr int count = 10;
  double values[count] = {};

  KOKKOS_INLINE_FUNCTION void add(int k, double value) { values[k] += value; }
  KOKKOS_INLINE_FUNCTION Totals& operator+=(Totals const& other) {
    for (int k = 0; k < count; ++k) values[k] += other.values[k];
    return *this;
  }
};

/// The same, whatever the order of summation.
struct FixedTotals {
  static constexpr int count = Totals::count;
  std::int64_t high[count] = {}, low[count] = {};

  KOKKOS_INLINE_FUNCTION void add(int k, double value) {
    FixedTotal const fixed(value);
    high[k] += fixed.high;
    low[k] += fixed.low;
  }
  KOKKOS_INLINE_FUNCTION FixedTotals& operator+=(FixedTotals const& other) {
    for (int k = 0; k < count; ++k) {
      high[k] += other.high[k];
      low[k] += other.low[k];
    }
    return *this;
  }
};

/// Adds sums over atoms to the outputs; other tiles of a device may do so, too.
template <class Space>
struct AddTotals {
  Single<Totals, Space> totals;
  Output<Space> output;

  KOKKOS_FUNCTION void operator()(std::int64_t) const {
    if (output.energy.data()) Kokkos::atomic_add(&output.energy(), totals().values[0]);
    if (output.virial.data())
      for (std::size_t k = 0; k < 9; ++k) Kokkos::atomic_add(&output.virial(k), totals().values[k + 1]);
  }
};

/// Adds the sums over a tile to those of the step, (2 * count), high and low; other threads may do so, too.
template <class Space>
struct CollectTotals {
  Single<FixedTotals, Space> totals;
  Vector<std::int64_t, Space> sum;

  KOKKOS_FUNCTION void operator()(std::int64_t) const {
    for (int k = 0; k < Totals::count; ++k) {
      Kokkos::atomic_add(&sum(2 * k), totals().high[k]);
      Kokkos::atomic_add(&sum(2 * k + 1), totals().low[k]);
    }
  }
};

/// And those to the outputs.
template <class Space>
struct AddFixedTotals {
  Vector<std::int64_t const, Space> sum;
  Output<Space> output;

  KOKKOS_FUNCTION void operator()(std::int64_t) const {
    auto const total = [&](std::size_t k) { return FixedTotal(sum(2 * k), sum(2 * k + 1)).value(); };
    if (output.energy.data()) output.energy() += total(0);
    if (output.virial.data())
      for (std::size_t k = 0; k < 9; ++k) output.virial(k) += total(k + 1);
  }
};

}  // namespace dp::detail
