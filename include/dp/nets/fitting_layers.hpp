// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/core/entries.hpp>
#include <dp/core/precision.hpp>
#include <dp/kernels/fitting_passes.hpp>
#include <dp/kernels/layer_pass.hpp>
#include <dp/kernels/net_weights.hpp>
#include <dp/math/gemm.hpp>
#include <vector>

namespace dp::detail {

/// The layers of a fitting net of many outputs, whose last one is linear: values with the slopes that the way
/// back needs, and that way.
template <class Space, class Precision>
class FittingLayers {
 public:
  using T = typename Precision::Net;             ///< what is computed in
  using Stored = typename Precision::Stored;     ///< what weights and activations are stored in
  using Weights = NetWeights<Space, T, Stored>;  ///< of a net without layers that are vectors

  /// The outputs of the net at `x`, (atoms x outputs): `into`, or in memory of this object.
  template <Slope S>
  Matrix<T, Space> values(Space const& space, Weights const& net, Matrix<Stored const, Space> x,
                          Matrix<T, Space> into = {}) {
    auto const& layers = net.layers();
    auto const atoms = x.extent(0);
    while (m_layers.size() < layers.size()) m_layers.emplace_back();
    for (std::size_t l = 0; l + 1 < layers.size(); ++l) {
      auto const width = static_cast<std::size_t>(layers[l].outputs());
      auto const y = m_layers[l].value.get(space, atoms, width);
      auto const slope =
          S == Slope::factor ? m_layers[l].slope.get(space, atoms, width) : Matrix<Stored, Space>();
      auto const z = product_for<Space, T>(
          y, is_mixed<Precision> ? m_product.get(space, atoms * width).data() : nullptr);
      gemm(space, x, layers[l].weight, z);
      layer_pass<S>(space, layers[l], z, {}, y, slope, x, {});
      x = y;
    }
    auto const z = into.data() ? into : m_output.get(space, atoms, static_cast<std::size_t>(net.outputs()));
    gemm(space, x, layers.back().weight, z);
    return z;
  }

  /// dL/dx from dL/d(output), after values<Slope::factor>(): `into`, or in memory of this object.
  Matrix<T, Space> adjoint(Space const& space, Weights const& net, Matrix<Stored const, Space> dz,
                           Matrix<T, Space> into = {}) {
    auto const& layers = net.layers();
    auto const atoms = dz.extent(0);
    Matrix<T, Space> dy, dy_above;
    Matrix<Stored const, Space> above = dz;
    for (std::size_t l = layers.size(); l-- > 0; dy_above = dy) {
      auto const width = static_cast<std::size_t>(layers[l].inputs());
      bool const top = l + 1 == layers.size(), bottom = l == 0;
      dy = bottom && into.data() ? into : m_layers[l].dy.get(space, atoms, width);
      gemm(space, above, layers[l].transposed, dy);
      auto const slope = bottom ? Matrix<Stored, Space>() : m_layers[l - 1].slope.get(space, atoms, width);
      auto const below = bottom ? Matrix<Stored, Space>() : m_dz.get(space, atoms, width);
      auto const skip = top ? Skip::none : layers[l].skip;
      if (!bottom || skip != Skip::none)
        for_each_row(space, "dp::FittingLayers::adjoint", static_cast<std::int64_t>(atoms),
                     layers[l].inputs(),
                     AdjointPass<Space, T, Stored>{dy, dy_above, skip, {}, {}, slope, below, T(1), T(1)});
      above = below;
    }
    return dy;
  }

  /// Memory held on `Space`.
  std::size_t bytes() const {
    std::size_t sum = m_dz.bytes() + m_product.bytes() + m_output.bytes();
    for (auto const& layer : m_layers) sum += layer.value.bytes() + layer.slope.bytes() + layer.dy.bytes();
    return sum;
  }

 private:
  /// Of one layer.
  struct Layer {
    Buffer<Stored, Space> value{"dp::FittingLayers::value"}, slope{"dp::FittingLayers::slope"};
    Buffer<T, Space> dy{"dp::FittingLayers::dy"};  // dL/d(input of the layer)
  };

  std::vector<Layer> m_layers;
  Buffer<Stored, Space> m_dz{"dp::FittingLayers::dz"};
  Buffer<T, Space> m_product{"dp::FittingLayers::product"};  // of mixed precision
  Buffer<T, Space> m_output{"dp::FittingLayers::output"};
};

}  // namespace dp::detail
