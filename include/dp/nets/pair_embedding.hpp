// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <dp/core/buffer.hpp>
#include <dp/nets/embedding_net.hpp>
#include <dp/nets/tabulated_embedding.hpp>
#include <dp/program/network.hpp>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace dp {

/// The embedding of one pair of types on `Space`: see PairFunction, which must not be empty.
template <class Space, class Precision>
class PairEmbedding {
 public:
  using T = typename Precision::Net;          ///< what is computed in
  using Stored = typename Precision::Stored;  ///< what G is stored in
  using Form = std::variant<EmbeddingNet<Space, Precision>, TabulatedEmbedding<Space, Precision>>;  ///< of N

  /// `form`: of the function's net or table, which pairs may share.
  PairEmbedding(PairFunction const& function, std::shared_ptr<Form const> form) : m_form(std::move(form)) {
    if (!function.modulation.empty()) fail("a modulated embedding");
  }

  /// N of `function`, copied to `Space`. `name`: of the pair, for messages.
  static std::shared_ptr<Form const> form(Space const& space, PairFunction const& function,
                                          std::string const& name) {
    if (function.net)
      return std::make_shared<Form const>(std::in_place_index<0>, space, *function.net,
                                          "embedding net of the pair of types " + name);
    return std::make_shared<Form const>(std::in_place_index<1>, space, *function.table);
  }

  /// As EmbeddingNet::evaluate().
  void evaluate(Space const& space, Buffer<T, Space>& scratch, Strided1<double const, Space> s,
                Matrix<Stored, Space> value, Matrix<Stored, Space> derivative) const {
    std::visit([&](auto const& form) { form.evaluate(space, scratch, s, value, derivative); }, *m_form);
  }

 private:
  std::shared_ptr<Form const> m_form;
};

/// The embeddings of a chain on `Space`. What pairs of types share is there once.
template <class Space, class Precision>
class PairEmbeddings {
 public:
  using Embedding = PairEmbedding<Space, Precision>;  ///< of one pair

  /// Those of `functions`, per pair; null for pairs that contribute nothing.
  std::vector<std::unique_ptr<Embedding const>> all(Space const& space,
                                                    std::vector<PairFunction> const& functions, int ntypes) {
    std::vector<std::unique_ptr<Embedding const>> result;
    for (std::size_t pair = 0; pair < functions.size(); ++pair) {
      auto const n = static_cast<std::size_t>(ntypes);
      result.push_back(
          one(space, functions[pair], std::to_string(pair / n) + ' ' + std::to_string(pair % n)));
    }
    return result;
  }

  /// That of one function; null if it is empty.
  std::unique_ptr<Embedding const> one(Space const& space, PairFunction const& function,
                                       std::string const& name) {
    if (function.empty()) return nullptr;
    auto& form = m_forms[{function.net.get(), function.table.get()}];
    if (!form) form = Embedding::form(space, function, name);
    return std::make_unique<Embedding const>(function, form);
  }

 private:
  std::map<std::pair<Net const*, EmbeddingTable const*>, std::shared_ptr<typename Embedding::Form const>>
      m_forms;
};

}  // namespace dp
