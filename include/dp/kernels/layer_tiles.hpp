// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/entries.hpp>
#include <dp/core/half.hpp>
#include <dp/core/views.hpp>
#include <dp/kernels/layer_pass.hpp>
#include <dp/math/activation.hpp>
#include <type_traits>

namespace dp::detail {

/// How many numbers of an input LayerTiles reads at once.
template <class Stored>
inline constexpr int input_piece = 16 / static_cast<int>(sizeof(Stored));

/// What a row of inputs of LayerTiles takes in memory, for `inputs` of them.
template <class Stored>
int padded_inputs(int inputs) {
  constexpr int piece = input_piece<Stored>;
  return (inputs + piece - 1) / piece * piece;
}

/// A layer of a narrow net on devices, its product and its pass (see LayerPass) in one: z = x W stays in
/// registers, where vendors' products, made for wide matrices, would write it to memory and a pass read it
/// again. An item is a block of `tall` rows and `wide` columns; all else that it reads is in the first cache.
/// Its columns are `items` apart, so that neighbouring threads read neighbouring weights. Rows of x may be
/// longer than W is tall, and begin where a Piece may.
template <class Space, class T, class Stored, Activation Kind, Slope S>
struct LayerTiles {
  static constexpr int tall = 4, wide = 4;
  static constexpr int piece = input_piece<Stored>;

  Matrix<Stored const, Space> x, dx, weight;
  Matrix<Stored, Space> value, slope;
  Vector<T const, Space> bias, timestep;
  Skip skip;
  ActivationFunction<Kind> activation;

  int inputs = static_cast<int>(weight.extent(0)), outputs = static_cast<int>(weight.extent(1));
  int items = (outputs + wide - 1) / wide;                                 ///< of a row
  std::int64_t rows = static_cast<std::int64_t>(value.extent(0)) / tall +  ///< of items
                      (static_cast<std::int64_t>(value.extent(0)) % tall > 0);

  KOKKOS_FUNCTION void operator()(std::int64_t block, int item) const {
    std::int64_t const first = block * tall, stride = static_cast<std::int64_t>(x.extent(1)),
                       last = static_cast<std::int64_t>(value.extent(0)) - 1;
    Place at;
    for (int i = 0; i < tall; ++i) {
      std::int64_t const row = Kokkos::min(first + i, last) * stride;
      at.x[i] = x.data() + row;
      at.dx[i] = S == Slope::tangent ? dx.data() + row : nullptr;
    }
    for (int j = 0; j < wide; ++j) at.weight[j] = weight.data() + Kokkos::min(item + j * items, outputs - 1);
    T sum[tall][wide] = {}, tangent[tall][wide] = {};
    for (int k = inputs / piece; k > 0; --k) add<Piece>(at, sum, tangent);
    for (int k = inputs % piece; k > 0; --k) add<Number>(at, sum, tangent);

    for (int j = 0; j < wide; ++j) {
      int const c = item + j * items,
                source = (c < inputs ? c : c - inputs) - inputs;  // from where x is read now
      if (c >= outputs) break;
      T const b = bias(c), t = timestep(c);
      for (int i = 0; i < tall; ++i) {
        if (first + i > last) break;
        T f, df;
        activation(sum[i][j] + b, f, df);
        T y = t * f, dy = tangent[i][j] * (t * df);
        if (skip != Skip::none) {
          y += widened<T>(at.x[i][source]);
          if constexpr (S == Slope::tangent) dy += widened<T>(at.dx[i][source]);
        }
        value(first + i, c) = narrowed<Stored>(y);
        if constexpr (S == Slope::tangent) slope(first + i, c) = narrowed<Stored>(dy);
      }
    }
  }

 private:
  struct alignas(16) Piece {
    static constexpr int count = piece;
    Stored numbers[count];
  };
  struct Number {
    static constexpr int count = 1;
    Stored numbers[count];
  };
  /// What is read next. Pointers, which cost less than numbers of entries.
  struct Place {
    Stored const *x[tall], *dx[tall], *weight[wide];
  };

  /// The next inputs, as many as `Inputs` are.
  template <class Inputs>
  KOKKOS_FORCEINLINE_FUNCTION void add(Place& at, T (&sum)[tall][wide], T (&tangent)[tall][wide]) const {
    Inputs a[tall], da[tall];
    for (int i = 0; i < tall; ++i) {
      a[i] = *reinterpret_cast<Inputs const*>(at.x[i]);
      at.x[i] += Inputs::count;
      if constexpr (S == Slope::tangent) {
        da[i] = *reinterpret_cast<Inputs const*>(at.dx[i]);
        at.dx[i] += Inputs::count;
      }
    }
    for (int k = 0; k < Inputs::count; ++k) {
      T w[wide];
      for (int j = 0; j < wide; ++j) {
        w[j] = widened<T>(*at.weight[j]);
        at.weight[j] += outputs;
      }
      for (int i = 0; i < tall; ++i)
        for (int j = 0; j < wide; ++j) {
          sum[i][j] += widened<T>(a[i].numbers[k]) * w[j];
          if constexpr (S == Slope::tangent) tangent[i][j] += widened<T>(da[i].numbers[k]) * w[j];
        }
    }
  }
};

/// One layer of a narrow net: y and, with Slope::tangent, dy from x and dx, whose rows are of
/// padded_inputs().
template <Slope S, class Space, class T, class Stored>
void layer_tiles(Space const& space, LayerWeights<Space, T, Stored> const& layer,
                 std::type_identity_t<Matrix<Stored, Space>> value,
                 std::type_identity_t<Matrix<Stored, Space>> slope,
                 std::type_identity_t<Matrix<Stored const, Space>> x,
                 std::type_identity_t<Matrix<Stored const, Space>> dx) {
  Matrix<Stored const, Space> const weight(layer.weight.data, static_cast<std::size_t>(layer.inputs()),
                                           static_cast<std::size_t>(layer.outputs()));
  with_activation(layer.activation, layer.parameter, [&]<Activation Kind>(ActivationFunction<Kind> f) {
    LayerTiles<Space, T, Stored, Kind, S> const tiles{
        x, dx, weight, value, slope, layer.bias, layer.timestep, layer.skip, f};
    for_each_entry(space, "dp::layer_tiles", tiles.rows, tiles.items, tiles, 128);
  });
}

}  // namespace dp::detail
