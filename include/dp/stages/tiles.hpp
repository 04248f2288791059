// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/detail/status.hpp>
#include <dp/input/configuration.hpp>
#include <dp/input/neighbor_list.hpp>
#include <dp/input/tile.hpp>
#include <vector>

namespace dp {

namespace detail {

/// Reports atoms with non-finite positions or types that the model does not have.
template <class Space>
struct CheckAtoms {
  Configuration<Space> configuration;
  int ntypes;
  typename Status<Space>::Values status;

  KOKKOS_FUNCTION void operator()(std::int64_t i) const {
    auto const& x = configuration.positions;
    if (!Kokkos::isfinite(x(i, 0) + x(i, 1) + x(i, 2)))
      Status<Space>::report(status, Status<Space>::bad_position, i);
    if (configuration.types(i) >= ntypes) Status<Space>::report(status, Status<Space>::bad_type, i);
  }
};

/// Stable selection of the list's rows whose centre has one type.
template <class Space>
struct SelectType {
  Configuration<Space> configuration;
  NeighborList<Space> list;
  int type;
  typename Status<Space>::Values status;
  Vector<std::int64_t, Space> rows;  // written from the front
  Vector<int, Space> centres;

  KOKKOS_FUNCTION void operator()(std::int64_t row, std::int64_t& sum, bool final) const {
    auto const i = list.centre(row);
    if (i < 0 || i >= configuration.local) {
      if (final) Status<Space>::report(status, Status<Space>::bad_entry, row);
      return;
    }
    if (configuration.types(i) != type) return;
    if (final) {
      rows(sum) = row;
      centres(sum) = static_cast<int>(i);
    }
    ++sum;
  }
};

template <class Space>
struct LongestRow {
  NeighborList<Space> list;

  KOKKOS_FUNCTION void operator()(std::int64_t row, std::int64_t& longest) const {
    longest = Kokkos::max(longest, list.count(row));
  }
};

}  // namespace detail

/// The centres of a step grouped by type and cut into tiles. Centres of types without energy are left out.
template <class Space>
class Tiles {
 public:
  /// For the types of `model`.
  explicit Tiles(Model const& model) : m_ntypes(model.ntypes()), m_silent(model.atom_excluded) {}

  /// One host scalar (a fence on devices) per type.
  void build(Space const& space, Configuration<Space> const& configuration, NeighborList<Space> const& list,
             typename detail::Status<Space>::Values const& status) {
    using Range = Kokkos::RangePolicy<Space, Kokkos::IndexType<std::int64_t>>;
    Kokkos::parallel_for("dp::Tiles::check",
                         Range(space, 0, static_cast<std::int64_t>(configuration.positions.extent(0))),
                         detail::CheckAtoms<Space>{configuration, m_ntypes, status});
    auto const n = static_cast<std::size_t>(list.rows);
    auto const rows = m_rows.get(space, n);
    auto const centres = m_centres.get(space, n);
    m_groups.clear();
    std::size_t begin = 0;
    for (int t = 0; t < m_ntypes; ++t) {
      if (m_silent[static_cast<std::size_t>(t)]) continue;
      std::int64_t count = 0;
      Kokkos::parallel_scan(
          "dp::Tiles::select", Range(space, 0, list.rows),
          detail::SelectType<Space>{configuration, list, t, status, Rows(rows.data() + begin, n - begin),
                                    Centres(centres.data() + begin, n - begin)},
          count);
      if (count > 0)
        m_groups.push_back({t, static_cast<std::size_t>(count), Rows(rows.data() + begin, n - begin),
                            Centres(centres.data() + begin, n - begin)});
      begin += static_cast<std::size_t>(count);
    }
    Kokkos::parallel_reduce("dp::Tiles::longest", Range(space, 0, list.rows), detail::LongestRow<Space>{list},
                            Kokkos::Max<std::int64_t>(m_longest));
    m_longest = std::max<std::int64_t>(m_longest, 0);  // of no rows
  }

  /// Calls `body(Tile)` for tiles of at most `size` atoms: for all of them, or for those of one of `shares`
  /// equal shares, which different threads may go through at the same time.
  template <class Body>
  void for_each(std::int64_t size, Body const& body, std::size_t share = 0, std::size_t shares = 1) const {
    for (Group const& group : m_groups) {
      auto const begin = group.count * share / shares, end = group.count * (share + 1) / shares;
      auto const tiles = (end - begin + static_cast<std::size_t>(size) - 1) / static_cast<std::size_t>(size);
      for (std::size_t k = 0; k < tiles; ++k) {
        auto const first = begin + (end - begin) * k / tiles, last = begin + (end - begin) * (k + 1) / tiles;
        body(Tile<Space>{group.type, Rows(group.rows.data() + first, last - first),
                         Centres(group.centres.data() + first, last - first), m_longest});
      }
    }
  }

  /// Entries of the longest row of the list.
  std::int64_t longest() const { return m_longest; }

  /// Atoms of all tiles.
  std::int64_t atoms() const {
    std::size_t sum = 0;
    for (Group const& group : m_groups) sum += group.count;
    return static_cast<std::int64_t>(sum);
  }

  /// Memory held on `Space`.
  std::size_t bytes() const { return m_rows.bytes() + m_centres.bytes(); }

 private:
  using Rows = Vector<std::int64_t, Space>;
  using Centres = Vector<int, Space>;
  struct Group {
    int type;
    std::size_t count;
    Rows rows;
    Centres centres;
  };

  int m_ntypes;
  std::vector<char> m_silent;
  std::vector<Group> m_groups;
  std::int64_t m_longest = 0;
  Buffer<std::int64_t, Space> m_rows{"dp::Tiles::rows"};
  Buffer<int, Space> m_centres{"dp::Tiles::centres"};
};

}  // namespace dp
