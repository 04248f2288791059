// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <dp/core/views.hpp>
#include <dp/input/position_bounds.hpp>

namespace dp::detail {

/// Cubic cells, two to the reach, that cover all atoms. Their number is bounded: along a direction that would
/// have too many, distant cells share their memory (cell c is kept at c modulo `kept`). That only adds
/// candidates to the search, so that a few atoms far away cost nothing.
struct CellGrid {
  static constexpr int per_reach = 2;
  static constexpr int stencil = 2 * per_reach + 1;

  double origin[3];
  double inverse_edge;
  int extent[3];  ///< cells from the first to the last atom
  int kept[3];    ///< cells in memory; `extent`, or fewer but not fewer than the stencil

  CellGrid(PositionBounds const& bounds, std::int64_t atoms, double reach) {
    double longest = 0;
    for (int k = 0; k < 3; ++k) longest = std::max(longest, bounds.upper[k] - bounds.lower[k]);
    // A little larger than reach / 2, by more than the rounding of a coordinate of up to 1e9 cells.
    double const edge = std::max(reach / per_reach * (1 + 1e-6), longest * 1e-9);
    inverse_edge = 1 / edge;
    for (int k = 0; k < 3; ++k) {
      origin[k] = bounds.lower[k];
      extent[k] = static_cast<int>(coordinate(bounds.upper[k], k)) + 1;
    }
    // Shortest direction first: what it does not use is left to the others.
    int order[3] = {0, 1, 2};
    std::sort(order, order + 3, [this](int a, int b) { return extent[a] < extent[b]; });
    double room = 2 * static_cast<double>(atoms);
    for (int n = 0; n < 3; ++n) {
      int const k = order[n];
      double const share = std::pow(room, 1.0 / (3 - n));
      kept[k] = std::min(extent[k], std::max(stencil, static_cast<int>(share)));
      room /= kept[k];
    }
  }

  std::int64_t size() const { return static_cast<std::int64_t>(kept[0]) * kept[1] * kept[2]; }

  /// Coordinate k in units of cells.
  KOKKOS_FUNCTION double coordinate(double x, int k) const { return (x - origin[k]) * inverse_edge; }

  /// Where the cell with number c along direction k is kept.
  KOKKOS_FUNCTION int slot(int c, int k) const { return c < kept[k] ? c : c % kept[k]; }

  /// The first of a row of cells along the last direction.
  KOKKOS_FUNCTION int column(int a, int b) const { return (slot(a, 0) * kept[1] + slot(b, 1)) * kept[2]; }

  KOKKOS_FUNCTION int cell(double x, double y, double z) const {
    return column(static_cast<int>(coordinate(x, 0)), static_cast<int>(coordinate(y, 1))) +
           slot(static_cast<int>(coordinate(z, 2)), 2);
  }

  /// Calls visit(first, end) for each range of consecutive cells that a sphere of radius reach about the
  /// point may touch, and at least once for each cell there; no cell twice. Always in the same order.
  template <class Visit>
  KOKKOS_FUNCTION void for_each_run(double x, double y, double z, Visit const& visit) const {
    // A radius of per_reach cells exceeds the reach by what rounding asks for, see the constructor.
    double const square = per_reach * per_reach;
    double const u = coordinate(x, 0), v = coordinate(y, 1), w = coordinate(z, 2);
    int const column_u = static_cast<int>(u), column_v = static_cast<int>(v), column_w = static_cast<int>(w);
    for (int a = first(column_u - per_reach); a <= last(column_u + per_reach, 0); ++a) {
      double const du = distance(u, a);
      for (int b = first(column_v - per_reach); b <= last(column_v + per_reach, 1); ++b) {
        double const dv = distance(v, b);
        double const rest = square - du * du - dv * dv;
        if (rest < 0) continue;
        // Never more than the stencil, even where w + dw rounds up: further cells may be kept in the same
        // place.
        double const dw = Kokkos::sqrt(rest);
        int const front = first(w > dw ? static_cast<int>(w - dw) : 0);
        int const back = static_cast<int>(w + dw), most = column_w + per_reach;
        int const cells = last(back < most ? back : most, 2) - front + 1;
        int const start = slot(front, 2), base = column(a, b);
        if (start + cells <= kept[2]) {
          visit(base + start, base + start + cells);
        } else {
          visit(base, base + start + cells - kept[2]);
          visit(base + start, base + kept[2]);
        }
      }
    }
  }

 private:
  KOKKOS_FUNCTION static int first(int c) { return c > 0 ? c : 0; }
  KOKKOS_FUNCTION int last(int c, int k) const { return c < extent[k] ? c : extent[k] - 1; }
  /// From the point u to the cell c along one direction; zero inside.
  KOKKOS_FUNCTION static double distance(double u, int c) {
    return u < c ? c - u : (u > c + 1.0 ? u - c - 1.0 : 0.0);
  }
};

}  // namespace dp::detail
