// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <dp/io/check_whole.hpp>
#include <dp/io/container.hpp>
#include <dp/io/descriptor_from_tree.hpp>
#include <dp/io/fitting_from_tree.hpp>
#include <dp/io/known_keys.hpp>
#include <dp/io/origin.hpp>
#include <dp/io/remarks.hpp>
#include <dp/io/tree_cursor.hpp>
#include <dp/model/restricted_to.hpp>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace dp::detail {

/// How many types a descriptor tells apart; 0 where it does not say.
inline std::size_t count_types(Cursor const& descriptor) {
  if (std::optional<Cursor> const members = descriptor.find("list")) {
    std::vector<Cursor> const list = members->list("a list of descriptors");
    return list.empty() ? 0 : count_types(list.front());
  }
  if (std::optional<Cursor> const embedding = descriptor.find("type_embedding"))
    if (std::optional<Cursor> const types = embedding->find("ntypes"))
      return static_cast<std::size_t>(types->integer(1, 256));
  std::optional<Cursor> const sel = descriptor.find("sel");
  return sel && sel->node().as<Node::List>() != nullptr ? sel->list().size() : 0;
}

/// The names of the types: the file's, or those of the options where it has none.
inline std::vector<std::string> read_type_map(Cursor const& model, ReadOptions const& options) {
  std::vector<std::string> names;
  Cursor const type_map = model["type_map"];
  for (Cursor const& name : type_map.list("a list of element names")) names.push_back(name.text());
  if (!names.empty() && !options.types.empty() && names != options.types)
    type_map.complain("the file names its types itself, so that no other names can be given to them");
  if (std::size_t const count = count_types(model["descriptor"]); names.empty() && count > 0) {
    std::string const types = std::to_string(count) + (count == 1 ? " type" : " types");
    names = options.types;
    if (names.empty() && options.number_types)
      for (std::size_t t = 1; t <= count; ++t) names.push_back(std::to_string(t));
    if (names.empty())
      type_map.complain("the file does not name its ", types,
                        ": their names have to be given, in the order of the types (dp-eval, dp-statics: "
                        "--types Cu,O; dp-md: model.types; LAMMPS: pair_coeff)");
    if (names.size() != count)
      type_map.complain("expected names for ", types, ", ", names.size(), " were given");
  }
  if (names.empty() || names.size() > 256) type_map.refuse("a list of 1 to 256 element names");
  return names;
}

/// Per type: the energy that the model adds to what the fitting net gives; absent in the oldest files.
inline std::vector<double> read_out_bias(Cursor const& model, std::size_t ntypes) {
  std::vector<double> bias(ntypes, 0.0);
  std::optional<Cursor> const variables = model.find("@variables");
  if (variables) check_keys(*variables, {"out_bias", "out_std"});
  std::optional<Cursor> const key = variables ? variables->find("out_bias") : std::nullopt;
  if (!key) return bias;
  Array const& array = key->array();
  if (array.shape.size() != 3 || array.shape[0] < 1 || array.shape[1] != ntypes || array.shape[2] < 1)
    key->refuse("an array of shape (outputs, " + std::to_string(ntypes) + ", components)");
  for (std::size_t t = 0; t < ntypes; ++t) bias[t] = array.values[t * array.shape[2]];
  return bias;
}

/// The nearest distance in the training data, if the file has it (a negative number says that it has not);
/// some backends keep it among the variables, others beside them.
inline std::optional<double> read_min_nbor_dist(Cursor const& root) {
  std::optional<Cursor> const variables = root.find("@variables");
  std::optional<Cursor> key = variables ? variables->find("min_nbor_dist") : std::nullopt;
  if (!key) key = root.find("min_nbor_dist");
  if (!key) return std::nullopt;
  double const distance =
      key->node().as<Node::SharedArray>() != nullptr ? key->values(1).front() : key->number();
  return distance < 0.0 ? std::nullopt : std::optional(distance);
}

inline void append(std::vector<std::string>& remarks, std::vector<std::string> const& more) {
  remarks.insert(remarks.end(), more.begin(), more.end());
}

/// The model for a system of these elements, after a check of all that was read.
inline Model checked(Model model, std::vector<std::string> const& elements) {
  std::vector<Net>& nets = std::get<Standard>(model.atomic).fitting.nets;
  auto const is_there = [](Net const& net) { return !net.empty(); };
  auto const first = std::find_if(nets.begin(), nets.end(), is_there);
  if (elements.empty() || first == nets.end() || std::all_of(nets.begin(), nets.end(), is_there)) {
    model.check();
    return for_elements(model, elements);
  }
  Model restricted = for_elements(model, elements);
  restricted.check();
  nets = {Net(*first)};
  model.check();
  return restricted;
}

DP_IO_INLINE Model model_from_tree(Node const& tree, std::string const& file, ReadOptions const& options) {
  Cursor const root(tree, file);
  Cursor const node = root["model"];
  std::optional<Cursor> const type = node.find("type");
  if (type && lower_case(type->text()) != "standard")
    type->refuse("a supported type of model, \"standard\" (one descriptor, one fitting)");
  Model model;
  model.source = file;
  model.remarks = check_whole(root, options);
  check_version(node, 2);
  check_keys(node, {"@class", "@version", "@variables", "type", "type_map", "descriptor", "fitting",
                    "atom_exclude_types", "pair_exclude_types", "modifier", "rcond", "preset_out_bias"});
  model.type_map = read_type_map(node, options);
  int const ntypes = model.ntypes();
  Standard part;
  part.descriptor = read_descriptor(node["descriptor"], ntypes, excludes_as_tensorflow(root));
  part.fitting = read_fitting(node["fitting"], ntypes);
  part.out_bias = read_out_bias(node, model.type_map.size());
  model.atomic = std::move(part);
  model.atom_excluded = read_types(node, "atom_exclude_types", ntypes);
  model.pair_excluded = read_pairs(node, "pair_exclude_types", ntypes);
  model.min_nbor_dist = read_min_nbor_dist(root);
  model = checked(std::move(model), options.elements);
  check_dimension(node["fitting"], std::get<Standard>(model.atomic).descriptor.dimension());
  append(model.remarks, remarks_on_tables(model));
  append(model.remarks, remarks_on_order(model));
  append(model.remarks, remarks_on_origin(root, model));
  return model;
}

}  // namespace dp::detail
