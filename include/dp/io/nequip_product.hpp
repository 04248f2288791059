// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <dp/io/nequip_couplings.hpp>
#include <dp/io/nequip_modules.hpp>
#include <dp/io/torch_module.hpp>
#include <dp/io/tree.hpp>
#include <dp/model/irreps.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// The present network: nequip 0.7 and later with nequip-allegro 0.5 and later.
namespace dp::detail::nequip {

/// The matrices of a ScalarMLPFunction with their constants inside.
inline Matrices scalar_mlp(TorchModule const& part) {
  Matrices net;
  Node memory;
  TorchModule const layers = part["mlp"];
  if (layers.find("weights")) {  // linear layers in a row
    for (Node const& weight : layers.tensors("weights")) {
      Node::SharedArray const* const w = weight.as<Node::SharedArray>();
      if (w == nullptr || (*w)->shape.size() != 2) layers.complain("expected matrices as \"weights\"");
      net.weight.push_back(scaled(**w, net.weight.empty() ? number(layers, "alpha") : 1.0));
    }
  } else {
    for (TorchModule const& layer : part.list("mlp")) {
      if (layer.node("weight").is_null()) {
        std::string const name = activation(layer);
        if (net.activation != "none" && name != net.activation)
          layer.complain("expected one activation in a net");
        net.activation = name;
        continue;
      }
      if (!layer.node("bias").is_null()) layer.complain("layers with biases are not supported");
      net.weight.push_back(scaled(tensor(layer, "weight", memory, 2), number(layer, "alpha")));
    }
  }
  if (net.weight.empty()) part.complain("expected at least one layer");
  return net;
}

inline Array scalar_linear(TorchModule const& part) { return product(part, scalar_mlp(part)); }

/// `radial_chemical_embed`
inline Node radial(TorchModule const& embed, std::size_t types) {
  Node memory;
  if (std::optional<TorchModule> const spline = embed.find("spline")) {
    auto const n = static_cast<std::size_t>(integer(*spline, "num_splines"));
    Array const& w = tensor(at(*spline, "class_embed"), "weight", memory, 2);
    if (w.shape[0] != types * types || w.shape[1] % n != 0)
      spline->complain("expected splines for ", types * types, " pairs of types");
    Node const span = spline->required("spline_span");
    return map_of({{"kind", text("spline")},
                   {"span", span},
                   {"@variables", map_of({{"w", array({w.shape[0], w.shape[1] / n, n}, w.values)}})}});
  }
  std::vector<double> const frequency = values(embed["bessel_encode"], "bessel_weights");
  TorchModule const type_embed = embed["type_embed"];
  Node centre_memory, neighbour_memory;
  Array const& centre = tensor(type_embed["center_embed"], "weight", centre_memory, 2);
  Array const& neighbour = tensor(type_embed["neighbor_embed"], "weight", neighbour_memory, 2);
  if (centre.shape[0] != types || neighbour.shape[0] != types)
    type_embed.complain("expected embeddings of ", types, " types");
  std::vector<double> factor;
  auto const append = [&](Array const& from, std::size_t type) {
    auto const begin = from.values.begin() + static_cast<std::ptrdiff_t>(type * from.shape[1]);
    factor.insert(factor.end(), begin, begin + static_cast<std::ptrdiff_t>(from.shape[1]));
  };
  for (std::size_t a = 0; a < types; ++a)
    for (std::size_t b = 0; b < types; ++b) {
      append(centre, a);
      append(neighbour, b);
    }
  Array const w = scalar_linear(type_embed["basis_linear"]);
  std::size_t const n = frequency.size();
  return map_of(
      {{"kind", text("bessel")},
       {"activation", text("none")},
       {"@variables", map_of({{"frequency", vector(frequency)},
                              {"mean", vector(std::vector<double>(n, 0.0))},
                              {"inverse_deviation", vector(std::vector<double>(n, 1.0))},
                              {"w", array(w.shape, w.values)},
                              {"pair_factor", array({types * types, factor.size() / types / types}, factor)},
                              {"pair_term", Node{}}})}});
}

/// The weights of paths of each layer, (channels x paths).
inline Node path_weights(TorchModule const& allegro, std::size_t channels, Irreps const& harmonics,
                         std::vector<Irreps> const& steps) {
  Node::List out;
  std::vector<TorchModule> const products = allegro.list("tps");
  for (std::size_t k = 0; k < products.size() && k + 1 < steps.size(); ++k) {
    check_product(products[k], steps[k], harmonics, steps[k + 1]);
    std::size_t const n = paths(steps[k], harmonics, steps[k + 1]).size();
    std::vector<double> const own = values(products[k], "weights");
    bool const coupled = products[k].flag("path_channel_coupling");
    if (own.size() != (coupled ? channels * n : n))
      products[k].complain("expected weights of ", n, " paths, found ", own.size(), " numbers");
    std::vector<double> all;
    for (std::size_t u = 0; u < channels; ++u)
      for (std::size_t p = 0; p < n; ++p) all.push_back(own[coupled ? u * n + p : p]);
    out.push_back(array({channels, n}, std::move(all)));
  }
  return Node{std::move(out)};
}

/// What sums over edges are multiplied by for each type: those of harmonics, then those of energies. Before
/// nequip-allegro 0.8 these are single numbers elsewhere, the second with its sqrt(2).
inline std::pair<std::vector<double>, std::vector<double>> norms(TorchModule const& nets, std::size_t types) {
  TorchModule const allegro = nets["allegro"], reduce = nets["edge_eng_sum"];
  std::optional<TorchModule> const norm = allegro.find("avg_num_neighbors_norm"),
                                   sum = reduce.find("norm_module");
  std::vector<double> first = norm ? values(*norm, "norm_const")
                                   : std::vector<double>{number(at(allegro, "tps.0"), "scatter_factor")};
  std::vector<double> second =
      sum ? values(*sum, "norm_const") : std::vector<double>{number(reduce, "_factor")};
  if (sum)
    for (double& factor : second) factor /= std::sqrt(2.0);
  return {per_type(allegro, std::move(first), types, 1.0), per_type(reduce, std::move(second), types, 1.0)};
}

/// The tree of a model from its root module.
inline Node product_tree(TorchModule const& model) {
  TorchModule const nets = at(model, "model.func");
  TorchModule const allegro = allegro_of(nets);
  expect_only(nets, {"edge_norm", "radial_chemical_embed", "scalar_embed_mlp", "tensor_embed", "allegro",
                     "edge_readout", "edge_eng_sum", "per_type_energy_scale_shift", "cutoff",
                     "pair_potential", "total_energy_sum"});
  if (allegro.flag("scatter_features")) allegro.complain("scatter_features: true is not supported");
  check_harmonics(at(nets, "tensor_embed.sh"));
  TorchModule const edges = nets["edge_norm"], first = at(allegro, "tps.0");
  Node const names = model.required("type_names");
  std::size_t const types = names.as<Node::List>() != nullptr ? names.as<Node::List>()->size() : 0;
  if (types == 0 || types > most_types)
    model.complain("expected 1 to ", most_types, " names as \"type_names\"");
  auto const layers = static_cast<int>(integer(allegro, "num_layers"));
  auto const channels = static_cast<std::size_t>(integer(allegro, "num_tensor_features"));
  Irreps const harmonics = irreps(first, "irreps_in2"),
               allowed = irreps(allegro, "tensor_track_allowed_irreps");
  std::vector<Irreps> const steps = track(harmonics, allowed, layers, false);
  Node::List said, latent;
  for (Irreps const& step : steps) said.push_back(text(in_words(step)));
  for (TorchModule const& net : allegro.list("latents")) latent.push_back(node_of(scalar_mlp(net)));

  std::vector<double> cutoffs = values(edges, "_rmax_recip");
  for (double& cutoff : cutoffs) cutoff = 1.0 / cutoff;
  if (cutoffs.size() == 1) cutoffs.resize(types * types, cutoffs.front());
  TorchModule const embed = nets["radial_chemical_embed"];
  std::optional<TorchModule> const bessel = embed.find("bessel_encode");
  double const exponent = bessel ? number(at(*bessel, "cutoff"), "p") : 6.0;
  auto const [norm, sum] = norms(nets, types);
  TorchModule const scale = nets["per_type_energy_scale_shift"];
  Array const embedding = scalar_linear(at(nets, "tensor_embed.env_embed_linear"));
  Array const projection = scalar_linear(allegro["first_layer_env_embed_projection"]);

  Node::Map out = {{"type", text("allegro")},
                   {"format", whole(1)},
                   {"flavour", text("product")},
                   {"type_map", names},
                   {"r_max", Node{number(edges, "r_max")}},
                   {"l_max", whole(harmonics.size() - 1)},
                   {"layers", whole(static_cast<std::size_t>(layers))},
                   {"scalar_features", allegro.required("num_scalar_features")},
                   {"tensor_features", whole(channels)},
                   {"harmonics", text(in_words(harmonics))},
                   {"allowed", text(in_words(allowed))},
                   {"track", Node{std::move(said)}},
                   {"cutoff_exponent", Node{exponent}},
                   {"radial", radial(embed, types)},
                   {"embedding", node_of(scalar_mlp(at(nets, "scalar_embed_mlp.mlp_module")))},
                   {"latent", Node{std::move(latent)}},
                   {"readout", node_of(scalar_mlp(at(nets, "edge_readout.mlp_module")))}};
  out.push_back(
      {"@variables", map_of({{"pair_cutoff", array({types, types}, std::move(cutoffs))},
                             {"environment_norm", vector(norm)},
                             {"sum_norm", vector(sum)},
                             {"scale", vector(per_type(scale, values(scale, "scales"), types, 1.0))},
                             {"shift", vector(per_type(scale, values(scale, "shifts"), types, 0.0))},
                             {"tensor_embedding", array(embedding.shape, embedding.values)},
                             {"first_projection", array(projection.shape, projection.values)},
                             {"path_weight", path_weights(allegro, channels, harmonics, steps)}})});
  if (std::optional<TorchModule> const pair = nets.find("pair_potential")) {
    if (pair->type() != "ZBL")
      pair->complain("the pair potential ", in_quotes(pair->type()), " is not supported: expected ZBL");
    std::optional<TorchModule> const cutoff = pair->find("cutoff");  // of the nets before nequip 0.17
    double const own_exponent = cutoff ? number(*cutoff, "p") : exponent;
    out.push_back({"zbl", map_of({{"half_coulomb", Node{number(*pair, "_qqr2exesquare")}},
                                  {"cutoff_exponent", Node{own_exponent}},
                                  {"@variables",
                                   map_of({{"atomic_number", vector(values(*pair, "atomic_numbers"))}})}})});
  }
  return map_of(std::move(out));
}

}  // namespace dp::detail::nequip
