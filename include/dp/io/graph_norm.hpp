// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <dp/io/graph.hpp>
#include <dp/io/graph_nets.hpp>
#include <dp/io/graph_tensor.hpp>
#include <dp/io/tree.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dp::detail::graph {

/// The columns of several layers' variables side by side, in the precision of the first.
inline Node joined_columns(std::vector<Node> const& layers, char const* variable, bool matrix) {
  auto const array = [&](Node const& layer) -> Array const& {
    return **layer.find("@variables")->find(variable)->as<Node::SharedArray>();
  };
  Array out{{}, {}, array(layers.front()).float32};
  std::size_t const rows = matrix ? array(layers.front()).shape[0] : 1;
  for (std::size_t row = 0; row < rows; ++row)
    for (Node const& layer : layers) {
      std::vector<double> const& values = array(layer).values;
      auto const columns = static_cast<std::ptrdiff_t>(values.size() / rows);
      auto const begin = values.begin() + static_cast<std::ptrdiff_t>(row) * columns;
      out.values.insert(out.values.end(), begin, begin + columns);
    }
  std::size_t const columns = out.values.size() / rows;
  out.shape = matrix ? std::vector<std::size_t>{rows, columns} : std::vector<std::size_t>{columns};
  return Node{std::make_shared<Array const>(std::move(out))};
}

/// A normalisation of channels, gain (y - mean) / sqrt(variance + epsilon) + shift, in elementary operations:
/// as DeePMD-kit writes it, or as Keras does.
class NormReader {
 public:
  NormReader(Graph const& graph, NetWalk& walk) : m_graph(graph), m_walk(walk) {}

  /// As a tree has it, and the node that gives its result.
  struct Norm {
    Node node;
    Vertex const* output = nullptr;
  };

  /// That of `y`.
  Norm read(Vertex const& y) {
    for (auto const& [user, input] : m_walk.users(y))
      if (user->op == "Mul" && input == 0) return read_keras(y, *user);
    for (auto const& [user, input] : m_walk.users(y))
      if (user->op == "Sub" && input == 0)
        for (auto const& [quotient, place] : m_walk.users(*user))
          if (quotient->op == "RealDiv" && place == 0) return read_quotient(y, *quotient);
    refuse(y);
  }

 private:
  [[noreturn]] void refuse(Vertex const& at) const {
    m_graph.complain(at, "this normalisation of channels is not understood");
  }

  Vertex const& take(Vertex const& vertex, std::string_view op, std::size_t input) {
    if (vertex.op != op && !(op == "AddV2" && NetWalk::is_sum(vertex))) refuse(vertex);
    m_walk.know(vertex);
    return origin(m_graph, vertex, input);
  }

  /// What a mean over channels is of.
  Vertex const& below_mean(Vertex const& mean) {
    if (!is_constant(m_graph, mean, 1, {-1.0}) && !is_constant(m_graph, mean, 1, {1.0})) refuse(mean);
    return take(mean, "Mean", 0);
  }

  /// Whether a value is y less its mean.
  bool is_centred(Vertex const& difference, Vertex const& y) {
    return &take(difference, "Sub", 0) == &y && &below_mean(origin(m_graph, difference, 1)) == &y;
  }

  /// The variance below variance + epsilon, whose root is taken.
  Vertex const& below_epsilon(Vertex const& root, std::string_view op) {
    Vertex const& sum = take(root, op, 0);
    std::optional<Tensor> const epsilon = constant_input(m_graph, sum, 1);
    if (!epsilon || epsilon->values.size() != 1) refuse(sum);
    m_epsilon = epsilon->values.front();
    return take(sum, "AddV2", 0);
  }

  Tensor numbers(Vertex const& user, std::size_t input) {
    std::optional<Tensor> found = constant_input(m_graph, user, input);
    if (!found || !found->is_real()) refuse(user);
    m_walk.know(origin(m_graph, user, input));
    found->shape = {found->values.size()};
    return *std::move(found);
  }

  Norm norm(Tensor gain, Tensor shift, Vertex const& output) {
    return {map_of({{"@class", Node{std::string("LayerNorm")}},
                    {"@version", Node{std::int64_t{1}}},
                    {"eps", Node{m_epsilon}},
                    {"@variables",
                     map_of({{"w", array_node(std::move(gain))}, {"b", array_node(std::move(shift))}})}}),
            &output};
  }

  /// The only user of a value, of a type.
  Vertex const& only_user(Vertex const& vertex, std::string_view op) {
    NetWalk::Users const users = m_walk.users(vertex);
    if (users.size() != 1 ||
        (users[0].first->op != op && !(op == "AddV2" && NetWalk::is_sum(*users[0].first))))
      refuse(vertex);
    m_walk.know(*users[0].first);
    return *users[0].first;
  }

  /// (y - mean) / sqrt(variance + epsilon) * gain + shift
  Norm read_quotient(Vertex const& y, Vertex const& quotient) {
    Vertex const& variance = below_epsilon(origin(m_graph, quotient, 1), "Sqrt");
    Vertex const& square = below_mean(variance);
    if (!is_centred(take(quotient, "RealDiv", 0), y) || !is_centred(take(square, "Square", 0), y))
      refuse(quotient);
    Vertex const& product = only_user(quotient, "Mul");
    Vertex const& sum = only_user(product, "AddV2");
    return norm(numbers(product, 1), numbers(sum, 1), sum);
  }

  /// y f + (shift - mean f) with f = gain / sqrt(variance + epsilon)
  Norm read_keras(Vertex const& y, Vertex const& product) {
    Vertex const& factor = origin(m_graph, product, 1);
    m_walk.know(product);
    Vertex const& variance = below_epsilon(take(factor, "Mul", 0), "Rsqrt");
    Vertex const& square = below_mean(variance);
    if (&take(square, "SquaredDifference", 0) != &y || &below_mean(origin(m_graph, square, 1)) != &y)
      refuse(square);
    Vertex const& sum = only_user(product, "AddV2");
    Vertex const& rest = origin(m_graph, sum, 1);
    Vertex const& less = origin(m_graph, rest, 1);
    if (rest.op != "Sub" || &below_mean(take(less, "Mul", 0)) != &y || &origin(m_graph, less, 1) != &factor)
      refuse(rest);
    m_walk.know(rest);
    return norm(numbers(factor, 1), numbers(rest, 0), sum);
  }

  Graph const& m_graph;
  NetWalk& m_walk;
  double m_epsilon = 0.0;
};

}  // namespace dp::detail::graph
