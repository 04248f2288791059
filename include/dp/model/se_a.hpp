// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <dp/model/check.hpp>
#include <dp/model/two_body.hpp>
#include <dp/model/typed_embedding.hpp>
#include <optional>

namespace dp {

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

}  // namespace dp
