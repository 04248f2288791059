// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Core.hpp>
#include <cstddef>
#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/core/kernels.hpp>
#include <dp/core/views.hpp>
#include <dp/long_range/charge_sum.hpp>
#include <dp/long_range/mesh_tiles.hpp>
#include <dp/long_range/mesh_window.hpp>

namespace dp::detail {

/// The tile of each charge.
template <class Space>
struct TileOfCharge {
  MeshPoints<Space> mesh;
  MeshTiles tiles;
  Matrix<double const, Space> positions;
  Vector<int, Space> tile;

  KOKKOS_FUNCTION void operator()(std::int64_t i) const {
    int first[2];
    double inside;
    for (int k = 0; k < 2; ++k)
      first[k] = mesh.first(k, positions(i, 0), positions(i, 1), positions(i, 2), inside);
    tile(i) = tiles.tile(first[0], first[1]);
  }
};

/// Charges in the order of the tiles of a mesh, on hosts. Devices take them as they are.
template <class Space>
class ChargeOrder {
 public:
  void sort(Space const& space, MeshPoints<Space> const& mesh, Charges<Space> const& charges) {
    m_tiles = MeshTiles::of(mesh.n[0], mesh.n[1], mesh.points);
    if constexpr (is_host_space<Space>) {
      auto const n = charges.values.extent(0);
      auto const count = static_cast<std::size_t>(m_tiles.tiles());
      auto const tile = m_tile.get(space, n);
      m_begin_view = m_begin.get(space, count + 2);
      m_order_view = m_order.get(space, n);
      Kokkos::parallel_for("dp::ChargeOrder::tiles",
                           LightRange<Space>(space, 0, static_cast<std::int64_t>(n)),
                           TileOfCharge<Space>{mesh, m_tiles, charges.positions, tile});
      space.fence("dp::ChargeOrder: before counting");
      // A few nanoseconds a charge, by one thread. Begins are found one place too far, where the next pass
      // moves them from.
      for (std::size_t t = 0; t < count + 2; ++t) m_begin_view(t) = 0;
      for (std::size_t i = 0; i < n; ++i) ++m_begin_view(tile(i) + 2);
      for (std::size_t t = 2; t < count + 2; ++t) m_begin_view(t) += m_begin_view(t - 1);
      for (std::size_t i = 0; i < n; ++i) m_order_view(m_begin_view(tile(i) + 1)++) = static_cast<int>(i);
    }
  }

  MeshTiles const& tiles() const { return m_tiles; }
  /// Of each tile, into order(); one more than tiles.
  Vector<int const, Space> begin() const { return m_begin_view; }
  /// Numbers of charges; empty on devices.
  Vector<int const, Space> order() const { return m_order_view; }
  std::size_t bytes() const { return m_tile.bytes() + m_begin.bytes() + m_order.bytes(); }

 private:
  MeshTiles m_tiles{};
  Vector<int, Space> m_begin_view, m_order_view;
  Buffer<int, Space> m_tile{"dp::ChargeOrder::tile"}, m_begin{"dp::ChargeOrder::begin"},
      m_order{"dp::ChargeOrder::order"};
};

}  // namespace dp::detail
