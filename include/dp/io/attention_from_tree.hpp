// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <dp/io/attention_layers_from_tree.hpp>
#include <dp/io/known_keys.hpp>
#include <dp/io/net_from_tree.hpp>
#include <dp/io/tree.hpp>
#include <dp/io/tree_cursor.hpp>
#include <dp/io/typed_embedding_from_tree.hpp>
#include <dp/model/attention.hpp>
#include <optional>
#include <string>
#include <vector>

namespace dp::detail {

/// Refuses what is not evaluated, and keys that are not known. What is said of layers of attention beside
/// them does not matter: they say it again.
inline void check_attention_keys(Cursor const& node) {
  check_version(node, 4);
  if (std::optional<Cursor> const moments = node.find("lmax"); moments && moments->integer(0, 100) != 1)
    moments->refuse("1: moments of other orders are not supported");
  check_keys(node, {"@class",
                    "@version",
                    "@variables",
                    "activation_function",
                    "attention_layers",
                    "attn",
                    "attn_dotr",
                    "attn_layer",
                    "attn_mask",
                    "axis_neuron",
                    "compress",
                    "concat_output_tebd",
                    "embeddings",
                    "embeddings_strip",
                    "env_mat",
                    "env_protection",
                    "excluded_rows",
                    "exclude_types",
                    "least_length",
                    "lmax",
                    "ln_eps",
                    "neuron",
                    "normalize",
                    "ntypes",
                    "pads",
                    "precision",
                    "rcut",
                    "rcut_smth",
                    "resnet_dt",
                    "scaling_factor",
                    "seed",
                    "sel",
                    "set_davg_zero",
                    "smooth_type_embedding",
                    "smoothing",
                    "tebd_dim",
                    "tebd_input_mode",
                    "temperature",
                    "trainable",
                    "trainable_ln",
                    "type",
                    "type_embedding",
                    "type_map",
                    "type_one_side",
                    "use_econf_tebd",
                    "use_tebd_bias"});
}

/// Which of these words stands under a key of ours, that DeePMD-kit does not look at; the first where it is
/// absent. They say how files differ that are not `.dp`.
inline std::size_t read_word(Cursor const& node, char const* key, std::vector<std::string> const& words) {
  std::optional<Cursor> const word = node.find(key);
  std::size_t i = 0;
  while (word && i < words.size() && word->text() != words[i]) ++i;
  if (i < words.size()) return i;
  std::string list;
  for (std::string const& known : words) list += (list.empty() ? "" : " or ") + in_quotes(known);
  word->refuse(list);
}

/// DPA-1: types "dpa1", "se_atten", "se_atten_v2".
inline Attention read_attention(Cursor const& node, int ntypes, bool second_version) {
  check_attention_keys(node);
  Attention descriptor;
  read_shared_rows(node, ntypes, descriptor);
  descriptor.axis_neuron = node["axis_neuron"].integer(1, 1'000'000);
  descriptor.embedding = read_typed_embedding(node, ntypes, second_version);
  bool const cubic = read_word(node, "smoothing", {"switch", "cubic"}) == 1;
  if (descriptor.embedding.input == TypedEmbedding::Input::strip &&
      (second_version || read_flag(node, "smooth_type_embedding", true)))
    descriptor.embedding.smooth = cubic ? TypedEmbedding::Smooth::cubic : TypedEmbedding::Smooth::by_switch;
  if (int const layers = node["attn_layer"].integer(0, 1000); layers > 0) {
    bool const smooth = second_version || read_flag(node, "smooth_type_embedding", true);
    if (smooth)
      descriptor.weights = cubic ? TypedEmbedding::Smooth::cubic : TypedEmbedding::Smooth::by_switch;
    check_flag(node, "attn_mask", false, "a mask of the diagonal is not supported");
    descriptor.layers = read_attention_layers(node["attention_layers"], layers, smooth);
    if (std::optional<Cursor> const least = node.find("least_length")) descriptor.shortest = least->number();
  }
  descriptor.pads =
      std::array{Attention::Pads::first_type, Attention::Pads::no_type,
                 Attention::Pads::none}[read_word(node, "pads", {"first_type", "zero_type", "none"})];
  descriptor.excluded_average = read_word(node, "excluded_rows", {"zero", "average"}) == 1;
  return descriptor;
}

}  // namespace dp::detail
