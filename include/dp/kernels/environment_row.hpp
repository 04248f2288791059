// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <dp/core/lanes.hpp>
#include <dp/core/views.hpp>
#include <dp/math/switch_function.hpp>
#include <dp/program/network.hpp>
#include <dp/program/surroundings.hpp>
#include <dp/step/report.hpp>
#include <vector>

namespace dp::detail {

/// The statistics by which rows of one pair of types are normalised.
struct RowScale {
  double mean[4], inverse_stddev[4];
  int rowless;  // such neighbours are counted but have no rows
};

/// Of all pairs of types, centre * ntypes + neighbour.
inline std::vector<RowScale> row_scales(Chain const& chain) {
  std::vector<RowScale> scales(chain.mean.size());
  for (std::size_t pair = 0; pair < scales.size(); ++pair) {
    for (std::size_t c = 0; c < 4; ++c) {
      scales[pair].mean[c] = chain.mean[pair][c];
      scales[pair].inverse_stddev[c] = 1.0 / chain.stddev[pair][c];
    }
    scales[pair].rowless = chain.excluded[pair];
  }
  return scales;
}

/// w(r) of a chain.
inline SwitchFunction switch_of(Chain const& chain) {
  return SwitchFunction(chain.rcut_smth, chain.rcut, chain.float32_cutoffs);
}
/// The neighbours that a chain sees.
inline Surroundings surroundings_of(Network const& network, Chain const& chain) {
  return {network.ntypes(),
          std::max(chain.reach, switch_of(chain).rmax),
          chain.sel,
          chain.shared_sel(),
          network.pair_excluded,
          chain.excluded};
}

/// The row of the environment matrix (SC20, eq. 1) that a displacement d = r_j - r_i makes, and its adjoint.
/// With q = 1/(r + protection), s = w q and f = w q^2 it is (s, f x, f y, f z), normalised.
struct EnvironmentRow {
  SwitchFunction switch_function;  // w(r)
  double protection;
  int components;  // 4, or 1 for radial descriptors

  explicit EnvironmentRow(Chain const& chain)
      : switch_function(switch_of(chain)), protection(chain.protection), components(chain.components) {}

  /// ~r = ((s, f x, f y, f z) - mean) / stddev, zeros beyond the components; of as many rows as there are
  /// lanes.
  template <class L>
  KOKKOS_FORCEINLINE_FUNCTION void operator()(L, typename L::Type const (&d)[3], RowScale const& scale,
                                              typename L::Type (&value)[4]) const {
    using Number = typename L::Type;
    Number const r = L::sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]), q = 1.0 / (r + protection);
    Number w, slope;
    switch_function(r, w, slope);
    value[0] = (w * q - scale.mean[0]) * scale.inverse_stddev[0];
    for (int c = 1; c < 4; ++c)
      value[c] =
          components == 1 ? Number{} : (w * q * q * d[c - 1] - scale.mean[c]) * scale.inverse_stddev[c];
  }

  /// g = dE/dd from e = dE/d~r, in place (entries 0 to 2).
  template <class L>
  KOKKOS_FORCEINLINE_FUNCTION void adjoint(L, typename L::Type const (&d)[3], RowScale const& scale,
                                           typename L::Type (&e)[4]) const {
    using Number = typename L::Type;
    Number const r = L::sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]), q = 1.0 / (r + protection);
    Number w, slope;
    switch_function(r, w, slope);
    Number const ds = (slope - w * q) * q, f = w * q * q, df = (slope - 2.0 * w * q) * q * q;
    double const* const inverse = scale.inverse_stddev;
    Number const e0 = e[0] * inverse[0], e1 = e[1] * inverse[1], e2 = e[2] * inverse[2],
                 e3 = e[3] * inverse[3];
    Number const radial = (e0 * ds + (e1 * d[0] + e2 * d[1] + e3 * d[2]) * df) / r;
    e[0] = radial * d[0] + f * e1;
    e[1] = radial * d[1] + f * e2;
    e[2] = radial * d[2] + f * e3;
  }
};

/// The rows of one neighbour type.
template <class Space>
struct FillRows {
  Columns<double const, Space> displacement;
  Columns<double, Space> rows;
  EnvironmentRow row_of;
  RowScale scale;

  template <class L>
  KOKKOS_FORCEINLINE_FUNCTION void operator()(L lanes, std::int64_t row) const {
    typename L::Type d[3], value[4];
    for (int c = 0; c < 3; ++c) d[c] = L::load(&displacement(row, c));
    row_of(lanes, d, scale, value);
    for (int c = 0; c < row_of.components; ++c) L::store(&rows(row, c), value[c]);
  }
};

/// dE/d~r of the rows of one neighbour type becomes dE/dd, in place.
template <class Space>
struct RowsAdjoint {
  Columns<double const, Space> displacement;
  Columns<double, Space> gradient;
  EnvironmentRow row_of;
  RowScale scale;
  Vector<int const, Space> atom, centres;
  bool half;  // numbers may have been beyond the range of Half: they are NaN
  typename Report<Space>::Values report;

  template <class L>
  KOKKOS_FORCEINLINE_FUNCTION void operator()(L lanes, std::int64_t row) const {
    typename L::Type d[3], e[4];
    for (int c = 0; c < 3; ++c) d[c] = L::load(&displacement(row, c));
    for (int c = 0; c < 4; ++c) e[c] = L::load(&gradient(row, c));
    if (half) {
      auto const all = e[0] + e[1] + e[2] + e[3];
      for (int l = 0; l < L::count; ++l)
        if (!Kokkos::isfinite(L::at(all, l)))
          Report<Space>::report(report, Report<Space>::overflow, centres(atom(row + l)));
    }
    row_of.adjoint(lanes, d, scale, e);
    for (int c = 0; c < 3; ++c) L::store(&gradient(row, c), e[c]);
  }
};

}  // namespace dp::detail
