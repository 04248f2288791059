// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/core/error.hpp>
#include <dp/core/half.hpp>
#include <dp/core/kernels.hpp>
#include <dp/core/views.hpp>
#include <type_traits>
#include <utility>

namespace dp {

namespace detail {

/// Sets all entries to the largest integer, but one to 0.
template <class Space>
struct ResetReport {
  Vector<std::int64_t, Space> values;
  std::int64_t zero;

  KOKKOS_FUNCTION void operator()(std::int64_t k) const { values(k) = k == zero ? 0 : INT64_MAX; }
};

}  // namespace detail

/// Atoms of a tile that go to the exact nets together when one of them has to.
inline constexpr int flag_block = 1024;

/// Blocks of a tile.
inline std::int64_t flag_blocks(std::int64_t atoms) { return (atoms + flag_block - 1) / flag_block; }

/// What kernels report, since they cannot throw: of bad input the smallest index of each kind, so that the
/// message does not depend on scheduling, and for each block of atoms whether it needs the exact nets.
/// Kernels go on with a harmless value; the host reads all of it at once, at the end of a step or of several.
template <class Space>
class Report {
 public:
  /// What can be reported. All but the first are indices, `good` while there is nothing to report.
  enum Field {
    dropped,       ///< number of neighbours beyond sel, counted from 0 on
    bad_position,  ///< an atom whose position is not finite
    bad_type,      ///< an atom whose type the model does not have
    bad_entry,     ///< a row of the list with a wrong entry or centre
    coincident,    ///< an atom with a neighbour at its own place
    before_table,  ///< an atom with a neighbour nearer than a table of pair energies begins
    overflow,      ///< an atom with numbers beyond the range of half precision
    too_large,     ///< an atom with numbers that FixedPoint cannot hold
    stale,         ///< the atoms are not grouped as in the step for which Groups were built
    fields         ///< how many these are; flags of blocks of atoms follow
  };
  using Values = Vector<std::int64_t, Space>;      ///< what kernels write to, some entries of the report
  static constexpr std::int64_t good = INT64_MAX;  ///< nothing to report

  /// Room for the fields, and nothing reported.
  explicit Report(Space const& space) { reserve(space, 0); }

  /// Room for the flags of so many blocks; waits, and forgets the flags, if it has to grow.
  void reserve(Space const& space, std::size_t blocks) {
    auto const size = blocks + fields;
    if (size <= m_values.extent(0)) return;
    Storage const larger(Kokkos::view_alloc(space, Kokkos::WithoutInitializing, "dp::Report"), size);
    auto const old = std::exchange(m_values, larger);
    m_host = Host("dp::Report::host", size);
    reset(space);
    if (old.data()) {
      auto const reports = std::make_pair(0, int(fields));
      Kokkos::deep_copy(space, Kokkos::subview(m_values, reports), Kokkos::subview(old, reports));
      space.fence("dp::Report::reserve");
    }
  }

  /// All fields, for kernels.
  Values values() const { return Values(m_values.data(), fields); }

  /// The flags of some blocks: `good` until a kernel finds that the block needs the exact nets.
  Values flags(std::size_t first, std::size_t count) const {
    return Values(m_values.data() + fields + first, count);
  }

  /// Called in kernels: `field` at `index`; the smallest one stays.
  KOKKOS_FUNCTION static void report(Values const& values, Field field, std::int64_t index) {
    Kokkos::atomic_min(&values(field), index);
  }

  /// Forgets everything.
  void reset(Space const& space) {
    Values const all(m_values.data(), m_values.extent(0));
    Kokkos::parallel_for("dp::Report::reset",
                         detail::LightRange<Space>(space, 0, static_cast<std::int64_t>(all.extent(0))),
                         detail::ResetReport<Space>{all, dropped});
  }

  /// Brings everything to the host (a fence) and resets it.
  void fetch(Space const& space) {
    Kokkos::deep_copy(space, m_host, m_values);
    space.fence("dp::Report::fetch");
    reset(space);
  }

  /// What fetch() brought: how many neighbours were beyond sel.
  std::int64_t dropped_neighbours() const { return m_host(dropped); }
  /// What fetch() brought: whether the grouping of the atoms was that of another step.
  bool is_stale() const { return m_host(stale) != good; }
  /// What fetch() brought: whether block `k`, counted over all tiles of the step, needs the exact nets.
  bool flagged(std::size_t k) const { return m_host(fields + k) != good; }

  /// Throws dp::Error for what fetch() brought of bad input. Messages count atoms, and rows of the list,
  /// from 1.
  void check(int ntypes, std::int64_t atoms) const {
    auto const number = [&](Field field) { return m_host(field) + 1; };
    if (m_host(bad_position) != good)
      fail("position of atom ", number(bad_position), ": expected finite numbers");
    if (m_host(bad_type) != good)
      fail("type of atom ", number(bad_type), ": the model has the types 0 to ", ntypes - 1,
           " (negative: a virtual atom)");
    if (m_host(bad_entry) != good)
      fail("neighbour list: row ", number(bad_entry), " has an entry outside 0 to ", atoms - 1,
           ", or a centre that is not a local atom");
    if (m_host(coincident) != good)
      fail("atom ", number(coincident), " has a neighbour at its own place (nearer than 1e-6 A)");
    if (m_host(before_table) != good)
      fail("atom ", number(before_table),
           " has a neighbour nearer than the model's table of pair energies begins, where its energy is not "
           "known");
    if (m_host(overflow) != good)
      fail("atom ", number(overflow), ": numbers in its nets are beyond the range of half precision (",
           largest_half, "); use another precision");
    if (m_host(too_large) != good)
      fail("a force, energy or virial on or of atom ", number(too_large),
           " is not a number or too large to be summed reproducibly");
  }

 private:
  using Storage = Kokkos::View<std::int64_t*, typename Space::memory_space>;
  // A copy to other memory of the host would wait for the device.
  using Host = Kokkos::View<std::int64_t*, std::conditional_t<is_host_space<Space>, Kokkos::HostSpace,
                                                              Kokkos::SharedHostPinnedSpace>>;
  Storage m_values;
  Host m_host;
};

/// Whether the kernels of a tile have nothing to do: because the atoms were grouped for another step, or
/// because a block of them waits for the exact nets.
template <class Space>
struct Guard {
  typename Report<Space>::Values report;  ///< of the step; empty: never stale
  typename Report<Space>::Values flags;   ///< of the tile's blocks; empty: nothing waits

  /// The atoms were grouped for another step.
  KOKKOS_INLINE_FUNCTION bool stale() const {
    return report.data() && report(Report<Space>::stale) != Report<Space>::good;
  }
  /// The block of atom `a` waits for the exact nets.
  KOKKOS_INLINE_FUNCTION bool waits(std::int64_t a) const {
    return flags.data() && flags(a / flag_block) != Report<Space>::good;
  }
  /// Either.
  KOKKOS_INLINE_FUNCTION bool skips(std::int64_t a) const { return stale() || waits(a); }
};

}  // namespace dp
