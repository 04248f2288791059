// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Core.hpp>
#include <cstddef>
#include <cstdint>

namespace dp::backend {

/// Where the transform of a real mesh (n0 x n1 x n2) stands in memory: of the last index only the first half,
/// 0 to n2 / 2, as many numbers together as a transform has lanes, their real parts before the imaginary
/// ones. With one lane: complex numbers.
struct Spectrum {
  int n0, n1, half;  ///< half: n2 / 2 + 1
  int lanes;

  KOKKOS_FUNCTION int groups() const { return (half + lanes - 1) / lanes; }
  /// Numbers of a row: all of the last index.
  KOKKOS_FUNCTION std::int64_t row_size() const { return std::int64_t(2) * groups() * lanes; }
  KOKKOS_FUNCTION std::int64_t row(int i0, int i1) const { return (std::int64_t(i0) * n1 + i1) * row_size(); }
  /// Of the real part in its row; the imaginary one is `lanes` behind it.
  KOKKOS_FUNCTION int column(int i2) const { return i2 / lanes * 2 * lanes + i2 % lanes; }
  std::size_t size() const { return static_cast<std::size_t>(row(n0, 0)); }
};

}  // namespace dp::backend
