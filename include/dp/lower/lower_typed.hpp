// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <dp/model/typed_embedding.hpp>
#include <dp/program/network.hpp>
#include <memory>
#include <utility>
#include <vector>

namespace dp::detail {

inline Smoothing smoothing_of(TypedEmbedding::Smooth smooth) {
  using Smooth = TypedEmbedding::Smooth;
  return smooth == Smooth::no          ? Smoothing::none
         : smooth == Smooth::by_switch ? Smoothing::switch_function
                                       : Smoothing::cubic;
}

/// A net of (x, vector) at a fixed vector: a net of x alone. The vector shifts the biases of the first layer;
/// a layer that adds its inputs to its outputs is given them, vector included, by a linear layer before it.
inline Net at_vector(Net const& net, std::vector<double> const& vector) {
  Net out = net;
  Layer& first = out.layers.front();
  auto const n = static_cast<std::size_t>(first.outputs), inputs = static_cast<std::size_t>(first.inputs);
  if (first.skip != Skip::none) {
    Layer whole;
    whole.inputs = 1;
    whole.outputs = first.inputs;
    whole.weight.assign(inputs, 0.0);
    whole.weight.front() = 1.0;
    whole.bias = {0.0};
    whole.bias.insert(whole.bias.end(), vector.begin(), vector.end());
    out.layers.insert(out.layers.begin(), std::move(whole));
    return out;
  }
  if (first.bias.empty()) first.bias.assign(n, 0.0);
  for (std::size_t i = 1; i < inputs; ++i)
    for (std::size_t k = 0; k < n; ++k) first.bias[k] += vector[i - 1] * first.weight[i * n + k];
  first.weight.resize(n);
  first.inputs = 1;
  return out;
}

/// Of a net that sees types by their vectors, the functions of single pairs of types. Those of concat have
/// nets of their own, as many as there are pairs (or types, where the centre is not seen): of a model of many
/// types they are large, and restricted_to() leaves those out that a system does not have. Those of strip
/// share one net.
class TypedFunctions {
 public:
  explicit TypedFunctions(TypedEmbedding const& embedding) : m_embedding(embedding) {
    if (embedding.input == TypedEmbedding::Input::concat) return;
    if (!embedding.net.empty())
      m_shared.net = std::make_shared<Net const>(embedding.net);
    else
      m_shared.table = std::make_shared<EmbeddingTable const>(embedding.table);
    m_shared.smoothing = smoothing_of(embedding.smooth);
  }

  /// That of a pair; `neighbour` may be ntypes, "no type".
  PairFunction operator()(std::size_t centre, std::size_t neighbour) const {
    PairFunction function = m_shared;
    if (m_embedding.input == TypedEmbedding::Input::concat)
      function.net =
          std::make_shared<Net const>(at_vector(m_embedding.net, m_embedding.vectors(centre, neighbour)));
    else
      function.modulation = m_embedding.modulation(centre, neighbour);
    return function;
  }

  /// The same for a neighbour at the cutoff or beyond, where the smoothing has made its modulation zero.
  PairFunction at_cutoff(PairFunction function) const {
    if (function.smoothing == Smoothing::none) return function;
    function.modulation.clear();
    function.smoothing = Smoothing::none;
    return function;
  }

  /// Those of all pairs.
  std::vector<PairFunction> all() const {
    std::size_t const n = m_embedding.types.vectors.size();
    std::vector<PairFunction> functions;
    for (std::size_t centre = 0; centre < n; ++centre)
      for (std::size_t neighbour = 0; neighbour < n; ++neighbour)
        functions.push_back(centre > 0 && m_embedding.one_sided ? functions[neighbour]
                                                                : (*this)(centre, neighbour));
    return functions;
  }

 private:
  TypedEmbedding const& m_embedding;
  PairFunction m_shared;  // but for what differs from pair to pair
};

inline std::vector<PairFunction> functions_of(TypedEmbedding const& embedding) {
  return TypedFunctions(embedding).all();
}

}  // namespace dp::detail
