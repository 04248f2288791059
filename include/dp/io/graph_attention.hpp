// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <dp/core/error.hpp>
#include <dp/io/graph.hpp>
#include <dp/io/graph_attributes.hpp>
#include <dp/io/graph_environment.hpp>
#include <dp/io/graph_nets.hpp>
#include <dp/io/graph_norm.hpp>
#include <dp/io/graph_smoothing.hpp>
#include <dp/io/graph_tensor.hpp>
#include <dp/io/tree.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace dp::detail::graph {

/// Layers of attention among neighbours, as a tree has them, and what the graph says of all of them together.
/// Every operation between the constants is looked at: TensorFlow's rules are those that are found there.
class AttentionReader {
 public:
  /// `rows`: of the environment matrix, as the sum over neighbours has them.
  AttentionReader(NetWalk& walk, Environment& environment, Vertex const& rows)
      : m_graph(environment.graph()), m_walk(walk), m_environment(environment), m_rows(rows) {}

  /// Reads all layers that `channels` go through; where they come out. That itself where there are none.
  Vertex const& read(Vertex const& channels) {
    Vertex const* x = &channels;
    while (Vertex const* const query = weights("c_query")) {
      if (!query->reached) break;
      x = &read_layer(*x);
    }
    check_masks();
    if (!m_layers.empty() && !m_environment.mixed()) refuse(channels);
    return *x;
  }

  std::size_t count() const { return m_layers.size(); }
  bool smooth() const { return m_smooth; }
  double least_length() const { return std::sqrt(m_least_square.value_or(1e-12)); }

  /// What a `.dp` file has under "attention_layers".
  Node node() {
    return map_of({{"@class", Node{std::string("NeighborGatedAttention")}},
                   {"@version", Node{std::int64_t{1}}},
                   {"layer_num", integer_node(m_layers.size())},
                   {"nnei", integer_node(m_environment.nnei())},
                   {"attention_layers", Node{std::move(m_layers)}}});
  }

 private:
  std::string scope() const {
    return "attention_layer_" + std::to_string(m_layers.size()) + m_environment.ending() + "/";
  }
  Vertex const* weights(std::string const& name) const { return m_graph.find(scope() + name + "/matrix"); }

  [[noreturn]] void refuse(Vertex const& at) const {
    m_graph.complain(at, "this part of a layer of attention is not understood");
  }
  void expect(bool condition, Vertex const& at) const {
    if (!condition) refuse(at);
  }

  /// What a node of this type takes as `input`.
  Vertex const& take(Vertex const& vertex, std::string_view op, std::size_t input) {
    expect(vertex.op == op || (op == "AddV2" && NetWalk::is_sum(vertex)), vertex);
    m_walk.know(vertex);
    return origin(m_graph, vertex, input);
  }

  NetWalk::Layer linear(std::string const& name) {
    Vertex const* const matrix = weights(name);
    if (matrix == nullptr) fail(m_graph.file(), ": expected a node ", scope(), name, "/matrix");
    NetWalk::Layer layer = m_walk.layer(*matrix);
    if (layer.activation != "linear" || layer.has_timestep)
      m_graph.complain(*matrix, "expected a linear layer");
    return layer;
  }

  /// x of x / sqrt(max(x . x, least)).
  Vertex const& below_length(Vertex const& product) {
    Vertex const& inverse = origin(m_graph, product, 1);
    Vertex const& x = take(product, "Mul", 0);
    Vertex const& bounded = take(inverse, "Rsqrt", 0);
    std::optional<Tensor> const least = constant_input(m_graph, bounded, 1);
    Vertex const& sum = take(bounded, "Maximum", 0);
    expect(least && least->values.size() == 1 && is_constant(m_graph, sum, 1, {-1.0}), bounded);
    if (m_least_square && *m_least_square != least->values.front()) refuse(bounded);
    m_least_square = least->values.front();
    Vertex const& square = take(sum, "Sum", 0);
    expect(&take(square, "Square", 0) == &x, square);
    return x;
  }

  /// a and b of a b^T.
  std::pair<Vertex const*, Vertex const*> factors(Vertex const& product, bool transposed) {
    expect(product.op.starts_with("BatchMatMul"), product);
    Attributes const attributes(m_graph, product);
    auto const flag = [&](char const* name) { return attributes.has(name) && attributes.flag(name); };
    expect(!flag("adj_x") && flag("adj_y") == transposed, product);
    m_walk.know(product);
    return {&origin(m_graph, product, 0), &origin(m_graph, product, 1)};
  }

  /// Whether a value says of each neighbour 1 if it is there, and 0 if it is absent or left out.
  bool is_mask(Vertex const& user, std::size_t input) {
    Vertex const* from = &user;
    Vertex const* at = &m_graph.source(user, input);
    while (passes_on(*at)) {
      from = at;
      at = &m_graph.source(*at, input = 0);
    }
    if (at->op == "Mul") {  // without pairs of types that are left out
      Vertex const* left_out = &origin(m_graph, *at, 1);
      if (left_out->op == "Slice") left_out = &origin(m_graph, *left_out, 0);
      if (!m_environment.find_mask(*left_out) || !is_mask(*at, 0)) return false;
      m_walk.know(*at);
      m_masks.insert(at);
      return true;
    }
    if (at != &m_environment.vertex() || from->inputs[input].output != 5) return false;
    m_masks.insert(from);
    return true;
  }

  /// Nothing else depends on which neighbours are absent.
  void check_masks() const {
    for (std::size_t const index : m_environment.vertex().users)
      for (Vertex::Input const& input : m_graph[index].inputs)
        if (input.vertex == m_graph.index_of(m_environment.vertex()) && input.output == 5)
          expect(m_masks.contains(&m_graph[index]), m_graph[index]);
    for (Vertex const* const mask : m_masks)
      for (auto const& [user, input] : m_walk.users(*mask)) expect(m_walk.knows(*user), *user);
  }

  void weight(Vertex const& user, std::size_t input) {
    if (is_mask(user, input)) return;
    CubicSmoothing(m_environment, m_walk).read(origin(m_graph, user, input));
  }

  Vertex const& read_layer(Vertex const& x);
  Vertex const& read_softmax(Vertex const& logits);
  void read_angles(Vertex const& product);

  Graph const& m_graph;
  NetWalk& m_walk;
  Environment& m_environment;
  Vertex const& m_rows;
  Node::List m_layers;
  std::set<Vertex const*> m_masks;
  std::optional<double> m_least_square;
  bool m_smooth = false;
};

/// The directions of neighbours, times each other.
inline void AttentionReader::read_angles(Vertex const& product) {
  auto const [first, second] = factors(product, true);
  expect(first == second, product);
  Vertex const& angular = below_length(*first);
  expect(angular.op == "Slice" && is_constant(m_graph, angular, 1, {0.0, 0.0, 1.0}) &&
             is_constant(m_graph, angular, 2, {-1.0, -1.0, 3.0}) && &origin(m_graph, angular, 0) == &m_rows,
         angular);
}

/// q . k of what the softmax is taken of: smooth or masked.
inline Vertex const& AttentionReader::read_softmax(Vertex const& logits) {
  bool const smooth = logits.op == "Sub";
  expect(m_layers.empty() || smooth == m_smooth, logits);
  m_smooth = smooth;
  if (m_smooth) {
    expect(is_constant(m_graph, logits, 1, {20.0}), logits);
    Vertex const* at = &take(logits, "Sub", 0);
    for (int times = 0; times < 2; ++times) {
      weight(*at, 1);
      at = &take(*at, "Mul", 0);
    }
    expect(is_constant(m_graph, *at, 1, {20.0}), *at);
    return take(*at, "AddV2", 0);
  }
  Vertex const& masked = take(logits, "AddV2", 0);
  Vertex const& below = origin(m_graph, logits, 1);  // large, negative and of absent ones alone
  Vertex const& absent = take(below, "Mul", 1);
  std::optional<Tensor> const large = constant_input(m_graph, below, 0);
  expect(large && large->values.size() == 1 && large->values.front() <= -1e6, below);
  expect(is_constant(m_graph, absent, 0, {1.0}) && is_mask(absent, 1), absent);
  m_walk.know(absent);
  expect(is_mask(masked, 1), masked);
  return take(masked, "Mul", 0);
}

inline Vertex const& AttentionReader::read_layer(Vertex const& x) {
  NetWalk::Layer const query = linear("c_query"), key = linear("c_key"), value = linear("c_value"),
                       out = linear("c_out");
  for (auto const* const layer : {&query, &key, &value})
    if (layer->input != &x || layer->outputs != query.outputs || layer->has_bias != query.has_bias)
      m_graph.complain(*layer->input, "expected layers of attention one behind the other, ", x.name,
                       " as the input of this one");
  auto const [weights_of, values] = factors(*out.input, false);
  expect(&below_length(*values) == value.output, *values);
  bool angular = false;
  int weighted = 0;
  Vertex const* at = weights_of;
  for (; at->op == "Mul"; at = &take(*at, "Mul", 0)) {
    if (Vertex const& factor = origin(m_graph, *at, 1); factor.op.starts_with("BatchMatMul")) {
      expect(!angular, *at);
      read_angles(factor);
      angular = true;
    } else {
      weight(*at, 1);
      ++weighted;
    }
  }
  Vertex const& product = read_softmax(take(*at, "Softmax", 0));
  expect(weighted == (m_smooth ? 2 : 1), *at);
  auto const [queries, keys] = factors(product, true);
  expect(&below_length(*keys) == key.output, *keys);
  double scale = 1.0;
  Vertex const* scaled = queries;
  if (scaled->op == "RealDiv") {
    Vertex const& root = origin(m_graph, *scaled, 1);
    expect(root.op == "Sqrt" || root.op == "Const", root);
    std::optional<Tensor> const number =
        root.op == "Sqrt" ? constant_input(m_graph, root, 0) : constant_input(m_graph, *scaled, 1);
    expect(number && number->values.size() == 1, root);
    m_walk.know(root);
    scale = 1.0 / (root.op == "Sqrt" ? std::sqrt(number->values.front()) : number->values.front());
    scaled = &take(*scaled, "RealDiv", 0);
  }
  expect(&below_length(*scaled) == query.output, *scaled);

  NetWalk::Users const users = m_walk.users(*out.output);
  if (users.size() != 1 || &origin(m_graph, *users[0].first, 1 - users[0].second) != &x) refuse(*out.output);
  Vertex const& sum = *users[0].first;
  take(sum, "AddV2", 0);
  NormReader::Norm norm = NormReader(m_graph, m_walk).read(sum);
  auto const joined = [&](char const* variable, bool matrix) {
    return joined_columns({query.node, key.node, value.node}, variable, matrix);
  };
  Node bias;  // not in the braces below: nvcc's front end crashes there
  if (query.has_bias) bias = joined("b", false);
  Node::Map in = *query.node.as<Node::Map>();
  std::erase_if(in, [](Member const& member) { return member.key == "@variables"; });
  in.push_back({"@variables", map_of({{"w", joined("w", true)}, {"b", std::move(bias)}, {"idt", Node{}}})});
  m_layers.push_back(map_of({{"attention_layer", map_of({{"num_heads", Node{std::int64_t{1}}},
                                                         {"dotr", Node{angular}},
                                                         {"do_mask", Node{false}},
                                                         {"scaling_factor", Node{1.0}},
                                                         {"normalize", Node{true}},
                                                         {"temperature", Node{scale}},
                                                         {"smooth", Node{m_smooth}},
                                                         {"precision", Node{query.precision}},
                                                         {"in_proj", map_of(std::move(in))},
                                                         {"out_proj", out.node}})},
                             {"attn_layer_norm", std::move(norm.node)}}));
  return *norm.output;
}

}  // namespace dp::detail::graph
