// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/core/entries.hpp>
#include <dp/core/half.hpp>
#include <dp/model/embedding_table.hpp>
#include <limits>
#include <vector>

namespace dp {

namespace detail {

/// G(s) and dG/ds from a table.
template <class Space, class T, class Stored>
struct LookUpRows {
  struct Range {
    double begin, inverse_step, step;
    int first, last;  // rows of the table
  };
  Range below, fine, coarse;
  double end;                           // of the last row
  Vector<T const, Space> coefficients;  // (rows, 6, M)
  Strided1<double const, Space> s;
  Matrix<Stored, Space> value, derivative;  // derivative may be empty

  KOKKOS_FUNCTION void operator()(std::int64_t row, int from, int to) const {
    int const width = static_cast<int>(value.extent(1));
    double const at = Kokkos::fmin(Kokkos::fmax(s(row), below.begin), end);
    T const beyond = static_cast<T>(s(row) - at);
    Range const& range = at < fine.begin ? below : at < coarse.begin ? fine : coarse;
    double const u = (at - range.begin) * range.inverse_step;
    int const k = Kokkos::min(static_cast<int>(u), range.last - range.first);
    T const dx = static_cast<T>(at - (range.begin + k * range.step));
    T const* KOKKOS_RESTRICT const c =
        coefficients.data() + static_cast<std::int64_t>(range.first + k) * 6 * width;
    Stored* KOKKOS_RESTRICT const y = &value(row, 0);
    Stored* KOKKOS_RESTRICT const dy = derivative.data() ? &derivative(row, 0) : nullptr;
    for (int m = from; m < to; ++m) {
      T f = c[5 * width + m], df = 0;
      for (int d = 4; d >= 0; --d) {
        df = df * dx + f;
        f = f * dx + c[d * width + m];
      }
      y[m] = narrowed<Stored>(f + df * beyond);
      if (dy) dy[m] = narrowed<Stored>(df);
    }
  }
};

}  // namespace detail

/// An embedding net that is known by its table alone: G(s), and its derivative dG/ds.
template <class Space, class Precision>
class TabulatedEmbedding {
 public:
  using T = typename Precision::Net;          ///< what is computed in
  using Stored = typename Precision::Stored;  ///< what G is stored in; the table is in T

  /// Copies `table` to `space`.
  TabulatedEmbedding(Space const& space, EmbeddingTable const& table)
      : m_width(table.width), m_end(table.end()) {
    auto const rows = static_cast<int>(table.rows()), below = static_cast<int>(table.rows_below),
               fine = below + static_cast<int>(table.fine_rows());
    m_below = {table.begin(), 1.0 / table.coarse_step, table.coarse_step, 0, below - 1};
    m_fine = {table.lower, 1.0 / table.step, table.step, below, fine - 1};
    m_coarse = {table.upper, 1.0 / table.coarse_step, table.coarse_step, fine, rows - 1};
    if (fine == rows) m_coarse.begin = std::numeric_limits<double>::infinity();
    // Side by side the channels, not the powers: the loop over channels then runs over contiguous memory.
    auto const width = static_cast<std::size_t>(table.width);
    std::vector<double> by_power(table.data.size());
    for (std::size_t k = 0; k < table.rows(); ++k)
      for (std::size_t m = 0; m < width; ++m)
        for (std::size_t d = 0; d < 6; ++d)
          by_power[(k * 6 + d) * width + m] = table.data[(k * width + m) * 6 + d];
    m_coefficients = to_space<T>(space, "dp::TabulatedEmbedding::coefficients", by_power);
  }

  /// As EmbeddingNet::evaluate(); needs no scratch.
  void evaluate(Space const& space, Buffer<T, Space>&, Strided1<double const, Space> s,
                Matrix<Stored, Space> value, Matrix<Stored, Space> derivative) const {
    detail::for_each_row(space, "dp::TabulatedEmbedding::evaluate", static_cast<std::int64_t>(s.extent(0)),
                         m_width,
                         detail::LookUpRows<Space, T, Stored>{m_below, m_fine, m_coarse, m_end,
                                                              m_coefficients, s, value, derivative});
  }

 private:
  using Range = typename detail::LookUpRows<Space, T, Stored>::Range;

  int m_width;
  Range m_below, m_fine, m_coarse;
  double m_end;
  Constants<T, Space> m_coefficients;
};

}  // namespace dp
