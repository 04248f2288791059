// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <concepts>
#include <dp/core/half.hpp>
#include <dp/core/views.hpp>
#include <type_traits>

namespace dp {

/// Numbers of type T that one work item handles side by side: one cache line on the host, where fixed-length
/// loops over lanes become vector instructions, and one on devices, where the threads of a warp are the
/// lanes.
template <class Space, class T>
inline constexpr int lane_count = is_host_space<Space> ? 64 / static_cast<int>(sizeof(T)) : 1;

namespace detail {

// Not wider than a register: compilers keep such vectors in memory. Nor 64 bytes with AVX-512, since the
// basis functions of a pair are padded to whole vectors.
#if defined(__AVX__)
inline constexpr int vector_bytes = 32;
#else
inline constexpr int vector_bytes = 16;
#endif

template <class T, bool Host>
struct LanesOf {
  static constexpr int count = vector_bytes / static_cast<int>(sizeof(T));
  using Type [[gnu::vector_size(vector_bytes), gnu::aligned(alignof(T)), gnu::may_alias]] = T;
};

template <class T>
struct LanesOf<T, false> {
  static constexpr int count = 1;
  using Type = T;
};

}  // namespace detail

/// A short vector with the arithmetic of T, so that one kernel text serves both: the compilers' portable
/// vector type on the host, T itself on devices and, with Wide = false, where less than a vector is left.
template <class Space, class T, bool Wide = is_host_space<Space>>
struct Lanes {
  static constexpr int count = detail::LanesOf<T, Wide>::count;  ///< of numbers
  using Type = typename detail::LanesOf<T, Wide>::Type;          ///< with operators + - * /

  /// From `count` numbers at any address.
  KOKKOS_FORCEINLINE_FUNCTION static Type load(T const* from) { return *reinterpret_cast<Type const*>(from); }
  /// From `count` numbers of 16 bits.
  KOKKOS_FORCEINLINE_FUNCTION static Type load(Half const* from) {
    if constexpr (count == 1) {
      return widened<T>(*from);
    } else {
      Type result;
      for (int l = 0; l < count; ++l) result[l] = widened<T>(from[l]);
      return result;
    }
  }
  /// From `count` numbers in float where T is double.
  template <std::same_as<float> F>
  KOKKOS_FORCEINLINE_FUNCTION static Type load(F const* from) requires(!std::is_same_v<F, T>) {
    if constexpr (count == 1) {
      return static_cast<T>(*from);
    } else {
      Type result;
      for (int l = 0; l < count; ++l) result[l] = static_cast<T>(from[l]);
      return result;
    }
  }
  /// To `count` numbers at any address.
  KOKKOS_FORCEINLINE_FUNCTION static void store(T* to, Type value) { *reinterpret_cast<Type*>(to) = value; }
  /// To `count` numbers of 16 bits.
  KOKKOS_FORCEINLINE_FUNCTION static void store(Half* to, Type value) {
    if constexpr (count == 1)
      *to = narrowed<Half>(value);
    else
      for (int l = 0; l < count; ++l) to[l] = narrowed<Half>(value[l]);
  }
  /// To `count` numbers in float where T is double.
  template <std::same_as<float> F>
  KOKKOS_FORCEINLINE_FUNCTION static void store(F* to, Type value) requires(!std::is_same_v<F, T>) {
    if constexpr (count == 1)
      *to = static_cast<F>(value);
    else
      for (int l = 0; l < count; ++l) to[l] = static_cast<F>(value[l]);
  }
  /// Lane `l`.
  KOKKOS_FORCEINLINE_FUNCTION static T at(Type value, int l) {
    if constexpr (count == 1)
      return value;
    else
      return value[l];
  }
  /// The square root of each lane.
  KOKKOS_FORCEINLINE_FUNCTION static Type sqrt(Type value) {
    if constexpr (count == 1) {
      return Kokkos::sqrt(value);
    } else {
      for (int l = 0; l < count; ++l) value[l] = Kokkos::sqrt(value[l]);
      return value;
    }
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
  /// Of the lanes of each of `N` vectors; four of four lanes are turned first, which takes fewer
  /// instructions.
  template <int N>
  KOKKOS_FORCEINLINE_FUNCTION static void sums(Type const (&of)[N], double* to) {
#if defined(__has_builtin)
#if __has_builtin(__builtin_shufflevector)
    if constexpr (count == 4 && N == 4) {
      auto const two = [](Type a, Type b) {
        return __builtin_shufflevector(a, b, 0, 4, 2, 6) + __builtin_shufflevector(a, b, 1, 5, 3, 7);
      };
      Type const ab = two(of[0], of[1]), cd = two(of[2], of[3]),
                 all = __builtin_shufflevector(ab, cd, 0, 1, 4, 5) +
                       __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
      for (int n = 0; n < N; ++n) to[n] = static_cast<double>(all[n]);
      return;
    }
#endif
#endif
    for (int n = 0; n < N; ++n) to[n] = static_cast<double>(sum(of[n]));
  }
};

/// The nearest number from `low` to `high` of a number or of each lane; `low` for NaN. By comparisons, since
/// fmin and fmax are calls of the C library.
template <class V>
KOKKOS_FORCEINLINE_FUNCTION V clamped(V value, double low, double high) {
  V const least = V{} + low, most = V{} + high;
  V const raised = value > least ? value : least;
  return raised < most ? raised : most;
}

/// Numbers of basis functions are multiples of this: whole vectors on hosts, whole sectors of memory (32
/// bytes) on GPUs, and the same everywhere, so that a model has one basis.
template <class T>
inline constexpr int basis_multiple = 32 / static_cast<int>(sizeof(T));

/// Begins to bring nearer, on the host, what lies a page behind `address`; there need not be memory.
/// Processors fetch by themselves what is read in order, but not across the end of a page.
KOKKOS_FORCEINLINE_FUNCTION void fetch_ahead([[maybe_unused]] void const* address) {
  KOKKOS_IF_ON_HOST((__builtin_prefetch(static_cast<char const*>(address) + 4096);))
}

}  // namespace dp
