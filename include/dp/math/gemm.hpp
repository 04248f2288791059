// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <dp/backend/gemm_packed.hpp>
#include <dp/backend/gemm_plain.hpp>
#include <dp/core/half.hpp>
#include <dp/core/packed_matrix.hpp>
#include <dp/core/views.hpp>
#include <type_traits>
#ifdef DP_HAVE_KOKKOS_KERNELS
#include <dp/backend/gemm_kokkos_kernels.hpp>
#endif
#ifdef DP_HAVE_CUBLAS
#include <dp/backend/gemm_cublas.hpp>
#endif
#ifdef DP_HAVE_ROCBLAS
#include <dp/backend/gemm_rocblas.hpp>
#endif

namespace dp {

namespace backend {

/// Overloads for the spaces whose vendor's library is there are in backend/.
template <class T, class Stored>
void gemm_vendor() = delete;

}  // namespace backend

namespace detail {

/// C = factor A B by the best way that there is for the space, or with Add C += factor A B; `factor` is 1
/// unless A and B are Half.
template <class Space, class T, class Stored, bool Add = false>
void multiply(Space const& space, Matrix<Stored const, Space> a, PackedMatrix<Space, Stored> const& b,
              Matrix<T, Space> c, T factor) {
  if (c.size() == 0) return;
  if constexpr (multiplies_panels<Space>) {
    static_assert(!Add);
    backend::gemm_packed<Space, T, Stored>(space, a, b, c, factor);
  } else if (a.extent(1) == 0) {
    if (!Add) Kokkos::deep_copy(space, c, T(0));  // vendors' libraries refuse such factors
  } else {
    Matrix<Stored const, Space> const plain(b.data, static_cast<std::size_t>(b.rows),
                                            static_cast<std::size_t>(b.columns));
    if constexpr (requires { backend::gemm_vendor<T, Stored>(space, a, plain, c, factor, Add); }) {
      backend::gemm_vendor<T, Stored>(space, a, plain, c, factor, Add);
    } else {
#ifdef DP_HAVE_KOKKOS_KERNELS
      if constexpr (std::is_same_v<T, Stored>)  // its products have one type of number
        backend::gemm_kokkos_kernels<Space, T>(space, a, plain, c, Add);
      else
#endif
        backend::gemm_plain<has_host_memory<Space> ? 1 : 256, Space, T, Stored>(space, a, plain, c, factor,
                                                                                Add);
    }
  }
}

}  // namespace detail

/// C = A B for contiguous row-major matrices on `Space`: A (m x k), B (k x n) packed at set-up, C (m x n),
/// overwritten. `T` is float or double; sums are in `T`. Asynchronous on `space`. The second factors of all
/// blocks are constant, so they hold the transposes that they need instead of asking for them here.
template <class Space, class T>
void gemm(Space const& space, std::type_identity_t<Matrix<T const, Space>> a, PackedMatrix<Space, T> const& b,
          std::type_identity_t<Matrix<T, Space>> c) {
  detail::multiply<Space, T, T>(space, a, b, c, T(1));
}

/// C += A B likewise, but on devices alone: dp's own products for hosts have no such form.
template <class Space, class T>
requires(!multiplies_panels<Space>) void gemm_add(Space const& space,
                                                  std::type_identity_t<Matrix<T const, Space>> a,
                                                  PackedMatrix<Space, T> const& b,
                                                  std::type_identity_t<Matrix<T, Space>> c) {
  detail::multiply<Space, T, T, true>(space, a, b, c, T(1));
}

/// C = factor A B with A and B in 16 bits; sums and C are in float.
template <class Space>
void gemm(Space const& space, std::type_identity_t<Matrix<Half const, Space>> a,
          PackedMatrix<Space, Half> const& b, std::type_identity_t<Matrix<float, Space>> c,
          float factor = 1.0f) {
  detail::multiply<Space, float, Half>(space, a, b, c, factor);
}

/// The second factor of a product within a work item, packed in panels into memory of the item.
template <class Space, class T>
struct ItemFactor {
  static constexpr int panel = PackedMatrix<Space, T>::host_panel;  ///< columns

  /// Numbers that it takes.
  static std::size_t size(int rows, int columns) {
    return static_cast<std::size_t>(rows) * static_cast<std::size_t>((columns + panel - 1) / panel * panel);
  }

  /// B (rows x columns) of `entry(i, j)`.
  template <class Entry>
  static PackedMatrix<Space, T> packed(T* memory, int rows, int columns, Entry const& entry) {
    PackedMatrix<Space, T> const result{memory, rows, columns};
    for (int begin = 0; begin < columns; begin += panel) {
      int const width = std::min(panel, columns - begin);
      for (int i = 0; i < rows; ++i, memory += panel) {
        for (int j = 0; j < width; ++j) memory[j] = entry(i, begin + j);
        for (int j = width; j < panel; ++j) memory[j] = T(0);
      }
    }
    return result;
  }
};

/// C = A B within one work item of a kernel on a host, B as ItemFactor has it.
template <class Space, class T>
void gemm_within(std::type_identity_t<Matrix<T const, Space>> a, PackedMatrix<Space, T> const& b,
                 std::type_identity_t<Matrix<T, Space>> c) {
  backend::gemm_packed_within<Space, T>(a, b, c);
}

}  // namespace dp
