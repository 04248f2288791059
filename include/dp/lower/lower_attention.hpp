// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <dp/lower/lower_two_body.hpp>
#include <dp/lower/lower_typed.hpp>
#include <dp/model/attention.hpp>
#include <dp/model/net_values.hpp>
#include <dp/program/network.hpp>
#include <utility>
#include <vector>

namespace dp::detail {

/// G of a neighbour without a row.
inline std::vector<double> values_of(Pad const& pad) {
  PairFunction const& f = pad.function;
  std::vector<double> g = f.net ? dp::values_of(*f.net, {pad.s}) : f.table->values(pad.s);
  for (std::size_t m = 0; m < f.modulation.size(); ++m) g[m] *= 1.0 + f.modulation[m];
  return g;
}

/// What a neighbour without a row adds to the sum over neighbours, behind the layers of attention.
inline std::vector<double> sums_of(Pad const& pad, std::vector<AttentionLayer> const& layers) {
  if (pad.function.empty()) return {};
  std::vector<double> x = values_of(pad), sums;
  for (AttentionLayer const& layer : layers) x = layer.alone(std::move(x));
  for (double const component : pad.row)
    for (double const value : x) sums.push_back(component * value);
  return sums;
}

inline AttentionStack lower_layers(Attention const& d, Chain const& chain) {
  AttentionStack stack;
  stack.layers = d.layers;
  stack.weights = smoothing_of(d.weights);
  stack.padded = d.pads != Attention::Pads::none;
  stack.shortest = d.shortest;
  for (std::size_t pair = 0; pair < chain.functions.size(); ++pair) {
    stack.absent.push_back(sums_of(chain.absent[pair], d.layers));
    stack.present.push_back(sums_of(chain.present[pair], d.layers));
  }
  return stack;
}

/// The nearest neighbours of all types in one list; what is constant over them per centre is spread over
/// pairs.
inline Chain lower_descriptor(Attention const& d) {
  std::size_t const n = d.mean.size();
  TypedFunctions const function(d.embedding);
  Chain chain;
  static_cast<Environment&>(chain) = d;
  chain.sel = {d.sel};
  chain.absent_type = AbsentType::first;
  chain.scale = 1.0 / d.sel;
  chain.width = d.embedding.width();
  chain.axis_neuron = d.axis_neuron;
  chain.excluded = d.excluded;
  chain.functions = function.all();
  for (std::size_t centre = 0; centre < n; ++centre) {
    RowNumbers const row = d.absent_row(centre);
    Pad of_no_type;
    if (row != RowNumbers{} && d.pads == Attention::Pads::no_type)
      of_no_type = {function.at_cutoff(function(centre, n)), row[0], row};
    for (std::size_t type = 0; type < n; ++type) {
      PairFunction const& own = chain.functions[centre * n + type];
      chain.mean.push_back(d.mean[centre]);
      chain.stddev.push_back(d.stddev[centre]);
      Pad absent = of_no_type, present;
      if (row != RowNumbers{} && d.pads == Attention::Pads::first_type)
        absent = {function.at_cutoff(own), row[0], row};
      if (d.excluded_average && d.excluded[centre * n + type]) {
        double const average = d.mean[centre][0];
        present = {function.at_cutoff(own), average, {average, average, average, average}};
      }
      chain.absent.push_back(std::move(absent));
      chain.present.push_back(std::move(present));
    }
  }
  if (!d.layers.empty()) chain.attention = lower_layers(d, chain);
  return chain;
}

}  // namespace dp::detail
