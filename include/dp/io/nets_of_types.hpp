// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <dp/io/complete_tree.hpp>
#include <dp/io/tree.hpp>
#include <dp/model/restricted_to.hpp>
#include <optional>
#include <string>
#include <vector>

namespace dp::detail {

/// The fitting nets of a tree, if each of many types has its own; else a null pointer.
inline Node::List* nets_of_many(Node& root) {
  Node::List const* const types = find_list(root, {"model", "type_map"});
  Node::List* const nets = find_list(root, {"model", "fitting", "nets", "networks"});
  bool const many =
      types != nullptr && nets != nullptr && types->size() > few_types && types->size() == nets->size();
  return many ? nets : nullptr;
}

/// Names of types in a tree, empty where there is something else.
inline std::vector<std::string> names_of_types(Node& root) {
  std::vector<std::string> names;
  if (Node::List const* const types = find_list(root, {"model", "type_map"}))
    for (Node const& type : *types) {
      std::string const* const name = type.as<std::string>();
      names.push_back(name != nullptr ? *name : std::string());
    }
  return names;
}

/// Whether some of these nets are not there.
inline bool lacks_nets(Node& root) {
  Node::List const* const nets = nets_of_many(root);
  return nets != nullptr &&
         std::any_of(nets->begin(), nets->end(), [](Node const& net) { return net.is_null(); });
}

/// Which fitting nets are read: those of types with these names, or, without names, that of the first type;
/// all where it is absent, or where one of the names is no type's.
using Wanted = std::optional<std::vector<std::string>>;

/// Leaves the other nets out of the tree of a model of many types.
inline void leave_nets(Node& root, Wanted const& wanted) {
  Node::List* const nets = nets_of_many(root);
  std::vector<std::string> const types = names_of_types(root);
  if (!wanted || nets == nullptr || !(wanted->empty() || is_few_of(*wanted, types))) return;
  std::vector<std::string> const kept = wanted->empty() ? std::vector{types.front()} : *wanted;
  for (std::size_t t = 0; t < types.size(); ++t)
    if (std::find(kept.begin(), kept.end(), types[t]) == kept.end()) (*nets)[t] = Node{};
}

}  // namespace dp::detail
