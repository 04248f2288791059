// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/packed_matrix.hpp>
#include <dp/core/views.hpp>

namespace dp::backend {

namespace detail {

/// One work item computes `rows` x panel entries of C over all of k, in registers. The panel streams through
/// the cache once per block of rows; A is broadcast. The sizes fill the registers of AVX-512 (or of AVX2)
/// without spilling.
template <class Space, class T>
struct GemmPanel {
#ifdef __AVX512F__
  static constexpr int rows = 8;
#else
  static constexpr int rows = 3;
#endif
  static constexpr int columns = PackedMatrix<Space, T>::host_panel, lanes = columns / 2;

  // The compilers' portable vectors: plain loops over the same block are kept in registers by some and not by
  // others.
  using Lanes [[gnu::vector_size(lanes * sizeof(T)), gnu::aligned(alignof(T)), gnu::may_alias]] = T;

  Matrix<T const, Space> a;
  PackedMatrix<Space, T> b;
  Matrix<T, Space> c;
  std::int64_t row_blocks = (static_cast<std::int64_t>(c.extent(0)) + rows - 1) / rows;

  void operator()(std::int64_t item) const {
    auto const m0 = (item % row_blocks) * rows;
    auto const n0 = static_cast<int>(item / row_blocks) * columns;
    rows_from<rows>(m0, n0, static_cast<int>(Kokkos::min<std::int64_t>(rows, c.extent(0) - m0)));
  }

 private:
  /// Blocks of Rows, then of fewer, until `left` rows are done: sizes are constants wherever it matters.
  template <int Rows>
  void rows_from(std::int64_t m0, int n0, int left) const {
    for (; left >= Rows; left -= Rows, m0 += Rows) block<Rows>(m0, n0);
    if constexpr (Rows > 1) rows_from<Rows / 2>(m0, n0, left);
  }

  template <int Rows>
  void block(std::int64_t m0, int n0) const {
    Lanes sum[Rows][2] = {};
    auto const depth = static_cast<std::int64_t>(a.extent(1));
    T const* const a0 = &a(m0, 0);
    auto const* panel = reinterpret_cast<Lanes const*>(b.data + depth * n0);
    for (std::int64_t k = 0; k < depth; ++k, panel += 2) {
      Lanes const left = panel[0], right = panel[1];
      for (int i = 0; i < Rows; ++i) {
        T const factor = a0[i * depth + k];
        sum[i][0] += factor * left;
        sum[i][1] += factor * right;
      }
    }
    int const width = Kokkos::min(columns, b.columns - n0);
    for (int i = 0; i < Rows; ++i) {
      T edge[columns];
      auto* const out = reinterpret_cast<Lanes*>(width == columns ? &c(m0 + i, n0) : edge);
      out[0] = sum[i][0];
      out[1] = sum[i][1];
      if (width < columns)
        for (int j = 0; j < width; ++j) c(m0 + i, n0 + j) = edge[j];
    }
  }
};

}  // namespace detail

/// C = A B on host spaces. With B packed once at set-up nothing is copied in a step; for most sizes of these
/// nets it is faster than OpenBLAS, runs on all threads of the space, and needs no library
/// (docs/performance.md).
template <class Space, class T>
requires(is_host_space<Space>) void gemm_packed(Space const& space, Matrix<T const, Space> a,
                                                PackedMatrix<Space, T> const& b, Matrix<T, Space> c) {
  using Panel = detail::GemmPanel<Space, T>;
  Panel const panel{a, b, c};
  Kokkos::parallel_for("dp::gemm[packed]",
                       Kokkos::RangePolicy<Space, Kokkos::IndexType<std::int64_t>>(
                           space, 0, panel.row_blocks * ((b.columns + Panel::columns - 1) / Panel::columns)),
                       panel);
}

}  // namespace dp::backend
