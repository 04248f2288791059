// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Core.hpp>
#include <cstdint>
#include <dp/core/kernels.hpp>
#include <dp/core/views.hpp>
#include <string>

namespace dp::detail {

/// Work on the entries of a matrix as Kokkos calls it: with an entry's number on the host, with its column
/// and row on devices.
template <class Body>
struct Entries {
  Body body;
  int columns;

  KOKKOS_FUNCTION void operator()(std::int64_t item) const {
    body(item / columns, static_cast<int>(item % columns));
  }
  KOKKOS_FUNCTION void operator()(int column, int row) const { body(row, column); }
};

/// Likewise, but with a whole row on the host.
template <class Body>
struct WholeRows {
  Body body;
  int columns;

  KOKKOS_FUNCTION void operator()(std::int64_t row) const { body(row, 0, columns); }
  KOKKOS_FUNCTION void operator()(int column, int row) const { body(row, column, column + 1); }
};

/// Calls `functor` for the entries of a matrix as Entries and WholeRows say; `items`: how many calls there
/// are on the host. On devices neighbouring columns go to neighbouring threads, in two dimensions, since a
/// GPU takes dozens of instructions to divide integers. There are fewer than 2^31 rows: atoms, or neighbours
/// of a tile.
template <class Space, class Functor>
void launch(Space const& space, std::string const& label, std::int64_t rows, int columns, std::int64_t items,
            Functor const& functor) {
  if (items == 0 || columns == 0) return;
  if constexpr (is_host_space<Space>) {
    Kokkos::parallel_for(label, LightRange<Space>(space, 0, items), functor);
  } else {
    constexpr int threads = 256;
    int const parts = (columns + threads - 1) / threads, across = (columns + parts - 1) / parts;
    using Policy = Kokkos::MDRangePolicy<Space, Kokkos::Rank<2, Kokkos::Iterate::Left, Kokkos::Iterate::Left>,
                                         Kokkos::IndexType<int>,
                                         Kokkos::Experimental::WorkItemProperty::HintLightWeight_t>;
    Kokkos::parallel_for(
        label, Policy(space, {0, 0}, {columns, static_cast<int>(rows)}, {across, threads / across}), functor);
  }
}

/// `body(row, column)` for each entry of a matrix.
template <class Space, class Body>
void for_each_entry(Space const& space, std::string const& label, std::int64_t rows, int columns,
                    Body const& body) {
  launch(space, label, rows, columns, rows * columns, Entries<Body>{body, columns});
}

/// `body(row, begin, end)` for the columns [begin, end) of a row, such that each entry of a matrix is met
/// once: whole rows on the host, whose loops vectorise, single entries on devices.
template <class Space, class Body>
void for_each_row(Space const& space, std::string const& label, std::int64_t rows, int columns,
                  Body const& body) {
  launch(space, label, rows, columns, rows, WholeRows<Body>{body, columns});
}

}  // namespace dp::detail
