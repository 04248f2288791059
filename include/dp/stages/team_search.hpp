// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/detail/slot_rows.hpp>
#include <dp/detail/team_search.hpp>
#include <dp/input/configuration.hpp>
#include <dp/input/neighbor_list.hpp>
#include <dp/input/tile.hpp>
#include <dp/model/model.hpp>
#include <vector>

namespace dp {

/// The neighbours of a tile of atoms within the cutoff, found by a team of threads for each atom: at most sel
/// of each type, or all of them, in slots of which the host knows all sizes beforehand.
template <class Space>
class TeamSearch {
 public:
  /// Copies what it needs of `model` to `space`. `all_neighbours`: also those beyond sel.
  TeamSearch(Space const& space, Model const& model, bool all_neighbours = false)
      : m_ntypes(model.ntypes()),
        m_sel(model.descriptor.nnei()),
        m_all_neighbours(all_neighbours),
        m_row(model.descriptor),
        m_hidden(to_space<char>(space, "dp::TeamSearch::hidden", model.pair_excluded)) {
    std::vector<int> sums = {0};
    for (int sel : model.descriptor.sel) sums.push_back(sums.back() + sel);
    m_sums = to_space<int>(space, "dp::TeamSearch::sums", sums);
    m_scales =
        to_space<detail::RowScale>(space, "dp::TeamSearch::scales", detail::row_scales(model.descriptor));
  }

  /// The neighbours of `tile`, valid until the next call.
  template <class Kernels>
  detail::SlotRows<Space> run(Space const& space, Tile<Space> const& tile,
                              Configuration<Space> const& configuration, NeighborList<Space> const& list,
                              detail::Guard<Space> const& guard) {
    Kokkos::Profiling::ScopedRegion region("dp::environment");
    auto const atoms = static_cast<std::size_t>(tile.atoms());
    detail::NeighborSlots<Space> const slots{
        m_sums, slots_of_type(tile.longest), m_index.get(space, atoms, slots_of_atom(tile.longest)),
        m_present.get(space, atoms * static_cast<std::size_t>(m_ntypes))};
    select<Kernels>(space, tile, configuration, list, guard, slots);
    return {configuration.positions, tile.centres, slots, scales(tile.type), m_row, guard};
  }

  /// Only how many they are: fills `present` (ntypes * atoms).
  template <class Kernels>
  void count(Space const& space, Tile<Space> const& tile, Configuration<Space> const& configuration,
             NeighborList<Space> const& list, detail::Guard<Space> const& guard, Vector<int, Space> present) {
    select<Kernels>(space, tile, configuration, list, guard,
                    {m_sums, slots_of_type(tile.longest), {}, present});
  }

  /// Working memory for each atom of a tile; `longest`: entries of the list's longest row.
  std::size_t bytes_per_atom(std::int64_t longest) const {
    return (slots_of_atom(longest) + static_cast<std::size_t>(m_ntypes)) * sizeof(int);
  }
  /// Memory held on `Space`.
  std::size_t bytes() const { return m_index.bytes() + m_present.bytes(); }

 private:
  template <class T>
  using Constants = Kokkos::View<T*, typename Space::memory_space>;

  /// Where all neighbours are kept; 0: sel.
  int slots_of_type(std::int64_t longest) const {
    return m_all_neighbours ? static_cast<int>(std::max<std::int64_t>(longest, 1)) : 0;
  }
  std::size_t slots_of_atom(std::int64_t longest) const {
    if (!m_all_neighbours) return static_cast<std::size_t>(m_sel);
    return static_cast<std::size_t>(m_ntypes) * static_cast<std::size_t>(slots_of_type(longest));
  }

  Vector<detail::RowScale const, Space> scales(int type) const {
    auto const n = static_cast<std::size_t>(m_ntypes);
    return Vector<detail::RowScale const, Space>(m_scales.data() + static_cast<std::size_t>(type) * n, n);
  }

  template <class Kernels>
  void select(Space const& space, Tile<Space> const& tile, Configuration<Space> const& configuration,
              NeighborList<Space> const& list, detail::Guard<Space> const& guard,
              detail::NeighborSlots<Space> const& slots) {
    Kokkos::parallel_for(
        "dp::TeamSearch::select", detail::team_policy<Kernels, 1>(space, tile.atoms()),
        detail::SelectByTeams<Space>{tile, configuration.positions, configuration.types, list,
                                     m_row.switch_function.rmax * m_row.switch_function.rmax, m_ntypes,
                                     m_hidden, guard, slots});
  }

  int m_ntypes, m_sel;  // m_sel: the sum of sel
  bool m_all_neighbours;
  detail::EnvironmentRow m_row;
  Constants<char> m_hidden;
  Constants<int> m_sums;
  Constants<detail::RowScale> m_scales;  // (ntypes * ntypes)
  Buffer<int, Space> m_index{"dp::TeamSearch::index"}, m_present{"dp::TeamSearch::present"};
};

}  // namespace dp
