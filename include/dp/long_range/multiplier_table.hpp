// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Core.hpp>
#include <cmath>
#include <cstddef>
#include <dp/core/buffer.hpp>
#include <dp/core/views.hpp>
#include <dp/math/digamma.hpp>
#include <dp/model/radial_multiplier.hpp>
#include <numbers>
#include <vector>

namespace dp::detail {

/// The multipliers of all channels as kernels read them.
template <class Space>
struct MultiplierTable {
  using Kind = RadialMultiplier::Kind;
  static constexpr double pi = std::numbers::pi;

  Constants<int, Space> kind, begin;   // per channel; begin: of its numbers, and behind the last one
  Constants<double, Space> numbers;    // parameters; behind those of powers their transform at k = 1 for
                                       // a = 1, and its logarithmic derivative by p
  Constants<int, Space> channel, own;  // of each parameter, and its place among those of its channel

  static MultiplierTable of(Space const& space, std::vector<RadialMultiplier> const& multipliers) {
    std::vector<int> kind, begin{0}, channel, own;
    std::vector<double> numbers;
    for (std::size_t c = 0; c < multipliers.size(); ++c) {
      std::vector<double> const& p = multipliers[c].parameters;
      kind.push_back(static_cast<int>(multipliers[c].kind));
      for (std::size_t i = 0; i < p.size(); ++i) {
        channel.push_back(static_cast<int>(c));
        own.push_back(static_cast<int>(i));
      }
      numbers.insert(numbers.end(), p.begin(), p.end());
      if (multipliers[c].kind == Kind::inverse_power) {
        double const a = 0.5 * (3.0 - p[1]), b = 0.5 * p[1];
        numbers.push_back(RadialMultiplier::transform_of_power(p[1]));
        numbers.push_back(-std::numbers::ln2 - 0.5 * (digamma(a) + digamma(b)));
      }
      begin.push_back(static_cast<int>(numbers.size()));
    }
    return {to_space<int>(space, "dp::MultiplierTable::kind", kind),
            to_space<int>(space, "dp::MultiplierTable::begin", begin),
            to_space<double>(space, "dp::MultiplierTable::numbers", numbers),
            to_space<int>(space, "dp::MultiplierTable::channel", channel),
            to_space<int>(space, "dp::MultiplierTable::own", own)};
  }

  std::size_t channels() const { return kind.extent(0); }
  std::size_t parameters() const { return channel.extent(0); }

  /// A multiplier at k, and its derivative divided by k.
  struct Value {
    double value, slope;
  };

  KOKKOS_FUNCTION Value operator()(int c, double k2) const {
    double const* const p = numbers.data() + begin(c);
    switch (static_cast<Kind>(kind(c))) {
      case Kind::exponential: {
        double const d = k2 + p[1] * p[1], v = 8.0 * pi * p[0] * p[1] / (d * d);
        return {v, -4.0 * v / d};
      }
      case Kind::yukawa: {
        double const d = k2 + p[1] * p[1], v = 4.0 * pi * p[0] * p[0] / d;
        return {v, -2.0 * v / d};
      }
      case Kind::gauss_coulomb: {
        if (k2 == 0.0) return {0.0, 0.0};
        double const v = 4.0 * pi * p[0] * Kokkos::exp(-0.5 * p[1] * p[1] * k2) / k2;
        return {v, -v * (p[1] * p[1] + 2.0 / k2)};
      }
      case Kind::sum_of_gaussians: {
        Value sum{0.0, 0.0};
        for (int i = 0; i < begin(c + 1) - begin(c); i += 2) {
          double const v = p[i] * Kokkos::exp(-p[i + 1] * k2);
          sum.value += v;
          sum.slope -= 2.0 * p[i + 1] * v;
        }
        return sum;
      }
      case Kind::inverse_power: {
        if (k2 == 0.0) return {0.0, 0.0};
        double const v =
            p[0] * p[3] * Kokkos::pow(k2, 0.5 * (p[1] - 3.0)) * Kokkos::exp(-0.5 * p[2] * p[2] * k2);
        return {v, v * ((p[1] - 3.0) / k2 - p[2] * p[2])};
      }
      case Kind::spline: {
        double const k = Kokkos::sqrt(k2);
        Value sum{0.0, 0.0};
        Pieces const at(k / p[0]);
        for (int j = 0; j < 4; ++j) {
          double const own = at.coefficient(j);
          if (own >= begin(c + 1) - begin(c) - 1) continue;
          double const coefficient = p[1 + static_cast<int>(own)];
          sum.value += coefficient * at.value(j);
          sum.slope += coefficient * at.slope(j);
        }
        sum.slope = k == 0.0 ? 0.0 : sum.slope / (p[0] * k);
        return sum;
      }
    }
    return {0.0, 0.0};
  }

  /// The derivative of a multiplier by its parameter number `i`.
  KOKKOS_FUNCTION double derivative(int c, int i, double k2) const {
    double const* const p = numbers.data() + begin(c);
    Value const at = (*this)(c, k2);
    switch (static_cast<Kind>(kind(c))) {
      case Kind::exponential: {
        double const d = k2 + p[1] * p[1];
        return i == 0 ? 8.0 * pi * p[1] / (d * d) : 8.0 * pi * p[0] * (k2 - 3.0 * p[1] * p[1]) / (d * d * d);
      }
      case Kind::yukawa: {
        double const d = k2 + p[1] * p[1];
        return i == 0 ? 8.0 * pi * p[0] / d : -2.0 * p[1] * at.value / d;
      }
      case Kind::gauss_coulomb:
        if (k2 == 0.0) return 0.0;
        return i == 0 ? 4.0 * pi * Kokkos::exp(-0.5 * p[1] * p[1] * k2) / k2 : -p[1] * k2 * at.value;
      case Kind::sum_of_gaussians: {
        double const wave = Kokkos::exp(-p[i / 2 * 2 + 1] * k2);
        return i % 2 == 0 ? wave : -k2 * p[i - 1] * wave;
      }
      case Kind::inverse_power:
        if (k2 == 0.0) return 0.0;
        if (i == 1) return at.value * (p[4] + 0.5 * Kokkos::log(k2));
        if (i == 2) return -p[2] * k2 * at.value;
        return p[3] * Kokkos::pow(k2, 0.5 * (p[1] - 3.0)) * Kokkos::exp(-0.5 * p[2] * p[2] * k2);
      case Kind::spline: {
        if (i == 0) return -at.slope * k2 / p[0];
        Pieces const pieces(Kokkos::sqrt(k2) / p[0]);
        double sum = 0.0;
        for (int j = 0; j < 4; ++j)
          if (pieces.coefficient(j) == i - 1) sum += pieces.value(j);
        return sum;
      }
    }
    return 0.0;
  }

 private:
  /// The four cubic B-splines that are not zero at x >= 0.
  struct Pieces {
    double first, u;  // x is u beyond the knot behind the first spline's

    KOKKOS_FUNCTION explicit Pieces(double x) : first(Kokkos::floor(x) - 1.0), u(x - Kokkos::floor(x)) {}
    KOKKOS_FUNCTION double coefficient(int j) const { return Kokkos::abs(first + j); }
    KOKKOS_FUNCTION double value(int j) const {
      double const v = 1.0 - u;
      return (j == 0   ? v * v * v
              : j == 1 ? (3.0 * u - 6.0) * u * u + 4.0
              : j == 2 ? (3.0 * v - 6.0) * v * v + 4.0
                       : u * u * u) /
             6.0;
    }
    KOKKOS_FUNCTION double slope(int j) const {
      double const v = 1.0 - u;
      return j == 0   ? -0.5 * v * v
             : j == 1 ? (1.5 * u - 2.0) * u
             : j == 2 ? -(1.5 * v - 2.0) * v
                      : 0.5 * u * u;
    }
  };
};

}  // namespace dp::detail
