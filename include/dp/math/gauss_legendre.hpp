// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

namespace dp {

/// Nodes and weights of Gauss and Legendre's quadrature on an interval.
struct GaussLegendre {
  std::vector<double> node;    ///< in the interval
  std::vector<double> weight;  ///< of each node

  /// `n` nodes between `begin` and `end`.
  GaussLegendre(std::size_t n, double begin, double end) : node(n), weight(n) {
    auto const count = static_cast<double>(n);
    for (std::size_t i = 0; i < n; ++i) {
      double x = std::cos(std::numbers::pi * (static_cast<double>(i) + 0.75) / (count + 0.5)), slope = 1.0;
      for (int newton = 0; newton < 6; ++newton) {
        double last = 1.0, p = x;  // Legendre polynomials of degree k - 1 and k
        for (double k = 2.0; k <= count; ++k) {
          double const next = ((2.0 * k - 1.0) * x * p - (k - 1.0) * last) / k;
          last = p;
          p = next;
        }
        slope = count * (x * p - last) / (x * x - 1.0);
        x -= p / slope;
      }
      node[i] = 0.5 * (begin + end) - 0.5 * (end - begin) * x;
      weight[i] = (end - begin) / ((1.0 - x * x) * slope * slope);
    }
  }

  /// The integral of `f`.
  template <class Function>
  double operator()(Function const& f) const {
    double sum = 0.0;
    for (std::size_t i = 0; i < node.size(); ++i) sum += weight[i] * f(node[i]);
    return sum;
  }
};

}  // namespace dp
