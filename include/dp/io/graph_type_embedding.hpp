// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <dp/io/graph.hpp>
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

/// The numbers that a net gives to every type: a table with a row for each, and behind them, for absent
/// atoms, one of zeros.
class TypeEmbedding {
 public:
  /// `scope` has the net's weights, `environment` is a matrix that the types do not depend on.
  TypeEmbedding(Graph const& graph, NetWalk& walk, std::string const& scope, Environment const& environment);

  bool is(Vertex const& table) const { return &table == m_table; }
  std::size_t width() const { return m_width; }
  std::size_t rows() const { return m_rows; }
  Node const& node() const { return m_node; }

 private:
  Vertex const* m_table = nullptr;
  std::size_t m_width = 0, m_rows = 0;
  Node m_node;
};

inline TypeEmbedding::TypeEmbedding(Graph const& graph, NetWalk& walk, std::string const& scope,
                                    Environment const& environment)
    : m_rows(environment.ntypes()) {
  walk.follow(environment.dependents(), true);
  std::vector<Vertex const*> const weights = weights_named(graph, scope + "/matrix_", "");
  if (weights.empty())
    fail(graph.file(), ": expected the net of an embedding of types (node ", scope, "/matrix_1)");
  NetWalk::Net net = walk.net(NetWalk::Kind::embedding, weights);
  Vertex const& input = *net.first.input;
  std::optional<Tensor> rows;  // what types are given in the place of unit vectors (use_econf_tebd)
  if (input.op == "Const") {
    rows = tensor_of(graph, input);
    if (!rows->is_real() || rows->shape != std::vector<std::size_t>{m_rows, net.first.inputs})
      graph.complain(input, "expected a matrix of ", m_rows, " rows of ", net.first.inputs,
                     " numbers, the input of an embedding of types");
    walk.know(input);
  }
  std::vector<double> types;
  for (std::size_t t = 0; t < m_rows; ++t) types.push_back(static_cast<double>(t));
  if (!rows && (input.op != "OneHot" || !is_constant(graph, input, 0, types) ||
                !is_constant(graph, input, 1, {static_cast<double>(m_rows)}) ||
                !is_constant(graph, input, 2, {1.0}) || !is_constant(graph, input, 3, {0.0})))
    graph.complain(input, "expected a unit vector for each of ", m_rows,
                   " types, or a constant matrix, as the input of an embedding of types");
  m_table = net.last.output;
  m_width = net.last.outputs;
  NetWalk::Users const users = walk.users(*m_table);
  bool const padded = users.size() == 1 && users[0].first->op == "ConcatV2" && users[0].second == 0;
  if (padded) {
    m_table = users[0].first;
    if (!is_constant(graph, *m_table, 1, std::vector<double>(m_width, 0.0)))
      graph.complain(*m_table, "expected zeros behind the embeddings of ", m_rows, " types");
    walk.know(origin(graph, *m_table, 1));
    ++m_rows;
  }
  Node::Map members = {
      {"@class", Node{std::string("TypeEmbedNet")}},  {"@version", Node{std::int64_t{2}}},
      {"ntypes", integer_node(environment.ntypes())}, {"padding", Node{padded}},
      {"use_econf_tebd", Node{rows.has_value()}},     {"use_tebd_bias", *net.node.find("bias")}};
  if (rows) members.push_back({"inputs", array_node(*std::move(rows))});
  describe_nets({net.node}, members);
  members.push_back({"embedding", std::move(net.node)});
  m_node = map_of(std::move(members));
}

/// How deep values may be nested that are looked through: a damaged graph may go round in circles. More types
/// than this are not joined one by one.
inline constexpr int most_nested = 260;

/// Whose types an index has.
enum class Atoms {
  centres,
  neighbours,
  others  ///< something that is not understood
};

/// The numbers of the types, counted up atom by atom: lists of one type after the other.
inline bool counts_types(Graph const& graph, Vertex const& vertex, double& next, int depth = most_nested) {
  if (depth == 0) return false;
  if (vertex.op == "Tile") return is_constant(graph, vertex, 0, {next++});
  if (vertex.op != "ConcatV2" || vertex.inputs.size() < 2) return false;
  for (std::size_t input = 0; input + 1 < vertex.inputs.size(); ++input) {
    Vertex const& part = origin(graph, vertex, input);
    if (part.op != "Const" && !counts_types(graph, part, next, depth - 1)) return false;
    if (part.op == "Const" && !tensor_of(graph, part).values.empty()) return false;
  }
  return true;
}

inline Atoms atoms_of(Environment const& environment, Vertex const& user, std::size_t input,
                      int depth = most_nested);

/// Whether types are those of a list of neighbours, in which 0 is an absent one.
inline bool lists_types(Environment const& environment, Vertex const& gather, int depth) {
  Graph const& graph = environment.graph();
  if (!gather.op.starts_with("Gather")) return false;
  Vertex const& types = origin(graph, gather, 0);
  Vertex const& list = origin(graph, gather, 1);
  return types.op == "ConcatV2" && types.inputs.size() == 3 &&
         is_constant(graph, types, 0, {static_cast<double>(environment.ntypes())}) &&
         atoms_of(environment, types, 1, depth) == Atoms::centres && NetWalk::is_sum(list) &&
         is_constant(graph, list, 1, {1.0}) && &origin(graph, list, 0) == &environment.vertex() &&
         list.inputs[0].output == 3;
}

inline Atoms atoms_of(Environment const& environment, Vertex const& user, std::size_t input, int depth) {
  Graph const& graph = environment.graph();
  Vertex const* from = &user;
  for (; depth > 0; --depth, input = 0) {
    Vertex const& at = graph.source(*from, input);
    if (&at == &environment.vertex())
      return environment.mixed() && from->inputs[input].output == 4 ? Atoms::neighbours : Atoms::others;
    if (at.op == "Placeholder") return at.name == "t_type" ? Atoms::centres : Atoms::others;
    if (at.op == "Const") {  // of a matrix with blocks of slots: the type of each
      std::vector<double> types;
      if (!environment.mixed())
        for (std::size_t type = 0; type < environment.sel().size(); ++type)
          types.insert(types.end(), environment.sel()[type], static_cast<double>(type));
      bool const blocks = !types.empty() && tensor_of(graph, at).values == types;
      return blocks ? Atoms::neighbours : Atoms::others;
    }
    if (lists_types(environment, at, depth - 1)) return Atoms::neighbours;
    if (double next = 0.0; counts_types(graph, at, next))
      return next == static_cast<double>(environment.ntypes()) ? Atoms::centres : Atoms::others;
    if (!passes_on(at) && at.op != "Slice" && at.op != "Tile" && at.op != "Maximum" && at.op != "Minimum")
      return Atoms::others;
    from = &at;
  }
  return Atoms::others;
}

/// Whether an index is `rows` * centre + neighbour.
inline bool is_pair_index(Environment const& environment, Vertex const& gather, std::size_t rows) {
  Graph const& graph = environment.graph();
  Vertex const& sum = origin(graph, gather, 1);
  if (!NetWalk::is_sum(sum) || sum.inputs.size() != 2) return false;
  Vertex const* product = &origin(graph, sum, 0);
  if (product->op == "Tile") product = &origin(graph, *product, 0);
  return product->op == "Mul" && is_constant(graph, *product, 1, {static_cast<double>(rows)}) &&
         atoms_of(environment, *product, 0) == Atoms::centres &&
         atoms_of(environment, sum, 1) == Atoms::neighbours;
}

/// Whose rows of an embedding a value is, repeated or not; others for whatever else.
inline Atoms looked_up(Environment const& environment, TypeEmbedding const& embedding, Vertex const& value) {
  Graph const& graph = environment.graph();
  Vertex const* at = &value;
  if (at->op == "Tile") at = &origin(graph, *at, 0);
  if ((at->op != "GatherV2" && at->op != "Gather") || !embedding.is(origin(graph, *at, 0)))
    return Atoms::others;
  return atoms_of(environment, *at, 1);
}

}  // namespace dp::detail::graph
