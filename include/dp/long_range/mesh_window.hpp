// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Core.hpp>
#include <cstdint>
#include <dp/core/lanes.hpp>
#include <dp/core/views.hpp>

namespace dp::detail {

/// A mesh of n[0] x n[1] x n[2] points in a periodic box. Rows are `row` numbers apart: behind the n[2]
/// points of a row there is room for a window that leaves it.
template <class Space>
struct MeshPoints {
  int n[3], row;
  int points, degree, width;           ///< of the window, see WindowTable
  double reciprocal[9];                ///< those of the box as rows, 1/Angstrom
  Vector<double const, Space> window;  ///< coefficients

  KOKKOS_FUNCTION std::int64_t size() const { return std::int64_t(n[0]) * n[1] * row; }
  KOKKOS_FUNCTION std::int64_t begin(int i0, int i1) const { return (std::int64_t(i0) * n[1] + i1) * row; }
  /// `i` in [0, 2 n[k]) or, where the box is smaller than the window, beyond.
  KOKKOS_FUNCTION int wrapped(int k, int i) const {
    while (i >= n[k]) i -= n[k];
    return i;
  }

  /// The first point that the window of a charge reaches along vector k, in [0, n[k]), and how far it is
  /// within the window, in [0, 1).
  KOKKOS_FUNCTION int first(int k, double x, double y, double z, double& inside) const {
    double const f = x * reciprocal[3 * k] + y * reciprocal[3 * k + 1] + z * reciprocal[3 * k + 2];
    double const fraction = f - Kokkos::floor(f);
    double const edge = (fraction < 1.0 ? fraction : 0.0) * n[k] - 0.5 * points;
    double const point = Kokkos::ceil(edge);
    inside = point - edge + 0.0 * fraction;  // NaN stays NaN, at some point of the mesh
    int start = static_cast<int>(point);
    while (start < 0) start += n[k];
    return wrapped(k, start);
  }
};

/// The windows of one charge: values at the points that it reaches along the three vectors and, if `Slopes`,
/// their derivatives by the charge's place in mesh spacings. `Width`: MeshPoints::width.
template <class Space, int Width, bool Slopes>
struct ChargeWindow {
  using Side = Lanes<Space, double>;
  using Number = typename Side::Type;
  static constexpr int packs = Width / Side::count;

  int first[3];
  Number value[3][packs], slope[3][Slopes ? packs : 1];

  KOKKOS_FORCEINLINE_FUNCTION ChargeWindow(MeshPoints<Space> const& mesh, double x, double y, double z) {
    for (int k = 0; k < 3; ++k) {
      double inside;
      first[k] = mesh.first(k, x, y, z, inside);
      double const t = 2.0 * inside - 1.0;
      double const* c = mesh.window.data() + mesh.degree * Width;
      for (int p = 0; p < packs; ++p) {
        value[k][p] = Side::load(c + p * Side::count);
        if constexpr (Slopes) slope[k][p] = value[k][p] * 0.0;
      }
      for (int d = mesh.degree; d-- > 0;) {
        c -= Width;
        for (int p = 0; p < packs; ++p) {
          if constexpr (Slopes) slope[k][p] = slope[k][p] * t + value[k][p];
          value[k][p] = value[k][p] * t + Side::load(c + p * Side::count);
        }
      }
      if constexpr (Slopes)
        for (int p = 0; p < packs; ++p) slope[k][p] *= -2.0;
    }
  }

  /// Number `j` of a window, from memory.
  KOKKOS_FORCEINLINE_FUNCTION static double at(Number const (&numbers)[packs], int j) {
    return reinterpret_cast<double const*>(&numbers[0])[j];
  }
};

}  // namespace dp::detail
