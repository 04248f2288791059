// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <dp/core/error.hpp>
#include <dp/io/tree.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace dp::detail {

/// Puts a tree together from the events of a parser. Depth and number of values are limited, so that no file
/// can exhaust stack or memory; maps that stand for arrays (`"@class": "np.ndarray"`) become arrays.
class TreeBuilder {
 public:
  /// `file` is for messages.
  explicit TreeBuilder(std::string file) : m_file(std::move(file)) {}

  void key(std::string text) { m_open.back().key = std::move(text); }
  void begin_list() { open(Node::List{}); }
  void begin_map() { open(Node::Map{}); }
  void end_list() { close(); }

  void end_map() {
    auto& map = std::get<Node::Map>(m_open.back().node.value);
    std::stable_sort(map.begin(), map.end(), [](Member const& a, Member const& b) { return a.key < b.key; });
    auto const same = [](Member const& a, Member const& b) { return a.key == b.key; };
    if (auto const twice = std::adjacent_find(map.begin(), map.end(), same); twice != map.end())
      fail(where(), "the key ", in_quotes(twice->key), " appears twice");
    Node const* const kind = m_open.back().node.find("@class");
    std::string const* const name = kind != nullptr ? kind->as<std::string>() : nullptr;
    if (name != nullptr && *name == "np.ndarray") m_open.back().node = array_of(m_open.back().node);
    close();
  }

  /// Adds a finished value, `count` values large.
  void add(Node node, std::size_t count = 1) {
    m_count += count;
    if (m_count > most_values) fail(where(), "more than ", most_values, " values: not a model");
    if (m_open.empty()) {
      m_root = std::move(node);
      return;
    }
    Open& parent = m_open.back();
    if (auto* const list = std::get_if<Node::List>(&parent.node.value))
      list->push_back(std::move(node));
    else
      std::get<Node::Map>(parent.node.value).push_back({std::move(parent.key), std::move(node)});
  }

  /// The value finished last in the container now open, or the whole tree.
  Node const& last() const {
    if (m_open.empty()) return m_root;
    Node const& parent = m_open.back().node;
    if (auto const* const list = parent.as<Node::List>()) return list->back();
    return parent.as<Node::Map>()->back().node;
  }

  std::size_t count() const { return m_count; }
  Node take() { return std::move(m_root); }

  /// "file: key/key: " of the place where the parser is.
  std::string where() const {
    std::string path;
    for (std::size_t i = 0; i < m_open.size(); ++i) {
      Open const& open = m_open[i];
      std::string part = open.key;
      if (auto const* const list = open.node.as<Node::List>()) part = std::to_string(list->size());
      if (i + 1 < m_open.size()) path += (path.empty() ? "" : "/") + part;
    }
    return m_file + ": " + (path.empty() ? "" : path + ": ");
  }

 private:
  struct Open {
    Node node;
    std::string key;  // of the member being read
  };

  static constexpr std::size_t most_depth = 64;
  static constexpr std::size_t most_values = 100'000'000;

  template <class Container>
  void open(Container container) {
    if (m_open.size() >= most_depth)
      fail(m_file, ": nested more than ", most_depth, " levels deep: not a model");
    m_open.push_back({Node{std::move(container)}, {}});
  }

  void close() {
    Node node = std::move(m_open.back().node);
    m_open.pop_back();
    add(std::move(node));
  }

  Node array_of(Node const& map) const {
    Node const* const value = map.find("value");
    if (value == nullptr) fail(where(), "an array without the key \"value\"");
    Node const* const kind = map.find("dtype");
    std::string const* const name = kind != nullptr ? kind->as<std::string>() : nullptr;
    if (name != nullptr && name->rfind("float", 0) != 0 && name->find("int") > 1 && *name != "bool" &&
        *name != "bfloat16")
      fail(where(), "dtype: expected a float or integer type, found ", in_quotes(*name));
    auto array = std::make_shared<Array>();
    array->float32 = name != nullptr && *name == "float32";
    for (Node const* level = value; level->as<Node::List>() != nullptr;
         level = &level->as<Node::List>()->front()) {
      array->shape.push_back(level->as<Node::List>()->size());
      if (array->shape.back() == 0) break;
    }
    flatten(*value, 0, *array);
    return Node{Node::SharedArray(std::move(array))};
  }

  void flatten(Node const& node, std::size_t depth, Array& array) const {
    Node::List const* const list = node.as<Node::List>();
    if (depth < array.shape.size()) {
      if (list == nullptr || list->size() != array.shape[depth])
        fail(where(), "value: expected ", array.shape[depth], " entries in every row at depth ", depth,
             ", found ", describe(node));
      for (Node const& entry : *list) flatten(entry, depth + 1, array);
    } else if (double const* const real = node.as<double>()) {
      array.values.push_back(*real);
    } else if (std::int64_t const* const integer = node.as<std::int64_t>()) {
      array.values.push_back(static_cast<double>(*integer));
    } else {
      fail(where(), "value: expected a number, found ", describe(node));
    }
  }

  std::string m_file;
  std::vector<Open> m_open;
  Node m_root;
  std::size_t m_count = 0;
};

}  // namespace dp::detail
