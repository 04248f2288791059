// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_BitManipulation.hpp>
#include <Kokkos_Core.hpp>
#include <cstdint>
#include <type_traits>

namespace dp {

/// A number of 16 bits (IEEE 754 binary16), for storage: sums and functions are computed in float. Kokkos'
/// own type where it is one; without a backend that has it, Kokkos' half_t is a float of 32 bits.
#if defined(KOKKOS_HALF_T_IS_FLOAT) && !KOKKOS_HALF_T_IS_FLOAT
using Half = Kokkos::Experimental::half_t;
#elif defined(__FLT16_MANT_DIG__)
using Half = _Float16;
#else
enum class Half : std::uint16_t {};  // enough for storage: conversions are done in integers
#endif
static_assert(sizeof(Half) == 2);

inline constexpr double largest_half = 65504.0;  ///< beyond it there is nothing but infinity

/// What numbers stored as `Stored` are computed with.
template <class Stored>
using ArithmeticOf = std::conditional_t<std::is_same_v<Stored, Half>, float, Stored>;

namespace detail {

/// Whether conversions are left to the type. For the compiler's they are done in integers: loops over them
/// vectorise with any instruction set, which the compiler's own do not everywhere.
inline constexpr bool half_converts_itself = std::is_same_v<Half, Kokkos::Experimental::half_t>;

KOKKOS_FORCEINLINE_FUNCTION float float_from_half(std::uint32_t half) {
  std::uint32_t const magnitude = half & 0x7fffu;
  // The exponent's bias differs by 112; the product is exact for subnormal numbers too.
  float const value = Kokkos::bit_cast<float>(magnitude << 13) * 0x1p112f;
  std::uint32_t const bits = magnitude < 0x7c00u ? Kokkos::bit_cast<std::uint32_t>(value) : 0x7fc00000u;
  return Kokkos::bit_cast<float>(bits | (half & 0x8000u) << 16);
}

KOKKOS_FORCEINLINE_FUNCTION std::uint32_t half_from_float(float x) {
  std::uint32_t const bits = Kokkos::bit_cast<std::uint32_t>(x), magnitude = bits & 0x7fffffffu;
  float const a = Kokkos::bit_cast<float>(magnitude);
  std::uint32_t const normal = (magnitude + 0xfffu + (magnitude >> 13 & 1u) - (112u << 23)) >> 13;
  std::uint32_t const subnormal = Kokkos::bit_cast<std::uint32_t>(a + 0.5f) - 0x3f000000u;
  std::uint32_t const finite = a < 0x1p-14f ? subnormal : normal;
  return (a <= 65504.0f ? finite : 0x7e00u) | (bits >> 16 & 0x8000u);
}

}  // namespace detail

/// The number that was stored, in the precision `T` of the arithmetic. Nothing is done where the types agree.
template <class T, class Stored>
KOKKOS_FORCEINLINE_FUNCTION T widened(Stored x) {
  if constexpr (std::is_same_v<T, Stored>)
    return x;
  else if constexpr (detail::half_converts_itself)
    return static_cast<T>(x);
  else
    return static_cast<T>(detail::float_from_half(Kokkos::bit_cast<std::uint16_t>(x)));
}

/// `x` rounded to nearest for storage. Beyond the range of Half it becomes NaN, never infinity: tanh of
/// infinity is a harmless 1, but NaN reaches the energy, where it is noticed.
template <class Stored, class T>
KOKKOS_FORCEINLINE_FUNCTION Stored narrowed(T x) {
  if constexpr (std::is_same_v<T, Stored>) {
    return x;
  } else if constexpr (detail::half_converts_itself) {
    auto const value = static_cast<float>(x);
    bool const fits = Kokkos::fabs(value) <= static_cast<float>(largest_half);
    return static_cast<Stored>(fits ? value : Kokkos::Experimental::quiet_NaN_v<float>);
  } else {
    return Kokkos::bit_cast<Stored>(
        static_cast<std::uint16_t>(detail::half_from_float(static_cast<float>(x))));
  }
}

}  // namespace dp
