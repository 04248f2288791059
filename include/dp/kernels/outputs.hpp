// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/half.hpp>
#include <dp/core/views.hpp>
#include <dp/program/network.hpp>
#include <dp/step/report.hpp>

namespace dp::detail {

/// y = (net + bias) scale in double, an entry each; with `sign` negative the net's value is subtracted from
/// y.
template <class Space, class T>
struct ScaleOutputs {
  Matrix<T const, Space> net;
  Vector<T const, Space> last_bias;         // of the net's last layer
  Vector<double const, Space> bias, scale;  // of the type
  double sign;
  Matrix<double, Space> y;

  KOKKOS_FUNCTION void operator()(std::int64_t a, int k) const {
    double const value = static_cast<double>(net(a, k)) + static_cast<double>(last_bias(k));
    if (sign > 0)
      y(a, k) = (value + bias(k)) * scale(k);
    else
      y(a, k) -= value * scale(k);
  }
};

/// dL/d(net) from dL/dy. In mixed precision a row comes times a power of two that brings its largest number
/// to 1/2 to 1, and with it `factor`; `unit` (atoms) takes the row's back.
template <class Space, class T, class Stored>
struct SeedOutputs {
  Matrix<double const, Space> dy;
  Vector<double const, Space> scale;
  double factor;
  Matrix<Stored, Space> dz;
  Vector<double, Space> unit;  // empty: rows come as they are

  KOKKOS_FUNCTION void operator()(std::int64_t a) const {
    auto const n = static_cast<int>(dy.extent(1));
    double times = factor;
    if (unit.data()) {
      double largest = 0.0;
      for (int k = 0; k < n; ++k) largest = Kokkos::max(largest, Kokkos::fabs(dy(a, k) * scale(k)));
      double const power = largest > 0.0 ? Kokkos::exp2(Kokkos::floor(Kokkos::log2(largest)) + 1.0) : 1.0;
      unit(a) = power / factor;
      times = factor / power;
    }
    for (int k = 0; k < n; ++k)
      dz(a, k) = narrowed<Stored>(static_cast<ArithmeticOf<Stored>>(dy(a, k) * scale(k) * times));
  }
};

/// x(a, k) *= unit(a).
template <class Space, class T>
struct ScaleRows {
  Vector<double const, Space> unit;
  Matrix<T, Space> x;

  KOKKOS_FUNCTION void operator()(std::int64_t a, int k) const {
    x(a, k) = static_cast<T>(static_cast<double>(x(a, k)) * unit(a));
  }
};

/// The vectors of a chain's channels, rows 1 to 3 of T, in its columns of those of all chains; and their
/// derivatives added to those of T. An entry each.
template <class Space, class T>
struct TakeVectors {
  Matrix<T const, Space> t;  // (atoms x 4 * width)
  int width, first, channels;
  Matrix<double, Space> v;  // (atoms x 3 * channels)

  KOKKOS_FUNCTION void operator()(std::int64_t a, int k) const {
    v(a, k / width * channels + first + k % width) = static_cast<double>(t(a, width + k));
  }
};
template <class Space, class T>
struct AddVectorAdjoint {
  Matrix<double const, Space> dv;
  int width, first, channels;
  Matrix<T, Space> dt;

  KOKKOS_FUNCTION void operator()(std::int64_t a, int k) const {
    dt(a, width + k) += static_cast<T>(dv(a, k / width * channels + first + k % width));
  }
};

/// What an atom has, an entry each: see Outputs.
template <class Space>
struct ContractOutputs {
  Contraction contraction;
  int channels;
  Matrix<double const, Space> y, v;
  Vector<double const, Space> shift;
  Vector<int const, Space> centres;
  Strided2<double, Space> output;  // empty: numbers are looked at alone
  typename Report<Space>::Values report;
  bool half;  // numbers may have been beyond the range of Half: they are NaN

  KOKKOS_FUNCTION void operator()(std::int64_t a, int c) const {
    double const value = shift(c) + contracted(a, c);
    if (half && !Kokkos::isfinite(value)) Report<Space>::report(report, Report<Space>::overflow, centres(a));
    if (output.data()) output(centres(a), c) += value;
  }

 private:
  KOKKOS_FUNCTION double contracted(std::int64_t a, int c) const {
    int const n = channels;
    if (contraction == Contraction::none) return y(a, c);
    double const* const first = &v(a, (contraction == Contraction::vector ? c : c / 3) * n);
    double sum = 0.0;
    if (contraction == Contraction::vector) {
      for (int m = 0; m < n; ++m) sum += y(a, m) * first[m];
      return sum;
    }
    double const* const second = &v(a, c % 3 * n);
    if (contraction == Contraction::diagonal) {
      for (int m = 0; m < n; ++m) sum += y(a, m) * first[m] * second[m];
      return sum;
    }
    for (int m = 0; m < n; ++m)
      for (int k = 0; k < n; ++k)
        sum += y(a, m * n + k) * 0.5 * (first[m] * second[k] + first[k] * second[m]);
    return sum;
  }
};

/// dL/dy and dL/dv from the cotangent dL/d(output). An item is a channel, or without vectors a component, of
/// an atom.
template <class Space>
struct ContractOutputsAdjoint {
  Contraction contraction;
  int channels;
  Matrix<double const, Space> y, v;
  Vector<int const, Space> centres;
  Strided2<double const, Space> cotangent;
  Matrix<double, Space> dy, dv;

  KOKKOS_FUNCTION void operator()(std::int64_t a, int m) const {
    auto const i = centres(a);
    int const n = channels;
    if (contraction == Contraction::none) {
      dy(a, m) = cotangent(i, m);
    } else if (contraction == Contraction::vector) {
      double sum = 0.0;
      for (int c = 0; c < 3; ++c) {
        sum += cotangent(i, c) * v(a, c * n + m);
        dv(a, c * n + m) = cotangent(i, c) * y(a, m);
      }
      dy(a, m) = sum;
    } else {
      // w_m = (C + C^T) v_m, C the cotangent: the output is symmetric.
      double w[3], sum[3] = {};
      turned(i, a, m, w);
      if (contraction == Contraction::diagonal) {
        dy(a, m) = 0.5 * (w[0] * v(a, m) + w[1] * v(a, n + m) + w[2] * v(a, 2 * n + m));
        for (int c = 0; c < 3; ++c) dv(a, c * n + m) = y(a, m) * w[c];
        return;
      }
      for (int k = 0; k < n; ++k) {
        dy(a, m * n + k) = 0.5 * (w[0] * v(a, k) + w[1] * v(a, n + k) + w[2] * v(a, 2 * n + k));
        double const both = 0.5 * (y(a, m * n + k) + y(a, k * n + m));
        for (int c = 0; c < 3; ++c) sum[c] += both * v(a, c * n + k);
      }
      for (int c = 0; c < 3; ++c) {
        double total = 0.0;
        for (int d = 0; d < 3; ++d) total += (cotangent(i, 3 * c + d) + cotangent(i, 3 * d + c)) * sum[d];
        dv(a, c * n + m) = total;
      }
    }
  }

 private:
  KOKKOS_FUNCTION void turned(std::int64_t i, std::int64_t a, int m, double (&w)[3]) const {
    for (int c = 0; c < 3; ++c) {
      w[c] = 0.0;
      for (int d = 0; d < 3; ++d)
        w[c] += (cotangent(i, 3 * c + d) + cotangent(i, 3 * d + c)) * v(a, d * channels + m);
    }
  }
};

}  // namespace dp::detail
