// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <cstdlib>
#include <iterator>
#include <vector>

namespace dp {

namespace detail {

inline double factorial(int n) {
  double product = 1.0;
  for (int k = 2; k <= n; ++k) product *= k;
  return product;
}

/// The Clebsch-Gordan coefficient <l1 m1 l2 m2 | l3 m1+m2>.
inline double clebsch_gordan(int l1, int m1, int l2, int m2, int l3) {
  int const m3 = m1 + m2;
  if (std::abs(m3) > l3) return 0.0;
  double const factor =
      std::sqrt((2 * l3 + 1) * factorial(l3 + l1 - l2) * factorial(l3 - l1 + l2) * factorial(l1 + l2 - l3) /
                factorial(l1 + l2 + l3 + 1) * factorial(l3 + m3) * factorial(l3 - m3) * factorial(l1 - m1) *
                factorial(l1 + m1) * factorial(l2 - m2) * factorial(l2 + m2));
  double sum = 0.0;
  for (int k = 0; k <= l1 + l2 + l3; ++k) {
    int const terms[] = {k, l1 + l2 - l3 - k, l1 - m1 - k, l2 + m2 - k, l3 - l2 + m1 + k, l3 - l1 - m2 + k};
    if (*std::min_element(std::begin(terms), std::end(terms)) < 0) continue;
    double product = 1.0;
    for (int const term : terms) product *= factorial(term);
    sum += (k % 2 == 0 ? 1.0 : -1.0) / product;
  }
  return factor * sum;
}

/// How much of the real harmonic `real` is in the complex one `m`, times (-i)^l: all couplings are real then.
inline std::complex<double> real_in_complex(int l, int m, int real) {
  using namespace std::complex_literals;
  if (std::abs(real) != std::abs(m)) return 0.0;
  std::complex<double> entry = 1.0;
  double const root = std::sqrt(0.5), sign = m % 2 == 0 ? 1.0 : -1.0;
  if (m < 0) entry = real > 0 ? std::complex<double>(root) : -1i * root;
  if (m > 0) entry = real > 0 ? std::complex<double>(sign * root) : 1i * (sign * root);
  for (int k = 0; k < l; ++k) entry *= -1i;
  return entry;
}

}  // namespace detail

/// How two sets of real harmonics (Harmonics) couple to a third, (2 l1 + 1) x (2 l2 + 1) x (2 l3 + 1) numbers
/// whose squares have the sum 1. The degrees form a triangle.
inline std::vector<double> coupling(int l1, int l2, int l3) {
  std::vector<double> values;
  double squares = 0.0;
  for (int a = -l1; a <= l1; ++a)
    for (int b = -l2; b <= l2; ++b)
      for (int c = -l3; c <= l3; ++c) {
        std::complex<double> sum = 0.0;
        for (int m1 = -std::abs(a); m1 <= std::abs(a); m1 += std::max(1, 2 * std::abs(a)))
          for (int m2 = -std::abs(b); m2 <= std::abs(b); m2 += std::max(1, 2 * std::abs(b))) {
            if (std::abs(m1 + m2) != std::abs(c)) continue;
            sum += detail::real_in_complex(l1, m1, a) * detail::real_in_complex(l2, m2, b) *
                   std::conj(detail::real_in_complex(l3, m1 + m2, c)) *
                   detail::clebsch_gordan(l1, m1, l2, m2, l3);
          }
        values.push_back(sum.real());
        squares += sum.real() * sum.real();
      }
  for (double& value : values) value /= std::sqrt(squares);
  return values;
}

}  // namespace dp
