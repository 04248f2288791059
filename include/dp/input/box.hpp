// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cmath>
#include <dp/core/error.hpp>

namespace dp {

/// A parallelepiped of any shape and handedness, on the host. Periodic or not along each of its vectors;
/// where it is not, atoms may lie anywhere along that vector.
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

  /// \throws dp::Error unless all entries of `h` are finite and its vectors span a volume
  void check() const {
    double lengths = 1;
    for (int k = 0; k < 3; ++k) lengths *= length(row(k));
    // Also false for NaN. The bound is far below any box in use (angles of 0.1 degree give 1e-6).
    if (volume() > 1e-9 * lengths && std::isfinite(lengths)) return;
    fail("dp::Box: expected three finite vectors that span a volume, found a = (", h[0], ", ", h[1], ", ",
         h[2], "), b = (", h[3], ", ", h[4], ", ", h[5], "), c = (", h[6], ", ", h[7], ", ", h[8], ")");
  }

  /// Cubic Angstrom, positive for left-handed vectors too.
  double volume() const { return std::abs(determinant()); }

  /// Distances between opposite faces, Angstrom: the thickness along a, b and c.
  std::array<double, 3> widths() const {
    std::array<double, 3> result{};
    for (int k = 0; k < 3; ++k) result[at(k)] = volume() / length(normal(k));
    return result;
  }

  /// The inverse of `h`, row-major: fractional coordinates are f_k = sum_j x_j inverse[3 j + k].
  std::array<double, 9> inverse() const {
    std::array<double, 9> result{};
    for (int k = 0; k < 3; ++k) {
      for (int j = 0; j < 3; ++j) result[at(3 * j + k)] = normal(k)[at(j)] / determinant();
    }
    return result;
  }

  /// This box with the Cartesian components of its vectors multiplied by `factors`.
  template <class Factors>
  Box stretched(Factors const& factors) const {
    Box result = *this;
    for (int i = 0; i < 9; ++i) result.h[at(i)] *= factors[at(i % 3)];
    return result;
  }

  /// The coordinates of the point `x` in units of a, b and c.
  std::array<double, 3> fractional(std::array<double, 3> const& x) const {
    auto const g = inverse();
    std::array<double, 3> f{};
    for (int k = 0; k < 3; ++k) f[at(k)] = x[0] * g[at(k)] + x[1] * g[at(3 + k)] + x[2] * g[at(6 + k)];
    return f;
  }

 private:
  using Point = std::array<double, 3>;
  static std::size_t at(int i) { return static_cast<std::size_t>(i); }
  static double length(Point const& v) { return std::hypot(v[0], v[1], v[2]); }
  Point row(int k) const { return {h[at(3 * k)], h[at(3 * k + 1)], h[at(3 * k + 2)]}; }

  /// Cross product of the two vectors that follow vector k in cyclic order.
  Point normal(int k) const {
    Point const u = row((k + 1) % 3), v = row((k + 2) % 3);
    return {u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]};
  }

  double determinant() const {
    Point const n = normal(0);
    return h[0] * n[0] + h[1] * n[1] + h[2] * n[2];
  }
};

}  // namespace dp
