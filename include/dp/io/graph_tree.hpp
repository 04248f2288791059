// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/core/error.hpp>
#include <dp/io/graph.hpp>
#include <dp/io/graph_by_angles.hpp>
#include <dp/io/graph_by_embedding.hpp>
#include <dp/io/graph_by_types.hpp>
#include <dp/io/graph_descriptor.hpp>
#include <dp/io/graph_environment.hpp>
#include <dp/io/graph_environments.hpp>
#include <dp/io/graph_fitting.hpp>
#include <dp/io/graph_head.hpp>
#include <dp/io/graph_modifier.hpp>
#include <dp/io/graph_nets.hpp>
#include <dp/io/graph_pair_table.hpp>
#include <dp/io/graph_rest.hpp>
#include <dp/io/graph_tensor.hpp>
#include <dp/io/graph_type_embedding.hpp>
#include <dp/io/tree.hpp>
#include <memory>
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
    HeadReader head(m_graph, m_walk);
    m_graph.reach(head.output());
    m_environments = find_environments(m_graph, m_walk);
    RestReader rest(m_graph, m_walk, m_environments);
    rest.check_types(head.turns());
    std::optional<PairTableReader> const table =
        PairTableReader::find(m_graph, m_walk, head.output(), m_environments);
    read_embedding();
    for (Environment& environment : m_environments) read_descriptor(environment);
    if (head.turns() && m_environments.size() > 1)
      fail(m_graph.file(), ": hybrid descriptors of a model of kind \"", head.kind(),
           "\" are not understood");
    FittingReader fitting(m_graph, m_walk, m_environments, m_embedding, head);
    Node fitting_node = fitting.node(head.turns() ? m_descriptors.front()->width() : fitting.outputs());
    std::size_t const ntypes = m_environments.front().ntypes();
    Node out_bias = read_out_bias(ntypes, head.components(fitting.outputs()));
    rest.check_rest();
    Node descriptor = descriptor_node(fitting, rest);
    Node model = map_of({{"@class", text_node("Model")},
                         {"@version", Node{std::int64_t{2}}},
                         {"type", text_node("standard")},
                         {"type_map", type_map(ntypes)},
                         {"atom_exclude_types", unselected(head.selected(ntypes))},
                         {"pair_exclude_types", Node{Node::List{}}},
                         {"descriptor", std::move(descriptor)},
                         {"fitting", std::move(fitting_node)},
                         {"@variables", map_of({{"out_bias", std::move(out_bias)}})}});
    if (table && !head.is_energy())
      fail(m_graph.file(), ": a table of pair energies in a model of kind \"", head.kind(), "\"");
    if (table) model = table->model(std::move(model), ntypes);
    return map_of(
        {{"software", text_node("deepmd-kit")},
         {"backend", text_node("TensorFlow")},
         {"model_def_script", map_of({})},
         {"modifier", ModifierReader(m_graph).node([](Graph& part) { return TreeReader(part).read(); })},
         {"@variables", map_of({{"min_nbor_dist", min_nbor_dist()}})},
         {"model", std::move(model)}});
  }

 private:
  static Node text_node(std::string text) { return Node{std::move(text)}; }

  /// Types whose atoms the graph gives nothing for.
  static Node unselected(std::vector<char> const& selected) {
    Node::List types;
    for (std::size_t t = 0; t < selected.size(); ++t)
      if (selected[t] == 0) types.push_back(integer_node(t));
    return Node{std::move(types)};
  }

  /// The text in a constant; empty without one.
  std::string text_of(std::string_view name) const {
    Vertex const* const vertex = m_graph.find(name);
    return vertex != nullptr && vertex->op == "Const" ? tensor_of(m_graph, *vertex).text : std::string();
  }

  void refuse_other_models() const;
  void read_embedding();
  void read_descriptor(Environment& environment);
  std::size_t axis_neuron(DescriptorReader const& descriptor, Vertex const& output) const;
  Node descriptor_node(FittingReader const& fitting, RestReader const& rest);
  Node read_out_bias(std::size_t ntypes, std::size_t components);
  Node type_map(std::size_t ntypes) const;
  Node min_nbor_dist() const;

  Graph& m_graph;
  NetWalk m_walk;
  std::vector<Environment> m_environments;  // of the members of a hybrid descriptor, or one
  std::optional<TypeEmbedding> m_embedding;
  std::vector<std::unique_ptr<DescriptorReader>> m_descriptors;
};

/// Kinds of models that a graph tells by nodes of its own.
inline void TreeReader::refuse_other_models() const {
  if (m_graph.find("spin_attr/ntypes_spin") != nullptr)
    fail(m_graph.file(), ": node spin_attr/ntypes_spin: models with spin are not supported yet");
}

/// The net that embeds types, if there is one: all descriptors share it.
inline void TreeReader::read_embedding() {
  std::string const scope = "type_embed_net";
  if (Vertex const* const weights = m_graph.find(scope + "/matrix_1"); weights != nullptr && weights->reached)
    m_embedding.emplace(m_graph, m_walk, scope, m_environments.front());
}

inline void TreeReader::read_descriptor(Environment& environment) {
  if (ByAnglesReader::is_there(environment)) {
    m_descriptors.push_back(std::make_unique<ByAnglesReader>(m_walk, environment));
    return;
  }
  // Nets with an embedding of types say in their names no type of neighbours.
  Vertex const* const net = m_graph.find(environment.scope("filter_type_all") + "/matrix_1");
  bool tables = false;
  for (Vertex const& vertex : m_graph.vertices())
    if (vertex.op == "TabulateFusionSeAtten" && environment.reaches(vertex)) tables = true;
  if (!environment.mixed() && !tables && (net == nullptr || !net->reached)) {
    m_descriptors.push_back(std::make_unique<ByTypesReader>(m_walk, environment));
    return;
  }
  if (!m_embedding)
    fail(m_graph.file(), ": expected the net of an embedding of types (node type_embed_net/matrix_1)");
  m_descriptors.push_back(std::make_unique<ByEmbeddingReader>(m_walk, environment, *m_embedding));
}

/// How many of its channels a descriptor's first factor has: those that a Slice takes of the second one.
inline std::size_t TreeReader::axis_neuron(DescriptorReader const& descriptor, Vertex const& output) const {
  if (!descriptor.has_axis()) return 1;
  Vertex const* product = &output;
  for (std::size_t steps = 0; steps < 64 && !product->op.starts_with("BatchMatMul"); ++steps)
    product = &origin(m_graph, *product, 0);
  Vertex const& part = origin(m_graph, *product, 1);
  std::optional<Tensor> const size = part.op == "Slice" ? constant_input(m_graph, part, 2) : std::nullopt;
  if (!size || size->values.size() != 3 || &origin(m_graph, part, 0) != &origin(m_graph, *product, 0))
    m_graph.complain(*product, "expected a product of a matrix with its first columns");
  double const columns = size->values[2];
  return columns >= 1.0 && columns <= 1e6 ? static_cast<std::size_t>(columns) : descriptor.width();
}

inline Node TreeReader::descriptor_node(FittingReader const& fitting, RestReader const& rest) {
  Node::List members;
  std::size_t left = fitting.descriptor_inputs();
  for (std::size_t m = 0; m < m_descriptors.size(); ++m) {
    DescriptorReader& descriptor = *m_descriptors[m];
    DescriptorUse use;
    use.appends_types = fitting.members()[m].appends_types;
    if (m_descriptors.size() > 1)
      use.axis_neuron = axis_neuron(descriptor, *fitting.members()[m].output);
    else if (descriptor.has_axis())
      use.axis_neuron = left / descriptor.width();
    std::size_t const inputs = use.axis_neuron * descriptor.width();
    if (inputs == 0 || inputs > left || (inputs != left && m + 1 == m_descriptors.size()))
      fail(m_graph.file(), ": node layer_0_type_0/matrix: expected a descriptor made of ", descriptor.width(),
           " channels, found ", left, " inputs");
    left -= inputs;
    if (descriptor.has_divisor()) use.table_scale = rest.table_scale(descriptor, m);
    members.push_back(descriptor.node(use));
  }
  if (members.size() == 1 && m_environments.front().ending().empty()) return std::move(members.front());
  return map_of({{"@class", text_node("Descriptor")},
                 {"@version", Node{std::int64_t{1}}},
                 {"type", text_node("hybrid")},
                 {"list", Node{std::move(members)}}});
}

/// What is added at the end per type, energies or other components; what multiplies before must be 1.
inline Node TreeReader::read_out_bias(std::size_t ntypes, std::size_t components) {
  std::size_t const count = ntypes * components;
  Tensor bias;
  bias.values.assign(count, 0.0);
  for (char const* const scope : {"model_attr/", "model_attr/model_attr/"}) {
    if (auto found = reached_constant(m_graph, m_walk, std::string(scope) + "t_out_bias", count))
      bias = *std::move(found);
    std::string const name = std::string(scope) + "t_out_std";
    if (auto const scale = reached_constant(m_graph, m_walk, name, count))
      for (double const value : scale->values)
        if (value != 1.0) fail(m_graph.file(), ": node ", name, ": expected 1 for every type, found ", value);
  }
  bias.shape = {1, ntypes, components};
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

}  // namespace graph

/// The tree in a frozen graph of TensorFlow (binary); `file` is for messages.
/// \throws dp::Error naming the node for whatever is damaged, or not understood
inline Node graph_tree(std::string_view bytes, std::string const& file) {
  graph::Graph graph(bytes, file);
  return graph::TreeReader(graph).read();
}

}  // namespace dp::detail
