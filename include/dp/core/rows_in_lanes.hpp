// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Core.hpp>
#include <cstdint>
#include <dp/core/kernels.hpp>
#include <dp/core/lanes.hpp>
#include <string>

namespace dp::detail {

/// Work on rows, whose numbers lie in columns, as Kokkos calls it: `body(lanes, row)` for as many rows from
/// `row` on as there are lanes, then one by one for those that are left.
template <class Space, class Body>
struct RowsInLanes {
  using Wide = Lanes<Space, double>;
  using Narrow = Lanes<Space, double, false>;

  Body body;
  std::int64_t begin, vectors;  // vectors: of rows

  KOKKOS_FUNCTION void operator()(std::int64_t item) const {
    if (item < vectors)
      body(Wide(), begin + item * Wide::count);
    else
      body(Narrow(), begin + vectors * (Wide::count - 1) + item);
  }
};

/// `body(lanes, row)` for all rows from `begin` to `end`, side by side on hosts; `lanes` is a Lanes.
template <class Space, class Body>
void for_rows_in_lanes(Space const& space, std::string const& label, std::int64_t begin, std::int64_t end,
                       Body const& body) {
  constexpr int count = RowsInLanes<Space, Body>::Wide::count;
  auto const vectors = (end - begin) / count;
  Kokkos::parallel_for(label, LightRange<Space>(space, 0, end - begin - vectors * (count - 1)),
                       RowsInLanes<Space, Body>{body, begin, vectors});
}

}  // namespace dp::detail
