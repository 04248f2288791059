// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <dp/core/buffer.hpp>
#include <dp/model/model.hpp>
#include <dp/stages/embedding_net.hpp>
#include <dp/stages/embedding_table.hpp>
#include <variant>

namespace dp {

/// The embedding of one pair of types: its net or, where the model has none, its table.
template <class Space, class Precision>
class PairEmbedding {
 public:
  using T = typename Precision::Net;  ///< what is computed in

  /// Copies what it needs to `space`. The model must have one of both for `pair`: see
  /// DescriptorModel::embeds().
  PairEmbedding(Space const& space, DescriptorModel const& model, std::size_t pair)
      : m_form(form(space, model, pair)) {}

  /// As EmbeddingNet::evaluate().
  void evaluate(Space const& space, Buffer<T, Space>& scratch, Strided1<double const, Space> s,
                Matrix<T, Space> value, Matrix<T, Space> derivative) const {
    std::visit([&](auto const& form) { form.evaluate(space, scratch, s, value, derivative); }, m_form);
  }

 private:
  using Form = std::variant<EmbeddingNet<Space, Precision>, TabulatedEmbedding<Space, Precision>>;

  static Form form(Space const& space, DescriptorModel const& model, std::size_t pair) {
    if (!model.nets[pair].empty()) return EmbeddingNet<Space, Precision>(space, model.nets[pair]);
    return TabulatedEmbedding<Space, Precision>(space, model.tables[pair]);
  }

  Form m_form;
};

}  // namespace dp
