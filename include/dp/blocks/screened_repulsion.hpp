// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <cstddef>
#include <dp/blocks/block.hpp>
#include <dp/core/buffer.hpp>
#include <dp/core/kernels.hpp>
#include <dp/kernels/screened_repulsion.hpp>
#include <dp/program/equivariant.hpp>
#include <dp/step/rows.hpp>
#include <dp/step/sum_over_atoms.hpp>
#include <vector>

namespace dp {

/// The repulsion of nuclei (eV), added to the outputs; always double. It stands directly behind a
/// neighbourhood whose rows others share, and adds its g to theirs.
template <class Space>
class NuclearRepulsion final : public Block<Space> {
 public:
  /// Copies what it needs to `space`. `rows`: of the neighbourhood.
  NuclearRepulsion(Space const& space, EquivariantTerm const& term, Slot<Rows<Space>> rows, Slots& slots)
      : m_ntypes(term.neighbours.ntypes), m_rows(rows), m_state(slots.add<State>()) {
    ScreenedRepulsion const& repulsion = *term.repulsion;
    std::vector<double> strength, rate, inverse_cutoff;
    for (double const z1 : repulsion.atomic_number)
      for (double const z2 : repulsion.atomic_number) {
        strength.push_back(repulsion.half_coulomb * z1 * z2);
        rate.push_back((std::pow(z1, 0.23) + std::pow(z2, 0.23)) / 0.46850);
        inverse_cutoff.push_back(1.0 / term.neighbours.pair_reach[inverse_cutoff.size()]);
      }
    m_strength = to_space<double>(space, "dp::NuclearRepulsion::strength", strength);
    m_rate = to_space<double>(space, "dp::NuclearRepulsion::rate", rate);
    m_inverse_cutoff = to_space<double>(space, "dp::NuclearRepulsion::cutoff", inverse_cutoff);
    m_repulsion = {m_strength, m_rate, m_inverse_cutoff, {repulsion.cutoff_exponent}};
  }

  bool forward(Space const& space, Step<Space> const& step, Tile<Space> const& tile,
               Arena& arena) const override {
    auto const& rows = arena[m_rows];
    auto& state = arena[m_state];
    auto const energy = state.energy.get(space, static_cast<std::size_t>(rows.atoms));
    Kokkos::parallel_for("dp::NuclearRepulsion::sum", detail::LightRange<Space>(space, 0, rows.atoms),
                         detail::SumRepulsions<Space>{rows, m_repulsion, m_ntypes * tile.type, energy});
    detail::add_energies(space, step, tile, energy, false, state.sums);
    return true;
  }

  void adjoint(Space const& space, Step<Space> const&, Tile<Space> const& tile, Arena& arena) const override {
    auto const& rows = arena[m_rows];
    Kokkos::parallel_for("dp::NuclearRepulsion::adjoint", detail::LightRange<Space>(space, 0, rows.atoms),
                         detail::RepulsionGradients<Space>{rows, m_repulsion, m_ntypes * tile.type});
  }

 private:
  struct State {
    Buffer<double, Space> energy{"dp::NuclearRepulsion::energy"};
    detail::SumMemory<Space> sums;

    std::size_t bytes() const { return energy.bytes() + sums.bytes(); }
  };

  int m_ntypes;
  Constants<double, Space> m_strength, m_rate, m_inverse_cutoff;
  detail::RepulsionOfPair<Space> m_repulsion;
  Slot<Rows<Space>> m_rows;
  Slot<State> m_state;
};

}  // namespace dp
