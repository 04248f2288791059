// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

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

/// Adds to the tree of a model, as readers of other containers make it, what DeePMD-kit's own loader insists
/// on: the names of the types, `names`, for a file that has none, and what complete_descriptor() adds.
inline void complete_tree(Node& tree, std::vector<std::string> const& names) {
  if (Node::List* const types = find_list(tree, {"model", "type_map"}); types != nullptr && types->empty())
    for (std::string const& name : names) types->push_back(Node{name});
  if (Node* const descriptor = find_path(tree, {"model", "descriptor"})) complete_descriptor(*descriptor);
}

}  // namespace dp::detail
