// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <dp/core/error.hpp>
#include <dp/io/tree.hpp>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace dp::detail {

/// Writes trees as text that readers of JSON and of YAML (1.1 and 1.2) take for the same tree.
class TreeText {
 public:
  /// Writes what stands for an array; `below`: somewhere below the key "@variables".
  using WriteArray = std::function<void(TreeText&, Array const&, bool below)>;

  /// `file` is for messages.
  TreeText(std::string file, WriteArray write_array)
      : m_file(std::move(file)), m_write_array(std::move(write_array)) {}

  std::string text_of(Node const& tree) {
    node(tree, false);
    return std::exchange(m_text, {});
  }

  void literal(std::string_view text) { m_text += text; }

  void quoted(std::string const& text) {
    try {
      m_text += nlohmann::json(text).dump();
    } catch (nlohmann::json::exception const&) {
      fail(m_file, ": ", m_place, ": expected UTF-8, found ", in_quotes(text));
    }
  }

  /// Always with a point, so that YAML 1.1 takes it for a number too, and with all digits that matter.
  void number(double value) {
    if (!std::isfinite(value)) fail(m_file, ": ", m_place, ": expected a finite number, found ", value);
    char digits[32];
    char const* const end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    std::string_view const text(digits, static_cast<std::size_t>(end - digits));
    std::size_t const exponent = std::min(text.find('e'), text.size());
    m_text += text.substr(0, exponent);
    if (text.find('.') == text.npos) m_text += ".0";
    m_text += text.substr(exponent);
  }

  /// The values of an array as nested lists.
  void lists(Array const& array) {
    std::size_t next = 0;
    lists(array, 0, next);
  }

 private:
  void node(Node const& tree, bool below) {
    if (auto const* const map = tree.as<Node::Map>()) {
      m_text += '{';
      for (Member const& member : *map) {
        if (&member != map->data()) m_text += ',';
        m_text += '\n';
        quoted(member.key);
        m_text += ": ";
        descend(member.key, member.node, below || member.key == "@variables");
      }
      m_text += '}';
    } else if (auto const* const list = tree.as<Node::List>()) {
      m_text += '[';
      for (std::size_t i = 0; i < list->size(); ++i) {
        if (i > 0) m_text += ", ";
        descend(std::to_string(i), (*list)[i], below);
      }
      m_text += ']';
    } else if (auto const* const array = tree.as<Node::SharedArray>()) {
      m_write_array(*this, **array, below);
    } else if (tree.is_null()) {
      m_text += "null";
    } else {
      leaf(tree, below);
    }
  }

  void descend(std::string const& key, Node const& child, bool below) {
    std::size_t const length = m_place.size();
    m_place += (length > 0 ? "/" : "") + key;
    node(child, below);
    m_place.resize(length);
  }

  // Where arrays are expected, a number is one without extents.
  void leaf(Node const& tree, bool below) {
    auto const* const real = tree.as<double>();
    auto const* const integer = tree.as<std::int64_t>();
    if (below && real == nullptr && integer == nullptr)
      fail(m_file, ": ", m_place, ": expected an array, found ", describe(tree));
    if (below)
      m_write_array(*this, {{}, {real != nullptr ? *real : static_cast<double>(*integer)}}, below);
    else if (real != nullptr)
      number(*real);
    else if (integer != nullptr)
      m_text += std::to_string(*integer);
    else if (bool const* const flag = tree.as<bool>())
      m_text += *flag ? "true" : "false";
    else
      quoted(*tree.as<std::string>());
  }

  void lists(Array const& array, std::size_t depth, std::size_t& next) {
    if (depth == array.shape.size()) return number(array.values[next++]);
    m_text += '[';
    for (std::size_t i = 0; i < array.shape[depth]; ++i) {
      if (i > 0) m_text += ", ";
      lists(array, depth + 1, next);
    }
    m_text += ']';
  }

  std::string m_file;
  WriteArray m_write_array;
  std::string m_place;
  std::string m_text;
};

}  // namespace dp::detail
