// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/core/error.hpp>
#include <dp/io/hdf5_file.hpp>
#include <dp/io/json_tree.hpp>
#include <dp/io/nets_of_types.hpp>
#include <dp/io/tree.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace dp::detail {

/// Below the key "@variables" every text is the name of a dataset: puts the arrays in their places.
inline void resolve_datasets(Node& node, hdf5::File& file, std::string const& name, bool variables = false) {
  if (auto* const map = std::get_if<Node::Map>(&node.value)) {
    for (Member& member : *map)
      resolve_datasets(member.node, file, name, variables || member.key == "@variables");
  } else if (auto* const list = std::get_if<Node::List>(&node.value)) {
    for (Node& entry : *list) resolve_datasets(entry, file, name, variables);
  } else if (variables && !node.is_null()) {
    std::string const* const path = node.as<std::string>();
    if (path == nullptr) fail(name, ": @variables: expected the name of a dataset, found ", describe(node));
    Node::SharedArray array = file.dataset(*path);
    node = array ? Node{std::move(array)} : Node{};
  }
}

/// The tree of a `.dp` file, an HDF5 file with the tree as JSON in the attribute "json" of its root group,
/// with the names of datasets where arrays are.
inline Node named_tree(hdf5::File& file, std::string const& name, Wanted const& wanted) {
  Node root = json_tree(file.text_attribute("json"), name, "attribute \"json\"");
  leave_nets(root, wanted);
  return root;
}

/// The tree in the bytes of a `.dp` file.
inline Node dp_tree(std::string_view bytes, std::string const& name, Wanted const& wanted = {}) {
  hdf5::File file(bytes, name);
  Node root = named_tree(file, name, wanted);
  resolve_datasets(root, file, name);
  return root;
}

}  // namespace dp::detail
