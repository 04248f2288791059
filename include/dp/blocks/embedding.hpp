// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <dp/blocks/block.hpp>
#include <dp/blocks/environment_matrix.hpp>
#include <dp/blocks/neighbour_sums.hpp>
#include <dp/core/buffer.hpp>
#include <dp/core/entries.hpp>
#include <dp/core/expect.hpp>
#include <dp/core/kernels.hpp>
#include <dp/kernels/contractions.hpp>
#include <dp/kernels/row_gradient.hpp>
#include <dp/nets/handover.hpp>
#include <dp/nets/pair_embedding.hpp>
#include <dp/program/network.hpp>
#include <dp/step/rows.hpp>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace dp {

/// The embedding nets and the sum over neighbours (SC20, eq. 2): T_i = scale sum_j G_ij (x) ~r_ij, or G_ij
/// alone where rows have one component. Neighbours without rows enter as constants. Where G goes through
/// layers of attention, AttentionLayers sums instead.
template <class Space, class Precision, class Kernels>
class Embedding final : public Block<Space> {
 public:
  using T = typename Precision::Net;                ///< what is computed in
  using Stored = typename Precision::Stored;        ///< what G is stored in
  using Sums = NeighbourSums<Space, T>;             ///< where T_i is
  using Embedded = EmbeddedRows<Space, Stored, T>;  ///< where G is

  /// Copies what it needs to `space`. `environment`: of the chain. `handover`: null, or G is its basis
  /// and the nets' only nearer than its tables reach. `all_neighbours`: also those beyond sel have rows.
  /// Throws dp::Error, with the pair and the layer, for a weight beyond the range of Half.
  Embedding(Space const& space, Network const& network, Chain const& chain,
            EnvironmentSlots<Space> environment, std::shared_ptr<Handover<Space, T> const> handover,
            bool all_neighbours, Slots& slots);

  Slot<Sums> sums() const { return m_sums; }           ///< where T_i is
  Slot<Embedded> embedded() const { return m_state; }  ///< where G is

  bool forward(Space const& space, Step<Space> const& step, Tile<Space> const& tile,
               Arena& arena) const override;
  void adjoint(Space const& space, Step<Space> const& step, Tile<Space> const& tile,
               Arena& arena) const override;

  /// G and dG/ds, as if all of sel were there, or all entries of the list.
  std::size_t bytes_per_atom(int, std::int64_t longest) const override {
    auto const rows = m_all_neighbours ? std::max(longest, m_nnei) : m_nnei;
    return static_cast<std::size_t>(2 * rows * m_width) * sizeof(Stored);
  }

 private:
  using Range = Kokkos::RangePolicy<Space, Kokkos::IndexType<std::int64_t>>;

  std::size_t pair(int centre, int neighbour) const {
    return static_cast<std::size_t>(centre * m_ntypes + neighbour);
  }
  std::vector<T> constants(Space const& space, Chain const& chain, int centre,
                           PairEmbeddings<Space, Precision>& embeddings) const;

  int m_ntypes, m_width, m_components;
  std::int64_t m_nnei;
  bool m_all_neighbours;
  T m_scale;
  bool m_shared_sel, m_summed;
  Kokkos::View<int*, typename Space::memory_space> m_sel;
  std::vector<std::unique_ptr<PairEmbedding<Space, Precision> const>> m_embeddings;  // per pair
  std::shared_ptr<Handover<Space, T> const> m_handover;
  std::vector<Kokkos::View<T*, typename Space::memory_space>>
      m_constants;  // per centre: (2 ntypes + 1, components * M)
  Slot<Rows<Space>> m_rows;
  Slot<EnvironmentRows<Space>> m_values;
  Slot<Sums> m_sums;
  Slot<Embedded> m_state;
};

template <class Space, class Precision, class Kernels>
Embedding<Space, Precision, Kernels>::Embedding(Space const& space, Network const& network,
                                                Chain const& chain, EnvironmentSlots<Space> environment,
                                                std::shared_ptr<Handover<Space, T> const> handover,
                                                bool all_neighbours, Slots& slots)
    : m_ntypes(network.ntypes()),
      m_width(chain.width),
      m_components(chain.components),
      m_nnei(chain.nnei()),
      m_all_neighbours(all_neighbours),
      m_scale(static_cast<T>(chain.scale)),
      m_shared_sel(chain.shared_sel()),
      m_summed(!chain.attention),
      m_sel(to_space<int>(space, "dp::Embedding::sel", chain.sel)),
      m_handover(std::move(handover)),
      m_rows(environment.rows),
      m_values(environment.values),
      m_sums(slots.add<Sums>()),
      m_state(slots.add<Embedded>()) {
  PairEmbeddings<Space, Precision> embeddings;
  m_embeddings = embeddings.all(space, chain);
  if (!m_summed) return;
  for (int centre = 0; centre < m_ntypes; ++centre)
    m_constants.push_back(
        to_space<T>(space, "dp::Embedding::constants", constants(space, chain, centre, embeddings)));
}

/// What one absent (first row of each neighbour type) and one present but excluded neighbour (second row) add
/// to the sum over neighbours, and what is added in any case (last row).
template <class Space, class Precision, class Kernels>
auto Embedding<Space, Precision, Kernels>::constants(Space const& space, Chain const& chain, int centre,
                                                     PairEmbeddings<Space, Precision>& embeddings) const
    -> std::vector<T> {
  auto const width = static_cast<std::size_t>(m_width), components = static_cast<std::size_t>(m_components);
  std::vector<T> result;
  auto const append = [&](std::vector<double> const& row) {
    for (std::size_t k = 0; k < components * width; ++k)
      result.push_back(row.empty() ? T(0) : static_cast<T>(row[k]));
  };
  auto const append_pad = [&](Pad const& pad, std::size_t p) {
    auto const g = embeddings.value(space, chain, p, pad);
    for (std::size_t c = 0; c < components; ++c)
      for (double const channel : g) result.push_back(static_cast<T>(channel) * static_cast<T>(pad.row[c]));
  };
  for (int t = 0; t < m_ntypes; ++t) {
    auto const p = pair(centre, t);
    if (m_handover) {
      append(m_handover->constant(p, false));
      append(m_handover->constant(p, true));
    } else {
      append_pad(chain.absent[p], p);
      append_pad(chain.present[p], p);
    }
  }
  append(chain.left_out.empty() || m_handover ? std::vector<double>{}
                                              : chain.left_out[static_cast<std::size_t>(centre)]);
  return result;
}

template <class Space, class Precision, class Kernels>
bool Embedding<Space, Precision, Kernels>::forward(Space const& space, Step<Space> const& step,
                                                   Tile<Space> const& tile, Arena& arena) const {
  auto const& rows = arena[m_rows];
  auto const& values = arena[m_values].values;
  auto& state = arena[m_state];
  DP_EXPECT(rows.atoms == tile.atoms() && rows.ntypes() == m_ntypes, "dp::Embedding: expected rows of ",
            tile.atoms(), " atoms and ", m_ntypes, " types, found ", rows.atoms, " and ", rows.ntypes());
  DP_EXPECT_MATRIX("dp::Embedding: ~r", values, rows.count(), 4);
  auto const count = static_cast<std::size_t>(rows.count()), width = static_cast<std::size_t>(m_width);
  state.g = state.g_memory.get(space, count, width);
  state.dg = step.derivative() ? state.dg_memory.get(space, count, width) : Matrix<Stored, Space>();
  {
    Kokkos::Profiling::ScopedRegion region("dp::embedding");
    for (int t = 0; t < m_ntypes; ++t) {
      auto const range = rows.range(t);
      if (range.first == range.second) continue;
      Strided1<double const, Space> const s = Kokkos::subview(values, range, 0);
      auto const of_type = [&](Matrix<Stored, Space> const& all) {
        if (!all.data()) return all;
        return Matrix<Stored, Space>(all.data() + range.first * m_width,
                                     static_cast<std::size_t>(range.second - range.first), width);
      };
      auto const g = of_type(state.g), dg = of_type(state.dg);
      if (auto const& embedding = m_embeddings[pair(tile.type, t)]) {
        Strided2<double const, Space> const displacement =
            Kokkos::subview(rows.displacement, range, Kokkos::ALL);
        embedding->evaluate(space, state.scratch, s, displacement, g, dg);
        if (m_handover) m_handover->apply(space, pair(tile.type, t), s, g, dg);
      } else {
        Kokkos::deep_copy(space, g, Stored(0));
        if (dg.data()) Kokkos::deep_copy(space, dg, Stored(0));
      }
    }
  }
  if (!m_summed) return true;
  Kokkos::Profiling::ScopedRegion region("dp::descriptor");
  auto const& constants = m_constants[static_cast<std::size_t>(tile.type)];
  auto const sums = arena[m_sums].reserve(space, static_cast<std::size_t>(rows.atoms),
                                          static_cast<std::size_t>(m_components) * width);
  detail::with_components(m_components, [&]<int Components>(std::integral_constant<int, Components>) {
    Matrix<T const, Space> const rows_of_constants(
        constants.data(), 2 * static_cast<std::size_t>(m_ntypes) + 1, Components * width);
    detail::ContractRows<Space, T, Stored, Components> const kernel{
        {rows.atoms,
         m_ntypes,
         rows.offsets,
         {rows.atoms, m_sel, rows.present, m_shared_sel ? step.first_type : -1}},
        state.g,
        values,
        rows_of_constants,
        m_scale,
        sums};
    detail::for_each_entry(space, "dp::Embedding::contract", rows.atoms, kernel.strips, kernel);
  });
  return true;
}

template <class Space, class Precision, class Kernels>
void Embedding<Space, Precision, Kernels>::adjoint(Space const& space, Step<Space> const&,
                                                   Tile<Space> const& tile, Arena& arena) const {
  if (!m_summed) return;
  Kokkos::Profiling::ScopedRegion region("dp::descriptor");
  auto& rows = arena[m_rows];
  auto const& state = arena[m_state];
  DP_EXPECT_MATRIX("dp::Embedding: dE/dT", arena[m_sums].adjoint, tile.atoms(), m_components * m_width);
  DP_EXPECT_MATRIX("dp::Embedding: dG/ds", state.dg, rows.count(), m_width);
  auto const gradient = rows.reserve_gradient(space);
  detail::with_components(m_components, [&]<int Components>(std::integral_constant<int, Components>) {
    detail::RowGradient<Space, T, Stored, Components> const kernel{
        state.g, state.dg, arena[m_values].values, rows.atom, arena[m_sums].adjoint, m_scale, gradient};
    if constexpr (std::is_same_v<Kernels, Loops>) {
      Kokkos::parallel_for("dp::Embedding::row_gradient", Range(space, 0, rows.count()), kernel);
    } else {
      using ByTeams = detail::RowGradientByTeams<Space, T, Stored, Components>;
      Kokkos::parallel_for("dp::Embedding::row_gradient",
                           detail::vector_policy<Kernels, ByTeams::vector>(space, rows.count()),
                           ByTeams{kernel});
    }
  });
}

}  // namespace dp
