// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <dp/model/attention_layer.hpp>
#include <dp/model/check.hpp>
#include <dp/model/environment.hpp>
#include <dp/model/typed_embedding.hpp>
#include <string>
#include <vector>

namespace dp {

/// DPA-1 (se_atten, se_atten_v2): the nearest neighbours of all types in one list, one net that sees types by
/// their vectors, layers of attention among the neighbours, and D = T T[axis]^T as of se_e2_a.
struct Attention : Environment {
  /// Of which type the neighbours are that the list misses; with a mean of zero they contribute nothing.
  enum class Pads {
    first_type,  ///< that of the frame's first atom: DeePMD-kit's `.dp` and `.pth`
    no_type,     ///< none: its TensorFlow graphs
    none         ///< there are none: its exported programs (`.pt2`)
  };

  int sel = 0;                         ///< neighbours expected, of all types; the divisor
  int axis_neuron = 0;                 ///< columns of the second factor of the descriptor
  std::vector<RowNumbers> mean;        ///< per centre type: subtracted from a row of the environment matrix
  std::vector<RowNumbers> stddev;      ///< per centre type: divides it afterwards
  std::vector<char> excluded;          ///< per pair of types: such neighbours' rows are zero (exclude_types)
  bool excluded_average = false;       ///< their rows are mean[0] in all components: TensorFlow's smooth form
  TypedEmbedding embedding;            ///< what neighbours embed
  Pads pads = Pads::first_type;        ///< see there
  std::vector<AttentionLayer> layers;  ///< that what neighbours embed goes through; may be none
  /// What smooths them: w, the switch function or TensorFlow's form of it. z_jk then is (z_jk + 20) w_j w_k -
  /// 20, and A_jk has the factor w_j w_k; neighbours that sel misses take part in each softmax, with -20.
  TypedEmbedding::Smooth weights = TypedEmbedding::Smooth::no;
  double shortest = 1e-12;  ///< least length by which q, k, v and directions are divided

  /// Columns of the descriptor.
  int dimension() const { return embedding.width() * axis_neuron + embedding.appended_columns(); }

  /// sel, as a list: of all types.
  std::vector<int> sel_list() const { return {sel}; }

  /// The normalised row of an absent neighbour.
  RowNumbers absent_row(std::size_t centre) const {
    RowNumbers row = {};
    for (std::size_t c = 0; c < 4; ++c) row[c] = -mean[centre][c] / stddev[centre][c];
    return row;
  }

  /// Whether absent neighbours contribute nothing to the sum over neighbours.
  bool has_zero_mean() const {
    return std::all_of(mean.begin(), mean.end(), [](RowNumbers const& row) { return row == RowNumbers{}; });
  }

  /// Whether the energy depends on the type that absent neighbours are given.
  bool depends_on_first_type() const {
    bool const seen =
        embedding.input == TypedEmbedding::Input::concat || embedding.smooth == TypedEmbedding::Smooth::no;
    return seen && pads == Pads::first_type && !has_zero_mean();
  }

  /// Whether neighbours beyond the cutoff, which DeePMD-kit's hybrids hand on up to their longest one, change
  /// the energy: they take the places of absent ones, with their own types, and part in each softmax.
  bool sees_beyond_cutoff() const { return pads != Pads::no_type && (!layers.empty() || !has_zero_mean()); }

  /// Throws dp::Error, with the place, unless it can be evaluated.
  void check(Check const& at) const {
    check_cutoffs(at);
    detail::check_sel(at, sel);
    detail::check_statistics(at, mean, stddev, at.types(),
                             [&](std::size_t type) { return "centre " + at.type_name(type); });
    at.in("exclude_types").symmetric(excluded);
    embedding.check(at);
    for (std::size_t l = 0; l < layers.size(); ++l)
      layers[l].check(at.in("attention_layers/attention_layers/" + std::to_string(l)), embedding.width());
    at.require(std::isfinite(shortest) && shortest > 0.0, "expected a positive least length");
    detail::check_axis(at, axis_neuron, embedding.width());
  }
};

}  // namespace dp
