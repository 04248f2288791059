// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// The numerical building blocks against plain formulas: tanh, activation functions, switch function, GEMM.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <dp/backend/gemm_plain.hpp>
#include <dp/core/buffer.hpp>
#include <dp/math/activation.hpp>
#include <dp/math/gemm.hpp>
#include <dp/math/switch_function.hpp>
#include <limits>
#include <random>
#include <vector>

namespace dp::test {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

template <class T>
class Math : public ::testing::Test {};
using Floats = ::testing::Types<double, float>;
TYPED_TEST_SUITE(Math, Floats);

template <class T>
char const* name_of() {
  return std::is_same_v<T, double> ? "double" : "float";
}

/// Error of fast_tanh(x) in units in the last place of the true value.
template <class T>
double ulps(T x) {
  long double const exact = std::tanh(static_cast<long double>(x));
  T const rounded = std::abs(static_cast<T>(exact));
  T const unit = std::nextafter(rounded, std::numeric_limits<T>::infinity()) - rounded;
  return static_cast<double>(std::abs(static_cast<long double>(fast_tanh(x)) - exact) /
                             static_cast<long double>(unit));
}

TYPED_TEST(Math, TanhToThreeUnits) {
  using T = TypeParam;
  double largest = 0.0;
  T at = 0;
  auto const look = [&](T x) {
    double const error = std::max(ulps(x), ulps(-x));
    if (error > largest || !(error < 1e30)) largest = error, at = x;
  };
#ifdef __SANITIZE_ADDRESS__
  int const steps = 100'000;
#else
  int const steps = 2'000'000;
#endif
  for (int k = 0; k <= steps; ++k) look(T(25) * static_cast<T>(k) / static_cast<T>(steps));
  // every exponent, down to the denormal numbers
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> mantissa(0.5, 1.0);
  for (int e = std::numeric_limits<T>::min_exponent - std::numeric_limits<T>::digits; e < 8; ++e)
    for (int k = 0; k < steps / 1000; ++k) look(std::ldexp(static_cast<T>(mantissa(random)), e));
  look(std::numeric_limits<T>::denorm_min());
  look(std::numeric_limits<T>::min());
  std::printf("largest error of fast_tanh in %s: %.3f units in the last place, at %.9g\n", name_of<T>(),
              largest, static_cast<double>(at));
  EXPECT_LT(largest, 3.0);
}

TYPED_TEST(Math, TanhAtTheEnds) {
  using T = TypeParam;
  T const infinity = std::numeric_limits<T>::infinity();
  EXPECT_EQ(fast_tanh(T(0)), T(0));
  EXPECT_FALSE(std::signbit(fast_tanh(T(0))));
  EXPECT_TRUE(std::signbit(fast_tanh(-T(0))));
  EXPECT_EQ(fast_tanh(infinity), T(1));
  EXPECT_EQ(fast_tanh(-infinity), T(-1));
  EXPECT_EQ(fast_tanh(std::numeric_limits<T>::max()), T(1));
  EXPECT_EQ(fast_tanh(std::numeric_limits<T>::denorm_min()), std::numeric_limits<T>::denorm_min());
  EXPECT_TRUE(std::isnan(fast_tanh(std::numeric_limits<T>::quiet_NaN())));
  T largest = 0;
  for (T x = T(0); x < T(25); x += T(0.001)) largest = std::max(largest, fast_tanh(x));
  EXPECT_LE(largest, T(1));
}

constexpr double threshold = 3.0;

double silu(double x) { return x / (1.0 + std::exp(-x)); }
double silu_slope(double x) {
  double const g = 1.0 / (1.0 + std::exp(-x));
  return g * (1.0 + x * (1.0 - g));
}

double plain(Activation kind, double x) {
  switch (kind) {
    case Activation::linear:
      return x;
    case Activation::tanh:
      return std::tanh(x);
    case Activation::relu:
      return std::max(x, 0.0);
    case Activation::relu6:
      return std::min(std::max(x, 0.0), 6.0);
    case Activation::softplus:
      return static_cast<double>(std::log1p(std::exp(static_cast<long double>(x))));
    case Activation::sigmoid:
      return 1.0 / (1.0 + std::exp(-x));
    case Activation::silu:
      return silu(x);
    case Activation::silut:
      return x < threshold ? silu(x) : std::tanh(silu_slope(threshold) * (x - threshold)) + silu(threshold);
    case Activation::gelu:
      return 0.5 * x * (1.0 + std::tanh(std::sqrt(2.0 / std::acos(-1.0)) * (x + 0.044715 * x * x * x)));
    case Activation::mish:
      return static_cast<double>(x * std::tanh(std::log1p(std::exp(static_cast<long double>(x)))));
    case Activation::gelu_erf:
      return static_cast<double>(0.5L * x * std::erfc(-static_cast<long double>(x) / std::sqrt(2.0L)));
    case Activation::shifted_softplus:
      return static_cast<double>(std::log1p(std::exp(static_cast<long double>(x))) - std::log(2.0L));
  }
  return NAN;
}

constexpr Activation kinds[] = {Activation::linear, Activation::tanh,     Activation::relu,
                                Activation::relu6,  Activation::softplus, Activation::sigmoid,
                                Activation::silu,   Activation::silut,    Activation::gelu,
                                Activation::mish,   Activation::gelu_erf, Activation::shifted_softplus};

/// Value and slope of an activation function at x.
template <class T>
std::pair<T, T> activate(Activation kind, T x) {
  T y = 0, dy = 0;
  with_activation(kind, kind == Activation::gelu ? 0.044715 : threshold, [&](auto const& f) { f(x, y, dy); });
  return {y, dy};
}

TYPED_TEST(Math, ActivationsHaveTheirValues) {
  using T = TypeParam;
  for (Activation kind : kinds) {
    double largest = 0.0;
    for (double x = -40.0; x <= 40.0; x += 0.0137) {
      double const scale = std::max(1.0, std::abs(x));
      double const difference = static_cast<double>(activate(kind, static_cast<T>(x)).first) -
                                plain(kind, static_cast<double>(static_cast<T>(x)));
      largest = std::max(largest, std::abs(difference) / scale);
    }
    EXPECT_LT(largest, 6 * static_cast<double>(std::numeric_limits<T>::epsilon())) << static_cast<int>(kind);
  }
}

TYPED_TEST(Math, ActivationsHaveTheirSlopes) {
  using T = TypeParam;
  double const h = 1e-3;
  for (Activation kind : kinds)
    for (double x = -9.99; x < 10.0; x += 0.0337) {
      // sixth order; a function with a corner or (silut at its threshold) a jump of the second derivative,
      // only beside it
      bool const corner = kind == Activation::relu || kind == Activation::relu6 || kind == Activation::silut;
      if (corner && (std::abs(x) < 3 * h || std::abs(x - 6.0) < 3 * h || std::abs(x - threshold) < 3 * h))
        continue;
      auto const difference = [&](int k) { return plain(kind, x + k * h) - plain(kind, x - k * h); };
      double const expected = (45.0 * difference(1) - 9.0 * difference(2) + difference(3)) / (60.0 * h);
      double const tolerance = std::is_same_v<T, double> ? 1e-11 : 4e-6;
      EXPECT_NEAR(static_cast<double>(activate(kind, static_cast<T>(x)).second), expected, tolerance)
          << "activation " << static_cast<int>(kind) << " at " << x;
    }
}

TYPED_TEST(Math, ActivationsAtTheEnds) {
  using T = TypeParam;
  for (Activation kind : kinds)
    for (T x : {T(-1000), T(1000), T(-80), T(80)}) {
      auto const [y, dy] = activate(kind, x);
      EXPECT_TRUE(std::isfinite(y) && std::isfinite(dy))
          << "activation " << static_cast<int>(kind) << " at " << x;
    }
}

TYPED_TEST(Math, SilutIsContinuous) {
  using T = TypeParam;
  T const at = static_cast<T>(threshold), below = std::nextafter(at, T(0));
  double const tolerance = 4 * static_cast<double>(std::numeric_limits<T>::epsilon());
  EXPECT_NEAR(activate(Activation::silut, at).first, activate(Activation::silut, below).first, tolerance);
  EXPECT_NEAR(activate(Activation::silut, at).second, activate(Activation::silut, below).second, tolerance);
}

TEST(SwitchFunctionTest, EndsAndMiddle) {
  SwitchFunction const f(2.0, 6.0, false);
  auto const at = [&](double r) {
    double w, slope;
    f(r, w, slope);
    return std::pair{w, slope};
  };
  for (double r : {0.0, 1.0, 2.0}) EXPECT_EQ(at(r), (std::pair{1.0, 0.0}));
  for (double r : {6.0, 7.0, 1e300}) {
    EXPECT_NEAR(at(r).first, 0.0, 1e-15);
    EXPECT_EQ(at(r).second, 0.0);
  }
  EXPECT_EQ(at(4.0).first, 0.5);
  for (double r = 2.0; r < 6.0; r += 0.01) {
    double const u = (r - 2.0) / 4.0;
    EXPECT_NEAR(at(r).first, 1 - 10 * u * u * u + 15 * u * u * u * u - 6 * u * u * u * u * u, 1e-14);
    EXPECT_LE(at(r + 0.01).first, at(r).first);
  }
}

/// Rows that lie side by side have the values of single ones, NaN that of the begin.
TEST(SwitchFunctionTest, InLanes) {
  SwitchFunction const f(2.0, 6.0, false);
  using L = Lanes<Kokkos::DefaultExecutionSpace, double>;
  std::vector<double> r = {0.0, 2.0, 3.7, 6.0, 9.0, NAN, INFINITY, -INFINITY};
  for (std::size_t first = 0; first + L::count <= r.size(); ++first) {
    typename L::Type w, slope;
    f(L::load(&r[first]), w, slope);
    for (int l = 0; l < L::count; ++l) {
      double w1, slope1;
      f(r[first + static_cast<std::size_t>(l)], w1, slope1);
      EXPECT_NEAR(L::at(w, l), w1, 1e-15);
      EXPECT_NEAR(L::at(slope, l), slope1, 1e-15);
      EXPECT_TRUE(w1 >= 0.0 && w1 <= 1.0);
    }
  }
  double w, slope;
  f(r[5], w, slope);
  EXPECT_EQ(w, 1.0);
}

TEST(SwitchFunctionTest, TwiceContinuouslyDifferentiable) {
  SwitchFunction const f(0.5, 6.0, false);
  auto const value = [&](double r) {
    double w, slope;
    f(r, w, slope);
    return w;
  };
  auto const slope = [&](double r) {
    double w, s;
    f(r, w, s);
    return s;
  };
  double const h = 1e-4;
  for (double r = 0.6013; r < 5.99; r += 0.0517)
    EXPECT_NEAR(slope(r),
                (8 * (value(r + h) - value(r - h)) - (value(r + 2 * h) - value(r - 2 * h))) / (12 * h),
                1e-10);
  for (double end : {0.5, 6.0}) {  // first and second derivative go to zero from both sides
    EXPECT_NEAR(slope(end + 1e-6), 0.0, 1e-10);
    EXPECT_NEAR(slope(end - 1e-6), 0.0, 1e-10);
    EXPECT_NEAR((slope(end + 1e-5) - slope(end - 1e-5)) / 2e-5, 0.0, 1e-4);
  }
}

TEST(SwitchFunctionTest, Float32Cutoffs) {
  SwitchFunction const f(0.1, 5.3, true), exact(0.1, 5.3, false);
  EXPECT_EQ(f.rmin, static_cast<double>(0.1f));
  EXPECT_EQ(f.rmax, static_cast<double>(5.3f));
  EXPECT_EQ(1.0 / f.inverse_width, static_cast<double>(5.3f - 0.1f));
  EXPECT_EQ(exact.rmin, 0.1);
  EXPECT_EQ(exact.rmax, 5.3);
  double w, slope, w_exact, slope_exact;
  f(2.0, w, slope);
  exact(2.0, w_exact, slope_exact);
  EXPECT_NEAR(w, w_exact, 1e-6);
  EXPECT_NE(w, w_exact);
}

/// Largest deviation of `multiply`(space, a, b, packed b, c) from a plain product of random matrices, in
/// units of k * epsilon.
template <class T, class Multiply>
double gemm_error(std::size_t m, std::size_t k, std::size_t n, Multiply const& multiply) {
  Kokkos::View<T**, Kokkos::LayoutRight, Space> const a("a", m, k), b("b", k, n), c("c", m, n);
  auto const ha = Kokkos::create_mirror_view(Kokkos::HostSpace(), a),
             hb = Kokkos::create_mirror_view(Kokkos::HostSpace(), b),
             hc = Kokkos::create_mirror_view(Kokkos::HostSpace(), c);
  std::mt19937 random(static_cast<unsigned>(m + 31 * k + 977 * n));
  std::uniform_real_distribution<double> number(-1.0, 1.0);
  for (std::size_t i = 0; i < a.size(); ++i) ha.data()[i] = static_cast<T>(number(random));
  for (std::size_t i = 0; i < b.size(); ++i) hb.data()[i] = static_cast<T>(number(random));
  for (std::size_t i = 0; i < c.size(); ++i)
    hc.data()[i] = std::numeric_limits<T>::quiet_NaN();  // must be overwritten
  Kokkos::deep_copy(a, ha);
  Kokkos::deep_copy(b, hb);
  Kokkos::deep_copy(c, hc);
  std::vector<double> flat;
  PackedMatrix<Space, T>::pack(flat, static_cast<int>(k), static_cast<int>(n),
                               [&](int i, int j) { return static_cast<double>(hb(i, j)); });
  auto const packed = to_space<T>(Space(), "packed", flat);
  multiply(Space(), Matrix<T const, Space>(a), Matrix<T const, Space>(b),
           PackedMatrix<Space, T>{packed.data(), static_cast<int>(k), static_cast<int>(n)},
           Matrix<T, Space>(c));
  Space().fence();
  Kokkos::deep_copy(hc, c);
  double largest = 0.0;
  for (std::size_t i = 0; i < m; ++i)
    for (std::size_t j = 0; j < n; ++j) {
      double sum = 0.0;
      for (std::size_t l = 0; l < k; ++l)
        sum += static_cast<double>(ha(i, l)) * static_cast<double>(hb(l, j));
      double const error = std::abs(static_cast<double>(hc(i, j)) - sum);
      largest = error <= largest ? largest : error;
      if (std::isnan(error)) return INFINITY;
    }
  return largest / (static_cast<double>(k) * static_cast<double>(std::numeric_limits<T>::epsilon()));
}

template <class T>
struct Halve {
  Matrix<T, Space> c;
  KOKKOS_FUNCTION void operator()(std::int64_t i) const { c.data()[i] *= T(0.5); }
};

/// Of products that are computed, then added to themselves, and halved.
template <class T, class Multiply>
double added_gemm_error(std::size_t m, std::size_t k, std::size_t n, Multiply const& multiply) {
  return gemm_error<T>(m, k, n, [&](Space const& space, auto a, auto b, auto packed, Matrix<T, Space> c) {
    for (bool add : {false, true}) multiply(space, a, b, packed, c, add);
    Kokkos::parallel_for(Kokkos::RangePolicy<Space>(space, 0, static_cast<std::int64_t>(c.size())),
                         Halve<T>{c});
  });
}

template <class T>
void check_gemm(std::size_t m, std::size_t k, std::size_t n) {
  SCOPED_TRACE(std::to_string(m) + " x " + std::to_string(k) + " x " + std::to_string(n));
  EXPECT_LT(gemm_error<T>(
                m, k, n,
                [](auto space, auto a, auto, auto packed, auto c) { gemm<Space, T>(space, a, packed, c); }),
            1.0);
  EXPECT_LT(added_gemm_error<T>(m, k, n,
                                [](auto space, auto a, auto b, auto, auto c, bool add) {
                                  backend::gemm_plain<1, Space, T, T>(space, a, b, c, T(1), add);
                                }),
            1.0);
  if constexpr (!multiplies_panels<Space>) {
    EXPECT_LT(added_gemm_error<T>(m, k, n,
                                  [](auto space, auto a, auto, auto packed, auto c, bool add) {
                                    if (add)
                                      gemm_add<Space, T>(space, a, packed, c);
                                    else
                                      gemm<Space, T>(space, a, packed, c);
                                  }),
              1.0);
  }
#ifdef DP_HAVE_KOKKOS_KERNELS
  EXPECT_LT(added_gemm_error<T>(m, k, n,
                                [](auto space, auto a, auto b, auto, auto c, bool add) {
                                  if (c.size() > 0)
                                    backend::gemm_kokkos_kernels<Space, T>(space, a, b, c, add);
                                }),
            1.0);
#endif
}

TYPED_TEST(Math, Gemm) {
  for (std::size_t m : {1, 2, 3, 4, 5, 7, 17, 64, 257})
    for (std::size_t k : {1, 2, 3, 25, 64})
      for (std::size_t n : {1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 50, 100}) check_gemm<TypeParam>(m, k, n);
}

TYPED_TEST(Math, GemmOfNothing) {
  check_gemm<TypeParam>(0, 3, 4);
  check_gemm<TypeParam>(3, 4, 0);
}

}  // namespace
}  // namespace dp::test
