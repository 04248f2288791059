// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <dp/io/torch_module.hpp>
#include <dp/io/tree.hpp>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// From the modules of DeePMD-kit's PyTorch backend to the tree that all model files give. The names of
/// classes tell the kinds; kinds that are not evaluated keep their names alone, by which they are refused.
namespace dp::detail::torch {

using Name = std::pair<std::string_view, std::string_view>;  // of a class here, and in the tree

/// What a class is called in the tree: as it is where it is not known.
template <std::size_t n>
std::string name_of(std::string_view type, std::array<Name, n> const& known) {
  for (auto const& [here, in_tree] : known)
    if (here == type) return std::string(in_tree);
  return std::string(type);
}

/// The first members of every object: what it is, and in which layout it is written here.
inline Node::Map begin_object(char const* kind, std::int64_t version) {
  return {{"@class", Node{std::string(kind)}}, {"@version", Node{version}}};
}

/// Copies attributes under their own names, without those that are absent, as they are in older files.
inline void copy(TorchModule const& from, std::initializer_list<char const*> names, Node::Map& to) {
  for (char const* const name : names)
    if (Node node = from.node(name); !node.is_null()) to.push_back({name, std::move(node)});
}

inline Node layer(TorchModule const& module) {
  Node const bias = module.node("bias"), timestep = module.node("idt");
  Node activation = module.node("activate_name");
  if (activation.is_null()) activation = module["activate"].required("activation");
  Node::Map out = begin_object("Layer", 2);
  copy(module, {"precision"}, out);
  out.push_back({"activation_function", std::move(activation)});
  out.push_back({"resnet", module.required("resnet")});
  out.push_back({"bias", Node{!bias.is_null()}});
  out.push_back({"use_timestep", Node{!timestep.is_null()}});
  out.push_back({"@variables", map_of({{"w", module.required("matrix")}, {"b", bias}, {"idt", timestep}})});
  return map_of(std::move(out));
}

/// A net of a collection; `kind` as in the tree: "embedding_network" or "fitting_network".
inline Node network(TorchModule const& module, std::string const& kind) {
  bool const fitting = kind == "fitting_network";
  Node::Map out = begin_object(fitting ? "FittingNetwork" : "EmbeddingNetwork", fitting ? 1 : 2);
  copy(module, {"in_dim", "neuron", "activation_function", "resnet_dt", "precision"}, out);
  if (fitting)
    copy(module, {"out_dim", "bias_out"}, out);
  else
    copy(module, {"bias"}, out);
  Node::List layers;
  for (TorchModule const& entry : module.list("layers")) layers.push_back(layer(entry));
  out.push_back({"layers", Node{std::move(layers)}});
  return map_of(std::move(out));
}

inline Node collection(TorchModule const& module, std::string const& kind) {
  Node::Map out = begin_object("NetworkCollection", 1);
  copy(module, {"ntypes"}, out);
  out.push_back({"ndim", module.required("ndim")});
  out.push_back({"network_type", Node{kind}});
  Node::List networks;
  for (TorchModule const& entry : module.list("networks")) networks.push_back(network(entry, kind));
  out.push_back({"networks", Node{std::move(networks)}});
  return map_of(std::move(out));
}

/// The types that a mask leaves out, or with `pairs` the pairs of them; an empty list without a mask. Behind
/// the types a mask of pairs has one more for atoms that are absent.
inline Node excluded(TorchModule const& owner, char const* mask, bool pairs) {
  Node::List out;
  std::optional<TorchModule> const exclusion = owner.find(mask);
  if (!exclusion) return Node{std::move(out)};
  Node const ntypes = exclusion->required("ntypes"), values = exclusion->required("type_mask");
  std::int64_t const* const types = ntypes.as<std::int64_t>();
  Node::SharedArray const* const array = values.as<Node::SharedArray>();
  if (types == nullptr || *types < 1 || *types > 256 || array == nullptr)
    exclusion->complain("expected 1 to 256 types and a mask of them");
  auto const n = static_cast<std::size_t>(*types);
  std::vector<double> const& kept = (*array)->values;
  if (kept.size() != (pairs ? (n + 1) * (n + 1) : n))
    exclusion->complain("expected a mask for ", n, " types, found ", kept.size(), " entries");
  auto const type = [](std::size_t t) { return Node{static_cast<std::int64_t>(t)}; };
  for (std::size_t a = 0; a < n; ++a) {
    if (!pairs && kept[a] == 0.0) out.push_back(type(a));
    for (std::size_t b = a; pairs && b < n; ++b)
      if (kept[a * (n + 1) + b] == 0.0) out.push_back(Node{Node::List{type(a), type(b)}});
  }
  return Node{std::move(out)};
}

}  // namespace dp::detail::torch
