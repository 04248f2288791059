// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <dp/io/graph.hpp>
#include <dp/io/graph_descriptor.hpp>
#include <dp/io/graph_nets.hpp>
#include <dp/io/graph_tensor.hpp>
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

/// The fitting nets of a graph, one for each type.
class FittingReader {
 public:
  FittingReader(Graph const& graph, NetWalk& walk, Vertex const& environment, std::size_t ntypes);

  /// How many inputs of the nets are the descriptor.
  std::size_t descriptor_inputs() const { return m_inputs - m_fparam - m_aparam; }

  /// What a `.dp` file has of them.
  Node node();

 private:
  std::size_t parameters(std::string_view name) const;
  void check_inputs(Vertex const& input, bool vacuum) const;
  bool subtracts_vacuum(std::vector<Vertex const*> const& weights, NetWalk::Net const& net);

  Graph const& m_graph;
  NetWalk& m_walk;
  Vertex const& m_environment;
  std::size_t m_ntypes, m_inputs = 0, m_fparam, m_aparam;
  Node::List m_nets;
  std::vector<char> m_vacuum;  // per type: whether the energy of an atom in vacuum is subtracted
};

inline FittingReader::FittingReader(Graph const& graph, NetWalk& walk, Vertex const& environment,
                                    std::size_t ntypes)
    : m_graph(graph),
      m_walk(walk),
      m_environment(environment),
      m_ntypes(ntypes),
      m_fparam(parameters("fparam")),
      m_aparam(parameters("aparam")) {
  for (std::size_t type = 0; type < ntypes; ++type) {
    std::string const suffix = "_type_" + std::to_string(type) + "/matrix";
    std::vector<Vertex const*> weights;
    for (std::size_t l = 0;; ++l) {
      Vertex const* const found = graph.find("layer_" + std::to_string(l) + suffix);
      if (found == nullptr || !found->reached) break;
      weights.push_back(found);
    }
    Vertex const* const last = graph.find("final_layer" + suffix);
    if (last == nullptr || !last->reached)
      fail(graph.file(), ": expected a fitting net for type ", type, " (node final_layer", suffix,
           "), found none: nets that are shared by types or by tasks are not supported");
    weights.push_back(last);
    NetWalk::Net net = walk.net(NetWalk::Kind::fitting, weights);
    m_vacuum.push_back(subtracts_vacuum(weights, net) ? 1 : 0);
    if (m_vacuum.back() == 0) walk.expect_users(net.last, {"ConcatV2", "Add", "AddV2", "Mul", "Sum"});
    if (net.last.outputs != 1) graph.complain(*last, "expected 1 output, found ", net.last.outputs);
    if (type == 0) m_inputs = net.first.inputs;
    if (net.first.inputs != m_inputs || m_inputs <= m_fparam + m_aparam)
      graph.complain(*weights.front(), "expected ", m_inputs, " inputs as of the other types, more than the ",
                     m_fparam + m_aparam, " parameters; found ", net.first.inputs);
    check_inputs(*net.first.input, false);
    m_nets.push_back(std::move(net.node));
  }
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
  m_walk.follow(m_environment, true);
  bool const used = m_walk.uses(*weights.front());
  if (used) {
    NetWalk::Net const vacuum = m_walk.net(NetWalk::Kind::fitting, weights);
    check_inputs(*vacuum.first.input, true);
    m_walk.follow(m_environment);
    Vertex const* const difference = m_walk.only_user(net.last, "Sub");
    if (difference == nullptr || &origin(m_graph, *difference, 0) != net.last.output ||
        &origin(m_graph, *difference, 1) != vacuum.last.output)
      m_graph.complain(*vacuum.last.output, "expected it to be subtracted from ", net.last.output->name);
    m_walk.know(*difference);
  }
  m_walk.follow(m_environment);
  return used;
}

/// Parameters follow the descriptor, those of the frame first; `vacuum`: for a descriptor of zeros.
inline void FittingReader::check_inputs(Vertex const& input, bool vacuum) const {
  std::vector<Vertex const*> parts{&input};
  for (std::size_t steps = 0; parts.front()->op == "ConcatV2" && parts.front()->inputs.size() >= 3; ++steps) {
    if (steps > 2) m_graph.complain(input, "expected at most descriptor, fparam and aparam as a net's input");
    Vertex const& joint = *parts.front();
    parts.erase(parts.begin());
    for (std::size_t i = joint.inputs.size() - 1; i-- > 0;)
      parts.insert(parts.begin(), &origin(m_graph, joint, i));
    if (m_fparam + m_aparam == 0) break;
  }
  std::size_t const expected = 1 + (m_fparam > 0 ? 1 : 0) + (m_aparam > 0 ? 1 : 0);
  if (parts.size() != expected)
    m_graph.complain(input, "expected ", expected, " parts of a fitting net's input, found ", parts.size());
  if (vacuum) {
    Vertex const* zeros = parts.front();
    for (int steps = 0; steps < 16 && zeros->op == "Slice"; ++steps) zeros = &origin(m_graph, *zeros, 0);
    std::optional<Tensor> const value = zeros->op == "Fill"    ? constant_input(m_graph, *zeros, 1)
                                        : zeros->op == "Const" ? std::optional(tensor_of(m_graph, *zeros))
                                                               : std::nullopt;
    if (zeros->op != "ZerosLike" && !(value && std::all_of(value->values.begin(), value->values.end(),
                                                           [](double number) { return number == 0.0; })))
      m_graph.complain(*zeros, "expected the descriptor of an atom in vacuum, zeros");
  }
  for (std::size_t i = 1; i < parts.size(); ++i) {
    Vertex const* at = parts[i];
    for (int steps = 0; steps < 16 && at->op != "Placeholder"; ++steps) at = &origin(m_graph, *at, 0);
    if (at->name != (i == 1 && m_fparam > 0 ? "t_fparam" : "t_aparam"))
      m_graph.complain(*parts[i], "expected fparam and aparam behind the descriptor, in this order");
  }
}

inline Node FittingReader::node() {
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
  std::optional<Tensor> bias = reached_constant(m_graph, m_walk, "fitting_attr/t_bias_atom_e", m_ntypes);
  if (!bias) bias.emplace().values.assign(m_ntypes, 0.0);
  Node vacuum;  // an energy where it is subtracted, else null
  if (std::find(m_vacuum.begin(), m_vacuum.end(), 1) != m_vacuum.end()) {
    Node::List energies(m_ntypes);
    for (std::size_t t = 0; t < m_ntypes; ++t)
      if (m_vacuum[t] != 0) energies[t] = Node{bias->values[t]};
    vacuum = Node{std::move(energies)};
  }
  bias->shape = {m_ntypes, 1};
  variables.push_back({"bias_atom_e", array_node(*std::move(bias))});
  Node::Map members = {{"@class", Node{std::string("Fitting")}},
                       {"@version", Node{std::int64_t{1}}},
                       {"type", Node{std::string("ener")}},
                       {"var_name", Node{std::string("energy")}},
                       {"dim_out", Node{std::int64_t{1}}},
                       {"ntypes", integer_node(m_ntypes)},
                       {"dim_descrpt", integer_node(descriptor_inputs())},
                       {"numb_fparam", integer_node(m_fparam)},
                       {"numb_aparam", integer_node(m_aparam)},
                       {"mixed_types", Node{false}},
                       {"atom_ener", std::move(vacuum)},
                       {"@variables", map_of(std::move(variables))}};
  describe_nets(m_nets, members);
  members.push_back({"nets", map_of({{"@class", Node{std::string("NetworkCollection")}},
                                     {"@version", Node{std::int64_t{1}}},
                                     {"ndim", Node{std::int64_t{1}}},
                                     {"ntypes", integer_node(m_ntypes)},
                                     {"network_type", Node{std::string("fitting_network")}},
                                     {"networks", Node{std::move(m_nets)}}})});
  return map_of(std::move(members));
}

}  // namespace dp::detail::graph
