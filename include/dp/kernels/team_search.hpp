// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

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

  KOKKOS_INLINE_FUNCTION int begin(int type) const { return each > 0 ? type * each : sums(type); }
  KOKKOS_INLINE_FUNCTION int room(int type) const { return each > 0 ? each : sums(type + 1) - sums(type); }
};

/// Finds the neighbours within the cutoff, a team for each atom: threads take consecutive entries of the
/// list, and a scan over the team gives them their slots. Without `slots.index` it only counts.
template <class Space>
struct SelectByTeams {
  Tile<Space> tile;
  Strided2<double const, Space> positions;
  Strided1<int const, Space> types;
  NeighborList<Space> list;
  double rcut2;
  int ntypes;
  Vector<double const, Space> reach2;  // (ntypes * ntypes) at most rcut2; zero: never neighbours
  typename Report<Space>::Values report;
  NeighborSlots<Space> slots;

  static constexpr double coincidence2 = 1e-12;  // A^2: nearer atoms count as being at one place
  /// Counters of several types share an integer, so that one scan serves them all.
  static constexpr int together = 3, bits = 21;

  KOKKOS_FUNCTION void operator()(TeamMember<Space> const& team) const {
    if (Guard<Space>{report, {}}.stale()) return;
    std::int64_t const a = team.league_rank(), row = tile.list_rows(a), i = tile.centres(a);
    int const entries = static_cast<int>(list.count(row)), rank = team.team_rank(), size = team.team_size();
    bool const overfull = too_many(team, row, i, entries);
    for (int first = 0; first < ntypes; first += together) {
      std::int64_t found = 0;
      for (int base = 0; base < entries; base += size) {
        Entry entry = base + rank < entries ? look(row, i, base + rank) : Entry{};
        if (first == 0) check(entry, row, i);
        if (overfull && entry.type >= 0 &&
            nearer(row, i, base + rank, entry, -1, slots.together) >= slots.together)
          entry.type = -1;
        bool const counted = entry.type >= first && entry.type < first + together;
        std::int64_t const mine = counted ? std::int64_t(1) << shift(entry.type, first) : 0;
        std::int64_t upto = found + team.team_scan(mine);
        int const slot = counted ? field(upto, entry.type, first) : 0;
        if (counted && slots.index.data() && slot < slots.room(entry.type))
          slots.index(a, slots.begin(entry.type) + slot) = entry.index;
        upto += mine;
        team.team_broadcast(upto, size - 1);
        found = upto;
      }
      for (int t = first; t < ntypes && t < first + together; ++t)
        close(team, a, row, i, t, field(found, t, first));
    }
  }

 private:
  struct Entry {
    int type = -1;  // negative: not a neighbour
    int index = 0;
    double r2 = 1.0;
    bool bad = false;
  };

  KOKKOS_INLINE_FUNCTION static int shift(int type, int first) { return bits * (type - first); }
  KOKKOS_INLINE_FUNCTION static int field(std::int64_t counters, int type, int first) {
    return static_cast<int>((counters >> shift(type, first)) & ((std::int64_t(1) << bits) - 1));
  }

  KOKKOS_INLINE_FUNCTION Entry look(std::int64_t row, std::int64_t i, int k) const {
    Entry entry;
    entry.index = list.neighbour(row, k);
    std::int64_t const j = entry.index;
    entry.bad = j < 0 || j >= static_cast<std::int64_t>(positions.extent(0));
    if (entry.bad) return entry;
    double const dx = positions(j, 0) - positions(i, 0), dy = positions(j, 1) - positions(i, 1),
                 dz = positions(j, 2) - positions(i, 2);
    entry.r2 = dx * dx + dy * dy + dz * dz;
    if (!(entry.r2 < rcut2)) return entry;
    int const type = types(j);
    if (type >= 0 && type < ntypes && entry.r2 < reach2(tile.type * ntypes + type)) entry.type = type;
    return entry;
  }

  KOKKOS_INLINE_FUNCTION void check(Entry const& entry, std::int64_t row, std::int64_t i) const {
    if (entry.bad) Report<Space>::report(report, Report<Space>::bad_entry, row);
    if (entry.r2 < coincidence2) Report<Space>::report(report, Report<Space>::coincident, i);
  }

  /// Whether there are more neighbours of all types than an atom keeps. Those that are left out are counted.
  KOKKOS_INLINE_FUNCTION bool too_many(TeamMember<Space> const& team, std::int64_t row, std::int64_t i,
                                       int entries) const {
    if (slots.together == 0) return false;
    int found = 0;
    Kokkos::parallel_reduce(
        Kokkos::TeamThreadRange(team, entries), [&](int k, int& sum) { sum += look(row, i, k).type >= 0; },
        found);
    if (found <= slots.together) return false;
    if (team.team_rank() == 0 && slots.index.data())
      Kokkos::atomic_add(&report(Report<Space>::dropped), std::int64_t(found - slots.together));
    return true;
  }

  /// How many neighbours of a type (negative: of all) come before entry `k`: those that are nearer, and of
  /// equally distant ones those that come first in the list. Counts to `most`.
  KOKKOS_INLINE_FUNCTION int nearer(std::int64_t row, std::int64_t i, int k, Entry const& entry, int type,
                                    int most) const {
    int count = 0;
    int const entries = static_cast<int>(list.count(row));
    for (int n = 0; n < entries && count < most; ++n) {
      Entry const other = look(row, i, n);
      bool const counts = type < 0 ? other.type >= 0 : other.type == type;
      if (counts && (other.r2 < entry.r2 || (other.r2 == entry.r2 && n < k))) ++count;
    }
    return count;
  }

  /// Notes how many there are of a type; of more than there is room for the nearest stay (of equally distant
  /// ones those that come first in the list), in the order of their distance.
  KOKKOS_INLINE_FUNCTION void close(TeamMember<Space> const& team, std::int64_t a, std::int64_t row,
                                    std::int64_t i, int type, int found) const {
    int const room = slots.room(type), excess = found - room;
    if (team.team_rank() == 0) slots.present(type * tile.atoms() + a) = excess > 0 ? room : found;
    if (excess <= 0 || !slots.index.data()) return;
    if (team.team_rank() == 0) Kokkos::atomic_add(&report(Report<Space>::dropped), std::int64_t(excess));
    team.team_barrier();  // the slots were written above
    int const entries = static_cast<int>(list.count(row));
    for (int k = team.team_rank(); k < entries; k += team.team_size()) {
      Entry const entry = look(row, i, k);
      if (entry.type != type) continue;
      int const place = nearer(row, i, k, entry, type, room);
      if (place < room) slots.index(a, slots.begin(type) + place) = entry.index;
    }
  }
};

}  // namespace dp::detail
