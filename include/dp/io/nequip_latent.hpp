// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <dp/io/nequip_modules.hpp>
#include <dp/io/torch_module.hpp>
#include <dp/io/tree.hpp>
#include <dp/io/tree_cursor.hpp>
#include <dp/model/irreps.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The network of nequip 0.5 and 0.6 with allegro 0.2, in an archive that was deployed. Activations and the
/// mean number of neighbours are only in the configuration that lies beside the module.
namespace dp::detail::nequip {

/// A net's activation, and what it is multiplied by so that its second moment is 1, as e3nn 0.5.1 samples it.
struct OldActivation {
  std::string name = "none";
  double factor = 1.0;
};

/// silu where the configuration does not say.
inline OldActivation old_activation(Cursor const& config, char const* key) {
  Node const* const said = config.node().find(key);
  std::string name = "silu";
  if (said != nullptr) name = said->is_null() ? "none" : config[key].text();
  if (name == "none") return {};
  if (name != "silu")
    config.complain(key, ": the activation ", in_quotes(name), " is not supported: expected silu or null");
  return {name, 1.6791767923989418};
}

/// The matrices of a ScalarMLPFunction with their constants inside.
inline Matrices old_mlp(TorchModule const& part, OldActivation const& activation) {
  TorchModule const layers = part["_forward"];
  if (layers.find("_bn_0")) part.complain("mlp_batchnorm: true is not supported");
  Matrices net;
  Node memory;
  for (std::string name = "_weight_0"; !layers.node(name).is_null();
       name = "_weight_" + std::to_string(net.weight.size())) {
    Array const& w = tensor(layers, name, memory, 2);
    net.weight.push_back(scaled(
        w, (net.weight.empty() ? 1.0 : activation.factor) / std::sqrt(static_cast<double>(w.shape[0]))));
  }
  if (net.weight.empty()) part.complain("expected at least one layer");
  net.activation = activation.name;
  return net;
}

/// The first layer of the two-body net as a part of each pair of types and one of the functions of the
/// distance.
inline Node old_radial(TorchModule const& nets, Matrices& two_body, std::size_t types, double r_max) {
  TorchModule const outer = at(nets, "radial_basis.basis");
  bool const normalised = !outer.node("_inv_std").is_null();
  TorchModule const bessel = normalised ? outer["basis"] : outer;
  std::vector<double> frequency = values(bessel, "bessel_weights");
  double const pi = std::acos(-1.0), unit = 2.0 * pi / (r_max * r_max);
  for (double& w : frequency) w /= pi;
  std::size_t const n = frequency.size();
  std::vector<double> mean = normalised ? values(outer, "_mean") : std::vector<double>{0.0},
                      inverse = normalised ? values(outer, "_inv_std") : std::vector<double>{1.0};
  if (mean.size() == 1) mean.resize(n, mean.front());
  if (inverse.size() == 1) inverse.resize(n, inverse.front());
  for (double& m : mean) m /= unit;
  for (double& factor : inverse) factor *= unit;
  Array const first = two_body.weight.front();
  std::size_t const width = first.shape[1];
  if (first.shape[0] != 2 * types + n)
    nets.complain("expected ", 2 * types + n, " inputs of the two-body net, found ", first.shape[0]);
  std::vector<double> term;
  for (std::size_t a = 0; a < types; ++a)
    for (std::size_t b = 0; b < types; ++b)
      for (std::size_t d = 0; d < width; ++d)
        term.push_back(first.values[a * width + d] + first.values[(types + b) * width + d]);
  two_body.weight.erase(two_body.weight.begin());
  std::vector<double> rest(first.values.begin() + static_cast<std::ptrdiff_t>(2 * types * width),
                           first.values.end());
  std::string const activation = two_body.weight.empty() ? "none" : two_body.activation;
  return map_of({{"kind", text("bessel")},
                 {"activation", text(activation)},
                 {"@variables", map_of({{"frequency", vector(std::move(frequency))},
                                        {"mean", vector(std::move(mean))},
                                        {"inverse_deviation", vector(std::move(inverse))},
                                        {"w", array({n, width}, std::move(rest))},
                                        {"pair_factor", Node{}},
                                        {"pair_term", array({types * types, width}, std::move(term))}})}});
}

/// What mixes channels and paths behind each layer but the last, with 1/sqrt of how many are summed inside.
inline Node old_mix(TorchModule const& allegro, std::size_t channels, Irreps const& harmonics,
                    std::vector<Irreps> const& steps) {
  Node::List out;
  std::vector<TorchModule> const mixes = allegro.list("linears");
  for (std::size_t k = 0; k + 2 < steps.size(); ++k) {
    if (k >= mixes.size()) allegro.complain("expected a linear map behind each layer");
    std::vector<double> w = values(mixes[k], "w");
    std::vector<IrrepPath> const all = paths(steps[k], harmonics, steps[k + 1]);
    if (w.size() != all.size() * channels * channels)
      mixes[k].complain("expected ", all.size() * channels * channels, " weights, found ", w.size());
    std::size_t next = 0;
    for (std::size_t o = 0; o < steps[k + 1].size(); ++o) {
      std::size_t n = 0;
      for (IrrepPath const& path : all) n += path.output == o ? 1 : 0;
      for (std::size_t i = 0; i < n * channels * channels; ++i)
        w[next++] /= std::sqrt(static_cast<double>(channels * n));
    }
    out.push_back(vector(std::move(w)));
  }
  return Node{std::move(out)};
}

/// What allegro 0.2 can do and this does not.
inline void refuse_old_options(TorchModule const& nets, Cursor const& config, double r_max) {
  TorchModule const allegro = allegro_of(nets);
  if (allegro.node("embed_initial_edge").is_null() || allegro.node("_latent_resnet_update_params").is_null())
    allegro.complain("this is a model of allegro 0.3, which is not supported");
  expect_only(nets, {"one_hot", "radial_basis", "spharm", "allegro", "edge_eng", "edge_eng_sum",
                     "per_species_rescale", "total_energy_sum"});
  if (std::optional<TorchModule> const harmonics = nets["spharm"].find("sh")) check_harmonics(*harmonics);
  if (std::optional<Cursor> const key = config.find("edge_sh_normalize"); key && !key->flag())
    key->complain("harmonics that grow with the distance are not supported");
  if (std::optional<Cursor> const key = config.find("edge_sh_normalization");
      key && key->text() != "component")
    key->refuse("\"component\"");
  if (config.find("mlp_nonlinearity"))
    config.complain("mlp_nonlinearity: expected a key for each net, such as latent_mlp_nonlinearity");
  if (!allegro.flag("embed_initial_edge")) allegro.complain("embed_initial_edge: false is not supported");
  for (TorchModule const& linear : allegro.list("env_linears"))
    if (linear.type() != "Identity") linear.complain("linear_after_env_embed: true is not supported");
  if (Node const kind = allegro.node("cutoff_type"); !kind.is_null())
    if (std::string const* const name = kind.as<std::string>(); name == nullptr || *name != "polynomial")
      allegro.complain("expected the cutoff \"polynomial\", found ", describe(kind));
  for (double const cutoff : values(allegro, "per_layer_cutoffs"))
    if (cutoff != r_max && cutoff != static_cast<double>(static_cast<float>(r_max)))
      allegro.complain("per_layer_cutoffs other than r_max (", r_max, ") are not supported, found ", cutoff);
  std::vector<double> const norm = values(allegro, "env_sum_normalizations");
  auto const differs = [&](double factor) { return factor != norm.front(); };
  if (norm.empty() || std::any_of(norm.begin(), norm.end(), differs))
    allegro.complain("expected one number in env_sum_normalizations");
}

/// The tree of a model from its root module and its configuration.
inline Node latent_tree(TorchModule const& root, Cursor const& config) {
  TorchModule const nets = at(root, root.type() == "RescaleOutput" ? "model.func" : "func");
  std::vector<Cursor> const names = config["type_names"].list("names of types");
  std::size_t const types = names.size();
  if (types == 0 || types > most_types) config["type_names"].refuse("1 to 256 names");
  double const r_max = config["r_max"].number();
  refuse_old_options(nets, config, r_max);
  TorchModule const allegro = nets["allegro"];
  auto const layers = static_cast<int>(integer(allegro, "num_layers"));
  auto const channels = static_cast<std::size_t>(integer(allegro, "env_embed_mul"));
  Irreps const harmonics = irreps(nets["spharm"], "irreps_edge_sh");
  Irreps allowed = harmonics;
  if (allegro.flag("nonscalars_include_parity")) {
    allowed.clear();
    for (int l = 0; l < static_cast<int>(harmonics.size()); ++l)
      for (bool const odd : {false, true}) allowed.push_back({l, odd});
  }
  std::vector<Irreps> const steps = track(harmonics, allowed, layers, true);
  Node::List said, latent, weights;
  for (Irreps const& step : steps) said.push_back(text(in_words(step)));

  OldActivation const of_latent = old_activation(config, "latent_mlp_nonlinearity"),
                      of_weights = old_activation(config, "env_embed_mlp_nonlinearity");
  std::vector<TorchModule> const nets_of_layers = allegro.list("latents");
  if (nets_of_layers.empty()) allegro.complain("expected a two-body net");
  Matrices two_body =
      old_mlp(nets_of_layers.front(), old_activation(config, "two_body_latent_mlp_nonlinearity"));
  std::size_t const scalars = two_body.weight.back().shape[1];
  Node radial_part = old_radial(nets, two_body, types, r_max);
  for (std::size_t k = 1; k < nets_of_layers.size(); ++k)
    latent.push_back(node_of(old_mlp(nets_of_layers[k], of_latent)));
  latent.push_back(node_of(old_mlp(allegro["final_latent"], of_latent)));
  for (TorchModule const& net : allegro.list("env_embed_mlps"))
    weights.push_back(node_of(old_mlp(net, of_weights)));

  std::vector<double> old_part, new_part;
  for (double const parameter : values(allegro, "_latent_resnet_update_params")) {
    double const c = 1.0 / (1.0 + std::exp(-parameter)), rest = 1.0 / std::sqrt(1.0 + c * c);
    bool const stays = allegro.flag("latent_resnet");
    old_part.push_back(stays ? rest : 0.0);
    new_part.push_back(stays ? c * rest : 1.0);
  }
  std::optional<TorchModule> const rescale = nets.find("per_species_rescale"),
                                   reduce = nets.find("edge_eng_sum");
  std::vector<double> scale = per_type(nets, values_if_there(rescale, "scales"), types, 1.0),
                      shift = per_type(nets, values_if_there(rescale, "shifts"), types, 0.0);
  double const whole_scale = per_type(root, values_if_there(root, "scale_by"), 1, 1.0).front();
  if (per_type(root, values_if_there(root, "shift_by"), 1, 0.0).front() != 0.0)
    root.complain("global_rescale_shift is not supported: its energy does not grow with the number of atoms");
  for (double& factor : scale) factor *= whole_scale;
  for (double& energy : shift) energy *= whole_scale;
  std::optional<Cursor> const normalised = config.find("normalize_edge_energy_sum");
  double const sum =
      normalised && !normalised->flag() ? 1.0 : 1.0 / std::sqrt(config["avg_num_neighbors"].number());
  std::vector<double> const pairs = values_if_there(reduce, "per_edge_scales");
  Node pair_scale;
  if (!pairs.empty()) pair_scale = array({types, types}, pairs);

  Node::List type_names;
  for (Cursor const& name : names) type_names.push_back(text(name.text()));
  Node::Map variables = {{"pair_cutoff", array({types, types}, std::vector<double>(types * types, r_max))},
                         {"environment_norm", vector(std::vector<double>(
                                                  types, values(allegro, "env_sum_normalizations").front()))},
                         {"sum_norm", vector(std::vector<double>(types, sum))},
                         {"scale", vector(std::move(scale))},
                         {"shift", vector(std::move(shift))},
                         {"pair_scale", std::move(pair_scale)},
                         {"resnet_old", vector(std::move(old_part))},
                         {"resnet_new", vector(std::move(new_part))},
                         {"mix", old_mix(allegro, channels, harmonics, steps)}};
  return map_of({{"type", text("allegro")},
                 {"format", whole(1)},
                 {"flavour", text("latent")},
                 {"type_map", Node{std::move(type_names)}},
                 {"r_max", Node{r_max}},
                 {"l_max", whole(harmonics.size() - 1)},
                 {"layers", whole(static_cast<std::size_t>(layers))},
                 {"scalar_features", whole(scalars)},
                 {"tensor_features", whole(channels)},
                 {"harmonics", text(in_words(harmonics))},
                 {"allowed", text(in_words(allowed))},
                 {"track", Node{std::move(said)}},
                 {"cutoff_exponent", Node{number(at(nets, "radial_basis.cutoff"), "p")}},
                 {"radial", std::move(radial_part)},
                 {"embedding", node_of(two_body)},
                 {"environment", Node{std::move(weights)}},
                 {"latent", Node{std::move(latent)}},
                 {"readout", node_of(old_mlp(at(nets, "edge_eng._module"),
                                             old_activation(config, "edge_eng_mlp_nonlinearity")))},
                 {"@variables", map_of(std::move(variables))}});
}

}  // namespace dp::detail::nequip
