// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cmath>
#include <dp/core/error.hpp>

namespace dp {

/// A parallelepiped of any shape and handedness, on the host. Periodic or not along each of its vectors;
/// where it is not, atoms may lie anywhere along that vector, and the vector may be zero (slabs and wires
/// without vacuum): lengths and coordinates along it are then those along a unit vector perpendicular to the
/// others.
struct Box {
  std::array<double, 9> h = {1, 0, 0, 0, 1, 0, 0, 0, 1};  ///< lattice vectors a, b, c as rows, Angstrom
  std::array<bool, 3> periodic = {false, false, false};   ///< along a, b, c

  /// Open space: nothing is periodic.
  Box() = default;

  /// \throws dp::Error as check() does
  explicit Box(std::array<double, 9> const& lattice, std::array<bool, 3> const& pbc = {true, true, true})
      : h(lattice), periodic(pbc) {
    check();
  }

  /// \throws dp::Error unless all entries of `h` are finite, its vectors span a volume (but for vectors that
  /// are zero) and nothing is periodic along a vector that is zero
  void check() const {
    for (int k = 0; k < 3; ++k)
      if (is_zero(k) && periodic[at(k)])
        fail("dp::Box: vector ", "abc"[k], " is zero, so nothing can be periodic along it");
    Box const full = spanned();
    double lengths = 1;
    for (int k = 0; k < 3; ++k) lengths *= length(full.row(k));
    // Also false for NaN. The bound is far below any box in use (angles of 0.1 degree give 1e-6).
    if (full.volume() > 1e-9 * lengths && std::isfinite(lengths)) return;
    fail("dp::Box: expected three finite vectors that span a volume, found a = (", h[0], ", ", h[1], ", ",
         h[2], "), b = (", h[3], ", ", h[4], ", ", h[5], "), c = (", h[6], ", ", h[7], ", ", h[8], ")");
  }

  /// Cubic Angstrom, positive for left-handed vectors too; 0 where a vector is zero.
  double volume() const { return std::abs(determinant()); }

  /// This box with unit vectors, perpendicular to the others, in the place of those that are zero.
  Box spanned() const {
    Box result = *this;
    for (int k = 0; k < 3; ++k) {
      if (!result.is_zero(k)) continue;
      Point fill = result.normal(k);
      if (length(fill) == 0.0) {  // another vector is zero too: any that is perpendicular to the third
        Point const u = result.row((k + 1) % 3), v = result.row((k + 2) % 3);
        Point const third = length(u) > length(v) ? u : v;
        Point axis{};
        axis[at(least(third))] = 1.0;
        fill = length(third) > 0.0 ? cross(third, axis) : axis;
      }
      for (int i = 0; i < 3; ++i) result.h[at(3 * k + i)] = fill[at(i)] / length(fill);
    }
    return result;
  }

  /// Distances between opposite faces, Angstrom: the thickness along a, b and c.
  std::array<double, 3> widths() const {
    Box const full = spanned();
    std::array<double, 3> result{};
    for (int k = 0; k < 3; ++k) result[at(k)] = full.volume() / length(full.normal(k));
    return result;
  }

  /// The inverse of spanned().h, row-major: fractional coordinates are f_k = sum_j x_j inverse[3 j + k].
  std::array<double, 9> inverse() const {
    Box const full = spanned();
    std::array<double, 9> result{};
    for (int k = 0; k < 3; ++k)
      for (int j = 0; j < 3; ++j) result[at(3 * j + k)] = full.normal(k)[at(j)] / full.determinant();
    return result;
  }

  /// This box with the Cartesian components of its vectors multiplied by `factors`.
  template <class Factors>
  Box stretched(Factors const& factors) const {
    Box result = *this;
    for (int i = 0; i < 9; ++i) result.h[at(i)] *= factors[at(i % 3)];
    return result;
  }

  /// The coordinates of the point `x` in units of a, b and c (those of spanned()).
  std::array<double, 3> fractional(std::array<double, 3> const& x) const {
    auto const g = inverse();
    std::array<double, 3> f{};
    for (int k = 0; k < 3; ++k) f[at(k)] = x[0] * g[at(k)] + x[1] * g[at(3 + k)] + x[2] * g[at(6 + k)];
    return f;
  }

 private:
  using Point = std::array<double, 3>;
  static std::size_t at(int i) { return static_cast<std::size_t>(i); }
  static Point cross(Point const& u, Point const& v) {
    return {u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]};
  }
  /// The component of the least magnitude.
  static int least(Point const& v) {
    int const k = std::abs(v[1]) < std::abs(v[0]) ? 1 : 0;
    return std::abs(v[2]) < std::abs(v[at(k)]) ? 2 : k;
  }
  static double length(Point const& v) { return std::hypot(v[0], v[1], v[2]); }
  bool is_zero(int k) const { return row(k) == Point{}; }
  Point row(int k) const { return {h[at(3 * k)], h[at(3 * k + 1)], h[at(3 * k + 2)]}; }

  /// Cross product of the two vectors that follow vector k in cyclic order.
  Point normal(int k) const { return cross(row((k + 1) % 3), row((k + 2) % 3)); }

  double determinant() const {
    Point const n = normal(0);
    return h[0] * n[0] + h[1] * n[1] + h[2] * n[2];
  }
};

}  // namespace dp
