// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

namespace dp {

/// Right singular vectors of a tall matrix, on the host, to full relative accuracy also of small singular
/// values.
struct RightSingularVectors {
  std::vector<double> values;   ///< (columns), falling
  std::vector<double> vectors;  ///< (columns x columns), vector k in row k
};

namespace detail {

/// Overwrites the columns-by-columns start of `a` (rows x columns, row-major) with the triangle R of its QR
/// decomposition.
inline void reduce_to_triangle(std::vector<double>& a, std::size_t rows, std::size_t columns) {
  std::vector<double> v(rows), projection(columns);
  for (std::size_t k = 0; k < columns && k < rows; ++k) {
    double norm2 = 0.0;
    for (std::size_t i = k; i < rows; ++i) {
      v[i] = a[i * columns + k];
      norm2 += v[i] * v[i];
    }
    if (norm2 == 0.0) continue;
    double const alpha = v[k] > 0.0 ? -std::sqrt(norm2) : std::sqrt(norm2);
    double const factor = 1.0 / (norm2 - alpha * v[k]);  // 2 / |v - alpha e_k|^2
    v[k] -= alpha;
    projection.assign(columns, 0.0);
    for (std::size_t i = k; i < rows; ++i)
      for (std::size_t j = k; j < columns; ++j) projection[j] += v[i] * a[i * columns + j];
    for (std::size_t i = k; i < rows; ++i)
      for (std::size_t j = k; j < columns; ++j) a[i * columns + j] -= factor * v[i] * projection[j];
  }
}

}  // namespace detail

/// Householder QR, then one-sided Jacobi rotations on the triangle. `a` is (rows x columns), rows >= columns.
inline RightSingularVectors right_singular_vectors(std::vector<double> a, std::size_t rows,
                                                   std::size_t columns) {
  detail::reduce_to_triangle(a, rows, columns);
  // Rows of `work` are the columns of R, so that rotations run over contiguous memory; `v` collects the
  // rotations.
  std::vector<double> work(columns * columns, 0.0), v(columns * columns, 0.0);
  for (std::size_t i = 0; i < columns; ++i) {
    v[i * columns + i] = 1.0;
    for (std::size_t j = i; j < columns; ++j) work[j * columns + i] = a[i * columns + j];
  }
  auto const rotate = [columns](std::vector<double>& m, std::size_t p, std::size_t q, double c, double s) {
    for (std::size_t i = 0; i < columns; ++i) {
      double const x = m[p * columns + i], y = m[q * columns + i];
      m[p * columns + i] = c * x - s * y;
      m[q * columns + i] = s * x + c * y;
    }
  };
  bool rotated = true;
  for (int sweep = 0; rotated && sweep < 30; ++sweep) {
    rotated = false;
    for (std::size_t p = 0; p + 1 < columns; ++p)
      for (std::size_t q = p + 1; q < columns; ++q) {
        double alpha = 0.0, beta = 0.0, gamma = 0.0;
        for (std::size_t i = 0; i < columns; ++i) {
          double const x = work[p * columns + i], y = work[q * columns + i];
          alpha += x * x;
          beta += y * y;
          gamma += x * y;
        }
        if (std::abs(gamma) <= 1e-15 * std::sqrt(alpha * beta)) continue;
        rotated = true;
        double const zeta = (beta - alpha) / (2.0 * gamma);
        double const t = (zeta > 0.0 ? 1.0 : -1.0) / (std::abs(zeta) + std::sqrt(1.0 + zeta * zeta));
        double const c = 1.0 / std::sqrt(1.0 + t * t);
        rotate(work, p, q, c, c * t);
        rotate(v, p, q, c, c * t);
      }
  }
  std::vector<double> norms(columns);
  for (std::size_t k = 0; k < columns; ++k)
    for (std::size_t i = 0; i < columns; ++i) norms[k] += work[k * columns + i] * work[k * columns + i];
  std::vector<std::size_t> order(columns);
  std::iota(order.begin(), order.end(), std::size_t(0));
  std::sort(order.begin(), order.end(), [&](auto i, auto j) { return norms[i] > norms[j]; });
  RightSingularVectors result;
  for (std::size_t k : order) {
    result.values.push_back(std::sqrt(norms[k]));
    result.vectors.insert(result.vectors.end(), v.begin() + static_cast<std::ptrdiff_t>(k * columns),
                          v.begin() + static_cast<std::ptrdiff_t>((k + 1) * columns));
  }
  return result;
}

}  // namespace dp
