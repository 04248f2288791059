// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/detail/status.hpp>
#include <dp/input/configuration.hpp>
#include <dp/input/neighbor_list.hpp>
#include <dp/input/tile.hpp>
#include <dp/math/switch_function.hpp>

#include <cstdint>

namespace dp::detail {

/// Neighbours within the cutoff of the atoms of a tile, grouped by (neighbour type, atom): entry t * atoms + a of `present`
/// counts them (at most sel), entry t * atoms + a of `offsets` is the first row of the environment matrix.
template <class Space>
struct NeighborSearch {
  Tile<Space> tile;
  Configuration<Space> configuration;
  NeighborList<Space> list;
  double rcut2;
  int ntypes;
  Vector<int const, Space> sel;               // (ntypes)
  Vector<char const, Space> hidden;           // (ntypes * ntypes) never neighbours of each other
  typename Status<Space>::Values status;
  Vector<int, Space> present;                 // (ntypes * atoms)

  static constexpr double coincidence2 = 1e-12;  // A^2: nearer atoms count as being at one place

  /// Calls found(k, type, j, dx, dy, dz, r2) for the neighbours within the cutoff of atom `a` of the tile.
  template <class Found>
  KOKKOS_FORCEINLINE_FUNCTION void search(std::int64_t a, Found const& found) const {
    auto const& x = configuration.positions;
    auto const row = tile.list_rows(a);
    auto const i = list.centre(row);
    auto const count = list.count(row);
    double const xi = x(i, 0), yi = x(i, 1), zi = x(i, 2);
    auto const atoms = static_cast<std::int64_t>(x.extent(0));
    for (std::int64_t k = 0; k < count; ++k) {
      std::int64_t const j = list.neighbour(row, k);
      if (j < 0 || j >= atoms) {
        Status<Space>::report(status, Status<Space>::bad_entry, row);
        continue;
      }
      double const dx = x(j, 0) - xi, dy = x(j, 1) - yi, dz = x(j, 2) - zi;
      double const r2 = dx * dx + dy * dy + dz * dz;
      if (r2 >= rcut2) continue;
      int const type = configuration.types(j);
      if (type < 0 || type >= ntypes || hidden(tile.type * ntypes + type)) continue;
      found(type, static_cast<int>(j), dx, dy, dz, r2);
    }
  }
};

/// First pass: counts the neighbours within the cutoff.
template <class Space>
struct CountNeighbors : NeighborSearch<Space> {
  explicit CountNeighbors(NeighborSearch<Space> const& search) : NeighborSearch<Space>(search) {}

  KOKKOS_FUNCTION void operator()(std::int64_t a) const {
    auto const atoms = this->tile.atoms();
    for (int t = 0; t < this->ntypes; ++t) this->present(t * atoms + a) = 0;
    this->search(a, [&](int type, int j, double, double, double, double r2) {
      ++this->present(type * atoms + a);
      if (r2 < this->coincidence2) {
        auto const i = this->list.centre(this->tile.list_rows(a));
        Status<Space>::report(this->status, Status<Space>::coincident, Kokkos::min<std::int64_t>(i, j));
      }
    });
    for (int t = 0; t < this->ntypes; ++t) {
      int const excess = this->present(t * atoms + a) - this->sel(t);
      if (excess > 0) {
        Kokkos::atomic_add(&this->status(Status<Space>::dropped), excess);
        this->present(t * atoms + a) = this->sel(t);
      }
    }
  }
};

/// Second pass: writes displacement and index of each neighbour into its row. Where there are more than sel, the
/// nearest stay (of equally distant ones those that come first in the list).
template <class Space>
struct FillNeighbors : NeighborSearch<Space> {
  Vector<std::int64_t const, Space> offsets;
  Vector<int, Space> filled;  // (ntypes * atoms) scratch
  Vector<char const, Space> rowless;  // (ntypes * ntypes) pairs that are counted but have no rows
  Matrix<double, Space> displacement;
  Vector<int, Space> neighbour, atom;

  KOKKOS_FUNCTION void operator()(std::int64_t a) const {
    auto const atoms = this->tile.atoms();
    for (int t = 0; t < this->ntypes; ++t) filled(t * atoms + a) = 0;
    this->search(a, [&](int type, int j, double dx, double dy, double dz, double r2) {
      if (rowless(this->tile.type * this->ntypes + type)) return;
      auto const slot = type * atoms + a;
      auto const first = offsets(slot);
      auto row = first + filled(slot);
      if (filled(slot) < this->present(slot))
        ++filled(slot);
      else if (this->present(slot) == 0 || r2 >= length2(row = farthest(first, row)))
        return;
      displacement(row, 0) = dx;
      displacement(row, 1) = dy;
      displacement(row, 2) = dz;
      neighbour(row) = j;
      atom(row) = static_cast<int>(a);
    });
  }

 private:
  KOKKOS_FUNCTION double length2(std::int64_t row) const {
    return displacement(row, 0) * displacement(row, 0) + displacement(row, 1) * displacement(row, 1) +
           displacement(row, 2) * displacement(row, 2);
  }

  KOKKOS_FUNCTION std::int64_t farthest(std::int64_t begin, std::int64_t end) const {
    auto result = begin;
    for (auto row = begin + 1; row < end; ++row)
      if (length2(row) > length2(result)) result = row;
    return result;
  }
};

/// Third pass: the normalised rows ~r = ((s, s x/r, s y/r, s z/r) - mean) / stddev of one neighbour type.
template <class Space>
struct FillRows {
  Matrix<double const, Space> displacement;
  Matrix<double, Space> rows;
  SwitchFunction switch_function;
  double protection;
  int components;  // 4, or 1 for radial descriptors
  Kokkos::Array<double, 4> mean, inverse_stddev;

  KOKKOS_FUNCTION void operator()(std::int64_t row) const {
    double const x = displacement(row, 0), y = displacement(row, 1), z = displacement(row, 2);
    double const r = Kokkos::sqrt(x * x + y * y + z * z), q = 1.0 / (r + protection);
    double w, slope;
    switch_function(r, w, slope);
    rows(row, 0) = (w * q - mean[0]) * inverse_stddev[0];
    if (components == 1) return;
    rows(row, 1) = (w * q * q * x - mean[1]) * inverse_stddev[1];
    rows(row, 2) = (w * q * q * y - mean[2]) * inverse_stddev[2];
    rows(row, 3) = (w * q * q * z - mean[3]) * inverse_stddev[3];
  }
};

}  // namespace dp::detail
