// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <dp/model/check.hpp>
#include <vector>

namespace dp {

/// The table of an embedding net that DeePMD-kit's `compress` writes: piecewise quintics of the normalised s,
/// in fine rows from `lower` to `upper` and coarse ones from there to `extrapolated`, of angles also below
/// `lower`. Beyond both ends the value goes on as a straight line. Empty where a pair of types has no table.
struct EmbeddingTable {
  double lower = 0.0;          ///< where the first row begins
  double upper = 0.0;          ///< where the coarse rows begin
  double extrapolated = 0.0;   ///< where the last row ends
  double step = 0.0;           ///< length of a fine row
  double coarse_step = 0.0;    ///< length of a coarse row
  int width = 0;               ///< M, channels
  std::vector<double> data;    ///< (rows x M x 6): coefficients of rising powers of x - (left end of the row)
  std::size_t rows_below = 0;  ///< coarse rows below `lower`, the first ones

  static constexpr std::size_t coefficients = 6;  ///< of a quintic

  bool empty() const { return data.empty(); }  ///< no table

  /// Number of rows.
  std::size_t rows() const { return data.size() / (coefficients * static_cast<std::size_t>(width)); }

  /// How many of them are fine, at least one. A step that does not divide the range leaves a last one that is
  /// only partly used; the small number is for the rounding of one that does.
  std::size_t fine_rows() const {
    return static_cast<std::size_t>(std::max(1.0, std::ceil((upper - lower) / step - 1e-6)));
  }

  /// Where the first row begins.
  double begin() const { return lower - static_cast<double>(rows_below) * coarse_step; }
  /// Where the last row ends.
  double end() const {
    std::size_t const coarse = rows() - rows_below - fine_rows();
    return coarse == 0 ? upper : std::min(extrapolated, upper + static_cast<double>(coarse) * coarse_step);
  }

  /// The channels at one x.
  std::vector<double> values(double x) const {
    std::size_t const fine_count = fine_rows(), coarse_count = rows() - rows_below - fine_count;
    double const inside = std::clamp(x, begin(), end());
    bool const below = inside < lower, fine = !below && (coarse_count == 0 || inside < upper);
    double const from = below ? begin() : fine ? lower : upper, length = fine ? step : coarse_step;
    std::size_t const first = below  ? 0
                              : fine ? rows_below
                                     : rows_below + fine_count,
                      count = below  ? rows_below
                              : fine ? fine_count
                                     : coarse_count;
    auto const row = std::min(static_cast<std::size_t>((inside - from) / length), count - 1);
    double const t = inside - from - static_cast<double>(row) * length;
    std::vector<double> out;
    for (std::size_t m = 0; m < static_cast<std::size_t>(width); ++m) {
      double const* const c = &data[((first + row) * static_cast<std::size_t>(width) + m) * coefficients];
      double value = 0.0, slope = 0.0;
      for (std::size_t k = coefficients; k-- > 0;) {
        slope = slope * t + value;
        value = value * t + c[k];
      }
      out.push_back(value + slope * (x - inside));
    }
    return out;
  }

  /// Throws unless it has so many channels, and the rows that its ranges and steps say.
  void check(Check const& at, int channels) const {
    constexpr int most_rows = 100'000'000;
    at.require(width == channels, "expected ", channels, " channels as of the other nets and tables, found ",
               width);
    at.require(lower < upper && upper <= extrapolated && std::isfinite(extrapolated - lower),
               "expected rising ends of its ranges, found ", lower, ", ", upper, ", ", extrapolated);
    at.require(step > 0.0 && coarse_step > 0.0 && std::isfinite(step + coarse_step),
               "expected positive steps, found ", step, " and ", coarse_step);
    double const expected =
        static_cast<double>(rows_below) + (upper - lower) / step + (extrapolated - upper) / coarse_step;
    at.require(expected <= most_rows, "expected ranges and steps of at most ", most_rows, " rows, found ",
               expected);
    // Which of DeePMD-kit's ways to count was taken matters by one row, if a step does not divide its range.
    at.require(
        std::abs(static_cast<double>(rows()) - expected) < 1.0 + 1e-6 && rows() >= rows_below + fine_rows(),
        "expected ", expected, " rows as its ranges and steps say, found ", rows());
    at.numbers(data, rows() * coefficients * static_cast<std::size_t>(width));
  }
};

}  // namespace dp
