// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>

namespace dp {

/// The logarithmic derivative of the gamma function, for x other than 0, -1, -2, ...
inline double digamma(double x) {
  double sum = 0.0;
  for (; x < 16.0; x += 1.0) sum -= 1.0 / x;
  double const y = 1.0 / (x * x);
  return sum + std::log(x) - 0.5 / x -
         y * (1.0 / 12.0 - y * (1.0 / 120.0 - y * (1.0 / 252.0 - y * (1.0 / 240.0 - y / 132.0))));
}

}  // namespace dp
