// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cublas_v2.h>

#include <climits>
#include <cstddef>
#include <dp/backend/instance_handles.hpp>
#include <dp/core/error.hpp>
#include <dp/core/views.hpp>
#include <memory>
#include <type_traits>
#include <utility>

namespace dp::backend {

namespace detail {

template <class... Where>
void check_cublas(cublasStatus_t status, char const* call, Where const&... where) {
  if (status != CUBLAS_STATUS_SUCCESS)
    fail(call, where..., ": ", cublasGetStatusString(status), " (cuBLAS status ", static_cast<int>(status),
         ")");
}

/// A cuBLAS handle on the stream of an instance, with a workspace of its own: cuBLAS then allocates nothing,
/// so that steps can be captured in a CUDA graph, and gives the same bits every time.
class CublasHandle {
 public:
  explicit CublasHandle(Kokkos::Cuda const& space)
      : m_workspace(Kokkos::view_alloc(space, Kokkos::WithoutInitializing, "dp::gemm[cuBLAS]::workspace"),
                    workspace_bytes + alignment) {
    check_cublas(cublasCreate(&m_handle), "cublasCreate");
    check_cublas(cublasSetStream(m_handle, space.cuda_stream()), "cublasSetStream");
    std::size_t room = workspace_bytes + alignment;  // a View begins behind its header
    void* workspace = m_workspace.data();
    std::align(alignment, workspace_bytes, workspace, room);
    check_cublas(cublasSetWorkspace(m_handle, workspace, workspace_bytes), "cublasSetWorkspace");
    check_cublas(cublasSetPointerMode(m_handle, CUBLAS_POINTER_MODE_HOST), "cublasSetPointerMode");
    // No TF32 for float, and no sums in half.
    check_cublas(cublasSetMathMode(
                     m_handle, static_cast<cublasMath_t>(CUBLAS_DEFAULT_MATH |
                                                         CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION)),
                 "cublasSetMathMode");
  }
  ~CublasHandle() { cublasDestroy(m_handle); }
  CublasHandle(CublasHandle const&) = delete;
  CublasHandle& operator=(CublasHandle const&) = delete;

  cublasHandle_t get() const { return m_handle; }

 private:
  static constexpr std::size_t workspace_bytes = std::size_t(32) << 20;  // what cuBLAS advises for Hopper
  static constexpr std::size_t alignment = 256;                          // what it asks for

  Kokkos::View<char*, Kokkos::Cuda> m_workspace;
  cublasHandle_t m_handle = nullptr;
};

template <class T>
inline constexpr cudaDataType cublas_type = std::is_same_v<T, double>  ? CUDA_R_64F
                                            : std::is_same_v<T, float> ? CUDA_R_32F
                                                                       : CUDA_R_16F;

/// Sums of floats strictly in float, of halves in float by Tensor Cores, of doubles in double.
template <class Stored>
inline constexpr cublasComputeType_t cublas_compute =
    std::is_same_v<Stored, double>  ? CUBLAS_COMPUTE_64F
    : std::is_same_v<Stored, float> ? CUBLAS_COMPUTE_32F_PEDANTIC
                                    : CUBLAS_COMPUTE_32F;

}  // namespace detail

/// C = factor A B by cuBLAS, or with `add` C += factor A B. Row-major matrices are the transposes of what
/// cuBLAS sees: it computes B^T A^T.
/// The first product of an instance makes its handle, which a graph capture does not allow: capture a later
/// one. Throws dp::Error where cuBLAS reports a failure.
template <class T, class Stored>
void gemm_vendor(Kokkos::Cuda const& space, Matrix<Stored const, Kokkos::Cuda> a,
                 Matrix<Stored const, Kokkos::Cuda> b, Matrix<T, Kokkos::Cuda> c, T factor, bool add) {
  Kokkos::Profiling::ScopedRegion region("dp::gemm[cuBLAS]");
  auto const m = a.extent(0), k = a.extent(1), n = b.extent(1);
  if (m > INT_MAX) fail("cublasGemmEx (", m, " x ", k, ") (", k, " x ", n, "): more rows than an int counts");
  using Key = std::pair<int, cudaStream_t>;
  auto const& handle =
      InstanceHandles<detail::CublasHandle, Key>::of(space, Key(space.cuda_device(), space.cuda_stream()));
  T const kept(add ? 1 : 0);  // of C
  auto const rows = static_cast<int>(m), depth = static_cast<int>(k), columns = static_cast<int>(n);
  detail::check_cublas(
      cublasGemmEx(handle.get(), CUBLAS_OP_N, CUBLAS_OP_N, columns, rows, depth, &factor, b.data(),
                   detail::cublas_type<Stored>, columns, a.data(), detail::cublas_type<Stored>, depth, &kept,
                   c.data(), detail::cublas_type<T>, columns, detail::cublas_compute<Stored>,
                   CUBLAS_GEMM_DEFAULT),
      "cublasGemmEx", " (", m, " x ", k, ") (", k, " x ", n, ")");
}

}  // namespace dp::backend
