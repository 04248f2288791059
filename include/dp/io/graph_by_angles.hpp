// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

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
    for (std::size_t a = 0; a < n; ++a)
      for (std::size_t b = a; b < n; ++b) read_net(a, b);
  }

  /// Whether a graph has such nets.
  static bool is_there(Environment const& environment) {
    Vertex const* const weights =
        environment.graph().find(environment.scope("filter_type_all") + "/matrix_1_0_0");
    return weights != nullptr && weights->reached;
  }

  bool has_axis() const override { return false; }
  bool has_divisor() const override { return false; }
  bool has_tables() const override { return false; }

  Node node(DescriptorUse const&) override {
    Node::Map members = m_environment.node("se_e3", 2);
    describe_nets(m_nets, members);
    members.push_back({"embeddings", nets_node(2, m_environment.ntypes(), std::move(m_nets))});
    return map_of(std::move(members));
  }

 private:
  void read_net(std::size_t a, std::size_t b);
  void expect_type(Vertex const& product, std::size_t input, std::size_t type);
  void expect_equation(Vertex const& sum, std::string_view equation) const;

  Node::List m_nets;  // in the order of the tree; null where there is none
};

/// The net of two types: it takes e_jk, and the sum over j and k of its value times e_jk is divided by the
/// numbers of both types in sel.
inline void ByAnglesReader::read_net(std::size_t a, std::size_t b) {
  std::string const stem = m_environment.scope("filter_type_all") + "/matrix_",
                    ending = "_" + std::to_string(a) + "_" + std::to_string(b);
  std::vector<Vertex const*> const weights = weights_named(m_graph, stem, ending);
  if (weights.empty())
    fail(m_graph.file(), ": expected the net of neighbours of the types ", a, " and ", b, " (node ", stem,
         "1", ending, ")");
  NetWalk::Net net = m_walk.net(NetWalk::Kind::embedding, weights);
  Vertex const& product = *net.first.input;
  if (net.first.inputs != 1 || product.op != "Einsum" || product.inputs.size() != 2)
    m_graph.complain(*weights.front(), "expected a net of one input, the product of directions");
  expect_equation(product, "ijm,ikm->ijk");
  expect_type(product, 0, a);
  expect_type(product, 1, b);
  Vertex const* const sum = m_walk.only_user(net.last, "Einsum");
  if (sum == nullptr || sum->inputs.size() != 2 || &origin(m_graph, *sum, 0) != &product)
    m_graph.complain(*weights.back(), "expected what the net gives to be multiplied by its input and summed");
  expect_equation(*sum, "ijk,ijkm->im");
  NetWalk::Users const users = m_walk.users(*sum);
  Vertex const& scaled = users.empty() ? *sum : *users.front().first;
  std::optional<Tensor> const scale = users.size() == 1 && scaled.op == "Mul"
                                          ? constant_input(m_graph, scaled, 1 - users.front().second)
                                          : std::nullopt;
  double const expected =
      static_cast<double>(m_environment.sel()[a]) * static_cast<double>(m_environment.sel()[b]);
  if (!scale || scale->values.size() != 1 || !(std::abs(scale->values.front() * expected - 1.0) <= 1e-6))
    m_graph.complain(scaled, "expected a division of the sum by ", expected,
                     ", the product of two numbers of sel");
  for (Vertex const* const known : {&product, sum, &scaled}) m_walk.know(*known);
  set_width(*weights.front(), net.last.outputs);
  m_nets[a + m_environment.ntypes() * b] = std::move(net.node);
}

/// The directions of the neighbours of one type.
inline void ByAnglesReader::expect_type(Vertex const& product, std::size_t input, std::size_t type) {
  Environment::Columns const columns = m_environment.directions(origin(m_graph, product, input));
  double begin = 0.0;
  for (std::size_t t = 0; t < type; ++t) begin += 4.0 * static_cast<double>(m_environment.sel()[t]);
  if (columns.begin != begin || columns.size != 4.0 * static_cast<double>(m_environment.sel()[type]))
    m_graph.complain(*columns.rows, "expected the neighbours of type ", type, ", found columns ",
                     columns.begin, " to ", columns.begin + columns.size);
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
