// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <dp/core/error.hpp>
#include <dp/io/find_modifier.hpp>
#include <dp/io/known_keys.hpp>
#include <dp/io/net_from_tree.hpp>
#include <dp/io/read_options.hpp>
#include <dp/io/tree_cursor.hpp>
#include <dp/model/long_range.hpp>
#include <dp/model/model.hpp>
#include <dp/model/restricted_to.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dp::detail {

/// Charges of types, e: so many.
inline std::vector<double> read_charges(Cursor const& node, std::size_t count, std::string const& what) {
  std::vector<double> charges;
  for (Cursor const& charge : node.list("a list of charges")) charges.push_back(charge.number());
  if (charges.size() != count)
    node.complain("expected ", count, count == 1 ? " charge, " : " charges, ", what, ", found ",
                  charges.size());
  return charges;
}

/// The model of dipoles with the types of the model of energies, in their order; `read`: model_from_tree().
template <class Read>
Model dipole_model(Cursor const& modifier, std::vector<std::string> const& types, Read const& read) {
  Cursor const tree = modifier["model"];
  std::string const place = modifier.file() + ": dipole model";
  ReadOptions options;
  if (says_nothing(tree["model"]["type_map"].node())) options.types = types;
  Model const model = read(tree.node(), place, options);
  if (quantity_of(model).kind != Quantity::Kind::dipole)
    fail(place, ": expected a model of dipoles, found one of ", quantity_of(model).in_words());
  std::vector<std::size_t> kept;
  for (std::string const& type : types) {
    auto const at = std::find(model.type_map.begin(), model.type_map.end(), type);
    if (at == model.type_map.end())
      fail(place, ": expected the types of the model of energies, did not find ", in_quotes(type));
    kept.push_back(static_cast<std::size_t>(at - model.type_map.begin()));
  }
  return with_types(model, kept);
}

/// The electrostatics that a modifier of the kind "dipole_charge" adds to the energies of a model with these
/// types. The charges of centroids are in the order of the types that have dipoles.
template <class Read>
LongRange read_long_range(Cursor const& modifier, std::vector<std::string> const& types, Read const& read) {
  check_version(modifier, 3);
  check_keys(modifier, {"@class", "@version", "type", "model_name", "model_charge_map", "sys_charge_map",
                        "ewald_h", "ewald_beta", "model"});
  LongRange result;
  Model dipole = dipole_model(modifier, types, read);
  std::vector<char> const selected = types_with_outputs(dipole);
  auto const count = static_cast<std::size_t>(std::count(selected.begin(), selected.end(), 1));
  std::vector<double> const charges =
      read_charges(modifier["model_charge_map"], count, "one for each type with a dipole");
  std::size_t next = 0;
  for (char const there : selected) result.centroid_charge.push_back(there != 0 ? charges[next++] : 0.0);
  result.ion_charge = read_charges(modifier["sys_charge_map"], types.size(), "one for each type");
  result.beta = modifier["ewald_beta"].number();
  result.spacing = modifier["ewald_h"].number();
  result.dipole = std::make_shared<Model const>(std::move(dipole));
  return result;
}

/// The name of the file of a modifier's model of dipoles, with a blank before it, where it is known.
inline std::string dipole_file_of(Cursor const& modifier) {
  std::optional<Cursor> const name = find_said(modifier, "model_name");
  std::string const* const text = name ? name->node().as<std::string>() : nullptr;
  return text != nullptr ? " " + in_quotes(*text) : std::string();
}

/// The electrostatics of a file's model, if it has any; else the remark that they are left out, as asked.
/// \throws dp::Error where the file means more than can be evaluated
template <class Read>
void read_modifier(Cursor const& root, ReadOptions const& options, Model& model, Read const& read) {
  std::optional<Cursor> const own = find_modifier(root);
  std::optional<Cursor> const modifier = own ? own : find_modifier_of_member(root);
  if (!modifier) return;
  std::string const name = modifier_name(*modifier);
  if (options.short_range) {
    model.remarks.push_back("the short-range part alone is evaluated, as asked, without the model's " + name);
    return;
  }
  if (!own || said_type(*modifier) != "dipole_charge")
    modifier->complain("the nets are only the short-range part of this model, and its ", name,
                       " is not evaluated here; ", ask_for_short_range);
  if (!find_said(*modifier, "model"))
    modifier->complain("the nets are only the short-range part of this model, and its ", name,
                       " needs the model of dipoles", dipole_file_of(*modifier),
                       ", which is neither in this file nor beside it; name its file: --dipole FILE "
                       "(ReadOptions::dipole, long_range.dipole); or ",
                       ask_for_short_range);
  model.long_range = read_long_range(*modifier, model.type_map, read);
  for (std::string const& remark : model.long_range->dipole->remarks)
    model.remarks.push_back("the model of dipoles: " + remark);
}

}  // namespace dp::detail
