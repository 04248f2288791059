// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/blocks/block.hpp>
#include <dp/blocks/team_search.hpp>
#include <dp/core/buffer.hpp>
#include <dp/core/expect.hpp>
#include <dp/core/kernels.hpp>
#include <dp/kernels/scan_rows.hpp>
#include <dp/kernels/scatter_forces.hpp>
#include <dp/kernels/slot_rows.hpp>
#include <dp/program/network.hpp>
#include <dp/step/rows.hpp>
#include <dp/step/sum_over_atoms.hpp>
#include <utility>
#include <vector>

namespace dp {

/// Neighbourhood with a team of threads for each atom. The host waits once a step, for the numbers of rows of
/// all tiles.
template <class Space, class Kernels>
class TeamNeighbourhood final : public Block<Space> {
 public:
  /// As Neighbourhood.
  TeamNeighbourhood(Space const& space, Surroundings const& seen, bool all_neighbours, Slots& slots)
      : m_search(space, seen, all_neighbours),
        m_rowless(to_space<char>(space, "dp::TeamNeighbourhood::rowless", seen.rowless)),
        m_rows(slots.add<Rows<Space>>()),
        m_state(slots.add<State>()) {}
  /// As Neighbourhood.
  TeamNeighbourhood(Space const& space, Network const& network, Chain const& chain, bool all_neighbours,
                    Slots& slots)
      : TeamNeighbourhood(space, detail::surroundings_of(network, chain), all_neighbours, slots) {}

  Slot<Rows<Space>> rows() const { return m_rows; }  ///< where the rows are

  bool prepare(Space const& space, Step<Space> const& step, std::vector<Tile<Space>> const& tiles,
               Arena& arena) const override {
    Kokkos::Profiling::ScopedRegion region("dp::environment");
    auto& state = arena[m_state];
    auto const types = static_cast<std::size_t>(m_search.ntypes()), per_tile = types + 1;
    state.first_slot.assign(1, 0);
    for (auto const& tile : tiles)
      state.first_slot.push_back(state.first_slot.back() + types * static_cast<std::size_t>(tile.atoms()));
    state.present.get(space, state.first_slot.back());
    state.offsets.get(space, state.first_slot.back() + tiles.size());
    auto const borders = state.borders.get(space, tiles.size() * per_tile + 1);
    for (auto const& tile : tiles) {
      auto const& rows = take_slots(space, tile, arena);
      m_search.count(space, step, tile, rows.present);
      detail::scan_rows<Space>(
          space, tile.type, rows, m_rowless,
          Vector<std::int64_t, Space>(borders.data() + tile.number * per_tile, per_tile));
    }
    int const stale = Report<Space>::stale;
    Kokkos::deep_copy(space, Vector<std::int64_t, Space>(borders.data() + tiles.size() * per_tile, 1),
                      Kokkos::subview(step.report, std::make_pair(stale, stale + 1)));
    state.borders_host.resize(borders.extent(0));
    Kokkos::deep_copy(space,
                      Vector<std::int64_t, Kokkos::HostSpace>(state.borders_host.data(), borders.extent(0)),
                      borders);
    space.fence("dp::TeamNeighbourhood: numbers of rows");
    return state.borders_host.back() == Report<Space>::good;
  }

  bool forward(Space const& space, Step<Space> const& step, Tile<Space> const& tile,
               Arena& arena) const override {
    Kokkos::Profiling::ScopedRegion region("dp::environment");
    auto& state = arena[m_state];
    DP_EXPECT(tile.number + 1 < state.first_slot.size(),
              "dp::TeamNeighbourhood: expected prepare() with tile ", tile.number);
    auto& rows = take_slots(space, tile, arena);
    auto const per_tile = static_cast<std::ptrdiff_t>(m_search.ntypes() + 1);
    auto const first = state.borders_host.begin() + static_cast<std::ptrdiff_t>(tile.number) * per_tile;
    rows.begin.assign(first, first + per_tile);
    rows.reserve(space);
    auto const slots = m_search.find(space, step, tile, state.search);
    Kokkos::parallel_for(
        "dp::TeamNeighbourhood::rows", detail::team_policy<Kernels, 1>(space, tile.atoms()),
        detail::FillByTeams<Space>{step.configuration.positions, tile.centres, slots, m_rowless, tile.type,
                                   m_search.ntypes(), step.report, rows.offsets, rows.displacement,
                                   rows.neighbour, rows.atom});
    return true;
  }

  void adjoint(Space const& space, Step<Space> const& step, Tile<Space> const& tile,
               Arena& arena) const override {
    Kokkos::Profiling::ScopedRegion region("dp::forces");
    auto const& rows = arena[m_rows];
    auto& state = arena[m_state];
    DP_EXPECT_MATRIX("dp::TeamNeighbourhood: g", rows.gradient, rows.count(), 3);
    auto const virial = step.output.virial.data()
                            ? state.virial.get(space, static_cast<std::size_t>(rows.atoms), 9)
                            : Matrix<double, Space>();
    detail::with_sink(space, step, [&]<class Sink>(Sink const& sink) {
      Kokkos::parallel_for(
          "dp::TeamNeighbourhood::scatter", detail::team_policy<Kernels, 1>(space, rows.atoms),
          detail::ScatterByTeams<Space, Sink>{{rows.atoms, rows.ntypes(), rows.offsets, rows.neighbour,
                                               tile.centres, rows.displacement, rows.gradient, sink},
                                              virial,
                                              Kernels::threads});
      if (virial.data())
        detail::sum_over_atoms(
            space, step, rows.atoms,
            detail::SumAtoms<Space, Sink>{tile.centres, {}, virial, {}, {step.report, {}}, false, sink},
            state.sums);
    });
  }

  std::size_t bytes_per_atom(int, std::int64_t longest) const override {
    return m_search.bytes_per_atom(longest);
  }

 private:
  struct State {
    typename TeamSearch<Space, Kernels>::State search;
    Buffer<int, Space> present{"dp::TeamNeighbourhood::present"};
    Buffer<std::int64_t, Space> offsets{"dp::TeamNeighbourhood::offsets"},
        borders{"dp::TeamNeighbourhood::borders"};
    Buffer<double, Space> virial{"dp::TeamNeighbourhood::virial"};
    detail::SumMemory<Space> sums;
    std::vector<std::int64_t> borders_host;
    std::vector<std::size_t> first_slot;  // of each tile

    std::size_t bytes() const {
      return search.bytes() + present.bytes() + offsets.bytes() + borders.bytes() + virial.bytes() +
             sums.bytes();
    }
  };

  /// The rows of `tile`, with the memory for their numbers.
  Rows<Space>& take_slots(Space const& space, Tile<Space> const& tile, Arena& arena) const {
    auto& rows = arena[m_rows];
    auto& state = arena[m_state];
    rows.atoms = tile.atoms();
    auto const k = tile.number, first = state.first_slot[k],
               n = static_cast<std::size_t>(m_search.ntypes()) * static_cast<std::size_t>(rows.atoms);
    rows.present = Vector<int, Space>(state.present.get(space, first + n).data() + first, n);
    rows.offsets =
        Vector<std::int64_t, Space>(state.offsets.get(space, first + k + n + 1).data() + first + k, n + 1);
    return rows;
  }

  TeamSearch<Space, Kernels> m_search;
  Constants<char, Space> m_rowless;
  Slot<Rows<Space>> m_rows;
  Slot<State> m_state;
};

}  // namespace dp
