// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <dp/lower/lower_two_body.hpp>
#include <dp/lower/lower_typed.hpp>
#include <dp/model/attention.hpp>
#include <dp/program/network.hpp>
#include <utility>

namespace dp::detail {

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
  return chain;
}

}  // namespace dp::detail
