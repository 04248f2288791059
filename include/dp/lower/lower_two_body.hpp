// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <dp/lower/lower_typed.hpp>
#include <dp/model/two_body.hpp>
#include <dp/program/network.hpp>
#include <memory>
#include <utility>
#include <vector>

namespace dp::detail {

/// The constants of neighbours without rows. Those of excluded pairs are pads (zero rows, of the net's value
/// at zero where only G is summed) or nothing, as the file's origin has it.
inline void lower_pads(TwoBody const& d, std::size_t pair, Chain& chain) {
  bool const angular = chain.components == 4;
  PairFunction const& function = chain.functions[pair];
  RowNumbers row = {};
  for (std::size_t c = 0; c < 4; ++c) row[c] = -d.mean[pair][c] / d.stddev[pair][c];
  RowNumbers const sums = angular ? row : RowNumbers{1.0, 0.0, 0.0, 0.0};
  Pad absent, present;
  if (!d.excluded[pair] || d.excluded_padding) absent = {function, row[0], sums};
  // A radial descriptor feeds zero to the net for an excluded neighbour, and TensorFlow's one-sided form for
  // the absent ones of its type too.
  if (!angular && d.excluded[pair] && (d.excluded_padding || d.one_sided)) {
    present = {function, 0.0, sums};
    if (!d.excluded_padding) absent = present;
  }
  chain.absent.push_back(std::move(absent));
  chain.present.push_back(std::move(present));
}

/// The nets and tables of pairs of types; where they are one-sided, pairs share them.
inline std::vector<PairFunction> functions_of(TwoBody const& d) {
  std::vector<PairFunction> own(d.nets.size()), functions;
  for (std::size_t i = 0; i < own.size(); ++i) {
    if (!d.nets[i].empty())
      own[i].net = std::make_shared<Net const>(d.nets[i]);
    else if (i < d.tables.size() && !d.tables[i].empty())
      own[i].table = std::make_shared<EmbeddingTable const>(d.tables[i]);
  }
  for (std::size_t pair = 0; pair < d.mean.size(); ++pair) functions.push_back(own[d.embedding_of(pair)]);
  return functions;
}

/// A chain of neighbours that are counted by type, with these functions.
inline Chain lower_two_body(TwoBody const& d, int components, std::vector<PairFunction> functions) {
  Chain chain;
  static_cast<Environment&>(chain) = d;
  chain.components = components;
  chain.sel = d.sel;
  chain.scale = 1.0 / d.nnei() / (components == 4 ? 1.0 : 5.0);
  chain.mean = d.mean;
  chain.stddev = d.stddev;
  chain.excluded = d.excluded;
  chain.functions = std::move(functions);
  for (std::size_t pair = 0; pair < chain.functions.size(); ++pair) lower_pads(d, pair, chain);
  chain.left_out = d.left_out;
  return chain;
}

inline Chain lower_descriptor(SeA const& d) {
  Chain chain = lower_two_body(d, 4, d.typed ? functions_of(*d.typed) : functions_of(d));
  std::size_t const n = d.sel.size();
  for (std::size_t pair = 0; d.typed && pair < chain.absent.size(); ++pair)
    if (d.absent_type(pair % n, n) == n && !chain.absent[pair].function.empty())
      chain.absent[pair].function = TypedFunctions(*d.typed)(pair / n, n);
  chain.width = d.channels();
  chain.axis_neuron = d.axis_neuron;
  return chain;
}

inline Chain lower_descriptor(SeR const& d) {
  Chain chain = lower_two_body(d, 1, functions_of(d));
  chain.width = d.width();
  return chain;
}

}  // namespace dp::detail
