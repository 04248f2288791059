// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstdint>
#include <dp/io/tree.hpp>
#include <dp/io/tree_cursor.hpp>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace dp::detail {

/// Whether a value of a file is as good as an absent key: null, false, or an empty text, list, map or array.
inline bool says_nothing(Node const& node) {
  struct Visitor {
    bool operator()(std::monostate) const { return true; }
    bool operator()(bool flag) const { return !flag; }
    bool operator()(std::int64_t) const { return false; }
    bool operator()(double) const { return false; }
    bool operator()(std::string const& text) const { return text.empty(); }
    bool operator()(Node::List const& list) const { return list.empty(); }
    bool operator()(Node::Map const& map) const { return map.empty(); }
    bool operator()(Node::SharedArray const& array) const { return array->values.empty(); }
  };
  return std::visit(Visitor{}, node.value);
}

/// Refuses keys of a map that say something and are not among `known`, which are those that are read and
/// those of which is known that the energy does not depend on them. A newer DeePMD-kit may mean anything by
/// others.
inline void check_keys(Cursor const& node, std::span<std::string_view const> known) {
  Node::Map const* const map = node.node().as<Node::Map>();
  if (map == nullptr) return;
  for (Member const& member : *map)
    if (std::find(known.begin(), known.end(), member.key) == known.end() && !says_nothing(member.node))
      node.complain("the key ", in_quotes(member.key), " (", describe(member.node),
                    ") is not known, and the energy may depend on it; where it does not, remove the key or "
                    "set it to null");
}

/// The same, for a list that is written down.
inline void check_keys(Cursor const& node, std::initializer_list<std::string_view> known) {
  check_keys(node, std::span(known.begin(), known.size()));
}

}  // namespace dp::detail
