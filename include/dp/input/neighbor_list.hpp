// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/error.hpp>
#include <dp/core/views.hpp>

namespace dp {

/// A full neighbour list in the memory of `Space`, as any host holds it: row k lists the neighbours of one
/// centre, each pair in both rows. Neighbours beyond the cutoff are ignored (a list with skin is normal), and
/// their order does not matter. A small value to be made anew in each step; it owns nothing.
template <class Space>
struct NeighborList {
  std::int64_t rows = 0;                    ///< number of centres
  Strided1<int const, Space> centres = {};  ///< the centre of each row; not given: row k is atom k
  Strided1<std::int64_t const, Space> starts =
      {};  ///< first entry of each row in `entries`; not given: k * row_stride
  Strided1<int const, Space> counts = {};  ///< entries of each row; not given: starts(k + 1) - starts(k)
  int const* entries = nullptr;            ///< indices of neighbours
  std::int64_t row_stride = 0;             ///< from the row of one atom to that of the next
  std::int64_t entry_stride = 1;           ///< from one entry of a row to the next
  int mask = -1;                           ///< bits of an entry that hold the index

  /// Compressed rows: neighbours of atom k are indices[offsets[k]] ... indices[offsets[k+1]-1].
  static NeighborList csr(Strided1<std::int64_t const, Space> offsets, Vector<int const, Space> indices) {
    if (offsets.extent(0) == 0) fail("dp::NeighborList::csr: offsets need at least 1 entry, found 0");
    NeighborList list;
    list.rows = static_cast<std::int64_t>(offsets.extent(0)) - 1;
    list.starts = offsets;
    list.entries = indices.data();
    return list;
  }

  /// Rows of a rank-2 View with counts, as LAMMPS-KOKKOS holds them, in either layout: for each atom i in
  /// `centres` (LAMMPS: ilist), neighbours(i, 0) ... neighbours(i, counts(i) - 1); `mask` strips flag bits
  /// (NEIGHMASK).
  static NeighborList rows2d(Strided1<int const, Space> centres, Strided1<int const, Space> counts,
                             Strided2<int const, Space> neighbours, int mask = -1) {
    NeighborList list;
    list.rows = static_cast<std::int64_t>(centres.extent(0));
    list.centres = centres;
    list.counts = counts;
    list.entries = neighbours.data();
    list.row_stride = static_cast<std::int64_t>(neighbours.stride(0));
    list.entry_stride = static_cast<std::int64_t>(neighbours.stride(1));
    list.mask = mask;
    return list;
  }

  /// The atom that a row belongs to.
  KOKKOS_FUNCTION std::int64_t centre(std::int64_t row) const { return centres.data() ? centres(row) : row; }

  /// Entries of a row.
  KOKKOS_FUNCTION std::int64_t count(std::int64_t row) const {
    return counts.data() ? counts(centre(row)) : starts(row + 1) - starts(row);
  }

  /// Entry `k` of a row, without flag bits.
  KOKKOS_FUNCTION int neighbour(std::int64_t row, std::int64_t k) const {
    return begin(row)[k * entry_stride] & mask;
  }

  /// Where the entries of a row begin; they follow each other at a distance of `entry_stride`.
  KOKKOS_FUNCTION int const* begin(std::int64_t row) const {
    return entries + (starts.data() ? starts(row) : centre(row) * row_stride);
  }
};

}  // namespace dp
