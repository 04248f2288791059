// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <dp/model/check.hpp>
#include <dp/model/embedding_table.hpp>
#include <dp/model/environment.hpp>
#include <dp/model/net.hpp>
#include <dp/model/typed_embedding.hpp>
#include <numeric>
#include <string>
#include <vector>

namespace dp {

namespace detail {

/// Throws unless directions have no mean. Absent neighbours then have none, and add nothing to sums over
/// pairs of neighbours.
inline void check_directions(Check const& at, std::vector<RowNumbers> const& mean) {
  for (RowNumbers const& row : mean)
    for (std::size_t c = 1; c < 4; ++c)
      at.in("@variables/davg")
          .require(row[c] == 0.0, "expected averages of zero for components 1 to 3, found ", row[c]);
}

}  // namespace detail

/// se_e3 (se_t): D = sum_jk e_jk N(e_jk) over pairs of neighbours, where e_jk = u_j . u_k with the components
/// 1 to 3 of their rows. Each pair of types of neighbours has its own net and is divided by its own numbers
/// in sel.
struct SeT : Environment {
  std::vector<int> sel;            ///< neighbours expected of each type
  std::vector<RowNumbers> mean;    ///< per pair centre * ntypes + neighbour: subtracted from a row
  std::vector<RowNumbers> stddev;  ///< per pair likewise: divides it afterwards
  std::vector<char> excluded;      ///< per pair likewise: such neighbours do not contribute (exclude_types)
  std::vector<Net> nets;  ///< per pair of types of neighbours a * ntypes + b, a <= b; the others are empty
  std::vector<EmbeddingTable> tables;  ///< as the nets, or none at all; used where the net is empty

  /// sel, as a list: of each type.
  std::vector<int> const& sel_list() const { return sel; }

  /// M, channels of nets and tables; 0 without any.
  int width() const {
    for (Net const& net : nets)
      if (!net.empty()) return net.outputs();
    for (EmbeddingTable const& table : tables)
      if (!table.empty()) return table.width;
    return 0;
  }
  int dimension() const { return width(); }  ///< columns of the descriptor

  /// Neighbours beyond the cutoff have no direction.
  static bool sees_beyond_cutoff() { return false; }

  /// Whether some atom may have neighbours of both types.
  bool meet(std::size_t a, std::size_t b) const {
    for (std::size_t centre = 0; centre < sel.size(); ++centre)
      if (sel[a] > 0 && sel[b] > 0 && !excluded[centre * sel.size() + a] &&
          !excluded[centre * sel.size() + b])
        return true;
    return false;
  }

  /// Throws dp::Error, with the place, unless it can be evaluated.
  void check(Check const& at) const {
    std::size_t const n = at.types();
    check_cutoffs(at);
    at.in("sel").size(sel.size(), n);
    for (int const number : sel)
      at.in("sel").require(number >= 0, "expected numbers of at least 0, found ", number);
    detail::check_sel(at, std::accumulate(sel.begin(), sel.end(), 0LL));
    detail::check_statistics(at, mean, stddev, n * n, [&](std::size_t pair) { return at.pair_name(pair); });
    detail::check_directions(at, mean);
    at.in("exclude_types").symmetric(excluded);
    Check const networks = at.in("embeddings/networks"), compress = at.in("compress");
    networks.size(nets.size(), n * n);
    if (!tables.empty()) compress.size(tables.size(), n * n);
    networks.require(width() > 0, "expected an embedding net, found none");
    for (std::size_t a = 0; a < n; ++a)
      for (std::size_t b = a; b < n; ++b) {
        std::size_t const pair = a * n + b;
        bool const tabulated = !tables.empty() && !tables[pair].empty();
        std::string const name = "neighbours " + at.type_name(a) + " and " + at.type_name(b);
        networks.require(!nets[pair].empty() || tabulated || !meet(a, b), "the net of ", name, " is null");
        if (!nets[pair].empty()) nets[pair].check(networks.in("net of " + name), 1, width());
        if (tabulated) tables[pair].check(compress.in("table of " + name), width());
      }
  }
};

/// se_e3_tebd: the same with the nearest neighbours of all types in one list, and one net that sees their
/// types by vectors: N(e_jk, vector of j, vector of k), or stripped N(e_jk) (1 + h v_j v_k).
struct SeTTyped : Environment {
  int sel = 0;                     ///< neighbours expected, of all types; its square is the divisor
  std::vector<RowNumbers> mean;    ///< per centre type: subtracted from a row of the environment matrix
  std::vector<RowNumbers> stddev;  ///< per centre type: divides it afterwards
  std::vector<char> excluded;      ///< per pair centre, neighbour: do not contribute (exclude_types)
  TypedEmbedding embedding;  ///< what pairs of neighbours embed, never one-sided; "centre": j, "neighbour": k

  /// sel, as a list: of all types.
  std::vector<int> sel_list() const { return {sel}; }
  /// Columns of the descriptor.
  int dimension() const { return embedding.width() + embedding.appended_columns(); }
  /// Neighbours beyond the cutoff have no direction.
  static bool sees_beyond_cutoff() { return false; }

  /// Throws dp::Error, with the place, unless it can be evaluated.
  void check(Check const& at) const {
    check_cutoffs(at);
    detail::check_sel(at, sel);
    detail::check_statistics(at, mean, stddev, at.types(),
                             [&](std::size_t type) { return "centre " + at.type_name(type); });
    detail::check_directions(at, mean);
    at.in("exclude_types").symmetric(excluded);
    embedding.check(at);
    at.require(!embedding.one_sided, "expected a net that sees both types of neighbours");
  }
};

}  // namespace dp
