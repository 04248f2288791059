// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <cstddef>
#include <dp/io/complete_tree.hpp>
#include <dp/io/tree.hpp>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Models of the whole periodic table, made of small ones.
namespace dp::test {

using detail::Node;

/// Spreads a tree of a model with two types over `types` types, of which `places` are the two; the others
/// have numbers of their own.
class ManyTypes {
 public:
  ManyTypes(std::size_t types, std::vector<std::size_t> places)
      : m_types(types), m_places(std::move(places)) {}

  Node operator()(Node tree) const {
    Node& names = at(tree, {"model", "type_map"});
    Node::List spread;
    for (std::size_t t = 0; t < m_types; ++t) spread.push_back(Node{"X" + std::to_string(t)});
    for (std::size_t k = 0; k < m_places.size(); ++k) spread[m_places[k]] = (*names.as<Node::List>())[k];
    names = Node{spread};
    along(at(tree, {"model", "@variables", "out_bias"}), 1);
    along(at(tree, {"model", "@variables", "out_std"}), 1);
    Node& d = at(tree, {"model", "descriptor"});
    Node& fitting = at(tree, {"model", "fitting"});
    along(at(fitting, {"@variables", "bias_atom_e"}), 0);
    nets(at(fitting, {"nets"}));
    if (d.find("type_embedding") != nullptr) {
      along(at(d, {"@variables", "davg"}), 0);
      along(at(d, {"@variables", "dstd"}), 0);
      at(d, {"ntypes"}) = at(d, {"type_embedding", "ntypes"}) = Node{static_cast<std::int64_t>(m_types)};
      auto& layers = std::get<Node::List>(at(d, {"type_embedding", "embedding", "layers"}).value);
      along(at(layers.front(), {"@variables", "w"}), 0);
    } else {
      spread_slots(d);
      nets(at(d, {"embeddings"}));
    }
    return tree;
  }

 private:
  static Node& at(Node& root, std::initializer_list<std::string_view> keys) {
    return *detail::find_path(root, keys);
  }

  // Which of the two types another takes after.
  std::size_t model_of(std::size_t type) const {
    for (std::size_t k = 0; k < m_places.size(); ++k)
      if (m_places[k] == type) return k;
    return type % m_places.size();
  }
  bool is_place(std::size_t type) const { return m_places[model_of(type)] == type; }

  // Spreads one dimension of an array; other types have numbers a little larger.
  void along(Node& node, std::size_t dimension) const {
    auto const* const shared = node.as<Node::SharedArray>();
    detail::Array const& from = **shared;
    std::size_t outer = 1, inner = 1;
    for (std::size_t k = 0; k < from.shape.size(); ++k) (k < dimension ? outer : inner) *= from.shape[k];
    std::size_t const old = from.shape[dimension];
    inner /= old;
    auto out = std::make_shared<detail::Array>();
    out->shape = from.shape;
    out->shape[dimension] = m_types;
    for (std::size_t o = 0; o < outer; ++o)
      for (std::size_t t = 0; t < m_types; ++t)
        for (std::size_t i = 0; i < inner; ++i)
          out->values.push_back(from.values[(o * old + model_of(t)) * inner + i] *
                                (is_place(t) ? 1.0 : 1.0 + 0.001 * static_cast<double>(t)));
    node.value = Node::SharedArray(std::move(out));
  }

  // The slots of each type: of the two as many as before, of others one.
  void spread_slots(Node& d) const {
    Node::List const old = *at(d, {"sel"}).as<Node::List>();
    std::vector<std::size_t> sel;
    for (Node const& n : old) sel.push_back(static_cast<std::size_t>(*n.as<std::int64_t>()));
    Node::List spread;
    std::vector<std::size_t> slots;  // of which of the old ones each new one takes its numbers
    for (std::size_t t = 0; t < m_types; ++t) {
      std::size_t const k = model_of(t), first = k == 0 ? 0 : sel[0], own = is_place(t) ? sel[k] : 1;
      spread.push_back(Node{static_cast<std::int64_t>(own)});
      for (std::size_t n = 0; n < own; ++n) slots.push_back(first + n);
    }
    at(d, {"sel"}) = Node{spread};
    for (char const* const key : {"davg", "dstd"}) {
      Node& node = at(d, {"@variables", key});
      along(node, 0);
      detail::Array const from = **node.as<Node::SharedArray>();
      auto out = std::make_shared<detail::Array>();
      out->shape = {m_types, slots.size(), from.shape[2]};
      for (std::size_t t = 0; t < m_types; ++t)
        for (std::size_t const slot : slots)
          for (std::size_t c = 0; c < from.shape[2]; ++c)
            out->values.push_back(from.values[(t * from.shape[1] + slot) * from.shape[2] + c]);
      node.value = Node::SharedArray(std::move(out));
    }
  }

  // A net for each type where there was one for each of the two.
  void nets(Node& collection) const {
    auto& list = std::get<Node::List>(at(collection, {"networks"}).value);
    if (list.size() == 1) return;
    Node::List spread;
    for (std::size_t t = 0; t < m_types; ++t) spread.push_back(list[model_of(t)]);
    list = std::move(spread);
  }

  std::size_t m_types;
  std::vector<std::size_t> m_places;
};

}  // namespace dp::test
