// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <dp/blocks/block.hpp>
#include <dp/core/buffer.hpp>
#include <dp/core/expect.hpp>
#include <dp/kernels/pair_energies.hpp>
#include <dp/program/terms.hpp>
#include <dp/step/rows.hpp>
#include <dp/step/sum_over_atoms.hpp>
#include <vector>

namespace dp {

/// The energies of pairs on the execution space, for blocks that sum them over rows. Always double.
template <class Space>
class PairSums {
 public:
  /// Copies what it needs to `space`.
  PairSums(Space const& space, PairTerm const& table)
      : m_coefficients(to_space<double>(space, "dp::PairSums::coefficients", table.coefficients)),
        m_pair_energy{table.first, 1.0 / table.spacing, table.intervals, m_coefficients},
        m_ntypes(table.neighbours.ntypes),
        m_bias(table.bias) {}

  /// energy (atoms): of the tile's atoms, bias included.
  void energies(Space const& space, Step<Space> const& step, Tile<Space> const& tile, Rows<Space> const& rows,
                Vector<double, Space> energy) const {
    DP_EXPECT_MATRIX("dp::PairSums: displacements", rows.displacement, rows.count(), 3);
    Kokkos::parallel_for("dp::PairSums::energies", detail::LightRange<Space>(space, 0, rows.atoms),
                         detail::SumPairEnergies<Space>{rows, m_pair_energy, m_ntypes * tile.type,
                                                        m_bias[static_cast<std::size_t>(tile.type)],
                                                        tile.centres, step.report, energy});
  }

  /// g of the rows, written or added; `adjoint`: dE/denergy of each atom, or empty for 1.
  void gradients(Space const& space, Tile<Space> const& tile, Rows<Space> const& rows,
                 Vector<double const, Space> adjoint, bool add) const {
    DP_EXPECT_MATRIX("dp::PairSums: g", rows.gradient, rows.count(), 3);
    Kokkos::parallel_for(
        "dp::PairSums::gradients", detail::LightRange<Space>(space, 0, rows.atoms),
        detail::PairGradients<Space>{rows, m_pair_energy, m_ntypes * tile.type, adjoint, add});
  }

 private:
  Constants<double, Space> m_coefficients;
  detail::PairEnergy<Space> m_pair_energy;
  int m_ntypes;
  std::vector<double> m_bias;
};

/// The energies of pairs (eV), added to the outputs, and their g. Stands with its own neighbourhood behind
/// all blocks that may say that a tile belongs to the exact program.
template <class Space>
class PairEnergies final : public Block<Space> {
 public:
  /// Copies what it needs to `space`. `rows`: of the neighbourhood, which has no other block.
  PairEnergies(Space const& space, PairTerm const& table, Slot<Rows<Space>> rows, Slots& slots)
      : m_sums(space, table), m_rows(rows), m_state(slots.add<State>()) {}

  bool forward(Space const& space, Step<Space> const& step, Tile<Space> const& tile,
               Arena& arena) const override {
    Kokkos::Profiling::ScopedRegion region("dp::pairs");
    auto& state = arena[m_state];
    auto const energy = state.energy.get(space, static_cast<std::size_t>(tile.atoms()));
    m_sums.energies(space, step, tile, arena[m_rows], energy);
    detail::add_energies(space, step, tile, energy, false, state.sums);
    return true;
  }

  void adjoint(Space const& space, Step<Space> const&, Tile<Space> const& tile, Arena& arena) const override {
    Kokkos::Profiling::ScopedRegion region("dp::pairs");
    auto& rows = arena[m_rows];
    rows.reserve_gradient(space);
    m_sums.gradients(space, tile, rows, {}, false);
  }

  std::size_t bytes_per_atom(int, std::int64_t) const override { return sizeof(double); }

 private:
  struct State {
    Buffer<double, Space> energy{"dp::PairEnergies::energy"};
    detail::SumMemory<Space> sums;

    std::size_t bytes() const { return energy.bytes() + sums.bytes(); }
  };

  PairSums<Space> m_sums;
  Slot<Rows<Space>> m_rows;
  Slot<State> m_state;
};

}  // namespace dp
