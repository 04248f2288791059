// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/core/kernels.hpp>
#include <dp/kernels/team_search.hpp>
#include <dp/program/surroundings.hpp>
#include <dp/step/step.hpp>
#include <numeric>
#include <vector>

namespace dp {

/// The neighbours of a tile of atoms within a cutoff, found by a team of threads for each atom:
/// at most sel of each type, or all of them, in slots of which the host knows all sizes beforehand.
template <class Space, class Kernels>
class TeamSearch {
 public:
  /// Where neighbours are kept.
  struct State {
    Buffer<int, Space> index{"dp::TeamSearch::index"};      ///< (atoms x slots) neighbours, see NeighborSlots
    Buffer<int, Space> present{"dp::TeamSearch::present"};  ///< (ntypes * atoms) how many of them

    std::size_t bytes() const { return index.bytes() + present.bytes(); }  ///< memory held on `Space`
  };

  /// Copies what it needs to `space`. `all_neighbours`: also those beyond sel.
  TeamSearch(Space const& space, Surroundings const& seen, bool all_neighbours)
      : m_ntypes(seen.ntypes),
        m_nnei(std::accumulate(seen.sel.begin(), seen.sel.end(), 0)),
        m_together(seen.together),
        m_all_neighbours(all_neighbours),
        m_cutoff2(seen.reach * seen.reach),
        m_reach2(to_space<double>(space, "dp::TeamSearch::reach2", seen.pair_reach2())) {
    std::vector<int> sums = {0};
    for (int sel : seen.sel) sums.push_back(sums.back() + sel);
    int const all = sums.back();  // sel is one number for all types then
    sums.resize(std::max(sums.size(), static_cast<std::size_t>(seen.ntypes) + 1), all);
    m_sums = to_space<int>(space, "dp::TeamSearch::sums", sums);
    m_sel = to_space<int>(space, "dp::TeamSearch::sel", seen.sel);
  }

  /// The neighbours of `tile`, kept in `state`.
  detail::NeighborSlots<Space> find(Space const& space, Step<Space> const& step, Tile<Space> const& tile,
                                    State& state) const {
    auto const atoms = static_cast<std::size_t>(tile.atoms());
    auto const slots = slots_of(step, tile, state.index.get(space, atoms, slots_of_atom(tile.longest)),
                                state.present.get(space, atoms * static_cast<std::size_t>(m_ntypes)));
    select(space, step, tile, slots);
    return slots;
  }

  /// Only how many they are: fills `present` (ntypes * atoms).
  void count(Space const& space, Step<Space> const& step, Tile<Space> const& tile,
             Vector<int, Space> present) const {
    select(space, step, tile, slots_of(step, tile, {}, present));
  }

  int ntypes() const { return m_ntypes; }  ///< of neighbours
  /// Working memory for each atom of a tile; `longest`: entries of the list's longest row.
  std::size_t bytes_per_atom(std::int64_t longest) const {
    return (slots_of_atom(longest) + static_cast<std::size_t>(m_ntypes)) * sizeof(int);
  }

 private:
  /// 0: sel.
  int slots_of_type(std::int64_t longest) const {
    if (m_all_neighbours) return static_cast<int>(std::max<std::int64_t>(longest, 1));
    return m_together ? m_nnei : 0;
  }
  std::size_t slots_of_atom(std::int64_t longest) const {
    int const each = slots_of_type(longest);
    return static_cast<std::size_t>(each > 0 ? m_ntypes * each : m_nnei);
  }
  detail::NeighborSlots<Space> slots_of(Step<Space> const& step, Tile<Space> const& tile,
                                        Matrix<int, Space> index, Vector<int, Space> present) const {
    return {m_sums,
            slots_of_type(tile.longest),
            m_together && !m_all_neighbours ? m_nnei : 0,
            index,
            present,
            {tile.atoms(), m_sel, present, m_together ? step.first_type : -1}};
  }
  void select(Space const& space, Step<Space> const& step, Tile<Space> const& tile,
              detail::NeighborSlots<Space> const& slots) const {
    using Functor = detail::SelectByTeams<Space>;
    Kokkos::parallel_for(
        "dp::TeamSearch::select",
        detail::vector_policy<Kernels, Functor::vector>(space, tile.atoms(), Functor::scratch()),
        Functor{tile, step.configuration.positions, step.configuration.types, step.list, m_cutoff2, m_ntypes,
                m_reach2, step.report, slots});
  }

  int m_ntypes, m_nnei;
  bool m_together, m_all_neighbours;
  double m_cutoff2;
  Constants<double, Space> m_reach2;
  Constants<int, Space> m_sums, m_sel;
};

}  // namespace dp
