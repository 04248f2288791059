// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <dp/io/graph.hpp>
#include <dp/io/graph_nets.hpp>
#include <dp/io/graph_tensor.hpp>
#include <dp/io/tree.hpp>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dp::detail::graph {

/// The descriptor of a graph: cutoffs and sel from the operation that makes the environment matrix, and the
/// nets or tables by the names of their scopes.
class DescriptorReader {
 public:
  DescriptorReader(Graph const& graph, NetWalk& walk, Vertex const& environment);

  std::size_t ntypes() const { return m_sel.size(); }
  std::size_t nnei() const { return m_nnei; }
  std::size_t width() const { return m_width; }  ///< channels of the nets
  bool angular() const { return m_angular; }
  bool has_tables() const { return !m_tables.empty(); }

  /// What a `.dp` file has of it. `scale`: by which tables are multiplied.
  Node node(std::size_t axis_neuron, double scale);

 private:
  struct Table {
    std::size_t net = 0;
    Tensor data, info;
  };

  void read_statistics();
  void find_nets();
  void find_tables();
  void find_mask(Vertex const& product);
  std::size_t block(Vertex const& column);
  std::vector<Vertex const*> weights(std::string const& scope, std::size_t neighbour) const;
  std::size_t net_index(std::size_t centre, std::size_t neighbour) const {
    return m_one_sided ? neighbour : centre + ntypes() * neighbour;
  }
  void set_width(Vertex const& vertex, std::size_t width) {
    if (m_width != 0 && m_width != width)
      m_graph.complain(vertex, "expected ", m_width, " channels as of the other nets and tables, found ",
                       width);
    m_width = width;
  }
  Node excluded() const;

  Graph const& m_graph;
  NetWalk& m_walk;
  Vertex const& m_environment;
  bool m_angular, m_one_sided = false;
  double m_rcut = 0.0, m_rcut_smth = 0.0;
  std::vector<std::size_t> m_sel;
  std::size_t m_nnei = 0, m_width = 0;
  Tensor m_mean, m_stddev;
  Node::List m_nets;  // in the order of the tree; null where there is none
  std::vector<Table> m_tables;
  std::vector<double> m_mask;  // (centre x neighbour), 0: excluded; of one-sided nets only
};

inline DescriptorReader::DescriptorReader(Graph const& graph, NetWalk& walk, Vertex const& environment)
    : m_graph(graph),
      m_walk(walk),
      m_environment(environment),
      m_angular(environment.op != "ProdEnvMatR" && environment.op != "DescrptSeR") {
  Attributes const attributes(graph, environment);
  m_rcut = attributes.real(m_angular ? "rcut_r" : "rcut");
  m_rcut_smth = attributes.real(m_angular ? "rcut_r_smth" : "rcut_smth");
  for (int const slots : attributes.integers(m_angular ? "sel_a" : "sel")) {
    if (slots < 0 || slots > 100'000)
      graph.complain(environment, "sel: expected numbers of neighbours up to 100000, found ", slots);
    m_sel.push_back(static_cast<std::size_t>(slots));
  }
  if (m_sel.empty() || m_sel.size() > 256)
    graph.complain(environment, "sel: expected one number for each of 1 to 256 types, found ", m_sel.size());
  if (m_angular && attributes.has("sel_r"))
    for (int const slots : attributes.integers("sel_r"))
      if (slots != 0) graph.complain(environment, "sel_r: neighbours without angles are not supported");
  m_nnei = std::accumulate(m_sel.begin(), m_sel.end(), std::size_t{0});
  read_statistics();
  for (Vertex const& vertex : graph.vertices())
    if (vertex.reached && vertex.name.starts_with("filter_type_all/")) m_one_sided = true;
  m_nets.resize(m_one_sided ? ntypes() : ntypes() * ntypes());
  find_nets();
  find_tables();
  if (m_width == 0)
    fail(graph.file(),
         ": found neither embedding nets (nodes filter_type_0/matrix_1_0, filter_type_all/matrix_1_0 or "
         "DS_layer_type_0/matrix_1_0) nor tables of them");
}

inline void DescriptorReader::read_statistics() {
  for (std::size_t const user : m_environment.users)
    for (Vertex::Input const& input : m_graph[user].inputs)
      if (input.vertex == m_graph.index_of(m_environment) && input.output != 0)
        m_graph.complain(m_graph[user],
                         "the energy depends on neighbours by other ways than the environment matrix: this "
                         "kind of model is not supported");
  for (std::size_t const input : {5, 6}) {
    std::optional<Tensor> constant = constant_input(m_graph, m_environment, input);
    std::size_t const count = m_sel.size() * m_nnei * (m_angular ? 4 : 1);
    if (!constant || !constant->is_real() || constant->values.size() != count)
      m_graph.complain(m_environment, "expected a constant of ", m_sel.size(), " types by ", m_nnei,
                       " neighbours by ", m_angular ? 4 : 1, " components as input ", input);
    m_walk.know(origin(m_graph, m_environment, input));
    constant->shape = {m_sel.size(), m_nnei, m_angular ? std::size_t{4} : 1};
    (input == 5 ? m_mean : m_stddev) = *std::move(constant);
  }
}

/// The names of a net's weights, layer after layer.
inline std::vector<Vertex const*> DescriptorReader::weights(std::string const& scope,
                                                            std::size_t neighbour) const {
  std::vector<Vertex const*> result;
  for (std::size_t l = 1;; ++l) {
    Vertex const* const found =
        m_graph.find(scope + "/matrix_" + std::to_string(l) + "_" + std::to_string(neighbour));
    if (found == nullptr || !found->reached) return result;
    result.push_back(found);
  }
}

inline void DescriptorReader::find_nets() {
  for (std::size_t centre = 0; centre < (m_one_sided ? 1 : ntypes()); ++centre)
    for (std::size_t neighbour = 0; neighbour < ntypes(); ++neighbour) {
      std::vector<Vertex const*> found;
      for (char const* const scope : {"filter_type_", "DS_layer_type_"})
        if (found.empty())
          found = weights(scope + (m_one_sided ? std::string("all") : std::to_string(centre)), neighbour);
      if (found.empty()) continue;
      NetWalk::Net net = m_walk.net(NetWalk::Kind::embedding, found);
      if (m_angular)
        m_walk.expect_users(net.last, {"BatchMatMul", "BatchMatMulV2"});
      else
        m_walk.expect_users(net.last, {"ConcatV2", "Mean"});
      if (net.first.inputs != 1) m_graph.complain(*found.front(), "expected a net of one input");
      if (std::size_t const type = block(*net.first.input); type != neighbour && m_sel[neighbour] != 0)
        m_graph.complain(*found.front(), "expected a net for neighbours of type ", neighbour,
                         ", found one for those of type ", type);
      set_width(*found.front(), net.last.outputs);
      m_nets[net_index(centre, neighbour)] = std::move(net.node);
    }
}

/// The type of the neighbours whose rows end in this column of the environment matrix; on the way, whether
/// some are excluded.
inline std::size_t DescriptorReader::block(Vertex const& column) {
  auto const slice = [&](Vertex const& vertex, std::size_t input) {
    std::optional<Tensor> const numbers =
        vertex.op == "Slice" ? constant_input(m_graph, vertex, input) : std::nullopt;
    if (!numbers || numbers->values.size() != 2)
      m_graph.complain(vertex, "expected a part of the environment matrix");
    return numbers->values[1];
  };
  Vertex const* rows = &column;
  if (m_angular) {
    if (slice(column, 1) != 0.0 || slice(column, 2) != 1.0)
      m_graph.complain(column, "expected the first column of the environment matrix");
    rows = &origin(m_graph, column, 0);
  }
  double const begin = slice(*rows, 1), size = slice(*rows, 2), components = m_angular ? 4.0 : 1.0;
  Vertex const* matrix = &origin(m_graph, *rows, 0);
  if (matrix->op == "Mul") {
    find_mask(*matrix);
    Vertex const& first = origin(m_graph, *matrix, 0);
    matrix = &first == &m_environment ? &first : &origin(m_graph, *matrix, 1);
  }
  if (matrix->op == "Slice") matrix = &origin(m_graph, *matrix, 0);  // of the atoms of one type
  if (matrix != &m_environment)
    m_graph.complain(*matrix, "expected the environment matrix (", m_environment.name,
                     ") as the nets' input");
  double offset = 0.0;
  for (std::size_t type = 0; type < ntypes(); ++type) {
    double const slots = components * static_cast<double>(m_sel[type]);
    if (begin == offset && (size == slots || (size == -1.0 && type + 1 == ntypes()))) return type;
    offset += slots;
  }
  m_graph.complain(*rows, "expected the neighbours of one type, found columns ", begin, " to ", begin + size);
}

/// The factors, 1 or 0, by which rows are multiplied for the types of centre and neighbour.
inline void DescriptorReader::find_mask(Vertex const& product) {
  for (std::size_t const input : {0, 1}) {
    Vertex const& gather = origin(m_graph, product, input);
    if (gather.op != "GatherV2" && gather.op != "Gather") continue;
    std::optional<Tensor> mask = constant_input(m_graph, gather, 0);
    if (!mask || mask->values.size() != ntypes() * ntypes()) continue;
    for (double const factor : mask->values)
      if (factor != 0.0 && factor != 1.0)
        m_graph.complain(gather, "expected factors of 0 or 1, found ", factor);
    m_walk.know(origin(m_graph, gather, 0));
    m_mask = std::move(mask->values);
    return;
  }
  m_graph.complain(product, "a product with the environment matrix is not understood");
}

inline void DescriptorReader::find_tables() {
  for (Vertex const& vertex : m_graph.vertices()) {
    if (!vertex.reached || !vertex.op.starts_with("TabulateFusion")) continue;
    if (vertex.op != (m_angular ? "TabulateFusionSeA" : "TabulateFusionSeR"))
      m_graph.complain(vertex, "tables of this kind of descriptor are not supported");
    std::string_view const scope = vertex.name.substr(0, vertex.name.find('/'));
    std::string_view const digits = scope.substr(scope.rfind('_') + 1);
    std::size_t centre = 0;
    if (!m_one_sided) {
      auto const parsed = std::from_chars(digits.data(), digits.data() + digits.size(), centre);
      if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size() || centre >= ntypes() ||
          !scope.starts_with("filter_type_"))
        m_graph.complain(vertex, "expected a scope filter_type_N that names the type of the centre");
    }
    Table table;
    table.net = net_index(centre, block(origin(m_graph, vertex, 2)));
    std::optional<Tensor> data = constant_input(m_graph, vertex, 0),
                          info = constant_input(m_graph, vertex, 1);
    if (!data || !data->is_real() || data->shape.size() != 2 || data->shape[1] % 6 != 0 || !info ||
        info->values.size() != 6)
      m_graph.complain(vertex, "expected a constant table of (rows, 6 * channels) and 6 numbers about it");
    for (std::size_t const input : {0, 1}) m_walk.know(origin(m_graph, vertex, input));
    table.data = *std::move(data);
    table.info = *std::move(info);
    set_width(vertex, table.data.shape[1] / 6);
    if (Attributes(m_graph, vertex).has("last_layer_size") &&
        static_cast<std::size_t>(Attributes(m_graph, vertex).integer("last_layer_size")) != m_width)
      m_graph.complain(vertex, "last_layer_size: expected ", m_width, ", the channels of its table");
    m_tables.push_back(std::move(table));
  }
}

/// Pairs of types without a net or table, or masked.
inline Node DescriptorReader::excluded() const {
  Node::List pairs;
  std::vector<char> has_table(m_nets.size(), 0);
  for (Table const& table : m_tables) has_table[table.net] = 1;
  auto const contributes = [&](std::size_t centre, std::size_t neighbour) {
    std::size_t const net = net_index(centre, neighbour);
    return (m_mask.empty() || m_mask[centre * ntypes() + neighbour] != 0.0) &&
           (m_one_sided || has_table[net] != 0 || !m_nets[net].is_null());
  };
  for (std::size_t a = 0; a < ntypes(); ++a)
    for (std::size_t b = a; b < ntypes(); ++b)
      if (!contributes(a, b) && !contributes(b, a))
        pairs.push_back(Node{Node::List{integer_node(a), integer_node(b)}});
      else if (contributes(a, b) != contributes(b, a))
        fail(m_graph.file(), ": the types ", a, " and ", b,
             " are neighbours of each other in one direction only: this kind of model is not supported");
  return Node{std::move(pairs)};
}

inline Node DescriptorReader::node(std::size_t axis_neuron, double scale) {
  Node::List sel;
  for (std::size_t const slots : m_sel) sel.push_back(integer_node(slots));
  Node::Map members = {{"@class", Node{std::string("Descriptor")}},
                       {"@version", Node{std::int64_t{m_tables.empty() ? 2 : 3}}},
                       {"type", Node{std::string(m_angular ? "se_e2_a" : "se_e2_r")}},
                       {"rcut", Node{m_rcut}},
                       {"rcut_smth", Node{m_rcut_smth}},
                       {"sel", Node{std::move(sel)}},
                       {"type_one_side", Node{m_one_sided}},
                       {"exclude_types", excluded()},
                       {"env_protection", Node{0.0}},
                       {"env_mat", map_of({{"rcut", Node{m_rcut}},
                                           {"rcut_smth", Node{m_rcut_smth}},
                                           {"protection", Node{0.0}},
                                           {"float32_cutoffs", Node{true}}})},
                       {"@variables", map_of({{"davg", array_node(std::move(m_mean))},
                                              {"dstd", array_node(std::move(m_stddev))}})}};
  describe_nets(m_nets, members);
  if (m_angular) members.push_back({"axis_neuron", integer_node(axis_neuron)});
  if (!m_tables.empty()) {
    Node::List data(m_nets.size()), info(m_nets.size());
    for (Table& table : m_tables) {
      if (scale != 1.0)
        for (double& coefficient : table.data.values) coefficient *= scale;
      data[table.net] = array_node(std::move(table.data));
      info[table.net] = array_node(std::move(table.info));
    }
    members.push_back(
        {"compress", map_of({{"@variables", map_of({{"compress_data", Node{std::move(data)}},
                                                    {"compress_info", Node{std::move(info)}}})}})});
  }
  members.push_back({"embeddings", map_of({{"@class", Node{std::string("NetworkCollection")}},
                                           {"@version", Node{std::int64_t{1}}},
                                           {"ndim", Node{std::int64_t{m_one_sided ? 1 : 2}}},
                                           {"ntypes", integer_node(ntypes())},
                                           {"network_type", Node{std::string("embedding_network")}},
                                           {"networks", Node{std::move(m_nets)}}})});
  return map_of(std::move(members));
}

}  // namespace dp::detail::graph
