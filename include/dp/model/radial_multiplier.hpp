// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <cstddef>
#include <dp/model/check.hpp>
#include <numbers>
#include <vector>

namespace dp {

/// What the Fourier transform of sources is multiplied with, as a function of the length k of a wave vector,
/// 1/Angstrom: the transform of the function of distance by which sources act.
struct RadialMultiplier {
  /// Its form, with the parameters in their order.
  enum class Kind {
    exponential,       ///< a, mu: 8 pi a mu / (k^2 + mu^2)^2, of a e^(-mu r)
    yukawa,            ///< a, mu: 4 pi a^2 / (k^2 + mu^2), of a^2 e^(-mu r) / r
    gauss_coulomb,     ///< a, sigma: 4 pi a e^(-sigma^2 k^2 / 2) / k^2, 0 at k = 0, of Gaussian charges
    sum_of_gaussians,  ///< w1, b1, w2, b2, ...: sum w e^(-b k^2)
    inverse_power,     ///< a, p, sigma: a e^(-sigma^2 k^2 / 2) times the transform of r^(-p), 0 at k = 0
    spline             ///< h, c0, c1, ...: even cubic spline, sum_j c_|j| B(k / h - j), B(0) = 2/3
  };

  Kind kind = Kind::yukawa;        ///< form
  std::vector<double> parameters;  ///< of that form

  /// That of r^(-p) at k = 1.
  static double transform_of_power(double p) {
    double const a = 0.5 * (3.0 - p), b = 0.5 * p;
    return std::pow(std::numbers::pi, 1.5) * std::exp2(2.0 * a) * std::tgamma(a) / std::tgamma(b);
  }

  /// Throws dp::Error, with the place, unless it has values for all k.
  void check(Check const& at) const {
    std::size_t const n = parameters.size();
    at.in("parameters").finite(parameters);
    switch (kind) {
      case Kind::exponential:
      case Kind::yukawa:
        at.in("parameters").size(n, 2);
        at.require(parameters[1] != 0.0, "expected a mu that is not 0, found 0");
        return;
      case Kind::gauss_coulomb:
        return at.in("parameters").size(n, 2);
      case Kind::sum_of_gaussians:
        at.require(n > 0 && n % 2 == 0, "expected pairs of a weight and a width, found ", n, " parameters");
        for (std::size_t i = 1; i < n; i += 2)
          at.require(parameters[i] >= 0.0, "expected widths that are not negative, found ", parameters[i]);
        return;
      case Kind::inverse_power: {
        at.in("parameters").size(n, 3);
        double const p = parameters[1];
        at.require(p > 0.0 && (p < 3.0 || std::fmod(p, 2.0) != 1.0),
                   "expected a power p > 0 that is not 3, 5, 7, ..., found ", p);
        double const c = transform_of_power(p);
        return at.require(std::isfinite(c) && c != 0.0,
                          "expected a power whose transform is neither too large nor too small, found ", p);
      }
      case Kind::spline:
        at.require(n >= 2, "expected a spacing and at least one coefficient, found ", n, " parameters");
        return at.require(parameters[0] > 0.0, "expected a positive spacing, found ", parameters[0]);
    }
  }
};

}  // namespace dp
