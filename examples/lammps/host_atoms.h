// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only
#pragma once

// LAMMPS' atoms and neighbours as a model on the host sees them.

#include <Kokkos_Core.hpp>
#include <cstdint>
#include <dp/input/configuration.hpp>
#include <dp/input/neighbor_list.hpp>
#include <vector>

#include "atom.h"
#include "neigh_list.h"

namespace dp_lammps {

/// A copy of positions and types, with the rows of a full list that a model evaluates.
class HostAtoms {
 public:
  using Space = Kokkos::DefaultHostExecutionSpace;

  /// `length`: of an Angstrom. `map`: the model's type for each of LAMMPS'; negative: not seen. Rows are
  /// those of atoms that are seen and for which `keep`(index) holds.
  template <class Keep>
  void collect(LAMMPS_NS::Atom const& atom, LAMMPS_NS::NeighList const& list, double length,
               std::vector<int> const& map, Keep const& keep) {
    m_local = atom.nlocal;
    int const all = atom.nlocal + atom.nghost;
    m_positions.resize(3 * all);
    m_types.resize(all);
    for (int i = 0; i < all; ++i) {
      for (int c = 0; c < 3; ++c) m_positions[3 * i + c] = atom.x[i][c] / length;
      m_types[i] = map[atom.type[i]];
    }
    m_centres.clear();
    m_starts.clear();
    for (int k = 0; k < list.inum; ++k) {
      int const i = list.ilist[k];
      if (m_types[i] < 0 || !keep(i)) continue;
      m_centres.push_back(i);
      m_starts.push_back(list.firstneigh[i] - list.firstneigh[list.ilist[0]]);
    }
    m_list = &list;
  }

  /// The model's type of an atom.
  int type(int i) const { return m_types[i]; }

  /// Positions and types; to be used before the next collect().
  dp::Configuration<Space> configuration() const {
    auto const all = m_types.size();
    dp::Configuration<Space> result;
    result.positions = Rows(m_positions.data(), all, 3);
    result.types = Ints(m_types.data(), all);
    result.local = m_local;
    return result;
  }

  /// Rows in LAMMPS' own list; likewise.
  dp::NeighborList<Space> neighbours() const {
    dp::NeighborList<Space> result;
    result.rows = static_cast<std::int64_t>(m_centres.size());
    if (m_centres.empty()) return result;
    result.centres = Ints(m_centres.data(), m_centres.size());
    result.counts = Ints(m_list->numneigh, m_local);
    result.starts =
        Kokkos::View<std::int64_t const*, Kokkos::HostSpace, Unmanaged>(m_starts.data(), m_starts.size());
    result.entries = m_list->firstneigh[m_list->ilist[0]];
    result.mask = NEIGHMASK;
    return result;
  }

 private:
  using Unmanaged = Kokkos::MemoryTraits<Kokkos::Unmanaged>;
  using Rows = Kokkos::View<double const**, Kokkos::LayoutRight, Kokkos::HostSpace, Unmanaged>;
  using Ints = Kokkos::View<int const*, Kokkos::HostSpace, Unmanaged>;

  int m_local = 0;
  std::vector<double> m_positions;
  std::vector<int> m_types, m_centres;
  std::vector<std::int64_t> m_starts;
  LAMMPS_NS::NeighList const* m_list = nullptr;
};

}  // namespace dp_lammps
