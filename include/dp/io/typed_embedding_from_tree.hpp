// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <dp/io/environment_from_tree.hpp>
#include <dp/io/known_keys.hpp>
#include <dp/io/net_from_tree.hpp>
#include <dp/io/tables_from_tree.hpp>
#include <dp/io/tree_cursor.hpp>
#include <dp/model/electron_configuration.hpp>
#include <dp/model/typed_embedding.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dp::detail {

/// What a net is given for each type: rows of a matrix (a key of ours, of graphs that have one), the
/// electrons of an element, or a unit vector.
inline std::vector<std::vector<double>> read_type_inputs(Cursor const& node, std::size_t ntypes) {
  std::vector<std::vector<double>> rows;
  std::optional<Cursor> const matrix = node.find("inputs");
  std::optional<Cursor> const electrons = node.find("use_econf_tebd");
  if (matrix) {
    std::vector<double> const& values = matrix->array().values;
    if (values.empty() || values.size() % ntypes != 0)
      matrix->refuse("a matrix of " + std::to_string(ntypes) + " rows, one for each type of type_map");
    auto const row = static_cast<std::ptrdiff_t>(values.size() / ntypes);
    for (auto at = values.begin(); at != values.end(); at += row) rows.emplace_back(at, at + row);
  } else if (electrons && electrons->flag()) {
    std::vector<Cursor> const names = node["type_map"].list("the names of the types");
    if (names.size() != ntypes)
      node["type_map"].complain("expected ", ntypes, " names, as type_map of the model has, found ",
                                names.size());
    for (Cursor const& name : names) {
      rows.push_back(electron_configuration(name.text()));
      if (rows.back().empty())
        name.refuse("the symbol of an element, whose electrons the type embedding sees (use_econf_tebd)");
    }
  } else {
    for (std::size_t type = 0; type < ntypes; ++type) rows.emplace_back(ntypes, 0.0)[type] = 1.0;
  }
  return rows;
}

/// The vectors that a net makes of the types.
inline TypeEmbedding read_type_embedding(Cursor const& node, int ntypes) {
  check_version(node, 2);
  check_precision(node);
  check_keys(node, {"@class", "@version", "activation_function", "embedding", "inputs", "neuron", "ntypes",
                    "padding", "precision", "resnet_dt", "seed", "trainable", "type_map", "uniform_seed",
                    "use_econf_tebd", "use_tebd_bias"});
  std::vector<std::vector<double>> const inputs = read_type_inputs(node, static_cast<std::size_t>(ntypes));
  Net const net = read_net(node["embedding"]);
  if (auto const width = static_cast<int>(inputs.front().size()); net.inputs() != width)
    node["embedding"].complain("expected a net of ", width, " inputs for each of the ", ntypes,
                               " types of type_map, found ", net.inputs());
  return TypeEmbedding::of_net(net, inputs);
}

/// The only net of a collection; empty where it is null.
inline Net read_only_net(Cursor const& node, int ntypes) {
  NetCollection collection = read_collection(node, ntypes, 2);
  if (collection.ndim != 0) node["ndim"].refuse("0, one net for all pairs of types");
  return std::move(collection.nets.front());
}

/// What took the place of nets in a file that DeePMD-kit's `compress` has written.
inline void read_typed_tables(Cursor const& compress, TypedEmbedding& embedding) {
  check_keys(compress, {"@variables", "geo_compress"});
  Cursor const variables = compress["@variables"];
  check_keys(variables, {"type_embd_data", "compress_data", "compress_info"});
  embedding.modulations = variables["type_embd_data"].array().values;
  if (!read_flag(compress, "geo_compress", variables.find("compress_data").has_value())) return;
  std::vector<EmbeddingTable> tables = read_table_list(variables, 1);
  embedding.table = std::move(tables.front());
}

/// What descriptors in which types have vectors say of the rows of neighbours, which are of all types
/// together.
template <class D>
void read_shared_rows(Cursor const& node, int ntypes, D& descriptor) {
  read_cutoffs(node, descriptor);
  if (std::optional<Cursor> const types = node.find("ntypes"); types && types->integer(1, 256) != ntypes)
    types->refuse(std::to_string(ntypes) + ", the number of types of type_map");
  descriptor.sel = read_shared_sel(node["sel"]);
  descriptor.excluded = read_pairs(node, "exclude_types", ntypes);
  Cursor const variables = node["@variables"];
  check_keys(variables, {"davg", "dstd"});
  auto const n = static_cast<std::size_t>(ntypes);
  descriptor.mean = read_statistics(variables["davg"], n, {descriptor.sel}, 4, 0.0);
  descriptor.stddev = read_statistics(variables["dstd"], n, {descriptor.sel}, 4, 1.0);
}

/// The part of a descriptor in which one net sees types by their vectors; `always_strip`: se_atten_v2.
/// Without `tables` those of compressed files are not looked at, and the nets have to be there.
inline TypedEmbedding read_typed_embedding(Cursor const& node, int ntypes, bool always_strip,
                                           bool tables = true) {
  TypedEmbedding embedding;
  embedding.types = read_type_embedding(node["type_embedding"], ntypes);
  if (std::optional<Cursor> const flag = node.find("use_econf_tebd"))
    if (bool const electrons = read_flag(node["type_embedding"], "use_econf_tebd", false);
        flag->flag() != electrons)
      flag->refuse(electrons ? "true, as type_embedding has it" : "false, as type_embedding has it");
  if (std::optional<Cursor> const dimension = node.find("tebd_dim");
      dimension && dimension->integer(1, 1'000'000) != embedding.types.dimension)
    dimension->refuse(std::to_string(embedding.types.dimension) + ", the width of the type embedding");
  std::optional<Cursor> const mode = node.find("tebd_input_mode");
  std::string const word = mode ? mode->text() : always_strip ? "strip" : "concat";
  if (word != "strip" && (word != "concat" || always_strip))
    mode->refuse(always_strip ? "\"strip\"" : "\"concat\" or \"strip\"");
  embedding.input = word == "strip" ? TypedEmbedding::Input::strip : TypedEmbedding::Input::concat;
  embedding.one_sided = read_flag(node, "type_one_side", false);
  embedding.appended = read_flag(node, "concat_output_tebd", true);
  embedding.net = read_only_net(node["embeddings"], ntypes);
  std::optional<Cursor> const compress = node.find("compress");
  if (embedding.input == TypedEmbedding::Input::concat) {
    if (compress)
      compress->complain(
          "tables belong to a type embedding that is stripped, and \"tebd_input_mode\" is \"concat\"");
    if (std::optional<Cursor> const strip = node.find("embeddings_strip"))
      strip->complain(
          "this net belongs to a type embedding that is stripped, and \"tebd_input_mode\" is \"concat\"");
    return embedding;
  }
  if (compress && tables) read_typed_tables(*compress, embedding);
  if (!compress || !tables || node.find("embeddings_strip"))
    embedding.strip_net = read_only_net(node["embeddings_strip"], ntypes);
  return embedding;
}

}  // namespace dp::detail
