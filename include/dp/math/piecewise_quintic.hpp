// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <vector>

namespace dp {

/// Functions of one variable as piecewise quintics over equal intervals, on the host. Each piece takes value
/// and slope of the functions at its ends and their values at two points between, so the table is C1; its
/// derivative is by definition that of the polynomials.
struct PiecewiseQuintic {
  static constexpr int coefficients = 6;  ///< of each piece and function

  double lower = 0.0;  ///< where the table begins
  double upper = 0.0;  ///< and ends
  int intervals = 0;   ///< of equal length
  int functions = 0;   ///< tabulated side by side
  std::vector<double>
      data;  ///< (intervals, 6, functions): coefficients of rising powers of (x - left end) / step

  /// Length of an interval.
  double step() const { return (upper - lower) / intervals; }

  /// Samples that a table needs, in rising order: 3 per interval and the end.
  static std::vector<double> nodes(double lower, double upper, int intervals) {
    std::vector<double> x;
    for (int i = 0; i <= 3 * intervals; ++i) x.push_back(lower + (upper - lower) * i / (3.0 * intervals));
    return x;
  }

  /// From values and slopes (nodes x functions, row-major) at nodes().
  PiecewiseQuintic(double low, double up, int count, int width, std::vector<double> const& values,
                   std::vector<double> const& slopes)
      : lower(low), upper(up), intervals(count), functions(width) {
    auto const n = static_cast<std::size_t>(width);
    data.resize(static_cast<std::size_t>(count) * coefficients * n);
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i)
      for (std::size_t k = 0; k < n; ++k) {
        auto const y = [&](std::size_t node) { return values[(3 * i + node) * n + k]; };
        auto const d = [&](std::size_t node) { return step() * slopes[(3 * i + node) * n + k]; };
        double* const c = &data[i * coefficients * n + k];
        // What cubic, quartic and quintic terms must make up at t = 1 (value, slope), 1/3 and 2/3.
        double const p = y(0), q = d(0);
        double const end = y(3) - p - q, slope = d(3) - q;
        double const third = y(1) - p - q / 3, two_thirds = y(2) - p - 2 * q / 3;
        // c2 t^2 + c3 t^3 + c4 t^4 + c5 t^5 = t^2 g(t), g cubic with g(1), g'(1) = slope - 2 g(1), g(1/3),
        // g(2/3).
        double const g1 = end, dg1 = slope - 2 * end, ga = 9 * third, gb = 2.25 * two_thirds;
        // Newton form with the nodes 1, 1, 2/3, 1/3.
        double const d1 = dg1, d2 = (gb - g1) / (-1.0 / 3), d3 = (ga - gb) / (-1.0 / 3);
        double const e1 = (d2 - d1) / (-1.0 / 3), e2 = (d3 - d2) / (-2.0 / 3), f = (e2 - e1) / (-2.0 / 3);
        // g = g1 + d1 (t-1) + e1 (t-1)^2 + f (t-1)^2 (t-2/3)
        c[0] = p;
        c[n] = q;
        c[2 * n] = g1 - d1 + e1 - f * 2.0 / 3;
        c[3 * n] = d1 - 2 * e1 + f * (1.0 + 4.0 / 3);
        c[4 * n] = e1 - f * (2.0 + 2.0 / 3);
        c[5 * n] = f;
      }
  }

  PiecewiseQuintic() = default;

  /// Value and slope of function `k`; outside the range the first or last piece goes on.
  std::array<double, 2> evaluate(double x, int k) const {
    double const u = (x - lower) / step();
    int const i = u < 0.0 ? 0 : (u < intervals ? static_cast<int>(u) : intervals - 1);
    double const t = u - i;
    double value = 0.0, slope = 0.0;
    for (int c = coefficients - 1; c >= 0; --c) {
      slope = slope * t + value;
      value = value * t + data[(static_cast<std::size_t>(i) * coefficients + static_cast<std::size_t>(c)) *
                                   static_cast<std::size_t>(functions) +
                               static_cast<std::size_t>(k)];
    }
    return {value, slope / step()};
  }
};

}  // namespace dp
