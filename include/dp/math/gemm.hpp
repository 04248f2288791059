// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/backend/gemm_packed.hpp>
#include <dp/backend/gemm_plain.hpp>
#include <dp/core/packed_matrix.hpp>
#include <dp/core/views.hpp>
#ifdef DP_HAVE_KOKKOS_KERNELS
#include <dp/backend/gemm_kokkos_kernels.hpp>
#endif

namespace dp {

/// C = A B for contiguous row-major matrices on `Space`: A (m x k), B (k x n) packed at set-up, C (m x n),
/// overwritten. `T` is float or double; sums are in `T`. Asynchronous on `space`. The second factors of all
/// stages are constant, so they hold the transposes that they need instead of asking for them here.
template <class Space, class T>
void gemm(Space const& space, Matrix<T const, Space> a, PackedMatrix<Space, T> const& b, Matrix<T, Space> c) {
  if (c.size() == 0) return;
  if constexpr (is_host_space<Space>) {
    backend::gemm_packed(space, a, b, c);
  } else {
    Matrix<T const, Space> const plain(b.data, static_cast<std::size_t>(b.rows),
                                       static_cast<std::size_t>(b.columns));
#ifdef DP_HAVE_KOKKOS_KERNELS
    backend::gemm_kokkos_kernels(space, a, plain, c);
#else
    backend::gemm_plain(space, a, plain, c);
#endif
  }
}

}  // namespace dp
