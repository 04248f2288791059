// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Profiling_ScopedRegion.hpp>
#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/core/error.hpp>
#include <dp/core/kernels.hpp>
#include <dp/core/views.hpp>
#include <dp/input/cell_grid.hpp>
#include <dp/input/cell_kernels.hpp>
#include <dp/input/neighbor_list.hpp>
#include <dp/input/position_bounds.hpp>

namespace dp {

/// Finds neighbours on `Space`, for hosts that have no list: atoms are binned in cells, and a full list is
/// made of them. It knows no box: periodic images are atoms like others (see PeriodicImages). The same atoms
/// give the same list, entry by entry, whatever the backend and number of threads. Can be moved, not copied.
template <class Space = Kokkos::DefaultExecutionSpace>
class NeighborCells {
 public:
  NeighborCells() = default;
  NeighborCells(NeighborCells&&) = default;             ///< takes the memory
  NeighborCells& operator=(NeighborCells&&) = default;  ///< takes the memory

  /// Lists, for each of the first `local` atoms at `positions` (atoms x 3, Angstrom), all other atoms at a
  /// distance of at most `reach` (cutoff + skin, Angstrom). Memory grows only. Waits for two results on
  /// `space`. \throws dp::Error for a reach that is not positive and finite, wrong extents, `local` not in 0
  /// ... atoms, and
  ///   positions that are not finite (naming the atom)
  void build(Space const& space, Strided2<double const, Space> positions, std::int64_t local, double reach) {
    Kokkos::Profiling::ScopedRegion const region("dp::neighbour");
    auto const atoms = static_cast<std::int64_t>(positions.extent(0));
    detail::check_reach(name, reach);
    if (local < 0 || local > atoms)
      fail(name, ": the number of local atoms must be 0 ... ", atoms, " (all atoms), found ", local);
    auto const bounds = detail::position_bounds(space, name, positions);
    m_entries = {};
    m_offsets = m_offset_memory.get(space, static_cast<std::size_t>(local) + 1);
    auto const counts = m_count_memory.get(space, static_cast<std::size_t>(local));
    if (atoms == 0) {
      detail::scan_rows<Space>(space, counts, m_offsets);
      return;
    }

    detail::CellGrid const grid(bounds, atoms, reach);
    auto const bins = bin(space, grid, positions);
    detail::SearchCells<Space> search{grid, bins, reach * reach, local, m_offsets, counts, m_entries};
    Kokkos::parallel_for("dp::NeighborCells::count", detail::LightRange<Space>(space, 0, atoms), search);
    std::int64_t const total = detail::scan_rows<Space>(space, counts, m_offsets);
    m_entries = m_entry_memory.get(space, static_cast<std::size_t>(total));
    search.entries = m_entries;
    if (total > 0)
      Kokkos::parallel_for("dp::NeighborCells::fill", detail::LightRange<Space>(space, 0, atoms), search);
  }

  /// The list of the last build, valid until the next. Empty before the first.
  NeighborList<Space> list() const {
    if (m_offsets.extent(0) == 0) return {};
    return NeighborList<Space>::csr(m_offsets, m_entries);
  }

  /// Memory held on `Space`.
  std::size_t bytes() const {
    return m_cell_memory.bytes() + m_cursor_memory.bytes() + m_start_memory.bytes() + m_index_memory.bytes() +
           m_coordinate_memory.bytes() + m_count_memory.bytes() + m_offset_memory.bytes() +
           m_entry_memory.bytes();
  }

 private:
  static constexpr char const* name = "dp::NeighborCells";

  detail::BinnedAtoms<Space> bin(Space const& space, detail::CellGrid const& grid,
                                 Strided2<double const, Space> positions) {
    std::size_t const atoms = positions.extent(0);
    auto const cells = static_cast<std::size_t>(grid.size());
    using Coordinates = Vector<double, Space>;
    std::size_t const stride = atoms + detail::search_block<Space>;
    double* const x = m_coordinate_memory.get(space, 3 * stride).data();
    detail::BinnedAtoms<Space> const bins{
        m_start_memory.get(space, cells + 1), m_index_memory.get(space, stride), Coordinates(x, stride),
        Coordinates(x + stride, stride), Coordinates(x + 2 * stride, stride)};
    detail::bin_atoms<Space>(space, grid, positions, m_cell_memory.get(space, atoms),
                             m_cursor_memory.get(space, cells), bins);
    return bins;
  }

  Buffer<int, Space> m_cell_memory{"dp::NeighborCells::cell"};
  Buffer<int, Space> m_cursor_memory{"dp::NeighborCells::cursor"};
  Buffer<int, Space> m_start_memory{"dp::NeighborCells::starts"};
  Buffer<int, Space> m_index_memory{"dp::NeighborCells::index"};
  Buffer<double, Space> m_coordinate_memory{"dp::NeighborCells::coordinates"};
  Buffer<int, Space> m_count_memory{"dp::NeighborCells::counts"};
  Buffer<std::int64_t, Space> m_offset_memory{"dp::NeighborCells::offsets"};
  Buffer<int, Space> m_entry_memory{"dp::NeighborCells::entries"};
  Vector<std::int64_t, Space> m_offsets;
  Vector<int, Space> m_entries;
};

}  // namespace dp
