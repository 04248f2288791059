// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <dp/core/buffer.hpp>
#include <dp/core/packed_matrix.hpp>
#include <dp/model/net.hpp>
#include <string>
#include <vector>

namespace dp::detail {

/// One layer on `Space`: pieces of the flat buffer of NetWeights. Absent biases are 0 and absent time steps
/// 1, so that the passes over a layer have no branches for them.
template <class Space, class T>
struct LayerWeights {
  PackedMatrix<Space, T> weight;      // (inputs x outputs)
  PackedMatrix<Space, T> transposed;  // (outputs x inputs)
  Vector<T const, Space> bias, timestep;
  Activation activation;
  double silut_threshold;
  Skip skip;

  int inputs() const { return weight.rows; }
  int outputs() const { return weight.columns; }
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
  using Packed = PackedMatrix<Space, T>;

  static void append(std::vector<double>& flat, Layer const& layer) {
    auto const weight = [&](int i, int j) {
      return layer.weight[static_cast<std::size_t>(i * layer.outputs + j)];
    };
    Packed::pack(flat, layer.inputs, layer.outputs, weight);
    Packed::pack(flat, layer.outputs, layer.inputs, [&](int i, int j) { return weight(j, i); });
    auto const out = static_cast<std::size_t>(layer.outputs);
    for (std::size_t j = 0; j < out; ++j) flat.push_back(layer.bias.empty() ? 0.0 : layer.bias[j]);
    for (std::size_t j = 0; j < out; ++j) flat.push_back(layer.timestep.empty() ? 1.0 : layer.timestep[j]);
  }

  static LayerWeights<Space, T> views(T const*& next, Layer const& layer) {
    auto const take = [&next](std::size_t n) { return (next += n) - n; };
    auto const out = static_cast<std::size_t>(layer.outputs);
    auto const weight = take(Packed::size(layer.inputs, layer.outputs));
    auto const transposed = take(Packed::size(layer.outputs, layer.inputs));
    auto const bias = take(out);
    return {Packed{weight, layer.inputs, layer.outputs},
            Packed{transposed, layer.outputs, layer.inputs},
            Vector<T const, Space>(bias, out),
            Vector<T const, Space>(take(out), out),
            layer.activation,
            layer.threshold,
            layer.skip};
  }

  Kokkos::View<T*, typename Space::memory_space> m_flat;
  std::vector<LayerWeights<Space, T>> m_layers;
};

}  // namespace dp::detail
