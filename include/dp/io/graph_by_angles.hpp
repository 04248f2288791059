// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <dp/io/graph.hpp>
#include <dp/io/graph_attributes.hpp>
#include <dp/io/graph_descriptor.hpp>
#include <dp/io/graph_environment.hpp>
#include <dp/io/graph_nets.hpp>
#include <dp/io/graph_tensor.hpp>
#include <dp/io/tree.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dp::detail::graph {

/// A descriptor with a net for each pair of types of neighbours, of the product of their directions: se_e3.
class ByAnglesReader : public DescriptorReader {
 public:
  ByAnglesReader(NetWalk& walk, Environment& environment) : DescriptorReader(walk, environment) {
    std::size_t const n = environment.ntypes();
    m_nets.resize(n * n);
    m_walk.follow(environment.dependents());
    find_tables();
    for (std::size_t a = 0; a < n; ++a)
      for (std::size_t b = a; b < n; ++b) read_net(a, b);
  }

  /// Whether a graph has such nets, or tables of them.
  static bool is_there(Environment const& environment) {
    Vertex const* const weights =
        environment.graph().find(environment.scope("filter_type_all") + "/matrix_1_0_0");
    if (weights != nullptr && weights->reached) return true;
    return std::any_of(environment.graph().vertices().begin(), environment.graph().vertices().end(),
                       [&](Vertex const& vertex) {
                         return vertex.reached && vertex.op == table_op && environment.reaches(vertex);
                       });
  }

  bool has_axis() const override { return false; }
  bool has_divisor() const override { return false; }
  bool has_tables() const override { return !m_tables.empty(); }

  Node node(DescriptorUse const&) override {
    Node::Map members = m_environment.node("se_e3", has_tables() ? 3 : 2);
    describe_nets(m_nets, members);
    if (has_tables()) {
      Node::List data(m_nets.size()), info(m_nets.size());
      for (auto& [net, table] : m_tables) {
        data[net] = array_node(std::move(table.data));
        info[net] = array_node(std::move(table.info));
      }
      members.push_back(
          {"compress", map_of({{"@variables", map_of({{"compress_data", Node{std::move(data)}},
                                                      {"compress_info", Node{std::move(info)}}})}})});
    }
    members.push_back({"embeddings", nets_node(2, m_environment.ntypes(), std::move(m_nets))});
    return map_of(std::move(members));
  }

 private:
  static constexpr std::string_view table_op = "TabulateFusionSeT";

  void read_net(std::size_t a, std::size_t b);
  void find_tables();
  std::size_t type_of(Vertex const& product, std::size_t input);
  std::size_t pair_of(Vertex const& product);
  void expect_division(Vertex const& sum, std::size_t pair);
  void expect_equation(Vertex const& sum, std::string_view equation) const;

  Node::List m_nets;                      // in the order of the tree; null where there is none
  std::map<std::size_t, Table> m_tables;  // by their places there
};

/// The net of two types: it takes e_jk, and the sum over j and k of its value times e_jk is divided by the
/// numbers of both types in sel.
inline void ByAnglesReader::read_net(std::size_t a, std::size_t b) {
  std::size_t const pair = a + m_environment.ntypes() * b;
  if (m_tables.contains(pair)) return;
  std::string const stem = m_environment.scope("filter_type_all") + "/matrix_",
                    ending = "_" + std::to_string(a) + "_" + std::to_string(b);
  std::vector<Vertex const*> const weights = weights_named(m_graph, stem, ending);
  if (weights.empty())
    fail(m_graph.file(), ": expected the net of neighbours of the types ", a, " and ", b, " (node ", stem,
         "1", ending, ")");
  NetWalk::Net net = m_walk.net(NetWalk::Kind::embedding, weights);
  Vertex const& product = *net.first.input;
  if (net.first.inputs != 1) m_graph.complain(*weights.front(), "expected a net of one input");
  if (pair_of(product) != pair)
    m_graph.complain(*weights.front(), "expected a net of neighbours of the types ", a, " and ", b);
  Vertex const* const sum = m_walk.only_user(net.last, "Einsum");
  if (sum == nullptr || sum->inputs.size() != 2 || &origin(m_graph, *sum, 0) != &product)
    m_graph.complain(*weights.back(), "expected what the net gives to be multiplied by its input and summed");
  expect_equation(*sum, "ijk,ijkm->im");
  m_walk.know(*sum);
  expect_division(*sum, pair);
  set_width(*weights.front(), net.last.outputs);
  m_nets[pair] = std::move(net.node);
}

/// Operations that take e_jk twice, as a column and as it is, and sum over j and k themselves.
inline void ByAnglesReader::find_tables() {
  for (Vertex const& vertex : m_graph.vertices()) {
    if (!vertex.reached || vertex.op != table_op || !m_environment.reaches(vertex)) continue;
    Vertex const& product = origin(m_graph, vertex, 2);
    std::size_t const pair = pair_of(product);
    if (&origin(m_graph, vertex, 3) != &product || m_tables.contains(pair))
      m_graph.complain(vertex, "expected one table for each pair of types, and its input as the factor");
    m_tables.emplace(pair, read_table(vertex));
    expect_division(vertex, pair);
  }
}

/// Where the net of a product of directions has its place, by the types of its neighbours.
inline std::size_t ByAnglesReader::pair_of(Vertex const& product) {
  if (product.op != "Einsum" || product.inputs.size() != 2)
    m_graph.complain(product, "expected the product of directions");
  expect_equation(product, "ijm,ikm->ijk");
  m_walk.know(product);
  return type_of(product, 0) + m_environment.ntypes() * type_of(product, 1);
}

/// The type of the neighbours whose directions are a factor.
inline std::size_t ByAnglesReader::type_of(Vertex const& product, std::size_t input) {
  Environment::Columns const columns = m_environment.directions(origin(m_graph, product, input));
  double begin = 0.0;
  for (std::size_t t = 0; t < m_environment.ntypes(); ++t) {
    double const size = 4.0 * static_cast<double>(m_environment.sel()[t]);
    if (columns.begin == begin && columns.size == size) return t;
    begin += size;
  }
  m_graph.complain(*columns.rows, "expected the neighbours of one type, found columns ", columns.begin,
                   " to ", columns.begin + columns.size);
}

inline void ByAnglesReader::expect_division(Vertex const& sum, std::size_t pair) {
  NetWalk::Users const users = m_walk.users(sum);
  Vertex const& scaled = users.empty() ? sum : *users.front().first;
  std::optional<Tensor> const scale = users.size() == 1 && scaled.op == "Mul"
                                          ? constant_input(m_graph, scaled, 1 - users.front().second)
                                          : std::nullopt;
  std::vector<std::size_t> const& sel = m_environment.sel();
  double const expected =
      static_cast<double>(sel[pair % sel.size()]) * static_cast<double>(sel[pair / sel.size()]);
  if (!scale || scale->values.size() != 1 || !(std::abs(scale->values.front() * expected - 1.0) <= 1e-6))
    m_graph.complain(scaled, "expected a division of the sum by ", expected,
                     ", the product of two numbers of sel");
  m_walk.know(scaled);
}

inline void ByAnglesReader::expect_equation(Vertex const& sum, std::string_view equation) const {
  std::string found;
  Attributes(m_graph, sum).read("equation", 2, Wire::length_delimited, [&](protozero::pbf_reader& value) {
    found = value.get_string();
  });
  if (found != equation)
    m_graph.complain(sum, "equation: expected ", in_quotes(equation), ", found ", in_quotes(found));
}

}  // namespace dp::detail::graph
