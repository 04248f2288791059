// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <dp/core/buffer.hpp>
#include <dp/model/model.hpp>
#include <dp/stages/embedding_net.hpp>
#include <dp/stages/embedding_table.hpp>
#include <string>
#include <variant>

namespace dp {

/// The embedding of one pair of types: its net or, where the model has none, its table.
template <class Space, class Precision>
class PairEmbedding {
 public:
  using T = typename Precision::Net;          ///< what is computed in
  using Stored = typename Precision::Stored;  ///< what G is stored in

  /// Copies what it needs to `space`. The model must have one of both for `pair`: see
  /// DescriptorModel::embeds().
  PairEmbedding(Space const& space, DescriptorModel const& model, std::size_t pair)
      : m_form(form(space, model, pair)) {}

  /// As EmbeddingNet::evaluate().
  void evaluate(Space const& space, Buffer<T, Space>& scratch, Strided1<double const, Space> s,
                Matrix<Stored, Space> value, Matrix<Stored, Space> derivative) const {
    std::visit([&](auto const& form) { form.evaluate(space, scratch, s, value, derivative); }, m_form);
  }

 private:
  using Form = std::variant<EmbeddingNet<Space, Precision>, TabulatedEmbedding<Space, Precision>>;

  static Form form(Space const& space, DescriptorModel const& model, std::size_t pair) {
    if (!model.nets[pair].empty())
      return EmbeddingNet<Space, Precision>(space, model.nets[pair],
                                            "embedding net of the pair of types " + types(model, pair));
    return TabulatedEmbedding<Space, Precision>(space, model.tables[pair]);
  }

  /// "centre neighbour", counted from 0.
  static std::string types(DescriptorModel const& model, std::size_t pair) {
    auto const n = model.sel.size();
    return std::to_string(pair / n) + ' ' + std::to_string(pair % n);
  }

  Form m_form;
};

}  // namespace dp
