// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/views.hpp>
#include <dp/input/configuration.hpp>
#include <dp/step/fixed_point.hpp>

namespace dp::detail {

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

/// Adds sums over atoms to the outputs.
template <class Space>
struct AddTotals {
  Kokkos::View<Totals, typename Space::memory_space, Kokkos::MemoryTraits<Kokkos::Unmanaged>> totals;
  Output<Space> output;

  KOKKOS_FUNCTION void operator()(std::int64_t) const {
    if (output.energy.data()) output.energy() += totals().values[0];
    if (output.virial.data())
      for (std::size_t k = 0; k < 9; ++k) output.virial(k) += totals().values[k + 1];
  }
};

/// Adds the sums over a tile to those of the step, (2 * count), high and low; other threads may do so, too.
template <class Space>
struct CollectTotals {
  Kokkos::View<FixedTotals, typename Space::memory_space, Kokkos::MemoryTraits<Kokkos::Unmanaged>> totals;
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
