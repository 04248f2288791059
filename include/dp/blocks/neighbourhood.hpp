// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <climits>
#include <cstddef>
#include <cstdint>
#include <dp/blocks/block.hpp>
#include <dp/core/buffer.hpp>
#include <dp/core/expect.hpp>
#include <dp/kernels/environment_row.hpp>
#include <dp/kernels/neighbor_search.hpp>
#include <dp/kernels/scan_rows.hpp>
#include <dp/kernels/scatter_forces.hpp>
#include <dp/program/network.hpp>
#include <dp/step/rows.hpp>
#include <dp/step/sum_over_atoms.hpp>
#include <vector>

namespace dp {

/// The neighbours of atoms within a cutoff: rows of displacements r_j - r_i. On the way back their gradient g
/// becomes forces and virials. By loops over atoms, for hosts; TeamNeighbourhood is for devices.
template <class Space>
class Neighbourhood final : public Block<Space> {
 public:
  /// Copies what it needs to `space`. `all_neighbours`: also those beyond sel have rows.
  Neighbourhood(Space const& space, Surroundings const& seen, bool all_neighbours, Slots& slots)
      : m_ntypes(seen.ntypes),
        m_rcut2(seen.reach * seen.reach),
        m_most(to_space<int>(space, "dp::Neighbourhood::most",
                             all_neighbours ? std::vector<int>(seen.sel.size(), INT_MAX) : seen.sel)),
        m_together(seen.together),
        m_reach2(to_space<double>(space, "dp::Neighbourhood::reach2", seen.pair_reach2())),
        m_rowless(to_space<char>(space, "dp::Neighbourhood::rowless", seen.rowless)),
        m_rows(slots.add<Rows<Space>>()),
        m_state(slots.add<State>()) {}
  /// The neighbours of a chain.
  Neighbourhood(Space const& space, Network const& network, Chain const& chain, bool all_neighbours,
                Slots& slots)
      : Neighbourhood(space, detail::surroundings_of(network, chain), all_neighbours, slots) {}

  Slot<Rows<Space>> rows() const { return m_rows; }  ///< where the rows are

  /// Fills the rows; waits for their number, which the host needs.
  bool forward(Space const& space, Step<Space> const& step, Tile<Space> const& tile,
               Arena& arena) const override {
    Kokkos::Profiling::ScopedRegion region("dp::environment");
    auto& rows = arena[m_rows];
    auto& state = arena[m_state];
    DP_EXPECT(tile.type >= 0 && tile.type < m_ntypes,
              "dp::Neighbourhood: expected a tile of a type from 0 to ", m_ntypes - 1, ", found ", tile.type);
    rows.atoms = tile.atoms();
    auto const slots = static_cast<std::size_t>(m_ntypes * rows.atoms),
               atoms = static_cast<std::size_t>(rows.atoms), longest = static_cast<std::size_t>(tile.longest);
    rows.present = state.present.get(space, slots);
    rows.offsets = state.offsets.get(space, slots + 1);
    typename detail::NeighborSearch<Space>::Candidates const candidates(
        state.candidates.get(space, atoms * longest).data(), atoms, longest);
    detail::NeighborSearch<Space> const search{tile,
                                               step.configuration,
                                               step.list,
                                               m_rcut2,
                                               m_ntypes,
                                               m_most,
                                               m_together,
                                               m_reach2,
                                               step.report,
                                               candidates,
                                               state.found.get(space, atoms),
                                               rows.present};
    Kokkos::parallel_for("dp::Neighbourhood::select", detail::LightRange<Space>(space, 0, rows.atoms),
                         detail::SelectNeighbors<Space>(search));
    auto const borders = state.borders.get(space, static_cast<std::size_t>(m_ntypes) + 1);
    detail::scan_rows<Space>(space, tile.type, rows, m_rowless, borders);
    rows.begin.resize(borders.extent(0));
    Kokkos::deep_copy(space, Vector<std::int64_t, Kokkos::HostSpace>(rows.begin.data(), borders.extent(0)),
                      borders);
    space.fence("dp::Neighbourhood: numbers of rows");
    rows.reserve(space);
    Kokkos::parallel_for(
        "dp::Neighbourhood::rows", detail::LightRange<Space>(space, 0, rows.atoms),
        detail::FillNeighbors<Space>{search, rows.offsets, state.filled.get(space, slots), m_rowless,
                                     rows.displacement, rows.neighbour, rows.atom});
    return true;
  }

  void adjoint(Space const& space, Step<Space> const& step, Tile<Space> const& tile,
               Arena& arena) const override {
    Kokkos::Profiling::ScopedRegion region("dp::forces");
    auto const& rows = arena[m_rows];
    DP_EXPECT_MATRIX("dp::Neighbourhood: g", rows.gradient, rows.count(), 3);
    detail::with_sink(space, step, [&]<class Sink>(Sink const& sink) {
      detail::sum_over_atoms(
          space, step, rows.atoms,
          detail::ScatterForces<Space, Sink>{{rows.atoms, m_ntypes, rows.offsets, rows.neighbour,
                                              tile.centres, rows.displacement, rows.gradient, sink}},
          arena[m_state].sums);
    });
  }

 private:
  struct State {
    Buffer<int, Space> present{"dp::Neighbourhood::present"}, candidates{"dp::Neighbourhood::candidates"},
        found{"dp::Neighbourhood::found"}, filled{"dp::Neighbourhood::filled"};
    Buffer<std::int64_t, Space> offsets{"dp::Neighbourhood::offsets"}, borders{"dp::Neighbourhood::borders"};
    detail::SumMemory<Space> sums;

    std::size_t bytes() const {
      return present.bytes() + candidates.bytes() + found.bytes() + filled.bytes() + offsets.bytes() +
             borders.bytes() + sums.bytes();
    }
  };

  int m_ntypes;
  double m_rcut2;
  Constants<int, Space> m_most;  // neighbours of a type that an atom keeps,
  bool m_together;               // or of all types together
  Constants<double, Space> m_reach2;
  Constants<char, Space> m_rowless;
  Slot<Rows<Space>> m_rows;
  Slot<State> m_state;
};

}  // namespace dp
