// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <dp/core/error.hpp>
#include <dp/io/graph.hpp>
#include <dp/io/graph_attributes.hpp>
#include <dp/io/graph_nets.hpp>
#include <dp/io/graph_tensor.hpp>
#include <dp/io/tree.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dp::detail::graph {

/// What a graph gives: energies, or what becomes of the outputs of its fitting nets instead.
class HeadReader {
 public:
  HeadReader(Graph const& graph, NetWalk& walk) : m_graph(graph), m_walk(walk) {
    Vertex const* const type = graph.find("model_attr/model_type");
    if (type != nullptr && type->op == "Const") m_kind = tensor_of(graph, *type).text;
    if (m_kind.empty()) m_kind = "ener";
    if (m_kind != "ener" && m_kind != "dos" && !turns())
      fail(graph.file(),
           ": node model_attr/model_type: expected \"ener\" (energies), \"dipole\", \"polar\" or ",
           "\"dos\", found ", in_quotes(m_kind), ", which is not supported");
  }

  std::string const& kind() const { return m_kind; }  ///< as the tree names it
  bool is_energy() const { return m_kind == "ener"; }
  /// Whether vectors of the descriptor's channels take part.
  bool turns() const { return m_kind == "dipole" || m_kind == "polar"; }

  /// Numbers of an atom; `outputs`: of its net.
  std::size_t components(std::size_t outputs) const {
    return m_kind == "dipole" ? 3 : m_kind == "polar" ? 9 : outputs;
  }

  /// What the model gives.
  Vertex const& output() const {
    std::vector<std::string> const names = is_energy() ? std::vector<std::string>{"o_energy", "energy_test"}
                                           : m_kind == "dos" ? std::vector<std::string>{"o_atom_dos"}
                                                             : std::vector<std::string>{"o_" + m_kind};
    for (std::string const& name : names)
      if (Vertex const* const found = m_graph.find(name)) return *found;
    fail(m_graph.file(), ": expected a model of ", is_energy() ? "energies" : m_kind, ": there is no node ",
         names.front());
  }

  /// Per type: whether the graph gives anything for its atoms (sel_type).
  std::vector<char> selected(std::size_t ntypes) const {
    Vertex const* const types = m_graph.find("model_attr/sel_type");
    if (!turns() || types == nullptr || types->op != "Const") return std::vector<char>(ntypes, 1);
    std::vector<char> result(ntypes, 0);
    for (double const type : tensor_of(m_graph, *types).values) {
      if (!(type >= 0.0 && type < static_cast<double>(ntypes)))
        m_graph.complain(*types, "expected types from 0 to ", ntypes - 1, ", found ", type);
      result[static_cast<std::size_t>(type)] = 1;
    }
    return result;
  }

  /// Follows what becomes of the outputs of a net.
  void read(NetWalk::Layer const& last) {
    m_scale.push_back(1.0);
    m_shift.push_back(0.0);
    if (m_kind == "dipole") {
      Vertex const& product = only_product(*last.output, 0);
      check_vectors(origin(m_graph, product, 1));
    } else if (m_kind == "polar") {
      read_polarizability(*last.output);
    } else {
      m_walk.expect_users(last, {"ConcatV2", "Add", "AddV2", "Mul", "Sum"});
    }
  }

  /// A type that is not selected.
  void skip() {
    m_scale.push_back(1.0);
    m_shift.push_back(0.0);
  }

  /// What a `.dp` file has of a polarisability beside its nets.
  void describe(Node::Map& members, Node::Map& variables) const {
    if (m_kind != "polar") return;
    members.push_back({"fit_diag", Node{m_diagonal}});
    members.push_back({"shift_diag", Node{true}});
    variables.push_back({"scale", numbers(m_scale)});
    // There it is multiplied by the scale, too.
    std::vector<double> shift = m_shift;
    for (std::size_t t = 0; t < shift.size(); ++t) shift[t] /= m_scale[t];
    variables.push_back({"constant_matrix", numbers(shift)});
  }

 private:
  static Node numbers(std::vector<double> values) {
    Tensor tensor;
    tensor.type = data_type::float64;
    tensor.shape = {values.size()};
    tensor.values = std::move(values);
    return array_node(std::move(tensor));
  }

  static bool is_product(Vertex const& vertex) { return vertex.op.starts_with("BatchMatMul"); }

  /// The only node that takes a value, and as which input.
  std::pair<Vertex const*, std::size_t> only_user(Vertex const& vertex) const {
    NetWalk::Users const users = m_walk.users(vertex);
    if (users.size() != 1) m_graph.complain(vertex, "what becomes of the outputs of a net is not understood");
    return users.front();
  }

  /// The matrix product that takes a value as its input `input`.
  Vertex const& only_product(Vertex const& vertex, std::size_t input) const {
    auto const [user, taken] = only_user(vertex);
    Attributes const attributes(m_graph, *user);
    if (!is_product(*user) || taken != input || attributes.flag("adj_x") != (input == 1) ||
        attributes.flag("adj_y"))
      m_graph.complain(*user, "what becomes of the outputs of a net is not understood");
    return *user;
  }

  /// M of diag(y) or y + y^T, then R^T M R with the vectors R, a scale, and a number added to the diagonal.
  void read_polarizability(Vertex const& y) {
    NetWalk::Users const users = m_walk.users(y);
    Vertex const* matrix = nullptr;
    bool diagonal = false, transposed = false;
    for (auto const& [user, input] : users) {
      transposed = transposed || user->op == "Transpose";
      if (user->op.starts_with("MatrixDiag")) diagonal = true;
      if (user->op.starts_with("MatrixDiag") || NetWalk::is_sum(*user)) matrix = user;
    }
    bool const sum = matrix != nullptr && !diagonal && transposed && users.size() == 2 &&
                     (is_transpose_of(*matrix, 0, y) || is_transpose_of(*matrix, 1, y));
    if (matrix == nullptr || (diagonal ? users.size() != 1 : !sum))
      m_graph.complain(y, "what becomes of the outputs of a net is not understood");
    m_diagonal = diagonal;
    Vertex const& first = only_product(*matrix, 0);
    Vertex const& second = only_product(first, 1);
    Vertex const& vectors = origin(m_graph, first, 1);
    if (&origin(m_graph, second, 0) != &vectors)
      m_graph.complain(second, "expected the same vectors on both sides of the outputs of a net");
    check_vectors(vectors);
    auto const [scaled, side] = only_user(second);
    std::optional<Tensor> const scale = constant_input(m_graph, *scaled, 1 - side);
    if (scaled->op != "Mul" || !scale || scale->values.size() != 1 || scale->values.front() == 0.0)
      m_graph.complain(*scaled, "expected a product with a number, the scale of a polarizability");
    m_walk.know(*scaled);
    // Without a half: y + y^T is twice the symmetric part.
    m_scale.back() = scale->values.front() * (diagonal ? 1.0 : 2.0);
    auto const [shifted, place] = only_user(*scaled);
    if (!NetWalk::is_sum(*shifted)) return;
    m_shift.back() = shift(*shifted, 1 - place);
    m_walk.know(*shifted);
  }

  bool is_transpose_of(Vertex const& vertex, std::size_t input, Vertex const& y) const {
    Vertex const& other = origin(m_graph, vertex, input);
    return other.op == "Transpose" && &origin(m_graph, other, 0) == &y &&
           is_constant(m_graph, other, 1, {0, 2, 1});
  }

  /// The number that an input is times unit matrices: an entry of a constant.
  double shift(Vertex const& sum, std::size_t input) {
    Vertex const& product = origin(m_graph, sum, input);
    if (product.op == "Mul")
      for (std::size_t const side : {0, 1}) {
        Vertex const &entry = origin(m_graph, product, side), &unit = origin(m_graph, product, 1 - side);
        if (entry.op != "Slice" || !unit.op.starts_with("MatrixDiag")) continue;
        Vertex const& ones = origin(m_graph, unit, 0);
        std::optional<Tensor> const all = constant_input(m_graph, entry, 0),
                                    begin = constant_input(m_graph, entry, 1),
                                    one = ones.op == "Fill" ? constant_input(m_graph, ones, 1) : std::nullopt;
        if (!all || !begin || begin->values.size() != 1 || !one || one->values != std::vector{1.0}) continue;
        auto const at = static_cast<std::size_t>(begin->values.front());
        if (!(begin->values.front() >= 0.0) || at >= all->values.size()) continue;
        m_walk.know(origin(m_graph, entry, 0));
        m_walk.know(product);
        return all->values[at];
      }
    m_graph.complain(sum, "expected a number that is added to the diagonal of a polarizability");
  }

  /// Whether a value is the vectors of channels: what rows 1 to 3 of T are, of all atoms or of some. Refuses
  /// all else.
  void check_vectors(Vertex const& value, int depth = 64) const {
    Vertex const* at = &value;
    for (; depth > 0; --depth) {
      if (at->op == "ConcatV2" && at->inputs.size() >= 3) {  // those of one type after the other
        for (std::size_t input = 0; input + 1 < at->inputs.size(); ++input)
          check_vectors(origin(m_graph, *at, input), depth - 1);
        return;
      }
      if (at->op == "Slice") {
        std::optional<Tensor> const begin = constant_input(m_graph, *at, 1),
                                    size = constant_input(m_graph, *at, 2);
        if (begin && size && begin->values.size() == 3)
          for (std::size_t k = 1; k < 3; ++k) {
            std::vector<double> from(3, 0.0), count(3, -1.0);
            from[k] = 1.0;
            count[k] = 3.0;
            if (begin->values == from && size->values == count) return;
          }
      } else if (at->op != "Transpose" || !is_constant(m_graph, *at, 1, {0, 2, 1})) {
        break;
      }
      at = &origin(m_graph, *at, 0);
    }
    m_graph.complain(value, "expected the vectors of a descriptor's channels");
  }

  Graph const& m_graph;
  NetWalk& m_walk;
  std::string m_kind;
  bool m_diagonal = true;
  std::vector<double> m_scale, m_shift;  // per type, of a polarisability
};

}  // namespace dp::detail::graph
