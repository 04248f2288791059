// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <dp/core/error.hpp>
#include <utility>
#include <vector>

namespace statics {

/// Energy against volume.
struct VolumePoint {
  double volume = 0.0;    ///< per atom, Angstrom^3
  double energy = 0.0;    ///< per atom, eV
  double pressure = 0.0;  ///< eV/Angstrom^3
};

/// Birch's and Murnaghan's equation of state, third order.
struct BirchMurnaghan {
  double volume = 0.0;        ///< at rest, per atom, Angstrom^3
  double energy = 0.0;        ///< at rest, per atom, eV
  double bulk = 0.0;          ///< bulk modulus, eV/Angstrom^3
  double bulk_slope = 0.0;    ///< its derivative by the pressure
  double largest_miss = 0.0;  ///< of the energies of the points, eV

  double energy_at(double v) const {
    double const x = std::pow(volume / v, 2.0 / 3.0) - 1.0;
    return energy + 9.0 / 16.0 * volume * bulk * (x * x * x * bulk_slope + x * x * (2.0 - 4.0 * x));
  }
};

/// The cubic c0 + c1 x + c2 x^2 + c3 x^3 of least squares.
inline std::array<double, 4> fit_cubic(std::vector<double> const& x, std::vector<double> const& y) {
  double matrix[4][5] = {};
  for (std::size_t n = 0; n < x.size(); ++n)
    for (int a = 0; a < 4; ++a) {
      for (int b = 0; b < 4; ++b) matrix[a][b] += std::pow(x[n], a + b);
      matrix[a][4] += std::pow(x[n], a) * y[n];
    }
  for (int p = 0; p < 4; ++p) {  // the matrix is positive definite: no pivots needed
    for (int row = 0; row < 4; ++row) {
      if (row == p) continue;
      double const factor = matrix[row][p] / matrix[p][p];
      for (int k = p; k < 5; ++k) matrix[row][k] -= factor * matrix[p][k];
    }
  }
  std::array<double, 4> result{};
  for (std::size_t k = 0; k < 4; ++k) result[k] = matrix[k][4] / matrix[k][k];
  return result;
}

/// The equation of state that fits the energies of the points best: it is a cubic in V^(-2/3). \throws
/// dp::Error for fewer than four points, and where they have no minimum
inline BirchMurnaghan fit_birch_murnaghan(std::vector<VolumePoint> const& points) {
  if (points.size() < 4) dp::fail("equation of state: expected at least four volumes, found ", points.size());
  double const v0 = points[points.size() / 2].volume, e0 = points[points.size() / 2].energy;
  std::vector<double> x, y;
  for (VolumePoint const& point : points) {
    x.push_back(std::pow(point.volume / v0, -2.0 / 3.0) - 1.0);  // small numbers: the fit is well conditioned
    y.push_back(point.energy - e0);
  }
  auto const c = fit_cubic(x, y);
  double const root = c[2] * c[2] - 3.0 * c[3] * c[1];
  if (!(root > 0.0 && c[2] > 0.0))
    dp::fail("equation of state: the energies have no minimum in the range of volumes");
  double const rest = -c[1] / (c[2] + std::sqrt(root));  // where the slope is zero and the curvature positive
  // With X = 1 + x, V = v0 X^(-3/2): d/dV = -(2/3) X^(5/2) / v0 d/dX.
  double const X = 1.0 + rest, curvature = 2.0 * c[2] + 6.0 * c[3] * rest;
  BirchMurnaghan result;
  result.volume = v0 * std::pow(X, -1.5);
  result.energy = e0 + c[0] + rest * (c[1] + rest * (c[2] + rest * c[3]));
  result.bulk = 4.0 / 9.0 * std::pow(X, 3.5) / v0 * curvature;
  // Of energy_at: its third derivative by (V0/V)^(2/3) is 9/16 V0 B 6 (B' - 4), its second 9/16 V0 B 4.
  result.bulk_slope = 4.0 + 2.0 / 3.0 * 6.0 * c[3] * X / curvature;
  for (std::size_t n = 0; n < points.size(); ++n)
    result.largest_miss =
        std::max(result.largest_miss, std::abs(result.energy_at(points[n].volume) - points[n].energy));
  return result;
}

}  // namespace statics
