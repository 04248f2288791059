// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/detail/net_weights.hpp>
#include <dp/math/activation.hpp>

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

/// Adds x of a skip connection to columns [begin, end) of y.
template <class T>
KOKKOS_INLINE_FUNCTION void add_skip(T* KOKKOS_RESTRICT y, T const* KOKKOS_RESTRICT x, int inputs, int begin,
                                     int end) {
  int const middle = Kokkos::min(end, inputs);
  for (int c = begin; c < middle; ++c) y[c] += x[c];
  for (int c = Kokkos::max(begin, inputs); c < end; ++c) y[c] += x[c - inputs];
}

/// One pass over z = x W: bias, activation, its derivative, time step and skip connection, in place. With
/// Slope::tangent `slope` comes in as dx W and leaves as dy; with Slope::factor it is written.
template <class Space, class T, Activation Kind, Slope S>
struct LayerPass {
  RowItems<Space> items;
  Matrix<T, Space> value, slope;
  Matrix<T const, Space> x, dx;
  Vector<T const, Space> bias, timestep;
  Skip skip;
  ActivationFunction<Kind> activation;

  KOKKOS_FUNCTION void operator()(std::int64_t item) const {
    auto const row = items.row(item);
    int const begin = items.begin(item), end = items.end(item);
    T* KOKKOS_RESTRICT const y = &value(row, 0);
    T* KOKKOS_RESTRICT const dy = S == Slope::none ? nullptr : &slope(row, 0);
    T const* KOKKOS_RESTRICT const b = bias.data();
    T const* KOKKOS_RESTRICT const t = timestep.data();
    for (int c = begin; c < end; ++c) {
      T f, df;
      activation(y[c] + b[c], f, df);
      y[c] = t[c] * f;
      if constexpr (S == Slope::tangent) dy[c] *= t[c] * df;
      if constexpr (S == Slope::factor) dy[c] = t[c] * df;
    }
    if (skip == Skip::none) return;
    add_skip(y, &x(row, 0), static_cast<int>(x.extent(1)), begin, end);
    if constexpr (S == Slope::tangent) add_skip(dy, &dx(row, 0), static_cast<int>(x.extent(1)), begin, end);
  }
};

template <Slope S, class Space, class T>
void layer_pass(Space const& space, LayerWeights<Space, T> const& layer, Matrix<T, Space> value,
                Matrix<T, Space> slope, Matrix<T const, Space> x, Matrix<T const, Space> dx) {
  RowItems<Space> const items{static_cast<std::int64_t>(value.extent(0)), layer.outputs()};
  with_activation(layer.activation, layer.silut_threshold, [&]<Activation Kind>(ActivationFunction<Kind> f) {
    Kokkos::parallel_for(
        "dp::layer_pass", items.policy(space),
        LayerPass<Space, T, Kind, S>{items, value, slope, x, dx, layer.bias, layer.timestep, layer.skip, f});
  });
}

}  // namespace dp::detail
