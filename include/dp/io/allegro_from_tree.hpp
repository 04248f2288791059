// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <dp/core/activation.hpp>
#include <dp/io/find_modifier.hpp>
#include <dp/io/known_keys.hpp>
#include <dp/io/tree.hpp>
#include <dp/io/tree_cursor.hpp>
#include <dp/model/allegro.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace dp::detail {

/// Whether a tree is that of an Allegro model, which is no member of a larger one.
inline bool is_allegro(Cursor const& root) { return said_type(root) == "allegro"; }

/// The values of an array, however many there are.
inline std::vector<double> const& all_values(Cursor const& array) { return array.array().values; }

/// The values of an array, or none where there is none.
inline std::vector<double> values_if_said(Cursor const& parent, std::string_view key) {
  std::optional<Cursor> const array = parent.find(key);
  return array ? all_values(*array) : std::vector<double>();
}

/// An activation of the NequIP framework. Those that are not zero at zero are refused: edges beyond the
/// cutoff would have energies.
inline Activation read_edge_activation(Cursor const& name) {
  static constexpr std::array<std::pair<std::string_view, Activation>, 6> known{
      {{"none", Activation::linear},
       {"silu", Activation::silu},
       {"mish", Activation::mish},
       {"gelu", Activation::gelu_erf},
       {"tanh", Activation::tanh},
       {"ssp", Activation::shifted_softplus}}};
  for (auto const& [text, activation] : known)
    if (name.text() == text) return activation;
  name.refuse("an activation function of none, silu, mish, gelu, tanh, ssp");
}

/// "0e+1o+2e"
inline Irreps read_irreps(Cursor const& text) {
  Irreps irreps;
  std::string const& all = text.text();
  for (std::size_t begin = 0; begin < all.size(); begin += 3) {
    bool const last = begin + 2 == all.size();
    if (!last && (begin + 2 > all.size() || all[begin + 2] != '+')) text.refuse("irreps such as \"0e+1o\"");
    char const degree = all[begin], parity = all[begin + 1];
    if (degree < '0' || degree > '9' || (parity != 'e' && parity != 'o'))
      text.refuse("irreps such as \"0e+1o\"");
    irreps.push_back({degree - '0', parity == 'o'});
  }
  return irreps;
}

/// A net without biases, whose last layer is linear; empty where it has no layers.
inline Net read_edge_net(Cursor const& node) {
  check_keys(node, {"@variables", "activation"});
  Activation const activation = read_edge_activation(node["activation"]);
  Cursor const variables = node["@variables"];
  check_keys(variables, {"w"});
  Net net;
  for (Cursor const& weight : variables["w"].list("a list of matrices")) {
    Array const& w = weight.array();
    if (w.shape.size() != 2 || w.values.empty() || w.shape[0] > 1'000'000 || w.shape[1] > 1'000'000)
      weight.refuse("an array of shape (inputs, outputs)");
    Layer layer;
    layer.inputs = static_cast<int>(w.shape[0]);
    layer.outputs = static_cast<int>(w.shape[1]);
    layer.weight = w.values;
    layer.activation = activation;
    net.layers.push_back(std::move(layer));
  }
  if (!net.empty()) net.layers.back().activation = Activation::linear;
  return net;
}

inline std::vector<Net> read_edge_nets(Cursor const& nets) {
  std::vector<Net> out;
  for (Cursor const& net : nets.list("a list of nets")) out.push_back(read_edge_net(net));
  return out;
}

/// One linear map for each pair of types of one map and what each pair multiplies its outputs by.
inline std::vector<double> maps_of_pairs(std::vector<double> const& weight,
                                         std::vector<double> const& pair_factor, std::size_t pairs,
                                         std::size_t outputs) {
  std::vector<double> maps;
  for (std::size_t pair = 0; pair < pairs; ++pair)
    for (std::size_t i = 0; i < weight.size(); ++i)
      maps.push_back(weight[i] * (pair_factor.empty() ? 1.0 : pair_factor[pair * outputs + i % outputs]));
  return maps;
}

inline EdgeFunctions read_bessel(Cursor const& node, std::size_t pairs) {
  check_keys(node, {"@variables", "kind", "activation"});
  Cursor const variables = node["@variables"];
  check_keys(variables, {"frequency", "mean", "inverse_deviation", "w", "pair_factor", "pair_term"});
  BesselFunctions functions;
  functions.frequency = all_values(variables["frequency"]);
  functions.mean = variables["mean"].values(functions.frequency.size());
  functions.inverse_deviation = variables["inverse_deviation"].values(functions.frequency.size());
  Array const& w = variables["w"].array();
  if (w.shape.size() != 2 || w.shape[0] != functions.frequency.size() || w.shape[1] > 10'000)
    variables["w"].refuse("an array of " + std::to_string(functions.frequency.size()) +
                          " rows, one for each frequency");
  EdgeFunctions radial;
  radial.outputs = static_cast<int>(w.shape[1]);
  std::vector<double> factor;
  if (std::optional<Cursor> const key = variables.find("pair_factor"))
    factor = key->values(pairs * w.shape[1]);
  radial.weight = maps_of_pairs(w.values, factor, pairs, w.shape[1]);
  radial.term = values_if_said(variables, "pair_term");
  radial.activation = read_edge_activation(node["activation"]);
  radial.node = std::move(functions);
  return radial;
}

inline EdgeFunctions read_splines(Cursor const& node, std::size_t pairs) {
  check_keys(node, {"@variables", "kind", "span"});
  check_keys(node["@variables"], {"w"});
  Cursor const weight = node["@variables"]["w"];
  Array const& w = weight.array();
  if (w.shape.size() != 3 || w.shape[0] != pairs || w.shape[1] > 10'000 || w.shape[2] > 10'000)
    weight.refuse("an array of shape (" + std::to_string(pairs) + ", outputs, functions)");
  EdgeFunctions radial;
  std::size_t const outputs = w.shape[1], functions = w.shape[2];
  radial.outputs = static_cast<int>(outputs);
  radial.node = SplineFunctions{static_cast<int>(functions), node["span"].integer(0, 10'000)};
  for (std::size_t pair = 0; pair < pairs; ++pair)
    for (std::size_t k = 0; k < functions; ++k)
      for (std::size_t d = 0; d < outputs; ++d)
        radial.weight.push_back(w.values[(pair * outputs + d) * functions + k]);
  return radial;
}

inline EdgeFunctions read_edge_functions(Cursor const& node, std::size_t pairs) {
  std::string const& kind = node["kind"].text();
  if (kind == "bessel") return read_bessel(node, pairs);
  if (kind == "spline") return read_splines(node, pairs);
  node["kind"].refuse("\"bessel\" or \"spline\"");
}

inline ScreenedRepulsion read_repulsion(Cursor const& node) {
  check_keys(node, {"@variables", "half_coulomb", "cutoff_exponent"});
  check_keys(node["@variables"], {"atomic_number"});
  constexpr double expected = 0.5 * 14.399645;  // that of atomic charges, in units of LAMMPS ("metal")
  double const half = node["half_coulomb"].number();
  if (!(std::abs(half - expected) < 1e-3 * expected))
    node["half_coulomb"].complain("expected ", expected, " eV Angstrom, found ", half,
                                  ": models must be in eV and Angstrom (in kcal/mol: 166.032)");
  return {half, node["cutoff_exponent"].number(), all_values(node["@variables"]["atomic_number"])};
}

/// What is in the file of each layer.
inline std::vector<std::vector<double>> read_layers(Cursor const& list) {
  std::vector<std::vector<double>> layers;
  for (Cursor const& layer : list.list("a list of arrays")) layers.push_back(all_values(layer));
  return layers;
}

/// Refuses a file whose irreps are not those that follow from what is allowed.
inline void check_track(Cursor const& node, Allegro const& model) {
  std::vector<Irreps> said;
  for (Cursor const& step : node.list("a list of irreps")) said.push_back(read_irreps(step));
  std::vector<Irreps> const expected = model.irreps();
  std::string words;
  for (Irreps const& step : expected) words += (words.empty() ? "" : ", ") + in_words(step);
  if (said != expected) node.complain("expected the irreps that lead to scalars, ", words);
}

/// The model of a tree that scripts/dp_export_allegro.py has written.
inline Allegro read_allegro(Cursor const& root, std::size_t ntypes) {
  check_keys(
      root,
      {"@variables",      "type",   "format",          "flavour",         "precision", "type_map",    "r_max",
       "l_max",           "layers", "scalar_features", "tensor_features", "harmonics", "allowed",     "track",
       "cutoff_exponent", "radial", "embedding",       "readout",         "latent",    "environment", "zbl"});
  root["format"].integer(1, 1);
  Allegro model;
  std::string const& flavour = root["flavour"].text();
  if (flavour != "product" && flavour != "latent") root["flavour"].refuse("\"product\" or \"latent\"");
  bool const product = flavour == "product";
  model.flavour = product ? Allegro::Flavour::product : Allegro::Flavour::latent;
  model.r_max = root["r_max"].number();
  model.cutoff_exponent = root["cutoff_exponent"].number();
  model.layers = root["layers"].integer(1, 16);
  model.scalars = root["scalar_features"].integer(1, 10'000);
  model.channels = root["tensor_features"].integer(1, 10'000);
  model.harmonics = read_irreps(root["harmonics"]);
  model.allowed = read_irreps(root["allowed"]);
  if (root["l_max"].integer(0, 3) + 1 != model.degrees())
    root["l_max"].complain("expected the highest degree of the harmonics, ", in_words(model.harmonics));
  check_track(root["track"], model);
  model.radial = read_edge_functions(root["radial"], ntypes * ntypes);
  model.embedding = read_edge_net(root["embedding"]);
  model.latent = read_edge_nets(root["latent"]);
  model.readout = read_edge_net(root["readout"]);
  if (std::optional<Cursor> const zbl = root.find("zbl")) model.repulsion = read_repulsion(*zbl);
  Cursor const variables = root["@variables"];
  check_keys(variables,
             {"pair_cutoff", "environment_norm", "sum_norm", "scale", "shift", "pair_scale",
              "tensor_embedding", "first_projection", "path_weight", "resnet_old", "resnet_new", "mix"});
  model.pair_cutoff = all_values(variables["pair_cutoff"]);
  model.environment = all_values(variables["environment_norm"]);
  model.sum = all_values(variables["sum_norm"]);
  model.scale = all_values(variables["scale"]);
  model.shift = all_values(variables["shift"]);
  model.pair_scale = values_if_said(variables, "pair_scale");
  if (product) {
    model.tensor_embedding = all_values(variables["tensor_embedding"]);
    model.first_projection = all_values(variables["first_projection"]);
    model.path_weights = read_layers(variables["path_weight"]);
  } else {
    model.weights = read_edge_nets(root["environment"]);
    model.old_part = all_values(variables["resnet_old"]);
    model.new_part = all_values(variables["resnet_new"]);
    model.mix = read_layers(variables["mix"]);
  }
  return model;
}

}  // namespace dp::detail
