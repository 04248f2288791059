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

/// Singular values of a matrix and its right singular vectors, on the host; small values are relatively
/// accurate too.
struct RightSingularVectors {
  std::vector<double> values;   ///< (rank), falling
  std::vector<double> vectors;  ///< (rank x columns), vector k in row k
};

namespace detail {

/// The rows of R of the QR decomposition with column pivoting, in the pivoted order of the columns.
struct PivotedTriangle {
  std::vector<double> r;           // (rank x columns)
  std::vector<std::size_t> pivot;  // (columns) column of the matrix
  std::size_t rank = 0;
};

/// Householder QR of `a` (rows x columns, row-major, overwritten) that takes the longest column that is left
/// first and ends when that is shorter than `negligible` times the first.
inline PivotedTriangle pivoted_triangle(std::vector<double>& a, std::size_t rows, std::size_t columns,
                                        double negligible) {
  PivotedTriangle result;
  result.pivot.resize(columns);
  std::iota(result.pivot.begin(), result.pivot.end(), std::size_t(0));
  std::vector<double> v(rows), projection(columns), norm2(columns, 0.0);
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < columns; ++j) norm2[j] += a[i * columns + j] * a[i * columns + j];
  double first = 0.0;
  for (std::size_t k = 0; k < std::min(rows, columns); ++k) {
    auto const longest = static_cast<std::size_t>(
        std::max_element(norm2.begin() + static_cast<std::ptrdiff_t>(k), norm2.end()) - norm2.begin());
    if (k == 0) first = norm2[longest];
    if (norm2[longest] <= negligible * negligible * first) break;
    std::swap(result.pivot[k], result.pivot[longest]);
    for (std::size_t i = 0; i < k; ++i) std::swap(result.r[i * columns + k], result.r[i * columns + longest]);
    for (std::size_t i = k; i < rows; ++i) std::swap(a[i * columns + k], a[i * columns + longest]);
    double const norm = std::sqrt(norm2[longest]), alpha = a[k * columns + k] > 0.0 ? -norm : norm;
    for (std::size_t i = k; i < rows; ++i) v[i] = a[i * columns + k];
    v[k] -= alpha;
    double const factor = -1.0 / (alpha * v[k]);  // 2 / |v|^2
    projection.assign(columns, 0.0);
    for (std::size_t i = k; i < rows; ++i)
      for (std::size_t j = k; j < columns; ++j) projection[j] += v[i] * a[i * columns + j];
    norm2.assign(columns, 0.0);
    for (std::size_t i = k; i < rows; ++i) {
      double const scaled = factor * v[i], below = i > k ? 1.0 : 0.0;
      for (std::size_t j = k; j < columns; ++j) {
        a[i * columns + j] -= scaled * projection[j];
        norm2[j] += below * a[i * columns + j] * a[i * columns + j];
      }
    }
    result.r.resize((k + 1) * columns, 0.0);
    std::copy_n(&a[k * columns + k], columns - k, &result.r[k * columns + k]);
    result.rank = k + 1;
  }
  return result;
}

}  // namespace detail

/// Of `a` (rows x columns, row-major). QR with column pivoting, then one-sided Jacobi rotations of the rows
/// of R: pivoting leaves them so graded that few sweeps are needed, and what is left of them in the end are
/// the singular vectors themselves. `negligible`: relative to the largest singular value, what is below is
/// left out (the order of magnitude; 0: only zeros).
inline RightSingularVectors right_singular_vectors(std::vector<double> a, std::size_t rows,
                                                   std::size_t columns, double negligible) {
  auto [r, pivot, rank] = detail::pivoted_triangle(a, rows, columns, negligible);
  bool rotated = true;
  for (int sweep = 0; rotated && sweep < 30; ++sweep) {
    rotated = false;
    for (std::size_t p = 0; p + 1 < rank; ++p)
      for (std::size_t q = p + 1; q < rank; ++q) {
        double *const x = &r[p * columns], *const y = &r[q * columns];
        double alpha = 0.0, beta = 0.0, gamma = 0.0;
        for (std::size_t j = 0; j < columns; ++j) {
          alpha += x[j] * x[j];
          beta += y[j] * y[j];
          gamma += x[j] * y[j];
        }
        if (std::abs(gamma) <= 1e-15 * std::sqrt(alpha * beta)) continue;
        rotated = true;
        double const zeta = (beta - alpha) / (2.0 * gamma);
        double const t = (zeta > 0.0 ? 1.0 : -1.0) / (std::abs(zeta) + std::sqrt(1.0 + zeta * zeta));
        double const c = 1.0 / std::sqrt(1.0 + t * t), s = c * t;
        for (std::size_t j = 0; j < columns; ++j) {
          double const xj = x[j], yj = y[j];
          x[j] = c * xj - s * yj;
          y[j] = s * xj + c * yj;
        }
      }
  }
  std::vector<double> norms(rank, 0.0);
  for (std::size_t k = 0; k < rank; ++k)
    for (std::size_t j = 0; j < columns; ++j) norms[k] += r[k * columns + j] * r[k * columns + j];
  std::vector<std::size_t> order(rank);
  std::iota(order.begin(), order.end(), std::size_t(0));
  std::sort(order.begin(), order.end(), [&](auto i, auto j) { return norms[i] > norms[j]; });
  RightSingularVectors result;
  result.vectors.resize(rank * columns);
  for (std::size_t k = 0; k < rank; ++k) {
    double const value = std::sqrt(norms[order[k]]);
    result.values.push_back(value);
    for (std::size_t j = 0; j < columns; ++j)
      result.vectors[k * columns + pivot[j]] = r[order[k] * columns + j] / value;
  }
  return result;
}

}  // namespace dp
