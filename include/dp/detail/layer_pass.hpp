// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/half.hpp>
#include <dp/detail/net_weights.hpp>
#include <dp/math/activation.hpp>
#include <type_traits>

namespace dp::detail {

/// Splits rows of a matrix into work items: on the host an item is a whole row, whose loop vectorises; on
/// devices it is one entry, so that neighbouring threads touch neighbouring addresses.
template <class Space>
struct RowItems {
  std::int64_t rows;
  int width;

  static constexpr bool whole_rows = is_host_space<Space>;

  Kokkos::RangePolicy<Space, Kokkos::IndexType<std::int64_t>> policy(Space const& space) const {
    return {space, 0, whole_rows ? rows : rows * width};
  }
  KOKKOS_FUNCTION std::int64_t row(std::int64_t item) const { return whole_rows ? item : item / width; }
  KOKKOS_FUNCTION int begin(std::int64_t item) const {
    return whole_rows ? 0 : static_cast<int>(item % width);
  }
  KOKKOS_FUNCTION int end(std::int64_t item) const { return whole_rows ? width : begin(item) + 1; }
};

/// What is computed of a layer beside its values.
enum class Slope {
  none,     ///< nothing: energies only
  tangent,  ///< the derivative with respect to the net's one input, carried forward
  factor    ///< dy/dz per entry without the skip connection, kept for the adjoint
};

/// Adds x of a skip connection to columns [begin, end) of y. `y` points at column `from` of its row.
template <class T, class Stored>
KOKKOS_INLINE_FUNCTION void add_skip(T* KOKKOS_RESTRICT y, Stored const* KOKKOS_RESTRICT x, int inputs,
                                     int begin, int end, int from = 0) {
  int const middle = Kokkos::min(end, inputs);
  for (int c = begin; c < middle; ++c) y[c - from] += widened<T>(x[c]);
  for (int c = Kokkos::max(begin, inputs); c < end; ++c) y[c - from] += widened<T>(x[c - inputs]);
}

/// One pass over z = x W: bias, activation, its derivative, time step and skip connection. With
/// Slope::tangent `slope` comes in as dz = dx W and leaves as dy; with Slope::factor it is written. In place
/// where numbers are stored in the precision of the arithmetic; else from z and dz to `value` and `slope`.
template <class Space, class T, class Stored, Activation Kind, Slope S>
struct LayerPass {
  static constexpr bool in_place = std::is_same_v<T, Stored>;

  RowItems<Space> items;
  Matrix<T const, Space> z, dz;  // not looked at in place
  Matrix<Stored, Space> value, slope;
  Matrix<Stored const, Space> x, dx;
  Vector<T const, Space> bias, timestep;
  Skip skip;
  ActivationFunction<Kind> activation;

  KOKKOS_FUNCTION void operator()(std::int64_t item) const {
    auto const row = items.row(item);
    int const begin = items.begin(item), end = items.end(item);
    if constexpr (in_place) {
      T* const dy = S == Slope::none ? nullptr : &slope(row, 0);
      activate(&value(row, 0), dy, 0, row, begin, end);
    } else {
      // In pieces that stay in registers or close to them.
      constexpr int piece = RowItems<Space>::whole_rows ? 64 : 1;
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
    add_skip(y, &x(row, 0), inputs, begin, end, from);
    if constexpr (S == Slope::tangent) add_skip(dy, &dx(row, 0), inputs, begin, end, from);
  }
};

/// `z` and `dz` may be the same memory as `value` and `slope` where Stored is T.
template <Slope S, class Space, class T, class Stored>
void layer_pass(Space const& space, LayerWeights<Space, T, Stored> const& layer,
                std::type_identity_t<Matrix<T const, Space>> z,
                std::type_identity_t<Matrix<T const, Space>> dz, Matrix<Stored, Space> value,
                Matrix<Stored, Space> slope, std::type_identity_t<Matrix<Stored const, Space>> x,
                std::type_identity_t<Matrix<Stored const, Space>> dx) {
  RowItems<Space> const items{static_cast<std::int64_t>(value.extent(0)), layer.outputs()};
  with_activation(layer.activation, layer.silut_threshold, [&]<Activation Kind>(ActivationFunction<Kind> f) {
    Kokkos::parallel_for("dp::layer_pass", items.policy(space),
                         LayerPass<Space, T, Stored, Kind, S>{items, z, dz, value, slope, x, dx, layer.bias,
                                                              layer.timestep, layer.skip, f});
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
