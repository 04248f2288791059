// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/io/graph.hpp>
#include <limits>
#include <optional>
#include <protozero/exception.hpp>
#include <protozero/pbf_reader.hpp>
#include <string_view>
#include <vector>

namespace dp::detail::graph {

using Wire = protozero::pbf_wire_type;

/// The elements of a repeated integer field, packed or one by one; other wire types are skipped.
template <class Take>
void each_integer(protozero::pbf_reader& reader, Take const& take) {
  if (reader.wire_type() == Wire::length_delimited)
    for (std::int64_t const number : reader.get_packed_int64()) take(number);
  else if (reader.wire_type() == Wire::varint)
    take(reader.get_int64());
  else
    reader.skip();
}

/// An integer that is meant to be small; others become -1, which nobody expects.
inline int small_integer(std::int64_t number) {
  return number < 0 || number > std::numeric_limits<int>::max() ? -1 : static_cast<int>(number);
}

/// Attributes of a node, decoded when asked for; damage is a complaint about the node.
class Attributes {
 public:
  Attributes(Graph const& graph, Vertex const& vertex) : m_graph(graph), m_vertex(vertex) {}

  /// A float, as the double that it is.
  double real(std::string_view name) const {
    double result = 0.0;
    read(name, 4, Wire::fixed32, [&](protozero::pbf_reader& value) { result = value.get_float(); });
    return result;
  }

  /// A list of integers.
  std::vector<int> integers(std::string_view name) const {
    std::vector<int> result;
    read(name, 1, Wire::length_delimited, [&](protozero::pbf_reader& value) {
      protozero::pbf_reader list = value.get_message();
      while (list.next())
        if (list.tag() == 3)
          each_integer(list, [&](std::int64_t number) { result.push_back(small_integer(number)); });
        else
          list.skip();
    });
    return result;
  }

  /// An integer.
  int integer(std::string_view name) const {
    int result = 0;
    read(name, 3, Wire::varint,
         [&](protozero::pbf_reader& value) { result = small_integer(value.get_int64()); });
    return result;
  }

  /// A flag; false where the node does not say.
  bool flag(std::string_view name) const {
    bool result = false;
    if (has(name))
      read(name, 5, Wire::varint, [&](protozero::pbf_reader& value) { result = value.get_int64() != 0; });
    return result;
  }

  /// The number of a data type; 0 where the node does not say.
  int type(std::string_view name) const {
    int result = 0;
    if (has(name))
      read(name, 6, Wire::varint,
           [&](protozero::pbf_reader& value) { result = small_integer(value.get_int64()); });
    return result;
  }

  bool has(std::string_view name) const { return find(name) != nullptr; }

  /// Calls `take` with the reader at the field of an AttrValue that holds the value; false: there is none.
  template <class Take>
  void read(std::string_view name, unsigned field, Wire type, Take const& take) const {
    std::string_view const* const bytes = find(name);
    if (bytes == nullptr) m_graph.complain(m_vertex, "the attribute ", in_quotes(name), " is missing");
    bool found = false;
    try {
      protozero::pbf_reader value(bytes->data(), bytes->size());
      while (value.next())
        if (at_field(value, field, type)) {
          take(value);
          found = true;
        } else {
          value.skip();
        }
    } catch (protozero::exception const& error) {
      m_graph.complain(m_vertex, "attribute ", in_quotes(name), ": damaged: ", error.what());
    }
    if (!found) m_graph.complain(m_vertex, "attribute ", in_quotes(name), ": of another kind than expected");
  }

 private:
  std::string_view const* find(std::string_view name) const {
    for (auto const& [key, bytes] : m_vertex.attributes)
      if (key == name) return &bytes;
    return nullptr;
  }

  Graph const& m_graph;
  Vertex const& m_vertex;
};

}  // namespace dp::detail::graph
