// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <dp/math/singular_vectors.hpp>
#include <dp/program/bases.hpp>
#include <dp/program/network.hpp>
#include <memory>
#include <numeric>
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

/// Where a chain's part of the input begins, per centre type. `part`: which: all, or that in float.
inline std::vector<int> columns_of(std::vector<FittingLayout> const& layouts, std::size_t chain,
                                   std::vector<int> FittingLayout::*part) {
  std::vector<int> columns;
  for (FittingLayout const& layout : layouts) columns.push_back((layout.*part)[chain]);
  return columns;
}

namespace detail {

/// All that a centre type's fitting net can read of a chain: with V (rows * K' x outputs), the rows of its
/// first layer for the products of A with Y, and how much each strip of these matters, (rows x strips).
struct AllFeatures {
  CentreBasis centre;           // without a choice
  std::vector<double> weight;   // V, empty where D itself is read
  std::vector<double> matters;  // |V| times the sizes of both factors
};

/// Stacks the bases of a centre type.
inline CentreBasis side_by_side(Chain const& chain, EmbeddingBasis const* bases, std::size_t ntypes,
                                std::vector<double>& size) {
  CentreBasis centre;
  auto const m_count = static_cast<std::size_t>(chain.width);
  for (std::size_t t = 0; t < ntypes; ++t) {
    centre.width += bases[t].functions;
    size.insert(size.end(), bases[t].size.begin(), bases[t].size.end());
  }
  auto const k_count = static_cast<std::size_t>(centre.width);
  centre.channels.assign(m_count * k_count, 0.0);
  std::size_t column = 0;
  for (std::size_t t = 0; t < ntypes; ++t) {
    auto const k = static_cast<std::size_t>(bases[t].functions);
    for (std::size_t i = 0; i < m_count * k; ++i)
      centre.channels[i / k * k_count + column + i % k] = bases[t].channels[i];
    column += k;
  }
  return centre;
}

/// The second factor of D in its principal axes P: left = P C_axis, and W, the rows of the first layer that
/// belong to the chain, likewise: (rows, M, outputs). `y_size`: how large the rows of Y are.
struct PrincipalAxes {
  std::vector<double> left, weight, y_size;

  PrincipalAxes(Chain const& chain, CentreBasis const& centre, std::vector<double> const& size,
                double const* first, std::size_t outputs) {
    auto const m_count = static_cast<std::size_t>(chain.width),
               axis = static_cast<std::size_t>(chain.axis_neuron),
               k_count = static_cast<std::size_t>(centre.width);
    if (axis == 0) {  // a radial descriptor is A alone
      weight.assign(first, first + m_count * outputs);
      y_size = {1.0};
      return;
    }
    std::vector<double> samples(k_count * axis);
    for (std::size_t k = 0; k < k_count; ++k)
      for (std::size_t b = 0; b < axis; ++b)
        samples[k * axis + b] = size[k] * centre.channels[b * k_count + k];
    auto const axes = right_singular_vectors(std::move(samples), k_count, axis, 1e-16);
    y_size = axes.values;
    left.assign(y_size.size() * k_count, 0.0);
    weight.assign(y_size.size() * m_count * outputs, 0.0);
    for (std::size_t r = 0; r < y_size.size(); ++r)
      for (std::size_t b = 0; b < axis; ++b) {
        double const p = axes.vectors[r * axis + b];
        for (std::size_t k = 0; k < k_count; ++k)
          left[r * k_count + k] += p * centre.channels[b * k_count + k];
        for (std::size_t m = 0; m < m_count; ++m)
          for (std::size_t n = 0; n < outputs; ++n)
            weight[(r * m_count + m) * outputs + n] += p * first[(m * axis + b) * outputs + n];
      }
  }
};

/// V_(rk) = sum_m C_mk (W P^T)_(mr), and what of it matters. `first`: the rows of the first layer, `layer`,
/// that belong to the chain.
inline AllFeatures all_features(Chain const& chain, EmbeddingBasis const* bases, std::size_t ntypes,
                                Layer const& layer, double const* first, int strip) {
  std::vector<double> size;
  AllFeatures all{side_by_side(chain, bases, ntypes, size), {}, {}};
  CentreBasis& centre = all.centre;
  centre.strip = strip;
  centre.dimension = chain.dimension();
  if (layer.skip != Skip::none || centre.width == 0) return all;
  auto const outputs = static_cast<std::size_t>(layer.outputs),
             m_count = static_cast<std::size_t>(chain.width),
             k_count = static_cast<std::size_t>(centre.width);
  PrincipalAxes axes(chain, centre, size, first, outputs);
  std::size_t const rows = axes.y_size.size();
  all.weight.assign(rows * k_count * outputs, 0.0);
  all.matters.assign(rows * k_count / static_cast<std::size_t>(strip), 0.0);
  for (std::size_t rk = 0; rk < rows * k_count; ++rk) {
    std::size_t const r = rk / k_count, k = rk % k_count;
    double* const out = &all.weight[rk * outputs];
    for (std::size_t m = 0; m < m_count; ++m) {
      double const c = centre.channels[m * k_count + k], *const w = &axes.weight[(r * m_count + m) * outputs];
      for (std::size_t n = 0; n < outputs; ++n) out[n] += c * w[n];
    }
    double const length = std::sqrt(std::inner_product(out, out + outputs, out, 0.0));
    double& most = all.matters[rk / static_cast<std::size_t>(strip)];
    most = std::max(most, axes.y_size[r] * size[k] * length);
  }
  centre.left = std::move(axes.left);
  return all;
}

/// The staircase of what matters at least `least`: for each strip the rows up to the last that does. Of each
/// row those up to the last that matters at least `large` are in the precision of all else.
inline CentreBasis staircase(AllFeatures const& all, double least, double large) {
  CentreBasis centre = all.centre;
  auto const strips = static_cast<std::size_t>(centre.width / centre.strip);
  if (all.matters.empty()) return centre;
  std::size_t const rows = all.matters.size() / strips;
  std::vector<std::size_t> used(strips, 0), order(strips);
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t s = 0; s < strips; ++s)
      if (all.matters[r * strips + s] >= least) used[s] = r + 1;
  std::iota(order.begin(), order.end(), std::size_t(0));
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return used[a] > used[b]; });
  int const features = centre.strip * static_cast<int>(std::accumulate(used.begin(), used.end(), 0u));
  if (features >= centre.dimension) return centre;  // D itself is less
  centre.features = Features::staircase;
  centre.dimension = features;
  for (std::size_t s : order) centre.strips.push_back(static_cast<int>(s) * centre.strip);
  for (std::size_t r = 0; r < rows; ++r) {
    int const count =
        static_cast<int>(std::count_if(used.begin(), used.end(), [&](auto u) { return u > r; }));
    int first = count;
    while (first > 0 && all.matters[r * strips + order[static_cast<std::size_t>(first - 1)]] < large) --first;
    if (r > 0) first = std::min(first, centre.large.back());
    centre.counts.push_back(count);
    centre.large.push_back(first);
    centre.single += (count - first) * centre.strip;
  }
  return centre;
}

}  // namespace detail

/// The first layers of the fitting nets folded with bases, so that they read features: all, from which those
/// that matter are taken.
class Fold {
 public:
  /// `strip`: functions that are taken or left together; every K is a multiple of it.
  Fold(Network const& network, std::vector<ChainBasis> basis, int strip)
      : m_network(network), m_basis(std::move(basis)) {
    auto const ntypes = static_cast<std::size_t>(network.ntypes());
    for (std::size_t c = 0; c < m_basis.size(); ++c)
      for (std::size_t type = 0; type < ntypes; ++type) {
        Layer const& first = network.fitting.nets[type]->layers.front();
        m_all.push_back(detail::all_features(
            network.chains[c], &m_basis[c].bases[type * ntypes], ntypes, first,
            first.weight.data() + static_cast<std::ptrdiff_t>(network.chains[c].column) * first.outputs,
            strip));
        for (double matters : m_all.back().matters) m_most = std::max(m_most, matters);
      }
  }

  /// With the features that matter at least `threshold` times as much as the one that does most; 0: with all.
  /// Those that matter less than `large` times as much are multiplied in float where all else is in double,
  /// and hidden layers if `single_hidden`.
  FoldedNets with(double threshold, double large = 0.0, bool single_hidden = false) const {
    FoldedNets folded;
    folded.single_hidden = single_hidden;
    folded.chains = m_basis;
    auto const ntypes = static_cast<std::size_t>(m_network.ntypes());
    for (std::size_t c = 0; c < m_basis.size(); ++c)
      for (std::size_t type = 0; type < ntypes; ++type) {
        auto const& all = m_all[c * ntypes + type];
        // A radial descriptor has nothing to choose, and a net of one layer has no product.
        bool const radial = m_network.chains[c].axis_neuron == 0,
                   product = m_network.fitting.nets[type]->layers.size() > 1;
        folded.chains[c].centres.push_back(detail::staircase(all, radial ? 0.0 : threshold * m_most,
                                                             radial || !product ? 0.0 : large * m_most));
      }
    for (std::size_t type = 0; type < ntypes; ++type) fold_type(type, folded);
    return folded;
  }

 private:
  /// Appends the rows of V that belong to the features of a chain and a centre type: the large or the others.
  void append(std::size_t chain, std::size_t type, CentreBasis const& centre, bool large, std::size_t outputs,
              std::vector<double>& weight) const {
    auto const& v = m_all[chain * static_cast<std::size_t>(m_network.ntypes()) + type].weight;
    for (std::size_t r = 0; r < centre.counts.size(); ++r)
      for (int s = large ? 0 : centre.large[r]; s < (large ? centre.large[r] : centre.counts[r]); ++s) {
        auto const k = static_cast<std::size_t>(centre.strips[static_cast<std::size_t>(s)]);
        auto const from = v.begin() + static_cast<std::ptrdiff_t>(
                                          (r * static_cast<std::size_t>(centre.width) + k) * outputs);
        weight.insert(weight.end(), from,
                      from + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(centre.strip) * outputs));
      }
  }

  /// The net and the layout of one centre type, whose features have been chosen.
  void fold_type(std::size_t type, FoldedNets& folded) const {
    FittingLayout layout = plain_layouts(m_network)[type];
    auto const& layers = m_network.fitting.nets[type]->layers;
    Layer const& model = layers.front();
    auto const outputs = static_cast<std::size_t>(model.outputs);
    int inputs = model.inputs;
    for (std::size_t c = 0; c < m_network.chains.size(); ++c)
      inputs += folded.chains[c].centres[type].dimension - m_network.chains[c].dimension();
    std::vector<double> weight;
    weight.reserve(static_cast<std::size_t>(inputs) * outputs);
    int row = 0;  // of the original weights
    auto const columns = [&] { return static_cast<int>(weight.size() / outputs); };
    auto const copy_until = [&](int end) {
      for (auto& constant : layout.constant_columns)
        if (constant >= row && constant < end) constant += columns() - row;
      weight.insert(weight.end(), model.weight.begin() + row * model.outputs,
                    model.weight.begin() + end * model.outputs);
      row = end;
    };
    for (std::size_t c = 0; c < m_network.chains.size(); ++c) {  // in the order of their columns
      Chain const& chain = m_network.chains[c];
      CentreBasis const& centre = folded.chains[c].centres[type];
      copy_until(chain.column);
      layout.chains[c] = columns();
      if (centre.features == Features::full) {
        copy_until(chain.column + chain.dimension());
      } else {
        append(c, type, centre, true, outputs, weight);
        row += chain.dimension();
      }
    }
    copy_until(m_network.fitting.dimension);
    layout.parameters = columns();
    copy_until(model.inputs);
    layout.columns = columns();
    for (std::size_t c = 0; c < m_network.chains.size(); ++c) {
      layout.single_chains.push_back(columns() - layout.columns);
      append(c, type, folded.chains[c].centres[type], false, outputs, weight);
    }
    layout.single = columns() - layout.columns;
    Net net;
    net.layers.push_back({columns(), model.outputs, std::move(weight), model.bias, model.timestep,
                          model.activation, model.threshold, model.cubic, model.skip});
    net.layers.insert(net.layers.end(), layers.begin() + 1, layers.end());
    folded.nets.push_back(std::make_shared<Net const>(std::move(net)));
    folded.layouts.push_back(std::move(layout));
  }

  Network const& m_network;
  std::vector<ChainBasis> m_basis;
  std::vector<detail::AllFeatures> m_all;  // (chains, types)
  double m_most = 0.0;                     // of all that matters
};

}  // namespace dp
