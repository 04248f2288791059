// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <dp/blocks/basis_descriptor.hpp>
#include <dp/blocks/basis_embedding.hpp>
#include <dp/blocks/descriptor.hpp>
#include <dp/blocks/fused_embedding.hpp>
#include <dp/blocks/parameters.hpp>
#include <dp/core/kernels.hpp>
#include <dp/core/precision.hpp>
#include <dp/lower/add_energies.hpp>
#include <dp/lower/exact_program.hpp>
#include <dp/lower/fold.hpp>
#include <dp/lower/handover_program.hpp>
#include <dp/program/network.hpp>
#include <dp/program/terms.hpp>
#include <dp/schedule/program.hpp>
#include <memory>
#include <type_traits>
#include <vector>

namespace dp {

namespace detail {

/// The blocks of a network in low-rank bases up to what its fitting nets read.
template <class Precision, class Kernels, class Space>
FittedNetwork<Space, Precision> add_compressed(Space const& space, Network const& network,
                                               FoldedNets const& folded, bool all_neighbours,
                                               Program<Space>& program, Slots& slots) {
  using T = typename Precision::Net;
  auto const input =
      add<Parameters<Space, Precision>>(program, space, network.fitting, folded.layouts, slots).input();
  for (std::size_t c = 0; c < network.chains.size(); ++c) {
    Chain const& chain = network.chains[c];
    std::vector<int> const columns = columns_of(folded.layouts, c, &FittingLayout::chains);
    if (chain.mixes_neighbours()) {
      auto const sums =
          add_nets<Kernels, Precision>(space, network, chain, nullptr, all_neighbours, program, slots);
      add<Descriptor<Space, Precision>>(program, chain, columns, sums, input);
      continue;
    }
    Slot<NeighbourSums<Space, T>> sums;
    if constexpr (std::is_same_v<Kernels, Loops>) {
      auto const environment = add_environment<Kernels>(space, network, chain, all_neighbours,
                                                        is_mixed<Precision>, program, slots);
      sums =
          add<BasisEmbedding<Space, Precision>>(program, space, chain, folded.chains[c], environment, slots)
              .sums();
    } else {
      sums = add<FusedEmbedding<Space, Precision, Kernels>>(program, space, network, chain, folded.chains[c],
                                                            all_neighbours, slots)
                 .sums();
    }
    add<BasisDescriptor<Space, Precision, Kernels>>(
        program, space, chain, folded.chains[c], columns,
        columns_of(folded.layouts, c, &FittingLayout::single_chains), sums, input, slots);
  }
  return {folded.nets, folded.layouts, input, {}, folded.single_hidden};
}

}  // namespace detail

/// The embedding in a low-rank basis with the first fitting layer folded. For each network Parameters, and
/// for each of its chains Neighbourhood, EnvironmentMatrix and BasisEmbedding (with teams FusedEmbedding in
/// the place of the three) and BasisDescriptor, but the blocks of exact_program() for chains that mix
/// neighbours; then what exact_program() ends with. Tiles with neighbours nearer than the tables reach go
/// through handover_program(). `folded`: of each network the bases of all chains, K a multiple of
/// basis_multiple<T>, and the fitting nets that read their features; without them the network is exact. With
/// teams there must be no tables of pair energies. `all_neighbours`: also those beyond sel count. Throws
/// dp::Error for weights beyond the range of `Precision`.
template <class Space, class Precision, class Kernels = DefaultKernels<Space>>
Program<Space> compressed_program(Space const& space, Terms const& terms,
                                  std::vector<std::shared_ptr<FoldedNets const>> const& folded,
                                  bool all_neighbours) {
  Program<Space> program;
  Slots slots;
  std::vector<detail::FittedNetwork<Space, Precision>> fitted;
  for (std::size_t n = 0; n < terms.networks.size(); ++n) {
    Network const& network = terms.networks[n];
    fitted.push_back(folded[n] ? detail::add_compressed<Precision, Kernels>(space, network, *folded[n],
                                                                            all_neighbours, program, slots)
                               : detail::add_exact<Precision, Kernels>(space, network, all_neighbours, {},
                                                                       program, slots));
  }
  detail::add_energies<Space, Precision, Kernels>(space, terms, fitted, all_neighbours, program, slots);
  program.by_teams = !std::is_same_v<Kernels, Loops>;
  if (program.by_teams)
    program.tile_size = detail::tile_size_for_memory(program, terms.ntypes(), std::size_t(1) << 30, 64);
  else
    program.tile_size = detail::tile_size_for_cache<typename Precision::Net>(terms, folded);
  program.exact = [terms, folded, all_neighbours](Space const& where) {
    return handover_program<Space, Precision, Kernels>(where, terms, folded, all_neighbours);
  };
  return program;
}

}  // namespace dp
