// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <dp/model/check.hpp>
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

  /// What the net, of one input for each type, makes of each type alone.
  static TypeEmbedding of_net(Net const& net) {
    TypeEmbedding out;
    out.dimension = net.outputs();
    for (int t = 0; t < net.inputs(); ++t) {
      std::vector<double> one_hot(static_cast<std::size_t>(net.inputs()), 0.0);
      one_hot[static_cast<std::size_t>(t)] = 1.0;
      out.vectors.push_back(values_of(net, std::move(one_hot)));
    }
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

}  // namespace dp
