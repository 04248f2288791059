// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/io/tree.hpp>
#include <dp/model/embedding_table.hpp>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace dp::detail {

/// The value behind these keys of maps within maps; a null pointer where one is missing.
inline Node* find_path(Node& root, std::initializer_list<std::string_view> keys) {
  Node* at = &root;
  for (std::string_view const key : keys)
    if (at != nullptr) at = const_cast<Node*>(std::as_const(*at).find(key));
  return at;
}

/// A copy with zeros in all arrays.
inline Node with_zeros(Node node) {
  if (auto* const map = std::get_if<Node::Map>(&node.value))
    for (Member& member : *map) member.node = with_zeros(std::move(member.node));
  else if (auto* const list = std::get_if<Node::List>(&node.value))
    for (Node& entry : *list) entry = with_zeros(std::move(entry));
  else if (auto* const array = std::get_if<Node::SharedArray>(&node.value))
    *array = std::make_shared<Array const>(
        Array{(*array)->shape, std::vector<double>((*array)->values.size(), 0.0), (*array)->float32});
  return node;
}

/// The list behind these keys, or a null pointer.
inline Node::List* find_list(Node& root, std::initializer_list<std::string_view> keys) {
  Node* const node = find_path(root, keys);
  return node != nullptr ? std::get_if<Node::List>(&node->value) : nullptr;
}

/// Nets of zeros where an excluded pair of types has no net, and empty tables where it has no table; those
/// of all members of a hybrid descriptor.
inline void complete_descriptor(Node& descriptor) {
  if (Node::List* const members = find_list(descriptor, {"list"}))
    for (Node& member : *members) complete_descriptor(member);
  if (Node::List* const nets = find_list(descriptor, {"embeddings", "networks"})) {
    Node zeros;
    for (Node const& net : *nets)
      if (!net.is_null()) zeros = with_zeros(net);
    for (Node& net : *nets)
      if (net.is_null()) net = zeros;
  }
  std::int64_t width = 0;
  for (char const* const key : {"compress_data", "compress_info"})
    if (Node::List* const tables = find_list(descriptor, {"compress", "@variables", key}))
      for (Node& table : *tables) {
        if (table.is_null()) table.value = std::make_shared<Array const>(Array{{0}, {}, false});
        auto const* const array = table.as<Node::SharedArray>();
        if (array != nullptr && (*array)->shape.size() == 2)
          width = static_cast<std::int64_t>((*array)->shape[1] / EmbeddingTable::coefficients);
      }
  auto* const members = std::get_if<Node::Map>(&descriptor.value);
  if (members == nullptr || width == 0 || descriptor.find("neuron") != nullptr) return;
  members->push_back({"neuron", Node{Node::List{Node{width}}}});
  descriptor = map_of(std::move(*members));
}

/// What the map of a table of pair energies says besides its splines: the same, and the energies at their
/// ends.
inline void complete_table(Node& tab, double rcut) {
  Node const* const info = find_path(tab, {"@variables", "tab_info"});
  Node const* const data = find_path(tab, {"@variables", "tab_data"});
  auto* const members = std::get_if<Node::Map>(&tab.value);
  if (members == nullptr || info == nullptr || data == nullptr || tab.find("rmin") != nullptr) return;
  auto const* const numbers = info->as<Node::SharedArray>();
  auto const* const splines = data->as<Node::SharedArray>();
  if (numbers == nullptr || splines == nullptr || (*numbers)->values.size() != 4) return;
  double const rmin = (*numbers)->values[0], hh = (*numbers)->values[1];
  auto const intervals = static_cast<std::size_t>((*numbers)->values[2]),
             ntypes = static_cast<std::size_t>((*numbers)->values[3]);
  if ((*splines)->values.size() != ntypes * ntypes * intervals * 4) return;
  Array energies;
  for (std::size_t k = 0; k <= intervals; ++k) {
    energies.values.push_back(rmin + static_cast<double>(k) * hh);
    for (std::size_t a = 0; a < ntypes; ++a)
      for (std::size_t b = a; b < ntypes; ++b) {
        double const* const pair = &(*splines)->values[(a * ntypes + b) * intervals * 4];
        double const* const last = pair + (intervals - 1) * 4;
        energies.values.push_back(k < intervals ? pair[4 * k + 3] : last[0] + last[1] + last[2] + last[3]);
      }
  }
  energies.shape = {intervals + 1, energies.values.size() / (intervals + 1)};
  double const rmax = energies.values[intervals * energies.shape[1]];
  Node* const variables = find_path(tab, {"@variables"});
  std::get<Node::Map>(variables->value)
      .push_back({"vdata", Node{std::make_shared<Array const>(std::move(energies))}});
  *variables = map_of(std::move(std::get<Node::Map>(variables->value)));
  auto const integer = [](std::size_t number) { return Node{static_cast<std::int64_t>(number)}; };
  for (Member member :
       {Member{"rmin", Node{rmin}}, Member{"rmax", Node{rmax}}, Member{"hh", Node{hh}},
        Member{"rcut", Node{rcut}}, Member{"nspline", integer(intervals)}, Member{"ntypes", integer(ntypes)}})
    members->push_back(std::move(member));
  tab = map_of(std::move(*members));
}

/// Names of types, a descriptor and a table, of a model and of those within it.
inline void complete_model(Node& model, std::vector<std::string> const& names) {
  if (Node::List* const types = find_list(model, {"type_map"}); types != nullptr && types->empty())
    for (std::string const& name : names) types->push_back(Node{name});
  if (Node* const descriptor = find_path(model, {"descriptor"})) complete_descriptor(*descriptor);
  Node const* const rcut = find_path(model, {"rcut"});
  if (Node* const tab = find_path(model, {"tab"}); tab != nullptr && rcut != nullptr)
    if (double const* const cutoff = rcut->as<double>()) complete_table(*tab, *cutoff);
  if (Node::List* const members = find_list(model, {"models"}))
    for (Node& member : *members) complete_model(member, names);
}

/// Adds to the tree of a model, as readers of other containers make it, what DeePMD-kit's own loader insists
/// on: the names of the types, `names`, for a file that has none, and what complete_descriptor() and
/// complete_table() add.
inline void complete_tree(Node& tree, std::vector<std::string> const& names) {
  if (Node* const model = find_path(tree, {"model"})) complete_model(*model, names);
}

}  // namespace dp::detail
