// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <cstddef>
#include <dp/core/buffer.hpp>
#include <dp/core/error.hpp>
#include <dp/core/half.hpp>
#include <dp/core/packed_matrix.hpp>
#include <dp/model/net.hpp>
#include <string>
#include <type_traits>
#include <vector>

namespace dp::detail {

/// One layer on `Space`: pieces of the flat buffers of NetWeights. Absent biases are 0 and absent time steps
/// 1, so that the passes over a layer have no branches for them.
template <class Space, class T, class Stored>
struct LayerWeights {
  PackedMatrix<Space, Stored> weight;      // (inputs x outputs); without data in a layer that is a vector
  PackedMatrix<Space, Stored> transposed;  // (outputs x inputs); likewise
  Vector<T const, Space> vector;           // of a layer that is one
  Vector<T const, Space> bias, timestep;
  Activation activation;
  double parameter;  // of the activation
  Skip skip;

  int inputs() const { return weight.rows; }
  int outputs() const { return weight.columns; }
};

/// The layer of a net that is no product of matrices, if there is one: one input or one output.
enum class VectorLayer { first, last, none };

/// A net's parameters on `Space`: matrices as `Stored`, all else (vectors, biases, time steps) in the
/// precision `T` of the arithmetic. `left_out`: of each layer, how many of its last inputs are multiplied
/// elsewhere. Throws dp::Error for a weight that is beyond the range of Half; `name`: of the net.
template <class Space, class T, class Stored>
class NetWeights {
 public:
  NetWeights(Space const& space, std::string const& label, Net const& net, VectorLayer vector,
             std::string const& name, std::vector<int> left_out = {}) {
    left_out.resize(net.layers.size(), 0);
    auto const is_vector = [&](std::size_t l) {
      return vector != VectorLayer::none && l == (vector == VectorLayer::first ? 0 : net.layers.size() - 1);
    };
    std::vector<double> matrices, vectors;
    std::size_t numbers = 0;
    for (std::size_t l = 0; l < net.layers.size(); ++l)
      numbers += Packed::both_sizes(net.layers[l].inputs - left_out[l], net.layers[l].outputs);
    matrices.reserve(numbers);
    for (std::size_t l = 0; l < net.layers.size(); ++l) {
      Layer const& layer = net.layers[l];
      if (is_vector(l))
        vectors.insert(vectors.end(), layer.weight.begin(), layer.weight.end());
      else
        append(matrices, layer, layer.inputs - left_out[l], name + ", layer " + std::to_string(l));
      auto const out = static_cast<std::size_t>(layer.outputs);
      for (std::size_t j = 0; j < out; ++j) vectors.push_back(layer.bias.empty() ? 0.0 : layer.bias[j]);
      for (std::size_t j = 0; j < out; ++j)
        vectors.push_back(layer.timestep.empty() ? 1.0 : layer.timestep[j]);
    }
    m_matrices = to_space<Stored>(space, label, matrices);
    m_vectors = to_space<T>(space, label, vectors);
    Stored const* next_matrix = m_matrices.data();
    T const* next_vector = m_vectors.data();
    for (std::size_t l = 0; l < net.layers.size(); ++l)
      m_layers.push_back(
          views(next_matrix, next_vector, net.layers[l], net.layers[l].inputs - left_out[l], is_vector(l)));
  }

  std::vector<LayerWeights<Space, T, Stored>> const& layers() const { return m_layers; }
  int outputs() const { return m_layers.back().outputs(); }

 private:
  using Packed = PackedMatrix<Space, Stored>;

  static void append(std::vector<double>& flat, Layer const& layer, int inputs, std::string const& where) {
    if constexpr (!std::is_same_v<T, Stored>)
      for (double weight : layer.weight)
        if (!(std::abs(weight) <= largest_half))
          fail(where, ": the weight ", weight, " is beyond the range of half precision (", largest_half,
               "); use another precision");
    auto const weight = [&](int i, int j) {
      return layer.weight[static_cast<std::size_t>(i * layer.outputs + j)];
    };
    Packed::pack_both(flat, inputs, layer.outputs, weight);
  }

  static LayerWeights<Space, T, Stored> views(Stored const*& matrix, T const*& vector, Layer const& layer,
                                              int inputs, bool is_vector) {
    auto const take = [](auto const*& next, std::size_t n) { return (next += n) - n; };
    auto const out = static_cast<std::size_t>(layer.outputs);
    LayerWeights<Space, T, Stored> result;
    if (is_vector) {
      result.vector = Vector<T const, Space>(take(vector, layer.weight.size()), layer.weight.size());
      result.weight = {nullptr, inputs, layer.outputs};
      result.transposed = {nullptr, layer.outputs, inputs};
    } else {
      result.weight = {take(matrix, Packed::size(inputs, layer.outputs)), inputs, layer.outputs};
      result.transposed = {take(matrix, Packed::size(layer.outputs, inputs)), layer.outputs, inputs};
    }
    result.bias = Vector<T const, Space>(take(vector, out), out);
    result.timestep = Vector<T const, Space>(take(vector, out), out);
    result.activation = layer.activation;
    result.parameter = layer.activation == Activation::gelu ? layer.cubic : layer.threshold;
    result.skip = layer.skip;
    return result;
  }

  Constants<Stored, Space> m_matrices;
  Constants<T, Space> m_vectors;
  std::vector<LayerWeights<Space, T, Stored>> m_layers;
};

}  // namespace dp::detail
