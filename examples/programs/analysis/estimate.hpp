// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
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

/// Rows of numbers that follow each other in time, kept as sums over at most 15 runs of equal length and a
/// last one that is under way: where there would be more, neighbours are joined. So a series of any length
/// has its mean and error at hand.
class RunningBlocks {
 public:
  void add(std::vector<double> const& row) {
    if (m_in_last == 0) m_sums.emplace_back(row.size());
    for (std::size_t k = 0; k < row.size(); ++k) m_sums.back()[k] += row[k];
    if (++m_in_last < m_length) return;
    m_in_last = 0;
    if (m_sums.size() < most) return;
    for (std::size_t b = 0; b < most / 2; ++b)
      for (std::size_t k = 0; k < row.size(); ++k) m_sums[b][k] = m_sums[2 * b][k] + m_sums[2 * b + 1][k];
    m_sums.resize(most / 2);
    m_length *= 2;
  }

  std::int64_t rows() const {
    auto const size = static_cast<std::int64_t>(m_sums.size());
    return m_in_last == 0 ? size * m_length : (size - 1) * m_length + m_in_last;
  }

  /// The mean of all rows; its error from those of the complete runs.
  Estimate estimate(std::size_t entry) const {
    double sum = 0.0;
    std::vector<double> means;
    for (auto const& block : m_sums) {
      sum += block[entry];
      means.push_back(block[entry] / static_cast<double>(m_length));
    }
    if (m_in_last > 0) means.pop_back();
    return {sum / static_cast<double>(rows()), block_estimate(means, most).error};
  }

  /// All of it, and back.
  std::vector<double> state() const {
    std::vector<double> numbers = {static_cast<double>(m_length), static_cast<double>(m_in_last)};
    for (auto const& block : m_sums) numbers.insert(numbers.end(), block.begin(), block.end());
    return numbers;
  }
  void restore(std::vector<double> const& state, std::size_t width) {
    m_length = static_cast<std::int64_t>(state[0]);
    m_in_last = static_cast<std::int64_t>(state[1]);
    m_sums.clear();
    for (auto at = state.begin() + 2; at != state.end(); at += static_cast<std::ptrdiff_t>(width))
      m_sums.emplace_back(at, at + static_cast<std::ptrdiff_t>(width));
  }

 private:
  static constexpr std::size_t most = 16;
  std::int64_t m_length = 1;   ///< rows in a complete run
  std::int64_t m_in_last = 0;  ///< rows in the run under way; 0: there is none
  std::vector<std::vector<double>> m_sums;
};

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
