// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <dp/lower/lower_typed.hpp>
#include <dp/model/three_body.hpp>
#include <dp/model/typed_embedding.hpp>
#include <dp/program/network.hpp>
#include <memory>
#include <utility>
#include <vector>

namespace dp::detail {

/// A chain of functions of angles of `types` types; `d`: SeT or SeTTyped.
template <class ThreeBody>
Chain lower_angles(ThreeBody const& d, std::size_t types, int width) {
  Chain chain;
  static_cast<Environment&>(chain) = d;
  chain.sel = d.sel_list();
  chain.width = width;
  chain.excluded = d.excluded;
  chain.functions.resize(types * types);
  chain.absent.resize(types * types);
  chain.present.resize(types * types);
  chain.angles.emplace();
  return chain;
}

inline Chain lower_descriptor(SeT const& d) {
  std::size_t const n = d.sel.size();
  Chain chain = lower_angles(d, n, d.width());
  chain.mean = d.mean;
  chain.stddev = d.stddev;
  for (std::size_t a = 0; a < n; ++a)
    for (std::size_t b = a; b < n; ++b)
      if (d.meet(a, b)) {
        PairFunction function;
        if (!d.nets[a * n + b].empty())
          function.net = std::make_shared<Net const>(d.nets[a * n + b]);
        else
          function.table = std::make_shared<EmbeddingTable const>(d.tables[a * n + b]);
        chain.angles->push_back({a, b, std::move(function), 1.0 / d.sel[a] / d.sel[b]});
      }
  return chain;
}

/// Of two types the net sees (a, b) and (b, a). Both have the same e; stripped they are one function, with
/// the mean of the two modulations.
inline Chain lower_descriptor(SeTTyped const& d) {
  std::size_t const n = d.mean.size();
  TypedFunctions const function(d.embedding);
  Chain chain = lower_angles(d, n, d.embedding.width());
  chain.absent_type = AbsentType::first;
  for (std::size_t pair = 0; pair < n * n; ++pair) {
    chain.mean.push_back(d.mean[pair / n]);
    chain.stddev.push_back(d.stddev[pair / n]);
  }
  double const scale = 1.0 / d.sel / d.sel;
  for (std::size_t a = 0; a < n; ++a) {
    chain.angles->push_back({a, a, function(a, a), scale});
    for (std::size_t b = a + 1; b < n; ++b) {
      PairFunction one = function(a, b), other = function(b, a);
      if (d.embedding.input == TypedEmbedding::Input::concat) {
        chain.angles->push_back({a, b, std::move(one), scale});
        chain.angles->push_back({a, b, std::move(other), scale});
      } else {
        for (std::size_t m = 0; m < one.modulation.size(); ++m)
          one.modulation[m] = 0.5 * (one.modulation[m] + other.modulation[m]);
        chain.angles->push_back({a, b, std::move(one), 2.0 * scale});
      }
    }
  }
  return chain;
}

}  // namespace dp::detail
