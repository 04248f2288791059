// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/core/activation.hpp>
#include <dp/core/error.hpp>
#include <dp/math/tanh.hpp>

namespace dp {

/// Value and derivative of an activation function (formulas: docs/model_files.md). `Kind` is a template
/// parameter so that a pass over a layer has no branch in its inner loop; `T` is the nets' precision.
template <Activation Kind>
struct ActivationFunction {
  double parameter;     ///< silut: threshold, above which it is tanh(slope (x - threshold)) + offset;
                        ///< gelu: coefficient of x^3
  double slope = 1.0;   ///< silut: of silu at the threshold
  double offset = 0.0;  ///< silut: silu at the threshold

  /// `of_kind`: see `parameter`; of no meaning to other kinds.
  explicit ActivationFunction(double of_kind) : parameter(of_kind) {
    if constexpr (Kind == Activation::silut) {
      ActivationFunction<Activation::silu> const silu{parameter};
      silu(parameter, offset, slope);
    }
  }

  /// Value `y` and derivative `dy` at `x`.
  template <class T>
  KOKKOS_INLINE_FUNCTION void operator()(T x, T& y, T& dy) const {
    if constexpr (Kind == Activation::linear) {
      y = x;
      dy = T(1);
    } else if constexpr (Kind == Activation::tanh) {
      y = fast_tanh(x);
      dy = T(1) - y * y;
    } else if constexpr (Kind == Activation::relu) {
      y = x > T(0) ? x : T(0);
      dy = x > T(0) ? T(1) : T(0);
    } else if constexpr (Kind == Activation::relu6) {
      y = x > T(0) ? (x < T(6) ? x : T(6)) : T(0);
      dy = x > T(0) && x < T(6) ? T(1) : T(0);
    } else if constexpr (Kind == Activation::softplus) {
      y = (x > T(0) ? x : T(0)) + Kokkos::log1p(Kokkos::exp(-Kokkos::fabs(x)));
      dy = sigmoid(x);
    } else if constexpr (Kind == Activation::sigmoid) {
      y = sigmoid(x);
      dy = y * (T(1) - y);
    } else if constexpr (Kind == Activation::silu) {
      T const g = sigmoid(x);
      y = x * g;
      dy = g * (T(1) + x * (T(1) - g));
    } else if constexpr (Kind == Activation::silut) {
      T const g = sigmoid(x);
      T const h = fast_tanh(T(slope) * (x - T(parameter)));
      bool const below = x < T(parameter);
      y = below ? x * g : h + T(offset);
      dy = below ? g * (T(1) + x * (T(1) - g)) : T(slope) * (T(1) - h * h);
    } else if constexpr (Kind == Activation::mish) {
      T const e = Kokkos::exp(x < T(30) ? x : T(30)), n = e * (e + T(2)),
              h = n / (n + T(2));  // h: tanh(softplus)
      y = x * h;
      dy = h + x * T(4) * (n + T(1)) / ((n + T(2)) * (n + T(2))) * (e / (T(1) + e));
    } else if constexpr (Kind == Activation::gelu_erf) {
      T const half = T(0.5) * Kokkos::erfc(-x * T(0.7071067811865476));  // sqrt(1/2)
      y = x * half;
      dy = half + x * T(0.3989422804014327) * Kokkos::exp(T(-0.5) * x * x);  // 1/sqrt(2 pi)
    } else if constexpr (Kind == Activation::shifted_softplus) {
      y = (x > T(0) ? x : T(0)) + Kokkos::log1p(Kokkos::exp(-Kokkos::fabs(x))) -
          T(0.6931471805599453);  // log(2)
      dy = sigmoid(x);
    } else {
      static_assert(Kind == Activation::gelu);
      T const c = T(0.7978845608028654);  // sqrt(2/pi)
      T const h = fast_tanh(c * (x + T(parameter) * x * x * x));
      y = T(0.5) * x * (T(1) + h);
      dy = T(0.5) * (T(1) + h) + T(0.5) * x * (T(1) - h * h) * c * (T(1) + T(3 * parameter) * x * x);
    }
  }

 private:
  template <class T>
  KOKKOS_INLINE_FUNCTION static T sigmoid(T x) {
    return T(0.5) + T(0.5) * fast_tanh(T(0.5) * x);
  }
};

/// Calls `body` with the ActivationFunction of `kind`: the switch from run time to compile time. `parameter`:
/// see there.
template <class Body>
void with_activation(Activation kind, double parameter, Body const& body) {
  switch (kind) {
    case Activation::linear:
      return body(ActivationFunction<Activation::linear>(parameter));
    case Activation::tanh:
      return body(ActivationFunction<Activation::tanh>(parameter));
    case Activation::relu:
      return body(ActivationFunction<Activation::relu>(parameter));
    case Activation::relu6:
      return body(ActivationFunction<Activation::relu6>(parameter));
    case Activation::softplus:
      return body(ActivationFunction<Activation::softplus>(parameter));
    case Activation::sigmoid:
      return body(ActivationFunction<Activation::sigmoid>(parameter));
    case Activation::silu:
      return body(ActivationFunction<Activation::silu>(parameter));
    case Activation::silut:
      return body(ActivationFunction<Activation::silut>(parameter));
    case Activation::gelu:
      return body(ActivationFunction<Activation::gelu>(parameter));
    case Activation::mish:
      return body(ActivationFunction<Activation::mish>(parameter));
    case Activation::gelu_erf:
      return body(ActivationFunction<Activation::gelu_erf>(parameter));
    case Activation::shifted_softplus:
      return body(ActivationFunction<Activation::shifted_softplus>(parameter));
  }
  fail("dp::with_activation: unknown activation function ", static_cast<int>(kind));
}

}  // namespace dp
