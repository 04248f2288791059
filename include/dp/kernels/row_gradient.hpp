// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/half.hpp>
#include <dp/core/kernels.hpp>
#include <dp/core/lanes.hpp>
#include <dp/core/views.hpp>

namespace dp::detail {

/// dE/d~r of each row, the way through the embedding net (dG/ds) included in component 0.
template <class Space, class T, class Stored, int Components>
struct RowGradient {
  Matrix<Stored const, Space> g, dg;
  Columns<double const, Space> rows;
  Vector<int const, Space> atom;
  Matrix<T const, Space> dt;  // (atoms, components * M), dE/dT
  T scale;
  Columns<double, Space> gradient;  // (rows x 4)

  KOKKOS_FUNCTION void operator()(std::int64_t row) const {
    using Vector = Lanes<Space, T>;
    int const width = static_cast<int>(g.extent(1));
    typename Vector::Type direct[Components] = {}, through[Components] = {};
    int m = 0;
    for (; m + Vector::count <= width; m += Vector::count) add<Vector>(row, m, width, direct, through);
    T direct_sum[Components], through_sum[Components];
    for (int c = 0; c < Components; ++c) {
      direct_sum[c] = Vector::sum(direct[c]);
      through_sum[c] = Vector::sum(through[c]);
    }
    for (; m < width; ++m) add<Lanes<Space, T, false>>(row, m, width, direct_sum, through_sum);
    for (int c = 0; c < 4; ++c) gradient(row, c) = 0.0;
    for (int c = 0; c < Components; ++c) {
      if constexpr (Components == 1) {
        gradient(row, 0) = static_cast<double>(scale * through_sum[c]);
      } else {
        gradient(row, c) += static_cast<double>(scale * direct_sum[c]);
        gradient(row, 0) += static_cast<double>(scale * through_sum[c]) * rows(row, c);
      }
    }
  }

 private:
  template <class V>
  KOKKOS_FORCEINLINE_FUNCTION void add(std::int64_t row, int m, int width,
                                       typename V::Type (&direct)[Components],
                                       typename V::Type (&through)[Components]) const {
    Stored const* const g_row = &g(row, m);
    Stored const* const dg_row = &dg(row, m);
    fetch_ahead(g_row);
    fetch_ahead(dg_row);
    auto const value = V::load(g_row), slope = V::load(dg_row);
    for (int c = 0; c < Components; ++c) {
      auto const factor = V::load(&dt(atom(row), c * width + m));
      if constexpr (Components > 1) direct[c] += value * factor;
      through[c] += slope * factor;
    }
  }
};

/// dE/d~r of a row; the way through the functions of s or the channels of the net belongs to entry 0.
template <class T>
struct RowSums {
  T direct[4] = {}, through = 0;

  KOKKOS_INLINE_FUNCTION RowSums& operator+=(RowSums const& other) {
    for (int c = 0; c < 4; ++c) direct[c] += other.direct[c];
    through += other.through;
    return *this;
  }
};

/// RowGradient where threads are many: the threads of a vector share the channels of a row, so that
/// neighbouring threads read neighbouring channels; each thread of a team has a row.
template <class Space, class T, class Stored, int Components>
struct RowGradientByTeams {
  RowGradient<Space, T, Stored, Components> of;

  static constexpr int vector = 8;

  KOKKOS_FUNCTION void operator()(TeamMember<Space> const& team) const {
    std::int64_t const row = item_of(team);
    if (row >= static_cast<std::int64_t>(of.gradient.extent(0))) return;
    int const width = static_cast<int>(of.g.extent(1));
    std::int64_t const atom = of.atom(row);
    T along[Components];
    for (int c = 0; c < Components; ++c) along[c] = Components == 1 ? T(1) : static_cast<T>(of.rows(row, c));
    RowSums<T> sums;
    Kokkos::parallel_reduce(
        Kokkos::ThreadVectorRange(team, width),
        [&](int m, RowSums<T>& part) {
          T const value = widened<T>(of.g(row, m));
          T through = 0;
          for (int c = 0; c < Components; ++c) {
            T const factor = of.dt(atom, c * width + m);
            if constexpr (Components > 1) part.direct[c] += value * factor;
            through += along[c] * factor;
          }
          part.through += widened<T>(of.dg(row, m)) * through;
        },
        sums);
    Kokkos::single(Kokkos::PerThread(team), [&] {
      for (int c = 0; c < 4; ++c) of.gradient(row, c) = static_cast<double>(of.scale * sums.direct[c]);
      of.gradient(row, 0) += static_cast<double>(of.scale * sums.through);
    });
  }
};

}  // namespace dp::detail
