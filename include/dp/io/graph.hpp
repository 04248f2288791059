// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <charconv>
#include <cstddef>
#include <dp/core/error.hpp>
#include <dp/io/tree.hpp>
#include <limits>
#include <protozero/exception.hpp>
#include <protozero/pbf_reader.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

/// Frozen graphs of TensorFlow: the protocol buffer `GraphDef`, without TensorFlow.
namespace dp::detail::graph {

/// Whether a reader stands at a field of this number and wire type; as any other it has to be skipped.
inline bool at_field(protozero::pbf_reader const& reader, unsigned number, protozero::pbf_wire_type type) {
  return reader.tag() == number && reader.wire_type() == type;
}

/// The same of a text, message or packed list.
inline bool at_bytes(protozero::pbf_reader const& reader, unsigned number) {
  return at_field(reader, number, protozero::pbf_wire_type::length_delimited);
}

inline std::string_view view_of(protozero::data_view const& view) { return {view.data(), view.size()}; }

/// A node of a graph: an operation, the nodes that it takes its inputs from, and attributes that are decoded
/// when somebody asks. All views are of the file's bytes.
struct Vertex {
  static constexpr std::size_t absent = std::numeric_limits<std::size_t>::max();

  struct Input {
    std::string_view name;
    std::size_t vertex = absent;  ///< its index in the graph
    unsigned output = 0;          ///< which of that node's outputs
  };

  std::string_view name, op;
  std::vector<Input> inputs;  ///< of data: those that only set an order are left out
  std::vector<std::pair<std::string_view, std::string_view>> attributes;  ///< name and AttrValue
  std::vector<std::size_t> users;  ///< who takes it as an input, among the nodes that reach() found
  bool reached = false;            ///< whether an output given to reach() depends on it
};

/// A graph, and the part of it that an output depends on.
class Graph {
 public:
  /// `bytes` must outlive the graph, `file` is for messages.
  /// \throws dp::Error for what is no GraphDef
  Graph(std::string_view bytes, std::string file) : m_file(std::move(file)) {
    try {
      protozero::pbf_reader reader(bytes.data(), bytes.size());
      while (reader.next())
        if (at_bytes(reader, 1))
          add(reader.get_message());
        else
          reader.skip();
    } catch (protozero::exception const& error) {
      fail(m_file, ": a damaged or incomplete TensorFlow graph: after ", m_vertices.size(), " nodes, ",
           error.what());
    }
    if (m_vertices.empty()) fail(m_file, ": expected a TensorFlow graph (GraphDef), found one without nodes");
    connect();
  }

  /// The graph that was put into another one under `prefix`, which names in it lose.
  Graph(Graph const& whole, std::string_view prefix) : m_file(whole.m_file) {
    auto const shorten = [&](std::string_view& name) {
      if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
    };
    for (Vertex const& vertex : whole.m_vertices) {
      if (!vertex.name.starts_with(prefix)) continue;
      Vertex& part = m_vertices.emplace_back();
      part.name = vertex.name;
      part.op = vertex.op;
      part.attributes = vertex.attributes;
      shorten(part.name);
      for (Vertex::Input const& input : vertex.inputs) {
        part.inputs.push_back({input.name, Vertex::absent, input.output});
        shorten(part.inputs.back().name);
      }
    }
    connect();
  }

  std::string const& file() const { return m_file; }
  std::vector<Vertex> const& vertices() const { return m_vertices; }
  Vertex const& operator[](std::size_t index) const { return m_vertices[index]; }
  std::size_t index_of(Vertex const& vertex) const {
    return static_cast<std::size_t>(&vertex - m_vertices.data());
  }

  /// The node of this name, or a null pointer.
  Vertex const* find(std::string_view name) const {
    auto const at = m_names.find(name);
    return at == m_names.end() ? nullptr : &m_vertices[at->second];
  }

  /// The node that gives an input.
  Vertex const& source(Vertex const& vertex, std::size_t input) const {
    if (input >= vertex.inputs.size())
      complain(vertex, "expected at least ", input + 1, " inputs, found ", vertex.inputs.size());
    std::size_t const at = vertex.inputs[input].vertex;
    if (at == Vertex::absent)
      complain(vertex, "its input ", in_quotes(vertex.inputs[input].name), " is not in the file");
    return m_vertices[at];
  }

  /// Marks all that `output` depends on, and notes who uses whom there.
  void reach(Vertex const& output) {
    std::vector<std::size_t> open{index_of(output)};
    m_vertices[open.front()].reached = true;
    while (!open.empty()) {
      std::size_t const user = open.back();
      open.pop_back();
      for (std::size_t i = 0; i < m_vertices[user].inputs.size(); ++i) {
        Vertex& vertex = m_vertices[index_of(source(m_vertices[user], i))];
        vertex.users.push_back(user);
        if (!vertex.reached) open.push_back(index_of(vertex));
        vertex.reached = true;
      }
    }
  }

  /// Per node: whether it depends on this one, among the nodes that reach() found.
  std::vector<char> dependents(Vertex const& vertex) const {
    std::vector<char> result(m_vertices.size(), 0);
    std::vector<std::size_t> open{index_of(vertex)};
    while (!open.empty()) {
      std::size_t const at = open.back();
      open.pop_back();
      if (result[at] != 0) continue;
      result[at] = 1;
      open.insert(open.end(), m_vertices[at].users.begin(), m_vertices[at].users.end());
    }
    return result;
  }

  template <class... Parts>
  [[noreturn]] void complain(Vertex const& vertex, Parts const&... parts) const {
    fail(m_file, ": node ", in_quotes(vertex.name), " (", vertex.op, "): ", parts...);
  }

 private:
  void add(protozero::pbf_reader node) {
    Vertex vertex;
    while (node.next()) {
      if (at_bytes(node, 1)) {
        vertex.name = view_of(node.get_view());
      } else if (at_bytes(node, 2)) {
        vertex.op = view_of(node.get_view());
      } else if (at_bytes(node, 3)) {
        add_input(vertex, view_of(node.get_view()));
      } else if (at_bytes(node, 5)) {
        std::pair<std::string_view, std::string_view> attribute;
        protozero::pbf_reader entry = node.get_message();
        while (entry.next())
          if (at_bytes(entry, 1))
            attribute.first = view_of(entry.get_view());
          else if (at_bytes(entry, 2))
            attribute.second = view_of(entry.get_view());
          else
            entry.skip();
        vertex.attributes.push_back(attribute);
      } else {
        node.skip();
      }
    }
    m_vertices.push_back(std::move(vertex));
  }

  /// "name", "name:2" (an output other than the first) or "^name" (no data).
  static void add_input(Vertex& vertex, std::string_view text) {
    if (text.starts_with('^')) return;
    Vertex::Input input;
    std::size_t const colon = text.rfind(':');
    input.name = text.substr(0, colon);
    if (colon != text.npos) std::from_chars(text.data() + colon + 1, text.data() + text.size(), input.output);
    vertex.inputs.push_back(input);
  }

  void connect() {
    for (Vertex const& vertex : m_vertices)
      if (!m_names.emplace(vertex.name, index_of(vertex)).second)
        fail(m_file, ": the node ", in_quotes(vertex.name), " appears twice");
    for (Vertex& vertex : m_vertices)
      for (Vertex::Input& input : vertex.inputs)
        if (auto const at = m_names.find(input.name); at != m_names.end()) input.vertex = at->second;
  }

  std::string m_file;
  std::vector<Vertex> m_vertices;
  std::unordered_map<std::string_view, std::size_t> m_names;
};

}  // namespace dp::detail::graph
