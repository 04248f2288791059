// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <dp/blocks/block.hpp>
#include <dp/blocks/pair_energies.hpp>
#include <dp/core/buffer.hpp>
#include <dp/kernels/pair_energies.hpp>
#include <dp/program/terms.hpp>
#include <dp/step/atom_energies.hpp>
#include <dp/step/rows.hpp>
#include <dp/step/sum_over_atoms.hpp>

namespace dp {

/// Energies of nets and of a table, blended by how near the nearest neighbour is (see ZblSwitch), added to
/// the outputs. On the way back the g of table and switch, and what the nets' energies count.
template <class Space>
class NearBlend final : public Block<Space> {
 public:
  /// Copies what it needs to `space`. `rows`: of the table's neighbourhood; `near_rows`: of that which the
  /// switch looks at, which may be the same; neither has other blocks. `nets`: energies of the nets. `half`:
  /// these may be NaN, for numbers beyond the range of Half; that is reported.
  NearBlend(Space const& space, PairTerm const& table, NearSwitch const& near, Slot<Rows<Space>> rows,
            Slot<Rows<Space>> near_rows, Slot<AtomEnergies<Space>> nets, bool half, Slots& slots)
      : m_table(space, table),
        m_alpha(near.alpha),
        m_switch(near.inner, near.outer, false),
        m_half(half),
        m_rows(rows),
        m_near_rows(near_rows),
        m_nets(nets),
        m_state(slots.add<State>()) {}

  bool forward(Space const& space, Step<Space> const& step, Tile<Space> const& tile,
               Arena& arena) const override {
    Kokkos::Profiling::ScopedRegion region("dp::pairs");
    auto& state = arena[m_state];
    auto const atoms = static_cast<std::size_t>(tile.atoms());
    auto const& nets = arena[m_nets];
    auto const energy = state.energy.get(space, atoms);
    m_table.energies(space, step, tile, arena[m_rows], state.table.reserve(space, atoms));
    Kokkos::parallel_for("dp::NearBlend::energies", detail::LightRange<Space>(space, 0, tile.atoms()),
                         detail::BlendNear<Space>{arena[m_near_rows], m_alpha, m_switch, nets.value,
                                                  state.table.value, nets.adjoint, state.table.adjoint,
                                                  state.by_sigma.get(space, atoms), energy});
    detail::add_energies(space, step, tile, energy, m_half, state.sums);
    return true;
  }

  void adjoint(Space const& space, Step<Space> const&, Tile<Space> const& tile, Arena& arena) const override {
    Kokkos::Profiling::ScopedRegion region("dp::pairs");
    auto& state = arena[m_state];
    auto& near_rows = arena[m_near_rows];
    near_rows.reserve_gradient(space);
    Kokkos::parallel_for(
        "dp::NearBlend::gradients", detail::LightRange<Space>(space, 0, tile.atoms()),
        detail::NearGradients<Space>{near_rows, m_alpha,
                                     state.by_sigma.get(space, static_cast<std::size_t>(tile.atoms()))});
    auto& rows = arena[m_rows];
    bool const same = &rows == &near_rows;
    if (!same) rows.reserve_gradient(space);
    m_table.gradients(space, tile, rows, state.table.adjoint, same);
  }

  std::size_t bytes_per_atom(int, std::int64_t) const override { return 6 * sizeof(double); }

 private:
  struct State {
    AtomEnergies<Space> table;
    Buffer<double, Space> energy{"dp::NearBlend::energy"}, by_sigma{"dp::NearBlend::by_sigma"};
    detail::SumMemory<Space> sums;

    std::size_t bytes() const { return table.bytes() + energy.bytes() + by_sigma.bytes() + sums.bytes(); }
  };

  PairSums<Space> m_table;
  double m_alpha;
  SwitchFunction m_switch;
  bool m_half;
  Slot<Rows<Space>> m_rows, m_near_rows;
  Slot<AtomEnergies<Space>> m_nets;
  Slot<State> m_state;
};

}  // namespace dp
