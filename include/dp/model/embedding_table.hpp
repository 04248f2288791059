// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace dp {

/// The table of an embedding net that DeePMD-kit's `compress` writes: piecewise quintics of the normalised s,
/// in fine rows from `lower` to `upper` and coarse ones from there to `extrapolated`. Nearer the value goes
/// on as a straight line, as it does below `lower`. Empty where a pair of types has no table.
struct EmbeddingTable {
  double lower = 0.0;         ///< where the first row begins
  double upper = 0.0;         ///< where the coarse rows begin
  double extrapolated = 0.0;  ///< where the last row ends
  double step = 0.0;          ///< length of a fine row
  double coarse_step = 0.0;   ///< length of a coarse row
  int width = 0;              ///< M, channels
  std::vector<double> data;   ///< (rows x M x 6): coefficients of rising powers of x - (left end of the row)

  static constexpr std::size_t coefficients = 6;  ///< of a quintic

  bool empty() const { return data.empty(); }  ///< no table

  /// Number of rows.
  std::size_t rows() const { return data.size() / (coefficients * static_cast<std::size_t>(width)); }

  /// How many of them are fine, at least one. A step that does not divide the range leaves a last one that is
  /// only partly used; the small number is for the rounding of one that does.
  std::size_t fine_rows() const {
    return static_cast<std::size_t>(std::max(1.0, std::ceil((upper - lower) / step - 1e-6)));
  }
};

}  // namespace dp
