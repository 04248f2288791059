// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/core/buffer.hpp>
#include <dp/model/net.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace dp::detail {

/// One layer on `Space`: views into the flat buffer of NetWeights. Absent biases are 0 and absent time steps 1, so that
/// the passes over a layer have no branches for them.
template <class Space, class T>
struct LayerWeights {
  Matrix<T const, Space> weight;      // (inputs x outputs)
  Matrix<T const, Space> transposed;  // (outputs x inputs)
  Vector<T const, Space> bias, timestep;
  Activation activation;
  double silut_threshold;
  Skip skip;

  int inputs() const { return static_cast<int>(weight.extent(0)); }
  int outputs() const { return static_cast<int>(weight.extent(1)); }
};

/// A net's parameters on `Space` in the precision `T`, in one flat buffer.
template <class Space, class T>
class NetWeights {
 public:
  NetWeights(Space const& space, std::string const& label, Net const& net) {
    std::vector<double> flat;
    for (Layer const& layer : net.layers) append(flat, layer);
    m_flat = to_space<T>(space, label, flat);
    T const* next = m_flat.data();
    for (Layer const& layer : net.layers) m_layers.push_back(views(next, layer));
  }

  std::vector<LayerWeights<Space, T>> const& layers() const { return m_layers; }
  int outputs() const { return m_layers.back().outputs(); }
  std::size_t bytes() const { return m_flat.extent(0) * sizeof(T); }

 private:
  static void append(std::vector<double>& flat, Layer const& layer) {
    auto const in = static_cast<std::size_t>(layer.inputs), out = static_cast<std::size_t>(layer.outputs);
    flat.insert(flat.end(), layer.weight.begin(), layer.weight.end());
    for (std::size_t j = 0; j < out; ++j)
      for (std::size_t i = 0; i < in; ++i) flat.push_back(layer.weight[i * out + j]);
    for (std::size_t j = 0; j < out; ++j) flat.push_back(layer.bias.empty() ? 0.0 : layer.bias[j]);
    for (std::size_t j = 0; j < out; ++j) flat.push_back(layer.timestep.empty() ? 1.0 : layer.timestep[j]);
  }

  static LayerWeights<Space, T> views(T const*& next, Layer const& layer) {
    auto const in = static_cast<std::size_t>(layer.inputs), out = static_cast<std::size_t>(layer.outputs);
    using Weight = Matrix<T const, Space>;
    using Row = Vector<T const, Space>;
    LayerWeights<Space, T> const result{Weight(next, in, out),
                                        Weight(next + in * out, out, in),
                                        Row(next + 2 * in * out, out),
                                        Row(next + 2 * in * out + out, out),
                                        layer.activation,
                                        layer.threshold,
                                        layer.skip};
    next += 2 * in * out + 2 * out;
    return result;
  }

  Kokkos::View<T*, typename Space::memory_space> m_flat;
  std::vector<LayerWeights<Space, T>> m_layers;
};

}  // namespace dp::detail
