// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <dp/core/half.hpp>
#include <dp/core/lanes.hpp>
#include <dp/core/views.hpp>
#include <vector>

namespace dp {

/// Whether dp's own products for hosts, which read panels, are those of a space.
template <class Space>
#ifdef DP_KOKKOS_KERNELS_ON_HOSTS
inline constexpr bool multiplies_panels = false;
#else
inline constexpr bool multiplies_panels = is_host_space<Space>;
#endif

/// The constant second factor B (rows x columns) of a product, stored as GEMM reads it: panels of `panel`
/// columns, each row-major and contiguous, the last one filled up with zeros; else one panel, so that B is
/// simply row-major.
template <class Space, class T>
struct PackedMatrix {
  /// Columns of a panel, where there are several.
  static constexpr int host_panel = 2 * lane_count<Space, ArithmeticOf<T>>;

  T const* data = nullptr;  ///< size(rows, columns) numbers
  int rows = 0;             ///< of B
  int columns = 0;          ///< of B, without the zeros

  /// Columns of a panel.
  KOKKOS_INLINE_FUNCTION int panel() const { return multiplies_panels<Space> ? host_panel : columns; }

  /// Columns with the zeros of the last panel.
  static int padded(int columns) {
    return multiplies_panels<Space> ? (columns + host_panel - 1) / host_panel * host_panel : columns;
  }
  /// Numbers that a packed matrix takes.
  static std::size_t size(int rows, int columns) {
    return static_cast<std::size_t>(rows) * static_cast<std::size_t>(padded(columns));
  }

  /// Numbers that it and its transpose take.
  static std::size_t both_sizes(int rows, int columns) { return size(rows, columns) + size(columns, rows); }

  /// Appends B to `flat`; `entry(i, j)` gives B_ij.
  template <class Entry>
  static void pack(std::vector<double>& flat, int rows, int columns, Entry const& entry) {
    int const panel = multiplies_panels<Space> ? host_panel : columns;
    auto const old = flat.size();
    flat.resize(old + size(rows, columns));  // with zeros
    double* row = flat.data() + old;
    for (int begin = 0; begin < columns; begin += panel)
      for (int i = 0; i < rows; ++i, row += panel)
        for (int j = begin; j < std::min(begin + panel, columns); ++j) row[j - begin] = entry(i, j);
  }
  /// Appends B and its transpose.
  template <class Entry>
  static void pack_both(std::vector<double>& flat, int rows, int columns, Entry const& entry) {
    pack(flat, rows, columns, entry);
    pack(flat, columns, rows, [&](int i, int j) { return entry(j, i); });
  }
};

}  // namespace dp
