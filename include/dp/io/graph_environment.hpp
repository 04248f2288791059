// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <dp/io/graph.hpp>
#include <dp/io/graph_attributes.hpp>
#include <dp/io/graph_nets.hpp>
#include <dp/io/graph_tensor.hpp>
#include <dp/io/tree.hpp>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dp::detail::graph {

/// The operation that makes an environment matrix: its cutoffs, sel and statistics, and which parts of it
/// other nodes take. A hybrid descriptor has several, and tells them by the endings of scopes.
class Environment {
 public:
  Environment(Graph const& graph, NetWalk& walk, Vertex const& vertex);

  Graph const& graph() const { return *m_graph; }
  Vertex const& vertex() const { return *m_vertex; }
  bool angular() const { return m_vertex->op != "ProdEnvMatR" && m_vertex->op != "DescrptSeR"; }
  /// Whether neighbours of all types share the slots.
  bool mixed() const { return m_vertex->op == "ProdEnvMatAMix"; }
  double rcut() const { return m_rcut; }
  std::size_t ntypes() const { return m_ntypes; }
  std::size_t nnei() const { return m_nnei; }
  std::vector<std::size_t> const& sel() const { return m_sel; }
  bool has_averages() const {
    return std::any_of(m_mean.values.begin(), m_mean.values.end(), [](double mean) { return mean != 0.0; });
  }

  /// A scope of this descriptor: in a hybrid one, with the number of the member at its end.
  std::string scope(std::string_view name) const { return std::string(name) + m_ending; }
  std::string const& ending() const { return m_ending; }

  /// The node of the averages (5) or of the standard deviations (6).
  Vertex const& statistics(std::size_t input) const { return origin(*m_graph, *m_vertex, input); }

  std::vector<char> const& dependents() const { return m_dependents; }
  bool reaches(Vertex const& vertex) const { return m_dependents[m_graph->index_of(vertex)] != 0; }

  /// Some columns of the matrix, as a net takes their first component.
  struct Columns {
    double begin = 0.0, size = 0.0;
    Vertex const* rows = nullptr;  ///< these columns with all their components
  };

  /// The columns that a net's input comes from; notes on the way whether pairs of types are left out.
  Columns columns(Vertex const& column);

  /// The columns that the components 1 to 3 of some neighbours are taken from.
  Columns directions(Vertex const& part);

  /// By which factor neighbours count, 1 or 0, for types of (centre x neighbour); empty where all do.
  std::vector<double> const& mask() const { return m_mask; }
  /// Whether rows of neighbours that are left out become the average in all components, not zero.
  bool replaces_by_average() const { return m_replaces; }

  /// The mask that is taken up by `gather`, if it is one.
  bool find_mask(Vertex const& gather);

  /// Takes note of rcut_smth in double, where the graph has it; `at` is for messages.
  void refine_rcut_smth(Vertex const& at, double exact) {
    if (static_cast<float>(exact) != static_cast<float>(m_rcut_smth))
      m_graph->complain(at, "expected ", m_rcut_smth,
                        ", where the environment matrix begins to be smoothed, found ", exact);
    m_rcut_smth = exact;
  }

  /// What a `.dp` file has of it.
  Node::Map node(char const* type, std::int64_t version) const;

 private:
  void read_sel();
  void read_statistics();
  double slice(Vertex const& vertex, std::size_t input) const;
  Columns columns_of(Vertex const& rows);
  Vertex const& below_mask(Vertex const& matrix);

  Graph const* m_graph;
  NetWalk* m_walk;
  Vertex const* m_vertex;
  std::vector<char> m_dependents;
  std::string m_ending;
  double m_rcut = 0.0, m_rcut_smth = 0.0;
  std::vector<std::size_t> m_sel;
  std::size_t m_nnei = 0, m_ntypes = 0;
  Tensor m_mean, m_stddev;
  std::vector<double> m_mask;
  bool m_replaces = false;
};

inline Environment::Environment(Graph const& graph, NetWalk& walk, Vertex const& vertex)
    : m_graph(&graph), m_walk(&walk), m_vertex(&vertex), m_dependents(graph.dependents(vertex)) {
  Attributes const attributes(graph, vertex);
  m_rcut = attributes.real(angular() ? "rcut_r" : "rcut");
  m_rcut_smth = attributes.real(angular() ? "rcut_r_smth" : "rcut_smth");
  read_sel();
  read_statistics();
}

inline void Environment::read_sel() {
  Attributes const attributes(*m_graph, *m_vertex);
  for (int const slots : attributes.integers(angular() ? "sel_a" : "sel")) {
    if (slots < 0 || slots > 100'000)
      m_graph->complain(*m_vertex, "sel: expected numbers of neighbours up to 100000, found ", slots);
    m_sel.push_back(static_cast<std::size_t>(slots));
  }
  if (m_sel.empty() || m_sel.size() > 256 || (mixed() && m_sel.size() != 1))
    m_graph->complain(*m_vertex, "sel: expected ",
                      mixed() ? "one number" : "one number for each of 1 to 256 types", ", found ",
                      m_sel.size());
  if (angular() && attributes.has("sel_r"))
    for (int const slots : attributes.integers("sel_r"))
      if (slots != 0) m_graph->complain(*m_vertex, "sel_r: neighbours without angles are not supported");
  m_nnei = std::accumulate(m_sel.begin(), m_sel.end(), std::size_t{0});
  m_ntypes = m_sel.size();
}

/// Whether a node is of a table of pair energies, or passes something on to such nodes alone.
inline bool is_of_pairs(Graph const& graph, Vertex const& vertex) {
  if (vertex.op == "SoftMinSwitch" || vertex.op == "PairTab") return true;
  return vertex.op == "Identity" &&
         std::all_of(vertex.users.begin(), vertex.users.end(), [&](std::size_t user) {
           return graph[user].op == "SoftMinSwitch" || graph[user].op == "PairTab";
         });
}

inline void Environment::read_statistics() {
  // Of the other outputs are understood two that give the types of neighbours, these themselves and the list
  // of neighbours, counted from 1, see atoms_of(); which neighbours there are, see AttentionReader; and where
  // they are and which, see PairTableReader.
  for (std::size_t const index : m_vertex->users) {
    Vertex const& user = (*m_graph)[index];
    bool const counts = NetWalk::is_sum(user) && is_constant(*m_graph, user, 1, {1.0});
    for (Vertex::Input const& input : user.inputs)
      if (input.vertex == m_graph->index_of(*m_vertex) && input.output != 0 &&
          !(input.output == 4 && mixed()) && !(input.output == 5 && mixed() && passes_on(user)) &&
          !(input.output == 3 && counts) &&
          !((input.output == 2 || input.output == 3) && is_of_pairs(*m_graph, user)))
        m_graph->complain(user,
                          "the energy depends on neighbours by other ways than the environment matrix: this "
                          "kind of model is not supported");
  }
  std::size_t const components = angular() ? 4 : 1;
  for (std::size_t const input : {5, 6}) {
    std::optional<Tensor> constant = constant_input(*m_graph, *m_vertex, input);
    if (mixed() && input == 5 && constant && m_nnei > 0)
      m_ntypes = std::clamp<std::size_t>(constant->values.size() / (m_nnei * components), 1, 256);
    if (!constant || !constant->is_real() || constant->values.size() != m_ntypes * m_nnei * components)
      m_graph->complain(*m_vertex, "expected a constant of ", m_ntypes, " types by ", m_nnei,
                        " neighbours by ", components, " components as input ", input);
    m_walk->know(statistics(input));
    if (std::string_view const name = statistics(input).name; name.starts_with("descrpt_attr"))
      m_ending = name.substr(12, name.find('/') - 12);
    constant->shape = {m_ntypes, m_nnei, components};
    (input == 5 ? m_mean : m_stddev) = *std::move(constant);
  }
}

/// One of the two numbers of a part of a matrix: of its columns.
inline double Environment::slice(Vertex const& vertex, std::size_t input) const {
  std::optional<Tensor> const numbers =
      vertex.op == "Slice" ? constant_input(*m_graph, vertex, input) : std::nullopt;
  if (!numbers || numbers->values.size() != 2)
    m_graph->complain(vertex, "expected a part of the environment matrix");
  return numbers->values[1];
}

inline Environment::Columns Environment::columns(Vertex const& column) {
  Vertex const* rows = &column;
  if (angular()) {
    if (slice(column, 1) != 0.0 || slice(column, 2) != 1.0)
      m_graph->complain(column, "expected the first column of the environment matrix");
    rows = &origin(*m_graph, column, 0);
  }
  return columns_of(*rows);
}

inline Environment::Columns Environment::directions(Vertex const& part) {
  if (!angular() || part.op != "Slice" || !is_constant(*m_graph, part, 1, {0.0, 0.0, 1.0}) ||
      !(is_constant(*m_graph, part, 2, {-1.0, -1.0, -1.0}) ||
        is_constant(*m_graph, part, 2, {-1.0, -1.0, 3.0})))
    m_graph->complain(part, "expected the components 1 to 3 of rows of the environment matrix");
  return columns_of(origin(*m_graph, part, 0));
}

inline Environment::Columns Environment::columns_of(Vertex const& rows) {
  Columns const result{slice(rows, 1), slice(rows, 2), &rows};
  Vertex const* matrix = &below_mask(origin(*m_graph, rows, 0));
  if (matrix->op == "Slice") matrix = &origin(*m_graph, *matrix, 0);  // of the atoms of one type
  if (matrix != m_vertex)
    m_graph->complain(*matrix, "expected the environment matrix (", m_vertex->name, ") as the nets' input");
  return result;
}

/// What a mask is applied to, by a product or a choice; the node itself where there is none.
inline Vertex const& Environment::below_mask(Vertex const& matrix) {
  if (matrix.op == "Mul") {
    for (std::size_t const input : {0, 1})
      if (find_mask(origin(*m_graph, matrix, input))) return origin(*m_graph, matrix, 1 - input);
    m_graph->complain(matrix, "a product with the environment matrix is not understood");
  }
  if (matrix.op != "Select" && matrix.op != "SelectV2") return matrix;
  Vertex const* average = &origin(*m_graph, matrix, 2);  // of the first component, for all of them
  if (average->op == "Tile") average = &origin(*m_graph, *average, 0);
  if (!find_mask(origin(*m_graph, matrix, 0)) || !average->op.starts_with("Gather"))
    m_graph->complain(matrix, "a choice between rows of the environment matrix is not understood");
  Vertex const& part = origin(*m_graph, *average, 0);
  if (part.op != "Slice" || &origin(*m_graph, part, 0) != &statistics(5))
    m_graph->complain(matrix, "expected the averages of the environment matrix in place of its rows");
  m_replaces = true;
  return origin(*m_graph, matrix, 1);
}

inline bool Environment::find_mask(Vertex const& gather) {
  if (gather.op != "GatherV2" && gather.op != "Gather") return false;
  std::optional<Tensor> const mask = constant_input(*m_graph, gather, 0);
  std::size_t const columns = m_ntypes + (mixed() ? 1 : 0);  // the last one is of absent neighbours
  if (!mask || mask->values.size() != m_ntypes * columns) return false;
  std::vector<double> kept;
  for (std::size_t entry = 0; entry < mask->values.size(); ++entry) {
    double const factor = mask->values[entry];
    bool const absent = entry % columns == m_ntypes;
    if ((factor != 0.0 || absent) && factor != 1.0)
      m_graph->complain(gather, "expected factors of ", absent ? "" : "0 or ", "1, found ", factor);
    if (!absent) kept.push_back(factor);
  }
  m_walk->know(origin(*m_graph, gather, 0));
  m_mask = std::move(kept);
  return true;
}

inline Node::Map Environment::node(char const* type, std::int64_t version) const {
  Node::List sel;
  for (std::size_t const slots : m_sel) sel.push_back(integer_node(slots));
  return {{"@class", Node{std::string("Descriptor")}},
          {"@version", Node{version}},
          {"type", Node{std::string(type)}},
          {"rcut", Node{m_rcut}},
          {"rcut_smth", Node{m_rcut_smth}},
          {"sel", Node{std::move(sel)}},
          {"env_protection", Node{0.0}},
          {"env_mat", map_of({{"rcut", Node{m_rcut}},
                              {"rcut_smth", Node{m_rcut_smth}},
                              {"protection", Node{0.0}},
                              {"float32_cutoffs", Node{true}}})},
          {"@variables", map_of({{"davg", array_node(m_mean)}, {"dstd", array_node(m_stddev)}})}};
}

}  // namespace dp::detail::graph
