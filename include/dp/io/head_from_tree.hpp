// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <dp/io/net_from_tree.hpp>
#include <dp/io/tree_cursor.hpp>
#include <dp/model/head.hpp>
#include <optional>
#include <string>
#include <vector>

namespace dp::detail {

/// What a fitting of this name gives, with its usual number of components.
inline std::optional<Quantity> quantity_named(std::string const& name) {
  using Kind = Quantity::Kind;
  if (name == "ener" || name == "invar") return Quantity{};
  if (name == "dipole") return Quantity{Kind::dipole, "dipole", 3};
  if (name == "polar") return Quantity{Kind::polarizability, "polarizability", 9};
  if (name == "dos") return Quantity{Kind::dos, "dos", 0};
  if (name == "property") return Quantity{Kind::property, "property", 0};
  return std::nullopt;
}

/// Numbers that a fitting has among its variables, or beside them as older ones have: `count` of them, none
/// where they are absent.
inline std::vector<double> numbers_of(Cursor const& node, char const* key, std::size_t count) {
  std::optional<Cursor> found = node["@variables"].find(key);
  if (!found) found = node.find(key);
  if (!found) return {};
  if (found->node().as<Node::SharedArray>() != nullptr) return found->values(count);
  std::vector<double> out;
  for (Cursor const& entry : found->list("an array of numbers, one for each type"))
    out.push_back(entry.number());
  if (out.size() != count) found->refuse("an array of " + std::to_string(count) + " entries");
  return out;
}

/// Scale and shift of a polarisability. The shift is multiplied by the scale, too.
inline void read_polarizability(Cursor const& node, int ntypes, Head& head) {
  auto const types = static_cast<std::size_t>(ntypes);
  head.diagonal = read_flag(node, "fit_diag", true);
  head.scale = numbers_of(node, "scale", types);
  if (read_flag(node, "shift_diag", true)) head.shift = numbers_of(node, "constant_matrix", types);
  for (std::size_t t = 0; t < head.shift.size() && !head.scale.empty(); ++t) head.shift[t] *= head.scale[t];
}

/// What a fitting gives.
inline Head read_head(Cursor const& node, int ntypes) {
  Head head;
  std::optional<Cursor> const type = node.find("type"), variable = node.find("var_name"),
                              width = node.find("dim_out"), tasks = node.find("task_dim");
  if (type) {
    std::optional<Quantity> const quantity = quantity_named(lower_case(type->text()));
    if (!quantity)
      type->refuse(
          "a supported fitting, \"ener\" (energies), \"dipole\", \"polar\", \"dos\" or \"property\"");
    head.quantity = *quantity;
  }
  constexpr int most = 1'000'000;
  if (head.quantity.is_energy()) {
    if (variable && variable->text() != "energy") variable->refuse("\"energy\"");
    if (width) width->integer(1, 1);
  } else if (!head.turns()) {
    head.quantity.components = width ? width->integer(1, most) : tasks ? tasks->integer(1, most) : 1;
  }
  if (head.quantity.kind == Quantity::Kind::property) {
    if (variable) head.quantity.name = variable->text();
    head.quantity.intensive = read_flag(node, "intensive", false);
  }
  if (head.quantity.kind == Quantity::Kind::polarizability) read_polarizability(node, ntypes, head);
  return head;
}

/// Whether the statistics of a model's labels are those of each type; else those of the first hold for all.
inline bool distinguishes_types(Cursor const& model, Head const& head) {
  if (head.quantity.kind != Quantity::Kind::property) return true;
  return read_flag(model["fitting"], "distinguish_types", false);
}

/// Per type, of an array of statistics (outputs, types, components): those of the first output.
inline std::vector<double> statistics_of(Cursor const& array, int ntypes, std::size_t components,
                                         bool of_each_type) {
  auto const types = static_cast<std::size_t>(ntypes);
  Array const& all = array.array();
  if (all.shape.size() != 3 || all.shape[0] < 1 || all.shape[1] != types || all.shape[2] < components)
    array.refuse("an array of shape (outputs, " + std::to_string(ntypes) + ", components)");
  std::vector<double> out;
  for (std::size_t t = 0; t < types; ++t)
    for (std::size_t c = 0; c < components; ++c)
      out.push_back(all.values[(of_each_type ? t : 0) * all.shape[2] + c]);
  return out;
}

/// What a model says of the statistics of its labels beside out_bias, where its head means something by it:
/// a property is multiplied by their deviations, a polarisability shifted by their mean trace.
inline void read_statistics(Cursor const& model, int ntypes, Head& head) {
  std::optional<Cursor> const variables = model.find("@variables");
  auto const rows = [&](char const* key) {
    std::optional<Cursor> const found = variables ? variables->find(key) : std::nullopt;
    return found ? statistics_of(*found, ntypes, static_cast<std::size_t>(head.quantity.components),
                                 distinguishes_types(model, head))
                 : std::vector<double>();
  };
  if (head.quantity.kind == Quantity::Kind::property) head.scale = rows("out_std");
  if (head.quantity.kind != Quantity::Kind::polarizability) return;
  std::vector<double> const bias = rows("out_bias");
  if (bias.empty() || !read_flag(model["fitting"], "shift_diag", true)) return;
  head.shift.resize(static_cast<std::size_t>(ntypes), 0.0);
  for (std::size_t t = 0; t < head.shift.size(); ++t)
    head.shift[t] +=
        (bias[9 * t] + bias[9 * t + 4] + bias[9 * t + 8]) / 3.0 * (head.scale.empty() ? 1.0 : head.scale[t]);
}

}  // namespace dp::detail
