// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <cstddef>
#include <dp/math/couplings.hpp>
#include <dp/model/allegro.hpp>
#include <dp/program/equivariant.hpp>
#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace dp::detail {

/// The layer that does what a linear one and another one behind it do.
inline Layer composed(Layer const& first, Layer const& second) {
  auto const product = [&](std::vector<double> const& rows) {
    auto const inner = static_cast<std::size_t>(second.inputs), n = static_cast<std::size_t>(second.outputs);
    std::vector<double> result(rows.size() / inner * n, 0.0);
    for (std::size_t i = 0; i < rows.size(); ++i)
      for (std::size_t j = 0; j < n; ++j)
        result[i / inner * n + j] += rows[i] * second.weight[i % inner * n + j];
    return result;
  };
  Layer layer = second;
  layer.inputs = first.inputs;
  layer.weight = product(first.weight);
  if (!first.bias.empty()) layer.bias = product(first.bias);
  return layer;
}

/// Where the numbers of an array (channels x degrees) that begins at `begin` stand in the order (degree,
/// channel).
inline std::vector<std::size_t> by_degree(std::size_t begin, int channels, int degrees) {
  std::vector<std::size_t> order;
  for (int l = 0; l < degrees; ++l)
    for (int u = 0; u < channels; ++u) order.push_back(begin + static_cast<std::size_t>(u * degrees + l));
  return order;
}

/// A layer with these of its outputs, or of its inputs.
inline void choose_outputs(Layer& layer, std::vector<std::size_t> const& kept) {
  std::vector<double> weight;
  for (int i = 0; i < layer.inputs; ++i)
    for (std::size_t const j : kept)
      weight.push_back(layer.weight[static_cast<std::size_t>(i * layer.outputs) + j]);
  layer.weight = std::move(weight);
  layer.outputs = static_cast<int>(kept.size());
}
inline void choose_inputs(Layer& layer, std::vector<std::size_t> const& kept) {
  std::vector<double> weight;
  auto const n = static_cast<std::size_t>(layer.outputs);
  for (std::size_t const i : kept)
    for (std::size_t j = 0; j < n; ++j) weight.push_back(layer.weight[i * n + j]);
  layer.weight = std::move(weight);
  layer.inputs = static_cast<int>(kept.size());
}

/// 0 to count - 1.
inline std::vector<std::size_t> first_of(int count) {
  std::vector<std::size_t> numbers;
  for (int i = 0; i < count; ++i) numbers.push_back(static_cast<std::size_t>(i));
  return numbers;
}

inline void append(std::vector<std::size_t>& order, std::vector<std::size_t> const& more) {
  order.insert(order.end(), more.begin(), more.end());
}

/// From the last scalars that embed an edge to the first of a layer, the weights of tensors and of a sum.
inline Layer first_projection(Allegro const& model) {
  auto const s = static_cast<std::size_t>(model.scalars),
             n = static_cast<std::size_t>(model.weights_of_harmonics());
  Layer layer;
  layer.inputs = model.scalars;
  layer.outputs = model.scalars + 2 * model.weights_of_harmonics();
  for (std::size_t i = 0; i < s; ++i) {
    auto const projected = model.first_projection.begin() + static_cast<std::ptrdiff_t>(i * (s + n));
    auto const embedded = model.tensor_embedding.begin() + static_cast<std::ptrdiff_t>(i * n);
    layer.weight.insert(layer.weight.end(), projected, projected + static_cast<std::ptrdiff_t>(s));
    layer.weight.insert(layer.weight.end(), embedded, embedded + static_cast<std::ptrdiff_t>(n));
    layer.weight.insert(layer.weight.end(), projected + static_cast<std::ptrdiff_t>(s),
                        projected + static_cast<std::ptrdiff_t>(s + n));
  }
  std::vector<std::size_t> order = first_of(model.scalars);
  append(order, by_degree(s, model.channels, model.degrees()));
  append(order, by_degree(s + n, model.channels, model.degrees()));
  choose_outputs(layer, order);
  return layer;
}

/// What each pair of types embeds, with linear layers in a row made one.
inline std::vector<std::shared_ptr<Net const>> nets_of_pairs(Allegro const& model, std::size_t pairs) {
  EdgeFunctions const& radial = model.radial;
  std::vector<std::shared_ptr<Net const>> nets;
  for (std::size_t pair = 0; pair < pairs; ++pair) {
    Layer first;
    first.inputs = radial.count();
    first.outputs = radial.outputs;
    first.activation = radial.activation;
    auto const cut = [&](std::vector<double> const& all, int n) {
      auto const begin = all.begin() + static_cast<std::ptrdiff_t>(pair) * n;
      return std::vector<double>(begin, begin + n);
    };
    first.weight = cut(radial.weight, radial.count() * radial.outputs);
    if (!radial.term.empty()) first.bias = cut(radial.term, radial.outputs);
    std::vector<Layer> layers = {first};
    layers.insert(layers.end(), model.embedding.layers.begin(), model.embedding.layers.end());
    if (model.flavour == Allegro::Flavour::product) layers.push_back(first_projection(model));
    Net net;
    for (Layer& layer : layers)
      if (!net.empty() && net.layers.back().activation == Activation::linear)
        net.layers.back() = composed(net.layers.back(), layer);
      else
        net.layers.push_back(std::move(layer));
    nets.push_back(std::make_shared<Net const>(std::move(net)));
  }
  return nets;
}

/// The product of a layer. `weights`: (channels x paths); empty where paths stay apart.
inline TensorProduct lower_product(Irreps const& before, Irreps const& harmonics, Irreps const& behind,
                                   int channels, std::vector<double> const& weights) {
  bool const apart = weights.empty();
  std::vector<IrrepPath> const all = paths(before, harmonics, behind);
  TensorProduct product;
  for (Irrep const& irrep : before) product.input.parts.push_back({irrep.components(), 1});
  for (std::size_t o = 0; o < behind.size(); ++o) {
    int copies = 0;
    for (IrrepPath const& path : all) copies += path.output == o ? 1 : 0;
    product.output.parts.push_back({behind[o].components(), apart ? copies : 1});
  }
  auto const begin = [](Irreps const& irreps, std::size_t n) {
    return components(Irreps(irreps.begin(), irreps.begin() + static_cast<std::ptrdiff_t>(n)));
  };
  std::map<std::pair<int, int>, std::vector<TensorProduct::Term>> links;  // of (to, from)
  int start = 0, copy = 0;
  for (std::size_t p = 0; p < all.size(); ++p) {
    IrrepPath const& path = all[p];
    if (p > 0 && path.output != all[p - 1].output) {
      TensorLayout::Part const& part = product.output.parts[all[p - 1].output];
      start += part.components * part.copies;
      copy = 0;
    }
    int const copies = product.output.parts[path.output].copies;
    int const l1 = before[path.first].l, l2 = harmonics[path.second].l, l3 = behind[path.output].l;
    std::vector<double> const c = coupling(l1, l2, l3);
    auto value = c.begin();
    for (int i = 0; i < 2 * l1 + 1; ++i)
      for (int j = 0; j < 2 * l2 + 1; ++j)
        for (int m = 0; m < 2 * l3 + 1; ++m, ++value)
          if (std::abs(*value) > 1e-12)
            links[{start + m * copies + copy, begin(before, path.first) + i}].push_back(
                {0, begin(harmonics, path.second) + j, static_cast<int>(p),
                 std::sqrt(2.0 * l3 + 1.0) * *value});
    copy += apart ? 1 : 0;
  }
  for (auto& [place, terms] : links) {
    for (TensorProduct::Term& term : terms) {
      term.link = static_cast<int>(product.links.size());
      product.terms.push_back(term);
    }
    product.links.push_back({place.second, place.first});
  }
  for (std::size_t p = 0; p < all.size(); ++p)
    for (std::size_t u = 0; u < static_cast<std::size_t>(channels); ++u)
      product.weights.push_back(apart ? 1.0 : weights[u * all.size() + p]);
  return product;
}

/// The mixing of channels and copies of each irrep: from (copy, channel) to channels.
inline std::vector<std::shared_ptr<Net const>> lower_mix(std::vector<double> const& mix,
                                                         TensorLayout const& layout, int channels) {
  std::vector<std::shared_ptr<Net const>> nets;
  std::size_t begin = 0;
  for (TensorLayout::Part const& part : layout.parts) {
    Layer layer;
    layer.inputs = part.copies * channels;
    layer.outputs = channels;
    auto const n = static_cast<std::size_t>(channels), copies = static_cast<std::size_t>(part.copies);
    for (std::size_t copy = 0; copy < copies; ++copy)
      for (std::size_t u = 0; u < n; ++u)
        for (std::size_t v = 0; v < n; ++v) layer.weight.push_back(mix[begin + (v * n + u) * copies + copy]);
    begin += layer.weight.size();
    nets.push_back(std::make_shared<Net const>(Net{{std::move(layer)}}));
  }
  return nets;
}

/// A layer that reads the scalars of all layers before.
inline EquivariantLayer lower_product_layer(Allegro const& model, std::size_t k,
                                            std::vector<Irreps> const& steps) {
  EquivariantLayer layer;
  layer.product =
      lower_product(steps[k], model.harmonics, steps[k + 1], model.channels, model.path_weights[k]);
  Net latent = model.latent[k];
  std::vector<std::size_t> order = first_of(model.scalars);
  if (latent.outputs() > model.scalars)
    append(order, by_degree(static_cast<std::size_t>(model.scalars), model.channels, model.degrees()));
  choose_outputs(latent.layers.back(), order);
  layer.latent = std::make_shared<Net const>(std::move(latent));
  return layer;
}

/// A layer that renews its scalars.
inline EquivariantLayer lower_latent_layer(Allegro const& model, std::size_t k,
                                           std::vector<Irreps> const& steps) {
  EquivariantLayer layer;
  layer.product = lower_product(steps[k], model.harmonics, steps[k + 1], model.channels, {});
  Net latent = model.latent[k];
  int const copies = layer.product.output.parts.front().copies;
  std::vector<std::size_t> order = first_of(model.scalars);
  append(order, by_degree(order.size(), model.channels, copies));
  choose_inputs(latent.layers.front(), order);
  layer.latent = std::make_shared<Net const>(std::move(latent));
  Net weights = model.weights[k];
  std::vector<std::size_t> columns;
  for (int begin = 0; begin < weights.outputs(); begin += model.weights_of_harmonics())
    append(columns, by_degree(static_cast<std::size_t>(begin), model.channels, model.degrees()));
  choose_outputs(weights.layers.back(), columns);
  layer.weights = std::make_shared<Net const>(std::move(weights));
  layer.old_part = model.old_part[k];
  layer.new_part = model.new_part[k];
  if (k < model.mix.size()) layer.mix = lower_mix(model.mix[k], layer.product.output, model.channels);
  return layer;
}

/// An Allegro model as blocks evaluate it. `hidden`: pairs that are no neighbours.
inline EquivariantTerm lower_allegro(Allegro const& model, std::vector<char> const& hidden) {
  std::size_t const ntypes = model.shift.size();
  EquivariantTerm term;
  term.neighbours = {
      static_cast<int>(ntypes), model.cutoff(), {1}, true, hidden, std::vector<char>(ntypes * ntypes, 0),
      model.pair_cutoff};
  term.renewed = model.flavour == Allegro::Flavour::latent;
  term.degrees = model.degrees();
  term.channels = model.channels;
  term.scalars = model.scalars;
  term.cutoff_exponent = model.cutoff_exponent;
  term.functions = model.radial.node;
  term.of_pair = nets_of_pairs(model, ntypes * ntypes);
  std::vector<Irreps> const steps = model.irreps();
  for (std::size_t k = 0; k < model.latent.size(); ++k)
    term.layers.push_back(term.renewed ? lower_latent_layer(model, k, steps)
                                       : lower_product_layer(model, k, steps));
  term.readout = std::make_shared<Net const>(model.readout);
  term.environment = model.environment;
  for (std::size_t pair = 0; pair < ntypes * ntypes; ++pair)
    term.factor.push_back(model.sum[pair / ntypes] * model.scale[pair / ntypes] *
                          (model.pair_scale.empty() ? 1.0 : model.pair_scale[pair]));
  term.bias = model.shift;
  term.repulsion = model.repulsion;
  return term;
}

}  // namespace dp::detail
