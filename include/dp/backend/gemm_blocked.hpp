// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/core/views.hpp>

#include <cstdint>

namespace dp::backend {

namespace detail {

/// One work item computes a block of C of up to `rows` x `columns` entries over all of k, in registers where the block
/// is whole. On devices neighbouring items take neighbouring columns, so that reads of B and writes of C coalesce.
template <class Space, class T>
struct GemmBlock {
  static constexpr int rows = 4;
  static constexpr int columns = is_host_space<Space> ? 128 / static_cast<int>(sizeof(T)) : 1;

  Matrix<T const, Space> a, b;
  Matrix<T, Space> c;
  std::int64_t column_blocks = (static_cast<std::int64_t>(c.extent(1)) + columns - 1) / columns;

  KOKKOS_FUNCTION void operator()(std::int64_t item) const {
    auto const m0 = (item / column_blocks) * rows;
    auto const n0 = (item % column_blocks) * columns;
    auto const mr = static_cast<int>(Kokkos::min<std::int64_t>(rows, c.extent(0) - m0));
    auto const nc = static_cast<int>(Kokkos::min<std::int64_t>(columns, c.extent(1) - n0));
    if (mr == rows && nc == columns)
      block(m0, n0, rows, columns);  // constants: the loops unroll
    else
      block(m0, n0, mr, nc);
  }

 private:
  KOKKOS_FORCEINLINE_FUNCTION void block(std::int64_t m0, std::int64_t n0, int mr, int nc) const {
    T sum[rows][columns] = {};
    auto const depth = static_cast<std::int64_t>(a.extent(1));
    for (std::int64_t k = 0; k < depth; ++k) {
      T const* const row = &b(k, n0);
      for (int i = 0; i < mr; ++i) {
        T const factor = a(m0 + i, k);
        for (int j = 0; j < nc; ++j) sum[i][j] += factor * row[j];
      }
    }
    for (int i = 0; i < mr; ++i)
      for (int j = 0; j < nc; ++j) c(m0 + i, n0 + j) = sum[i][j];
  }
};

}  // namespace detail

/// C = A B by the library itself, where no BLAS is to be had or it would run on one thread only.
template <class Space, class T>
void gemm_blocked(Space const& space, Matrix<T const, Space> a, Matrix<T const, Space> b,
                  Matrix<T, Space> c) {
  using Block = detail::GemmBlock<Space, T>;
  Block const block{a, b, c};
  auto const row_blocks = (static_cast<std::int64_t>(c.extent(0)) + Block::rows - 1) / Block::rows;
  Kokkos::parallel_for("dp::gemm[blocked]",
                       Kokkos::RangePolicy<Space, Kokkos::IndexType<std::int64_t>>(
                           space, 0, row_blocks * block.column_blocks),
                       block);
}

}  // namespace dp::backend
