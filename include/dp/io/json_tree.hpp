// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/core/error.hpp>
#include <dp/io/tree.hpp>
#include <dp/io/tree_builder.hpp>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace dp::detail {

/// Hands the events of nlohmann's JSON parser to a TreeBuilder.
class JsonEvents : public nlohmann::json_sax<nlohmann::json> {
 public:
  /// `file` and `place`, where the text is in it, are for messages.
  JsonEvents(std::string const& file, std::string const& place)
      : m_where(file + ": " + place + ": "), m_builder(file) {}

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
  bool binary(binary_t&) override { fail(m_where, "expected JSON, found binary data"); }
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
    fail(m_where, "expected JSON, found ", in_quotes(token), " at character ", at);
  }

 private:
  bool add(Node node) {
    m_builder.add(std::move(node));
    return true;
  }

  std::string m_where;
  TreeBuilder m_builder;
};

/// The tree in a text in JSON; `file` and `place`, where the text is in it, are for messages.
inline Node json_tree(std::string_view text, std::string const& file, std::string const& place) {
  JsonEvents events(file, place);
  nlohmann::json::sax_parse(text, &events);
  return events.take();
}

}  // namespace dp::detail
