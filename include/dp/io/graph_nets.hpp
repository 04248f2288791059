// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <dp/io/graph.hpp>
#include <dp/io/graph_tensor.hpp>
#include <dp/io/tree.hpp>
#include <memory>
#include <numbers>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dp::detail::graph {

inline Node array_node(Tensor tensor) {
  bool const float32 = tensor.type == data_type::float32;
  return Node{std::make_shared<Array>(Array{std::move(tensor.shape), std::move(tensor.values), float32})};
}

inline Node integer_node(std::size_t number) { return Node{static_cast<std::int64_t>(number)}; }

/// What the owner of nets repeats of them: the first one's widths, activation, timesteps and precision.
inline void describe_nets(Node::List const& nets, Node::Map& owner) {
  auto const is_net = [](Node const& net) { return !net.is_null(); };
  auto const first = std::find_if(nets.begin(), nets.end(), is_net);
  if (first == nets.end()) return;
  for (char const* const key : {"neuron", "activation_function", "resnet_dt", "precision"})
    owner.push_back({key, *first->find(key)});
}

/// The constants that are the weights of a net, layer after layer: `stem`, a number from 1, and `ending`.
inline std::vector<Vertex const*> weights_named(Graph const& graph, std::string const& stem,
                                                std::string const& ending) {
  std::vector<Vertex const*> result;
  for (std::size_t l = 1;; ++l) {
    Vertex const* const found = graph.find(stem + std::to_string(l) + ending);
    if (found == nullptr || !found->reached) return result;
    result.push_back(found);
  }
}

/// Follows a net through the graph from the constants that are its weights, so that activations, timesteps
/// and skip connections are those that TensorFlow would evaluate, whatever a training script says.
class NetWalk {
 public:
  explicit NetWalk(Graph const& graph) : m_graph(graph) {}

  /// From now on follows only what depends on something (see Graph::dependents()), an environment matrix, or
  /// (`otherwise`) only what does not: nets of the types, and a fitting net that is evaluated a second time,
  /// for an atom in vacuum.
  void follow(std::vector<char> dependents, bool otherwise = false) {
    m_otherwise = otherwise;
    m_dependent = std::move(dependents);
  }

  /// Whether weights are used on the way that is followed now.
  bool uses(Vertex const& weights) const { return !users(weights).empty(); }

  /// A layer, as a tree has it, with the nodes that give its input and take its output.
  struct Layer {
    Node node;
    Vertex const* input = nullptr;
    Vertex const* output = nullptr;
    std::size_t inputs = 0, outputs = 0;
    std::string activation, precision;
    bool has_bias = false, has_timestep = false;
  };

  /// The layer whose weights are this constant.
  Layer layer(Vertex const& weights);

  /// A net of the layers with these weights, each of which has to take what the one before gives. Of a
  /// fitting net the last layer is no hidden one.
  enum class Kind { embedding, fitting };
  struct Net {
    Node node;
    Layer first, last;
  };
  Net net(Kind kind, std::vector<Vertex const*> const& weights);

  /// Refuses a layer whose output goes anywhere but to nodes of these types.
  void expect_users(Layer const& layer, std::vector<std::string_view> const& ops) const {
    for (auto const& [user, input] : users(*layer.output))
      if (std::find(ops.begin(), ops.end(), user->op) == ops.end())
        m_graph.complain(*user, "what becomes of the last layer of a net (", layer.output->name,
                         ") is not understood");
  }

  /// The only node that takes what a net gives, if it is of this type; else a null pointer.
  Vertex const* only_user(Layer const& layer, std::string_view op) const {
    Users const all = users(*layer.output);
    return all.size() == 1 && all[0].first->op == op ? all[0].first : nullptr;
  }

  /// Whether a node has been understood as a part of a net.
  bool knows(Vertex const& vertex) const { return m_known.contains(&vertex); }

  /// Notes that a constant has been taken account of.
  void know(Vertex const& vertex) { m_known.insert(&vertex); }

  static bool is_sum(Vertex const& vertex) {
    return vertex.op == "Add" || vertex.op == "AddV2" || vertex.op == "BiasAdd";
  }

  /// Nodes, and which of their inputs something is.
  using Users = std::vector<std::pair<Vertex const*, std::size_t>>;

  /// Who takes a value on the way that is followed, behind nodes that only pass it on.
  Users users(Vertex const& vertex) const {
    Users result;
    std::vector<Vertex const*> open{&vertex};
    std::set<Vertex const*> seen;
    while (!open.empty()) {
      Vertex const* const at = open.back();
      open.pop_back();
      if (!seen.insert(at).second) continue;
      for (std::size_t const index : at->users) {
        Vertex const& user = m_graph[index];
        if (user.op == "Shape") continue;
        for (std::size_t i = 0; i < user.inputs.size(); ++i) {
          if (user.inputs[i].vertex != m_graph.index_of(*at)) continue;
          if (passes_on(user) && i == 0)
            open.push_back(&user);
          else if (!passes_on(user) && (m_dependent[index] != 0) != m_otherwise)
            result.emplace_back(&user, i);
        }
      }
    }
    std::sort(result.begin(), result.end());
    result.erase(std::unique(result.begin(), result.end()), result.end());
    return result;
  }

 private:
  /// The only user of a value, if it is one of a sum or a product; `other` becomes what else it takes.
  Vertex const* only(Vertex const& vertex, bool (*wanted)(Vertex const&), std::size_t& other) const {
    Users const all = users(vertex);
    if (all.size() != 1 || !wanted(*all[0].first) || all[0].first->inputs.size() != 2) return nullptr;
    other = 1 - all[0].second;
    return all[0].first;
  }

  /// What becomes of a value: the node of the result, and the activation's name.
  struct Activated {
    Vertex const* output = nullptr;
    std::string name = "linear";
    std::optional<double> cubic;  // of gelu in elementary operations: the coefficient of x^3
  };
  Activated activation(Vertex const& value);
  Activated gelu(Vertex const& value);
  bool is_doubled(Vertex const& vertex, Vertex const& input) const {
    return vertex.op == "ConcatV2" && vertex.inputs.size() == 3 && &origin(m_graph, vertex, 0) == &input &&
           &origin(m_graph, vertex, 1) == &input;
  }
  std::optional<double> scalar(Vertex const& user, std::size_t input);

  Graph const& m_graph;
  std::set<Vertex const*> m_known;
  std::vector<char> m_dependent;
  bool m_otherwise = false;
};

/// The number behind an input, if it is a constant of one entry.
inline std::optional<double> NetWalk::scalar(Vertex const& user, std::size_t input) {
  std::optional<Tensor> const constant = constant_input(m_graph, user, input);
  if (!constant || constant->values.size() != 1) return std::nullopt;
  return constant->values.front();
}

/// x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) / 2, written in elementary operations; no output where it
/// is something else. TensorFlow has the 0.044715 in single precision.
inline NetWalk::Activated NetWalk::gelu(Vertex const& value) {
  Vertex const* at = nullptr;
  for (auto const& [user, input] : users(value))
    if (user->op == "Pow" && input == 0 && scalar(*user, 1) == 3.0) at = user;
  if (at == nullptr) return {};
  std::vector<Vertex const*> parts{at};
  std::vector<double> factors;  // before the tanh and after it
  bool cubic = false, bounded = false, shifted = false, times_value = false;
  while (!(bounded && shifted && times_value && factors.size() == 3)) {
    Users const next = users(*at);
    if (next.size() != 1) return {};
    Vertex const& user = *next[0].first;
    std::size_t const other = next[0].second == 0 ? 1 : 0;
    if (user.op == "Tanh" && cubic && !bounded) {
      bounded = true;
    } else if (user.inputs.size() != 2) {
      return {};
    } else if (is_sum(user)) {
      bool const is_value = &origin(m_graph, user, other) == &value;
      bool const is_one = scalar(user, other) == 1.0;
      if (!bounded && is_value && !cubic)
        cubic = true;
      else if (bounded && is_one && !shifted)
        shifted = true;
      else
        return {};
    } else if (user.op == "Mul") {
      Vertex const& factor = origin(m_graph, user, other);
      if (std::optional<double> const number = scalar(user, other)) {
        factors.push_back(*number);
      } else if (shifted && &factor == &value) {
        times_value = true;
      } else if (shifted && factor.op == "Mul" && factor.inputs.size() == 2) {
        std::size_t const constant = scalar(factor, 0) ? 0 : 1;
        std::optional<double> const half = scalar(factor, constant);
        if (!half || &origin(m_graph, factor, 1 - constant) != &value) return {};
        factors.push_back(*half);
        times_value = true;
        parts.push_back(&factor);
      } else {
        return {};
      }
    } else {
      return {};
    }
    at = &user;
    parts.push_back(at);
    if (parts.size() > 16) return {};
  }
  std::array<double, 3> const expected{0.044715, std::sqrt(2.0 / std::numbers::pi), 0.5};
  for (std::size_t i = 0; i < 3; ++i)
    if (std::abs(factors[i] - expected[i]) > 1e-6) return {};
  m_known.insert(parts.begin(), parts.end());
  return {at, "gelu", factors[0]};
}

/// The value itself where there is no activation.
inline NetWalk::Activated NetWalk::activation(Vertex const& value) {
  static constexpr std::array<std::pair<std::string_view, char const*>, 7> known{{{"Tanh", "tanh"},
                                                                                  {"Relu", "relu"},
                                                                                  {"Relu6", "relu6"},
                                                                                  {"Softplus", "softplus"},
                                                                                  {"Sigmoid", "sigmoid"},
                                                                                  {"Gelu", "gelu"},
                                                                                  {"GeluCustom", "gelu"}}};
  Users const all = users(value);
  auto const sigmoid =
      std::find_if(all.begin(), all.end(), [](auto const& u) { return u.first->op == "Sigmoid"; });
  if (sigmoid != all.end() && all.size() == 2) {
    Vertex const* const product = all[sigmoid == all.begin() ? 1 : 0].first;
    if (product->op == "Mul" && product->inputs.size() == 2 &&
        (&origin(m_graph, *product, 0) == sigmoid->first ||
         &origin(m_graph, *product, 1) == sigmoid->first)) {
      know(*sigmoid->first);
      return {product, "silu", {}};
    }
  }
  if (Activated const result = gelu(value); result.output != nullptr) return result;
  if (all.size() == 1)
    for (auto const& [op, text] : known)
      if (all[0].first->op == op) {
        know(*all[0].first);
        return {all[0].first, text, {}};
      }
  return {&value, "linear", {}};
}

inline NetWalk::Layer NetWalk::layer(Vertex const& weights) {
  Layer result;
  Users const products = users(weights);
  if (products.size() != 1 || products[0].first->op != "MatMul" || products[0].second != 1)
    m_graph.complain(weights, "expected weights of one layer, used in one matrix product, found ",
                     products.size(), " uses");
  Vertex const& product = *products[0].first;
  Attributes const attributes(m_graph, product);
  if (attributes.flag("transpose_a") || attributes.flag("transpose_b"))
    m_graph.complain(product, "a product with transposed weights is not understood");
  result.input = &origin(m_graph, product, 0);
  Tensor matrix = *constant_input(m_graph, product, 1);
  std::string const precision = matrix.type == data_type::float64 ? "float64" : "float32";
  if (matrix.shape.size() != 2 || !matrix.is_real())
    m_graph.complain(weights, "expected a matrix of weights");
  result.inputs = matrix.shape[0];
  result.outputs = matrix.shape[1];
  know(weights);

  auto const vector_of = [&](Vertex const& user, std::size_t input, char const* what) -> Node {
    std::optional<Tensor> vector = constant_input(m_graph, user, input);
    if (!vector || vector->values.size() != result.outputs) return {};
    know(origin(m_graph, user, input));
    if (!vector->is_real()) m_graph.complain(user, "expected ", what, " in floating point");
    vector->shape = {result.outputs};
    return array_node(*std::move(vector));
  };
  Node bias, timestep;
  std::size_t other = 0;
  Vertex const* at = &product;
  if (Vertex const* const sum = only(*at, is_sum, other)) {
    bias = vector_of(*sum, other, "biases");
    if (!bias.is_null()) {
      know(*sum);
      at = sum;
    }
  }
  Activated const activated = activation(*at);
  at = activated.output;
  auto const is_product = [](Vertex const& vertex) { return vertex.op == "Mul"; };
  if (Vertex const* const scaled = only(*at, is_product, other)) {
    timestep = vector_of(*scaled, other, "timesteps");
    if (!timestep.is_null()) at = scaled;
  }
  bool skip = false;
  if (Vertex const* const sum = only(*at, is_sum, other)) {
    Vertex const& added = origin(m_graph, *sum, other);
    skip = (&added == result.input && result.inputs == result.outputs) ||
           (is_doubled(added, *result.input) && 2 * result.inputs == result.outputs);
    if (skip) at = sum;
  }
  result.output = at;
  know(product);
  result.has_bias = !bias.is_null();
  result.activation = activated.name;
  result.precision = precision;
  result.has_timestep = !timestep.is_null();
  Node cubic;
  if (activated.cubic) cubic = Node{std::make_shared<Array const>(Array{{}, {*activated.cubic}, false})};
  result.node = map_of({{"@class", Node{std::string("Layer")}},
                        {"@version", Node{std::int64_t{1}}},
                        {"activation_function", Node{activated.name}},
                        {"bias", Node{result.has_bias}},
                        {"resnet", Node{skip}},
                        {"use_timestep", Node{result.has_timestep}},
                        {"precision", Node{precision}},
                        {"@variables", map_of({{"w", array_node(std::move(matrix))},
                                               {"b", std::move(bias)},
                                               {"idt", std::move(timestep)},
                                               {"gelu_cubic", std::move(cubic)}})}});
  return result;
}

inline NetWalk::Net NetWalk::net(Kind kind, std::vector<Vertex const*> const& weights) {
  Net result;
  Node::List layers, widths;
  bool has_timestep = false;
  for (Vertex const* const matrix : weights) {
    Layer next = layer(*matrix);
    if (layers.empty())
      result.first = next;
    else if (next.input != result.last.output)
      m_graph.complain(*matrix, "expected the layer to take what the one before gives (",
                       result.last.output->name, "), found ", next.input->name);
    layers.push_back(std::move(next.node));
    widths.push_back(integer_node(next.outputs));
    has_timestep = has_timestep || next.has_timestep;
    result.last = std::move(next);
  }
  bool const fitting = kind == Kind::fitting;
  Node::Map members = {{"@version", Node{std::int64_t{fitting ? 1 : 2}}},
                       {"in_dim", integer_node(result.first.inputs)},
                       {"activation_function", Node{result.first.activation}},
                       {"resnet_dt", Node{has_timestep}},
                       {"precision", Node{result.first.precision}},
                       {"layers", Node{std::move(layers)}}};
  if (fitting) {
    widths.pop_back();
    members.push_back({"out_dim", integer_node(result.last.outputs)});
    members.push_back({"bias_out", Node{true}});
  } else {
    members.push_back({"bias", Node{result.first.has_bias}});
  }
  members.push_back({"@class", Node{std::string(fitting ? "FittingNetwork" : "EmbeddingNetwork")}});
  members.push_back({"neuron", Node{std::move(widths)}});
  result.node = map_of(std::move(members));
  return result;
}

}  // namespace dp::detail::graph
