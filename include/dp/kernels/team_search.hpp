// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <climits>
#include <cstddef>
#include <cstdint>
#include <dp/core/kernels.hpp>
#include <dp/input/neighbor_list.hpp>
#include <dp/step/report.hpp>
#include <dp/step/rows.hpp>
#include <dp/step/step.hpp>

namespace dp::detail {

/// The neighbours of a tile's atoms in fixed slots: those of type t of atom a are the entries begin(t) ...
/// begin(t) + present(t * atoms + a) of row a. A type has sel slots, or, where all neighbours are kept, as
/// many as the longest row of the list has entries, or, where sel is one number for all types, as many as
/// that.
template <class Space>
struct NeighborSlots {
  Vector<int const, Space> sums;   // (ntypes + 1), of sel
  int each;                        // slots of each type; 0: sel
  int together;                    // most neighbours of all types; 0: no bound
  Matrix<int, Space> index;        // (atoms x slots)
  Vector<int, Space> present;      // (ntypes * atoms), at most room()
  AbsentNeighbours<Space> absent;  // how many are missing

  KOKKOS_INLINE_FUNCTION int begin(int type) const {
    int const sum = sums(type);  // loaded in any case: a branch would take longer
    return each > 0 ? type * each : sum;
  }
  KOKKOS_INLINE_FUNCTION int room(int type) const {
    int const sel = sums(type + 1) - sums(type);
    return each > 0 ? each : sel;
  }
};

/// Finds the neighbours within the cutoff. The threads of a vector share an atom: each looks at a few
/// consecutive entries of the list at once, and one scan over the vector then gives all of them their slots.
/// Without `slots.index` it only counts.
template <class Space>
struct SelectByTeams {
  Tile<Space> tile;
  Strided2<double const, Space> positions;
  Strided1<int const, Space> types;
  NeighborList<Space> list;
  double rcut2;
  int ntypes;
  Vector<double const, Space> reach2;  // (ntypes * ntypes), see Surroundings::pair_reach2(); at most rcut2
  typename Report<Space>::Values report;
  NeighborSlots<Space> slots;

  static constexpr int vector = 32;
  static constexpr double coincidence2 = 1e-12;  // A^2: nearer atoms count as being at one place
  /// Counters of several types share an integer, so that one scan serves them all.
  static constexpr int together = 3, bits = 21;
  /// Entries that are loaded side by side, and the most of a group that is scanned as one.
  static constexpr int abreast = 4, most = 8;

  /// Shared memory for an atom.
  static std::size_t scratch() { return sizeof(Seen); }

  KOKKOS_FUNCTION void operator()(TeamMember<Space> const& team) const {
    std::int64_t const a = item_of(team);
    if (a >= tile.atoms()) return;
    std::int64_t const row = tile.list_rows(a);
    int const i = tile.centres(a);
    if (Guard<Space>{report, {}}.stale()) return;
    Row const of = row_of(row, i);
    int* const kept = slots.index.data() ? &slots.index(a, 0) : nullptr;
    Seen& seen = *static_cast<Seen*>(team.thread_scratch(0).get_shmem(sizeof(Seen)));
    bool const overfull = too_many(team, of);
    for (int first = 0; first < ntypes; first += together) {
      std::int64_t found = 0;
      for (int base = 0, each; base < of.count; base += each * groups) {
        each = of.count - base > abreast * groups ? most : abreast;
        Kokkos::parallel_for(Kokkos::ThreadVectorRange(team, groups), [&](int g) {
          look_at_group(of, base + g * each, each, first, overfull, g, seen);
        });
        std::int64_t here = 0;
        Kokkos::parallel_scan(
            Kokkos::ThreadVectorRange(team, groups),
            [&](int g, std::int64_t& before, bool last) {
              if (last && kept) keep_group(kept, found + before, each, first, g, seen);
              before += seen.counted[g];
            },
            here);
        found += here;
      }
      for (int t = first; t < ntypes && t < first + together; ++t)
        close(team, a, kept, of, t, field(found, t, first));
    }
  }

 private:
  static constexpr int groups = 32;
  /// What was found at the entries of all groups.
  struct Seen {
    // The scan over a vector reads what another thread of it has written, at once where vectors go in
    // lockstep: the compiler must keep that order.
    std::int64_t volatile counted[groups];
    int type[most][groups];  // negative: not a neighbour
    int index[most][groups];
  };
  /// Of the list.
  struct Row {
    std::int64_t number;
    int centre, count;
    int const* entries;
    double x, y, z;  // of the centre
  };
  /// Entries of it.
  template <int N>
  struct Entries {
    int type[N], index[N];  // type negative: not a neighbour, or `hidden`
    double r2[N];
    bool bad = false, coincident = false;  // one of them
  };

  /// The type of an entry that counts among the nearest, but has no place.
  static constexpr int hidden = -2;

  KOKKOS_INLINE_FUNCTION static int shift(int type, int first) { return bits * (type - first); }
  KOKKOS_INLINE_FUNCTION static int field(std::int64_t counters, int type, int first) {
    return static_cast<int>((counters >> shift(type, first)) & ((std::int64_t(1) << bits) - 1));
  }
  /// What counts a neighbour; 0 for one that is not of the types from `first` on.
  KOKKOS_INLINE_FUNCTION static std::int64_t one(int type, int first) {
    return type >= first && type < first + together ? std::int64_t(1) << shift(type, first) : 0;
  }

  KOKKOS_INLINE_FUNCTION Row row_of(std::int64_t row, int i) const {
    return {row,
            i,
            static_cast<int>(list.count(row)),
            list.begin(row),
            positions(i, 0),
            positions(i, 1),
            positions(i, 2)};
  }

  /// N entries from `k` on. Loads of all of them are under way together: there are no branches, and in the
  /// place of what must not be loaded the centre is.
  template <int N>
  KOKKOS_INLINE_FUNCTION Entries<N> look(Row const& of, int k) const {
    Entries<N> entries;
    // Of 32 bits, since finding addresses is most of the work.
    auto const next = static_cast<std::uint32_t>(positions.stride(0)),
               next_type = static_cast<std::uint32_t>(types.stride(0));
    auto const axis = static_cast<std::int64_t>(positions.stride(1));
    int const atoms = static_cast<int>(Kokkos::min(positions.extent(0), std::size_t(INT_MAX)));
    int const* const at = of.entries + k * list.entry_stride;
    bool good[N];
    for (int n = 0; n < N; ++n)
      entries.index[n] = k + n < of.count ? at[n * list.entry_stride] & list.mask : -1;
    for (int n = 0; n < N; ++n) {
      good[n] = entries.index[n] >= 0 && entries.index[n] < atoms;
      entries.bad = entries.bad || (!good[n] && k + n < of.count);
      auto const j = static_cast<std::uint32_t>(good[n] ? entries.index[n] : of.centre);
      double const* const x = positions.data() + std::uint64_t(j) * next;
      double const dx = x[0] - of.x, dy = x[axis] - of.y, dz = x[2 * axis] - of.z;
      entries.r2[n] = dx * dx + dy * dy + dz * dz;
    }
    for (int n = 0; n < N; ++n) {
      entries.coincident = entries.coincident || (good[n] && entries.r2[n] < coincidence2);
      good[n] = good[n] && entries.r2[n] < rcut2;
      auto const j = static_cast<std::uint32_t>(good[n] ? entries.index[n] : of.centre);
      entries.type[n] = types.data()[std::uint64_t(j) * next_type];
    }
    for (int n = 0; n < N; ++n) {
      int const type = entries.type[n];
      bool const known = good[n] && type >= 0 && type < ntypes;
      double const reach = reach2(tile.type * ntypes + (known ? type : 0));
      int const other = known && entries.r2[n] < -reach ? hidden : -1;
      entries.type[n] = known && entries.r2[n] < reach ? type : other;
    }
    return entries;
  }

  /// `each` entries from `begin` on; what is wrong with them is reported.
  KOKKOS_INLINE_FUNCTION void look_at_group(Row const& of, int begin, int each, int first, bool overfull,
                                            int g, Seen& seen) const {
    bool bad = false, coincident = false;
    std::int64_t counted = 0;
    for (int q = 0; q < each; q += abreast) {
      auto const entries = look<abreast>(of, begin + q);
      bad = bad || entries.bad;
      coincident = coincident || entries.coincident;
      for (int n = 0; n < abreast; ++n) {
        counted += one(entries.type[n], first);
        seen.type[q + n][g] = entries.type[n];
        seen.index[q + n][g] = entries.index[n];
      }
    }
    seen.counted[g] = overfull ? leave_out(of, begin, each, first, g, seen) : counted;
    if (bad) Report<Space>::report(report, Report<Space>::bad_entry, of.number);
    if (coincident) Report<Space>::report(report, Report<Space>::coincident, of.centre);
  }

  /// Leaves out neighbours of a group that are not among the nearest of all types, and counts the others.
  KOKKOS_INLINE_FUNCTION std::int64_t leave_out(Row const& of, int begin, int each, int first, int g,
                                                Seen& seen) const {
    std::int64_t counted = 0;
    for (int q = 0; q < each; ++q) {
      int& type = seen.type[q][g];
      if (type >= 0 && nearer(of, begin + q, -1, slots.together) >= slots.together) type = -1;
      counted += one(type, first);
    }
    return counted;
  }

  /// Writes the neighbours of a group, of which there are `before` in those before it.
  KOKKOS_INLINE_FUNCTION void keep_group(int* kept, std::int64_t before, int each, int first, int g,
                                         Seen const& seen) const {
    for (int q = 0; q < each; ++q) {
      int const type = seen.type[q][g];
      std::int64_t const counted = one(type, first);
      if (counted) keep(kept, type, field(before, type, first), seen.index[q][g]);
      before += counted;
    }
  }
  KOKKOS_INLINE_FUNCTION void keep(int* kept, int type, int slot, int index) const {
    if (slot < slots.room(type)) kept[slots.begin(type) + slot] = index;
  }

  /// Whether there are more neighbours of all types than an atom keeps. Those that are left out are counted.
  KOKKOS_INLINE_FUNCTION bool too_many(TeamMember<Space> const& team, Row const& of) const {
    if (slots.together == 0 || of.count <= slots.together) return false;
    int found = 0;
    Kokkos::parallel_reduce(
        Kokkos::ThreadVectorRange(team, of.count),
        [&](int k, int& sum) { sum += look<1>(of, k).type[0] != -1; }, found);
    if (found <= slots.together) return false;
    if (slots.index.data()) drop(team, found - slots.together);
    return true;
  }
  KOKKOS_INLINE_FUNCTION void drop(TeamMember<Space> const& team, int neighbours) const {
    Kokkos::single(Kokkos::PerThread(team),
                   [&] { Kokkos::atomic_add(&report(Report<Space>::dropped), std::int64_t(neighbours)); });
  }

  /// How many neighbours of a type (negative: of all) come before entry `k`: those that are nearer, and of
  /// equally distant ones those that come first in the list. Counts to `limit`.
  KOKKOS_INLINE_FUNCTION int nearer(Row const& of, int k, int type, int limit) const {
    double const r2 = look<1>(of, k).r2[0];
    int count = 0;
    for (int n = 0; n < of.count && count < limit; ++n) {
      auto const other = look<1>(of, n);
      bool const counts = type < 0 ? other.type[0] != -1 : other.type[0] == type;
      if (counts && (other.r2[0] < r2 || (other.r2[0] == r2 && n < k))) ++count;
    }
    return count;
  }

  /// Notes how many there are of a type; of more than there is room for the nearest stay (of equally distant
  /// ones those that come first in the list), in the order of their distance.
  KOKKOS_INLINE_FUNCTION void close(TeamMember<Space> const& team, std::int64_t a, int* kept, Row const& of,
                                    int type, int found) const {
    int const room = slots.room(type), excess = found - room;
    Kokkos::single(Kokkos::PerThread(team),
                   [&] { slots.present(type * tile.atoms() + a) = excess > 0 ? room : found; });
    if (excess <= 0 || !kept) return;
    drop(team, excess);
    Kokkos::parallel_for(Kokkos::ThreadVectorRange(team, of.count), [&](int k) {
      auto const entry = look<1>(of, k);
      if (entry.type[0] == type) keep(kept, type, nearer(of, k, type, room), entry.index[0]);
    });
  }
};

}  // namespace dp::detail
