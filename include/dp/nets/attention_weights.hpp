// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <dp/core/buffer.hpp>
#include <dp/core/packed_matrix.hpp>
#include <dp/core/views.hpp>
#include <dp/model/attention_layer.hpp>
#include <vector>

namespace dp {

/// A layer of attention on `Space`, in the precision `T` of the arithmetic.
template <class Space, class T>
class AttentionWeights {
 public:
  using Packed = PackedMatrix<Space, T>;  ///< constant factors of products

  /// Copies `layer` to `space`.
  AttentionWeights(Space const& space, AttentionLayer const& layer)
      : hidden(layer.hidden()),
        scale(static_cast<T>(layer.scale)),
        epsilon(static_cast<T>(layer.epsilon)),
        normalised(layer.normalised),
        angular(layer.angular) {
    std::vector<double> flat;
    std::vector<Packed*> const matrices = {&in, &in_transposed, &out, &out_transposed};
    for (auto const* const linear : {&layer.in, &layer.out}) {
      auto const weight = [&](int i, int j) {
        return linear->weight[static_cast<std::size_t>(i * linear->outputs + j)];
      };
      Packed::pack_both(flat, linear->inputs, linear->outputs, weight);
    }
    m_matrices = to_space<T>(space, "dp::AttentionWeights::matrices", flat);
    T const* next = m_matrices.data();
    for (std::size_t m = 0; m < 4; ++m) {
      auto const& linear = m < 2 ? layer.in : layer.out;
      bool const turned = m % 2 == 1;
      *matrices[m] = {next, turned ? linear.outputs : linear.inputs, turned ? linear.inputs : linear.outputs};
      next += Packed::size(matrices[m]->rows, matrices[m]->columns);
    }
    auto const vector = [&](std::vector<double> values, int size) {
      values.resize(static_cast<std::size_t>(size), 0.0);  // a bias may be absent
      return m_vectors.emplace_back(to_space<T>(space, "dp::AttentionWeights::vectors", values));
    };
    in_bias = vector(layer.in.bias, layer.in.outputs);
    out_bias = vector(layer.out.bias, layer.out.outputs);
    gain = vector(layer.gain, layer.out.outputs);
    shift = vector(layer.shift, layer.out.outputs);
  }

  int hidden;                       ///< H
  T scale;                          ///< of q . k
  T epsilon;                        ///< of the layer's normalisation
  bool normalised;                  ///< q, k and v have length 1
  bool angular;                     ///< A has the factor u_j . u_k
  Packed in;                        ///< (M x 3 H)
  Packed in_transposed;             ///< (3 H x M)
  Packed out;                       ///< (H x M)
  Packed out_transposed;            ///< (M x H)
  Vector<T const, Space> in_bias;   ///< (3 H)
  Vector<T const, Space> out_bias;  ///< (M)
  Vector<T const, Space> gain;      ///< (M)
  Vector<T const, Space> shift;     ///< (M)

 private:
  Constants<T, Space> m_matrices;
  std::vector<Constants<T, Space>> m_vectors;
};

}  // namespace dp
