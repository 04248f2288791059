// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/blocks/basis_tables.hpp>
#include <dp/blocks/block.hpp>
#include <dp/blocks/neighbour_sums.hpp>
#include <dp/blocks/team_search.hpp>
#include <dp/core/expect.hpp>
#include <dp/core/kernels.hpp>
#include <dp/core/precision.hpp>
#include <dp/kernels/contractions.hpp>
#include <dp/kernels/fused_kernels.hpp>
#include <dp/step/sum_over_atoms.hpp>
#include <type_traits>

namespace dp {

/// TeamNeighbourhood, EnvironmentMatrix and BasisEmbedding in one: from the neighbour list to A_i, and from
/// dE/dA_i to forces, without a number that the host would have to wait for: rows of the environment matrix
/// live in shared memory only, and are made twice. Blocks of atoms with neighbours nearer than the tables
/// reach are flagged and left out.
template <class Space, class Precision, class Kernels>
class FusedEmbedding final : public Block<Space> {
 public:
  using T = typename Precision::Net;     ///< what is computed in
  using Sums = NeighbourSums<Space, T>;  ///< A_i

  /// Copies what it needs to `space`. `all_neighbours`: also those beyond sel count.
  FusedEmbedding(Space const& space, Network const& network, Chain const& chain, ChainBasis const& basis,
                 bool all_neighbours, Slots& slots)
      : m_search(space, detail::surroundings_of(network, chain), all_neighbours),
        m_tables(space, chain, basis),
        m_row(chain),
        m_scales(to_space<detail::RowScale>(space, "dp::FusedEmbedding::scales", detail::row_scales(chain))),
        m_sums(slots.add<Sums>()),
        m_state(slots.add<State>()) {}

  Slot<Sums> sums() const { return m_sums; }  ///< where A_i is

  bool forward(Space const& space, Step<Space> const& step, Tile<Space> const& tile,
               Arena& arena) const override {
    auto const& centre = m_tables[tile.type];
    auto& state = arena[m_state];
    {
      Kokkos::Profiling::ScopedRegion region("dp::environment");
      state.slots = m_search.find(space, step, tile, state.search);
    }
    auto const a = arena[m_sums].reserve(space, static_cast<std::size_t>(tile.atoms()),
                                         static_cast<std::size_t>(m_tables.components() * centre.width));
    Kokkos::Profiling::ScopedRegion region("dp::embedding");
    detail::with_components(
        m_tables.components(), [&]<int Components>(std::integral_constant<int, Components>) {
          using Functor = detail::FusedContract<Space, T, Components>;
          Kokkos::parallel_for(
              "dp::FusedEmbedding::contract",
              detail::team_policy<Kernels, Functor::lanes>(
                  space, tile.atoms(), Functor::scratch(detail::team_size<Space, Kernels, Functor::lanes>)),
              Functor{rows(step, tile, state), a});
        });
    return true;
  }

  void adjoint(Space const& space, Step<Space> const& step, Tile<Space> const& tile,
               Arena& arena) const override {
    Kokkos::Profiling::ScopedRegion region("dp::forces");
    auto& state = arena[m_state];
    auto const da = arena[m_sums].adjoint;
    DP_EXPECT_MATRIX("dp::FusedEmbedding: dE/dA", da, tile.atoms(),
                     m_tables.components() * m_tables[tile.type].width);
    auto const virial = step.output.virial.data()
                            ? state.virial.get(space, static_cast<std::size_t>(tile.atoms()), 9)
                            : Matrix<double, Space>();
    detail::with_sink(space, step, [&]<class Sink>(Sink const& sink) {
      detail::with_components(
          m_tables.components(), [&]<int Components>(std::integral_constant<int, Components>) {
            using Functor = detail::FusedForces<Space, T, Components, Sink>;
            Kokkos::parallel_for(
                "dp::FusedEmbedding::forces",
                detail::team_policy<Kernels, Functor::lanes>(
                    space, tile.atoms(), Functor::scratch(detail::team_size<Space, Kernels, Functor::lanes>)),
                Functor{rows(step, tile, state), da, virial, is_mixed<Precision>, Kernels::threads, sink});
          });
      if (virial.data())
        detail::sum_over_atoms(space, step, tile.atoms(),
                               detail::SumAtoms<Space, Sink>{
                                   tile.centres, {}, virial, {}, {step.report, tile.flags}, false, sink},
                               state.sums);
    });
  }

  std::size_t bytes_per_atom(int type, std::int64_t longest) const override {
    return m_search.bytes_per_atom(longest) +
           static_cast<std::size_t>(2 * m_tables.components() * m_tables[type].width) * sizeof(T);
  }

 private:
  struct State {
    detail::NeighborSlots<Space> slots;
    typename TeamSearch<Space, Kernels>::State search;
    Buffer<double, Space> virial{"dp::FusedEmbedding::virial"};
    detail::SumMemory<Space> sums;

    std::size_t bytes() const { return search.bytes() + virial.bytes() + sums.bytes(); }
  };

  detail::FusedRows<Space, T> rows(Step<Space> const& step, Tile<Space> const& tile,
                                   State const& state) const {
    auto const ntypes = static_cast<std::size_t>(m_search.ntypes());
    Vector<detail::RowScale const, Space> const scales(
        m_scales.data() + static_cast<std::size_t>(tile.type) * ntypes, ntypes);
    return {
        {step.configuration.positions, tile.centres, state.slots, scales, m_row, {step.report, tile.flags}},
        m_tables.basis(tile.type)};
  }

  TeamSearch<Space, Kernels> m_search;
  BasisTables<Space, T> m_tables;
  detail::EnvironmentRow m_row;
  Constants<detail::RowScale, Space> m_scales;  // (ntypes * ntypes)
  Slot<Sums> m_sums;
  Slot<State> m_state;
};

}  // namespace dp
