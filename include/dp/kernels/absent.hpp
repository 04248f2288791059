// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/views.hpp>

namespace dp::detail {

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

}  // namespace dp::detail
