// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/entries.hpp>
#include <dp/core/half.hpp>
#include <dp/kernels/net_weights.hpp>
#include <dp/math/activation.hpp>
#include <type_traits>

namespace dp::detail {

/// What is computed of a layer beside its values.
enum class Slope {
  none,     ///< nothing: energies only
  tangent,  ///< the derivative with respect to the net's one input, carried forward
  factor    ///< dy/dz per entry without the skip connection, kept for the adjoint
};

/// Adds x of a skip connection to columns [begin, end) of y, one column on devices. `y` points at column
/// `from` of its row.
template <class Space, class T, class Stored>
KOKKOS_INLINE_FUNCTION void add_skip(T* KOKKOS_RESTRICT y, Stored const* KOKKOS_RESTRICT x, int inputs,
                                     int begin, int end, int from = 0) {
  if constexpr (is_host_space<Space>) {
    int const middle = Kokkos::min(end, inputs);
    for (int c = begin; c < middle; ++c) y[c - from] += widened<T>(x[c]);
    for (int c = Kokkos::max(begin, inputs); c < end; ++c) y[c - from] += widened<T>(x[c - inputs]);
  } else {
    y[begin - from] += widened<T>(x[begin < inputs ? begin : begin - inputs]);
  }
}

/// One pass over z = x W: bias, activation, its derivative, time step and skip connection. With
/// Slope::tangent dz = dx W becomes dy in `slope`; with Slope::factor that is written. z and dz may be the
/// memory of `value` and `slope` where numbers are stored in the precision of the arithmetic.
template <class Space, class T, class Stored, Activation Kind, Slope S>
struct LayerPass {
  // On devices an entry stays in registers between.
  static constexpr bool in_place = is_host_space<Space> && std::is_same_v<T, Stored>;

  Matrix<T const, Space> z, dz;
  Matrix<Stored, Space> value, slope;
  Matrix<Stored const, Space> x, dx;
  Vector<T const, Space> bias, timestep;
  Skip skip;
  ActivationFunction<Kind> activation;

  KOKKOS_FUNCTION void operator()(std::int64_t row, int begin, int end) const {
    if constexpr (in_place) {
      T* const dy = S == Slope::none ? nullptr : &slope(row, 0);
      activate(&value(row, 0), dy, 0, row, begin, end);
    } else {
      // In pieces that stay in registers or close to them.
      constexpr int piece = is_host_space<Space> ? 64 : 1;
      for (int c0 = begin; c0 < end; c0 += piece) {
        int const n = Kokkos::min(piece, end - c0);
        T y[piece], dy[piece];
        for (int c = 0; c < n; ++c) y[c] = z(row, c0 + c);
        if constexpr (S == Slope::tangent)
          for (int c = 0; c < n; ++c) dy[c] = dz(row, c0 + c);
        activate(y, dy, c0, row, c0, c0 + n);
        for (int c = 0; c < n; ++c) value(row, c0 + c) = narrowed<Stored>(y[c]);
        if constexpr (S != Slope::none)
          for (int c = 0; c < n; ++c) slope(row, c0 + c) = narrowed<Stored>(dy[c]);
      }
    }
  }

 private:
  /// Columns [begin, end) of a row; `y` and `dy` point at column `from`.
  KOKKOS_FORCEINLINE_FUNCTION void activate(T* KOKKOS_RESTRICT const y, T* KOKKOS_RESTRICT const dy, int from,
                                            std::int64_t row, int begin, int end) const {
    T const* KOKKOS_RESTRICT const b = bias.data();
    T const* KOKKOS_RESTRICT const t = timestep.data();
    for (int c = begin; c < end; ++c) {
      T f, df;
      activation(y[c - from] + b[c], f, df);
      y[c - from] = t[c] * f;
      if constexpr (S == Slope::tangent) dy[c - from] *= t[c] * df;
      if constexpr (S == Slope::factor) dy[c - from] = t[c] * df;
    }
    if (skip == Skip::none) return;
    int const inputs = static_cast<int>(x.extent(1));
    add_skip<Space>(y, &x(row, 0), inputs, begin, end, from);
    if constexpr (S == Slope::tangent) add_skip<Space>(dy, &dx(row, 0), inputs, begin, end, from);
  }
};

/// `z` and `dz` may be the same memory as `value` and `slope` where Stored is T.
template <Slope S, class Space, class T, class Stored>
void layer_pass(Space const& space, LayerWeights<Space, T, Stored> const& layer,
                std::type_identity_t<Matrix<T const, Space>> z,
                std::type_identity_t<Matrix<T const, Space>> dz, Matrix<Stored, Space> value,
                Matrix<Stored, Space> slope, std::type_identity_t<Matrix<Stored const, Space>> x,
                std::type_identity_t<Matrix<Stored const, Space>> dx) {
  with_activation(layer.activation, layer.parameter, [&]<Activation Kind>(ActivationFunction<Kind> f) {
    for_each_row(space, "dp::layer_pass", static_cast<std::int64_t>(value.extent(0)), layer.outputs(),
                 LayerPass<Space, T, Stored, Kind, S>{z, dz, value, slope, x, dx, layer.bias, layer.timestep,
                                                      layer.skip, f});
  });
}

/// Where a product goes that a pass turns into `stored`: there, or into `memory` where they differ in
/// precision.
template <class Space, class T, class Stored>
Matrix<T, Space> product_for(Matrix<Stored, Space> const& stored, T* memory) {
  if constexpr (std::is_same_v<T, Stored>)
    return stored;
  else
    return Matrix<T, Space>(memory, stored.extent(0), stored.extent(1));
}

}  // namespace dp::detail
