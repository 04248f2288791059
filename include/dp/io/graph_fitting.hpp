// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <dp/io/graph.hpp>
#include <dp/io/graph_attributes.hpp>
#include <dp/io/graph_environment.hpp>
#include <dp/io/graph_head.hpp>
#include <dp/io/graph_nets.hpp>
#include <dp/io/graph_tensor.hpp>
#include <dp/io/graph_type_embedding.hpp>
#include <dp/io/tree.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dp::detail::graph {

/// The values of a constant of this name that the energy depends on, `count` of them; none if there is none.
inline std::optional<Tensor> reached_constant(Graph const& graph, NetWalk& walk, std::string_view name,
                                              std::size_t count) {
  Vertex const* const vertex = graph.find(name);
  if (vertex == nullptr || !vertex->reached || vertex->op != "Const") return std::nullopt;
  Tensor tensor = tensor_of(graph, *vertex);
  if (tensor.values.size() != count)
    graph.complain(*vertex, "expected ", count, " numbers, found ", tensor.values.size());
  walk.know(*vertex);
  return tensor;
}

/// The fitting nets of a graph: one for each type, or one for all.
class FittingReader {
 public:
  FittingReader(Graph const& graph, NetWalk& walk, std::vector<Environment> const& environments,
                std::optional<TypeEmbedding> const& embedding, HeadReader& head);

  /// A descriptor as the nets have it among their inputs, and whether the embedding of the centre's type
  /// follows.
  struct Member {
    Vertex const* output = nullptr;
    bool appends_types = false;
  };
  std::vector<Member> const& members() const { return m_members; }

  /// How many inputs of the nets are descriptors, without embeddings of types.
  std::size_t descriptor_inputs() const { return m_inputs - m_fparam - m_aparam - m_type_inputs; }

  /// How many numbers they give.
  std::size_t outputs() const { return m_outputs; }

  /// What a `.dp` file has of them; `width`: outputs, or the channels that have vectors.
  Node node(std::size_t width);

 private:
  std::size_t parameters(std::string_view name) const;
  std::vector<Vertex const*> weights(std::string const& ending) const;
  bool is_descriptor(Vertex const& vertex) const;
  void add_parts(Vertex const& vertex, std::vector<Vertex const*>& parts, int depth = most_nested) const;
  void check_inputs(Vertex const& input);
  void check_vacuum(Vertex const& input) const;
  void check_parameters(Vertex const& input, std::vector<Vertex const*> const& parts) const;
  bool subtracts_vacuum(std::vector<Vertex const*> const& weights, NetWalk::Net const& net);

  Graph const& m_graph;
  NetWalk& m_walk;
  std::vector<Environment> const& m_environments;
  std::optional<TypeEmbedding> const& m_embedding;
  HeadReader& m_head;
  std::size_t m_ntypes, m_inputs = 0, m_outputs = 1, m_fparam, m_aparam, m_type_inputs = 0;
  bool m_mixed = false;  // one net for all types
  std::vector<Member> m_members;
  Node::List m_nets;
  std::vector<char> m_vacuum;  // per net: whether the energy of an atom in vacuum is subtracted
};

inline FittingReader::FittingReader(Graph const& graph, NetWalk& walk,
                                    std::vector<Environment> const& environments,
                                    std::optional<TypeEmbedding> const& embedding, HeadReader& head)
    : m_graph(graph),
      m_walk(walk),
      m_environments(environments),
      m_embedding(embedding),
      m_head(head),
      m_ntypes(environments.front().ntypes()),
      m_fparam(parameters("fparam")),
      m_aparam(parameters("aparam")) {
  m_walk.follow(environments.front().dependents());
  Vertex const* const shared = graph.find("final_layer/matrix");
  m_mixed = shared != nullptr && shared->reached;
  std::vector<char> const selected = head.selected(m_ntypes);
  for (std::size_t type = 0; type < (m_mixed ? 1 : m_ntypes); ++type) {
    if (!m_mixed && selected[type] == 0) {
      m_vacuum.push_back(0);
      m_nets.emplace_back();
      head.skip();
      continue;
    }
    std::vector<Vertex const*> const found = weights(m_mixed ? "" : "_type_" + std::to_string(type));
    NetWalk::Net net = walk.net(NetWalk::Kind::fitting, found);
    m_vacuum.push_back(subtracts_vacuum(found, net) ? 1 : 0);
    if (!head.is_energy() && (m_vacuum.back() != 0 || (m_mixed && head.turns())))
      graph.complain(*found.back(), "a model of this kind (", head.kind(), ") is not understood");
    if (m_vacuum.back() == 0) head.read(net.last);
    if (m_inputs == 0) {
      m_inputs = net.first.inputs;
      if (!head.is_energy()) m_outputs = net.last.outputs;
    }
    if (net.last.outputs != m_outputs)
      graph.complain(*found.back(), "expected ", m_outputs, m_outputs == 1 ? " output" : " outputs",
                     ", found ", net.last.outputs);
    check_inputs(*net.first.input);
    if (net.first.inputs != m_inputs || m_inputs <= m_fparam + m_aparam + m_type_inputs)
      graph.complain(*found.front(), "expected ", m_inputs, " inputs as of the other types, more than the ",
                     m_fparam + m_aparam + m_type_inputs, " parameters; found ", net.first.inputs);
    m_nets.push_back(std::move(net.node));
  }
}

/// The constants that are the weights of one net.
inline std::vector<Vertex const*> FittingReader::weights(std::string const& ending) const {
  std::vector<Vertex const*> result;
  for (std::size_t l = 0;; ++l) {
    Vertex const* const found = m_graph.find("layer_" + std::to_string(l) + ending + "/matrix");
    if (found == nullptr || !found->reached) break;
    result.push_back(found);
  }
  Vertex const* const last = m_graph.find("final_layer" + ending + "/matrix");
  if (last == nullptr || !last->reached)
    fail(m_graph.file(), ": expected a fitting net (node final_layer", ending,
         "/matrix), found none: nets that are shared by tasks are not supported");
  result.push_back(last);
  return result;
}

/// The number of frame or atomic parameters.
inline std::size_t FittingReader::parameters(std::string_view name) const {
  Vertex const* const input = m_graph.find("t_" + std::string(name));
  if (input == nullptr || !input->reached) return 0;
  Vertex const* const mean = m_graph.find("fitting_attr/t_" + std::string(name) + "_avg");
  if (mean == nullptr || !mean->reached || mean->op != "Const")
    m_graph.complain(*input, "expected statistics of the parameters in fitting_attr/t_", name, "_avg");
  return tensor_of(m_graph, *mean).values.size();
}

/// Whether the net is evaluated for an atom in vacuum, too, and its energy subtracted (atom_ener).
inline bool FittingReader::subtracts_vacuum(std::vector<Vertex const*> const& weights,
                                            NetWalk::Net const& net) {
  std::vector<char> const& dependents = m_environments.front().dependents();
  m_walk.follow(dependents, true);
  bool const used = m_walk.uses(*weights.front());
  if (used) {
    if (m_mixed)
      m_graph.complain(*weights.back(),
                       "energies in vacuum (atom_ener) with one net for all types are not supported");
    NetWalk::Net const vacuum = m_walk.net(NetWalk::Kind::fitting, weights);
    check_vacuum(*vacuum.first.input);
    m_walk.follow(dependents);
    Vertex const* const difference = m_walk.only_user(net.last, "Sub");
    if (difference == nullptr || &origin(m_graph, *difference, 0) != net.last.output ||
        &origin(m_graph, *difference, 1) != vacuum.last.output)
      m_graph.complain(*vacuum.last.output, "expected it to be subtracted from ", net.last.output->name);
    m_walk.know(*difference);
  }
  m_walk.follow(dependents);
  return used;
}

/// Whether a value is one descriptor, of all atoms or of those of one type after the other.
inline bool FittingReader::is_descriptor(Vertex const& vertex) const {
  return std::any_of(m_environments.begin(), m_environments.end(), [&](Environment const& environment) {
    for (std::size_t input = 0; input + 1 < vertex.inputs.size(); ++input)
      if (!environment.reaches(m_graph.source(vertex, input))) return false;
    return true;
  });
}

/// What is joined to make a value, part after part; of some atoms or of all.
inline void FittingReader::add_parts(Vertex const& vertex, std::vector<Vertex const*>& parts,
                                     int depth) const {
  Vertex const* at = &vertex;
  for (int steps = 0; steps < 16 && at->op == "Slice"; ++steps) at = &origin(m_graph, *at, 0);
  bool const joint = at->op == "ConcatV2" && at->inputs.size() >= 3 && !is_descriptor(*at);
  if (!joint) return parts.push_back(&vertex);
  if (parts.size() > 256 || depth == 0)
    m_graph.complain(*at, "expected at most 256 parts of a fitting net's input");
  for (std::size_t input = 0; input + 1 < at->inputs.size(); ++input)
    add_parts(origin(m_graph, *at, input), parts, depth - 1);
}

/// Descriptors, each with the embedding of the types behind it or without, then the parameters of the frame,
/// then those of the atom.
inline void FittingReader::check_inputs(Vertex const& input) {
  std::vector<Vertex const*> parts;
  add_parts(input, parts);
  std::vector<Member> members;
  std::size_t part = 0, type_inputs = 0;
  for (Environment const& environment : m_environments) {
    if (part >= parts.size() || !environment.reaches(*parts[part]))
      m_graph.complain(input, "expected the ", m_environments.size(),
                       " descriptors as a fitting net's input, in the order of their numbers");
    members.push_back({parts[part++], false});
    if (part == parts.size() || !m_embedding ||
        looked_up(environment, *m_embedding, *parts[part]) != Atoms::centres)
      continue;
    members.back().appends_types = true;
    type_inputs += m_embedding->width();
    ++part;
  }
  parts.erase(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(part));
  check_parameters(input, parts);
  m_type_inputs = type_inputs;
  if (m_members.empty()) m_members = std::move(members);
}

/// The same for an atom in vacuum, whose descriptor is zero.
inline void FittingReader::check_vacuum(Vertex const& input) const {
  std::vector<Vertex const*> parts;
  add_parts(input, parts);
  Vertex const* zeros = parts.front();
  for (int steps = 0; steps < 16 && zeros->op == "Slice"; ++steps) zeros = &origin(m_graph, *zeros, 0);
  std::optional<Tensor> const value = zeros->op == "Fill"    ? constant_input(m_graph, *zeros, 1)
                                      : zeros->op == "Const" ? std::optional(tensor_of(m_graph, *zeros))
                                                             : std::nullopt;
  if (zeros->op != "ZerosLike" && !(value && std::all_of(value->values.begin(), value->values.end(),
                                                         [](double number) { return number == 0.0; })))
    m_graph.complain(*zeros, "expected the descriptor of an atom in vacuum, zeros");
  parts.erase(parts.begin());
  check_parameters(input, parts);
}

/// `parts`: behind the descriptors; those of the frame come first.
inline void FittingReader::check_parameters(Vertex const& input,
                                            std::vector<Vertex const*> const& parts) const {
  std::size_t const expected = (m_fparam > 0 ? 1 : 0) + (m_aparam > 0 ? 1 : 0);
  if (parts.size() > expected)
    m_graph.complain(*parts[expected], "an input of fitting nets that is not understood");
  if (parts.size() < expected)
    m_graph.complain(input, "expected ", expected, " kinds of parameters behind the descriptor, found ",
                     parts.size());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    Vertex const* at = parts[i];
    for (int steps = 0; steps < 16 && at->op != "Placeholder"; ++steps) at = &origin(m_graph, *at, 0);
    if (at->name != (i == 0 && m_fparam > 0 ? "t_fparam" : "t_aparam"))
      m_graph.complain(*parts[i], "expected fparam and aparam behind the descriptor, in this order");
  }
}

inline Node FittingReader::node(std::size_t width) {
  Node::Map variables;
  auto const statistics = [&](std::string const& key, std::string const& name, std::size_t count) {
    std::optional<Tensor> numbers;
    if (count > 0) numbers = reached_constant(m_graph, m_walk, "fitting_attr/t_" + name, count);
    if (count > 0 && !numbers)
      fail(m_graph.file(), ": expected the statistics of the parameters in the node fitting_attr/t_", name);
    Node values;
    if (numbers) values = array_node(*std::move(numbers));
    variables.push_back({key, std::move(values)});
  };
  statistics("fparam_avg", "fparam_avg", m_fparam);
  statistics("fparam_inv_std", "fparam_istd", m_fparam);
  statistics("aparam_avg", "aparam_avg", m_aparam);
  statistics("aparam_inv_std", "aparam_istd", m_aparam);
  std::optional<Tensor> bias =
      reached_constant(m_graph, m_walk, "fitting_attr/t_bias_atom_e", m_ntypes * m_outputs);
  if (!bias) bias.emplace().values.assign(m_ntypes * m_outputs, 0.0);
  Node vacuum;  // an energy where it is subtracted, else null
  if (std::find(m_vacuum.begin(), m_vacuum.end(), 1) != m_vacuum.end()) {
    Node::List energies(m_ntypes);
    for (std::size_t t = 0; t < m_ntypes; ++t)
      if (m_vacuum[t] != 0) energies[t] = Node{bias->values[t]};
    vacuum = Node{std::move(energies)};
  }
  bias->shape = {m_ntypes, m_outputs};
  variables.push_back({"bias_atom_e", array_node(*std::move(bias))});
  Node::Map of_head;
  m_head.describe(of_head, variables);
  Node::Map members = {{"@class", Node{std::string("Fitting")}},
                       {"@version", Node{std::int64_t{1}}},
                       {"type", Node{m_head.kind()}},
                       {"var_name", Node{m_head.is_energy() ? std::string("energy") : m_head.kind()}},
                       {m_head.turns() ? "embedding_width" : "dim_out", integer_node(width)},
                       {"ntypes", integer_node(m_ntypes)},
                       {"dim_descrpt", integer_node(descriptor_inputs() + m_type_inputs)},
                       {"numb_fparam", integer_node(m_fparam)},
                       {"numb_aparam", integer_node(m_aparam)},
                       {"mixed_types", Node{m_mixed}},
                       {"atom_ener", std::move(vacuum)},
                       {"@variables", map_of(std::move(variables))}};
  members.insert(members.end(), of_head.begin(), of_head.end());
  describe_nets(m_nets, members);
  members.push_back({"nets", map_of({{"@class", Node{std::string("NetworkCollection")}},
                                     {"@version", Node{std::int64_t{1}}},
                                     {"ndim", Node{std::int64_t{m_mixed ? 0 : 1}}},
                                     {"ntypes", integer_node(m_ntypes)},
                                     {"network_type", Node{std::string("fitting_network")}},
                                     {"networks", Node{std::move(m_nets)}}})});
  return map_of(std::move(members));
}

}  // namespace dp::detail::graph
