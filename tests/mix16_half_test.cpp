// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// Numbers of 16 bits, and products of matrices of them.

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <dp/backend/gemm_plain.hpp>
#include <dp/backend/instance_handles.hpp>
#include <dp/core/buffer.hpp>
#include <dp/core/half.hpp>
#include <dp/math/gemm.hpp>
#include <random>

namespace dp::test {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

/// By the definition of the format.
double value_of(std::uint16_t bits) {
  int const exponent = bits >> 10 & 31, mantissa = bits & 1023;
  double const sign = bits >> 15 ? -1.0 : 1.0;
  if (exponent == 31) return NAN;
  return exponent == 0 ? sign * std::ldexp(mantissa, -24) : sign * std::ldexp(1024 + mantissa, exponent - 25);
}

Half from_bits(std::uint16_t bits) {
  Half result;
  std::memcpy(static_cast<void*>(&result), &bits, 2);
  return result;
}

std::uint16_t bits_of(Half value) {
  std::uint16_t result;
  std::memcpy(&result, &value, 2);
  return result;
}

TEST(Half, AllNumbersComeBack) {
  for (int k = 0; k < 65536; ++k) {
    auto const bits = static_cast<std::uint16_t>(k);
    if ((bits & 0x7fff) == 0x7c00) continue;  // infinity is never stored
    float const value = widened<float>(from_bits(bits));
    if (std::isnan(value_of(bits))) {
      ASSERT_TRUE(std::isnan(value)) << k;
      ASSERT_TRUE(std::isnan(widened<float>(narrowed<Half>(value)))) << k;
      continue;
    }
    ASSERT_EQ(static_cast<double>(value), value_of(bits)) << k;
    ASSERT_EQ(bits_of(narrowed<Half>(value)), bits) << k;
  }
}

TEST(Half, RoundsToNearestAndToEven) {
  for (int k = 0; k < 0x7bff; ++k) {  // between each number and the next
    auto const bits = static_cast<std::uint16_t>(k), next = static_cast<std::uint16_t>(k + 1);
    auto const middle = static_cast<float>(0.5 * (value_of(bits) + value_of(next)));
    ASSERT_EQ(bits_of(narrowed<Half>(middle)), k % 2 == 0 ? bits : next) << k;
    ASSERT_EQ(bits_of(narrowed<Half>(std::nextafter(middle, 0.0f))), bits) << k;
    ASSERT_EQ(bits_of(narrowed<Half>(-std::nextafter(middle, 1e9f))), next | 0x8000) << k;
  }
}

TEST(Half, BeyondTheRangeIsNotANumber) {
  EXPECT_EQ(widened<float>(narrowed<Half>(65504.0f)), 65504.0f);
  for (float x : {65505.0f, -65520.0f, 1e30f, INFINITY, -INFINITY, NAN})
    EXPECT_TRUE(std::isnan(widened<float>(narrowed<Half>(x)))) << x;
}

/// Largest deviation of `multiply`(space, a, b, packed b, c) from a product in double of the same halves, in
/// units of k * epsilon of float.
template <class Multiply>
double gemm_error(std::size_t m, std::size_t k, std::size_t n, Multiply const& multiply) {
  std::mt19937 random(static_cast<unsigned>(m + 31 * k + 977 * n));
  auto const numbers = [&](std::size_t count) {
    std::vector<double> result(count);
    for (double& x : result)  // representable in half
      x = static_cast<double>(
          widened<float>(narrowed<Half>(static_cast<float>(std::ldexp(random(), -31)) - 1.0f)));
    return result;
  };
  auto const a = numbers(m * k), b = numbers(k * n);
  std::vector<double> flat;
  PackedMatrix<Space, Half>::pack(flat, static_cast<int>(k), static_cast<int>(n), [&](int i, int j) {
    return b[static_cast<std::size_t>(i) * n + static_cast<std::size_t>(j)];
  });
  auto const left = to_space<Half>(Space(), "a", a), right = to_space<Half>(Space(), "b", b),
             packed = to_space<Half>(Space(), "packed", flat);
  auto const product = to_space<float>(Space(), "c", std::vector<double>(m * n, NAN));  // must be overwritten
  multiply(Space(), Matrix<Half const, Space>(left.data(), m, k),
           Matrix<Half const, Space>(right.data(), k, n),
           PackedMatrix<Space, Half>{packed.data(), static_cast<int>(k), static_cast<int>(n)},
           Matrix<float, Space>(product.data(), m, n));
  Space().fence();
  auto const c = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), product);
  double largest = 0.0;
  for (std::size_t i = 0; i < m; ++i)
    for (std::size_t j = 0; j < n; ++j) {
      double sum = 0.0;
      for (std::size_t l = 0; l < k; ++l) sum += a[i * k + l] * b[l * n + j];
      double const error = std::abs(0.25 * static_cast<double>(c(i * n + j)) - sum);
      if (std::isnan(error)) return INFINITY;
      largest = std::max(largest, error);
    }
  return largest / (static_cast<double>(k) * 0x1p-23);
}

template <int Threads>
void check_plain(std::size_t m, std::size_t k, std::size_t n) {
  EXPECT_LT(gemm_error(m, k, n,
                       [](Space space, auto a, auto b, auto, auto c) {
                         backend::gemm_plain<Threads, Space, float, Half>(space, a, b, c, 4.0f);
                       }),
            1.0)
      << "teams of " << Threads;
}

TEST(HalfGemm, SumsInFloat) {
  for (std::size_t m : {1, 3, 8, 17, 64, 65, 200})
    for (std::size_t k : {1, 2, 16, 25, 64, 130})
      for (std::size_t n : {1, 7, 32, 33, 63, 64, 65, 100}) {
        SCOPED_TRACE(std::to_string(m) + " x " + std::to_string(k) + " x " + std::to_string(n));
        EXPECT_LT(gemm_error(m, k, n,
                             [](Space space, auto a, auto, auto packed, auto c) {
                               gemm(space, a, packed, c, 4.0f);
                             }),
                  1.0);
        if constexpr (is_host_space<Space>) {
          check_plain<1>(m, k, n);
          if (Space().concurrency() >= 2) check_plain<2>(m, k, n);
          if (Space().concurrency() >= 4) check_plain<4>(m, k, n);
        } else {
          check_plain<256>(m, k, n);
        }
      }
}

/// A library's handle, as far as InstanceHandles cares.
struct FakeHandle {
  explicit FakeHandle(Space const&) { ++made; }
  static inline int made = 0;
};

TEST(InstanceHandles, OneForEachInstance) {
  using Handles = backend::InstanceHandles<FakeHandle, int>;
  auto& first = Handles::of(Space(), 1);
  auto& second = Handles::of(Space(), 2);
  EXPECT_NE(&first, &second);
  EXPECT_EQ(&Handles::of(Space(), 1), &first);
  EXPECT_EQ(FakeHandle::made, 2);
}

}  // namespace
}  // namespace dp::test
