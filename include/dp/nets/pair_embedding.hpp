// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/core/entries.hpp>
#include <dp/core/half.hpp>
#include <dp/kernels/modulate.hpp>
#include <dp/nets/embedding_net.hpp>
#include <dp/nets/tabulated_embedding.hpp>
#include <dp/program/network.hpp>
#include <map>
#include <memory>
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

  /// `form`: of the function's net or table, which pairs may share. `pair`: of `chain`.
  PairEmbedding(Space const& space, Chain const& chain, std::size_t pair, PairFunction const& function,
                std::shared_ptr<Form const> form)
      : m_form(std::move(form)),
        m_factor(chain, pair, function.smoothing),
        m_modulation(to_space<T>(space, "dp::PairEmbedding::modulation", function.modulation)) {}

  /// As EmbeddingNet::evaluate(), of the rows with these displacements (rows x 3), which are not looked at
  /// where nothing is smoothed.
  void evaluate(Space const& space, Buffer<T, Space>& scratch, Strided1<double const, Space> s,
                Strided2<double const, Space> displacement, Matrix<Stored, Space> value,
                Matrix<Stored, Space> derivative) const {
    std::visit([&](auto const& form) { form.evaluate(space, scratch, s, value, derivative); }, *m_form);
    if (m_modulation.extent(0) == 0) return;
    detail::for_each_row(
        space, "dp::PairEmbedding::modulate", static_cast<std::int64_t>(s.extent(0)),
        static_cast<int>(value.extent(1)),
        detail::Modulate<Space, T, Stored>{m_factor, m_modulation, displacement, value, derivative});
  }

 private:
  std::shared_ptr<Form const> m_form;
  detail::SmoothFactor m_factor;
  Constants<T, Space> m_modulation;  // h (M), or empty
};

/// The embeddings of a chain on `Space`. What pairs of types share is there once.
template <class Space, class Precision>
class PairEmbeddings {
 public:
  using Embedding = PairEmbedding<Space, Precision>;  ///< of one pair

  /// Those of all pairs of `chain`; null for pairs that contribute nothing.
  std::vector<std::unique_ptr<Embedding const>> all(Space const& space, Chain const& chain) {
    std::vector<std::unique_ptr<Embedding const>> result;
    for (std::size_t pair = 0; pair < chain.functions.size(); ++pair)
      result.push_back(one(space, chain, pair, chain.functions[pair]));
    return result;
  }

  /// That of one function, of a pair; null if it is empty.
  std::unique_ptr<Embedding const> one(Space const& space, Chain const& chain, std::size_t pair,
                                       PairFunction const& function) {
    if (function.empty()) return nullptr;
    using Form = typename Embedding::Form;
    auto& form = m_forms[{function.net.get(), function.table.get()}];
    if (!form && function.net)
      form = std::make_shared<Form const>(std::in_place_index<0>, space, *function.net,
                                          "embedding net of the pair of types " + chain.name_of(pair));
    else if (!form)
      form = std::make_shared<Form const>(std::in_place_index<1>, space, *function.table);
    return std::make_unique<Embedding const>(space, chain, pair, function, form);
  }

  /// G (M) of a neighbour of a pair without a row; zeros where its function is empty.
  std::vector<double> value(Space const& space, Chain const& chain, std::size_t pair, Pad const& pad) {
    using T = typename Precision::Net;
    std::vector<double> result(static_cast<std::size_t>(chain.width), 0.0);
    auto const embedding = one(space, chain, pair, pad.function);
    if (!embedding) return result;
    Buffer<T, Space> scratch("dp::PairEmbeddings::scratch");
    Buffer<typename Precision::Stored, Space> memory("dp::PairEmbeddings::value");
    auto const g = memory.get(space, 1, result.size());
    embedding->evaluate(space, scratch, to_space<double>(space, "dp::s", std::vector<double>{pad.s}), {}, g,
                        {});
    space.fence("dp::PairEmbeddings::value");
    auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), g);
    for (std::size_t m = 0; m < result.size(); ++m) result[m] = static_cast<double>(widened<T>(host(0, m)));
    return result;
  }

 private:
  std::map<std::pair<Net const*, EmbeddingTable const*>, std::shared_ptr<typename Embedding::Form const>>
      m_forms;
};

}  // namespace dp
