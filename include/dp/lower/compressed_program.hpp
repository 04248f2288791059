// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/blocks/basis_descriptor.hpp>
#include <dp/blocks/basis_embedding.hpp>
#include <dp/blocks/fitting_net.hpp>
#include <dp/blocks/fused_embedding.hpp>
#include <dp/blocks/parameters.hpp>
#include <dp/core/kernels.hpp>
#include <dp/core/precision.hpp>
#include <dp/lower/exact_program.hpp>
#include <dp/lower/fold.hpp>
#include <dp/program/network.hpp>
#include <dp/schedule/program.hpp>
#include <type_traits>
#include <vector>

namespace dp {

/// The embedding in a low-rank basis with the first fitting layer folded: Parameters; for each chain
/// Neighbourhood, EnvironmentMatrix and BasisEmbedding (with teams FusedEmbedding in the place of the three)
/// and BasisDescriptor; FittingNet. Tiles with neighbours nearer than the tables reach go through the exact
/// nets, blended in smoothly (see Handover). `folded`: bases of all chains, K a multiple of
/// basis_multiple<T>, and the fitting nets that read their features. `all_neighbours`: also those beyond sel
/// count. Throws dp::Error for weights beyond the range of `Precision`.
template <class Space, class Precision, class Kernels = DefaultKernels<Space>>
Program<Space> compressed_program(Space const& space, Network const& network, FoldedNets const& folded,
                                  bool all_neighbours) {
  using T = typename Precision::Net;
  Program<Space> program;
  Slots slots;
  auto const input =
      detail::add<Parameters<Space, Precision>>(program, space, network.fitting, folded.layouts, slots)
          .input();
  for (std::size_t c = 0; c < network.chains.size(); ++c) {
    Chain const& chain = network.chains[c];
    Slot<NeighbourSums<Space, T>> sums;
    if constexpr (std::is_same_v<Kernels, Loops>) {
      auto const environment = detail::add_environment<Kernels>(space, network, chain, all_neighbours,
                                                                is_mixed<Precision>, program, slots);
      sums = detail::add<BasisEmbedding<Space, Precision>>(program, space, chain, folded.chains[c],
                                                           environment, slots)
                 .sums();
    } else {
      sums = detail::add<FusedEmbedding<Space, Precision, Kernels>>(program, space, network, chain,
                                                                    folded.chains[c], all_neighbours, slots)
                 .sums();
    }
    std::vector<int> columns;
    for (auto const& layout : folded.layouts) columns.push_back(layout.chains[c]);
    detail::add<BasisDescriptor<Space, Precision, Kernels>>(program, space, chain, folded.chains[c], columns,
                                                            sums, input, slots);
  }
  detail::add<FittingNet<Space, Precision>>(program, space, network, folded.nets, folded.layouts, input,
                                            slots);
  program.by_teams = !std::is_same_v<Kernels, Loops>;
  if (program.by_teams)
    program.tile_size = detail::tile_size_for_memory(program, network.ntypes(), std::size_t(1) << 30, 64);
  else
    program.tile_size = [](std::int64_t) { return std::int64_t(64); };  // for long products
  program.exact = [network, basis = folded.chains, all_neighbours](Space const& where) {
    return exact_program<Space, Precision, Kernels>(where, network, all_neighbours, basis);
  };
  return program;
}

}  // namespace dp
