// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <dp/blocks/basis_descriptor.hpp>
#include <dp/blocks/basis_embedding.hpp>
#include <dp/blocks/descriptor.hpp>
#include <dp/blocks/parameters.hpp>
#include <dp/lower/add_energies.hpp>
#include <dp/lower/exact_program.hpp>
#include <dp/lower/fold.hpp>
#include <dp/nets/handover.hpp>
#include <dp/program/bases.hpp>
#include <dp/program/network.hpp>
#include <dp/program/terms.hpp>
#include <dp/schedule/program.hpp>
#include <memory>
#include <utility>
#include <vector>

namespace dp {

namespace detail {

/// The fitting nets of the hand-over, which read, side by side, the model's descriptor, with T of the blended
/// G: W; D of the basis alone: -W; the features: V; and parameters. Chains that mix neighbours have no basis.
struct HandoverNets {
  std::vector<std::shared_ptr<Net const>> nets;  ///< per centre type
  std::vector<FittingLayout> layouts;            ///< per centre type; chains: the features
  std::vector<int> basis_columns;                ///< where D of the basis of each chain begins

  HandoverNets(Network const& network, FoldedNets const& folded) : layouts(plain_layouts(network)) {
    int end = network.fitting.dimension;
    for (auto const& chain : network.chains) {
      basis_columns.push_back(end);
      if (!chain.mixes_neighbours()) end += chain.dimension();
    }
    for (std::size_t type = 0; type < layouts.size(); ++type) {
      FittingLayout const& of_features = folded.layouts[type];
      FittingLayout& layout = layouts[type];
      Net net = *network.fitting.nets[type];
      Layer& first = net.layers.front();
      std::vector<double> const model = std::move(first.weight);
      first.weight.clear();
      std::vector<double> const& folded_weight = folded.nets[type]->layers.front().weight;
      auto const append = [&](std::vector<double> const& from, int row, int rows, double sign) {
        for (auto k = static_cast<std::ptrdiff_t>(row) * first.outputs;
             k < static_cast<std::ptrdiff_t>(row + rows) * first.outputs; ++k)
          first.weight.push_back(sign * from[static_cast<std::size_t>(k)]);
      };
      append(model, 0, network.fitting.dimension, 1.0);
      for (auto const& chain : network.chains)
        if (!chain.mixes_neighbours()) append(model, chain.column, chain.dimension(), -1.0);
      layout.columns = end;
      for (std::size_t c = 0; c < network.chains.size(); ++c) {
        CentreBasis const& centre = folded.chains[c].centres[type];
        layout.chains[c] = layout.columns;
        if (network.chains[c].mixes_neighbours()) continue;
        layout.columns += centre.dimension - centre.single;
        append(folded_weight, of_features.chains[c], centre.dimension - centre.single, 1.0);
      }
      int const parameters = first.inputs - network.fitting.dimension;
      layout.parameters = layout.columns;
      layout.columns += parameters;
      for (int& constant : layout.constant_columns)  // behind the parameters
        if (constant >= network.fitting.dimension) constant += layout.parameters - network.fitting.dimension;
      append(model, network.fitting.dimension, parameters, 1.0);
      append(folded_weight, of_features.columns, of_features.single, 1.0);
      layout.single = of_features.single;
      layout.single_chains = of_features.single_chains;
      first.inputs = layout.columns + layout.single;
      nets.push_back(std::make_shared<Net const>(std::move(net)));
    }
  }
};

/// D in the place of the features of all centre types.
inline ChainBasis without_features(Chain const& chain, ChainBasis basis) {
  for (auto& centre : basis.centres) {
    centre.features = Features::full;
    centre.dimension = chain.dimension();
    centre.single = 0;
  }
  return basis;
}

/// The blocks of a network up to what the nets of the hand-over read.
template <class Precision, class Kernels, class Space>
FittedNetwork<Space, Precision> add_handover(Space const& space, Network const& network,
                                             FoldedNets const& folded, bool all_neighbours,
                                             Program<Space>& program, Slots& slots) {
  using T = typename Precision::Net;
  auto const& nets = network.fitting.nets;
  if (std::any_of(nets.begin(), nets.end(),
                  [](auto const& net) { return net->layers.front().skip != Skip::none; }))  // no features
    return add_exact<Precision, Kernels>(space, network, all_neighbours, folded.chains, program, slots);
  HandoverNets const wide(network, folded);
  auto const input =
      add<Parameters<Space, Precision>>(program, space, network.fitting, wide.layouts, slots).input();
  for (std::size_t c = 0; c < network.chains.size(); ++c) {
    Chain const& chain = network.chains[c];
    auto const add_model = [&](std::shared_ptr<Handover<Space, T> const> const& handover) {
      auto const sums =
          add_nets<Kernels, Precision>(space, network, chain, handover, all_neighbours, program, slots);
      add<Descriptor<Space, Precision>>(program, chain, std::vector<int>(nets.size(), chain.column), sums,
                                        input);
    };
    if (chain.mixes_neighbours()) {
      add_model(nullptr);
      continue;
    }
    auto const add_basis = [&](ChainBasis const& basis, std::vector<int> const& columns) {
      auto const environment = add_environment<Kernels>(space, network, chain, all_neighbours,
                                                        is_mixed<Precision>, program, slots);
      auto const sums =
          add<BasisEmbedding<Space, Precision>>(program, space, chain, basis, environment, slots, true)
              .sums();
      add<BasisDescriptor<Space, Precision, Kernels>>(
          program, space, chain, basis, columns, columns_of(wide.layouts, c, &FittingLayout::single_chains),
          sums, input, slots);
    };
    add_basis(folded.chains[c], columns_of(wide.layouts, c, &FittingLayout::chains));
    add_basis(without_features(chain, folded.chains[c]),
              std::vector<int>(wide.layouts.size(), wide.basis_columns[c]));
    add_model(std::make_shared<Handover<Space, T> const>(space, folded.chains[c].bases));
  }
  return {wide.nets, wide.layouts, input, {}, folded.single_hidden};
}

}  // namespace detail

/// What compressed_program() hands tiles over to that have near neighbours: the exact nets, blended into the
/// basis (see Handover), with what features leave out of a descriptor left out of the basis' part of it
/// alone: z = W^T D(T) + V^T F(A) - W^T D(C A), where functions of near neighbours come times 1 - chi in A.
/// Without near neighbours T is C A and z is what compressed_program() has, so neither energies nor forces
/// step.
template <class Space, class Precision, class Kernels>
Program<Space> handover_program(Space const& space, Terms const& terms,
                                std::vector<std::shared_ptr<FoldedNets const>> const& folded,
                                bool all_neighbours) {
  Program<Space> program;
  Slots slots;
  std::vector<detail::FittedNetwork<Space, Precision>> fitted;
  for (std::size_t n = 0; n < folded.size(); ++n) {
    Network const& network = terms.networks[n];
    fitted.push_back(folded[n] ? detail::add_handover<Precision, Kernels>(space, network, *folded[n],
                                                                          all_neighbours, program, slots)
                               : detail::add_exact<Precision, Kernels>(space, network, all_neighbours, {},
                                                                       program, slots));
  }
  detail::add_energies<Space, Precision, Kernels>(space, terms, fitted, all_neighbours, program, slots);
  detail::set_exact_tiles<typename Precision::Net, Kernels>(terms, program);
  return program;
}

}  // namespace dp
