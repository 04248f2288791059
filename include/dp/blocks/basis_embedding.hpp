// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/blocks/basis_tables.hpp>
#include <dp/blocks/block.hpp>
#include <dp/blocks/environment_matrix.hpp>
#include <dp/blocks/neighbour_sums.hpp>
#include <dp/core/buffer.hpp>
#include <dp/core/entries.hpp>
#include <dp/core/expect.hpp>
#include <dp/kernels/basis_kernels.hpp>
#include <dp/step/rows.hpp>
#include <type_traits>

namespace dp {

/// The embedding in the low-rank basis: A_i = scale sum_j phi(s_ij) (x) ~r_ij (K' x components). T and G are
/// never formed. Tiles with neighbours beyond the tables are for the hand-over, in which functions of near
/// neighbours come times 1 - chi: `windowed`. By loops.
template <class Space, class Precision>
class BasisEmbedding final : public Block<Space> {
 public:
  using T = typename Precision::Net;     ///< what is computed in
  using Sums = NeighbourSums<Space, T>;  ///< A_i

  /// `environment`: of the chain. `windowed`: for the hand-over.
  BasisEmbedding(Space const& space, Chain const& chain, ChainBasis const& basis,
                 EnvironmentSlots<Space> environment, Slots& slots, bool windowed = false)
      : m_windowed(windowed),
        m_tables(space, chain, basis),
        m_shared_sel(chain.shared_sel()),
        m_sel(to_space<int>(space, "dp::BasisEmbedding::sel", chain.sel)),
        m_rows(environment.rows),
        m_values(environment.values),
        m_sums(slots.add<Sums>()),
        m_state(slots.add<State>()) {}

  Slot<Sums> sums() const { return m_sums; }  ///< where A_i is

  bool forward(Space const& space, Step<Space> const& step, Tile<Space> const& tile,
               Arena& arena) const override {
    Kokkos::Profiling::ScopedRegion region("dp::embedding");
    auto const& centre = m_tables[tile.type];
    DP_EXPECT(arena[m_rows].atoms == tile.atoms(), "dp::BasisEmbedding: expected rows of ", tile.atoms(),
              " atoms, found ", arena[m_rows].atoms);
    DP_EXPECT_MATRIX("dp::BasisEmbedding: ~r", arena[m_values].values, arena[m_rows].count(), 4);
    auto const sums = arena[m_sums].reserve(space, static_cast<std::size_t>(tile.atoms()),
                                            static_cast<std::size_t>(m_tables.components() * centre.width));
    if (!locate(space, centre, arena) && !m_windowed) return false;
    auto const& rows = arena[m_rows];
    auto const& state = arena[m_state];
    with_form([&]<int Components, bool Windowed>(std::integral_constant<int, Components>,
                                                 std::bool_constant<Windowed>) {
      detail::for_each_entry(space, "dp::BasisEmbedding::contract", rows.atoms,
                             static_cast<int>(centre.strips.extent(0)),
                             detail::ContractBasis<Space, T, Components, Windowed>{
                                 {rows.atoms,
                                  rows.ntypes(),
                                  rows.offsets,
                                  {rows.atoms, m_sel, rows.present, m_shared_sel ? step.first_type : -1}},
                                 centre.strips,
                                 m_tables.basis(tile.type),
                                 state.piece,
                                 state.fraction,
                                 arena[m_values].values,
                                 sums});
    });
    return true;
  }

  void adjoint(Space const& space, Step<Space> const&, Tile<Space> const& tile, Arena& arena) const override {
    Kokkos::Profiling::ScopedRegion region("dp::embedding");
    auto const& centre = m_tables[tile.type];
    auto& rows = arena[m_rows];
    auto const& state = arena[m_state];
    DP_EXPECT_MATRIX("dp::BasisEmbedding: dE/dA", arena[m_sums].adjoint, tile.atoms(),
                     m_tables.components() * centre.width);
    auto const gradient = rows.reserve_gradient(space);
    for (int t = 0; t < rows.ntypes(); ++t) {
      auto const& table = centre.tables[static_cast<std::size_t>(t)];
      auto const range = rows.range(t);
      if (table.functions == 0) {
        Kokkos::deep_copy(space, Kokkos::subview(gradient, range, Kokkos::ALL), 0.0);
        continue;
      }
      with_form([&]<int Components, bool Windowed>(std::integral_constant<int, Components>,
                                                   std::bool_constant<Windowed>) {
        Kokkos::parallel_for("dp::BasisEmbedding::row_gradient",
                             detail::LightRange<Space>(space, range.first, range.second),
                             detail::BasisRowGradient<Space, T, Components, Windowed>{
                                 table, m_tables.basis(tile.type), state.piece, state.fraction,
                                 arena[m_values].values, rows.atom, arena[m_sums].adjoint, gradient});
      });
    }
  }

 private:
  struct State {
    Vector<int, Space> piece;
    Vector<T, Space> fraction;
    Buffer<int, Space> piece_memory{"dp::BasisEmbedding::piece"};
    Buffer<T, Space> fraction_memory{"dp::BasisEmbedding::fraction"};

    std::size_t bytes() const { return piece_memory.bytes() + fraction_memory.bytes(); }
  };

  /// Finds the tables' pieces for all rows. False where one lies beyond their safe range (a host scalar).
  bool locate(Space const& space, typename BasisTables<Space, T>::Centre const& centre, Arena& arena) const {
    auto const& rows = arena[m_rows];
    auto& state = arena[m_state];
    state.piece = state.piece_memory.get(space, static_cast<std::size_t>(rows.count()));
    state.fraction = state.fraction_memory.get(space, static_cast<std::size_t>(rows.count()));
    std::int64_t beyond = 0;
    for (int t = 0; t < rows.ntypes(); ++t) {
      auto const range = rows.range(t);
      auto const& table = centre.tables[static_cast<std::size_t>(t)];
      if (range.first == range.second || table.functions == 0) continue;
      std::int64_t count = 0;
      Kokkos::parallel_reduce(
          "dp::BasisEmbedding::locate", detail::LightRange<Space>(space, range.first, range.second),
          detail::LocateRows<Space, T>{table, arena[m_values].values, state.piece, state.fraction}, count);
      beyond += count;
    }
    return beyond == 0;
  }

  /// Calls `body` with the components of a row and whether functions come times 1 - chi, both constants.
  template <class Body>
  void with_form(Body const& body) const {
    detail::with_components(m_tables.components(), [&](auto components) {
      m_windowed ? body(components, std::true_type()) : body(components, std::false_type());
    });
  }

  bool m_windowed;
  BasisTables<Space, T> m_tables;
  bool m_shared_sel;
  Constants<int, Space> m_sel;
  Slot<Rows<Space>> m_rows;
  Slot<EnvironmentRows<Space>> m_values;
  Slot<Sums> m_sums;
  Slot<State> m_state;
};

}  // namespace dp
