// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <dp/io/torch_module.hpp>
#include <dp/io/tree.hpp>
#include <dp/model/irreps.hpp>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// From the modules of the NequIP framework to the tree of an Allegro model.
namespace dp::detail::nequip {

/// More would be a corrupted number.
inline constexpr std::size_t most_types = 256;

/// A module by its way from another one: "tensor_embed.env_embed_linear".
inline TorchModule at(TorchModule part, std::string_view path) {
  while (!path.empty()) {
    auto const dot = path.find('.');
    part = part[path.substr(0, dot)];
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  }
  return part;
}

/// Refuses modules other than these: what they add to energies would be left out.
inline void expect_only(TorchModule const& nets, std::initializer_list<std::string_view> known) {
  for (std::string const& name : nets.modules())
    if (std::find(known.begin(), known.end(), name) == known.end())
      nets.complain("the module ", in_quotes(name), ", ", in_quotes(nets[name].type()), ", is not supported");
}

/// What makes a model one of Allegro.
inline TorchModule allegro_of(TorchModule const& nets) {
  std::optional<TorchModule> allegro = nets.find("allegro");
  if (!allegro) nets.complain("there is no module \"allegro\": NequIP's own models are not supported");
  return *std::move(allegro);
}

/// Refuses harmonics other than those of directions, in e3nn's normalisation "component".
inline void check_harmonics(TorchModule const& part) {
  Node const normalize = part.node("normalize"), normalization = part.node("normalization");
  if (!normalize.is_null() && !part.flag("normalize"))
    part.complain("harmonics that grow with the distance (normalize: false) are not supported");
  std::string const* const kind = normalization.as<std::string>();
  if (kind != nullptr && *kind != "component")
    part.complain("expected the normalization \"component\", found ", in_quotes(*kind));
}

/// The values of a tensor of so many dimensions (-1: any).
inline Array const& tensor(TorchModule const& part, std::string_view name, Node& memory,
                           int dimensions = -1) {
  memory = part.required(name);
  Node::SharedArray const* const array = memory.as<Node::SharedArray>();
  if (array == nullptr || (dimensions >= 0 && (*array)->shape.size() != static_cast<std::size_t>(dimensions)))
    part.complain("expected a tensor",
                  dimensions >= 0 ? " of " + std::to_string(dimensions) + " dimensions" : "", " as ",
                  in_quotes(name), ", found ", describe(memory));
  return **array;
}
inline std::vector<double> values(TorchModule const& part, std::string_view name) {
  Node memory;
  return tensor(part, name, memory).values;
}

inline std::vector<double> values_if_there(std::optional<TorchModule> const& part, std::string_view name) {
  return part && !part->node(name).is_null() ? values(*part, name) : std::vector<double>();
}

/// A number for each type, where a file has that, one for all of them, or none.
inline std::vector<double> per_type(TorchModule const& part, std::vector<double> found, std::size_t types,
                                    double otherwise) {
  if (found.empty()) found = {otherwise};
  if (found.size() == 1) found.resize(types, found.front());
  if (found.size() != types) part.complain("expected one number or ", types, ", found ", found.size());
  return found;
}

/// A number, or a tensor of one.
inline double number(TorchModule const& part, std::string_view name) {
  Node const node = part.required(name);
  if (double const* const real = node.as<double>()) return *real;
  if (std::int64_t const* const integer = node.as<std::int64_t>()) return static_cast<double>(*integer);
  Node::SharedArray const* const array = node.as<Node::SharedArray>();
  if (array == nullptr || (*array)->values.size() != 1)
    part.complain("expected a number as ", in_quotes(name), ", found ", describe(node));
  return (*array)->values.front();
}

inline std::int64_t integer(TorchModule const& part, std::string_view name) {
  Node const node = part.required(name);
  std::int64_t const* const value = node.as<std::int64_t>();
  if (value == nullptr || *value < 1 || *value > 10'000)
    part.complain("expected a number from 1 to 10000 as ", in_quotes(name), ", found ", describe(node));
  return *value;
}

inline Node array(std::vector<std::size_t> shape, std::vector<double> values) {
  auto out = std::make_shared<Array>();
  out->shape = std::move(shape);
  out->values = std::move(values);
  return Node{Node::SharedArray(std::move(out))};
}
inline Node vector(std::vector<double> values) {
  std::size_t const n = values.size();
  return array({n}, std::move(values));
}
inline Node text(std::string words) { return Node{std::move(words)}; }
inline Node whole(std::size_t n) { return Node{static_cast<std::int64_t>(n)}; }

/// Irreps, each once: a list of (1, (l, parity)).
inline Irreps irreps(TorchModule const& part, std::string_view name) {
  Node const node = part.required(name);
  auto const complain = [&]() { part.complain("expected irreps, each once, as ", in_quotes(name)); };
  auto const pair = [&](Node const& entry) -> Node::List const& {
    Node::List const* const list = entry.as<Node::List>();
    if (list == nullptr || list->size() != 2) complain();
    return *list;
  };
  Irreps out;
  Node::List const* const list = node.as<Node::List>();
  if (list == nullptr) complain();
  for (Node const& entry : *list) {
    Node::List const& times = pair(entry);
    Node::List const& irrep = pair(times[1]);
    std::int64_t const *const count = times[0].as<std::int64_t>(), *const l = irrep[0].as<std::int64_t>(),
                              *const parity = irrep[1].as<std::int64_t>();
    if (count == nullptr || l == nullptr || parity == nullptr || *count != 1 || *l < 0 || *l > 9) complain();
    out.push_back({static_cast<int>(*l), *parity < 0});
  }
  return out;
}

/// A net of matrices and one activation.
struct Matrices {
  std::vector<Array> weight;  ///< (inputs x outputs)
  std::string activation = "none";
};

/// As the tree has it.
inline Node node_of(Matrices const& net) {
  Node::List weights;
  for (Array const& w : net.weight) weights.push_back(array(w.shape, w.values));
  return map_of(
      {{"activation", text(net.activation)}, {"@variables", map_of({{"w", Node{std::move(weights)}}})}});
}

/// The one matrix that linear layers in a row are.
inline Array product(TorchModule const& part, Matrices const& net) {
  if (net.activation != "none") part.complain("expected a linear map, found the activation ", net.activation);
  Array out = net.weight.front();
  for (std::size_t k = 1; k < net.weight.size(); ++k) {
    Array const& next = net.weight[k];
    if (next.shape[0] != out.shape[1]) part.complain("expected matrices that fit together");
    Array sum;
    sum.shape = {out.shape[0], next.shape[1]};
    sum.values.assign(out.shape[0] * next.shape[1], 0.0);
    for (std::size_t i = 0; i < out.shape[0]; ++i)
      for (std::size_t m = 0; m < out.shape[1]; ++m)
        for (std::size_t j = 0; j < next.shape[1]; ++j)
          sum.values[i * next.shape[1] + j] +=
              out.values[i * out.shape[1] + m] * next.values[m * next.shape[1] + j];
    out = std::move(sum);
  }
  return out;
}

inline Array scaled(Array array, double factor) {
  for (double& value : array.values) value *= factor;
  return array;
}

/// The activation of a module by its class.
inline std::string activation(TorchModule const& part) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> known{
      {{"SiLU", "silu"},
       {"Mish", "mish"},
       {"GELU", "gelu"},
       {"Tanh", "tanh"},
       {"ShiftedSoftplus", "ssp"},
       {"Identity", "none"}}};
  Node const form = part.node("approximate");
  std::string const* const words = form.as<std::string>();
  if (words != nullptr && *words != "none")
    part.complain("the approximation ", *words, " of GELU is not supported");
  for (auto const& [type, name] : known)
    if (part.type() == type) return std::string(name);
  part.complain("the activation ", in_quotes(part.type()),
                " is not supported: expected SiLU, Mish, GELU, Tanh, "
                "ShiftedSoftplus or Identity");
}

}  // namespace dp::detail::nequip
