// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <dp/core/error.hpp>
#include <dp/io/graph.hpp>
#include <dp/io/graph_environment.hpp>
#include <dp/io/graph_nets.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dp::detail::graph {

inline bool is_environment(Vertex const& vertex) {
  return vertex.op.starts_with("Descrpt") || vertex.op.starts_with("ProdEnvMat");
}

/// The operations that make environment matrices, in the order of the descriptors' numbers.
inline std::vector<Environment> find_environments(Graph const& graph, NetWalk& walk) {
  std::vector<Environment> found;
  static constexpr std::array<std::string_view, 6> known{"DescrptNorot", "DescrptSeA",  "DescrptSeR",
                                                         "ProdEnvMatA",  "ProdEnvMatR", "ProdEnvMatAMix"};
  for (Vertex const& vertex : graph.vertices()) {
    if (!is_environment(vertex) || !vertex.reached) continue;
    if (std::find(known.begin(), known.end(), vertex.op) == known.end())
      graph.complain(vertex, "this kind of descriptor is not supported");
    found.emplace_back(graph, walk, vertex);
  }
  if (found.empty())
    fail(graph.file(),
         ": expected a model of DeePMD-kit, an energy that depends on a node of type ProdEnvMatA, "
         "ProdEnvMatAMix, ProdEnvMatR, DescrptSeA, DescrptSeR or DescrptNorot, found none among ",
         graph.vertices().size(), " nodes");
  if (found.size() == 1) return found;
  auto const number = [](Environment const& environment) {
    std::string const& ending = environment.ending();
    std::size_t result = 0;
    char const* const end = ending.data() + ending.size();
    bool const numbered =
        ending.size() > 1 && ending[0] == '_' && std::from_chars(ending.data() + 1, end, result).ptr == end;
    return numbered ? std::optional(result) : std::nullopt;
  };
  std::sort(found.begin(), found.end(),
            [&](Environment const& a, Environment const& b) { return number(a) < number(b); });
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (number(found[i]) != i)
      graph.complain(found[i].vertex(), "expected the statistics of part ", i,
                     " of a hybrid descriptor in descrpt_attr_", i,
                     "; models of several other parts (DPRc) are not supported yet");
    if (found[i].ntypes() != found[0].ntypes())
      graph.complain(found[i].vertex(), "expected ", found[0].ntypes(),
                     " types as of the other descriptors, found ", found[i].ntypes());
  }
  return found;
}

}  // namespace dp::detail::graph
