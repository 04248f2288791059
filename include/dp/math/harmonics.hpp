// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Macros.hpp>

namespace dp {

/// Real spherical harmonics of degrees 0 to at most 3 as polynomials of a direction (x, y, z). The polar axis
/// is y and the azimuth runs from z to x, so that degree 1 is (x, y, z); within a degree the order is m = -l
/// to l. The squares of a degree have the sum 2 l + 1.
struct Harmonics {
  static constexpr int most = 16;  ///< numbers of all degrees

  int degrees;  ///< the highest plus 1

  KOKKOS_FUNCTION constexpr int count() const { return degrees * degrees; }  ///< numbers

  /// Their values.
  KOKKOS_INLINE_FUNCTION void operator()(double x, double y, double z, double* value) const {
    value[0] = 1.0;
    if (degrees > 1) {
      value[1] = c1 * x;
      value[2] = c1 * y;
      value[3] = c1 * z;
    }
    if (degrees > 2) {
      value[4] = c2 * x * z;
      value[5] = c2 * x * y;
      value[6] = d2 * (y * y - 0.5 * (x * x + z * z));
      value[7] = c2 * y * z;
      value[8] = 0.5 * c2 * (z * z - x * x);
    }
    if (degrees > 3) {
      value[9] = a3 * x * (3.0 * z * z - x * x);
      value[10] = b3 * x * y * z;
      value[11] = c3 * x * (4.0 * y * y - x * x - z * z);
      value[12] = d3 * y * (2.0 * y * y - 3.0 * x * x - 3.0 * z * z);
      value[13] = c3 * z * (4.0 * y * y - x * x - z * z);
      value[14] = 0.5 * b3 * y * (z * z - x * x);
      value[15] = a3 * z * (z * z - 3.0 * x * x);
    }
  }

  /// The derivative by x, y and z, as if these were independent, of the sum of all times `g`.
  KOKKOS_INLINE_FUNCTION void gradient(double x, double y, double z, double const* g, double* sum) const {
    sum[0] = sum[1] = sum[2] = 0.0;
    if (degrees > 1)
      for (int c = 0; c < 3; ++c) sum[c] = c1 * g[1 + c];
    if (degrees > 2) {
      sum[0] += c2 * (g[4] * z + g[5] * y - g[8] * x) - d2 * g[6] * x;
      sum[1] += c2 * (g[5] * x + g[7] * z) + 2.0 * d2 * g[6] * y;
      sum[2] += c2 * (g[4] * x + g[7] * y + g[8] * z) - d2 * g[6] * z;
    }
    if (degrees > 3) {
      double const xx = x * x, yy = y * y, zz = z * z;
      sum[0] += 3.0 * a3 * g[9] * (zz - xx) + b3 * g[10] * y * z + c3 * g[11] * (4.0 * yy - 3.0 * xx - zz) -
                6.0 * d3 * g[12] * x * y - 2.0 * c3 * g[13] * x * z - b3 * g[14] * x * y -
                6.0 * a3 * g[15] * x * z;
      sum[1] += b3 * g[10] * x * z + 8.0 * c3 * g[11] * x * y + 3.0 * d3 * g[12] * (2.0 * yy - xx - zz) +
                8.0 * c3 * g[13] * y * z + 0.5 * b3 * g[14] * (zz - xx);
      sum[2] += 6.0 * a3 * g[9] * x * z + b3 * g[10] * x * y - 2.0 * c3 * g[11] * x * z -
                6.0 * d3 * g[12] * y * z + c3 * g[13] * (4.0 * yy - xx - 3.0 * zz) + b3 * g[14] * y * z +
                3.0 * a3 * g[15] * (zz - xx);
    }
  }

 private:
  static constexpr double c1 = 1.7320508075688772;  // sqrt(3)
  static constexpr double c2 = 3.872983346207417;   // sqrt(15)
  static constexpr double d2 = 2.23606797749979;    // sqrt(5)
  static constexpr double a3 = 2.091650066335189;   // sqrt(70)/4
  static constexpr double b3 = 10.246950765959598;  // sqrt(105)
  static constexpr double c3 = 1.6201851746019651;  // sqrt(42)/4
  static constexpr double d3 = 1.3228756555322954;  // sqrt(7)/2
};

}  // namespace dp
