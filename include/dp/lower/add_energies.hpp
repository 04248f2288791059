// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <dp/blocks/channel_vectors.hpp>
#include <dp/blocks/fitting_net.hpp>
#include <dp/blocks/near_blend.hpp>
#include <dp/blocks/neighbourhood.hpp>
#include <dp/blocks/pair_energies.hpp>
#include <dp/blocks/team_neighbourhood.hpp>
#include <dp/core/kernels.hpp>
#include <dp/core/precision.hpp>
#include <dp/lower/add_equivariant.hpp>
#include <dp/program/terms.hpp>
#include <dp/schedule/program.hpp>
#include <memory>
#include <optional>
#include <type_traits>
#include <vector>

namespace dp::detail {

/// The neighbourhood of a host, or of a device.
template <class Kernels, class Space>
using NeighbourhoodBy = std::conditional_t<std::is_same_v<Kernels, Loops>, Neighbourhood<Space>,
                                           TeamNeighbourhood<Space, Kernels>>;

/// What the fitting nets of a network read, and from where.
template <class Space, class Precision>
struct FittedNetwork {
  std::vector<std::shared_ptr<Net const>> nets;  ///< per centre type
  std::vector<FittingLayout> layouts;            ///< per centre type
  Slot<FittingInput<Space, Precision>> input;    ///< x
  Slot<VectorRows<Space>> vectors = {};          ///< of channels, where there are no energies
  bool single_hidden = false;                    ///< products of hidden layers are in float
};

/// The blocks that add to the outputs, which stand behind all that may say that a tile belongs to the exact
/// program: FittingNet of each network; for each table a neighbourhood and PairEnergies, or, where there is
/// a switch between nets and table, NearBlend with the neighbourhoods that both look at. Equivariant networks
/// come first.
template <class Space, class Precision, class Kernels>
void add_energies(Space const& space, Terms const& terms,
                  std::vector<FittedNetwork<Space, Precision>> const& fitted, bool all_neighbours,
                  Program<Space>& program, Slots& slots) {
  using Neighbours = NeighbourhoodBy<Kernels, Space>;
  for (EquivariantTerm const& term : terms.equivariant)
    add_equivariant<Space, Precision, Kernels>(space, term, program, slots);
  std::optional<Slot<AtomEnergies<Space>>> energies;
  if (terms.near) energies = slots.add<AtomEnergies<Space>>();
  for (std::size_t n = 0; n < fitted.size(); ++n)
    add<FittingNet<Space, Precision>>(program, space, terms.networks[n], fitted[n].nets, fitted[n].layouts,
                                      fitted[n].input, slots, fitted[n].single_hidden, energies);
  for (PairTerm const& table : terms.tables) {
    auto const rows = add<Neighbours>(program, space, table.neighbours, all_neighbours, slots).rows();
    if (!terms.near) {
      add<PairEnergies<Space>>(program, space, table, rows, slots);
      continue;
    }
    auto near_rows = rows;
    if (terms.near->neighbours)
      near_rows = add<Neighbours>(program, space, *terms.near->neighbours, all_neighbours, slots).rows();
    add<NearBlend<Space>>(program, space, table, *terms.near, rows, near_rows, *energies, is_mixed<Precision>,
                          slots);
  }
}

}  // namespace dp::detail
