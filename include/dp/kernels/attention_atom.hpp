// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <dp/core/views.hpp>
#include <dp/kernels/attention_rows.hpp>
#include <dp/math/gemm.hpp>
#include <limits>

/// Attention among the neighbours of single atoms, for hosts: a work item takes every `items`-th atom, with
/// memory of its own for what it needs of one.
namespace dp::detail {

/// One layer of a tile, as both ways see it. An atom has `most` rows at most.
template <class Space, class T>
struct TileAttention {
  Vector<std::int64_t const, Space> first;  // (atoms + 1), first place of an atom
  std::int64_t most;
  int hidden;
  T scale;
  bool smooth, angular;
  std::int64_t places_of_softmax;     // of which those without rows have -20; 0: there are none
  Columns<T const, Space> direction;  // (places x 3)
  Vector<T const, Space> weight;      // (places)
  Matrix<T const, Space> parts[3];    // (places x H), q, k, v
  Matrix<T, Space> logits, softmax;   // (atoms x most * most), of which an atom with n rows has n x n

  static constexpr T shift = 20;

  std::int64_t atoms() const { return static_cast<std::int64_t>(first.extent(0)) - 1; }

  /// Rows of an atom of a matrix over places.
  template <class Number>
  static Matrix<Number, Space> rows_of(Matrix<Number, Space> const& all, std::int64_t begin, int n) {
    return Matrix<Number, Space>(&all(begin, 0), static_cast<std::size_t>(n), all.extent(1));
  }
  Matrix<T const, Space> part(int which, std::int64_t begin, int n) const {
    return rows_of(parts[which], begin, n);
  }

  /// The factors of A_jk beside the softmax, for all k: those of w and those of u.
  void factors(std::int64_t begin, int n, int j, T* KOKKOS_RESTRICT ww, T* KOKKOS_RESTRICT uu) const {
    T const* KOKKOS_RESTRICT const w = &weight(begin);
    T const* KOKKOS_RESTRICT const x = &direction(begin, 0);
    T const* KOKKOS_RESTRICT const y = &direction(begin, 1);
    T const* KOKKOS_RESTRICT const z = &direction(begin, 2);
    T const wj = w[j], xj = x[j], yj = y[j], zj = z[j];
    for (int k = 0; k < n; ++k) ww[k] = smooth ? wj * w[k] : T(1);
    for (int k = 0; k < n; ++k) uu[k] = angular ? xj * x[k] + yj * y[k] + zj * z[k] : T(1);
  }
};

/// Memory of a work item, in numbers: a packed factor, matrices (most x most) and (most x H), and vectors.
template <class Space, class T>
struct ItemMemory {
  std::size_t most, hidden, packed, size;

  ItemMemory(std::int64_t rows, int h)
      : most(static_cast<std::size_t>(rows)),
        hidden(static_cast<std::size_t>(h)),
        packed(std::max(ItemFactor<Space, T>::size(h, static_cast<int>(rows)),
                        ItemFactor<Space, T>::size(static_cast<int>(rows), h))),
        size(packed + 2 * most * most + most * hidden + 4 * most) {}

  T* square(T* memory, std::size_t which) const { return memory + packed + which * most * most; }
  T* tall(T* memory) const { return square(memory, 2); }
  T* vector(T* memory, std::size_t which) const { return tall(memory) + most * hidden + which * most; }
};

/// `body(a, begin, n, own)` for those atoms of a work item that have rows: n from place `begin` on, and the
/// memory of the item.
template <class Space, class T, class Body>
void for_atoms_of_item(TileAttention<Space, T> const& of, Matrix<T, Space> const& memory, std::int64_t item,
                       Body const& body) {
  for (auto a = item; a < of.atoms(); a += static_cast<std::int64_t>(memory.extent(0))) {
    auto const begin = of.first(a);
    if (int const n = static_cast<int>(of.first(a + 1) - begin); n > 0) body(a, begin, n, &memory(item, 0));
  }
}

/// A v of each atom.
template <class Space, class T>
struct Attend {
  TileAttention<Space, T> of;
  Matrix<T, Space> attended;  // (places x H)
  ItemMemory<Space, T> layout;
  Matrix<T, Space> memory;  // (items x layout.size)

  void operator()(std::int64_t item) const {
    for_atoms_of_item(of, memory, item, [&](auto... where) { atom(where...); });
  }

 private:
  using Factor = ItemFactor<Space, T>;

  void atom(std::int64_t a, std::int64_t begin, int n, T* own) const {
    auto const rows = static_cast<std::size_t>(n);
    auto const k = of.part(1, begin, n), v = of.part(2, begin, n);
    Matrix<T, Space> const logits(&of.logits(a, 0), rows, rows), softmax(&of.softmax(a, 0), rows, rows),
        applied(layout.square(own, 0), rows, rows);
    gemm_within<Space, T>(of.part(0, begin, n),
                          Factor::packed(own, of.hidden, n, [&](int i, int j) { return k(j, i); }), logits);
    for (int j = 0; j < n; ++j) row(begin, n, j, &logits(j, 0), &softmax(j, 0), &applied(j, 0), own);
    gemm_within<Space, T>(applied, Factor::packed(own, n, of.hidden, [&](int i, int j) { return v(i, j); }),
                          TileAttention<Space, T>::rows_of(attended, begin, n));
  }

  /// The softmax of a row of logits, which become z + 20 if it is smooth, and A.
  void row(std::int64_t begin, int n, int j, T* KOKKOS_RESTRICT z, T* KOKKOS_RESTRICT soft,
           T* KOKKOS_RESTRICT applied, T* own) const {
    T* KOKKOS_RESTRICT const ww = layout.vector(own, 0);
    T* KOKKOS_RESTRICT const uu = layout.vector(own, 1);
    of.factors(begin, n, j, ww, uu);
    T const missing = of.places_of_softmax > 0 ? static_cast<T>(of.places_of_softmax - n) : T(0);
    T largest = missing != T(0) ? -of.shift : -std::numeric_limits<T>::infinity(), sum = 0;
    if (of.smooth) {
      for (int k = 0; k < n; ++k) {
        z[k] = of.scale * z[k] + of.shift;
        soft[k] = z[k] * ww[k] - of.shift;
      }
    } else {
      for (int k = 0; k < n; ++k) soft[k] = of.scale * z[k];
    }
    for (int k = 0; k < n; ++k) largest = Kokkos::max(largest, soft[k]);
    for (int k = 0; k < n; ++k) soft[k] = Kokkos::exp(soft[k] - largest);
    for (int k = 0; k < n; ++k) sum += soft[k];
    if (missing != T(0)) sum += missing * Kokkos::exp(-of.shift - largest);
    T const inverse = T(1) / sum;
    for (int k = 0; k < n; ++k) {
      soft[k] *= inverse;
      applied[k] = soft[k] * ww[k] * uu[k];
    }
  }
};

/// From dE/d(A v) to dE/d[q k v] before they were normalised, dE/du and dE/dw.
template <class Space, class T>
struct AttendAdjoint {
  TileAttention<Space, T> of;
  Columns<T const, Space> inverse;   // (places x 3), see SplitProjection
  Matrix<T const, Space> dattended;  // (places x H)
  Matrix<T, Space> dprojected;       // (places x 3 H)
  Columns<T, Space> ddirection;      // (places x 3), added to
  Vector<T, Space> dweight;          // (places), likewise
  ItemMemory<Space, T> layout;
  Matrix<T, Space> memory;  // (items x layout.size)

  void operator()(std::int64_t item) const {
    for_atoms_of_item(of, memory, item, [&](auto... where) { atom(where...); });
  }

 private:
  using Factor = ItemFactor<Space, T>;

  void atom(std::int64_t a, std::int64_t begin, int n, T* own) const {
    int const hidden = of.hidden;
    auto const rows = static_cast<std::size_t>(n);
    auto const q = of.part(0, begin, n), k = of.part(1, begin, n), v = of.part(2, begin, n),
               dout = TileAttention<Space, T>::rows_of(dattended, begin, n);
    Matrix<T, Space> const da(layout.square(own, 0), rows, rows), turned(layout.square(own, 1), rows, rows),
        result(layout.tall(own), rows, static_cast<std::size_t>(hidden));
    gemm_within<Space, T>(dout, Factor::packed(own, hidden, n, [&](int i, int j) { return v(j, i); }), da);
    for (int j = 0; j < n; ++j) {  // dE/dA becomes dE/d(q . k), and A stands transposed
      T* const applied = layout.vector(own, 2);
      row(begin, n, j, &of.logits(a, static_cast<std::int64_t>(j) * n),
          &of.softmax(a, static_cast<std::int64_t>(j) * n), &da(j, 0), applied, own);
      for (int i = 0; i < n; ++i) turned(i, j) = applied[i];
    }
    auto const times = [&](Matrix<T const, Space> const& left, Matrix<T const, Space> const& right,
                           int part) {
      gemm_within<Space, T>(left, Factor::packed(own, n, hidden, [&](int i, int j) { return right(i, j); }),
                            result);
      for (int j = 0; j < n; ++j) lengths(begin + j, part, &result(j, 0));
    };
    times(turned, dout, 2);
    times(da, k, 0);
    for (int j = 0; j < n; ++j)
      for (int i = 0; i < n; ++i) turned(i, j) = da(j, i);
    times(turned, q, 1);
  }

  void row(std::int64_t begin, int n, int j, T const* KOKKOS_RESTRICT z, T const* KOKKOS_RESTRICT soft,
           T* KOKKOS_RESTRICT da, T* KOKKOS_RESTRICT applied, T* own) const {
    T* KOKKOS_RESTRICT const ww = layout.vector(own, 0);
    T* KOKKOS_RESTRICT const uu = layout.vector(own, 1);
    T* KOKKOS_RESTRICT const both = layout.vector(own, 3);  // dE/d(w_j w_k), or dE/d(u_j . u_k)
    of.factors(begin, n, j, ww, uu);
    if (of.angular) {
      T const* KOKKOS_RESTRICT const x = &of.direction(begin, 0);
      T* KOKKOS_RESTRICT const dx = &ddirection(begin, 0);
      auto const stride = static_cast<std::int64_t>(of.direction.extent(0));
      for (int k = 0; k < n; ++k) both[k] = da[k] * soft[k] * ww[k];
      for (int c = 0; c < 3; ++c) {
        T const* KOKKOS_RESTRICT const u = x + c * stride;
        T* KOKKOS_RESTRICT const du = dx + c * stride;
        T const uj = u[j];
        for (int k = 0; k < n; ++k) du[k] += both[k] * uj;
        du[j] += dot<Space>(static_cast<T const*>(both), u, n);
      }
    }
    if (of.smooth)
      for (int k = 0; k < n; ++k) both[k] = da[k] * soft[k] * uu[k];
    for (int k = 0; k < n; ++k) {
      T const factor = ww[k] * uu[k];
      applied[k] = soft[k] * factor;
      da[k] *= factor;
    }
    T const mean = dot<Space>(static_cast<T const*>(da), soft, n);
    for (int k = 0; k < n; ++k) da[k] = soft[k] * (da[k] - mean);
    if (of.smooth) {
      T const* KOKKOS_RESTRICT const w = &of.weight(begin);
      T* KOKKOS_RESTRICT const dw = &dweight(begin);
      T const wj = w[j];
      for (int k = 0; k < n; ++k) {
        both[k] += da[k] * z[k];
        da[k] *= ww[k];
        dw[k] += both[k] * wj;
      }
      dw[j] += dot<Space>(static_cast<T const*>(both), w, n);
    }
    for (int k = 0; k < n; ++k) da[k] *= of.scale;
  }

  /// Back through the division by the length.
  void lengths(std::int64_t place, int part, T const* KOKKOS_RESTRICT d) const {
    T const factor = inverse(place, part);
    T const* KOKKOS_RESTRICT const y = &of.parts[part](place, 0);
    T* KOKKOS_RESTRICT const out = &dprojected(place, part * of.hidden);
    T const along = factor > T(0) ? dot<Space>(d, y, of.hidden) : T(0), size = Kokkos::abs(factor);
    for (int h = 0; h < of.hidden; ++h) out[h] = size * (d[h] - along * y[h]);
  }
};

}  // namespace dp::detail
