// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Core.hpp>
#include <algorithm>
#include <cstdint>
#include <dp/core/views.hpp>

namespace dp::detail {

/// The first two directions of a mesh cut into tiles, of four colours as a chessboard has two: what charges
/// of one tile reach is reached from no other tile of its colour. They depend on the mesh alone, and so do
/// the sums that go tile by tile.
struct MeshTiles {
  int n[2], count[2];

  /// `points`: of windows.
  static MeshTiles of(int n0, int n1, int points) {
    auto const even = [points](int n) { return std::max(1, n / (2 * std::max(points, 4)) * 2); };
    return {{n0, n1}, {even(n0), even(n1)}};
  }

  KOKKOS_FUNCTION int tiles() const { return count[0] * count[1]; }
  /// Of a charge whose window begins at these points.
  KOKKOS_FUNCTION int tile(int first0, int first1) const {
    return along(0, first0) * count[1] + along(1, first1);
  }

  static constexpr int colours = 4;
  KOKKOS_FUNCTION int tiles_of(int colour) const { return number(0, colour / 2) * number(1, colour % 2); }
  /// The tile of this number among those of a colour.
  KOKKOS_FUNCTION int of_colour(int colour, int item) const {
    int const across = number(1, colour % 2);
    return (2 * (item / across) + colour / 2) * count[1] + 2 * (item % across) + colour % 2;
  }

 private:
  KOKKOS_FUNCTION int along(int k, int first) const {
    return static_cast<int>((std::int64_t(first + 1) * count[k] - 1) / n[k]);
  }
  /// Even or odd tiles along direction k.
  KOKKOS_FUNCTION int number(int k, int odd) const { return (count[k] + 1 - odd) / 2; }
};

}  // namespace dp::detail
