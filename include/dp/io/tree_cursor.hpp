// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <dp/core/error.hpp>
#include <dp/io/tree.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dp::detail {

/// A place in a tree that knows its way there, so that every complaint names file and key:
/// `water.dp: model/descriptor/rcut: expected a positive number, found "abc"`.
class Cursor {
 public:
  Cursor(Node const& node, std::string file) : m_node(&node), m_file(std::move(file)) {}

  std::string const& file() const { return m_file; }
  Node const& node() const { return *m_node; }

  [[noreturn]] void refuse(std::string_view expected) const {
    fail(m_file, ": ", place(), "expected ", expected, ", found ", describe(*m_node));
  }

  /// A complaint about this place in words of its own.
  template <class... Parts>
  [[noreturn]] void complain(Parts const&... parts) const {
    fail(m_file, ": ", place(), parts...);
  }

  /// The member of this name, which must be there.
  Cursor operator[](std::string_view key) const {
    Node const* const child = members().find(key);
    if (child == nullptr) complain("the key ", in_quotes(key), " is missing");
    return descend(*child, key);
  }

  /// The member of this name, if it is there and not null.
  std::optional<Cursor> find(std::string_view key) const {
    Node const* const child = members().find(key);
    if (child == nullptr || child->is_null()) return std::nullopt;
    return descend(*child, key);
  }

  std::vector<Cursor> list(std::string_view expected = "a list") const {
    Node::List const* const entries = m_node->as<Node::List>();
    if (entries == nullptr) refuse(expected);
    std::vector<Cursor> out;
    out.reserve(entries->size());
    for (std::size_t i = 0; i < entries->size(); ++i)
      out.push_back(descend((*entries)[i], std::to_string(i)));
    return out;
  }

  double number(std::string_view expected = "a finite number") const {
    double out = 0.0;
    if (double const* const real = m_node->as<double>())
      out = *real;
    else if (std::int64_t const* const integer = m_node->as<std::int64_t>())
      out = static_cast<double>(*integer);
    else
      refuse(expected);
    if (!std::isfinite(out)) refuse(expected);
    return out;
  }

  int integer(int least, int most) const {
    std::int64_t const* const number = m_node->as<std::int64_t>();
    if (number == nullptr || *number < least || *number > most)
      refuse("an integer from " + std::to_string(least) + " to " + std::to_string(most));
    return static_cast<int>(*number);
  }

  std::vector<int> integers(int least, int most) const {
    std::vector<int> out;
    for (Cursor const& entry : list("a list of integers")) out.push_back(entry.integer(least, most));
    return out;
  }

  bool flag() const {
    bool const* const value = m_node->as<bool>();
    if (value == nullptr) refuse("true or false");
    return *value;
  }

  std::string const& text() const {
    std::string const* const value = m_node->as<std::string>();
    if (value == nullptr) refuse("a text");
    return *value;
  }

  Array const& array() const {
    Node::SharedArray const* const value = m_node->as<Node::SharedArray>();
    if (value == nullptr) refuse("an array");
    return **value;
  }

  /// The values of an array of so many entries, whatever its shape.
  std::vector<double> const& values(std::size_t count) const {
    Array const& out = array();
    if (out.values.size() != count) refuse("an array of " + std::to_string(count) + " entries");
    return out.values;
  }

 private:
  Cursor(Node const& node, std::string file, std::string path)
      : m_node(&node), m_file(std::move(file)), m_path(std::move(path)) {}

  std::string place() const { return m_path.empty() ? std::string() : m_path + ": "; }

  Node const& members() const {
    if (m_node->as<Node::Map>() == nullptr) refuse("a map of keys and values");
    return *m_node;
  }

  Cursor descend(Node const& child, std::string_view key) const {
    return {child, m_file, (m_path.empty() ? std::string() : m_path + "/") + std::string(key)};
  }

  Node const* m_node;
  std::string m_file;
  std::string m_path;
};

/// A flag; `otherwise` where the key is absent.
inline bool read_flag(Cursor const& parent, char const* key, bool otherwise) {
  std::optional<Cursor> const flag = parent.find(key);
  return flag ? flag->flag() : otherwise;
}

}  // namespace dp::detail
