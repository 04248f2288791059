// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <dp/math/gauss_legendre.hpp>
#include <numbers>
#include <vector>

namespace dp {

/// An even function that is zero beyond `points` / 2 mesh spacings: what a charge is on a mesh.
struct SpreadingWindow {
  /// semicircle: e^(shape (sqrt(1 - z^2) - 1)), z = 2 x / points. b_spline: of order `points`.
  enum class Kind { semicircle, b_spline };

  Kind kind = Kind::semicircle;  ///< form
  int points = 8;                ///< along each direction, from 2 on
  double shape = 0.0;            ///< of the semicircle; 2.3 a point is about right for meshes that are coarse

  /// At `x` mesh spacings from the charge.
  double value(double x) const {
    double const half = 0.5 * points;
    if (std::abs(x) >= half) return 0.0;
    if (kind == Kind::semicircle) {
      double const z = x / half;
      return std::exp(shape * (std::sqrt(1.0 - z * z) - 1.0));
    }
    std::vector<double> spline(static_cast<std::size_t>(points) + 1);  // of order n, at u, u - 1, ...
    for (int j = 0; j < points; ++j) {
      double const u = x + half - j;
      spline[static_cast<std::size_t>(j)] = u >= 0.0 && u < 1.0 ? 1.0 : 0.0;
    }
    for (int n = 2; n <= points; ++n)
      for (int j = 0; j <= points - n; ++j) {
        double const u = x + half - j;
        auto const s = static_cast<std::size_t>(j);
        spline[s] = (u * spline[s] + (n - u) * spline[s + 1]) / (n - 1);
      }
    return spline[0];
  }

  /// The integrals of value(x) cos(2 pi s x) for waves of `s` periods a mesh spacing, |s| up to 4.
  std::vector<double> transform(std::vector<double> const& s) const {
    using std::numbers::pi;
    std::vector<double> result(s.size(), 0.0);
    if (kind == Kind::b_spline) {
      for (std::size_t i = 0; i < s.size(); ++i)
        result[i] = s[i] == 0.0 ? 1.0 : std::pow(std::sin(pi * s[i]) / (pi * s[i]), points);
      return result;
    }
    static GaussLegendre const angles(120, 0.0, 0.5 * pi);  // x = points / 2 sin(angle) has no root in it
    for (std::size_t a = 0; a < angles.node.size(); ++a) {
      double const sine = std::sin(angles.node[a]), cosine = std::cos(angles.node[a]);
      double const weight = points * angles.weight[a] * std::exp(shape * (cosine - 1.0)) * cosine;
      for (std::size_t i = 0; i < s.size(); ++i) result[i] += weight * std::cos(pi * points * sine * s[i]);
    }
    return result;
  }
};

/// A window as polynomials, one for each mesh point that a charge reaches: with the first of them `t`
/// spacings inside the window, 0 <= t < 1, point j has the value sum_d c[d][j] (2 t - 1)^d.
struct WindowTable {
  int degree = 0;                    ///< of the polynomials
  int width = 0;                     ///< points, up to whole vector registers
  std::vector<double> coefficients;  ///< (degree + 1) rows of `width`, zeros behind the points

  /// Interpolates in Chebyshev's nodes.
  explicit WindowTable(SpreadingWindow const& window)
      : degree(window.kind == SpreadingWindow::Kind::b_spline ? window.points - 1 : window.points + 3),
        width((window.points + 3) / 4 * 4),
        coefficients(size(degree + 1) * size(width), 0.0) {
    int const n = degree + 1;
    for (int j = 0; j < window.points; ++j) {
      std::vector<double> last(size(n), 0.0), power(size(n), 0.0), next(size(n));  // Chebyshev's polynomials
      power[0] = 1.0;
      for (int m = 0; m < n; ++m) {
        double c = 0.0;
        for (int i = 0; i < n; ++i) {
          double const angle = std::numbers::pi * (i + 0.5) / n;
          c += window.value(0.5 * (std::cos(angle) + 1.0) + j - 0.5 * window.points) * std::cos(m * angle);
        }
        c *= (m == 0 ? 1.0 : 2.0) / n;
        for (int d = 0; d < n; ++d) coefficients[size(d * width + j)] += c * power[size(d)];
        double const twice = m == 0 ? 1.0 : 2.0;
        for (int d = 0; d < n; ++d)
          next[size(d)] = (d > 0 ? twice * power[size(d - 1)] : 0.0) - (m == 0 ? 0.0 : last[size(d)]);
        last = power;
        power = next;
      }
    }
  }

 private:
  static std::size_t size(int n) { return static_cast<std::size_t>(n); }
};

}  // namespace dp
