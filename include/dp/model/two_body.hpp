// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <dp/model/check.hpp>
#include <dp/model/embedding_table.hpp>
#include <dp/model/environment.hpp>
#include <dp/model/net.hpp>
#include <dp/model/typed_embedding.hpp>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

namespace dp {

/// What se_e2_a and se_e2_r have in common: neighbours are counted by type, and what a pair of types embeds
/// depends on the distance alone. Per-pair arrays are indexed by centre * ntypes + neighbour.
struct TwoBody : Environment {
  std::vector<int> sel;            ///< neighbours expected of each type; the sum is the divisor
  std::vector<RowNumbers> mean;    ///< per pair: subtracted from a row of the environment matrix
  std::vector<RowNumbers> stddev;  ///< per pair: divides it afterwards
  std::vector<char> excluded;      ///< per pair: such neighbours do not contribute (exclude_types)
  bool excluded_padding = true;    ///< absent neighbours of excluded pairs do (not so in TensorFlow's files)
  bool one_sided = false;          ///< nets and tables depend on the neighbour's type alone
  std::vector<Net> nets;           ///< per pair, or per neighbour's type where one-sided; some may be empty
  std::vector<EmbeddingTable> tables;  ///< as the nets, or none at all; used where the net is empty

  int sel_left_out = 0;  ///< the sum of sel of types that restricted_to() has taken away
  /// What absent neighbours of those types add to the sum over neighbours, none if nothing: per centre, of
  /// each component of a row M channels.
  std::vector<std::vector<double>> left_out;

  /// sel, as a list: of each type.
  std::vector<int> const& sel_list() const { return sel; }

  /// The sum of sel, by which the sum over neighbours is divided.
  int nnei() const { return std::accumulate(sel.begin(), sel.end(), sel_left_out); }
  /// Where the net and the table of a pair of types are.
  std::size_t embedding_of(std::size_t pair) const { return one_sided ? pair % sel.size() : pair; }
  /// Whether a pair has a net or a table; without either it contributes nothing.
  bool embeds(std::size_t pair) const {
    std::size_t const i = embedding_of(pair);
    return !nets[i].empty() || (i < tables.size() && !tables[i].empty());
  }
  /// M, channels of nets and tables; 0 without any.
  int width() const {
    for (Net const& net : nets)
      if (!net.empty()) return net.outputs();
    for (EmbeddingTable const& table : tables)
      if (!table.empty()) return table.width;
    return 0;
  }

  /// Whether neighbours beyond the cutoff, which DeePMD-kit's hybrids hand on up to their longest one, change
  /// the energy: those of excluded pairs take the places of absent ones, and contribute nothing.
  bool sees_beyond_cutoff() const {
    return excluded_padding && std::any_of(excluded.begin(), excluded.end(), [](char x) { return x != 0; }) &&
           std::any_of(mean.begin(), mean.end(), [](RowNumbers const& row) { return row != RowNumbers{}; });
  }

  /// Throws unless cutoffs, sel, statistics and exclusions are in order.
  void check_environment(Check const& at) const {
    check_cutoffs(at);
    at.in("sel").size(sel.size(), at.types());
    for (int const n : sel) at.in("sel").require(n >= 0, "expected numbers of at least 0, found ", n);
    at.in("sel").require(sel_left_out >= 0, "expected numbers of at least 0, found ", sel_left_out);
    detail::check_sel(at, std::accumulate(sel.begin(), sel.end(), static_cast<long long>(sel_left_out)));
    detail::check_statistics(at, mean, stddev, at.types() * at.types(),
                             [&](std::size_t pair) { return at.pair_name(pair); });
    at.in("exclude_types").symmetric(excluded);
  }

  /// Throws unless the constants of types taken away fit: of `components` and M channels.
  void check_left_out(Check const& at, int components, int channels) const {
    if (left_out.empty()) return;
    at.in("left_out").size(left_out.size(), at.types());
    for (auto const& sums : left_out)
      at.in("left_out")
          .numbers(sums, static_cast<std::size_t>(components) * static_cast<std::size_t>(channels));
  }

  /// Throws unless every pair that is not excluded has a net or a table, all of one width.
  void check_embeddings(Check const& at) const {
    std::size_t const pairs = at.types() * at.types(), count = one_sided ? at.types() : pairs;
    Check const networks = at.in("embeddings/networks"), compress = at.in("compress");
    networks.size(nets.size(), count);
    if (!tables.empty()) compress.size(tables.size(), count);
    int const m = width();
    networks.require(m > 0, "expected an embedding net, found none");
    for (std::size_t pair = 0; pair < pairs; ++pair)
      networks.require(embeds(pair) || excluded[pair], "the net of ", at.pair_name(pair),
                       " is null although the pair is not excluded");
    for (std::size_t i = 0; i < count; ++i) {
      std::string const name = " of " + (one_sided ? "neighbour " + at.type_name(i) : at.pair_name(i));
      if (!nets[i].empty()) nets[i].check(networks.in("net" + name), 1, m);
      if (i < tables.size() && !tables[i].empty()) tables[i].check(compress.in("table" + name), m);
    }
  }
};

/// se_e2_a: D = T T[axis]^T, T the sum over neighbours of what they embed times their row.
struct SeA : TwoBody {
  int axis_neuron = 0;                  ///< columns of the second factor of the descriptor
  std::optional<TypedEmbedding> typed;  ///< takes the place of nets and tables: TensorFlow's type embedding

  /// M, channels of the embedding.
  int channels() const { return typed ? typed->width() : width(); }
  /// Columns of the descriptor.
  int dimension() const { return channels() * axis_neuron + (typed ? typed->appended_columns() : 0); }

  /// The type that an absent neighbour has in the block of a type: with stripped embeddings none, number
  /// `types`.
  std::size_t absent_type(std::size_t type, std::size_t types) const {
    return typed && typed->input == TypedEmbedding::Input::strip ? types : type;
  }

  /// Throws dp::Error, with the place, unless it can be evaluated.
  void check(Check const& at) const {
    check_environment(at);
    if (typed)
      typed->check(at);
    else
      check_embeddings(at);
    check_left_out(at, 4, channels());
    detail::check_axis(at, axis_neuron, channels());
  }
};

/// se_e2_r: the sum of what the neighbours embed, without their directions.
struct SeR : TwoBody {
  int dimension() const { return width(); }  ///< columns of the descriptor

  /// Throws dp::Error, with the place, unless it can be evaluated.
  void check(Check const& at) const {
    check_environment(at);
    check_embeddings(at);
    check_left_out(at, 1, width());
  }
};

}  // namespace dp
