// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <dp/io/environment_from_tree.hpp>
#include <dp/io/known_keys.hpp>
#include <dp/io/net_from_tree.hpp>
#include <dp/io/tables_from_tree.hpp>
#include <dp/io/tree_cursor.hpp>
#include <dp/io/typed_embedding_from_tree.hpp>
#include <dp/model/three_body.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dp::detail {

/// se_e3: types "se_e3", "se_t", "se_at", "se_a_3be". The file has the nets of pairs of types in the order a
/// + ntypes * b; those with b < a are of no use. Tables are looked at only where nets are missing.
inline SeT read_se_t(Cursor const& node, int ntypes) {
  check_version(node, 3);
  check_keys(node, {"@class",        "@version",   "@variables", "activation_function",
                    "compress",      "embeddings", "env_mat",    "env_protection",
                    "exclude_types", "neuron",     "precision",  "rcut",
                    "rcut_smth",     "resnet_dt",  "seed",       "sel",
                    "set_davg_zero", "trainable",  "type",       "type_map"});
  auto const n = static_cast<std::size_t>(ntypes);
  SeT descriptor;
  read_cutoffs(node, descriptor);
  Cursor const sel = node["sel"];
  descriptor.sel = sel.integers(0, 100'000);
  if (descriptor.sel.size() != n)
    sel.refuse("a list of " + std::to_string(ntypes) + " integers, one for each type of type_map");
  descriptor.excluded = read_pairs(node, "exclude_types", ntypes);
  Cursor const variables = node["@variables"];
  check_keys(variables, {"davg", "dstd"});
  descriptor.mean = read_statistics(variables["davg"], n, descriptor.sel, 4, 0.0);
  descriptor.stddev = read_statistics(variables["dstd"], n, descriptor.sel, 4, 1.0);
  Cursor const embeddings = node["embeddings"];
  NetCollection collection = read_collection(embeddings, ntypes, 2);
  if (collection.ndim != 2) embeddings["ndim"].refuse("2, a net for each pair of types of neighbours");
  bool lacks_nets = false;
  descriptor.nets.resize(n * n);
  for (std::size_t a = 0; a < n; ++a)
    for (std::size_t b = a; b < n; ++b) {
      descriptor.nets[a * n + b] = std::move(collection.nets[a + n * b]);
      lacks_nets = lacks_nets || (descriptor.nets[a * n + b].empty() && descriptor.meet(a, b));
    }
  if (!lacks_nets) return descriptor;
  std::vector<EmbeddingTable> tables = read_tables(node, n * n, true);
  descriptor.tables.resize(tables.size());
  for (std::size_t a = 0; a < n && !tables.empty(); ++a)
    for (std::size_t b = a; b < n; ++b) descriptor.tables[a * n + b] = std::move(tables[a + n * b]);
  return descriptor;
}

/// se_e3_tebd: the same with an embedding of types.
inline SeTTyped read_se_t_typed(Cursor const& node, int ntypes) {
  check_version(node, 2);
  check_keys(node, {"@class",
                    "@version",
                    "@variables",
                    "activation_function",
                    "compress",
                    "concat_output_tebd",
                    "embeddings",
                    "embeddings_strip",
                    "env_mat",
                    "env_protection",
                    "exclude_types",
                    "neuron",
                    "ntypes",
                    "precision",
                    "rcut",
                    "rcut_smth",
                    "resnet_dt",
                    "seed",
                    "sel",
                    "set_davg_zero",
                    "smooth",
                    "tebd_dim",
                    "tebd_input_mode",
                    "trainable",
                    "type",
                    "type_embedding",
                    "type_map",
                    "use_econf_tebd",
                    "use_tebd_bias"});
  SeTTyped descriptor;
  read_shared_rows(node, ntypes, descriptor);
  descriptor.embedding = read_typed_embedding(node, ntypes, false, false);
  if (descriptor.embedding.net.empty() && node.find("compress"))
    node["compress"].complain(
        "expected the nets beside their tables: a compressed \"se_e3_tebd\" that has tables alone "
        "is not supported");
  if (descriptor.embedding.input == TypedEmbedding::Input::strip && read_flag(node, "smooth", true))
    descriptor.embedding.smooth = TypedEmbedding::Smooth::by_switch;
  return descriptor;
}

}  // namespace dp::detail
