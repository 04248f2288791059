// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <dp/io/known_keys.hpp>
#include <dp/io/tree.hpp>
#include <dp/io/tree_cursor.hpp>
#include <dp/model/net.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace dp::detail {

inline std::string lower_case(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

/// Refuses precisions that DeePMD-kit does not know. Weights are kept in double whatever they were.
inline void check_precision(Cursor const& parent) {
  std::optional<Cursor> const key = parent.find("precision");
  if (!key) return;
  std::string const name = lower_case(key->text());
  for (std::string_view const known :
       {"default", "float64", "double", "float32", "single", "float16", "half", "bfloat16"})
    if (name == known) return;
  key->refuse(
      "one of \"default\", \"float64\", \"double\", \"float32\", \"single\", \"float16\", \"half\", "
      "\"bfloat16\"");
}

/// Refuses a serialised object whose layout is newer than the ones known here.
inline void check_version(Cursor const& parent, int newest) {
  if (std::optional<Cursor> const key = parent.find("@version")) key->integer(1, newest);
}

/// The activation of a layer; its key may be absent or null, which means none.
inline void read_activation(Cursor const& parent, Layer& layer) {
  static constexpr std::array<std::pair<std::string_view, Activation>, 11> known{
      {{"tanh", Activation::tanh},
       {"relu", Activation::relu},
       {"relu6", Activation::relu6},
       {"softplus", Activation::softplus},
       {"sigmoid", Activation::sigmoid},
       {"silu", Activation::silu},
       {"gelu", Activation::gelu},
       {"gelu_tf", Activation::gelu},
       {"linear", Activation::linear},
       {"none", Activation::linear},
       {"", Activation::linear}}};
  std::optional<Cursor> const key = parent.find("activation_function");
  if (!key) return;
  std::string const name = lower_case(key->text());
  for (auto const& [text, activation] : known)
    if (name == text) {
      layer.activation = activation;
      return;
    }
  std::string const stem = name.substr(0, name.find(':'));
  if (stem == "silut" || stem == "custom_silu") {
    layer.activation = Activation::silut;
    if (stem == name) return;
    char const* const begin = name.data() + stem.size() + 1;
    char const* const end = name.data() + name.size();
    auto const parsed = std::from_chars(begin, end, layer.threshold);
    if (parsed.ec == std::errc() && parsed.ptr == end && std::isfinite(layer.threshold)) return;
  }
  key->refuse(
      "an activation function of tanh, relu, relu6, softplus, sigmoid, silu, silut[:threshold], "
      "custom_silu[:threshold], gelu, gelu_tf, linear, none");
}

inline Layer read_layer(Cursor const& node) {
  check_version(node, 2);
  check_precision(node);
  check_keys(node, {"@class", "@version", "@variables", "activation_function", "bias", "precision", "resnet",
                    "trainable", "use_timestep"});
  Cursor const variables = node["@variables"];
  check_keys(variables, {"w", "b", "idt", "gelu_cubic"});
  Cursor const weight = variables["w"];
  Layer layer;
  Array const& w = weight.array();
  if (w.shape.size() != 2 || w.values.empty() || w.shape[0] > 1'000'000 || w.shape[1] > 1'000'000)
    weight.refuse("an array of shape (inputs, outputs)");
  layer.inputs = static_cast<int>(w.shape[0]);
  layer.outputs = static_cast<int>(w.shape[1]);
  layer.weight = w.values;
  if (std::optional<Cursor> const bias = variables.find("b"))
    layer.bias = bias->values(w.shape[1]);
  else if (std::optional<Cursor> const flag = node.find("bias"); flag && flag->flag())
    variables.complain("the key \"b\" is missing or null although the layer's \"bias\" is true");
  // DeePMD-kit's files carry a null timestep where the widths forbid a skip, whatever the flag says.
  if (std::optional<Cursor> const timestep = variables.find("idt"))
    layer.timestep = timestep->values(w.shape[1]);
  read_activation(node, layer);
  // A key of ours: TensorFlow's gelu_tf has its coefficient in single precision.
  if (std::optional<Cursor> const cubic = variables.find("gelu_cubic"))
    layer.cubic = cubic->values(1).front();
  if (read_flag(node, "resnet", false)) {
    if (layer.outputs == layer.inputs)
      layer.skip = Skip::identity;
    else if (layer.outputs == 2 * layer.inputs)
      layer.skip = Skip::doubled;
  }
  return layer;
}

inline Net read_net(Cursor const& node) {
  check_version(node, 2);
  check_precision(node);
  // What is said of the net here, its layers say again.
  check_keys(node, {"@class", "@version", "layers", "activation_function", "bias", "bias_out", "in_dim",
                    "neuron", "out_dim", "precision", "resnet_dt", "trainable"});
  Net net;
  Cursor const layers = node["layers"];
  for (Cursor const& layer : layers.list()) {
    net.layers.push_back(read_layer(layer));
    if (net.layers.size() == 1) continue;
    Layer const& before = net.layers[net.layers.size() - 2];
    Layer const& last = net.layers.back();
    if (last.inputs != before.outputs)
      layer["@variables"]["w"].refuse("an array of " + std::to_string(before.outputs) +
                                      " rows, the outputs of the layer before");
  }
  if (net.layers.empty()) layers.refuse("at least one layer");
  return net;
}

/// The nets of a collection, in the file's order; empty where an entry is null.
struct NetCollection {
  int ndim = 0;
  std::vector<Net> nets;  // (ntypes to the power of ndim)
};

inline NetCollection read_collection(Cursor const& node, int ntypes, int most_ndim) {
  check_version(node, 1);
  check_keys(node, {"@class", "@version", "ndim", "networks", "network_type", "ntypes"});
  NetCollection out;
  out.ndim = node["ndim"].integer(0, most_ndim);
  std::size_t expected = 1;
  for (int i = 0; i < out.ndim; ++i) expected *= static_cast<std::size_t>(ntypes);
  Cursor const networks = node["networks"];
  std::vector<Cursor> const entries = networks.list();
  if (entries.size() != expected)
    networks.refuse("a list of " + std::to_string(expected) + " networks (" + std::to_string(ntypes) +
                    " types, ndim " + std::to_string(out.ndim) + ")");
  for (Cursor const& entry : entries) out.nets.push_back(entry.node().is_null() ? Net{} : read_net(entry));
  return out;
}

}  // namespace dp::detail
