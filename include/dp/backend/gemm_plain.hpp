// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/views.hpp>

namespace dp::backend {

namespace detail {

/// One entry of C per thread; neighbouring threads take neighbouring columns, so that reads of B and writes
/// of C coalesce.
template <class Space, class T>
struct GemmEntry {
  Matrix<T const, Space> a, b;
  Matrix<T, Space> c;

  KOKKOS_FUNCTION void operator()(std::int64_t item) const {
    auto const columns = static_cast<std::int64_t>(c.extent(1));
    auto const m = item / columns, n = item % columns;
    T sum = 0;
    for (std::size_t k = 0; k < a.extent(1); ++k) sum += a(m, k) * b(k, n);
    c(m, n) = sum;
  }
};

}  // namespace detail

/// C = A B by the plainest kernel, for devices where no vendor's library is to be had.
template <class Space, class T>
void gemm_plain(Space const& space, Matrix<T const, Space> a, Matrix<T const, Space> b, Matrix<T, Space> c) {
  Kokkos::parallel_for("dp::gemm[plain]",
                       Kokkos::RangePolicy<Space, Kokkos::IndexType<std::int64_t>>(
                           space, 0, static_cast<std::int64_t>(c.size())),
                       detail::GemmEntry<Space, T>{a, b, c});
}

}  // namespace dp::backend
