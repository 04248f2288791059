// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/kernels.hpp>
#include <dp/core/views.hpp>
#include <dp/step/rows.hpp>

namespace dp::detail {

/// Exclusive scan of the rows per (neighbour type, atom); notes where each type begins.
template <class Space>
struct ScanRows {
  std::int64_t atoms;
  int ntypes, centre_type;
  Vector<int const, Space> present;
  Vector<char const, Space> rowless;
  Vector<std::int64_t, Space> offsets, borders;

  KOKKOS_FUNCTION void operator()(std::int64_t slot, std::int64_t& sum, bool final) const {
    auto const end = ntypes * atoms;
    if (final) offsets(slot) = sum;
    if (final && slot % atoms == 0) borders(slot / atoms) = sum;
    if (slot < end && !rowless(centre_type * ntypes + slot / atoms)) sum += present(slot);
  }
};

/// First rows of all atoms and types, and `borders` (ntypes + 1) between types, from the numbers of rows.
template <class Space>
void scan_rows(Space const& space, int centre_type, Rows<Space> const& rows,
               Vector<char const, Space> rowless, Vector<std::int64_t, Space> borders) {
  int const ntypes = static_cast<int>(borders.extent(0)) - 1;
  Kokkos::parallel_scan(
      "dp::scan_rows", LightRange<Space>(space, 0, ntypes * rows.atoms + 1),
      ScanRows<Space>{rows.atoms, ntypes, centre_type, rows.present, rowless, rows.offsets, borders});
}

}  // namespace dp::detail
