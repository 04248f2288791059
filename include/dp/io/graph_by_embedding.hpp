// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/io/graph.hpp>
#include <dp/io/graph_attention.hpp>
#include <dp/io/graph_descriptor.hpp>
#include <dp/io/graph_environment.hpp>
#include <dp/io/graph_nets.hpp>
#include <dp/io/graph_smoothing.hpp>
#include <dp/io/graph_tensor.hpp>
#include <dp/io/graph_type_embedding.hpp>
#include <dp/io/tree.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dp::detail::graph {

/// A descriptor with one net for all pairs of types, to which an embedding of types tells them: DPA-1
/// (se_atten, se_atten_v2), se_e2_a with type embedding. The embedding is either an input
/// of the net (concat), or of a second net whose outputs multiply those of the first (strip).
class ByEmbeddingReader : public DescriptorReader {
 public:
  ByEmbeddingReader(NetWalk& walk, Environment& environment, TypeEmbedding const& embedding)
      : DescriptorReader(walk, environment), m_embedding(embedding) {
    m_walk.follow(environment.dependents());
    for (Vertex const& vertex : m_graph.vertices())
      if (vertex.reached && vertex.op.starts_with("TabulateFusion") && environment.reaches(vertex))
        read_tables(vertex);
    if (!m_table) read_net();
  }

  bool has_tables() const override { return m_table.has_value(); }
  Node node(DescriptorUse const& use) override;

 private:
  std::vector<Vertex const*> weights(char const* ending) const {
    return weights_named(m_graph, m_environment.scope("filter_type_all") + "/matrix_", ending);
  }
  void read_tables(Vertex const& operation);
  void read_net();
  void check_inputs(Vertex const& joint);
  void read_product(NetWalk::Layer const& last);
  void read_factor(Vertex const& factor);
  void read_factor_net(Vertex const& table);
  void check_sum(Vertex const& embedded);
  void set_column(Vertex const& column) {
    Environment::Columns const columns = m_environment.columns(column);
    double const all = (m_environment.angular() ? 4.0 : 1.0) * static_cast<double>(m_environment.nnei());
    if (columns.begin != 0.0 || (columns.size != all && columns.size != -1.0))
      m_graph.complain(*columns.rows, "expected all neighbours as the input of a net");
    m_rows = columns.rows;
  }

  TypeEmbedding const& m_embedding;
  Vertex const* m_rows = nullptr;  // of the environment matrix, as the net has them
  bool m_one_sided = false, m_stripped = false, m_smooth = false;
  Node m_net, m_factor_net, m_factors;  // the factors of each pair of types
  std::optional<Table> m_table;
  std::optional<AttentionReader> m_attention;  // of nets
};

inline void ByEmbeddingReader::read_net() {
  std::vector<Vertex const*> const found = weights("");
  if (found.empty())
    fail(m_graph.file(), ": found neither an embedding net (node ", m_environment.scope("filter_type_all"),
         "/matrix_1) nor a table of it");
  NetWalk::Net net = m_walk.net(NetWalk::Kind::embedding, found);
  set_width(*found.front(), net.last.outputs);
  m_stripped = net.first.input->op != "ConcatV2";
  if (m_stripped) {
    set_column(*net.first.input);
    read_product(net.last);
  } else {
    check_inputs(*net.first.input);
    check_sum(*net.last.output);
  }
  std::size_t const types = m_stripped ? 0 : m_embedding.width() * (m_one_sided ? 1 : 2);
  if (net.first.inputs != 1 + types)
    m_graph.complain(*found.front(), "expected a net of ", 1 + types, " inputs, found ", net.first.inputs);
  m_net = std::move(net.node);
}

/// The inputs of a net with the types in it: the first component, then the embedding of the neighbour, then,
/// if it is two-sided, that of the centre.
inline void ByEmbeddingReader::check_inputs(Vertex const& joint) {
  std::vector<Vertex const*> parts{&joint};
  for (int steps = 0; steps < 4 && parts.front()->op == "ConcatV2"; ++steps) {
    Vertex const& first = *parts.front();
    parts.erase(parts.begin());
    for (std::size_t input = first.inputs.size() - 1; input-- > 0;)
      parts.insert(parts.begin(), &origin(m_graph, first, input));
  }
  m_one_sided = parts.size() == 2;
  bool const known = (m_one_sided || (parts.size() == 3 &&
                                      looked_up(m_environment, m_embedding, *parts[2]) == Atoms::centres)) &&
                     looked_up(m_environment, m_embedding, *parts[1]) == Atoms::neighbours;
  if (!known)
    m_graph.complain(joint,
                     "expected a component of the environment matrix and embeddings of the types of "
                     "neighbour and centre, in this order");
  set_column(*parts[0]);
}

/// Where the channels, behind layers of attention, are multiplied by the rows and summed over neighbours.
inline void ByEmbeddingReader::check_sum(Vertex const& embedded) {
  Vertex const& channels = m_attention.emplace(m_walk, m_environment, *m_rows).read(embedded);
  NetWalk::Users const users = m_walk.users(channels);
  if (users.size() != 1 || !users[0].first->op.starts_with("BatchMatMul") || users[0].second != 1 ||
      &origin(m_graph, *users[0].first, 0) != m_rows)
    m_graph.complain(channels, "expected its product with the rows of the environment matrix alone");
}

/// What becomes of the outputs g of a net without types: g h + g.
inline void ByEmbeddingReader::read_product(NetWalk::Layer const& last) {
  NetWalk::Users const users = m_walk.users(*last.output);
  for (auto const& [product, input] : users) {
    if (product->op != "Mul" || product->inputs.size() != 2 || users.size() != 2) continue;
    Vertex const& sum = *users[users[0].first == product ? 1 : 0].first;
    if (!NetWalk::is_sum(sum) || sum.inputs.size() != 2 ||
        (&origin(m_graph, sum, 0) != product && &origin(m_graph, sum, 1) != product))
      break;
    m_walk.know(*product);
    m_walk.know(sum);
    read_factor(origin(m_graph, *product, 1 - input));
    check_sum(sum);
    return;
  }
  m_graph.complain(*last.output, "expected it to be multiplied by factors of the types and added to that");
}

/// The factors h: looked up in a table of all pairs of types, and smoothed or not.
inline void ByEmbeddingReader::read_factor(Vertex const& factor) {
  m_stripped = true;
  Vertex const* gather = &factor;
  if (factor.op == "Mul") {
    m_walk.know(factor);
    m_smooth = true;
    gather = &origin(m_graph, factor, 0);
    CubicSmoothing(m_environment, m_walk).read(origin(m_graph, factor, 1));
  }
  std::size_t const rows = m_embedding.rows();
  m_one_sided = gather->op.starts_with("Gather") && atoms_of(m_environment, *gather, 1) == Atoms::neighbours;
  if (!gather->op.starts_with("Gather") || (!m_one_sided && !is_pair_index(m_environment, *gather, rows)))
    m_graph.complain(*gather,
                     "expected a table of factors, looked up for the types of neighbours and centres");
  Vertex const& table = origin(m_graph, *gather, 0);
  if (table.op != "Const") return read_factor_net(table);
  Tensor factors = *constant_input(m_graph, *gather, 0);
  std::size_t const pairs = m_one_sided ? rows : rows * rows;
  if (!factors.is_real() || factors.values.size() != pairs * m_width)
    m_graph.complain(table, "expected factors for ", pairs, " pairs of types by ", m_width, " channels");
  m_walk.know(table);
  factors.shape = {pairs, m_width};
  m_factors = array_node(std::move(factors));
}

/// The net whose outputs the factors are, for each type, or for each pair: neighbour, then centre.
inline void ByEmbeddingReader::read_factor_net(Vertex const& table) {
  std::vector<Vertex const*> const found = weights(m_one_sided ? "_one_side_ebd" : "_two_side_ebd");
  if (found.empty()) m_graph.complain(table, "expected a net of the types");
  m_walk.follow(m_environment.dependents(), true);
  NetWalk::Net net = m_walk.net(NetWalk::Kind::embedding, found);
  m_walk.follow(m_environment.dependents());
  auto const repeated = [&](Vertex const& joint, std::size_t input, std::vector<double> const& times) {
    Vertex const& tile = origin(m_graph, joint, input);
    return tile.op == "Tile" && is_constant(m_graph, tile, 1, times) &&
           m_embedding.is(origin(m_graph, tile, 0));
  };
  Vertex const& input = *net.first.input;
  auto const rows = static_cast<double>(m_embedding.rows());
  bool const known = m_one_sided
                         ? m_embedding.is(input)
                         : input.op == "ConcatV2" && input.inputs.size() == 3 &&
                               repeated(input, 0, {rows, 1.0, 1.0}) && repeated(input, 1, {1.0, rows, 1.0});
  if (!known || net.last.output != &table)
    m_graph.complain(table, "expected a net of the embeddings of neighbour and centre, in this order");
  set_width(*found.front(), net.last.outputs);
  m_factor_net = std::move(net.node);
}

inline void ByEmbeddingReader::read_tables(Vertex const& operation) {
  if (operation.op != "TabulateFusionSeAtten" || m_table)
    m_graph.complain(operation, "tables of this kind of descriptor are not supported");
  set_column(origin(m_graph, operation, 2));
  m_table = read_table(operation);
  if (&origin(m_graph, operation, 3) != m_rows)
    m_graph.complain(operation, "expected the rows of the environment matrix as input 3");
  read_factor(origin(m_graph, operation, 4));
}

inline Node ByEmbeddingReader::node(DescriptorUse const& use) {
  bool const mixed = m_environment.mixed(), attends = mixed && m_attention && m_attention->count() > 0;
  std::size_t const ntypes = m_environment.ntypes();
  Node::Map members = m_environment.node(mixed ? "dpa1" : "se_e2_a", m_table ? 3 : 2);
  auto const say = [&](char const* key, auto value) { members.push_back({key, Node{std::move(value)}}); };
  say("axis_neuron", static_cast<std::int64_t>(use.axis_neuron));
  say("tebd_dim", static_cast<std::int64_t>(m_embedding.width()));
  say("tebd_input_mode", std::string(m_stripped ? "strip" : "concat"));
  say("type_one_side", m_one_sided);
  say("concat_output_tebd", use.appends_types);
  if (mixed) {
    say("ntypes", static_cast<std::int64_t>(ntypes));
    if (attends && m_stripped && m_smooth != m_attention->smooth())
      fail(m_graph.file(), ": expected an embedding of types that is smooth as attention is, or neither");
    m_smooth = m_smooth || (attends && m_attention->smooth());
    say("attn_layer", static_cast<std::int64_t>(attends ? m_attention->count() : 0));
    say("smooth_type_embedding", m_smooth);
    if (attends) {
      say("least_length", m_attention->least_length());
      members.push_back({"attention_layers", m_attention->node()});
    } else {
      members.push_back({"attention_layers", map_of({{"@class", Node{std::string("NeighborGatedAttention")}},
                                                     {"@version", Node{std::int64_t{1}}},
                                                     {"layer_num", Node{std::int64_t{0}}},
                                                     {"nnei", integer_node(m_environment.nnei())},
                                                     {"embed_dim", integer_node(m_width)},
                                                     {"hidden_dim", integer_node(m_width)},
                                                     {"attention_layers", Node{Node::List{}}}})});
    }
  }
  // Keys of ours, where TensorFlow's rules make other numbers than those of .dp files.
  if (m_smooth) say("smoothing", std::string("cubic"));
  if (mixed && (m_environment.has_averages() || attends)) say("pads", std::string("zero_type"));
  if (m_environment.has_averages() && m_environment.replaces_by_average())
    say("excluded_rows", std::string("average"));
  members.push_back(
      {"exclude_types", excluded_pairs([&](std::size_t a, std::size_t b) { return kept(a, b); })});
  members.push_back({"type_embedding", m_embedding.node()});
  describe_nets({m_net}, members);
  members.push_back({"embeddings", nets_node(0, ntypes, {std::move(m_net)})});
  if (m_stripped) members.push_back({"embeddings_strip", nets_node(0, ntypes, {std::move(m_factor_net)})});
  if (m_table) {
    Node::List data{scaled(std::move(m_table->data), use.table_scale)};
    Node::List info{array_node(std::move(m_table->info))};
    members.push_back(
        {"compress", map_of({{"geo_compress", Node{true}},
                             {"@variables", map_of({{"compress_data", Node{std::move(data)}},
                                                    {"compress_info", Node{std::move(info)}},
                                                    {"type_embd_data", std::move(m_factors)}})}})});
  }
  return map_of(std::move(members));
}

}  // namespace dp::detail::graph
