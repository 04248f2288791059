// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <dp/core/error.hpp>
#include <dp/lower/lower_attention.hpp>
#include <dp/lower/lower_head.hpp>
#include <dp/lower/lower_three_body.hpp>
#include <dp/lower/lower_two_body.hpp>
#include <dp/model/model.hpp>
#include <dp/program/network.hpp>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

namespace dp {

namespace detail {

/// The embedding of types that a descriptor has, or null.
inline TypedEmbedding const* typed_embedding_of(SeA const& d) { return d.typed ? &*d.typed : nullptr; }
inline TypedEmbedding const* typed_embedding_of(Environment const&) { return nullptr; }
inline TypedEmbedding const* typed_embedding_of(Attention const& d) { return &d.embedding; }
inline TypedEmbedding const* typed_embedding_of(SeTTyped const& d) { return &d.embedding; }

/// Appends the centre's vector to the descriptor: constant inputs of the fitting net.
inline void append_vectors(TypedEmbedding const& embedding, int& column, FittingNets& nets) {
  for (int k = 0; k < embedding.appended_columns(); ++k) {
    nets.constant_columns.push_back(column++);
    for (std::size_t t = 0; t < nets.constants.size(); ++t)
      nets.constants[t].push_back(embedding.types.vectors[t][static_cast<std::size_t>(k)]);
  }
}

/// The fitting of a descriptor of so many columns, of which `nets` knows the constant ones already.
inline void lower_fitting(Standard const& part, int dimension, FittingNets& nets) {
  Fitting const& f = part.fitting;
  std::size_t const n = f.vacuum_removed.size();
  nets.dimension = dimension;
  for (std::size_t t = 0; t < n; ++t)
    nets.nets.push_back(t > 0 && f.mixed() ? nets.nets.front() : std::make_shared<Net const>(f.net_of(t)));
  int const first = dimension + f.fparam + (f.aparam_is_mask ? 0 : f.aparam);
  for (std::size_t k = 0; k < f.case_embedding.size(); ++k)
    nets.constant_columns.push_back(first + static_cast<int>(k));
  for (std::vector<double>& constants : nets.constants)
    constants.insert(constants.end(), f.case_embedding.begin(), f.case_embedding.end());
  for (std::size_t t = 0; t < n && f.head.quantity.is_energy(); ++t)
    nets.bias.push_back(f.bias_atom_e[t] + part.out_bias[t]);
  static_cast<FittingSettings&>(nets) = f;
}

inline Network lower_part(Model const& model, Standard const& part) {
  Network network;
  network.source = model.source;
  network.type_map = model.type_map;
  network.atom_excluded = model.atom_excluded;
  network.pair_excluded = model.pair_excluded;
  network.min_nbor_dist = model.min_nbor_dist;
  network.fitting.constants.resize(network.type_map.size());
  double const longest = cutoff(part.descriptor);
  int column = 0;
  for_each_descriptor(part.descriptor, [&](auto const& d) {
    Chain chain = lower_descriptor(d);
    if (d.rcut < longest && d.sees_beyond_cutoff()) chain.reach = longest;
    chain.column = column;
    column += chain.dimension();
    network.chains.push_back(std::move(chain));
    if (TypedEmbedding const* const embedding = typed_embedding_of(d))
      append_vectors(*embedding, column, network.fitting);
  });
  lower_fitting(part, column, network.fitting);
  network.outputs = lower_head(part);
  for (std::size_t t = 0; t < network.fitting.nets.size(); ++t)
    if (network.fitting.nets[t]->empty()) network.atom_excluded[t] = 1;
  return network;
}

}  // namespace detail

/// A model of one descriptor and its fitting as chains of functions of pairs and fitting nets; see
/// lower_terms() for any other. It must be valid: see Model::check(). A model of many types, of which a
/// system has few, should be restricted to these before: see restricted_to(). \throws dp::Error for a model
/// of another kind
inline Network lower(Model const& model) {
  auto const* const part = std::get_if<Standard>(&model.atomic);
  if (part == nullptr) fail(model.source, ": expected a model of one descriptor and its fitting");
  return detail::lower_part(model, *part);
}

}  // namespace dp
