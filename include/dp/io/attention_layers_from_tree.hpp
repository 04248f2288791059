// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <cstddef>
#include <dp/io/known_keys.hpp>
#include <dp/io/net_from_tree.hpp>
#include <dp/io/tree_cursor.hpp>
#include <dp/model/attention_layer.hpp>
#include <optional>
#include <string>
#include <vector>

namespace dp::detail {

/// Refuses another value of a flag that the descriptor says too.
inline void check_flag(Cursor const& node, char const* key, bool expected, char const* why) {
  if (std::optional<Cursor> const flag = node.find(key); flag && flag->flag() != expected)
    flag->refuse(std::string(expected ? "true, " : "false, ") + why);
}

/// One layer, whose flag "smooth" must be that of the descriptor.
inline AttentionLayer read_attention_layer(Cursor const& node, bool smooth) {
  check_version(node, 1);
  check_precision(node);
  // What is said of the layer here, its parts say again.
  check_keys(node, {"@class", "@version", "attention_layer", "attn_layer_norm", "do_mask", "dotr",
                    "embed_dim", "hidden_dim", "ln_eps", "nnei", "normalize", "precision", "scaling_factor",
                    "smooth", "temperature", "trainable", "trainable_ln"});
  Cursor const inside = node["attention_layer"];
  check_version(inside, 1);
  check_precision(inside);
  check_keys(inside, {"@class", "@version", "bias", "do_mask", "dotr", "embed_dim", "hidden_dim", "in_proj",
                      "nnei", "normalize", "num_heads", "out_proj", "precision", "scaling_factor", "smooth",
                      "temperature", "trainable"});
  for (Cursor const& place : {node, inside})
    check_flag(place, "do_mask", false, "a mask of the diagonal is not supported");
  check_flag(inside, "smooth", smooth, "as the descriptor's \"smooth_type_embedding\"");
  if (std::optional<Cursor> const heads = inside.find("num_heads"); heads && heads->integer(1, 1000) != 1)
    heads->refuse("1: several heads are not supported");
  AttentionLayer layer;
  layer.in = read_layer(inside["in_proj"]);
  layer.out = read_layer(inside["out_proj"]);
  layer.normalised = inside["normalize"].flag();
  layer.angular = inside["dotr"].flag();
  if (std::optional<Cursor> const temperature = inside.find("temperature")) {
    layer.scale = temperature->number();
  } else {
    Cursor const factor = inside["scaling_factor"];
    double const value = factor.number("a positive number");
    if (!(value > 0.0)) factor.refuse("a positive number");
    layer.scale = 1.0 / std::sqrt(layer.hidden() * value);
  }
  Cursor const norm = node["attn_layer_norm"];
  check_version(norm, 1);
  check_precision(norm);
  check_keys(norm, {"@class", "@version", "@variables", "eps", "precision", "trainable"});
  Cursor const variables = norm["@variables"];
  check_keys(variables, {"w", "b"});
  layer.gain = variables["w"].array().values;
  layer.shift = variables["b"].array().values;
  layer.epsilon = norm["eps"].number("a positive number");
  return layer;
}

/// Layers of attention, as many as the descriptor's "attn_layer" says.
inline std::vector<AttentionLayer> read_attention_layers(Cursor const& node, int count, bool smooth) {
  check_version(node, 1);
  check_precision(node);
  check_keys(node, {"@class", "@version", "attention_layers", "do_mask", "dotr", "embed_dim", "hidden_dim",
                    "layer_num", "ln_eps", "nnei", "normalize", "precision", "scaling_factor", "smooth",
                    "temperature", "trainable", "trainable_ln"});
  Cursor const list = node["attention_layers"];
  std::vector<Cursor> const entries = list.list("a list of layers");
  if (static_cast<int>(entries.size()) != count)
    list.refuse("a list of " + std::to_string(count) + " layers, \"attn_layer\" of the descriptor");
  std::vector<AttentionLayer> layers;
  for (Cursor const& entry : entries) layers.push_back(read_attention_layer(entry, smooth));
  return layers;
}

}  // namespace dp::detail
