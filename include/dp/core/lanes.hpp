// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/core/half.hpp>
#include <dp/core/views.hpp>

namespace dp {

/// Numbers of type T that one work item handles side by side: one cache line on the host, where fixed-length
/// loops over lanes become vector instructions, and one on devices, where the threads of a warp are the
/// lanes.
template <class Space, class T>
inline constexpr int lane_count = is_host_space<Space> ? 64 / static_cast<int>(sizeof(T)) : 1;

namespace detail {

template <class T, bool Host>
struct LanesOf {
  static constexpr int count = 32 / static_cast<int>(sizeof(T));
  using Type [[gnu::vector_size(32), gnu::aligned(alignof(T)), gnu::may_alias]] = T;
};

template <class T>
struct LanesOf<T, false> {
  static constexpr int count = 1;
  using Type = T;
};

}  // namespace detail

/// A short vector with the arithmetic of T, so that one kernel text serves both: the compilers' portable
/// vector type on the host, T itself on devices.
template <class Space, class T>
struct Lanes {
  static constexpr int count = detail::LanesOf<T, is_host_space<Space>>::count;  ///< of numbers
  using Type = typename detail::LanesOf<T, is_host_space<Space>>::Type;          ///< with operators + - * /

  /// From `count` numbers at any address.
  KOKKOS_FORCEINLINE_FUNCTION static Type load(T const* from) { return *reinterpret_cast<Type const*>(from); }
  /// To `count` numbers at any address.
  KOKKOS_FORCEINLINE_FUNCTION static void store(T* to, Type value) { *reinterpret_cast<Type*>(to) = value; }
  /// To `count` numbers of 16 bits.
  KOKKOS_FORCEINLINE_FUNCTION static void store(Half* to, Type value) {
    if constexpr (count == 1)
      *to = narrowed<Half>(value);
    else
      for (int l = 0; l < count; ++l) to[l] = narrowed<Half>(value[l]);
  }
  /// Of the lanes.
  KOKKOS_FORCEINLINE_FUNCTION static T sum(Type value) {
    if constexpr (count == 1) {
      return value;
    } else {
      T result = value[0];
      for (int l = 1; l < count; ++l) result += value[l];
      return result;
    }
  }
};

}  // namespace dp
