// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/core/views.hpp>
#include <utility>
#include <vector>

namespace dp {

namespace detail {

/// How many neighbours the atoms of a tile miss. Each type has its own number in sel, or (`first` is a type)
/// there is one number for all types, and what is missing counts as of that type.
template <class Space>
struct AbsentNeighbours {
  std::int64_t atoms;
  Vector<int const, Space> sel;      // (ntypes), or (1)
  Vector<int const, Space> present;  // (ntypes * atoms), neighbours that are kept
  int first;                         // negative: each type has its own number

  /// Of `type`; negative where more than sel are kept.
  KOKKOS_INLINE_FUNCTION int operator()(std::int64_t a, int type) const {
    if (first < 0) return sel(type) - present(type * atoms + a);
    if (type != first) return 0;
    int absent = sel(0);
    for (auto slot = a; slot < static_cast<std::int64_t>(present.extent(0)); slot += atoms)
      absent -= present(slot);
    return absent;
  }
};

}  // namespace detail

/// The neighbours of a tile's atoms, one row each, grouped by (neighbour type, atom): what Neighbourhood
/// finds and what it takes back as forces. Absent neighbours have no rows; `present` says how many there are.
/// `gradient` is what all blocks behind a Neighbourhood have in common: whatever they are, they leave the
/// derivative of the energy by the displacement there.
template <class Space>
struct Rows {
  std::int64_t atoms = 0;                 ///< of the tile
  std::vector<std::int64_t> begin = {0};  ///< (ntypes + 1), on the host: first row of each neighbour type
  Vector<std::int64_t, Space> offsets;    ///< (ntypes * atoms + 1), first row of (t, a)
  Vector<int, Space> present;             ///< (ntypes * atoms), neighbours, at most those that are kept
  Columns<double, Space> displacement;    ///< (rows x 3), r_j - r_i, Angstrom
  Vector<int, Space> neighbour;           ///< (rows), index of the neighbour
  Vector<int, Space> atom;                ///< (rows), atom of the tile
  Columns<double, Space> gradient;  ///< (rows x 4), dE/d~r; then, in columns 0 to 2, g = dE/d(displacement)

  int ntypes() const { return static_cast<int>(begin.size()) - 1; }  ///< of neighbours
  std::int64_t count() const { return begin.back(); }                ///< rows of all atoms
  /// The first row of a neighbour type, and that behind its last.
  std::pair<std::int64_t, std::int64_t> range(int type) const {
    return {begin[static_cast<std::size_t>(type)], begin[static_cast<std::size_t>(type) + 1]};
  }

  /// Memory for count() rows.
  void reserve(Space const& space) {
    auto const n = static_cast<std::size_t>(count());
    displacement = m_displacement.columns(space, n, 3);
    neighbour = m_neighbour.get(space, n);
    atom = m_atom.get(space, n);
  }
  /// Memory for their gradient.
  Columns<double, Space> reserve_gradient(Space const& space) {
    return gradient = m_gradient.columns(space, static_cast<std::size_t>(count()), 4);
  }

  /// Memory held on `Space`.
  std::size_t bytes() const {
    return m_displacement.bytes() + m_gradient.bytes() + m_neighbour.bytes() + m_atom.bytes();
  }

 private:
  Buffer<double, Space> m_displacement{"dp::Rows::displacement"}, m_gradient{"dp::Rows::gradient"};
  Buffer<int, Space> m_neighbour{"dp::Rows::neighbour"}, m_atom{"dp::Rows::atom"};
};

}  // namespace dp
