// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/core/kernels.hpp>
#include <dp/core/views.hpp>
#include <dp/math/activation.hpp>
#include <dp/model/net.hpp>
#include <utility>
#include <vector>

namespace dp {

namespace detail {

/// Takes rows through a net of one input and few channels, for hosts: a work item takes some rows through all
/// layers, with rows side by side, since the channels of a row are too few for vectors and for products of
/// matrices.
template <class Space, class T>
struct NarrowRows {
  static constexpr int widest = 8, rows_at_once = 32;

  /// A layer; its weights, biases and time steps follow those of the layer before.
  struct Shape {
    int inputs, outputs;
    Activation activation;
    double parameter;
    Skip skip;
  };

  Shape const* layers;
  int count;
  T const* weights;
  Strided1<double const, Space> s;
  Matrix<T, Space> value, derivative;  // derivative may be empty

  void operator()(std::int64_t item) const {
    Rows x, dx, y, dy;
    std::int64_t const begin = item * rows_at_once;
    int const n = static_cast<int>(
        std::min(std::int64_t(rows_at_once), static_cast<std::int64_t>(value.extent(0)) - begin));
    for (int r = 0; r < rows_at_once; ++r) {
      x[0][r] = static_cast<T>(s(begin + std::min(r, n - 1)));
      dx[0][r] = 1;
    }
    T const* next = weights;
    Rows *in = &x, *din = &dx, *out = &y, *dout = &dy;
    for (int l = 0; l < count; ++l) {
      Shape const& shape = layers[l];
      with_activation(shape.activation, shape.parameter,
                      [&](auto const& f) { layer(shape, next, f, *in, *din, *out, *dout); });
      next += (shape.inputs + 2) * shape.outputs;
      std::swap(in, out);
      std::swap(din, dout);
    }
    int const width = static_cast<int>(value.extent(1));
    for (int r = 0; r < n; ++r)
      for (int c = 0; c < width; ++c) value(begin + r, c) = (*in)[c][r];
    if (!derivative.data()) return;
    for (int r = 0; r < n; ++r)
      for (int c = 0; c < width; ++c) derivative(begin + r, c) = (*din)[c][r];
  }

 private:
  using Rows = T[widest][rows_at_once];

  template <class Function>
  static void layer(Shape const& shape, T const* weight, Function const& f, Rows const& x, Rows const& dx,
                    Rows& y, Rows& dy) {
    T const* const bias = weight + shape.inputs * shape.outputs;
    T const* const timestep = bias + shape.outputs;
    for (int c = 0; c < shape.outputs; ++c) {
      T z[rows_at_once], dz[rows_at_once] = {};
      for (int r = 0; r < rows_at_once; ++r) z[r] = bias[c];
      for (int k = 0; k < shape.inputs; ++k) {
        T const w = weight[k * shape.outputs + c];
        for (int r = 0; r < rows_at_once; ++r) {
          z[r] += w * x[k][r];
          dz[r] += w * dx[k][r];
        }
      }
      int const skipped = shape.skip == Skip::none ? 0 : c < shape.inputs ? c : c - shape.inputs;
      T const t = timestep[c], skip = shape.skip == Skip::none ? T(0) : T(1);
      for (int r = 0; r < rows_at_once; ++r) {
        T value, slope;
        f(z[r], value, slope);
        y[c][r] = t * value + skip * x[skipped][r];
        dy[c][r] = t * slope * dz[r] + skip * dx[skipped][r];
      }
    }
  }
};

}  // namespace detail

/// An embedding net of few channels, on hosts. See EmbeddingNet, which chooses it.
template <class Space, class T>
class NarrowNet {
 public:
  /// Whether all layers are narrow enough.
  static bool fits(Net const& net) {
    return std::all_of(net.layers.begin(), net.layers.end(), [](Layer const& layer) {
      return layer.inputs <= Kernel::widest && layer.outputs <= Kernel::widest;
    });
  }

  /// Copies `net`, which fits.
  NarrowNet(Space const& space, Net const& net) {
    std::vector<double> weights;
    for (Layer const& layer : net.layers) {
      m_layers.push_back({layer.inputs, layer.outputs, layer.activation,
                          layer.activation == Activation::gelu ? layer.cubic : layer.threshold, layer.skip});
      auto const n = static_cast<std::size_t>(layer.outputs);
      weights.insert(weights.end(), layer.weight.begin(), layer.weight.end());
      for (std::size_t c = 0; c < n; ++c) weights.push_back(layer.bias.empty() ? 0.0 : layer.bias[c]);
      for (std::size_t c = 0; c < n; ++c) weights.push_back(layer.timestep.empty() ? 1.0 : layer.timestep[c]);
    }
    m_weights = to_space<T>(space, "dp::NarrowNet::weights", weights);
  }

  /// As EmbeddingNet::evaluate().
  void evaluate(Space const& space, Strided1<double const, Space> s, Matrix<T, Space> value,
                Matrix<T, Space> derivative) const {
    auto const rows = static_cast<std::int64_t>(s.extent(0));
    Kokkos::parallel_for(
        "dp::NarrowNet::evaluate",
        detail::LightRange<Space>(space, 0, (rows + Kernel::rows_at_once - 1) / Kernel::rows_at_once),
        Kernel{m_layers.data(), static_cast<int>(m_layers.size()), m_weights.data(), s, value, derivative});
  }

 private:
  using Kernel = detail::NarrowRows<Space, T>;

  std::vector<typename Kernel::Shape> m_layers;
  Constants<T, Space> m_weights;
};

}  // namespace dp
