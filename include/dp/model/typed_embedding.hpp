// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <dp/model/check.hpp>
#include <dp/model/embedding_table.hpp>
#include <dp/model/net.hpp>
#include <dp/model/net_values.hpp>
#include <string>
#include <utility>
#include <vector>

namespace dp {

/// Types as vectors: what a net sees of them instead of their numbers.
struct TypeEmbedding {
  int dimension = 0;                         ///< Y, entries of a vector
  std::vector<std::vector<double>> vectors;  ///< (types x Y)

  /// The vector of a type; that of "no type", number ntypes, is zero.
  std::vector<double> of(std::size_t type) const {
    return type < vectors.size() ? vectors[type] : std::vector<double>(static_cast<std::size_t>(dimension));
  }

  /// What the net makes of each type's inputs.
  static TypeEmbedding of_net(Net const& net, std::vector<std::vector<double>> const& inputs) {
    TypeEmbedding out;
    out.dimension = net.outputs();
    for (std::vector<double> const& type : inputs) out.vectors.push_back(values_of(net, type));
    return out;
  }

  /// Throws unless there is a vector of finite numbers for each type.
  void check(Check const& at) const {
    at.require(dimension >= 1, "expected vectors of at least one entry, found ", dimension);
    at.size(vectors.size(), at.types());
    for (std::size_t t = 0; t < vectors.size(); ++t)
      at.in("vector of " + at.type_name(t)).numbers(vectors[t], static_cast<std::size_t>(dimension));
  }
};

/// What the neighbours embed where one net serves all pairs of types: it sees the vectors of the types. A
/// neighbour counts as of "no type", number ntypes, where a model says so of absent ones.
struct TypedEmbedding {
  /// How the vectors enter.
  enum class Input {
    concat,  ///< G = N(s, neighbour's vector, centre's vector)
    strip    ///< G = N(s) (1 + h v), h = H(neighbour's vector, centre's vector)
  };
  /// What h is multiplied by: v.
  enum class Smooth {
    no,         ///< 1
    by_switch,  ///< the switch function
    cubic       ///< 1 - (1 - w rcut_smth / r)^3, at most 1: TensorFlow's, w being the switch function
  };

  TypeEmbedding types;          ///< the vectors
  Input input = Input::concat;  ///< how they enter
  bool one_sided = false;       ///< the centre's vector does not
  bool appended = false;  ///< the centre's vector is also appended to the descriptor (concat_output_tebd)
  Net net;                ///< N; of strip it may be empty where there is a table
  EmbeddingTable table;   ///< of strip, used where the net is empty
  Net strip_net;          ///< H of strip
  std::vector<double> modulations;  ///< of strip, used where H is empty: h of all pairs, (ntypes + 1 centres
                                    ///< x ntypes + 1 neighbours x M), one-sided without the centres
  Smooth smooth = Smooth::no;       ///< of strip

  int width() const { return net.empty() ? table.width : net.outputs(); }  ///< M, channels
  int appended_columns() const { return appended ? types.dimension : 0; }  ///< of the descriptor

  /// The vectors that a net sees beside or instead of s.
  std::vector<double> vectors(std::size_t centre, std::size_t neighbour) const {
    std::vector<double> out = types.of(neighbour);
    if (one_sided) return out;
    std::vector<double> const second = types.of(centre);
    out.insert(out.end(), second.begin(), second.end());
    return out;
  }

  /// h of a pair of types, of strip.
  std::vector<double> modulation(std::size_t centre, std::size_t neighbour) const {
    if (!strip_net.empty()) return values_of(strip_net, vectors(centre, neighbour));
    std::size_t const row = (one_sided ? 0 : centre * (types.vectors.size() + 1)) + neighbour;
    auto const m = static_cast<std::ptrdiff_t>(width());
    auto const begin = modulations.begin() + static_cast<std::ptrdiff_t>(row) * m;
    return {begin, begin + m};
  }

  /// G of a pair of types at one s, with the factor `v` of h.
  std::vector<double> values(std::size_t centre, std::size_t neighbour, double s, double v) const {
    std::vector<double> inputs = {s};
    if (input == Input::concat) {
      std::vector<double> const seen = vectors(centre, neighbour);
      inputs.insert(inputs.end(), seen.begin(), seen.end());
      return values_of(net, std::move(inputs));
    }
    std::vector<double> g = net.empty() ? table.values(s) : values_of(net, std::move(inputs));
    std::vector<double> const h = modulation(centre, neighbour);
    for (std::size_t m = 0; m < g.size(); ++m) g[m] *= 1.0 + h[m] * v;
    return g;
  }

  /// Throws unless nets and tables fit each other and the types.
  void check(Check const& at) const {
    types.check(at.in("type_embedding"));
    int const seen = types.dimension * (one_sided ? 1 : 2), m = width();
    Check const networks = at.in("embeddings/networks/0");
    networks.require(m > 0, "expected an embedding net or its table, found none");
    if (input == Input::concat) {
      net.check(networks, 1 + seen, m);
      return;
    }
    if (!net.empty()) net.check(networks, 1, m);
    if (!table.empty()) table.check(at.in("compress/@variables/compress_data/0"), m);
    if (!strip_net.empty()) {
      strip_net.check(at.in("embeddings_strip/networks/0"), seen, m);
    } else {
      std::size_t const types_and_none = at.types() + 1;
      at.in("compress/@variables/type_embd_data")
          .numbers(modulations,
                   types_and_none * (one_sided ? 1 : types_and_none) * static_cast<std::size_t>(m));
    }
  }
};

}  // namespace dp
