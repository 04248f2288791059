// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/error.hpp>
#include <string>

/// What a block expects of what others hand it, checked on the host in builds for debugging: where NDEBUG is
/// not defined, or DP_EXPECT_CHECKS is. If `condition` is false, throws dp::Error with the concatenation of
/// the other arguments, which name the block and what was expected. Elsewhere nothing is evaluated.
#if defined(DP_EXPECT_CHECKS) || !defined(NDEBUG)
#define DP_EXPECT(condition, ...) ((condition) ? static_cast<void>(0) : ::dp::fail(__VA_ARGS__))
#else
#define DP_EXPECT(condition, ...) static_cast<void>(sizeof((condition) ? 1 : 2))
#endif

namespace dp::detail {

/// Whether a matrix has so many rows, and no fewer columns.
template <class Matrix>
bool fits(Matrix const& matrix, std::int64_t rows, std::int64_t columns) {
  return static_cast<std::int64_t>(matrix.extent(0)) == rows &&
         static_cast<std::int64_t>(matrix.extent(1)) >= columns;
}

/// ": expected (rows x columns), found (rows x columns)", the latter of `matrix`.
template <class Matrix>
std::string expected_extents(Matrix const& matrix, std::int64_t rows, std::int64_t columns) {
  auto const extents = [](auto m, auto n) {
    return " (" + std::to_string(m) + " x " + std::to_string(n) + ')';
  };
  return ": expected" + extents(rows, columns) + ", found" + extents(matrix.extent(0), matrix.extent(1));
}

}  // namespace dp::detail

/// DP_EXPECT that a matrix has so many rows, and no fewer columns; `what`: the block and what it reads.
#define DP_EXPECT_MATRIX(what, matrix, rows, columns)        \
  DP_EXPECT(::dp::detail::fits(matrix, rows, columns), what, \
            ::dp::detail::expected_extents(matrix, rows, columns))
