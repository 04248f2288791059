// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace dp::detail {

/// A numeric array of a model file, whatever its stored type: row-major values and extents (none: a scalar).
struct Array {
  std::vector<std::size_t> shape;
  std::vector<double> values;
  bool float32 = false;  ///< the file stores it in single precision
};

struct Member;

/// One value of the tree that every reader makes of its file: what JSON knows, and arrays.
struct Node {
  using List = std::vector<Node>;
  using Map = std::vector<Member>;  ///< sorted by key
  using SharedArray = std::shared_ptr<Array const>;

  std::variant<std::monostate, bool, std::int64_t, double, std::string, List, Map, SharedArray> value;

  template <class T>
  T const* as() const {
    return std::get_if<T>(&value);
  }
  bool is_null() const { return std::holds_alternative<std::monostate>(value); }

  /// The member of a map with this key, or a null pointer.
  Node const* find(std::string_view key) const;
};

/// A key of a map with its value.
struct Member {
  std::string key;
  Node node;
};

inline Node const* Node::find(std::string_view key) const {
  Map const* const map = as<Map>();
  if (map == nullptr) return nullptr;
  auto const by_key = [](Member const& member, std::string_view k) { return member.key < k; };
  auto const at = std::lower_bound(map->begin(), map->end(), key, by_key);
  return at != map->end() && at->key == key ? &at->node : nullptr;
}

/// A map of these members, whose keys must differ.
inline Node map_of(Node::Map members) {
  auto const by_key = [](Member const& a, Member const& b) { return a.key < b.key; };
  std::sort(members.begin(), members.end(), by_key);
  return Node{std::move(members)};
}

/// Text of unknown origin made fit for a message: short, printable, in quotes.
inline std::string in_quotes(std::string_view text) {
  constexpr std::size_t most = 60;
  std::string out = "\"";
  for (char const c : text.substr(0, most)) out += (c >= ' ' && c < '\x7f') ? c : '?';
  return out + (text.size() > most ? "...\"" : "\"");
}

/// What a value is, for messages: `"abc"`, `3`, `a list of 2`, `an array of shape (2, 3)`.
inline std::string describe(Node const& node) {
  struct Visitor {
    std::string operator()(std::monostate) const { return "null"; }
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(double number) const { return std::to_string(number); }
    std::string operator()(std::string const& text) const { return in_quotes(text); }
    std::string operator()(Node::List const& list) const {
      return "a list of " + std::to_string(list.size());
    }
    std::string operator()(Node::Map const& map) const {
      return "a map of " + std::to_string(map.size()) + " keys";
    }
    std::string operator()(Node::SharedArray const& array) const {
      std::string out = "an array of shape (";
      for (std::size_t i = 0; i < array->shape.size(); ++i)
        out += (i == 0 ? "" : ", ") + std::to_string(array->shape[i]);
      return out + ")";
    }
  };
  return std::visit(Visitor{}, node.value);
}

}  // namespace dp::detail
