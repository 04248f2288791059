// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "md/parallel/domain.hpp"

namespace md {

template <class Space>
using RowPolicy = Kokkos::RangePolicy<Space, Kokkos::IndexType<std::int64_t>>;

/// Whether an atom lies within `margin` of the border of the domain, forwards or backwards along vector k.
template <class Space>
struct NearBorder {
  DomainGrid grid;
  dp::Vector<double const, Space> positions;  ///< three for each atom
  int k;
  bool forwards;
  double margin;

  KOKKOS_FUNCTION bool operator()(std::int64_t i) const {
    double const f = grid.fractional(&positions(3 * i), k) - grid.low[k];
    return forwards ? f >= grid.thickness[k] * (grid.at[k] + 1) - margin
                    : f <= grid.thickness[k] * grid.at[k] + margin;
  }
};

/// Positions and types of the local atoms, moved into the box along its periodic vectors by `translation`.
template <class Space>
void place_inside(Space const& space, DomainGrid const& grid, Vectors<Space> const& x,
                  Kokkos::View<int*, Memory<Space>> const& local_types,
                  dp::Matrix<double, Space> const& translation,
                  Kokkos::View<double**, Kokkos::LayoutRight, Memory<Space>> const& positions,
                  Kokkos::View<int*, Memory<Space>> const& types) {
  Kokkos::parallel_for(
      "md::Exchange::place_inside", RowPolicy<Space>(space, 0, static_cast<std::int64_t>(x.extent(0))),
      KOKKOS_LAMBDA(std::int64_t i) {
        double vectors[3];
        for (int k = 0; k < 3; ++k)
          vectors[k] = grid.periodic[k] ? -Kokkos::floor(grid.fractional(&x(i, 0), k)) : 0.0;
        for (int j = 0; j < 3; ++j) {
          translation(i, j) = grid.shift(vectors, j);
          positions(i, j) = x(i, j) + translation(i, j);
        }
        types(i) = local_types(i);
      });
}

/// positions = x + stretch translation
template <class Space>
void translate(Space const& space, Vectors<Space> const& x,
               dp::Matrix<double const, Space> const& translation, Kokkos::Array<double, 3> const& stretch,
               dp::Matrix<double, Space> const& positions) {
  Kokkos::parallel_for(
      "md::Exchange::translate", RowPolicy<Space>(space, 0, static_cast<std::int64_t>(x.extent(0))),
      KOKKOS_LAMBDA(std::int64_t i) {
        for (int j = 0; j < 3; ++j)
          positions(i, j) = x(i, j) + stretch[static_cast<std::size_t>(j)] * translation(i, j);
      });
}

/// The listed rows, shifted.
template <class Space>
void pack(Space const& space, dp::Vector<int const, Space> const& list,
          dp::Matrix<double const, Space> const& rows, Kokkos::Array<double, 3> const& shift,
          dp::Matrix<double, Space> const& out) {
  Kokkos::parallel_for(
      "md::Exchange::pack", RowPolicy<Space>(space, 0, static_cast<std::int64_t>(list.extent(0))),
      KOKKOS_LAMBDA(std::int64_t n) {
        for (int j = 0; j < 3; ++j) out(n, j) = rows(list(n), j) + shift[static_cast<std::size_t>(j)];
      });
}

/// Adds rows to the listed ones; none is listed twice.
template <class Space>
void add_rows(Space const& space, dp::Vector<int const, Space> const& list,
              dp::Matrix<double const, Space> const& in, dp::Matrix<double, Space> const& rows) {
  Kokkos::parallel_for(
      "md::Exchange::add_rows", RowPolicy<Space>(space, 0, static_cast<std::int64_t>(list.extent(0))),
      KOKKOS_LAMBDA(std::int64_t n) {
        for (int j = 0; j < 3; ++j) rows(list(n), j) += in(n, j);
      });
}

/// Shifted position and type of each listed atom.
template <class Space>
void pack_ghosts(Space const& space, dp::Vector<int const, Space> const& list,
                 dp::Matrix<double const, Space> const& positions, dp::Vector<int const, Space> const& types,
                 Kokkos::Array<double, 3> const& shift, dp::Matrix<double, Space> const& out) {
  pack<Space>(space, list, positions, shift, out);
  Kokkos::parallel_for(
      "md::Exchange::pack_types", RowPolicy<Space>(space, 0, static_cast<std::int64_t>(list.extent(0))),
      KOKKOS_LAMBDA(std::int64_t n) { out(n, 3) = types(list(n)); });
}

/// What pack_ghosts() packed, as the atoms from `first` on.
template <class Space>
void unpack_ghosts(Space const& space, dp::Matrix<double const, Space> const& in, std::int64_t first,
                   dp::Matrix<double, Space> const& positions, dp::Vector<int, Space> const& types) {
  Kokkos::parallel_for(
      "md::Exchange::unpack", RowPolicy<Space>(space, 0, static_cast<std::int64_t>(in.extent(0))),
      KOKKOS_LAMBDA(std::int64_t n) {
        for (int j = 0; j < 3; ++j) positions(first + n, j) = in(n, j);
        types(first + n) = static_cast<int>(in(n, 3));
      });
}

}  // namespace md
