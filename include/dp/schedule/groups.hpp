// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/core/kernels.hpp>
#include <dp/input/configuration.hpp>
#include <dp/input/neighbor_list.hpp>
#include <dp/program/terms.hpp>
#include <dp/step/report.hpp>
#include <dp/step/step.hpp>
#include <vector>

namespace dp {

namespace detail {

/// Reports atoms with non-finite positions or types that the model does not have.
template <class Space>
struct CheckAtoms {
  Configuration<Space> configuration;
  int ntypes;
  typename Report<Space>::Values report;

  KOKKOS_FUNCTION void operator()(std::int64_t i) const {
    auto const& x = configuration.positions;
    if (!Kokkos::isfinite(x(i, 0) + x(i, 1) + x(i, 2)))
      Report<Space>::report(report, Report<Space>::bad_position, i);
    if (configuration.types(i) >= ntypes) Report<Space>::report(report, Report<Space>::bad_type, i);
  }
};

/// The group that a row of the list belongs to: the type of its centre; ntypes if that has no energy.
template <class Space>
struct RowGroup {
  Configuration<Space> configuration;
  NeighborList<Space> list;
  Vector<char const, Space> silent;  // (ntypes) types without energy

  KOKKOS_FUNCTION bool local(std::int64_t i) const { return i >= 0 && i < configuration.local; }
  KOKKOS_FUNCTION int operator()(std::int64_t i) const {
    int const ntypes = static_cast<int>(silent.extent(0));
    int const type = local(i) ? configuration.types(i) : ntypes;
    return type < 0 || type >= ntypes || silent(type) ? ntypes : type;
  }
};

/// Stable selection of the list's rows of one group. They begin where `borders` says that the group before
/// ends, and `borders` takes down where they end.
template <class Space>
struct SelectGroup {
  RowGroup<Space> group_of;
  int group;
  typename Report<Space>::Values report;
  Vector<std::int64_t, Space> rows, borders;
  Vector<int, Space> centres;

  KOKKOS_FUNCTION void operator()(std::int64_t row, std::int64_t& sum, bool final) const {
    auto const i = group_of.list.centre(row);
    bool const in = group_of(i) == group;
    if (final && group == 0 && !group_of.local(i))
      Report<Space>::report(report, Report<Space>::bad_entry, row);
    auto const begin = final ? borders(group) : 0;
    if (final && in) {
      rows(begin + sum) = row;
      centres(begin + sum) = static_cast<int>(i);
    }
    if (in) ++sum;
    if (final && row + 1 == group_of.list.rows) borders(group + 1) = begin + sum;
  }
};

/// Reports where the grouping of an earlier step is not that of this one, or a row longer than `longest`.
template <class Space>
struct VerifyGroups {
  RowGroup<Space> group_of;
  std::int64_t longest;
  typename Report<Space>::Values report;
  Vector<std::int64_t const, Space> rows, borders;
  Vector<int const, Space> centres;

  KOKKOS_FUNCTION void operator()(std::int64_t slot) const {
    int group = 0;
    while (slot >= borders(group + 1)) ++group;
    auto const row = rows(slot), i = group_of.list.centre(row);
    if (!group_of.local(i)) Report<Space>::report(report, Report<Space>::bad_entry, row);
    if (i != centres(slot) || group_of(i) != group || group_of.list.count(row) > longest)
      Report<Space>::report(report, Report<Space>::stale, slot);
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
class Groups {
 public:
  /// For the types of `terms`. `bounded`: memory is laid out for longest(), so that a longer row makes a
  /// grouping stale; there is some room for rows to grow.
  Groups(Space const& space, Terms const& terms, bool bounded)
      : m_ntypes(terms.ntypes()),
        m_bounded(bounded),
        m_silent(to_space<char>(space, "dp::Groups::silent", terms.atom_excluded)) {}

  /// Groups the centres of a step. Waits once, for the numbers of atoms.
  void build(Space const& space, Step<Space> const& step) {
    auto const& list = step.list;
    check_atoms(space, step);
    auto const groups = static_cast<std::size_t>(m_ntypes) + 1, n = static_cast<std::size_t>(list.rows);
    auto const rows = m_rows_now = m_rows.get(space, n);
    auto const centres = m_centres_now = m_centres.get(space, n);
    auto const numbers = m_numbers.get(space, groups + 2);
    Kokkos::deep_copy(space, numbers, std::int64_t(0));
    Vector<std::int64_t, Space> const borders(numbers.data(), groups + 1);
    for (int group = 0; group <= m_ntypes; ++group)
      Kokkos::parallel_scan(
          "dp::Groups::select", detail::LightRange<Space>(space, 0, list.rows),
          detail::SelectGroup<Space>{
              {step.configuration, list, m_silent}, group, step.report, rows, borders, centres});
    Single<std::int64_t, Space> const longest(numbers.data() + groups + 1);
    Kokkos::parallel_reduce("dp::Groups::longest", detail::LightRange<Space>(space, 0, list.rows),
                            detail::LongestRow<Space>{list}, Kokkos::Max<std::int64_t, Memory>(longest));
    m_borders.resize(groups + 2);
    Kokkos::deep_copy(space, Vector<std::int64_t, Kokkos::HostSpace>(m_borders.data(), groups + 2), numbers);
    space.fence("dp::Groups::build: numbers of atoms");
    m_longest = std::max<std::int64_t>(m_borders.back(), 0);  // of no rows
    if (m_bounded) m_longest += m_longest / 8;
    m_borders.pop_back();
    m_built_rows = list.rows;
    m_built_local = step.configuration.local;
  }

  /// Whether verify() can do in the place of build().
  bool may_hold(Step<Space> const& step) const {
    return step.list.rows == m_built_rows && step.configuration.local == m_built_local;
  }

  /// Takes the grouping of the last build(), without waiting: if it is not that of this step, its report
  /// says so, and kernels that ask it do nothing.
  void verify(Space const& space, Step<Space> const& step) {
    check_atoms(space, step);
    Kokkos::parallel_for("dp::Groups::verify", detail::LightRange<Space>(space, 0, step.list.rows),
                         detail::VerifyGroups<Space>{{step.configuration, step.list, m_silent},
                                                     m_bounded ? m_longest : INT64_MAX,
                                                     step.report,
                                                     m_rows_now,
                                                     m_numbers.get(space, m_borders.size()),
                                                     m_centres_now});
  }

  /// Makes `tiles` those of at most `size` atoms: all of them, or those of one of `shares` equal shares,
  /// which different threads may go through at the same time.
  void cut(std::int64_t size, std::vector<Tile<Space>>& tiles, std::int64_t share = 0,
           std::int64_t shares = 1) const {
    tiles.clear();
    for (int t = 0; t < m_ntypes; ++t) {
      auto const group = m_borders[static_cast<std::size_t>(t)],
                 count = m_borders[static_cast<std::size_t>(t) + 1] - group;
      auto const begin = count * share / shares, end = count * (share + 1) / shares;
      auto const parts = (end - begin) / size + ((end - begin) % size == 0 ? 0 : 1);  // of any size
      for (std::int64_t k = 0; k < parts; ++k) {
        auto const first = begin + (end - begin) * k / parts, last = begin + (end - begin) * (k + 1) / parts;
        auto const n = static_cast<std::size_t>(last - first);
        tiles.push_back({t, Rows(m_rows_now.data() + group + first, n),
                         Centres(m_centres_now.data() + group + first, n), m_longest, tiles.size()});
      }
    }
  }

  /// Atoms of all tiles.
  std::int64_t atoms() const { return m_borders[static_cast<std::size_t>(m_ntypes)]; }

  /// How many types they have.
  int types() const {
    int count = 0;
    for (std::size_t t = 0; t < static_cast<std::size_t>(m_ntypes); ++t)
      count += m_borders[t + 1] > m_borders[t] ? 1 : 0;
    return count;
  }

  /// Entries of the longest row of the list, and the room for more of them where it is bounded.
  std::int64_t longest() const { return m_longest; }

  /// Memory held on `Space`.
  std::size_t bytes() const { return m_rows.bytes() + m_centres.bytes() + m_numbers.bytes(); }

 private:
  using Memory = typename Space::memory_space;
  using Rows = Vector<std::int64_t, Space>;
  using Centres = Vector<int, Space>;

  void check_atoms(Space const& space, Step<Space> const& step) const {
    auto const atoms = static_cast<std::int64_t>(step.configuration.positions.extent(0));
    Kokkos::parallel_for("dp::Groups::check", detail::LightRange<Space>(space, 0, atoms),
                         detail::CheckAtoms<Space>{step.configuration, m_ntypes, step.report});
  }

  int m_ntypes;
  bool m_bounded;
  Kokkos::View<char*, Memory> m_silent;
  Rows m_rows_now;
  Centres m_centres_now;
  std::vector<std::int64_t> m_borders;  // (ntypes + 2) on the host: where the groups begin
  std::int64_t m_longest = 0, m_built_rows = -1, m_built_local = -1;
  Buffer<std::int64_t, Space> m_rows{"dp::Groups::rows"}, m_numbers{"dp::Groups::numbers"};
  Buffer<int, Space> m_centres{"dp::Groups::centres"};
};

}  // namespace dp
