// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only

#include "dp_deviation.h"

#include <algorithm>
#include <cmath>

namespace dp_lammps {

Extremes virial_deviation(std::vector<double> const& virials, double level) {
  auto const models = virials.size() / 9;
  Extremes result;
  for (std::size_t c = 0; c < 9; ++c) {
    double mean = 0.0, square = 0.0;
    for (std::size_t m = 0; m < models; ++m) mean += virials[9 * m + c] / static_cast<double>(models);
    for (std::size_t m = 0; m < models; ++m)
      square += (virials[9 * m + c] - mean) * (virials[9 * m + c] - mean);
    double d = std::sqrt(square / static_cast<double>(models));
    if (level >= 0.0 && d > 0.0) d /= std::abs(mean) + level;
    result.max = std::max(result.max, d);
    result.min = std::min(result.min, d);
    result.sum += d * d;
  }
  result.sum = std::sqrt(result.sum / 9.0);
  return result;
}

}  // namespace dp_lammps
