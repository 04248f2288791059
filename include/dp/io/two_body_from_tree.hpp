// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <dp/io/check_whole.hpp>
#include <dp/io/environment_from_tree.hpp>
#include <dp/io/known_keys.hpp>
#include <dp/io/net_from_tree.hpp>
#include <dp/io/tables_from_tree.hpp>
#include <dp/io/tree_cursor.hpp>
#include <dp/io/typed_embedding_from_tree.hpp>
#include <dp/model/two_body.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dp::detail {

/// What se_e2_a and se_e2_r have in common but what they embed; `components` of a row.
inline void read_two_body(Cursor const& node, int ntypes, std::size_t components, bool as_tensorflow,
                          TwoBody& descriptor) {
  read_cutoffs(node, descriptor);
  Cursor const sel = node["sel"];
  descriptor.sel = sel.integers(0, 100'000);
  if (descriptor.sel.size() != static_cast<std::size_t>(ntypes))
    sel.refuse("a list of " + std::to_string(ntypes) + " integers, one for each type of type_map");
  if (std::all_of(descriptor.sel.begin(), descriptor.sel.end(), [](int n) { return n == 0; }))
    sel.complain("expected at least one positive entry");
  descriptor.excluded = read_pairs(node, "exclude_types", ntypes);
  descriptor.excluded_padding = !as_tensorflow;
  Cursor const variables = node["@variables"];
  check_keys(variables, {"davg", "dstd"});
  descriptor.mean =
      read_statistics(variables["davg"], descriptor.sel.size(), descriptor.sel, components, 0.0);
  descriptor.stddev =
      read_statistics(variables["dstd"], descriptor.sel.size(), descriptor.sel, components, 1.0);
}

/// Nets and tables. The file has those of pairs in the order centre + ntypes * neighbour.
inline void read_embeddings(Cursor const& node, int ntypes, TwoBody& descriptor) {
  auto const n = static_cast<std::size_t>(ntypes);
  Cursor const embeddings = node["embeddings"];
  NetCollection collection = read_collection(embeddings, ntypes, 2);
  if (collection.ndim == 0) embeddings["ndim"].refuse("1 or 2");
  descriptor.one_sided = collection.ndim == 1;
  if (std::optional<Cursor> const flag = node.find("type_one_side");
      flag && flag->flag() != descriptor.one_sided)
    flag->refuse(descriptor.one_sided ? "true, as embeddings/ndim is 1" : "false, as embeddings/ndim is 2");
  std::vector<EmbeddingTable> tables = read_tables(node, collection.nets.size());
  std::size_t const columns = descriptor.one_sided ? 1 : n;
  for (std::size_t centre = 0; centre < columns; ++centre)
    for (std::size_t neighbour = 0; neighbour < n; ++neighbour) {
      std::size_t const index = centre + columns * neighbour;
      descriptor.nets.push_back(std::move(collection.nets[index]));
      if (!tables.empty()) descriptor.tables.push_back(std::move(tables[index]));
    }
}

inline SeA read_se_a(Cursor const& node, int ntypes, bool as_tensorflow) {
  check_version(node, 3);
  bool const typed = find_said(node, "type_embedding").has_value();
  std::vector<std::string_view> known = {
      "@class",   "@version",     "@variables",    "activation_function", "axis_neuron",
      "compress", "embeddings",   "env_mat",       "env_protection",      "exclude_types",
      "neuron",   "precision",    "rcut",          "rcut_smth",           "resnet_dt",
      "seed",     "sel",          "set_davg_zero", "trainable",           "type",
      "type_map", "type_one_side"};
  if (typed)
    known.insert(known.end(),
                 {"concat_output_tebd", "embeddings_strip", "tebd_dim", "tebd_input_mode", "type_embedding"});
  check_keys(node, known);
  SeA descriptor;
  read_two_body(node, ntypes, 4, as_tensorflow, descriptor);
  descriptor.axis_neuron = node["axis_neuron"].integer(1, 1'000'000);
  if (typed)
    descriptor.typed = read_typed_embedding(node, ntypes, false);
  else
    read_embeddings(node, ntypes, descriptor);
  return descriptor;
}

inline SeR read_se_r(Cursor const& node, int ntypes, bool as_tensorflow) {
  check_version(node, 3);
  check_keys(node, {"@class",   "@version",     "@variables",    "activation_function", "axis_neuron",
                    "compress", "embeddings",   "env_mat",       "env_protection",      "exclude_types",
                    "neuron",   "precision",    "rcut",          "rcut_smth",           "resnet_dt",
                    "seed",     "sel",          "set_davg_zero", "trainable",           "type",
                    "type_map", "type_one_side"});
  SeR descriptor;
  read_two_body(node, ntypes, 1, as_tensorflow, descriptor);
  read_embeddings(node, ntypes, descriptor);
  return descriptor;
}

}  // namespace dp::detail
