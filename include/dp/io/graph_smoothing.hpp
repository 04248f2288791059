// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <dp/io/graph.hpp>
#include <dp/io/graph_environment.hpp>
#include <dp/io/graph_nets.hpp>
#include <dp/io/graph_tensor.hpp>
#include <dp/io/graph_type_embedding.hpp>
#include <string_view>

namespace dp::detail::graph {

/// The factor by which TensorFlow smooths an embedding of types, clip(1 - (1 - r q)^3, 0, 1), where r is
/// rcut_smth in double, and q the first component of the environment matrix as it was before normalisation.
class CubicSmoothing {
 public:
  CubicSmoothing(Environment& environment, NetWalk& walk)
      : m_graph(environment.graph()), m_environment(environment), m_walk(walk) {}

  /// Checks that `factor` is this, whereby `environment` learns r and a mask.
  void read(Vertex const& factor) {
    Vertex const* at = &without_mask(factor);
    at = &without(*at, "Maximum", 0.0);
    at = &without(*at, "Minimum", 1.0);
    at = &without(*at, "AddV2", 1.0);
    Vertex const& base = cube(*at);  // of the cube: 1 - r q
    Vertex const& product = take(base, "Sub", 1);
    if (!is_constant(m_graph, base, 0, {1.0})) refuse(base);
    Vertex const& ratio = take(product, "Mul", 1);
    std::optional<Tensor> const radius = constant_input(m_graph, product, 0);
    if (!radius || radius->values.size() != 1) refuse(product);
    m_environment.refine_rcut_smth(product, radius->values[0]);
    Vertex const& scaled = take(ratio, "AddV2", 0);
    Vertex const& column = take(scaled, "Mul", 0);
    if (!is_of(origin(m_graph, ratio, 1), 5) || !is_of(origin(m_graph, scaled, 1), 6)) refuse(ratio);
    if (column.op != "Slice" || !is_constant(m_graph, column, 1, {0.0, 0.0}) ||
        !is_constant(m_graph, column, 2, {-1.0, 1.0}) ||
        &origin(m_graph, column, 0) != &m_environment.vertex())
      refuse(column);
  }

 private:
  [[noreturn]] void refuse(Vertex const& at) const {
    m_graph.complain(at, "a factor of an embedding of types, other than a smooth cutoff, is not understood");
  }

  /// What a node of this type takes as `input`.
  Vertex const& take(Vertex const& vertex, std::string_view op, std::size_t input) {
    if (vertex.op != op && !(op == "AddV2" && NetWalk::is_sum(vertex))) refuse(vertex);
    m_walk.know(vertex);
    return origin(m_graph, vertex, input);
  }

  /// What a node of this type takes besides a number.
  Vertex const& without(Vertex const& vertex, std::string_view op, double number) {
    if (!is_constant(m_graph, vertex, 1, {number})) refuse(vertex);
    return take(vertex, op, 0);
  }

  /// u where `vertex` is -u u u.
  Vertex const& cube(Vertex const& vertex) {
    Vertex const& square = take(vertex, "Mul", 0);
    Vertex const& negative = take(square, "Mul", 0);
    Vertex const& base = take(negative, "Neg", 0);
    if (&origin(m_graph, vertex, 1) != &base || &origin(m_graph, square, 1) != &base) refuse(vertex);
    return base;
  }

  /// Whether a value is the statistics of the centres' first components.
  bool is_of(Vertex const& gather, std::size_t statistics) const {
    if (!gather.op.starts_with("Gather")) return false;
    Vertex const& part = origin(m_graph, gather, 0);
    return part.op == "Slice" && is_constant(m_graph, part, 1, {0.0, 0.0, 0.0}) &&
           is_constant(m_graph, part, 2, {-1.0, 1.0, 1.0}) &&
           &origin(m_graph, part, 0) == &m_environment.statistics(statistics) &&
           atoms_of(m_environment, gather, 1) == Atoms::centres;
  }

  /// The factor without that of pairs of types which are left out.
  Vertex const& without_mask(Vertex const& factor) {
    if (factor.op != "Mul") return factor;
    Vertex const* mask = &origin(m_graph, factor, 1);
    if (mask->op == "Slice") mask = &origin(m_graph, *mask, 0);
    if (!m_environment.find_mask(*mask)) refuse(factor);
    return take(factor, "Mul", 0);
  }

  Graph const& m_graph;
  Environment& m_environment;
  NetWalk& m_walk;
};

}  // namespace dp::detail::graph
