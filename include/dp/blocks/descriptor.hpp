// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/blocks/block.hpp>
#include <dp/blocks/neighbour_sums.hpp>
#include <dp/kernels/contractions.hpp>
#include <dp/kernels/folded_features.hpp>
#include <dp/program/network.hpp>

namespace dp {

/// The descriptor of a tile of atoms, in its columns of the fitting net's input: D_i = T_i T_i[axis]^T (SC20,
/// eq. 2), or T_i itself where there is no axis.
template <class Space, class Precision>
class Descriptor final : public Block<Space> {
 public:
  using T = typename Precision::Net;             ///< what is computed in
  using Sums = NeighbourSums<Space, T>;          ///< T_i
  using Input = FittingInput<Space, Precision>;  ///< of the fitting net

  /// `sums`, `input`: where both are.
  Descriptor(Chain const& chain, Slot<Sums> sums, Slot<Input> input)
      : m_axis(chain.axis_neuron), m_column(chain.column), m_sums(sums), m_input(input) {}

  bool forward(Space const& space, Step<Space> const&, Tile<Space> const&, Arena& arena) const override {
    Kokkos::Profiling::ScopedRegion region("dp::descriptor");
    auto const t = arena[m_sums].value;
    auto const d = from_column(arena[m_input].x, m_column);
    if (m_axis > 0)
      detail::symmetric_product<Space, T>(space, t, m_axis, d);
    else
      detail::copy_features<Space>(space, t, d);
    return true;
  }

  void adjoint(Space const& space, Step<Space> const&, Tile<Space> const&, Arena& arena) const override {
    Kokkos::Profiling::ScopedRegion region("dp::descriptor");
    auto& sums = arena[m_sums];
    auto const dd = from_column(arena[m_input].dx, m_column);
    if (m_axis > 0)
      detail::symmetric_product_adjoint<Space, T>(space, sums.value, dd, m_axis, sums.reserve_adjoint(space));
    else
      sums.adjoint = dd;
  }

 private:
  int m_axis, m_column;
  Slot<Sums> m_sums;
  Slot<Input> m_input;
};

}  // namespace dp
