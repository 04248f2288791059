// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/views.hpp>
#include <dp/math/harmonics.hpp>

namespace dp::detail {

/// 1 - (p+1)(p+2)/2 x^p + p(p+2) x^(p+1) - p(p+1)/2 x^(p+2) below x = 1, zero from there on.
struct PolynomialCutoff {
  double p;

  /// Value and derivative by x.
  KOKKOS_INLINE_FUNCTION void operator()(double x, double& value, double& slope) const {
    value = slope = 0.0;
    if (!(x < 1.0)) return;
    double const a = 0.5 * (p + 1.0) * (p + 2.0), b = p * (p + 2.0), c = 0.5 * p * (p + 1.0);
    double const below = Kokkos::pow(x, p - 1.0);  // of the derivative
    value = 1.0 - below * x * (a - x * (b - x * c));
    slope = -below * (a * p - x * (b * (p + 1.0) - x * c * (p + 2.0)));
  }
};

/// See BesselFunctions; with the polynomial.
template <class Space>
struct BesselKernel {
  static constexpr double pi = 3.141592653589793;

  Vector<double const, Space> frequency, mean, inverse_deviation;

  /// Calls `visit(k, value, slope)` with all functions at x and their derivatives by it; `u` and `du`: of the
  /// cutoff.
  template <class Visit>
  KOKKOS_INLINE_FUNCTION void operator()(double x, double u, double du, Visit const& visit) const {
    for (int k = 0; k < static_cast<int>(frequency.extent(0)); ++k) {
      double const angle = pi * frequency(k) * x;
      double const b = Kokkos::sin(angle) / (pi * x), db = (frequency(k) * Kokkos::cos(angle) - b) / x;
      double const f = (b - mean(k)) * inverse_deviation(k);
      visit(k, f * u, db * inverse_deviation(k) * u + f * du);
    }
  }
};

/// See SplineFunctions.
struct SplineKernel {
  int functions, span;

  template <class Visit>
  KOKKOS_INLINE_FUNCTION void operator()(double x, double, double, Visit const& visit) const {
    double const width = (span + 1.0) / functions, rate = 2.0 * BesselKernel<Kokkos::HostSpace>::pi / width;
    for (int k = 0; k < functions; ++k) {
      double const from = x - (k - span) / static_cast<double>(functions);
      bool const inside = from > 0.0 && from < width && x < 1.0;
      double const rise = 1.0 - Kokkos::cos(rate * from);
      visit(k, inside ? 0.25 * rise * rise : 0.0,
            inside ? 0.5 * rise * rate * Kokkos::sin(rate * from) : 0.0);
    }
  }
};

/// What blocks know of the places of edges: harmonics of their directions, functions of their distances, and
/// the polynomial that falls to zero at the cutoff. Slopes are by the distance.
template <class Space, class T, class Functions>
struct EdgeGeometryKernel {
  Columns<double const, Space> displacement;
  double inverse_cutoff;
  PolynomialCutoff cutoff;
  Functions functions;
  Harmonics harmonics;
  Matrix<T, Space> harmonic, function, envelope;  // (rows x numbers)
  Matrix<T, Space> function_slope;
  Vector<double, Space> envelope_slope;

  KOKKOS_FUNCTION void operator()(std::int64_t row) const {
    double const d[] = {displacement(row, 0), displacement(row, 1), displacement(row, 2)};
    double const r = Kokkos::sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
    double values[Harmonics::most], u, du;
    harmonics(d[0] / r, d[1] / r, d[2] / r, values);
    for (int k = 0; k < harmonics.count(); ++k) harmonic(row, k) = static_cast<T>(values[k]);
    double const x = r * inverse_cutoff;
    cutoff(x, u, du);
    envelope(row, 0) = static_cast<T>(u);
    envelope_slope(row) = du * inverse_cutoff;
    functions(x, u, du, [&](int k, double value, double slope) {
      function(row, k) = static_cast<T>(value);
      function_slope(row, k) = static_cast<T>(slope * inverse_cutoff);
    });
  }
};

/// g of a row from the derivatives by all of these.
template <class Space, class T>
struct EdgeGeometryAdjoint {
  Columns<double const, Space> displacement;
  Harmonics harmonics;
  Matrix<T const, Space> harmonic, function, envelope;  // derivatives by them
  Matrix<T const, Space> function_slope;
  Vector<double const, Space> envelope_slope;
  Columns<double, Space> gradient;

  KOKKOS_FUNCTION void operator()(std::int64_t row) const {
    double const d[] = {displacement(row, 0), displacement(row, 1), displacement(row, 2)};
    double const r = Kokkos::sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
    double const n[] = {d[0] / r, d[1] / r, d[2] / r};
    double g[Harmonics::most], sum[3];
    for (int k = 0; k < harmonics.count(); ++k) g[k] = static_cast<double>(harmonic(row, k));
    harmonics.gradient(n[0], n[1], n[2], g, sum);
    double const along = sum[0] * n[0] + sum[1] * n[1] + sum[2] * n[2];
    double radial = static_cast<double>(envelope(row, 0)) * envelope_slope(row);
    for (int k = 0; k < static_cast<int>(function.extent(1)); ++k)
      radial += static_cast<double>(function(row, k)) * static_cast<double>(function_slope(row, k));
    for (int c = 0; c < 3; ++c) gradient(row, c) = (sum[c] - along * n[c]) / r + radial * n[c];
  }
};

}  // namespace dp::detail
