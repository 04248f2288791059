// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <dp/io/graph.hpp>
#include <dp/io/graph_descriptor.hpp>
#include <dp/io/graph_environment.hpp>
#include <dp/io/graph_nets.hpp>
#include <dp/io/tree.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dp::detail::graph {

/// A descriptor with a net for each type of neighbours, or for each pair of types: se_e2_a, se_e2_r.
class ByTypesReader : public DescriptorReader {
 public:
  ByTypesReader(NetWalk& walk, Environment& environment) : DescriptorReader(walk, environment) {
    std::string const one_sided = environment.scope("filter_type_all") + "/";
    for (Vertex const& vertex : m_graph.vertices())
      if (vertex.reached && vertex.name.starts_with(one_sided)) m_one_sided = true;
    m_nets.resize(m_one_sided ? ntypes() : ntypes() * ntypes());
    m_walk.follow(environment.dependents());
    find_nets();
    find_tables();
    if (m_width == 0)
      fail(m_graph.file(), ": found neither embedding nets (nodes ", environment.scope("filter_type_0"),
           "/matrix_1_0, ", environment.scope("filter_type_all"), "/matrix_1_0 or ",
           environment.scope("DS_layer_type_0"), "/matrix_1_0) nor tables of them");
  }

  bool has_tables() const override { return !m_tables.empty(); }
  Node node(DescriptorUse const& use) override;

 private:
  struct NetTable {
    std::size_t net = 0;
    Table table;
  };

  void find_nets();
  void find_tables();
  std::size_t block(Vertex const& column);
  std::vector<Vertex const*> weights(std::string const& scope, std::size_t neighbour) const {
    return weights_named(m_graph, m_environment.scope(scope) + "/matrix_", "_" + std::to_string(neighbour));
  }
  std::size_t ntypes() const { return m_environment.ntypes(); }
  std::size_t net_index(std::size_t centre, std::size_t neighbour) const {
    return m_one_sided ? neighbour : centre + ntypes() * neighbour;
  }

  bool m_one_sided = false;
  Node::List m_nets;  // in the order of the tree; null where there is none
  std::vector<NetTable> m_tables;
};

inline void ByTypesReader::find_nets() {
  bool const angular = m_environment.angular();
  for (std::size_t centre = 0; centre < (m_one_sided ? 1 : ntypes()); ++centre)
    for (std::size_t neighbour = 0; neighbour < ntypes(); ++neighbour) {
      std::vector<Vertex const*> found;
      for (char const* const scope : {"filter_type_", "DS_layer_type_"})
        if (found.empty())
          found = weights(scope + (m_one_sided ? std::string("all") : std::to_string(centre)), neighbour);
      if (found.empty()) continue;
      NetWalk::Net net = m_walk.net(NetWalk::Kind::embedding, found);
      if (angular)
        m_walk.expect_users(net.last, {"BatchMatMul", "BatchMatMulV2"});
      else
        m_walk.expect_users(net.last, {"ConcatV2", "Mean"});
      if (net.first.inputs != 1) m_graph.complain(*found.front(), "expected a net of one input");
      if (std::size_t const type = block(*net.first.input);
          type != neighbour && m_environment.sel()[neighbour] != 0)
        m_graph.complain(*found.front(), "expected a net for neighbours of type ", neighbour,
                         ", found one for those of type ", type);
      set_width(*found.front(), net.last.outputs);
      m_nets[net_index(centre, neighbour)] = std::move(net.node);
    }
}

/// The type of the neighbours whose rows end in this column of the environment matrix.
inline std::size_t ByTypesReader::block(Vertex const& column) {
  Environment::Columns const columns = m_environment.columns(column);
  double const components = m_environment.angular() ? 4.0 : 1.0;
  double offset = 0.0;
  for (std::size_t type = 0; type < ntypes(); ++type) {
    double const slots = components * static_cast<double>(m_environment.sel()[type]);
    bool const rest = columns.size == -1.0 && type + 1 == ntypes();
    if (columns.begin == offset && (columns.size == slots || rest)) return type;
    offset += slots;
  }
  m_graph.complain(*columns.rows, "expected the neighbours of one type, found columns ", columns.begin,
                   " to ", columns.begin + columns.size);
}

inline void ByTypesReader::find_tables() {
  std::string_view const op = m_environment.angular() ? "TabulateFusionSeA" : "TabulateFusionSeR";
  for (Vertex const& vertex : m_graph.vertices()) {
    if (!vertex.reached || !vertex.op.starts_with("TabulateFusion") || !m_environment.reaches(vertex))
      continue;
    if (vertex.op != op) m_graph.complain(vertex, "tables of this kind of descriptor are not supported");
    std::string_view scope = vertex.name.substr(0, vertex.name.find('/'));
    if (scope.ends_with(m_environment.ending())) scope.remove_suffix(m_environment.ending().size());
    std::string_view const digits = scope.substr(scope.rfind('_') + 1);
    std::size_t centre = 0;
    if (!m_one_sided) {
      auto const parsed = std::from_chars(digits.data(), digits.data() + digits.size(), centre);
      if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size() || centre >= ntypes() ||
          !scope.starts_with("filter_type_"))
        m_graph.complain(vertex, "expected a scope filter_type_N that names the type of the centre");
    }
    std::size_t const net = net_index(centre, block(origin(m_graph, vertex, 2)));
    m_tables.push_back({net, read_table(vertex)});
  }
}

inline Node ByTypesReader::node(DescriptorUse const& use) {
  std::vector<char> has_table(m_nets.size(), 0);
  for (NetTable const& table : m_tables) has_table[table.net] = 1;
  Node::Map members =
      m_environment.node(m_environment.angular() ? "se_e2_a" : "se_e2_r", has_tables() ? 3 : 2);
  members.push_back({"type_one_side", Node{m_one_sided}});
  members.push_back({"exclude_types", excluded_pairs([&](std::size_t centre, std::size_t neighbour) {
                       std::size_t const net = net_index(centre, neighbour);
                       return kept(centre, neighbour) &&
                              (m_one_sided || has_table[net] != 0 || !m_nets[net].is_null());
                     })});
  describe_nets(m_nets, members);
  if (m_environment.angular()) members.push_back({"axis_neuron", integer_node(use.axis_neuron)});
  if (has_tables()) {
    Node::List data(m_nets.size()), info(m_nets.size());
    for (NetTable& entry : m_tables) {
      data[entry.net] = scaled(std::move(entry.table.data), use.table_scale);
      info[entry.net] = array_node(std::move(entry.table.info));
    }
    members.push_back(
        {"compress", map_of({{"@variables", map_of({{"compress_data", Node{std::move(data)}},
                                                    {"compress_info", Node{std::move(info)}}})}})});
  }
  members.push_back({"embeddings", nets_node(m_one_sided ? 1 : 2, ntypes(), std::move(m_nets))});
  return map_of(std::move(members));
}

}  // namespace dp::detail::graph
