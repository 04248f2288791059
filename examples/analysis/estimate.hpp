// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace analysis {

/// A mean with its standard error.
struct Estimate {
  double mean = 0.0;
  double error = 0.0;  ///< not a number where there are fewer than two blocks
};

/// Of numbers that follow each other in time: neighbouring ones depend on each other, so the error comes from
/// the means of at most `blocks` equal runs of them.
inline Estimate block_estimate(std::vector<double> const& values, std::size_t blocks) {
  std::size_t const count = std::min(blocks, values.size());
  double const undefined = std::numeric_limits<double>::quiet_NaN();
  if (count == 0) return {undefined, undefined};
  double sum = 0.0, square = 0.0;
  for (double const value : values) sum += value;
  double const mean = sum / static_cast<double>(values.size());
  for (std::size_t b = 0; b < count; ++b) {
    std::size_t const begin = b * values.size() / count, end = (b + 1) * values.size() / count;
    double part = 0.0;
    for (std::size_t k = begin; k < end; ++k) part += values[k];
    double const off = part / static_cast<double>(end - begin) - mean;
    square += off * off;
  }
  auto const n = static_cast<double>(count);
  return {mean, count > 1 ? std::sqrt(square / (n * (n - 1.0))) : undefined};
}

/// The slope of the least-squares line.
inline double line_slope(std::vector<double> const& x, std::vector<double> const& y) {
  double mean_x = 0.0, mean_y = 0.0, above = 0.0, below = 0.0;
  for (std::size_t k = 0; k < x.size(); ++k) {
    mean_x += x[k] / static_cast<double>(x.size());
    mean_y += y[k] / static_cast<double>(x.size());
  }
  for (std::size_t k = 0; k < x.size(); ++k) {
    above += (x[k] - mean_x) * (y[k] - mean_y);
    below += (x[k] - mean_x) * (x[k] - mean_x);
  }
  return above / below;
}

}  // namespace analysis
