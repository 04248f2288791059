// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <dp/io/graph.hpp>
#include <dp/io/graph_attributes.hpp>
#include <dp/io/graph_environment.hpp>
#include <dp/io/graph_nets.hpp>
#include <dp/io/graph_tensor.hpp>
#include <dp/io/tree.hpp>
#include <optional>
#include <utility>
#include <vector>

namespace dp::detail::graph {

/// How the rest of a graph uses a descriptor.
struct DescriptorUse {
  std::size_t axis_neuron = 1;
  double table_scale = 1.0;    ///< by which tables are multiplied
  bool appends_types = false;  ///< whether the embedding of the centre's type follows
};

/// A descriptor of a graph, or one of those that make a hybrid one: its nets or tables, by the names of their
/// scopes and by what the graph does with them.
class DescriptorReader {
 public:
  DescriptorReader(NetWalk& walk, Environment& environment)
      : m_graph(environment.graph()), m_walk(walk), m_environment(environment) {}
  virtual ~DescriptorReader() = default;

  Environment const& environment() const { return m_environment; }
  std::size_t width() const { return m_width; }  ///< channels of the nets
  virtual bool has_tables() const = 0;
  /// Whether the fitting nets get its products with its first columns, and a number divides all of it.
  virtual bool has_axis() const { return m_environment.angular(); }
  virtual bool has_divisor() const { return true; }

  /// What a `.dp` file has of it.
  virtual Node node(DescriptorUse const& use) = 0;

 protected:
  struct Table {
    Tensor data, info;
  };

  /// The table of an operation, whose inputs 0 and 1 it is.
  Table read_table(Vertex const& vertex) {
    std::optional<Tensor> data = constant_input(m_graph, vertex, 0),
                          info = constant_input(m_graph, vertex, 1);
    if (!data || !data->is_real() || data->shape.size() != 2 || data->shape[1] % 6 != 0 || !info ||
        info->values.size() != 6)
      m_graph.complain(vertex, "expected a constant table of (rows, 6 * channels) and 6 numbers about it");
    for (std::size_t const input : {0, 1}) m_walk.know(origin(m_graph, vertex, input));
    set_width(vertex, data->shape[1] / 6);
    if (Attributes(m_graph, vertex).has("last_layer_size") &&
        static_cast<std::size_t>(Attributes(m_graph, vertex).integer("last_layer_size")) != m_width)
      m_graph.complain(vertex, "last_layer_size: expected ", m_width, ", the channels of its table");
    return {*std::move(data), *std::move(info)};
  }

  void set_width(Vertex const& vertex, std::size_t width) {
    if (m_width != 0 && m_width != width)
      m_graph.complain(vertex, "expected ", m_width, " channels as of the other nets and tables, found ",
                       width);
    m_width = width;
  }

  static Node scaled(Tensor data, double scale) {
    if (scale != 1.0)
      for (double& coefficient : data.values) coefficient *= scale;
    return array_node(std::move(data));
  }

  /// A collection of nets as the tree has it.
  static Node nets_node(std::size_t ndim, std::size_t ntypes, Node::List nets) {
    return map_of({{"@class", Node{std::string("NetworkCollection")}},
                   {"@version", Node{std::int64_t{1}}},
                   {"ndim", integer_node(ndim)},
                   {"ntypes", integer_node(ntypes)},
                   {"network_type", Node{std::string("embedding_network")}},
                   {"networks", Node{std::move(nets)}}});
  }

  /// Pairs of types that `contributes(centre, neighbour)` is false for, which must be so in both directions.
  template <class Contributes>
  Node excluded_pairs(Contributes const& contributes) const {
    Node::List pairs;
    for (std::size_t a = 0; a < m_environment.ntypes(); ++a)
      for (std::size_t b = a; b < m_environment.ntypes(); ++b)
        if (!contributes(a, b) && !contributes(b, a))
          pairs.push_back(Node{Node::List{integer_node(a), integer_node(b)}});
        else if (contributes(a, b) != contributes(b, a))
          fail(m_graph.file(), ": the types ", a, " and ", b,
               " are neighbours of each other in one direction only: this kind of model is not supported");
    return Node{std::move(pairs)};
  }

  /// Whether the graph's mask, if there is one, leaves a pair of types in.
  bool kept(std::size_t centre, std::size_t neighbour) const {
    std::vector<double> const& mask = m_environment.mask();
    return mask.empty() || mask[centre * m_environment.ntypes() + neighbour] != 0.0;
  }

  Graph const& m_graph;
  NetWalk& m_walk;
  Environment& m_environment;
  std::size_t m_width = 0;
};

}  // namespace dp::detail::graph
