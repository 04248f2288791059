// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <dp/core/views.hpp>

namespace dp_lammps {

/// Positions of LAMMPS, in its units and precision, to Angstrom and double.
template <class Space, class X>
struct ConvertPositions {
  X x;
  double factor;
  dp::Matrix<double, Space> positions;

  KOKKOS_FUNCTION void operator()(std::int64_t i) const {
    for (int c = 0; c < 3; ++c) positions(i, c) = factor * static_cast<double>(x(i, c));
  }
};

/// Which atoms the model must not see, whatever their type, by the bits of their groups.
struct Absent {
  int bits = 0;  ///< groups that take an atom away
  int flip = 0;  ///< those among them that do so where it is no member

  KOKKOS_FUNCTION bool operator()(int mask) const { return ((mask ^ flip) & bits) != 0; }
};

/// Types of LAMMPS (from 1) to those of a model (from 0; -1: none).
template <class Space>
struct MapTypes {
  dp::Strided1<int const, Space> types, masks;
  Absent absent;
  dp::Vector<int const, Space> map;
  dp::Vector<int, Space> mapped;

  KOKKOS_FUNCTION void operator()(std::int64_t i) const {
    mapped(i) = absent.bits != 0 && absent(masks(i)) ? -1 : map(types(i));
  }
};

/// Adds the forces of the first model to those of LAMMPS.
template <class Space, class F>
struct AddForces {
  dp::Matrix<double const, Space> rows;
  double factor;
  F f;

  KOKKOS_FUNCTION void operator()(std::int64_t i) const {
    using T = typename F::non_const_value_type;
    for (int c = 0; c < 3; ++c) f(i, c) += static_cast<T>(factor * rows(i, c));
  }
};

/// Adds atomic energies.
template <class Space, class E>
struct AddEnergies {
  dp::Vector<double const, Space> energy;
  double factor;
  E eatom;

  KOKKOS_FUNCTION void operator()(std::int64_t i) const {
    eatom(i) += static_cast<typename E::non_const_value_type>(factor * energy(i));
  }
};

/// Adds atomic virials, booked on the neighbour, which is what LAMMPS calls centroid. The library's entry
/// 3 a + b is F_a r_b; LAMMPS' "xy" is r_x F_y. The six components of vatom are the symmetric part.
template <class Space, class V, class C>
struct AddVirials {
  dp::Matrix<double const, Space> rows;
  int column;  // the first of the virial
  double factor;
  V vatom;   // (atoms x 6) or empty
  C cvatom;  // (atoms x 9) or empty

  KOKKOS_FUNCTION void operator()(std::int64_t i) const {
    constexpr int order[9] = {0, 4, 8, 3, 6, 7, 1, 2, 5};
    using T = typename C::non_const_value_type;
    if (cvatom.data())
      for (int k = 0; k < 9; ++k) cvatom(i, k) += static_cast<T>(factor * rows(i, column + order[k]));
    if (!vatom.data()) return;
    for (int k = 0; k < 3; ++k) {
      vatom(i, k) += static_cast<T>(factor * rows(i, column + order[k]));
      vatom(i, 3 + k) +=
          static_cast<T>(0.5 * factor * (rows(i, column + order[3 + k]) + rows(i, column + order[6 + k])));
    }
  }
};

/// Rows from `first` on, one after the other, for another rank.
template <class Space>
struct PackRows {
  dp::Matrix<double const, Space> rows;
  std::int64_t first;
  double* buffer;

  KOKKOS_FUNCTION void operator()(std::int64_t k) const { buffer[k] = rows.data()[first * columns() + k]; }
  KOKKOS_FUNCTION std::int64_t columns() const { return static_cast<std::int64_t>(rows.extent(1)); }
};

/// Adds what another rank packed to the rows in `list`.
template <class Space, class List>
struct UnpackRows {
  List list;
  double const* buffer;
  dp::Matrix<double, Space> rows;

  KOKKOS_FUNCTION void operator()(std::int64_t k) const {
    auto const columns = static_cast<std::int64_t>(rows.extent(1));
    rows(list(k / columns), k % columns) += buffer[k];
  }
};

}  // namespace dp_lammps
