// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <dp/blocks/block.hpp>
#include <dp/core/buffer.hpp>
#include <dp/core/expect.hpp>
#include <dp/core/rows_in_lanes.hpp>
#include <dp/kernels/environment_row.hpp>
#include <dp/program/network.hpp>
#include <dp/step/rows.hpp>
#include <vector>

namespace dp {

/// The environment matrix of a tile (SC20, eq. 1): ~r = (s, s x/r, s y/r, s z/r), normalised, for each
/// neighbour. Always double.
template <class Space>
struct EnvironmentRows {
  Columns<double, Space> values;                                  ///< (rows x 4)
  Buffer<double, Space> memory{"dp::EnvironmentMatrix::values"};  ///< that holds them

  std::size_t bytes() const { return memory.bytes(); }  ///< memory held on `Space`
};

/// Where a chain's neighbours are.
template <class Space>
struct EnvironmentSlots {
  Slot<Rows<Space>> rows;               ///< their displacements
  Slot<EnvironmentRows<Space>> values;  ///< their rows ~r
};

/// From displacements to rows of the environment matrix, and from dE/d~r back to dE/d(displacement).
template <class Space>
class EnvironmentMatrix final : public Block<Space> {
 public:
  /// `rows`: of the chain's neighbourhood. `half`: dE/d~r may be NaN, for numbers beyond the range of Half;
  /// that is reported.
  EnvironmentMatrix(Chain const& chain, Slot<Rows<Space>> rows, bool half, Slots& slots)
      : m_row(chain),
        m_scales(detail::row_scales(chain)),
        m_half(half),
        m_rows(rows),
        m_values(slots.add<EnvironmentRows<Space>>()) {}

  Slot<EnvironmentRows<Space>> values() const { return m_values; }  ///< where ~r is

  bool forward(Space const& space, Step<Space> const&, Tile<Space> const& tile, Arena& arena) const override {
    Kokkos::Profiling::ScopedRegion region("dp::environment");
    auto const& rows = arena[m_rows];
    auto& out = arena[m_values];
    DP_EXPECT_MATRIX("dp::EnvironmentMatrix: displacements", rows.displacement, rows.count(), 3);
    out.values = out.memory.columns(space, static_cast<std::size_t>(rows.count()), 4);
    for_each_type(space, "dp::EnvironmentMatrix::rows", rows, [&](int t) {
      return detail::FillRows<Space>{rows.displacement, out.values, m_row, scale(tile, rows, t)};
    });
    return true;
  }

  void adjoint(Space const& space, Step<Space> const& step, Tile<Space> const& tile,
               Arena& arena) const override {
    Kokkos::Profiling::ScopedRegion region("dp::forces");
    auto const& rows = arena[m_rows];
    DP_EXPECT_MATRIX("dp::EnvironmentMatrix: dE/d~r", rows.gradient, rows.count(), 4);
    for_each_type(space, "dp::EnvironmentMatrix::adjoint", rows, [&](int t) {
      return detail::RowsAdjoint<Space>{rows.displacement, rows.gradient, m_row,  scale(tile, rows, t),
                                        rows.atom,         tile.centres,  m_half, step.report};
    });
  }

 private:
  detail::RowScale const& scale(Tile<Space> const& tile, Rows<Space> const& rows, int t) const {
    return m_scales[static_cast<std::size_t>(tile.type * rows.ntypes() + t)];
  }

  /// A kernel over the rows of each neighbour type.
  template <class Kernel>
  static void for_each_type(Space const& space, char const* label, Rows<Space> const& rows,
                            Kernel const& kernel) {
    for (int t = 0; t < rows.ntypes(); ++t) {
      auto const [begin, end] = rows.range(t);
      if (begin < end) detail::for_rows_in_lanes(space, label, begin, end, kernel(t));
    }
  }

  detail::EnvironmentRow m_row;
  std::vector<detail::RowScale> m_scales;  // (ntypes * ntypes)
  bool m_half;
  Slot<Rows<Space>> m_rows;
  Slot<EnvironmentRows<Space>> m_values;
};

}  // namespace dp
