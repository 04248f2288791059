// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/backend/gemm_blocked.hpp>
#include <dp/core/views.hpp>
#ifdef DP_HAVE_KOKKOS_KERNELS
#include <dp/backend/gemm_kokkos_kernels.hpp>
#endif

namespace dp {

/// C = A B for contiguous row-major matrices on `Space`: A (m x k), B (k x n), C (m x n), overwritten. `T` is float or
/// double; sums are in `T`. Asynchronous on `space`. The stages' second factors are constant, so they hold the
/// transposes that they need instead of asking for them here.
template <class Space, class T>
void gemm(Space const& space, Matrix<T const, Space> a, Matrix<T const, Space> b, Matrix<T, Space> c) {
  if (c.size() == 0) return;
#ifdef DP_HAVE_KOKKOS_KERNELS
  // On many threads of a CPU one call to a serial BLAS would leave all but one idle.
  if (!is_host_space<Space> || space.concurrency() == 1) return backend::gemm_kokkos_kernels(space, a, b, c);
#endif
  backend::gemm_blocked(space, a, b, c);
}

}  // namespace dp
