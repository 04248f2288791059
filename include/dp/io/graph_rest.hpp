// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <dp/core/error.hpp>
#include <dp/io/graph.hpp>
#include <dp/io/graph_attributes.hpp>
#include <dp/io/graph_descriptor.hpp>
#include <dp/io/graph_environment.hpp>
#include <dp/io/graph_environments.hpp>
#include <dp/io/graph_nets.hpp>
#include <dp/io/graph_tensor.hpp>
#include <optional>
#include <string_view>
#include <vector>

namespace dp::detail::graph {

/// Looks through all that the energy depends on, so that nothing is left out that changes it.
class RestReader {
 public:
  RestReader(Graph const& graph, NetWalk const& walk, std::vector<Environment> const& environments)
      : m_graph(graph), m_walk(walk), m_environments(environments), m_divisors(environments.size()) {}

  /// Refuses operations that are not known, whatever they are for; `turned`: vectors and tensors are made,
  /// too, by those that HeadReader follows.
  void check_types(bool turned) const;

  /// Refuses what nobody has taken account of, once nets, tables and statistics are known.
  void check_rest();

  /// By what the tables of a descriptor, with its number, are multiplied; after check_rest().
  double table_scale(DescriptorReader const& descriptor, std::size_t number) const;

 private:
  bool in_radial(Vertex const& vertex) const;
  void check_arithmetic(Vertex const& vertex);
  std::vector<double>& divisors_at(Vertex const& vertex, double number);

  Graph const& m_graph;
  NetWalk const& m_walk;
  std::vector<Environment> const& m_environments;
  std::vector<std::vector<double>> m_divisors;  // numbers that values of each descriptor are divided by
};

/// Everything that the energy depends on is of a type that has a meaning here.
inline void RestReader::check_types(bool turned) const {
  static constexpr std::array<std::string_view, 56> known{
      // what moves numbers about
      "Const", "Identity", "Cast", "Reshape", "StopGradient", "Snapshot", "Shape", "Slice", "StridedSlice",
      "Pack", "ConcatV2", "Concat", "Tile", "Gather", "GatherV2", "ZerosLike", "GreaterEqual", "ExpandDims",
      "Squeeze", "Select", "SelectV2", "Sum", "AddN", "Fill", "BatchMatMul", "BatchMatMulV2", "Prod", "Size",
      "OneHot",
      // what has to be accounted for: see check_rest()
      "Placeholder", "MatMul", "BiasAdd", "Add", "AddV2", "Sub", "Mul", "RealDiv", "Mean", "Maximum", "Neg",
      "Minimum", "Pow", "Tanh", "Relu", "Relu6", "Softplus", "Sigmoid", "GeluCustom", "Square", "Sqrt",
      "Rsqrt", "Softmax", "SquaredDifference", "Einsum", "SoftMinSwitch", "PairTab"};
  for (Vertex const& vertex : m_graph.vertices()) {
    if (!vertex.reached || (turned && (vertex.op == "Transpose" || vertex.op.starts_with("MatrixDiag"))))
      continue;
    if (vertex.op == "Cast")
      if (int const type = Attributes(m_graph, vertex).type("DstT");
          type == data_type::half || type == data_type::bfloat16)
        m_graph.complain(vertex, "nets that are evaluated in 16 bits (mixed_precision) are not supported");
    if (std::find(known.begin(), known.end(), vertex.op) == known.end() && vertex.op != "Gelu" &&
        !is_environment(vertex) && !vertex.op.starts_with("TabulateFusion"))
      m_graph.complain(vertex,
                       "the energy depends on this node, whose type is not understood: this kind of model "
                       "is not supported");
  }
}

/// What the energy depends on besides nets, tables and statistics: inputs, and arithmetic with few constants.
inline void RestReader::check_rest() {
  static constexpr std::array<std::string_view, 7> inputs{"t_coord", "t_type",   "t_natoms", "t_box",
                                                          "t_mesh",  "t_fparam", "t_aparam"};
  static constexpr std::array<std::string_view, 10> arithmetic{
      "Add", "AddV2", "Sub", "Mul", "RealDiv", "Mean", "Maximum", "Minimum", "BiasAdd", "Neg"};
  static constexpr std::array<std::string_view, 15> of_nets{
      "MatMul",     "Pow",    "Tanh", "Relu",  "Relu6",   "Softplus",          "Sigmoid", "Gelu",
      "GeluCustom", "Square", "Sqrt", "Rsqrt", "Softmax", "SquaredDifference", "Einsum"};
  auto const among = [](auto const& list, std::string_view name) {
    return std::find(list.begin(), list.end(), name) != list.end();
  };
  for (Vertex const& vertex : m_graph.vertices()) {
    if (!vertex.reached || m_walk.knows(vertex)) continue;
    if (among(arithmetic, vertex.op)) check_arithmetic(vertex);
    if (vertex.op == "Placeholder" && !among(inputs, vertex.name))
      m_graph.complain(vertex, "the energy depends on an input that is not supported");
    if (among(of_nets, vertex.op)) m_graph.complain(vertex, "belongs to no net that is understood");
    if (vertex.op != "Const") continue;
    Tensor const constant = tensor_of(m_graph, vertex);
    if (constant.is_real() && constant.values.size() > 1)
      m_graph.complain(vertex, "the energy depends on these ", constant.values.size(),
                       " numbers, whose meaning is not known: this kind of model is not supported");
  }
}

/// Whether a value is of a descriptor without angles.
inline bool RestReader::in_radial(Vertex const& vertex) const {
  return std::any_of(m_environments.begin(), m_environments.end(), [&](Environment const& environment) {
    return !environment.angular() && environment.reaches(vertex);
  });
}

/// Sums, products and the like of numbers in floating point with constants.
inline void RestReader::check_arithmetic(Vertex const& vertex) {
  int const type = Attributes(m_graph, vertex).type("T");
  if (type == data_type::int32 || type == data_type::int64) return;  // of shapes and indices
  bool known = false;
  for (std::size_t input = 0; input < vertex.inputs.size(); ++input) {
    std::optional<Tensor> const constant = constant_input(m_graph, vertex, input);
    if (constant && m_walk.knows(origin(m_graph, vertex, input))) known = true;
    if (!constant || known || constant->values.size() != 1) continue;
    double const number = constant->values.front();
    if (vertex.op == "Mean" && input == 1 && number == 1.0 && in_radial(vertex)) return;
    if (vertex.op == "Mul" || (vertex.op == "RealDiv" && input == 1))
      divisors_at(vertex, number).push_back(vertex.op == "Mul" ? 1.0 / number : number);
    else
      m_graph.complain(vertex, "arithmetic with the number ", number, " is not understood");
    return;
  }
  bool const joins = vertex.op == "Add" || vertex.op == "AddV2" || vertex.op == "Mul";
  if (!joins && !(vertex.op == "Sub" && known))
    m_graph.complain(vertex, "this operation is not understood at this place");
}

/// Where the divisor of the descriptor belongs that a value is of, or is made of.
inline std::vector<double>& RestReader::divisors_at(Vertex const& vertex, double number) {
  std::vector<double>* found = nullptr;
  for (std::size_t m = 0; m < m_environments.size(); ++m) {
    if (!m_environments[m].reaches(vertex)) continue;
    if (found != nullptr)
      m_graph.complain(vertex, "arithmetic with the number ", number, " is not understood");
    found = &m_divisors[m];
  }
  if (found == nullptr) m_graph.complain(vertex, "arithmetic with the number ", number, " is not understood");
  return *found;
}

/// By what tables are multiplied: where `compress` has shortened sel, the divisor is the sum of the former
/// one.
inline double RestReader::table_scale(DescriptorReader const& descriptor, std::size_t number) const {
  std::vector<double> const& divisors = m_divisors[number];
  bool const angular = descriptor.environment().angular();
  double const expected = angular ? static_cast<double>(descriptor.environment().nnei()) : 5.0;
  if (divisors.empty()) fail(m_graph.file(), ": expected a descriptor divided by ", expected, ", found none");
  for (double const divisor : divisors)
    if (!(std::abs(divisor - divisors.front()) <= 1e-6 * divisor))
      fail(m_graph.file(), ": expected one number that descriptors are divided by, found ", divisors.front(),
           " and ", divisor);
  double const divisor = divisors.front();
  if (std::abs(divisor - expected) <= 1e-6 * expected) return 1.0;
  if (!angular || !descriptor.has_tables() || !(divisor >= 1.0))
    fail(m_graph.file(), ": expected a descriptor divided by ", expected, ", found ", divisor);
  return expected / std::round(divisor);
}

}  // namespace dp::detail::graph
