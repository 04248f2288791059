// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <KokkosBlas3_gemm.hpp>
#include <dp/core/views.hpp>

namespace dp::backend {

/// C = A B, or with `add` C += A B, by Kokkos Kernels, which calls the vendor's BLAS where it was built with
/// one.
template <class Space, class T>
void gemm_kokkos_kernels(Space const& space, Matrix<T const, Space> a, Matrix<T const, Space> b,
                         Matrix<T, Space> c, bool add = false) {
  Kokkos::Profiling::ScopedRegion region("dp::gemm[KokkosKernels]");
  KokkosBlas::gemm(space, "N", "N", T(1), a, b, T(add ? 1 : 0), c);
}

}  // namespace dp::backend
