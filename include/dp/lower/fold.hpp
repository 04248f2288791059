// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <dp/program/bases.hpp>
#include <dp/program/network.hpp>
#include <memory>
#include <utility>
#include <vector>

namespace dp {

/// The inputs of the fitting nets as the model has them.
inline std::vector<FittingLayout> plain_layouts(Network const& network) {
  FittingLayout layout;
  for (auto const& chain : network.chains) layout.chains.push_back(chain.column);
  layout.constant_columns = network.fitting.constant_columns;
  layout.parameters = network.fitting.dimension;
  std::vector<FittingLayout> layouts;
  for (auto const& net : network.fitting.nets) {
    layout.columns = net->empty() ? 0 : net->inputs();  // types without a net are left out
    layouts.push_back(layout);
  }
  return layouts;
}

/// Fitting nets that read features in the place of descriptors, where that is less.
struct FoldedNets {
  std::vector<ChainBasis> chains;                ///< with their features
  std::vector<std::shared_ptr<Net const>> nets;  ///< per centre type
  std::vector<FittingLayout> layouts;            ///< per centre type
};

namespace detail {

/// Stacks the bases of a centre type and chooses the features with the fewest operations. `first`: the first
/// layer of its fitting net. `strip`: lanes of the kernels.
inline CentreBasis centre_basis(Chain const& chain, EmbeddingBasis const* bases, std::size_t ntypes,
                                Layer const& first, int strip) {
  CentreBasis centre;
  auto const m_count = static_cast<std::size_t>(chain.width);
  for (std::size_t t = 0; t < ntypes; ++t) centre.width += bases[t].functions;
  auto const k_count = static_cast<std::size_t>(centre.width);
  centre.channels.assign(m_count * k_count, 0.0);
  std::size_t column = 0;
  for (std::size_t t = 0; t < ntypes; ++t) {
    auto const k = static_cast<std::size_t>(bases[t].functions);
    for (std::size_t m = 0; m < m_count && k > 0; ++m)
      for (std::size_t l = 0; l < k; ++l)
        centre.channels[m * k_count + column + l] = bases[t].channels[m * k + l];
    column += k;
  }
  int const blocks = centre.width / strip, symmetric = blocks * (blocks + 1) / 2 * strip * strip;
  bool const foldable = first.skip == Skip::none && centre.width > 0;
  centre.dimension = chain.dimension();
  auto const choose = [&](Features kind, int count) {
    if (!foldable || count >= centre.dimension) return;
    centre.features = kind;
    centre.dimension = count;
  };
  choose(Features::axis, chain.axis_neuron > 0 ? centre.width * chain.axis_neuron : centre.width);
  if (chain.axis_neuron > 0) choose(Features::symmetric, symmetric);
  return centre;
}

/// V (axis * K' x outputs): V_(bk) = sum_m C_mk W_(mb). `weight`: W, the rows of the first layer that belong
/// to the chain.
inline std::vector<double> fold_axis(CentreBasis const& centre, double const* weight, std::size_t axis,
                                     std::size_t outputs) {
  auto const k_count = static_cast<std::size_t>(centre.width);
  std::vector<double> v(axis * k_count * outputs, 0.0);
  for (std::size_t m = 0; m < centre.channels.size() / k_count; ++m)
    for (std::size_t b = 0; b < axis; ++b) {
      double const* const w = &weight[(m * axis + b) * outputs];
      for (std::size_t k = 0; k < k_count; ++k) {
        double const c = centre.channels[m * k_count + k];
        if (c == 0.0) continue;
        double* const out = &v[(b * k_count + k) * outputs];
        for (std::size_t n = 0; n < outputs; ++n) out[n] += c * w[n];
      }
    }
  return v;
}

/// From V to the blocks of the symmetric features: sum_b C_bl V_(bk), both orders of k and l added off the
/// diagonal blocks.
inline std::vector<double> fold_symmetric(CentreBasis const& centre, std::vector<double> const& v,
                                          std::size_t axis, std::size_t outputs, std::size_t strip) {
  auto const k_count = static_cast<std::size_t>(centre.width);
  std::vector<double> full(k_count * k_count * outputs, 0.0);
  for (std::size_t b = 0; b < axis; ++b)
    for (std::size_t k = 0; k < k_count; ++k)
      for (std::size_t l = 0; l < k_count; ++l) {
        double const c = centre.channels[b * k_count + l];
        if (c == 0.0) continue;
        for (std::size_t n = 0; n < outputs; ++n)
          full[(k * k_count + l) * outputs + n] += c * v[(b * k_count + k) * outputs + n];
      }
  std::vector<double> blocks;
  blocks.reserve(static_cast<std::size_t>(centre.dimension) * outputs);
  for (std::size_t p = 0; p < k_count / strip; ++p)
    for (std::size_t q = p; q < k_count / strip; ++q)
      for (std::size_t k = p * strip; k < (p + 1) * strip; ++k)
        for (std::size_t l = q * strip; l < (q + 1) * strip; ++l)
          for (std::size_t n = 0; n < outputs; ++n)
            blocks.push_back(full[(k * k_count + l) * outputs + n] +
                             (p == q ? 0.0 : full[(l * k_count + k) * outputs + n]));
  return blocks;
}

/// The rows of a fitting net's first layer that belong to a chain, for its features: z = W^T D = V^T F.
inline std::vector<double> fold_rows(Chain const& chain, CentreBasis const& centre, double const* weight,
                                     std::size_t outputs, std::size_t strip) {
  auto const axis = static_cast<std::size_t>(chain.axis_neuron > 0 ? chain.axis_neuron : 1);
  if (centre.features == Features::full)
    return std::vector<double>(weight, weight + static_cast<std::size_t>(centre.dimension) * outputs);
  auto const v = fold_axis(centre, weight, axis, outputs);
  return centre.features == Features::axis ? v : fold_symmetric(centre, v, axis, outputs, strip);
}

/// The net and the layout of one centre type, whose features have been chosen.
inline void fold_type(Network const& network, std::size_t type, std::size_t strip, FoldedNets& folded) {
  FittingLayout layout = plain_layouts(network)[type];
  Net net = *network.fitting.nets[type];
  Layer& first = net.layers.front();
  auto const outputs = static_cast<std::size_t>(first.outputs);
  std::vector<double> weight;
  int row = 0;  // of the original weights
  auto const columns = [&] { return static_cast<int>(weight.size() / outputs); };
  auto const copy_until = [&](int end) {
    for (auto& constant : layout.constant_columns)
      if (constant >= row && constant < end) constant += columns() - row;
    weight.insert(weight.end(), first.weight.begin() + row * first.outputs,
                  first.weight.begin() + end * first.outputs);
    row = end;
  };
  for (std::size_t c = 0; c < network.chains.size(); ++c) {  // in the order of their columns
    Chain const& chain = network.chains[c];
    copy_until(chain.column);
    layout.chains[c] = columns();
    auto const part = fold_rows(chain, folded.chains[c].centres[type],
                                &first.weight[static_cast<std::size_t>(row) * outputs], outputs, strip);
    weight.insert(weight.end(), part.begin(), part.end());
    row += chain.dimension();
  }
  copy_until(network.fitting.dimension);
  layout.parameters = columns();
  copy_until(first.inputs);
  first.inputs = layout.columns = columns();
  first.weight = std::move(weight);
  folded.nets.push_back(std::make_shared<Net const>(std::move(net)));
  folded.layouts.push_back(std::move(layout));
}

}  // namespace detail

/// Chooses the features of all chains and folds the first layers of the fitting nets accordingly. `strip`:
/// lanes of the kernels.
inline FoldedNets fold(Network const& network, std::vector<ChainBasis> const& basis, int strip) {
  FoldedNets folded;
  folded.chains = basis;
  auto const ntypes = static_cast<std::size_t>(network.ntypes());
  for (std::size_t c = 0; c < basis.size(); ++c)
    for (std::size_t type = 0; type < ntypes; ++type)
      folded.chains[c].centres.push_back(
          detail::centre_basis(network.chains[c], &basis[c].bases[type * ntypes], ntypes,
                               network.fitting.nets[type]->layers.front(), strip));
  for (std::size_t type = 0; type < ntypes; ++type)
    detail::fold_type(network, type, static_cast<std::size_t>(strip), folded);
  return folded;
}

}  // namespace dp
