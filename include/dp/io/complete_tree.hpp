// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <dp/io/tree.hpp>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace dp::detail {

/// Makes of the tree of a standard model, as readers of other containers leave it, one that DeePMD-kit's own
/// loader takes: adds names of classes, versions and what the arrays tell anyway, and nets of zeros where an
/// excluded pair of types has none. What says something stays as it is.
class TreeCompletion {
 public:
  /// `names`: of the types, for a file that has none.
  static void complete(Node& tree, std::vector<std::string> const& names) {
    Node* const model = member(tree, "model");
    if (model == nullptr || model->find("descriptor") == nullptr || model->find("fitting") == nullptr) return;
    drop_nulls(*model);
    drop_nulls(*member(*model, "descriptor"));
    drop_nulls(*member(*model, "fitting"));
    add(*model, {{"@class", text("Model")},
                 {"@version", Node{std::int64_t{2}}},
                 {"type", text("standard")},
                 {"atom_exclude_types", Node{Node::List{}}},
                 {"pair_exclude_types", Node{Node::List{}}}});
    if (Node* const types = member(*model, "type_map"); types != nullptr && entries(types).empty()) {
      Node::List list;
      for (std::string const& name : names) list.push_back(text(name));
      types->value = std::move(list);
    }
    auto const ntypes = static_cast<std::int64_t>(names.size());
    complete_descriptor(*member(*model, "descriptor"), ntypes);
    complete_fitting(*member(*model, "fitting"), ntypes);
  }

 private:
  /// What the layers of a collection of nets have in common.
  struct Nets {
    std::vector<Node> widths;  // of the outputs
    std::int64_t inputs = 1;
    bool timesteps = false;
    Node activation = text("tanh");
    Node precision = text("float64");

    /// Of all layers but the last `without`.
    Node neuron(std::size_t without) const {
      return Node{Node::List(widths.begin(), widths.end() - static_cast<std::ptrdiff_t>(without))};
    }
  };

  static Node text(std::string words) { return Node{std::move(words)}; }

  static Node* member(Node& map, std::string_view key) { return const_cast<Node*>(map.find(key)); }

  // A key that is null means its default, and some are unknown to a loader.
  static void drop_nulls(Node& node) {
    if (auto* const map = std::get_if<Node::Map>(&node.value))
      std::erase_if(*map, [](Member const& member) { return member.node.is_null(); });
  }

  // The same with zeros in all arrays.
  static Node zeros(Node node) {
    if (auto* const map = std::get_if<Node::Map>(&node.value))
      for (Member& member : *map) member.node = zeros(std::move(member.node));
    else if (auto* const list = std::get_if<Node::List>(&node.value))
      for (Node& entry : *list) entry = zeros(std::move(entry));
    else if (auto* const array = std::get_if<Node::SharedArray>(&node.value))
      *array = std::make_shared<Array const>(
          Array{(*array)->shape, std::vector<double>((*array)->values.size(), 0.0), (*array)->float32});
    return node;
  }

  static std::span<Node> entries(Node* node) {
    auto* const list = node != nullptr ? std::get_if<Node::List>(&node->value) : nullptr;
    return list != nullptr ? std::span<Node>(*list) : std::span<Node>();
  }

  // Members that are missing or null. Pointers to others do not survive it.
  static void add(Node& node, Node::Map members) {
    auto& map = std::get<Node::Map>(node.value);
    for (Member& wanted : members) {
      auto const by_key = [](Member const& a, std::string const& key) { return a.key < key; };
      auto const at = std::lower_bound(map.begin(), map.end(), wanted.key, by_key);
      if (at == map.end() || at->key != wanted.key)
        map.insert(at, std::move(wanted));
      else if (at->node.is_null())
        at->node = std::move(wanted.node);
    }
  }

  static void complete_descriptor(Node& node, std::int64_t ntypes) {
    Node* const embeddings = member(node, "embeddings");
    if (embeddings == nullptr) return;
    Node* const compress = member(node, "compress");
    Nets nets = complete_nets(*embeddings, ntypes, "embedding_network");
    if (compress != nullptr) complete_tables(*compress, nets);
    std::int64_t const* const ndim = number(*embeddings, "ndim");
    auto const copy = [&](char const* key) {
      Node const* const found = node.find(key);
      return found != nullptr ? *found : Node{0.0};
    };
    add(node, {{"@class", text("Descriptor")},
               {"@version", Node{std::int64_t{compress != nullptr ? 3 : 2}}},
               {"activation_function", nets.activation},
               {"env_mat", Node{Node::Map{{"protection", copy("env_protection")},
                                          {"rcut", copy("rcut")},
                                          {"rcut_smth", copy("rcut_smth")}}}},
               {"exclude_types", Node{Node::List{}}},
               {"neuron", nets.neuron(0)},
               {"precision", nets.precision},
               {"resnet_dt", Node{nets.timesteps}},
               {"type_one_side", Node{ndim != nullptr && *ndim == 1}}});
  }

  static void complete_fitting(Node& node, std::int64_t ntypes) {
    Node* const collection = member(node, "nets");
    if (collection == nullptr) return;
    Nets const nets = complete_nets(*collection, ntypes, "fitting_network");
    add(node, {{"@class", text("Fitting")},
               {"@version", Node{std::int64_t{1}}},
               {"activation_function", nets.activation},
               {"dim_out", Node{std::int64_t{1}}},
               {"exclude_types", Node{Node::List{}}},
               {"neuron", nets.neuron(1)},
               {"ntypes", Node{ntypes}},
               {"precision", nets.precision},
               {"resnet_dt", Node{nets.timesteps}},
               {"type", text("ener")},
               {"var_name", text("energy")}});
  }

  static Nets complete_nets(Node& collection, std::int64_t ntypes, std::string const& kind) {
    bool const fitting = kind == "fitting_network";
    add(collection, {{"@class", text("NetworkCollection")},
                     {"@version", Node{std::int64_t{1}}},
                     {"network_type", text(kind)},
                     {"ntypes", Node{ntypes}}});
    Nets out;
    Node const* last = nullptr;
    std::span<Node> const networks = entries(member(collection, "networks"));
    for (Node& net : networks) {
      Nets const found = complete_layers(entries(member(net, "layers")));
      if (found.widths.empty()) continue;
      add(net, {{"@class", text(fitting ? "FittingNetwork" : "EmbeddingNetwork")},
                {"@version", Node{std::int64_t{1}}},
                {"activation_function", found.activation},
                {"in_dim", Node{found.inputs}},
                {"neuron", found.neuron(fitting ? 1 : 0)},
                {"precision", found.precision},
                {"resnet_dt", Node{found.timesteps}}});
      if (fitting) add(net, {{"bias_out", Node{true}}, {"out_dim", found.widths.back()}});
      out = found;
      last = &net;
    }
    for (Node& net : networks)
      if (net.is_null() && last != nullptr) net = zeros(*last);
    return out;
  }

  static Nets complete_layers(std::span<Node> layers) {
    Nets out;
    for (Node& layer : layers) {
      auto const array = [&](char const* key) {
        Node const* const variables = layer.find("@variables");
        Node const* const found = variables != nullptr ? variables->find(key) : nullptr;
        auto const* const pointer = found != nullptr ? found->as<Node::SharedArray>() : nullptr;
        return pointer != nullptr ? *pointer : nullptr;
      };
      Node::SharedArray const w = array("w");
      if (w == nullptr || w->shape.size() != 2) continue;
      bool const timestep = array("idt") != nullptr;
      add(layer, {{"@class", text("Layer")},
                  {"@version", Node{std::int64_t{1}}},
                  {"activation_function", text("none")},
                  {"bias", Node{array("b") != nullptr}},
                  {"precision", text("float64")},
                  {"use_timestep", Node{timestep}}});
      if (out.widths.empty()) {
        out.inputs = static_cast<std::int64_t>(w->shape[0]);
        out.activation = *layer.find("activation_function");
        out.precision = *layer.find("precision");
      }
      out.widths.push_back(Node{static_cast<std::int64_t>(w->shape[1])});
      out.timesteps = out.timesteps || timestep;
    }
    return out;
  }

  // A pair of types without a table has an empty one; the width of a descriptor of tables alone is theirs.
  static void complete_tables(Node& compress, Nets& nets) {
    Node* const variables = member(compress, "@variables");
    for (char const* const key : {"compress_data", "compress_info"}) {
      for (Node& table : entries(variables != nullptr ? member(*variables, key) : nullptr)) {
        if (table.is_null()) table.value = std::make_shared<Array const>(Array{{0}, {}});
        auto const* const array = table.as<Node::SharedArray>();
        if (nets.widths.empty() && array != nullptr && (*array)->shape.size() == 2)
          nets.widths = {Node{static_cast<std::int64_t>((*array)->shape[1] / 6)}};
      }
    }
  }

  static std::int64_t const* number(Node const& map, std::string_view key) {
    Node const* const found = map.find(key);
    return found != nullptr ? found->as<std::int64_t>() : nullptr;
  }
};

}  // namespace dp::detail
