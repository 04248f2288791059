// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <dp/blocks/block.hpp>
#include <dp/core/buffer.hpp>
#include <dp/core/kernels.hpp>
#include <dp/kernels/edge_columns.hpp>
#include <dp/program/equivariant.hpp>
#include <dp/step/edge_numbers.hpp>
#include <dp/step/rows.hpp>
#include <dp/step/sum_over_atoms.hpp>
#include <vector>

namespace dp {

/// The energies of atoms (eV) from those of their edges, summed in double and added to the outputs. The way
/// back begins here.
template <class Space, class T>
class EdgeEnergies final : public Block<Space> {
 public:
  using Numbers = EdgeNumbers<Space, T>;  ///< what is read

  /// Copies what it needs to `space`. `edge_energy`: of edges, not yet scaled.
  EdgeEnergies(Space const& space, EquivariantTerm const& term, Slot<Rows<Space>> rows,
               Slot<Numbers> edge_energy, Slots& slots)
      : m_ntypes(term.neighbours.ntypes),
        m_factor(to_space<double>(space, "dp::EdgeEnergies::factor", term.factor)),
        m_bias(term.bias),
        m_rows(rows),
        m_edge_energy(edge_energy),
        m_state(slots.add<State>()) {}

  bool forward(Space const& space, Step<Space> const& step, Tile<Space> const& tile,
               Arena& arena) const override {
    auto const& rows = arena[m_rows];
    auto& state = arena[m_state];
    auto const energy = state.energy.get(space, static_cast<std::size_t>(rows.atoms));
    Kokkos::parallel_for(
        "dp::EdgeEnergies::sum", detail::LightRange<Space>(space, 0, rows.atoms),
        detail::SumEdgeEnergies<Space, T>{rows, arena[m_edge_energy].value, m_factor, m_ntypes * tile.type,
                                          m_bias[static_cast<std::size_t>(tile.type)], energy});
    detail::add_energies(space, step, tile, energy, false, state.sums);
    return true;
  }

  void adjoint(Space const& space, Step<Space> const&, Tile<Space> const& tile, Arena& arena) const override {
    auto const& rows = arena[m_rows];
    Kokkos::parallel_for("dp::EdgeEnergies::adjoint", detail::LightRange<Space>(space, 0, rows.atoms),
                         detail::EdgeEnergiesAdjoint<Space, T>{rows, m_factor, m_ntypes * tile.type,
                                                               arena[m_edge_energy].adjoint});
  }

 private:
  struct State {
    Buffer<double, Space> energy{"dp::EdgeEnergies::energy"};
    detail::SumMemory<Space> sums;

    std::size_t bytes() const { return energy.bytes() + sums.bytes(); }
  };

  int m_ntypes;
  Constants<double, Space> m_factor;
  std::vector<double> m_bias;
  Slot<Rows<Space>> m_rows;
  Slot<Numbers> m_edge_energy;
  Slot<State> m_state;
};

}  // namespace dp
