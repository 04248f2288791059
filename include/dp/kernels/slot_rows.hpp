// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/kernels.hpp>
#include <dp/kernels/environment_row.hpp>
#include <dp/kernels/team_search.hpp>

namespace dp::detail {

/// The rows of a tile's atoms, computed wherever they are needed from the neighbours in their slots.
template <class Space>
struct SlotRows {
  Strided2<double const, Space> positions;
  Vector<int const, Space> centres;
  NeighborSlots<Space> slots;
  Vector<RowScale const, Space> scales;  // (ntypes), of the tile's type
  EnvironmentRow row_of;
  Guard<Space> guard;

  KOKKOS_INLINE_FUNCTION std::int64_t atoms() const { return static_cast<std::int64_t>(centres.extent(0)); }
  KOKKOS_INLINE_FUNCTION int ntypes() const { return static_cast<int>(scales.extent(0)); }

  /// Rows of type t of atom a, and the neighbour that the n-th of them belongs to.
  KOKKOS_INLINE_FUNCTION int count(std::int64_t a, int t) const {
    return scales(t).rowless ? 0 : slots.present(t * atoms() + a);
  }
  KOKKOS_INLINE_FUNCTION int neighbour(std::int64_t a, int t, int n) const {
    return slots.index(a, slots.begin(t) + n);
  }

  KOKKOS_INLINE_FUNCTION void displacement(std::int64_t a, std::int64_t j, double (&d)[3]) const {
    for (int c = 0; c < 3; ++c) d[c] = positions(j, c) - positions(centres(a), c);
  }
};

/// Writes the displacements of the neighbours in their slots, a team for each atom.
template <class Space>
struct FillByTeams {
  Strided2<double const, Space> positions;
  Vector<int const, Space> centres;
  NeighborSlots<Space> slots;
  Vector<char const, Space> rowless;  // (ntypes * ntypes)
  int centre_type, ntypes;
  typename Report<Space>::Values report;
  Vector<std::int64_t const, Space> offsets;
  Columns<double, Space> displacement;
  Vector<int, Space> neighbour, atom;

  KOKKOS_FUNCTION void operator()(TeamMember<Space> const& team) const {
    if (Guard<Space>{report, {}}.stale()) return;
    std::int64_t const a = team.league_rank(), atoms = static_cast<std::int64_t>(centres.extent(0)),
                       i = centres(a);
    for (int t = 0; t < ntypes; ++t) {
      if (rowless(centre_type * ntypes + t)) continue;
      auto const first = offsets(t * atoms + a);
      Kokkos::parallel_for(Kokkos::TeamVectorRange(team, slots.present(t * atoms + a)), [&](int n) {
        auto const row = first + n;
        int const j = slots.index(a, slots.begin(t) + n);
        for (int c = 0; c < 3; ++c) displacement(row, c) = positions(j, c) - positions(i, c);
        neighbour(row) = j;
        atom(row) = static_cast<int>(a);
      });
    }
  }
};

}  // namespace dp::detail
