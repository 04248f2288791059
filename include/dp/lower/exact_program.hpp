// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <dp/blocks/angle_embedding.hpp>
#include <dp/blocks/atomic_output.hpp>
#include <dp/blocks/attention_layers.hpp>
#include <dp/blocks/channel_vectors.hpp>
#include <dp/blocks/descriptor.hpp>
#include <dp/blocks/embedding.hpp>
#include <dp/blocks/environment_matrix.hpp>
#include <dp/blocks/output_net.hpp>
#include <dp/blocks/parameters.hpp>
#include <dp/core/error.hpp>
#include <dp/core/kernels.hpp>
#include <dp/core/precision.hpp>
#include <dp/lower/add_energies.hpp>
#include <dp/lower/fold.hpp>
#include <dp/nets/handover.hpp>
#include <dp/program/bases.hpp>
#include <dp/program/network.hpp>
#include <dp/program/terms.hpp>
#include <dp/schedule/program.hpp>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace dp {

namespace detail {

/// Adds the neighbourhood of a chain and its environment matrix.
template <class Kernels, class Space>
EnvironmentSlots<Space> add_environment(Space const& space, Network const& network, Chain const& chain,
                                        bool all_neighbours, bool half, Program<Space>& program,
                                        Slots& slots) {
  auto const rows =
      add<NeighbourhoodBy<Kernels, Space>>(program, space, network, chain, all_neighbours, slots).rows();
  return {rows, add<EnvironmentMatrix<Space>>(program, chain, rows, half, slots).values()};
}

/// Adds the layers of attention of a chain.
template <class Precision, class Space, class Embedded>
Slot<NeighbourSums<Space, typename Precision::Net>> add_attention(
    Space const& space, Network const& network, Chain const& chain, EnvironmentSlots<Space> environment,
    Slot<Embedded> embedded, bool all_neighbours, Program<Space>& program, Slots& slots) {
  if constexpr (is_host_space<Space>)
    return add<AttentionLayers<Space, Precision>>(program, space, network, chain, environment, embedded,
                                                  all_neighbours, slots)
        .sums();
  else
    fail(network.source,
         ": layers of attention (attn_layer above 0) are not evaluated on devices yet; "
         "use a host space");
}

/// Adds the functions of angles of a chain.
template <class Precision, class Space>
Slot<NeighbourSums<Space, typename Precision::Net>> add_angles(Space const& space, Network const& network,
                                                               Chain const& chain,
                                                               EnvironmentSlots<Space> environment,
                                                               Program<Space>& program, Slots& slots) {
  if constexpr (is_host_space<Space>)
    return add<AngleEmbedding<Space, Precision>>(program, space, network, chain, environment, slots).sums();
  else
    fail(network.source,
         ": descriptors of three bodies (se_e3, se_e3_tebd) are not evaluated on devices yet; use a host "
         "space");
}

/// Adds what makes the sums over neighbours of a chain by its nets. `handover`: see Embedding.
template <class Kernels, class Precision, class Space>
Slot<NeighbourSums<Space, typename Precision::Net>> add_nets(
    Space const& space, Network const& network, Chain const& chain,
    std::type_identity_t<std::shared_ptr<Handover<Space, typename Precision::Net> const>> handover,
    bool all_neighbours, Program<Space>& program, Slots& slots) {
  auto const environment =
      add_environment<Kernels>(space, network, chain, all_neighbours, is_mixed<Precision>, program, slots);
  if (chain.angles) return add_angles<Precision>(space, network, chain, environment, program, slots);
  auto const& embedding = add<Embedding<Space, Precision, Kernels>>(
      program, space, network, chain, environment, std::move(handover), all_neighbours, slots);
  if (!chain.attention) return embedding.sums();
  return add_attention<Precision>(space, network, chain, environment, embedding.embedded(), all_neighbours,
                                  program, slots);
}

/// Tiles such that G, dG/ds and what layers of attention or functions of angles keep stay in a core's share
/// of the last cache, and else as large as products gain by. About half of a list lies in the skin; functions
/// of angles see what is within their own cutoffs. `folded`: the networks whose functions of pairs are in
/// bases.
template <class Number>
auto tile_size_for_cache(Terms const& terms, std::vector<std::shared_ptr<FoldedNets const>> const& folded) {
  std::int64_t width = 0;
  double cutoff = 0.0, of_pairs = 0.0;
  for (Network const& network : terms.networks)
    for (Chain const& chain : network.chains) cutoff = std::max(cutoff, chain.rcut);
  for (std::size_t n = 0; n < folded.size(); ++n)
    for (Chain const& chain : terms.networks[n].chains) {
      if (folded[n] && !chain.mixes_neighbours()) continue;
      double const part = std::pow(chain.rcut / cutoff, 3) / 2;
      if (chain.angles) of_pairs += chain.width * part * part / 2;
      if (!chain.angles) width += chain.width;
      if (chain.attention)
        for (auto const& layer : chain.attention->layers) width += 2 * chain.width + 6 * layer.hidden();
    }
  return [width, of_pairs](std::int64_t longest) {
    auto const pairs = static_cast<std::int64_t>(of_pairs * static_cast<double>(longest * longest));
    std::int64_t const cache = 3 << 20,
                       atom = (longest * width + pairs) * static_cast<std::int64_t>(sizeof(Number));
    return std::clamp<std::int64_t>(cache / std::max<std::int64_t>(atom, 1) / 8 * 8, 8, 64);
  };
}

/// Tiles such that what networks of edges keep stays in the cache of a core.
template <class Number>
auto tile_size_of_edges(Terms const& terms) {
  std::int64_t numbers = 0;
  for (EquivariantTerm const& term : terms.equivariant) numbers += numbers_of_edge(term);
  return [numbers](std::int64_t longest) {
    std::int64_t const cache = 3 << 19, atom = longest * numbers * static_cast<std::int64_t>(sizeof(Number));
    return std::clamp<std::int64_t>(cache / std::max<std::int64_t>(atom, 1), 2, 64);
  };
}

/// Tiles of a device, in whole blocks of atoms, such that the working memory stays near `budget` bytes.
template <class Space>
auto tile_size_for_memory(Program<Space> const& program, int ntypes, std::size_t budget,
                          std::int64_t blocks) {
  std::vector<Block<Space> const*> all;
  for (auto const& block : program.blocks) all.push_back(block.get());
  return [=](std::int64_t longest) {
    std::size_t most = 1;
    for (int type = 0; type < ntypes; ++type) {
      std::size_t atom = 0;
      for (auto const* block : all) atom += block->bytes_per_atom(type, longest);
      most = std::max(most, atom);
    }
    return std::clamp<std::int64_t>(static_cast<std::int64_t>(budget / most) / flag_block, 1, blocks) *
           flag_block;
  };
}

/// The tiles of a program with the exact nets of all networks.
template <class Number, class Kernels, class Space>
void set_exact_tiles(Terms const& terms, Program<Space>& program) {
  std::vector<std::shared_ptr<FoldedNets const>> const none(terms.networks.size());
  program.by_teams = !std::is_same_v<Kernels, Loops>;
  if (program.by_teams)
    program.tile_size = tile_size_for_memory(program, terms.ntypes(), std::size_t(2) << 30, 16);
  else if (!terms.equivariant.empty())
    program.tile_size = tile_size_of_edges<Number>(terms);
  else
    program.tile_size = tile_size_for_cache<Number>(terms, none);
}

/// The blocks of a network up to what its fitting nets read. `basis`: of all chains, or empty; if given, each
/// G is that of the basis, and the net's only nearer than the basis' tables reach (see Handover).
template <class Precision, class Kernels, class Space>
FittedNetwork<Space, Precision> add_exact(Space const& space, Network const& network, bool all_neighbours,
                                          std::vector<ChainBasis> const& basis, Program<Space>& program,
                                          Slots& slots) {
  using T = typename Precision::Net;
  std::vector<FittingLayout> const layouts = plain_layouts(network);
  auto const input =
      add<Parameters<Space, Precision>>(program, space, network.fitting, layouts, slots).input();
  auto const vectors = slots.add<VectorRows<Space>>();
  int channel = 0;  // of all chains
  for (std::size_t c = 0; c < network.chains.size(); ++c) {
    Chain const& chain = network.chains[c];
    auto const handover = basis.empty() || chain.mixes_neighbours()
                              ? nullptr
                              : std::make_shared<Handover<Space, T> const>(space, basis[c].bases);
    auto const sums =
        add_nets<Kernels, Precision>(space, network, chain, handover, all_neighbours, program, slots);
    if (network.outputs.contraction != Contraction::none && chain.vectors() > 0) {
      add<ChannelVectors<Space, Precision>>(program, chain, channel, network.outputs.channels, sums, vectors);
      channel += chain.vectors();
    }
    add<Descriptor<Space, Precision>>(program, chain, columns_of(layouts, c, &FittingLayout::chains), sums,
                                      input);
  }
  return {network.fitting.nets, layouts, input, vectors};
}

/// The blocks behind, of a network that gives no energies.
template <class Space, class Precision>
void add_outputs(Space const& space, Network const& network, FittedNetwork<Space, Precision> const& fitted,
                 Program<Space>& program, Slots& slots) {
  auto const y = add<OutputNet<Space, Precision>>(program, space, network, network.fitting.dimension,
                                                  fitted.input, slots)
                     .outputs();
  add<AtomicOutput<Space>>(program, space, network.outputs, y, fitted.vectors, is_mixed<Precision>);
}

}  // namespace detail

/// The nets themselves. For each network Parameters, and for each of its chains Neighbourhood (with teams
/// TeamNeighbourhood), EnvironmentMatrix, Embedding with AttentionLayers if there are any, or AngleEmbedding,
/// and Descriptor; then FittingNet of each network, and tables of pair energies (see add_energies); of a
/// network that gives no energies ChannelVectors before Descriptor, OutputNet and AtomicOutput.
/// `all_neighbours`: also those beyond sel count. Throws dp::Error for weights beyond the range of
/// `Precision`.
template <class Space, class Precision, class Kernels = DefaultKernels<Space>>
Program<Space> exact_program(Space const& space, Terms const& terms, bool all_neighbours) {
  Program<Space> program;
  Slots slots;
  std::vector<detail::FittedNetwork<Space, Precision>> fitted;
  for (Network const& network : terms.networks)
    fitted.push_back(
        detail::add_exact<Precision, Kernels>(space, network, all_neighbours, {}, program, slots));
  if (terms.quantity().is_energy())
    detail::add_energies<Space, Precision, Kernels>(space, terms, fitted, all_neighbours, program, slots);
  else
    detail::add_outputs(space, terms.networks.front(), fitted.front(), program, slots);
  detail::set_exact_tiles<typename Precision::Net, Kernels>(terms, program);
  return program;
}

}  // namespace dp
