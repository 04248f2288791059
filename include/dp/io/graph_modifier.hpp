// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <dp/io/graph.hpp>
#include <dp/io/graph_tensor.hpp>
#include <dp/io/tree.hpp>
#include <numeric>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace dp::detail::graph {

/// What a graph says of that which is added to its energy (DPLR): charges, and the graph of a model of
/// dipoles that was put into it.
class ModifierReader {
 public:
  explicit ModifierReader(Graph const& graph) : m_graph(graph) {}

  /// As a `.dp` file has it, with the tree of the other model, `read` from its graph, in the place of its
  /// file's name; null where nothing is added.
  template <class Read>
  Node node(Read const& read) const {
    std::string const type = text("type");
    if (type.empty()) return {};
    Node::Map members = {{"@class", Node{std::string("Modifier")}}, {"type", Node{type}}};
    if (type != "dipole_charge") return map_of(std::move(members));
    members.push_back({"@version", Node{std::int64_t{3}}});
    members.push_back({"model_name", Node{text("mdl_name")}});
    members.push_back({"sys_charge_map", list(charges("sys_charge_map"))});
    members.push_back({"ewald_h", number("ewald_h")});
    members.push_back({"ewald_beta", number("ewald_beta")});
    std::optional<std::vector<double>> of_centroids = charges("mdl_charge_map");
    if (m_graph.find(prefix + std::string("o_dipole")) != nullptr) {
      Graph part(m_graph, prefix);
      if (of_centroids) of_centroids = in_order_of_types(part, *std::move(of_centroids));
      members.push_back({"model", read(part)});
    }
    members.push_back({"model_charge_map", list(of_centroids)});
    return map_of(std::move(members));
  }

 private:
  static constexpr char const* prefix = "dipole_charge/";

  static Node list(std::optional<std::vector<double>> const& numbers) {
    if (!numbers) return {};
    Node::List nodes;
    for (double const value : *numbers) nodes.push_back(Node{value});
    return Node{std::move(nodes)};
  }

  /// The constant of this name; null without one.
  Vertex const* constant(char const* name) const {
    Vertex const* const vertex = m_graph.find(std::string("modifier_attr/") + name);
    return vertex != nullptr && vertex->op == "Const" ? vertex : nullptr;
  }

  std::string text(char const* name) const {
    Vertex const* const vertex = constant(name);
    return vertex != nullptr ? tensor_of(m_graph, *vertex).text : std::string();
  }

  Node number(char const* name) const {
    Vertex const* const vertex = constant(name);
    if (vertex == nullptr) return {};
    Tensor const tensor = tensor_of(m_graph, *vertex);
    if (tensor.values.size() != 1) m_graph.complain(*vertex, "expected one number");
    return Node{tensor.values.front()};
  }

  /// Numbers, separated by blanks.
  std::optional<std::vector<double>> charges(char const* name) const {
    Vertex const* const vertex = constant(name);
    if (vertex == nullptr) return std::nullopt;
    std::string const all = tensor_of(m_graph, *vertex).text;
    std::istringstream stream(all);
    std::vector<double> result;
    for (std::string word; stream >> word;) {
      char* end = nullptr;
      result.push_back(std::strtod(word.c_str(), &end));
      if (*end != '\0' || !std::isfinite(result.back()))
        m_graph.complain(*vertex, "expected charges separated by blanks, found ", in_quotes(all));
    }
    return result;
  }

  /// The graph has the charges of centroids in the order of its selected types, a `.dp` file in that of all.
  static std::vector<double> in_order_of_types(Graph const& part, std::vector<double> charges) {
    Vertex const* const vertex = part.find("model_attr/sel_type");
    if (vertex == nullptr || vertex->op != "Const") return charges;
    std::vector<double> const types = tensor_of(part, *vertex).values;
    if (types.size() != charges.size())
      part.complain(*vertex,
                    "expected as many types with dipoles as modifier_attr/mdl_charge_map has charges, ",
                    charges.size(), ", found ", types.size());
    std::vector<std::size_t> order(types.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return types[a] < types[b]; });
    std::vector<double> result;
    for (std::size_t const k : order) result.push_back(charges[k]);
    return result;
  }

  Graph const& m_graph;
};

}  // namespace dp::detail::graph
