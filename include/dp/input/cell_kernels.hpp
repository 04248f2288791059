// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/kernels.hpp>
#include <dp/core/views.hpp>
#include <dp/input/cell_grid.hpp>

namespace dp::detail {

/// Coordinates are read in whole blocks, up to this many entries beyond the last atom. On a host a block
/// fills the registers that a vectorised loop over it needs, and no remainder is left.
template <class Space>
inline constexpr int search_block = is_host_space<Space> ? 8 : 1;

/// Atoms in the order of their cells, and by index within each cell, with copies of their coordinates.
template <class Space>
struct BinnedAtoms {
  Vector<int, Space> starts;      ///< (cells + 1): first atom of each cell
  Vector<int, Space> index;       ///< (atoms)
  Vector<double, Space> x, y, z;  ///< (atoms + search_block), zero after the atoms
};

/// Fills `bins`; `cell` (atoms) and `cursor` (cells) are scratch. Binning with atomics leaves an arbitrary
/// order within the cells on parallel backends, hence the sort; it finds sorted cells on serial ones.
template <class Space>
void bin_atoms(Space const& space, CellGrid const& grid, Strided2<double const, Space> positions,
               Vector<int, Space> cell, Vector<int, Space> cursor, BinnedAtoms<Space> const& bins) {
  auto const atoms = static_cast<std::int64_t>(positions.extent(0));
  std::int64_t const cells = grid.size();
  Kokkos::deep_copy(space, cursor, 0);
  Kokkos::parallel_for(
      "dp::NeighborCells::count_atoms", LightRange<Space>(space, 0, atoms), KOKKOS_LAMBDA(std::int64_t i) {
        cell(i) = grid.cell(positions(i, 0), positions(i, 1), positions(i, 2));
        Kokkos::atomic_inc(&cursor(cell(i)));
      });
  Kokkos::parallel_scan(
      "dp::NeighborCells::scan_cells", LightRange<Space>(space, 0, cells + 1),
      KOKKOS_LAMBDA(std::int64_t c, int& partial, bool final) {
        int const count = c < cells ? cursor(c) : 0;
        if (final) {
          bins.starts(c) = partial;
          if (c < cells) cursor(c) = partial;
        }
        partial += count;
      });
  Kokkos::parallel_for(
      "dp::NeighborCells::bin", LightRange<Space>(space, 0, atoms), KOKKOS_LAMBDA(std::int64_t i) {
        bins.index(Kokkos::atomic_fetch_inc(&cursor(cell(i)))) = static_cast<int>(i);
      });
  Kokkos::parallel_for(
      "dp::NeighborCells::sort_cells", LightRange<Space>(space, 0, cells), KOKKOS_LAMBDA(std::int64_t c) {
        int const start = bins.starts(c);
        for (int n = start; n < bins.starts(c + 1); ++n) {
          int const atom = bins.index(n);
          int place = n;
          for (; place > start && bins.index(place - 1) > atom; --place)
            bins.index(place) = bins.index(place - 1);
          bins.index(place) = atom;
        }
      });
  Kokkos::parallel_for(
      "dp::NeighborCells::copy_positions",
      LightRange<Space>(space, 0, static_cast<std::int64_t>(bins.x.extent(0))),
      KOKKOS_LAMBDA(std::int64_t n) {
        int const atom = n < atoms ? bins.index(n) : -1;
        bins.x(n) = atom < 0 ? 0.0 : positions(atom, 0);
        bins.y(n) = atom < 0 ? 0.0 : positions(atom, 1);
        bins.z(n) = atom < 0 ? 0.0 : positions(atom, 2);
      });
}

/// Finds the neighbours of binned atom n. With `entries` it writes them to the atom's row, without it counts
/// them; both take the same distances from the same code, so that rounding cannot tell them apart.
template <class Space>
struct SearchCells {
  CellGrid grid;
  BinnedAtoms<Space> bins;
  double square_reach;
  std::int64_t local;
  Vector<std::int64_t, Space> offsets;  ///< (local + 1)
  Vector<int, Space> counts;            ///< (local)
  Vector<int, Space> entries;

  static constexpr int block = search_block<Space>;
  static constexpr int chunk = 32 * block;

  /// Candidates from several runs of cells, so that loops over them are long. Unused on devices.
  struct Candidates {
    double squares[chunk + block];
    int index[chunk + block];
    int size = 0;
  };

  KOKKOS_FUNCTION void operator()(std::int64_t n) const {
    int const self = static_cast<int>(n), atom = bins.index(n);
    if (atom >= local) return;
    double const x = bins.x(n), y = bins.y(n), z = bins.z(n);
    Row row = entries.data() == nullptr
                  ? Row{}
                  : Row{entries.data() + offsets(atom), entries.data() + offsets(atom + 1)};
    Candidates candidates;
    grid.for_each_run(x, y, z, [&](int first_cell, int end_cell) {
      int const end = bins.starts(end_cell);
      int begin = bins.starts(first_cell);
      if constexpr (block == 1) {
        for (; begin < end; ++begin)
          if (begin != self && square_distance(x, y, z, begin) <= square_reach) row.append(bins.index(begin));
      } else {
        while (begin < end) {
          int const room = chunk - candidates.size, size = end - begin < room ? end - begin : room;
          collect(x, y, z, begin, size, self, candidates);
          begin += size;
          if (candidates.size == chunk) flush(candidates, row);
        }
      }
    });
    if constexpr (block > 1) flush(candidates, row);
    if (entries.data() == nullptr) counts(atom) = row.count;
  }

 private:
  /// A row of the list, or only its length where there is no memory for it.
  struct Row {
    int* next = nullptr;
    int* end = nullptr;
    int count = 0;

    KOKKOS_FUNCTION void append(int atom) {
      if (next < end) *next++ = atom;
      ++count;
    }
  };

  KOKKOS_FUNCTION double square_distance(double x, double y, double z, int n) const {
    double const dx = bins.x(n) - x, dy = bins.y(n) - y, dz = bins.z(n) - z;
    return dx * dx + dy * dy + dz * dz;
  }

  /// Adds `size` candidates; beyond them the rest of a block is written and read, too, but not kept.
  KOKKOS_FUNCTION void collect(double x, double y, double z, int begin, int size, int self,
                               Candidates& candidates) const {
    for (int b = 0; b < size; b += block) {
      double* const squares = candidates.squares + candidates.size + b;
      int* const index = candidates.index + candidates.size + b;
      for (int k = 0; k < block; ++k) squares[k] = square_distance(x, y, z, begin + b + k);
      for (int k = 0; k < block; ++k) index[k] = bins.index(begin + b + k);
    }
    constexpr double absent = 1e300;
    if (self >= begin && self < begin + size) candidates.squares[candidates.size + self - begin] = absent;
    candidates.size += size;
  }

  /// Takes over the candidates within reach. The loop without branches may overwrite entries after the new
  /// end of the row, but never other rows: these may be another thread's.
  KOKKOS_FUNCTION void flush(Candidates& candidates, Row& row) const {
    int const size = candidates.size;
    candidates.size = 0;
    double const reach2 = square_reach;
    if (row.next == nullptr) {
      std::int64_t sum = 0;  // as wide as what is compared: this vectorises best
      for (int k = 0; k < size; ++k) sum += candidates.squares[k] <= reach2 ? 1 : 0;
      row.count += static_cast<int>(sum);
      return;
    }
    // As many at a time as the row has room for; none can be missed once it is full.
    int* next = row.next;
    for (int k = 0; k < size && next < row.end;) {
      int const stop = row.end - next < size - k ? k + static_cast<int>(row.end - next) : size;
      for (; k < stop; ++k) {
        *next = candidates.index[k];
        next += candidates.squares[k] <= reach2 ? 1 : 0;
      }
    }
    row.next = next;
  }
};

/// offsets(i) = sum of counts before i; returns the sum of all, for which it waits.
template <class Space>
std::int64_t scan_rows(Space const& space, Vector<int const, Space> counts,
                       Vector<std::int64_t, Space> offsets) {
  auto const rows = static_cast<std::int64_t>(counts.extent(0));
  std::int64_t total = 0;
  Kokkos::parallel_scan(
      "dp::NeighborCells::scan_rows", LightRange<Space>(space, 0, rows + 1),
      KOKKOS_LAMBDA(std::int64_t i, std::int64_t & partial, bool final) {
        if (final) offsets(i) = partial;
        if (i < rows) partial += counts(i);
      },
      total);
  return total;
}

}  // namespace dp::detail
