// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/core/error.hpp>
#include <dp/io/graph.hpp>
#include <dp/io/graph_attributes.hpp>
#include <dp/io/graph_environment.hpp>
#include <dp/io/graph_nets.hpp>
#include <dp/io/graph_tensor.hpp>
#include <dp/io/tree.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dp::detail::graph {

/// The table of pair energies of a graph (use_srtab), to which atoms with near neighbours go over: E = (1 -
/// c) E(nets) + c (E(table) + bias), with c of SoftMinSwitch and E(table) of PairTab, which look at the
/// neighbours that the environment matrix has found.
class PairTableReader {
 public:
  /// The table behind the energy, if there is one.
  static std::optional<PairTableReader> find(Graph const& graph, NetWalk& walk, Vertex const& energy,
                                             std::vector<Environment> const& environments);

  /// What a `.dp` file has of a model with this table. `nets`: the model without it, whose names of types and
  /// (in its fitting) energies of types it shares.
  Node model(Node nets, std::size_t ntypes) const;

 private:
  PairTableReader(Graph const& graph, NetWalk& walk, Environment const& environment, Vertex const& near,
                  Vertex const& table);

  void check_blend(Vertex const& energy);
  void check_table_energy(Vertex const& energy);

  Graph const& m_graph;
  NetWalk& m_walk;
  Environment const& m_environment;
  Vertex const &m_switch, &m_table;
  Tensor m_info, m_data;
  std::optional<Tensor> m_bias;  // per type, where it is added to the table's energy
};

inline std::optional<PairTableReader> PairTableReader::find(Graph const& graph, NetWalk& walk,
                                                            Vertex const& energy,
                                                            std::vector<Environment> const& environments) {
  Vertex const *near = nullptr, *table = nullptr;
  for (Vertex const& vertex : graph.vertices()) {
    if (!vertex.reached || (vertex.op != "SoftMinSwitch" && vertex.op != "PairTab")) continue;
    Vertex const*& found = vertex.op == "PairTab" ? table : near;
    if (found != nullptr) graph.complain(vertex, "several tables of pair energies are not supported");
    found = &vertex;
  }
  if (near == nullptr && table == nullptr) return std::nullopt;
  if (near == nullptr || table == nullptr)
    graph.complain(near == nullptr ? *table : *near,
                   "expected a table of pair energies with a switch (use_srtab), found one of the two alone");
  Environment const& first = environments.front();
  if (environments.size() != 1 || first.mixed() || !first.angular())
    graph.complain(*table,
                   "a table of pair energies (use_srtab) is supported with se_e2_a alone, not with hybrid "
                   "descriptors and those that mix types");
  PairTableReader reader(graph, walk, first, *near, *table);
  reader.check_blend(energy);
  return reader;
}

inline PairTableReader::PairTableReader(Graph const& graph, NetWalk& walk, Environment const& environment,
                                        Vertex const& near, Vertex const& table)
    : m_graph(graph), m_walk(walk), m_environment(environment), m_switch(near), m_table(table) {
  auto const sees_neighbours = [&](Vertex const& vertex, std::size_t displacements) {
    for (std::size_t const k : {0, 1})
      if (&origin(graph, vertex, displacements + k) != &environment.vertex())
        graph.complain(vertex, "expected it to take the neighbours of the environment matrix (",
                       environment.vertex().name, ")");
    std::vector<int> const sel = Attributes(graph, vertex).integers("sel_a");
    std::vector<std::size_t> const& expected = environment.sel();
    bool same = sel.size() == expected.size();
    for (std::size_t t = 0; same && t < sel.size(); ++t) same = sel[t] == static_cast<int>(expected[t]);
    if (!same) graph.complain(vertex, "expected the sel of the environment matrix");
  };
  sees_neighbours(near, 1);
  sees_neighbours(table, 3);
  auto const numbers = [&](std::size_t input) {
    std::optional<Tensor> constant = constant_input(graph, table, input);
    if (!constant || !constant->is_real())
      graph.complain(table, "expected constants in floating point as its first inputs");
    walk.know(origin(graph, table, input));
    return *std::move(constant);
  };
  m_info = numbers(0);
  m_data = numbers(1);
}

/// The energies are those of nets and table, blended.
inline void PairTableReader::check_blend(Vertex const& energy) {
  Vertex const& sum = origin(m_graph, energy, 0);
  Vertex const *of_table = nullptr, *of_nets = nullptr;
  for (std::size_t const term : {0, 1}) {
    if (!NetWalk::is_sum(sum)) break;
    Vertex const& product = origin(m_graph, sum, term);
    if (product.op != "Mul") break;
    for (std::size_t const k : {0, 1}) {
      Vertex const& factor = origin(m_graph, product, k);
      Vertex const& value = origin(m_graph, product, 1 - k);
      if (&factor == &m_switch) of_table = &value;
      if (factor.op != "Sub" || !is_constant(m_graph, factor, 0, {1.0}) ||
          &origin(m_graph, factor, 1) != &m_switch)
        continue;
      of_nets = &value;
      m_walk.know(factor);
    }
  }
  if (of_table == nullptr || of_nets == nullptr)
    m_graph.complain(sum,
                     "expected energies of nets and of a table (use_srtab) with weights that add up to 1");
  check_table_energy(*of_table);
}

/// The table's energies, alone or with the energies of types that the nets' energies have, too.
inline void PairTableReader::check_table_energy(Vertex const& energy) {
  if (&energy == &m_table) return;
  bool good = NetWalk::is_sum(energy);
  for (std::size_t const term : {0, 1}) {
    if (!good || &origin(m_graph, energy, term) != &m_table) continue;
    Vertex const& masked = origin(m_graph, energy, 1 - term);  // 0 for atoms without a type
    if (masked.op != "Mul" || origin(m_graph, masked, 1).op != "GreaterEqual") break;
    Vertex const& chosen = origin(m_graph, masked, 0);
    if (!chosen.op.starts_with("Gather") || origin(m_graph, chosen, 0).op != "Const") break;
    m_bias = constant_input(m_graph, chosen, 0);
    if (m_bias->values.size() == m_environment.ntypes()) return;
  }
  m_graph.complain(energy, "what is added to a table of pair energies is not understood");
}

inline Node PairTableReader::model(Node nets, std::size_t ntypes) const {
  Attributes const near(m_graph, m_switch);
  auto const text = [](char const* word) { return Node{std::string(word)}; };
  Node const type_map = *nets.find("type_map");
  Tensor bias;
  if (m_bias) bias = *m_bias;
  bias.values.resize(ntypes, 0.0);
  bias.shape = {1, ntypes, 1};
  Node::List sel;
  for (std::size_t const slots : m_environment.sel()) sel.push_back(integer_node(slots));
  Node const tab =
      map_of({{"@class", text("PairTab")},
              {"@version", Node{std::int64_t{1}}},
              {"@variables", map_of({{"tab_info", array_node(m_info)}, {"tab_data", array_node(m_data)}})}});
  Node table = map_of({{"@class", text("Model")},
                       {"@version", Node{std::int64_t{2}}},
                       {"type", text("pairtab")},
                       {"type_map", type_map},
                       {"tab", tab},
                       {"rcut", Node{m_environment.rcut()}},
                       {"sel", Node{std::move(sel)}},
                       {"@variables", map_of({{"out_bias", array_node(std::move(bias))}})}});
  return map_of({{"@class", text("Model")},
                 {"@version", Node{std::int64_t{2}}},
                 {"type", text("zbl")},
                 {"type_map", type_map},
                 {"atom_exclude_types", Node{Node::List{}}},
                 {"pair_exclude_types", Node{Node::List{}}},
                 {"models", Node{Node::List{std::move(nets), std::move(table)}}},
                 {"sw_rmin", Node{near.real("rmin")}},
                 {"sw_rmax", Node{near.real("rmax")}},
                 {"smin_alpha", Node{near.real("alpha")}}});
}

}  // namespace dp::detail::graph
