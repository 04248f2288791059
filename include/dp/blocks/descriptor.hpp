// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <dp/blocks/block.hpp>
#include <dp/blocks/neighbour_sums.hpp>
#include <dp/core/expect.hpp>
#include <dp/kernels/contractions.hpp>
#include <dp/kernels/folded_features.hpp>
#include <dp/program/network.hpp>
#include <utility>
#include <vector>

namespace dp {

/// The descriptor of a tile of atoms, in its columns of the fitting net's input: D_i = T_i T_i[axis]^T (SC20,
/// eq. 2), or T_i itself where there is no axis.
template <class Space, class Precision>
class Descriptor final : public Block<Space> {
 public:
  using T = typename Precision::Net;             ///< what is computed in
  using Sums = NeighbourSums<Space, T>;          ///< T_i
  using Input = FittingInput<Space, Precision>;  ///< of the fitting net

  /// `columns`: of the descriptor in the fitting net's input, per centre type; `sums`, `input`: where both
  /// are.
  Descriptor(Chain const& chain, std::vector<int> columns, Slot<Sums> sums, Slot<Input> input)
      : m_axis(chain.axis_neuron),
        m_columns(std::move(columns)),
        m_numbers(chain.sum_numbers()),
        m_dimension(chain.dimension()),
        m_sums(sums),
        m_input(input) {}

  bool forward(Space const& space, Step<Space> const&, Tile<Space> const& tile, Arena& arena) const override {
    Kokkos::Profiling::ScopedRegion region("dp::descriptor");
    auto const t = arena[m_sums].value;
    DP_EXPECT(t.extent(1) == static_cast<std::size_t>(m_numbers), "dp::Descriptor: expected sums of ",
              m_numbers, " numbers, found ", t.extent(1));
    DP_EXPECT_MATRIX("dp::Descriptor: sums", t, tile.atoms(), m_numbers);
    DP_EXPECT_MATRIX("dp::Descriptor: input", arena[m_input].x, tile.atoms(), column(tile) + m_dimension);
    auto const d = from_column(arena[m_input].x, column(tile));
    if (m_axis > 0)
      detail::symmetric_product<Space, T>(space, t, m_axis, d);
    else
      detail::copy_features<Space>(space, t, d);
    return true;
  }

  void adjoint(Space const& space, Step<Space> const&, Tile<Space> const& tile, Arena& arena) const override {
    Kokkos::Profiling::ScopedRegion region("dp::descriptor");
    auto& sums = arena[m_sums];
    DP_EXPECT_MATRIX("dp::Descriptor: dE/dx", arena[m_input].dx, tile.atoms(), column(tile) + m_dimension);
    auto const dd = from_column(arena[m_input].dx, column(tile));
    if (m_axis > 0)
      detail::symmetric_product_adjoint<Space, T>(space, sums.value, dd, m_axis, sums.reserve_adjoint(space));
    else
      sums.adjoint = dd;
  }

 private:
  int column(Tile<Space> const& tile) const { return m_columns[static_cast<std::size_t>(tile.type)]; }

  int m_axis;
  std::vector<int> m_columns;
  int m_numbers, m_dimension;  // numbers: of the sums of an atom
  Slot<Sums> m_sums;
  Slot<Input> m_input;
};

}  // namespace dp
