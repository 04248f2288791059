// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <yaml-cpp/anchor.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <dp/core/error.hpp>
#include <dp/io/tree.hpp>
#include <dp/io/tree_builder.hpp>
#include <limits>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace dp::detail {

/// The value of a plain (unquoted) YAML scalar.
inline Node yaml_scalar(std::string_view text) {
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") return {};
  if (text == "true" || text == "True" || text == "TRUE") return Node{true};
  if (text == "false" || text == "False" || text == "FALSE") return Node{false};
  std::string_view const number = text.front() == '+' ? text.substr(1) : text;
  std::string_view const digits = !number.empty() && number.front() == '-' ? number.substr(1) : number;
  double const sign = digits.size() < number.size() ? -1.0 : 1.0;
  if (digits == ".inf" || digits == ".Inf" || digits == ".INF")
    return Node{sign * std::numeric_limits<double>::infinity()};
  if (text == ".nan" || text == ".NaN" || text == ".NAN")
    return Node{std::numeric_limits<double>::quiet_NaN()};
  if (!digits.empty() && ((digits.front() >= '0' && digits.front() <= '9') || digits.front() == '.')) {
    char const* const end = number.data() + number.size();
    std::int64_t integer = 0;
    if (auto const r = std::from_chars(number.data(), end, integer); r.ec == std::errc() && r.ptr == end)
      return Node{integer};
    double real = 0.0;
    auto const r = std::from_chars(number.data(), end, real);
    if (r.ptr == end && (r.ec == std::errc() || r.ec == std::errc::result_out_of_range)) {
      // Out of range in text: rounds to zero or infinity as any reader of doubles does.
      if (r.ec != std::errc()) std::istringstream(std::string(number)) >> real;
      return Node{real};
    }
  }
  return Node{std::string(text)};
}

/// The value of a scalar with a tag of YAML's core types, such as `!!float "1.0"`, which PyYAML writes in its
/// canonical form; nothing where the text is no such value.
inline std::optional<Node> yaml_tagged(std::string_view type, std::string const& text) {
  if (type == "str") return Node{text};
  Node node = yaml_scalar(text);
  if (type == "null" && node.is_null()) return node;
  if (type == "bool" && node.as<bool>() != nullptr) return node;
  std::int64_t const* const integer = node.as<std::int64_t>();
  if (type == "int" && integer != nullptr) return node;
  if (type == "float" && integer != nullptr) return Node{static_cast<double>(*integer)};
  if (type == "float" && node.as<double>() != nullptr) return node;
  return std::nullopt;
}

/// Hands the events of yaml-cpp's parser to a TreeBuilder; aliases are copies of what they name.
class YamlEvents : public YAML::EventHandler {
 public:
  explicit YamlEvents(std::string file) : m_file(std::move(file)), m_builder(m_file) {}

  Node take() { return m_builder.take(); }

  void OnDocumentStart(YAML::Mark const&) override {}
  void OnDocumentEnd() override {}
  void OnNull(YAML::Mark const&, YAML::anchor_t anchor) override { scalar({}, anchor); }
  void OnScalar(YAML::Mark const&, std::string const& tag, YAML::anchor_t anchor,
                std::string const& text) override {
    if (wants_key()) {
      m_builder.key(text);
      m_containers.back().has_key = true;
    } else {
      scalar(value_of(tag, text), anchor);
    }
  }
  void OnAlias(YAML::Mark const&, YAML::anchor_t anchor) override {
    refuse_as_key();
    auto const named = m_anchors.find(anchor);
    if (named == m_anchors.end()) fail(m_builder.where(), "an alias of something unfinished");
    m_aliased += named->second.count;
    if (m_aliased > most_aliased) fail(m_builder.where(), "aliases of more than ", most_aliased, " values");
    m_builder.add(named->second.node, named->second.count);
    done();
  }
  void OnSequenceStart(YAML::Mark const&, std::string const&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    start(false, anchor);
    m_builder.begin_list();
  }
  void OnSequenceEnd() override {
    m_builder.end_list();
    end();
  }
  void OnMapStart(YAML::Mark const&, std::string const&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    start(true, anchor);
    m_builder.begin_map();
  }
  void OnMapEnd() override {
    m_builder.end_map();
    end();
  }

 private:
  struct Container {
    bool is_map;
    bool has_key;
    YAML::anchor_t anchor;
    std::size_t count;  // of values before it
  };
  struct Named {
    Node node;
    std::size_t count;
  };

  Node value_of(std::string const& tag, std::string const& text) const {
    constexpr std::string_view core = "tag:yaml.org,2002:";
    if (tag == "?") return yaml_scalar(text);  // yaml-cpp's mark of an unquoted scalar
    if (tag.compare(0, core.size(), core) != 0) return Node{text};
    std::string_view const type = std::string_view(tag).substr(core.size());
    std::optional<Node> node = yaml_tagged(type, text);
    if (!node)
      fail(m_builder.where(), "expected a value of the type ", in_quotes(type), ", found ", in_quotes(text));
    return *std::move(node);
  }

  bool wants_key() const {
    return !m_containers.empty() && m_containers.back().is_map && !m_containers.back().has_key;
  }
  void refuse_as_key() const {
    if (wants_key()) fail(m_builder.where(), "expected a text as key");
  }
  void scalar(Node node, YAML::anchor_t anchor) {
    refuse_as_key();
    if (anchor != YAML::NullAnchor) m_anchors[anchor] = {node, 1};
    m_builder.add(std::move(node));
    done();
  }
  void start(bool is_map, YAML::anchor_t anchor) {
    refuse_as_key();
    m_containers.push_back({is_map, false, anchor, m_builder.count()});
  }
  void end() {
    Container const finished = m_containers.back();
    m_containers.pop_back();
    if (finished.anchor != YAML::NullAnchor)
      m_anchors[finished.anchor] = {m_builder.last(), m_builder.count() - finished.count};
    done();
  }
  void done() {
    if (!m_containers.empty()) m_containers.back().has_key = false;
  }

  std::string m_file;
  TreeBuilder m_builder;
  static constexpr std::size_t most_aliased = 1'000'000;  // aliases of aliases grow without bounds

  std::vector<Container> m_containers;
  std::map<YAML::anchor_t, Named> m_anchors;
  std::size_t m_aliased = 0;
};

/// The tree in the bytes of a `.yaml` file.
inline Node yaml_tree(std::string const& bytes, std::string const& name) {
  YamlEvents events(name);
  try {
    std::istringstream stream(bytes);
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(events)) fail(name, ": expected a model, found an empty document");
  } catch (YAML::Exception const& error) {
    fail(name, ": line ", error.mark.line + 1, ": not valid YAML: ", error.msg);
  }
  return events.take();
}

}  // namespace dp::detail
