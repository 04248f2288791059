// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstdint>
#include <dp/detail/status.hpp>

namespace dp::detail {

/// Notes atoms with a number that was beyond the range of Half: it has become NaN (see narrowed()), and so
/// has the energy, or of a slope the gradient, that depends on it. An item is an atom and a row of the tile.
template <class Space>
struct NoteOverflow {
  Vector<double const, Space> energy;
  Vector<int const, Space> centres, atom;  // atom: in the tile, of each row
  Columns<double const, Space> gradient;   // (rows x 4), or empty
  typename Status<Space>::Values status;

  KOKKOS_FUNCTION void operator()(std::int64_t item) const {
    using Fields = Status<Space>;
    if (item < static_cast<std::int64_t>(energy.extent(0)) && !Kokkos::isfinite(energy(item)))
      Fields::report(status, Fields::overflow, centres(item));
    if (item < static_cast<std::int64_t>(gradient.extent(0)) && !Kokkos::isfinite(gradient(item, 0)))
      Fields::report(status, Fields::overflow, centres(atom(item)));
  }
};

/// Of a tile whose nets were evaluated in mixed precision.
template <class Space>
void note_overflow(Space const& space, NoteOverflow<Space> const& note) {
  auto const items = std::max(note.energy.extent(0), note.gradient.extent(0));
  Kokkos::parallel_for(
      "dp::note_overflow",
      Kokkos::RangePolicy<Space, Kokkos::IndexType<std::int64_t>>(space, 0, static_cast<std::int64_t>(items)),
      note);
}

}  // namespace dp::detail
