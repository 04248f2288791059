// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/core/error.hpp>
#include <dp/io/hdf5_file.hpp>
#include <dp/io/tree.hpp>
#include <dp/io/tree_builder.hpp>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace dp::detail {

/// Hands the events of nlohmann's JSON parser to a TreeBuilder.
class JsonEvents : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit JsonEvents(std::string file) : m_file(std::move(file)), m_builder(m_file) {}

  Node take() { return m_builder.take(); }

  bool null() override { return add(Node{}); }
  bool boolean(bool flag) override { return add(Node{flag}); }
  bool number_integer(number_integer_t number) override { return add(Node{std::int64_t{number}}); }
  bool number_unsigned(number_unsigned_t number) override {
    if (number > static_cast<number_unsigned_t>(std::numeric_limits<std::int64_t>::max()))
      return add(Node{static_cast<double>(number)});
    return add(Node{static_cast<std::int64_t>(number)});
  }
  bool number_float(number_float_t number, string_t const&) override { return add(Node{number}); }
  bool string(string_t& text) override { return add(Node{std::move(text)}); }
  bool binary(binary_t&) override { fail(m_file, ": expected JSON, found binary data"); }
  bool start_object(std::size_t) override {
    m_builder.begin_map();
    return true;
  }
  bool key(string_t& text) override {
    m_builder.key(std::move(text));
    return true;
  }
  bool end_object() override {
    m_builder.end_map();
    return true;
  }
  bool start_array(std::size_t) override {
    m_builder.begin_list();
    return true;
  }
  bool end_array() override {
    m_builder.end_list();
    return true;
  }
  bool parse_error(std::size_t at, std::string const& token, nlohmann::detail::exception const&) override {
    fail(m_file, ": attribute \"json\": expected JSON, found ", in_quotes(token), " at character ", at);
  }

 private:
  bool add(Node node) {
    m_builder.add(std::move(node));
    return true;
  }

  std::string m_file;
  TreeBuilder m_builder;
};

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
    node.value = std::move(array);
  }
}

/// The tree in the bytes of a `.dp` file: an HDF5 file with the tree as JSON in the attribute "json" of its
/// root group, and with every array in a dataset.
inline Node dp_tree(std::string_view bytes, std::string const& name) {
  hdf5::File file(bytes, name);
  std::string const text = file.text_attribute("json");
  JsonEvents events(name);
  nlohmann::json::sax_parse(text, &events);
  Node root = events.take();
  resolve_datasets(root, file, name);
  return root;
}

}  // namespace dp::detail
