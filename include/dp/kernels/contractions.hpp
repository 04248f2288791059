// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/entries.hpp>
#include <dp/core/half.hpp>
#include <dp/core/lanes.hpp>
#include <dp/core/views.hpp>
#include <dp/step/rows.hpp>
#include <type_traits>

namespace dp::detail {

/// Calls `body` with the components of a row, 1 or 4, as a constant.
template <class Body>
void with_components(int components, Body const& body) {
  if (components == 1)
    body(std::integral_constant<int, 1>());
  else
    body(std::integral_constant<int, 4>());
}

/// Neighbours of the atoms of a tile as the contractions see them: rows of (neighbour type, atom).
template <class Space>
struct TileRows {
  std::int64_t atoms;
  int ntypes;
  Vector<std::int64_t const, Space> offsets;
  AbsentNeighbours<Space> absent;
};

/// T_i = (1/nnei) { sum_j G_j (x) ~r_j + constants of absent neighbours }, stored (components x M) per atom.
/// Where more than sel are kept, a negative number is absent: each neighbour then adds what it has beyond one
/// at the cutoff, and the sum is smooth.
/// An item is a strip of channels of one atom, whose sums stay in registers.
template <class Space, class T, class Stored, int Components>
struct ContractRows {
  TileRows<Space> tile;
  Matrix<Stored const, Space> g;
  Columns<double const, Space> rows;
  Matrix<T const, Space>
      constants;  // (ntypes * 2 + 1, components * M): of an absent and of an excluded neighbour; of the atom
  T scale;
  Matrix<T, Space> t;  // (atoms, components * M)

  // Two cache lines of G at a time.
  static constexpr int vectors = is_host_space<Space> ? 4 : 1, lanes = vectors * Lanes<Space, T>::count;
  int width = static_cast<int>(g.extent(1));
  int strips = (width + lanes - 1) / lanes;

  KOKKOS_FUNCTION void operator()(std::int64_t a, int item) const {
    using Vector = Lanes<Space, T>;
    int m = item * lanes;
    if (m + lanes <= width) return strip<Vector, vectors>(a, m);
    for (; m + Vector::count <= width; m += Vector::count) strip<Vector, 1>(a, m);
    for (; m < width; ++m) strip<Lanes<Space, T, false>, 1>(a, m);
  }

 private:
  template <class V, int Vectors>
  KOKKOS_FORCEINLINE_FUNCTION void strip(std::int64_t a, int m0) const {
    typename V::Type sum[Components][Vectors];
    for (int c = 0; c < Components; ++c)
      for (int v = 0; v < Vectors; ++v)
        sum[c][v] = V::load(&constants(2 * tile.ntypes, c * width + m0 + v * V::count));
    for (int type = 0; type < tile.ntypes; ++type) {
      auto const slot = type * tile.atoms + a;
      T const excluded = static_cast<T>(tile.absent.present(slot)),
              absent = static_cast<T>(tile.absent(a, type));
      for (int c = 0; c < Components; ++c)
        for (int v = 0; v < Vectors; ++v) {
          auto const m = c * width + m0 + v * V::count;
          sum[c][v] +=
              absent * V::load(&constants(2 * type, m)) + excluded * V::load(&constants(2 * type + 1, m));
        }
      for (auto row = tile.offsets(slot); row < tile.offsets(slot + 1); ++row)
        for (int v = 0; v < Vectors; ++v) {
          auto const g_row = V::load(&g(row, m0 + v * V::count));
          for (int c = 0; c < Components; ++c)
            sum[c][v] += (Components == 1 ? T(1) : static_cast<T>(rows(row, c))) * g_row;
        }
    }
    for (int c = 0; c < Components; ++c)
      for (int v = 0; v < Vectors; ++v) V::store(&t(a, c * width + m0 + v * V::count), scale * sum[c][v]);
  }
};

/// D_i = T_i^T T_i restricted to the first `axis` channels: D(a, m * axis + b) = sum_c T_cm T_cb.
template <class Space, class T, class Stored>
struct SymmetricProduct {
  Matrix<T const, Space> t;  // (atoms, 4 * M)
  int axis;
  Matrix<Stored, Space> d;  // (atoms, at least M * axis)
  int width = static_cast<int>(t.extent(1)) / 4;

  // All b of a channel on the host.
  static constexpr bool together = is_host_space<Space>;
  int strips = together ? width : width * axis;

  KOKKOS_FUNCTION void operator()(std::int64_t a, int item) const {
    int const m = together ? item : item / axis;
    int const begin = together ? 0 : item - m * axis, end = together ? axis : begin + 1;
    T const* KOKKOS_RESTRICT const row = &t(a, 0);
    Stored* KOKKOS_RESTRICT const out = &d(a, m * axis);
    for (int b = begin; b < end; ++b)
      out[b] =
          narrowed<Stored>(row[m] * row[b] + row[width + m] * row[width + b] +
                           row[2 * width + m] * row[2 * width + b] + row[3 * width + m] * row[3 * width + b]);
  }
};

/// Its adjoint, in two parts. First dE/dT_cm = sum_b dE/dD_mb T_cb; an item is a channel m of an atom.
template <class Space, class T>
struct SymmetricProductAdjoint {
  Matrix<T const, Space> t, dd;
  int axis;
  Matrix<T, Space> dt;
  int width = static_cast<int>(t.extent(1)) / 4;

  static constexpr int lanes = lane_count<Space, T>;

  KOKKOS_FUNCTION void operator()(std::int64_t a, int m) const {
    T const* const dd_row = &dd(a, static_cast<std::int64_t>(m) * axis);
    T sum[4][lanes] = {};
    int b = 0;
    for (; b + lanes <= axis; b += lanes) add(dd_row, a, b, lanes, sum);
    if constexpr (lanes > 1) add(dd_row, a, b, axis - b, sum);
    for (int c = 0; c < 4; ++c) {
      T total = 0;
      for (int l = 0; l < lanes; ++l) total += sum[c][l];
      dt(a, c * width + m) = total;
    }
  }

 private:
  KOKKOS_FORCEINLINE_FUNCTION void add(T const* dd_row, std::int64_t a, int b, int n,
                                       T (&sum)[4][lanes]) const {
    for (int c = 0; c < 4; ++c) {
      T const* const t_row = &t(a, c * width + b);
      for (int l = 0; l < n; ++l) sum[c][l] += dd_row[b + l] * t_row[l];
    }
  }
};

/// Then dE/dT_cb += sum_n dE/dD_nb T_cn for the channels b < axis; an item is a strip of them.
template <class Space, class T>
struct AxisProductAdjoint {
  Matrix<T const, Space> t, dd;
  int axis;
  Matrix<T, Space> dt;
  int width = static_cast<int>(t.extent(1)) / 4;

  static constexpr int lanes = lane_count<Space, T>;
  int strips = (axis + lanes - 1) / lanes;

  KOKKOS_FUNCTION void operator()(std::int64_t a, int item) const {
    int const b = item * lanes;
    if (lanes == 1 || b + lanes <= axis)
      strip(a, b, lanes);  // a constant: the loops unroll
    else
      strip(a, b, axis - b);
  }

 private:
  KOKKOS_FORCEINLINE_FUNCTION void strip(std::int64_t a, int b, int count) const {
    T sum[4][lanes] = {};
    T const* const t_row = &t(a, 0);
    for (int n = 0; n < width; ++n) {
      T const* const dd_row = &dd(a, static_cast<std::int64_t>(n) * axis + b);
      for (int c = 0; c < 4; ++c)
        for (int l = 0; l < count; ++l) sum[c][l] += t_row[c * width + n] * dd_row[l];
    }
    for (int c = 0; c < 4; ++c)
      for (int l = 0; l < count; ++l) dt(a, c * width + b + l) += sum[c][l];
  }
};

/// D from T; `d` (atoms x at least M * axis).
template <class Space, class T, class Stored>
void symmetric_product(Space const& space, std::type_identity_t<Matrix<T const, Space>> t, int axis,
                       Matrix<Stored, Space> d) {
  SymmetricProduct<Space, T, Stored> const product{t, axis, d};
  for_each_entry(space, "dp::Descriptor::product", static_cast<std::int64_t>(t.extent(0)), product.strips,
                 product);
}

/// dE/dT from dE/dD.
template <class Space, class T>
void symmetric_product_adjoint(Space const& space, std::type_identity_t<Matrix<T const, Space>> t,
                               std::type_identity_t<Matrix<T const, Space>> dd, int axis,
                               std::type_identity_t<Matrix<T, Space>> dt) {
  auto const atoms = static_cast<std::int64_t>(t.extent(0));
  SymmetricProductAdjoint<Space, T> const channels{t, dd, axis, dt};
  for_each_entry(space, "dp::Descriptor::product_adjoint", atoms, channels.width, channels);
  AxisProductAdjoint<Space, T> const strips{t, dd, axis, dt};
  for_each_entry(space, "dp::Descriptor::axis_adjoint", atoms, strips.strips, strips);
}

}  // namespace dp::detail
