// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <dp/core/error.hpp>
#include <dp/io/graph.hpp>
#include <dp/io/graph_descriptor.hpp>
#include <dp/io/graph_fitting.hpp>
#include <dp/io/graph_nets.hpp>
#include <dp/io/graph_tensor.hpp>
#include <dp/io/tree.hpp>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dp::detail {

namespace graph {

/// Makes of a frozen graph of DeePMD-kit the tree that a `.dp` file has of its model, with TensorFlow's rules
/// in it. What the energy depends on and is not understood is refused, never left out.
class TreeReader {
 public:
  explicit TreeReader(Graph& graph) : m_graph(graph), m_walk(graph) {}

  Node read() {
    refuse_other_models();
    Vertex const* energy = m_graph.find("o_energy");
    if (energy == nullptr) energy = m_graph.find("energy_test");
    if (energy == nullptr)
      fail(m_graph.file(),
           ": expected a model of energies: there is no node o_energy; dipoles, polarisabilities "
           "and densities of states are not supported");
    m_graph.reach(*energy);
    Vertex const& environment = find_environment();
    check_types();
    m_walk.follow(environment);
    DescriptorReader descriptor(m_graph, m_walk, environment);
    FittingReader fitting(m_graph, m_walk, environment, descriptor.ntypes());
    std::size_t axis_neuron = 1;
    if (fitting.descriptor_inputs() % descriptor.width() == 0)
      axis_neuron = fitting.descriptor_inputs() / descriptor.width();
    if (axis_neuron * descriptor.width() != fitting.descriptor_inputs() ||
        (!descriptor.angular() && axis_neuron != 1))
      fail(m_graph.file(), ": node layer_0_type_0/matrix: expected a descriptor made of ", descriptor.width(),
           " channels, found ", fitting.descriptor_inputs(), " inputs");
    Node fitting_node = fitting.node();
    Node out_bias = read_out_bias(descriptor.ntypes());
    check_rest(descriptor);
    Node descriptor_node = descriptor.node(axis_neuron, table_scale(descriptor));
    return map_of({{"software", text_node("deepmd-kit")},
                   {"backend", text_node("TensorFlow")},
                   {"model_def_script", map_of({{"modifier", modifier()}})},
                   {"@variables", map_of({{"min_nbor_dist", min_nbor_dist()}})},
                   {"model", map_of({{"@class", text_node("Model")},
                                     {"@version", Node{std::int64_t{2}}},
                                     {"type", text_node("standard")},
                                     {"type_map", type_map(descriptor.ntypes())},
                                     {"atom_exclude_types", Node{Node::List{}}},
                                     {"pair_exclude_types", Node{Node::List{}}},
                                     {"descriptor", std::move(descriptor_node)},
                                     {"fitting", std::move(fitting_node)},
                                     {"@variables", map_of({{"out_bias", std::move(out_bias)}})}})}});
  }

 private:
  static Node text_node(std::string text) { return Node{std::move(text)}; }

  /// The text in a constant; empty without one.
  std::string text_of(std::string_view name) const {
    Vertex const* const vertex = m_graph.find(name);
    return vertex != nullptr && vertex->op == "Const" ? tensor_of(m_graph, *vertex).text : std::string();
  }

  static bool is_environment(Vertex const& vertex) {
    return vertex.op.starts_with("Descrpt") || vertex.op.starts_with("ProdEnvMat");
  }

  void refuse_other_models() const;
  void check_types() const;
  Vertex const& find_environment() const;
  Node read_out_bias(std::size_t ntypes);
  Node type_map(std::size_t ntypes) const;
  Node min_nbor_dist() const;
  Node modifier() const;
  void check_rest(DescriptorReader const& descriptor);
  void check_arithmetic(Vertex const& vertex, DescriptorReader const& descriptor);
  double table_scale(DescriptorReader const& descriptor) const;

  Graph& m_graph;
  NetWalk m_walk;
  std::vector<double> m_divisors;  // numbers that values are divided by
};

/// Kinds of models that a graph tells by nodes of its own.
inline void TreeReader::refuse_other_models() const {
  std::string const kind = text_of("model_attr/model_type");
  if (!kind.empty() && kind != "ener")
    fail(m_graph.file(), ": node model_attr/model_type: expected \"ener\", a model of energies, found ",
         in_quotes(kind), ", which is not supported");
  if (m_graph.find("spin_attr/ntypes_spin") != nullptr)
    fail(m_graph.file(), ": node spin_attr/ntypes_spin: models with spin are not supported yet");
  if (Vertex const* const three = m_graph.find("filter_type_all/matrix_1_0_0"))
    m_graph.complain(*three, "descriptors of three atoms (se_e3, se_t) are not supported yet");
  for (Vertex const& vertex : m_graph.vertices()) {
    if (vertex.op == "SoftMinSwitch" || vertex.op == "PairTab")
      m_graph.complain(vertex,
                       "models with a table of pair energies (use_srtab, DP-ZBL) are not supported yet");
    if (vertex.name.starts_with("type_embed_net"))
      if (vertex.op == "Const" && m_graph.find("ProdEnvMatAMix") == nullptr)
        m_graph.complain(vertex, "descriptors with type embedding are not supported yet");
  }
}

/// The operation that makes the environment matrix.
inline Vertex const& TreeReader::find_environment() const {
  static constexpr std::array<std::string_view, 5> known{"DescrptNorot", "DescrptSeA", "DescrptSeR",
                                                         "ProdEnvMatA", "ProdEnvMatR"};
  Vertex const* found = nullptr;
  for (Vertex const& vertex : m_graph.vertices()) {
    if (!is_environment(vertex) || !vertex.reached) continue;
    if (vertex.op == "ProdEnvMatAMix")
      m_graph.complain(vertex,
                       "descriptors with attention or mixed types (DPA-1, se_atten, se_atten_v2) are not "
                       "supported yet");
    if (std::find(known.begin(), known.end(), vertex.op) == known.end())
      m_graph.complain(vertex, "this kind of descriptor is not supported");
    if (found != nullptr)
      m_graph.complain(vertex, "a second environment matrix, besides that of ", in_quotes(found->name),
                       ": hybrid descriptors and models of several parts (DPRc) are not supported yet");
    found = &vertex;
  }
  if (found == nullptr)
    fail(m_graph.file(),
         ": expected a model of DeePMD-kit, an energy that depends on a node of type ProdEnvMatA, "
         "ProdEnvMatR, DescrptSeA, DescrptSeR or DescrptNorot, found none among ",
         m_graph.vertices().size(), " nodes");
  return *found;
}

/// Energies per type that are added at the end; what multiplies before must be 1.
inline Node TreeReader::read_out_bias(std::size_t ntypes) {
  Tensor bias;
  bias.values.assign(ntypes, 0.0);
  for (char const* const scope : {"model_attr/", "model_attr/model_attr/"}) {
    if (auto found = reached_constant(m_graph, m_walk, std::string(scope) + "t_out_bias", ntypes))
      bias = *std::move(found);
    std::string const name = std::string(scope) + "t_out_std";
    if (auto const scale = reached_constant(m_graph, m_walk, name, ntypes))
      for (double const value : scale->values)
        if (value != 1.0) fail(m_graph.file(), ": node ", name, ": expected 1 for every type, found ", value);
  }
  bias.shape = {1, ntypes, 1};
  return array_node(std::move(bias));
}

/// Names of the types, separated by blanks; an empty list where the file has none.
inline Node TreeReader::type_map(std::size_t ntypes) const {
  Node::List names;
  std::istringstream stream(text_of("model_attr/tmap"));
  for (std::string name; stream >> name;) names.push_back(text_node(name));
  if (!names.empty() && names.size() < ntypes)
    fail(m_graph.file(), ": node model_attr/tmap: expected names of ", ntypes, " types, found ",
         names.size());
  if (names.size() > ntypes) names.resize(ntypes);  // the others have neither nets nor neighbours
  return Node{std::move(names)};
}

inline Node TreeReader::min_nbor_dist() const {
  Vertex const* const vertex = m_graph.find("train_attr/min_nbor_dist");
  if (vertex == nullptr || vertex->op != "Const") return {};
  Tensor const distance = tensor_of(m_graph, *vertex);
  if (distance.values.size() != 1) m_graph.complain(*vertex, "expected one number");
  return Node{distance.values.front()};
}

/// What DeePMD-kit adds to the energy of the graph (DPLR), as its input script has it; null if nothing.
inline Node TreeReader::modifier() const {
  std::string const type = text_of("modifier_attr/type");
  return type.empty() ? Node{} : map_of({{"type", text_node(type)}});
}

/// Everything that the energy depends on is of a type that has a meaning here.
inline void TreeReader::check_types() const {
  static constexpr std::array<std::string_view, 46> known{
      // what moves numbers about
      "Const", "Identity", "Cast", "Reshape", "StopGradient", "Snapshot", "Shape", "Slice", "StridedSlice",
      "Pack", "ConcatV2", "Concat", "Tile", "Gather", "GatherV2", "ZerosLike", "GreaterEqual", "ExpandDims",
      "Squeeze", "Select", "SelectV2", "Sum", "AddN", "Fill", "BatchMatMul", "BatchMatMulV2", "Prod", "Size",
      // what has to be accounted for: see check_rest()
      "Placeholder", "MatMul", "BiasAdd", "Add", "AddV2", "Sub", "Mul", "RealDiv", "Mean", "Maximum",
      "Minimum", "Pow", "Tanh", "Relu", "Relu6", "Softplus", "Sigmoid", "GeluCustom"};
  for (Vertex const& vertex : m_graph.vertices()) {
    if (!vertex.reached) continue;
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
inline void TreeReader::check_rest(DescriptorReader const& descriptor) {
  static constexpr std::array<std::string_view, 7> inputs{"t_coord", "t_type",   "t_natoms", "t_box",
                                                          "t_mesh",  "t_fparam", "t_aparam"};
  static constexpr std::array<std::string_view, 9> arithmetic{
      "Add", "AddV2", "Sub", "Mul", "RealDiv", "Mean", "Maximum", "Minimum", "BiasAdd"};
  static constexpr std::array<std::string_view, 9> of_nets{
      "MatMul", "Pow", "Tanh", "Relu", "Relu6", "Softplus", "Sigmoid", "Gelu", "GeluCustom"};
  auto const among = [](auto const& list, std::string_view name) {
    return std::find(list.begin(), list.end(), name) != list.end();
  };
  for (Vertex const& vertex : m_graph.vertices()) {
    if (!vertex.reached || m_walk.knows(vertex)) continue;
    if (among(arithmetic, vertex.op)) check_arithmetic(vertex, descriptor);
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

/// Sums, products and the like of numbers in floating point with constants.
inline void TreeReader::check_arithmetic(Vertex const& vertex, DescriptorReader const& descriptor) {
  int const type = Attributes(m_graph, vertex).type("T");
  if (type == data_type::int32 || type == data_type::int64) return;  // of shapes and indices
  bool known = false;
  for (std::size_t input = 0; input < vertex.inputs.size(); ++input) {
    std::optional<Tensor> const constant = constant_input(m_graph, vertex, input);
    if (constant && m_walk.knows(origin(m_graph, vertex, input))) known = true;
    if (!constant || known || constant->values.size() != 1) continue;
    double const number = constant->values.front();
    if (vertex.op == "Mean" && !descriptor.angular() && input == 1 && number == 1.0) return;
    if (vertex.op == "Mul" || (vertex.op == "RealDiv" && input == 1))
      m_divisors.push_back(vertex.op == "Mul" ? 1.0 / number : number);
    else
      m_graph.complain(vertex, "arithmetic with the number ", number, " is not understood");
    return;
  }
  bool const joins = vertex.op == "Add" || vertex.op == "AddV2" || vertex.op == "Mul";
  if (!joins && !(vertex.op == "Sub" && known))
    m_graph.complain(vertex, "this operation is not understood at this place");
}

/// By what tables are multiplied: where `compress` has shortened sel, the divisor is the sum of the former
/// one.
inline double TreeReader::table_scale(DescriptorReader const& descriptor) const {
  double const expected = descriptor.angular() ? static_cast<double>(descriptor.nnei()) : 5.0;
  if (m_divisors.empty())
    fail(m_graph.file(), ": expected a descriptor divided by ", expected, ", found none");
  for (double const divisor : m_divisors)
    if (!(std::abs(divisor - m_divisors.front()) <= 1e-6 * divisor))
      fail(m_graph.file(), ": expected one number that descriptors are divided by, found ",
           m_divisors.front(), " and ", divisor);
  double const divisor = m_divisors.front();
  if (std::abs(divisor - expected) <= 1e-6 * expected) return 1.0;
  if (!descriptor.angular() || !descriptor.has_tables() || !(divisor >= 1.0))
    fail(m_graph.file(), ": expected a descriptor divided by ", expected, ", found ", divisor);
  return expected / std::round(divisor);
}

}  // namespace graph

/// The tree in a frozen graph of TensorFlow (binary); `file` is for messages.
/// \throws dp::Error naming the node for whatever is damaged, or not understood
inline Node graph_tree(std::string_view bytes, std::string const& file) {
  graph::Graph graph(bytes, file);
  return graph::TreeReader(graph).read();
}

}  // namespace dp::detail
