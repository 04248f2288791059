// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// What a compressed model is made of: singular vectors, and tables of functions.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <dp/math/piecewise_quintic.hpp>
#include <dp/math/singular_vectors.hpp>
#include <numbers>
#include <random>
#include <vector>

namespace dp::test {
namespace {

/// (rows x columns) of random numbers between -1 and 1.
std::vector<double> random_matrix(std::size_t rows, std::size_t columns, unsigned seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> uniform(-1.0, 1.0);
  std::vector<double> a(rows * columns);
  for (double& x : a) x = uniform(random);
  return a;
}

/// Makes the columns orthonormal (rows >= columns), twice for full accuracy.
std::vector<double> orthonormal(std::vector<double> a, std::size_t rows, std::size_t columns) {
  for (int pass = 0; pass < 2; ++pass)
    for (std::size_t j = 0; j < columns; ++j) {
      for (std::size_t i = 0; i < j; ++i) {
        double overlap = 0.0;
        for (std::size_t r = 0; r < rows; ++r) overlap += a[r * columns + i] * a[r * columns + j];
        for (std::size_t r = 0; r < rows; ++r) a[r * columns + j] -= overlap * a[r * columns + i];
      }
      double norm2 = 0.0;
      for (std::size_t r = 0; r < rows; ++r) norm2 += a[r * columns + j] * a[r * columns + j];
      for (std::size_t r = 0; r < rows; ++r) a[r * columns + j] /= std::sqrt(norm2);
    }
  return a;
}

/// Largest deviation of V V^T from the identity; V has `n` columns.
double disorder(RightSingularVectors const& s, std::size_t n) {
  double largest = 0.0;
  for (std::size_t i = 0; i < s.values.size(); ++i)
    for (std::size_t j = 0; j < s.values.size(); ++j) {
      double sum = i == j ? -1.0 : 0.0;
      for (std::size_t k = 0; k < n; ++k) sum += s.vectors[i * n + k] * s.vectors[j * n + k];
      largest = std::max(largest, std::abs(sum));
    }
  return largest;
}

TEST(SingularVectors, DiagonalMatrix) {
  std::size_t const n = 5, rows = 9;
  double const values[n] = {0.5, -3.0, 0.0, 2.0, 1e-12};
  std::vector<double> a(rows * n, 0.0);
  for (std::size_t k = 0; k < n; ++k) a[k * n + k] = values[k];
  auto const s = right_singular_vectors(a, rows, n, 0.0);
  double const sorted[] = {3.0, 2.0, 0.5, 1e-12};
  std::size_t const place[] = {1, 3, 0, 4};
  ASSERT_EQ(s.values.size(), 4u);
  for (std::size_t k = 0; k < 4; ++k) {
    EXPECT_NEAR(s.values[k], sorted[k], 1e-15 * sorted[k]);
    EXPECT_NEAR(std::abs(s.vectors[k * n + place[k]]), 1.0, 1e-15);
  }
}

/// sqrt(5) and sqrt(45) for {{3, 0}, {4, 5}}, a textbook's example.
TEST(SingularVectors, TwoByTwo) {
  auto const s = right_singular_vectors({3, 0, 4, 5}, 2, 2, 0.0);
  EXPECT_NEAR(s.values[0], std::sqrt(45.0), 1e-14);
  EXPECT_NEAR(s.values[1], std::sqrt(5.0), 1e-14);
  double const h = std::numbers::sqrt2 / 2;
  EXPECT_NEAR(std::abs(s.vectors[0]), h, 1e-14);
  EXPECT_NEAR(std::abs(s.vectors[1]), h, 1e-14);
  EXPECT_LT(s.vectors[2] * s.vectors[3], 0.0);
}

/// U S V^T with chosen U, V and S: singular values to the rounding of the largest.
TEST(SingularVectors, KnownFactors) {
  std::size_t const rows = 300, n = 40;
  auto const u = orthonormal(random_matrix(rows, n, 1), rows, n),
             v = orthonormal(random_matrix(n, n, 2), n, n);
  std::vector<double> values(n), a(rows * n, 0.0);
  for (std::size_t k = 0; k < n; ++k) values[k] = std::pow(10.0, -0.25 * static_cast<double>(k));
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < n; ++c)
      for (std::size_t k = 0; k < n; ++k) a[r * n + c] += u[r * n + k] * values[k] * v[c * n + k];
  auto const s = right_singular_vectors(a, rows, n, 0.0);
  double error = 0.0, angle = 0.0;
  for (std::size_t k = 0; k < n; ++k) {
    error = std::max(error, std::abs(s.values[k] - values[k]));
    double overlap = 0.0;
    for (std::size_t c = 0; c < n; ++c) overlap += v[c * n + k] * s.vectors[k * n + c];
    angle = std::max(angle, std::abs(1.0 - std::abs(overlap)));
  }
  std::printf("singular values 1 ... 1e-9.75: largest error %.1e, |1 - overlap| of vectors %.1e\n", error,
              angle);
  EXPECT_LT(error, 1e-14);
  EXPECT_LT(angle, 1e-8);  // of the last, 1e-16 / (gap to its neighbour), squared
  EXPECT_LT(disorder(s, n), 1e-13);
}

TEST(SingularVectors, SmallOnesOfGradedColumnsHaveFullAccuracy) {
  std::size_t const rows = 120, n = 24;
  auto a = orthonormal(random_matrix(rows, n, 3), rows, n);
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < n; ++c) a[r * n + c] *= std::pow(10.0, -static_cast<double>(c));
  auto const s = right_singular_vectors(a, rows, n, 0.0);
  double largest = 0.0;
  for (std::size_t k = 0; k < n; ++k)
    largest = std::max(largest, std::abs(s.values[k] * std::pow(10.0, static_cast<double>(k)) - 1.0));
  std::printf("singular values 1 ... 1e-23 of graded columns: largest relative error %.1e\n", largest);
  EXPECT_LT(largest, 1e-12);
}

TEST(SingularVectors, SquareSingleAndZero) {
  auto const one = right_singular_vectors({3, 4}, 2, 1, 0.0);
  EXPECT_NEAR(one.values[0], 5.0, 1e-15);
  EXPECT_NEAR(std::abs(one.vectors[0]), 1.0, 1e-15);
  auto const zero = right_singular_vectors(std::vector<double>(12, 0.0), 4, 3, 0.0);
  EXPECT_TRUE(zero.values.empty());
  std::vector<double> equal(30 * 3);  // rank 1
  for (std::size_t r = 0; r < 30; ++r)
    for (std::size_t c = 0; c < 3; ++c) equal[3 * r + c] = static_cast<double>(r);
  auto const rank_one = right_singular_vectors(equal, 30, 3, 0.0);
  EXPECT_NEAR(rank_one.values[0], std::sqrt(3.0 * 8555.0), 1e-11);
  for (std::size_t k = 1; k < rank_one.values.size(); ++k) EXPECT_LT(rank_one.values[k], 1e-12);
  EXPECT_EQ(right_singular_vectors(equal, 30, 3, 1e-14).values.size(), 1u);
}

/// Two functions, exp(x) and sin(5 x), on -1 ... 2.
PiecewiseQuintic table(int intervals) {
  auto const x = PiecewiseQuintic::nodes(-1.0, 2.0, intervals);
  std::vector<double> values, slopes;
  for (double at : x) {
    values.insert(values.end(), {std::exp(at), std::sin(5 * at)});
    slopes.insert(slopes.end(), {std::exp(at), 5 * std::cos(5 * at)});
  }
  return {-1.0, 2.0, intervals, 2, values, slopes};
}

TEST(PiecewiseQuintic, ConvergesWithTheSixthOrder) {
  double before = 0.0, slope_before = 0.0;
  for (int intervals : {8, 16, 32, 64, 128}) {
    auto const t = table(intervals);
    double error = 0.0, slope_error = 0.0;
    for (int k = 0; k <= 5000; ++k) {
      double const x = -1.0 + 3.0 * k / 5000;
      auto const [value, slope] = t.evaluate(x, 1);
      error = std::max(error, std::abs(value - std::sin(5 * x)));
      slope_error = std::max(slope_error, std::abs(slope - 5 * std::cos(5 * x)));
    }
    std::printf("%d intervals: error %.1e, of the slope %.1e\n", intervals, error, slope_error);
    if (before > 0.0) {
      EXPECT_GT(before / error, 50.0);
      EXPECT_GT(slope_before / slope_error, 25.0);
    }
    before = error;
    slope_before = slope_error;
  }
}

/// Any polynomial of degree five is its own table.
TEST(PiecewiseQuintic, ExactForQuintics) {
  auto const p = [](double x) { return 1 + x * (2 + x * (-3 + x * (0.5 + x * (4 - 2 * x)))); };
  auto const dp = [](double x) { return 2 + x * (-6 + x * (1.5 + x * (16 - 10 * x))); };
  for (int intervals : {1, 3}) {
    std::vector<double> values, slopes;
    for (double x : PiecewiseQuintic::nodes(-0.5, 1.0, intervals)) {
      values.push_back(p(x));
      slopes.push_back(dp(x));
    }
    PiecewiseQuintic const t(-0.5, 1.0, intervals, 1, values, slopes);
    for (double x : {-0.9, -0.5, -0.2, 0.0, 0.31, 0.5, 0.77, 1.0, 1.2}) {  // also a little outside
      auto const [value, slope] = t.evaluate(x, 0);
      EXPECT_NEAR(value, p(x), 2e-13) << x;
      EXPECT_NEAR(slope, dp(x), 2e-12) << x;
    }
  }
}

TEST(PiecewiseQuintic, ValueAndSlopeAreContinuousAtBorders) {
  int const intervals = 7;
  auto const t = table(intervals);
  for (int i = 1; i < intervals; ++i)
    for (int k : {0, 1}) {
      double const x = -1.0 + 3.0 * i / intervals, h = 1e-13;
      auto const below = t.evaluate(x - h, k), above = t.evaluate(x + h, k);
      EXPECT_NEAR(below[0], above[0], 5e-12) << "border " << i;
      EXPECT_NEAR(below[1], above[1], 5e-10) << "border " << i;
      // and they are those of the function, which is given there
      EXPECT_NEAR(above[0], k ? std::sin(5 * x) : std::exp(x), 5e-12);
      EXPECT_NEAR(above[1], k ? 5 * std::cos(5 * x) : std::exp(x), 5e-10);
    }
}

/// Even where the table is coarse and wrong: the slope is that of the table, not of the function.
TEST(PiecewiseQuintic, SlopeIsTheDerivativeOfTheTable) {
  auto const t = table(3);
  double largest = 0.0, from_function = 0.0;
  for (double x = -0.96; x < 1.96; x += 0.0137) {
    double const h = 1e-3;
    if (std::floor(x - 3 * h) != std::floor(x + 3 * h)) continue;  // the second derivative jumps at borders
    auto const at = [&](int steps) { return t.evaluate(x + steps * h, 1)[0]; };
    double const slope =
        (45 * (at(1) - at(-1)) - 9 * (at(2) - at(-2)) + (at(3) - at(-3))) / (60 * h);  // exact for quintics
    largest = std::max(largest, std::abs(slope - t.evaluate(x, 1)[1]));
    from_function = std::max(from_function, std::abs(5 * std::cos(5 * x) - t.evaluate(x, 1)[1]));
  }
  std::printf("slope against differences of the table %.1e, against the function %.1e\n", largest,
              from_function);
  EXPECT_LT(largest, 1e-11);
  EXPECT_GT(from_function, 1e-2);
}

}  // namespace
}  // namespace dp::test
