// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <rocblas/rocblas.h>

#include <climits>
#include <cstddef>
#include <dp/backend/instance_handles.hpp>
#include <dp/core/error.hpp>
#include <dp/core/views.hpp>
#include <type_traits>
#include <utility>

namespace dp::backend {

namespace detail {

template <class... Where>
void check_rocblas(rocblas_status status, char const* call, Where const&... where) {
  if (status != rocblas_status_success)
    fail(call, where..., ": ", rocblas_status_to_string(status), " (rocBLAS status ",
         static_cast<int>(status), ")");
}

/// A rocBLAS handle on the stream of an instance, with a workspace of its own, so that rocBLAS allocates
/// nothing in a step, and without atomics, so that it gives the same bits every time.
class RocblasHandle {
 public:
  explicit RocblasHandle(Kokkos::HIP const& space)
      : m_workspace(Kokkos::view_alloc(space, Kokkos::WithoutInitializing, "dp::gemm[rocBLAS]::workspace"),
                    workspace_bytes) {
    check_rocblas(rocblas_create_handle(&m_handle), "rocblas_create_handle");
    check_rocblas(rocblas_set_stream(m_handle, space.hip_stream()), "rocblas_set_stream");
    check_rocblas(rocblas_set_workspace(m_handle, m_workspace.data(), workspace_bytes),
                  "rocblas_set_workspace");
    check_rocblas(rocblas_set_pointer_mode(m_handle, rocblas_pointer_mode_host), "rocblas_set_pointer_mode");
    // Deprecated because it is to become the default, which it is not yet in all releases.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    check_rocblas(rocblas_set_atomics_mode(m_handle, rocblas_atomics_not_allowed),
                  "rocblas_set_atomics_mode");
#pragma GCC diagnostic pop
    // Floats are multiplied as floats, not as xf32.
    check_rocblas(rocblas_set_math_mode(m_handle, rocblas_default_math), "rocblas_set_math_mode");
  }
  ~RocblasHandle() { static_cast<void>(rocblas_destroy_handle(m_handle)); }
  RocblasHandle(RocblasHandle const&) = delete;
  RocblasHandle& operator=(RocblasHandle const&) = delete;

  rocblas_handle get() const { return m_handle; }

 private:
  static constexpr std::size_t workspace_bytes = std::size_t(32) << 20;

  Kokkos::View<char*, Kokkos::HIP> m_workspace;
  rocblas_handle m_handle = nullptr;
};

template <class T>
inline constexpr rocblas_datatype rocblas_type = std::is_same_v<T, double>  ? rocblas_datatype_f64_r
                                                 : std::is_same_v<T, float> ? rocblas_datatype_f32_r
                                                                            : rocblas_datatype_f16_r;

}  // namespace detail

/// C = factor A B by rocBLAS, or with `add` C += factor A B. Row-major matrices are the transposes of what
/// rocBLAS sees: it computes B^T A^T. Sums are in `T`: of halves in float, by matrix cores. Throws dp::Error
/// where rocBLAS reports a failure.
template <class T, class Stored>
void gemm_vendor(Kokkos::HIP const& space, Matrix<Stored const, Kokkos::HIP> a,
                 Matrix<Stored const, Kokkos::HIP> b, Matrix<T, Kokkos::HIP> c, T factor, bool add) {
  Kokkos::Profiling::ScopedRegion region("dp::gemm[rocBLAS]");
  auto const m = a.extent(0), k = a.extent(1), n = b.extent(1);
  if (m > INT_MAX)
    fail("rocblas_gemm_ex (", m, " x ", k, ") (", k, " x ", n, "): more rows than an int counts");
  using Key = std::pair<int, hipStream_t>;
  auto const& handle =
      InstanceHandles<detail::RocblasHandle, Key>::of(space, Key(space.hip_device(), space.hip_stream()));
  T const kept(add ? 1 : 0);  // of C
  auto const rows = static_cast<int>(m), depth = static_cast<int>(k), columns = static_cast<int>(n);
  auto const in = detail::rocblas_type<Stored>, out = detail::rocblas_type<T>;
  detail::check_rocblas(
      rocblas_gemm_ex(handle.get(), rocblas_operation_none, rocblas_operation_none, columns, rows, depth,
                      &factor, b.data(), in, columns, a.data(), in, depth, &kept, c.data(), out, columns,
                      c.data(), out, columns, out, rocblas_gemm_algo_standard, 0, 0),
      "rocblas_gemm_ex", " (", m, " x ", k, ") (", k, " x ", n, ")");
}

}  // namespace dp::backend
