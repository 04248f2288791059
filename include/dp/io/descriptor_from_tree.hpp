// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <dp/io/known_keys.hpp>
#include <dp/io/net_from_tree.hpp>
#include <dp/io/tables_from_tree.hpp>
#include <dp/io/tree.hpp>
#include <dp/io/tree_cursor.hpp>
#include <dp/model/model.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dp::detail {

/// A symmetric table (ntypes x ntypes) of the pairs of types listed under a key that may be absent.
inline std::vector<char> read_pairs(Cursor const& parent, char const* key, int ntypes) {
  auto const n = static_cast<std::size_t>(ntypes);
  std::vector<char> table(n * n, 0);
  std::optional<Cursor> const pairs = parent.find(key);
  if (!pairs) return table;
  for (Cursor const& entry : pairs->list("a list of pairs of types")) {
    std::vector<int> const pair = entry.integers(0, ntypes - 1);
    if (pair.size() != 2) entry.refuse("a pair of types");
    auto const a = static_cast<std::size_t>(pair[0]);
    auto const b = static_cast<std::size_t>(pair[1]);
    table[a * n + b] = table[b * n + a] = 1;
  }
  return table;
}

/// Statistics (ntypes, nnei, width), constant over the slots of one neighbour type, compacted to one row per
/// pair of types. Types without slots take the row of another type. `positive`: standard deviations.
inline std::vector<std::array<double, 4>> read_statistics(Cursor const& node,
                                                          DescriptorModel const& descriptor, bool positive) {
  std::size_t const ntypes = descriptor.sel.size();
  auto const nnei = static_cast<std::size_t>(descriptor.nnei());
  std::size_t const width = descriptor.kind == DescriptorKind::angular ? 4 : 1;
  std::vector<std::size_t> const& shape = node.array().shape;
  std::vector<std::size_t> const expected{ntypes, nnei, width};
  std::vector<std::size_t> const flat{ntypes, nnei * width};
  if (shape != expected && shape != flat)
    node.refuse("an array of shape (" + std::to_string(ntypes) + ", " + std::to_string(nnei) + ", " +
                std::to_string(width) + "), types by slots by components");
  std::vector<double> const& values = node.array().values;
  double const unused = positive ? 1.0 : 0.0;  // of the components that a radial descriptor lacks
  std::vector<std::array<double, 4>> out(ntypes * ntypes, {unused, unused, unused, unused});
  for (std::size_t centre = 0; centre < ntypes; ++centre) {
    std::size_t slot = 0;
    std::optional<std::array<double, 4>> any;
    for (std::size_t type = 0; type < ntypes; ++type) {
      std::array<double, 4>& row = out[centre * ntypes + type];
      auto const slots = static_cast<std::size_t>(descriptor.sel[type]);
      for (std::size_t k = 0; k < slots; ++k, ++slot)
        for (std::size_t c = 0; c < width; ++c) {
          double const value = values[(centre * nnei + slot) * width + c];
          if (k == 0) row[c] = value;
          if (!std::isfinite(value) || (positive && value <= 0.0))
            node.complain("expected ", positive ? "positive" : "finite", " numbers, found ", value,
                          " (centre type ", centre, ", slot ", slot, ", component ", c, ")");
          if (std::abs(value - row[c]) > 1e-13 * std::abs(row[c]))
            node.complain("expected one value for all neighbours of a type, found ", row[c], " and ", value,
                          " (centre type ", centre, ", slot ", slot, ", component ", c, ")");
        }
      if (slots > 0 && !any) any = row;
    }
    for (std::size_t type = 0; any && type < ntypes; ++type)
      if (descriptor.sel[type] == 0) out[centre * ntypes + type] = *any;
  }
  return out;
}

/// Spreads the file's nets and tables (index: centre + ntypes * neighbour, or neighbour) over our pairs.
inline void read_embeddings(Cursor const& node, int ntypes, DescriptorModel& descriptor) {
  auto const n = static_cast<std::size_t>(ntypes);
  Cursor const embeddings = node["embeddings"];
  NetCollection const collection = read_collection(embeddings, ntypes, 2);
  if (collection.ndim == 0) embeddings["ndim"].refuse("1 or 2");
  descriptor.one_sided = collection.ndim == 1;
  if (descriptor.one_sided) check_copies(embeddings, collection.nets, ntypes);
  if (std::optional<Cursor> const flag = node.find("type_one_side");
      flag && flag->flag() != descriptor.one_sided)
    flag->refuse(descriptor.one_sided ? "true, as embeddings/ndim is 1" : "false, as embeddings/ndim is 2");
  std::vector<EmbeddingTable> const tables =
      read_tables(node, collection.nets.size(), descriptor.one_sided ? n : 1);
  descriptor.nets.resize(n * n);
  if (!tables.empty()) descriptor.tables.resize(n * n);
  for (std::size_t centre = 0; centre < n; ++centre)
    for (std::size_t neighbour = 0; neighbour < n; ++neighbour) {
      std::size_t const index = descriptor.one_sided ? neighbour : centre + n * neighbour;
      std::size_t const pair = centre * n + neighbour;
      descriptor.nets[pair] = collection.nets[index];
      if (!tables.empty()) descriptor.tables[pair] = tables[index];
      if (!descriptor.embeds(pair) && !descriptor.excluded[pair])
        embeddings["networks"].complain("network ", index, " is null, and its pair of types (", centre, ", ",
                                        neighbour, ") is not excluded");
    }
}

/// Cutoffs and protection of the environment matrix stand in the descriptor; its own map, "env_mat", repeats
/// them. There, "float32_cutoffs" says that they act rounded to float, as in TensorFlow's graphs (the key is
/// ours, and DeePMD-kit does not look at it).
inline void check_descriptor_keys(Cursor const& node) {
  check_keys(node, {"@class",   "@version",     "@variables",    "activation_function", "axis_neuron",
                    "compress", "embeddings",   "env_mat",       "env_protection",      "exclude_types",
                    "neuron",   "precision",    "rcut",          "rcut_smth",           "resnet_dt",
                    "seed",     "sel",          "set_davg_zero", "trainable",           "type",
                    "type_map", "type_one_side"});
  check_keys(node["@variables"], {"davg", "dstd"});
  std::optional<Cursor> const environment = node.find("env_mat");
  if (!environment) return;
  if (std::optional<Cursor> const flag = environment->find("use_exp_switch"); flag && flag->flag())
    flag->refuse("false: the exponential switch function is not supported");
  check_keys(*environment, {"rcut", "rcut_smth", "protection", "float32_cutoffs"});
}

inline DescriptorModel read_descriptor(Cursor const& node, int ntypes, bool as_tensorflow) {
  DescriptorModel descriptor;
  Cursor const type = node["type"];
  std::string const name = lower_case(type.text());
  if (name == "se_e2_a" || name == "se_a")
    descriptor.kind = DescriptorKind::angular;
  else if (name == "se_e2_r" || name == "se_r")
    descriptor.kind = DescriptorKind::radial;
  else
    type.refuse("a supported descriptor, \"se_e2_a\" (\"se_a\") or \"se_e2_r\" (\"se_r\")");
  check_version(node, 3);
  check_precision(node);
  if (std::optional<Cursor> const spin = node.find("spin"))
    spin->refuse("null: spin models are not supported");
  check_descriptor_keys(node);
  descriptor.rcut = node["rcut"].number("a positive number");
  if (descriptor.rcut <= 0.0) node["rcut"].refuse("a positive number");
  descriptor.rcut_smth = node["rcut_smth"].number("a number of at least 0");
  if (descriptor.rcut_smth < 0.0 || descriptor.rcut_smth >= descriptor.rcut)
    node["rcut_smth"].refuse("a number of at least 0 and below rcut");
  Cursor const sel = node["sel"];
  descriptor.sel = sel.integers(0, 100'000);
  if (descriptor.sel.size() != static_cast<std::size_t>(ntypes))
    sel.refuse("a list of " + std::to_string(ntypes) + " integers, one for each type of type_map");
  if (std::all_of(descriptor.sel.begin(), descriptor.sel.end(), [](int s) { return s == 0; }))
    sel.complain("expected at least one positive entry");
  if (descriptor.kind == DescriptorKind::angular)
    descriptor.axis_neuron = node["axis_neuron"].integer(1, 1'000'000);
  if (std::optional<Cursor> const protection = node.find("env_protection")) {
    descriptor.protection = protection->number();
    if (descriptor.protection < 0.0) protection->refuse("a number of at least 0");
  }
  if (std::optional<Cursor> const environment = node.find("env_mat")) {
    std::optional<Cursor> const rounded = environment->find("float32_cutoffs");
    descriptor.float32_cutoffs = rounded && rounded->flag();
  }
  descriptor.excluded = read_pairs(node, "exclude_types", ntypes);
  Cursor const variables = node["@variables"];
  descriptor.mean = read_statistics(variables["davg"], descriptor, false);
  descriptor.stddev = read_statistics(variables["dstd"], descriptor, true);
  read_embeddings(node, ntypes, descriptor);
  if (descriptor.kind == DescriptorKind::angular && descriptor.axis_neuron > descriptor.width())
    node["axis_neuron"].refuse("at most the width of the embedding nets, " +
                               std::to_string(descriptor.width()));
  descriptor.excluded_padding = !as_tensorflow;
  return descriptor;
}

}  // namespace dp::detail
