// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/input/configuration.hpp>
#include <dp/input/neighbor_list.hpp>
#include <dp/step/report.hpp>
#include <dp/step/step.hpp>

namespace dp::detail {

/// What both passes over the neighbours of a tile share. Entry t * atoms + a of `present` counts the
/// neighbours of type t of atom a within the cutoff (at most `most`), the same entry of the offsets is the
/// first of their rows.
template <class Space>
struct NeighborSearch {
  // Rows per atom on hosts, coalesced on devices.
  using Candidates = Kokkos::View<int**, typename Space::array_layout, typename Space::memory_space,
                                  Kokkos::MemoryTraits<Kokkos::Unmanaged>>;

  Tile<Space> tile;
  Configuration<Space> configuration;
  NeighborList<Space> list;
  double rcut2;
  int ntypes;
  Vector<int const, Space> most;       // (ntypes) of a type that an atom keeps, or (1) of all types together
  bool together;                       // the latter
  Vector<double const, Space> reach2;  // (ntypes * ntypes), see Surroundings::pair_reach2(); at most rcut2
  typename Report<Space>::Values report;
  Candidates candidates;       // (atoms, longest row): neighbours within the cutoff, in the order of the list
  Vector<int, Space> found;    // (atoms) how many
  Vector<int, Space> present;  // (ntypes * atoms)

  static constexpr double coincidence2 = 1e-12;  // A^2: nearer atoms count as being at one place

  KOKKOS_FORCEINLINE_FUNCTION double displacement(std::int64_t i, std::int64_t j, double (&d)[3]) const {
    auto const& x = configuration.positions;
    for (int c = 0; c < 3; ++c) d[c] = x(j, c) - x(i, c);
    return d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
  }
  /// Whether an atom within the longest cutoff is beyond that of its pair of types.
  KOKKOS_FORCEINLINE_FUNCTION bool beyond(std::int64_t i, std::int64_t j, int type) const {
    double const most2 = Kokkos::abs(reach2(tile.type * ntypes + type));
    double d[3];
    return most2 < rcut2 && displacement(i, j, d) >= most2;
  }
};

/// First pass: which neighbours lie within the cutoff, and how many of each type. Half of a list with skin
/// lies beyond, so the selection is written without branches.
template <class Space>
struct SelectNeighbors : NeighborSearch<Space> {
  explicit SelectNeighbors(NeighborSearch<Space> const& search) : NeighborSearch<Space>(search) {}

  KOKKOS_FUNCTION void operator()(std::int64_t a) const {
    auto const row = this->tile.list_rows(a);
    std::int64_t const i = this->tile.centres(a);
    bool coincident = false;
    int const near = within_cutoff(a, row, i, coincident);
    if (coincident) Report<Space>::report(this->report, Report<Space>::coincident, i);

    auto const atoms = this->tile.atoms();
    for (int t = 0; t < this->ntypes; ++t) this->present(t * atoms + a) = 0;
    int kept = 0;
    for (int k = 0; k < near; ++k) {
      int const j = this->candidates(a, k);
      int const type = this->configuration.types(j);
      if (type < 0 || type >= this->ntypes || this->beyond(i, j, type)) continue;
      this->candidates(a, kept++) = j;
      ++this->present(type * atoms + a);
    }
    if (this->together) return keep_nearest(a, i, kept);
    this->found(a) = kept;
    for (int t = 0; t < this->ntypes; ++t) {
      int const excess = this->present(t * atoms + a) - this->most(t);
      if (excess <= 0) continue;
      Kokkos::atomic_add(&this->report(Report<Space>::dropped), excess);
      this->present(t * atoms + a) = this->most(t);
    }
  }

 private:
  /// Leaves out the farthest, whatever their types, until there are no more than an atom keeps; of equally
  /// distant ones those that come last in the list. Then those that are hidden, whose places stay empty.
  KOKKOS_FUNCTION void keep_nearest(std::int64_t a, std::int64_t i, int kept) const {
    int const excess = kept - this->most(0);
    if (excess > 0) Kokkos::atomic_add(&this->report(Report<Space>::dropped), std::int64_t(excess));
    for (; kept > this->most(0); --kept) {
      int farthest = 0;
      double largest = -1.0, d[3];
      for (int k = 0; k < kept; ++k) {
        double const r2 = this->displacement(i, this->candidates(a, k), d);
        if (r2 < largest) continue;
        largest = r2;
        farthest = k;
      }
      --this->present(this->configuration.types(this->candidates(a, farthest)) * this->tile.atoms() + a);
      for (int k = farthest; k + 1 < kept; ++k) this->candidates(a, k) = this->candidates(a, k + 1);
    }
    int shown = 0;
    for (int k = 0; k < kept; ++k) {
      int const j = this->candidates(a, k), type = this->configuration.types(j);
      bool const hidden = this->reach2(this->tile.type * this->ntypes + type) < 0.0;
      this->candidates(a, shown) = j;
      shown += !hidden;
      this->present(type * this->tile.atoms() + a) -= hidden;
    }
    this->found(a) = shown;
  }

  /// Writes the candidates and returns their number. Strides and pointers are copied, since the compiler must
  /// assume that the writes change anything else.
  KOKKOS_FORCEINLINE_FUNCTION int within_cutoff(std::int64_t a, std::int64_t row, std::int64_t i,
                                                bool& coincident) const {
    auto const& positions = this->configuration.positions;
    double const* const x = positions.data();
    auto const next = static_cast<std::int64_t>(positions.stride(0)),
               axis = static_cast<std::int64_t>(positions.stride(1));
    auto const atoms = static_cast<std::int64_t>(positions.extent(0));
    double const xi = x[i * next], yi = x[i * next + axis], zi = x[i * next + 2 * axis];
    int const* const entries = this->list.begin(row);
    auto const count = this->list.count(row), stride = this->list.entry_stride;
    int const mask = this->list.mask;
    double const rcut2 = this->rcut2;
    int* const out = this->candidates.data() + a * static_cast<std::int64_t>(this->candidates.stride(0));
    auto const out_stride = static_cast<std::int64_t>(this->candidates.stride(1));
    std::int64_t near = 0;
    bool touching = false;
    for (std::int64_t k = 0; k < count; ++k) {
      std::int64_t const j = entries[k * stride] & mask;
      if (j < 0 || j >= atoms) {
        Report<Space>::report(this->report, Report<Space>::bad_entry, row);
        continue;
      }
      double const dx = x[j * next] - xi, dy = x[j * next + axis] - yi, dz = x[j * next + 2 * axis] - zi;
      double const r2 = dx * dx + dy * dy + dz * dz;
      out[near * out_stride] = static_cast<int>(j);
      near += r2 < rcut2;
      touching |= r2 < NeighborSearch<Space>::coincidence2;
    }
    coincident = touching;
    return static_cast<int>(near);
  }
};

/// Second pass: writes displacement and index of each neighbour into its row. Where there are more than
/// `most`, the nearest stay (of equally distant ones those that come first in the list).
template <class Space>
struct FillNeighbors : NeighborSearch<Space> {
  Vector<std::int64_t const, Space> offsets;
  Vector<int, Space> filled;          // (ntypes * atoms) scratch
  Vector<char const, Space> rowless;  // (ntypes * ntypes) pairs that are counted but have no rows
  Columns<double, Space> rows_displacement;
  Vector<int, Space> neighbour, atom;

  KOKKOS_FUNCTION void operator()(std::int64_t a) const {
    auto const atoms = this->tile.atoms();
    std::int64_t const i = this->tile.centres(a);
    for (int t = 0; t < this->ntypes; ++t) filled(t * atoms + a) = 0;
    for (int k = 0; k < this->found(a); ++k) {
      int const j = this->candidates(a, k);
      int const type = this->configuration.types(j);
      if (rowless(this->tile.type * this->ntypes + type)) continue;
      double d[3];
      double const r2 = this->displacement(i, j, d);
      auto const slot = type * atoms + a;
      auto const first = offsets(slot);
      auto row = first + filled(slot);
      if (filled(slot) < this->present(slot))
        ++filled(slot);
      else if (this->present(slot) == 0 || r2 >= length2(row = farthest(first, row)))
        continue;
      for (int c = 0; c < 3; ++c) rows_displacement(row, c) = d[c];
      neighbour(row) = j;
      atom(row) = static_cast<int>(a);
    }
  }

 private:
  KOKKOS_FUNCTION double length2(std::int64_t row) const {
    double sum = 0.0;
    for (int c = 0; c < 3; ++c) sum += rows_displacement(row, c) * rows_displacement(row, c);
    return sum;
  }

  KOKKOS_FUNCTION std::int64_t farthest(std::int64_t begin, std::int64_t end) const {
    auto result = begin;
    for (auto row = begin + 1; row < end; ++row)
      if (length2(row) > length2(result)) result = row;
    return result;
  }
};

}  // namespace dp::detail
