// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/half.hpp>
#include <dp/core/kernels.hpp>
#include <dp/core/lanes.hpp>
#include <dp/core/packed_matrix.hpp>
#include <dp/core/views.hpp>
#include <type_traits>
#include <utility>

namespace dp::backend {

namespace detail {

// Bytes of a register, since compilers keep wider vectors in memory, and rows of a block that fill the
// registers.
#if defined(__AVX512F__)
inline constexpr int register_bytes = 64, block_rows = 8;
#elif defined(__AVX__)
inline constexpr int register_bytes = 32, block_rows = 3;
#elif defined(__ARM_NEON)
inline constexpr int register_bytes = 16, block_rows = 3;
#else
inline constexpr int register_bytes = 16, block_rows = 1;
#endif

/// f(0), f(1) ... f(N - 1) with constants: what they index stays in registers from the start, whereas
/// compilers unroll loops only after they have put an array into memory.
template <int N, class F>
[[gnu::always_inline]] inline void unrolled(F const& f) {
  [&]<int... I>(std::integer_sequence<int, I...>) { (f(std::integral_constant<int, I>()), ...); }
  (std::make_integer_sequence<int, N>());
}

/// One work item computes `rows` x panel entries of C over all of k, in registers. The panel streams through
/// the cache once per block of rows; A is broadcast. Factors of 16 bits are widened on their way to the
/// registers.
template <class Space, class T, class Stored>
struct GemmPanel {
  static constexpr int rows = block_rows, columns = PackedMatrix<Space, Stored>::host_panel;
  static constexpr int lanes = register_bytes / static_cast<int>(sizeof(T)), vectors = columns / lanes;
  static constexpr bool mixed = !std::is_same_v<T, Stored>;

  // The compilers' portable vectors: plain loops over the same block are kept in registers by some and not by
  // others.
  using Lanes [[gnu::vector_size(lanes * sizeof(T)), gnu::aligned(alignof(T)), gnu::may_alias]] = T;
#ifdef __clang__  // takes vectors in arrays for aligned whatever their type says
  using Registers [[gnu::vector_size(lanes * sizeof(T))]] = T;
#else  // g++ 12 under AddressSanitizer does not align them to more than 32 bytes on the stack
  using Registers = Lanes;
#endif

  Matrix<Stored const, Space> a;
  PackedMatrix<Space, Stored> b;
  Matrix<T, Space> c;
  T factor;  // of mixed products
  std::int64_t row_blocks = (static_cast<std::int64_t>(c.extent(0)) + rows - 1) / rows;

  void operator()(std::int64_t item) const {
    auto const m0 = (item % row_blocks) * rows;
    auto const n0 = static_cast<int>(item / row_blocks) * columns;
    auto const left = static_cast<int>(Kokkos::min<std::int64_t>(rows, c.extent(0) - m0));
    // Of the last panel half may be padding.
    if (b.columns - n0 > columns / 2)
      rows_from<rows, vectors>(m0, n0, left);
    else
      rows_from<rows, vectors / 2>(m0, n0, left);
  }

 private:
  /// Blocks of Rows, then of fewer, until `left` rows are done: sizes are constants wherever it matters.
  template <int Rows, int Vectors>
  void rows_from(std::int64_t m0, int n0, int left) const {
    for (; left >= Rows; left -= Rows, m0 += Rows) block<Rows, Vectors>(m0, n0);
    if constexpr (Rows > 1) rows_from<Rows / 2, Vectors>(m0, n0, left);
  }

  /// With the first Vectors of the panel.
  template <int Rows, int Vectors>
  void block(std::int64_t m0, int n0) const {
    constexpr int most = Vectors * lanes;
    Registers sum[Rows][Vectors];
    unrolled<Rows * Vectors>([&](auto i) { sum[i / Vectors][i % Vectors] = Registers{}; });
    auto const depth = static_cast<std::int64_t>(a.extent(1));
    if constexpr (mixed)
      add_widened(&a(m0, 0), b.data + depth * n0, depth, sum);
    else
      add(&a(m0, 0), depth, b.data + depth * n0, depth, sum);
    int const width = Kokkos::min(most, b.columns - n0);
    unrolled<Rows>([&](auto i) {
      T edge[most];
      auto* const out = reinterpret_cast<Lanes*>(width == most ? &c(m0 + i, n0) : edge);
      unrolled<Vectors>([&](auto v) { out[v] = mixed ? factor * sum[i][v] : sum[i][v]; });
      if (width < most)
        for (int j = 0; j < width; ++j) c(m0 + i, n0 + j) = edge[j];
    });
  }

  /// The products of `depth` columns of A, of which consecutive rows lie `stride` apart.
  template <int Rows, int Vectors>
  [[gnu::always_inline]] static void add(T const* a0, std::int64_t stride, T const* b0, std::int64_t depth,
                                         Registers (&sum)[Rows][Vectors]) {
    auto const* panel = reinterpret_cast<Lanes const*>(b0);
    for (std::int64_t k = 0; k < depth; ++k, panel += vectors) {
      // Weights come from a far cache in every tile.
      for (int v = 0; v < Vectors; v += 64 / register_bytes) fetch_ahead(panel + v);
      unrolled<Vectors>([&](auto v) {
        Lanes const right = panel[v];
        unrolled<Rows>([&](auto i) { sum[i][v] += a0[i * stride + k] * right; });
      });
    }
  }

  template <int Rows, int Vectors>
  static void add_widened(Stored const* a0, Stored const* b0, std::int64_t depth,
                          Registers (&sum)[Rows][Vectors]) {
    constexpr int step = 64;
    T wide_a[Rows * step], wide_b[step * columns];
    for (std::int64_t k0 = 0; k0 < depth; k0 += step) {
      int const n = static_cast<int>(Kokkos::min<std::int64_t>(step, depth - k0));
      for (int i = 0; i < Rows; ++i)
        for (int k = 0; k < n; ++k) wide_a[i * step + k] = widened<T>(a0[i * depth + k0 + k]);
      for (int k = 0; k < n * columns; ++k) wide_b[k] = widened<T>(b0[k0 * columns + k]);
      add(wide_a, step, wide_b, n, sum);
    }
  }
};

}  // namespace detail

/// C = factor A B on host spaces; `factor` is 1 where Stored is T. With B packed once at set-up nothing is
/// copied in a step; for most sizes of these nets it is faster than OpenBLAS, runs on all threads of the
/// space, and needs no library (docs/performance.md).
template <class Space, class T, class Stored>
requires(is_host_space<Space>) void gemm_packed(Space const& space, Matrix<Stored const, Space> a,
                                                PackedMatrix<Space, Stored> const& b, Matrix<T, Space> c,
                                                T factor) {
  using Panel = detail::GemmPanel<Space, T, Stored>;
  Panel const panel{a, b, c, factor};
  Kokkos::parallel_for("dp::gemm[packed]",
                       dp::detail::LightRange<Space>(
                           space, 0, panel.row_blocks * ((b.columns + Panel::columns - 1) / Panel::columns)),
                       panel);
}

/// The same of one work item, of small matrices that are the item's own.
template <class Space, class T>
requires(is_host_space<Space>) void gemm_packed_within(Matrix<T const, Space> a,
                                                       PackedMatrix<Space, T> const& b, Matrix<T, Space> c) {
  using Panel = detail::GemmPanel<Space, T, T>;
  Panel const panel{a, b, c, T(1)};
  std::int64_t const items = panel.row_blocks * ((b.columns + Panel::columns - 1) / Panel::columns);
  for (std::int64_t item = 0; item < items; ++item) panel(item);
}

}  // namespace dp::backend
