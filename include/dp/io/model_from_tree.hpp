// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <dp/io/allegro_from_tree.hpp>
#include <dp/io/check_whole.hpp>
#include <dp/io/container.hpp>
#include <dp/io/descriptor_from_tree.hpp>
#include <dp/io/fitting_from_tree.hpp>
#include <dp/io/known_keys.hpp>
#include <dp/io/long_range_from_tree.hpp>
#include <dp/io/origin.hpp>
#include <dp/io/pair_table_from_tree.hpp>
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

/// The same of a model, or of the first of several.
inline std::size_t count_types_of_model(Cursor const& model) {
  std::optional<Cursor> const members = model.find("models");
  if (!members) return count_types(model["descriptor"]);
  std::vector<Cursor> const list = members->list("a list of models");
  std::optional<Cursor> const first = list.empty() ? std::nullopt : list.front().find("descriptor");
  return first ? count_types(*first) : 0;
}

/// The names of the types: the file's, or those of the options where it has none.
inline std::vector<std::string> read_type_map(Cursor const& model, ReadOptions const& options) {
  std::vector<std::string> names;
  Cursor const type_map = model["type_map"];
  for (Cursor const& name : type_map.list("a list of element names")) names.push_back(name.text());
  if (!names.empty() && !options.types.empty() && names != options.types)
    type_map.complain("the file names its types itself, so that no other names can be given to them");
  if (std::size_t const count = names.empty() ? count_types_of_model(model) : 0; count > 0) {
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

/// Per type and component: what the model adds to what the fitting net gives; absent in the oldest files.
/// Dipoles and polarisabilities have none that is added so.
inline std::vector<double> read_out_bias(Cursor const& model, int ntypes, Head const& head) {
  auto const components = static_cast<std::size_t>(head.quantity.components);
  std::optional<Cursor> const variables = model.find("@variables");
  if (variables) check_keys(*variables, {"out_bias", "out_std"});
  std::optional<Cursor> const key = variables ? variables->find("out_bias") : std::nullopt;
  if (!key || head.turns()) return std::vector<double>(static_cast<std::size_t>(ntypes) * components, 0.0);
  return statistics_of(*key, ntypes, components, distinguishes_types(model, head));
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
  auto* const part = std::get_if<Standard>(&model.atomic);
  auto const is_there = [](Net const& net) { return !net.empty(); };
  std::vector<Net> const nets = part != nullptr ? part->fitting.nets : std::vector<Net>();
  auto const first = std::find_if(nets.begin(), nets.end(), is_there);
  if (elements.empty() || first == nets.end() || std::all_of(nets.begin(), nets.end(), is_there)) {
    model.check();
    return for_elements(model, elements);
  }
  Model restricted = for_elements(model, elements);
  restricted.check();
  part->fitting.nets = {Net(*first)};
  model.check();
  return restricted;
}

/// What kind of model it is, in lower case: "standard" where it does not say.
inline std::string kind_of_model(Cursor const& node) {
  std::optional<Cursor> const type = node.find("type");
  std::string const kind = type ? lower_case(type->text()) : "standard";
  if (kind == "linear_ener") return "linear";
  if (kind != "standard" && kind != "pairtab" && kind != "linear" && kind != "zbl")
    type->refuse(
        "a supported type of model, \"standard\" (one descriptor, one fitting), \"pairtab\", \"linear\" or "
        "\"zbl\"");
  return kind;
}

/// Nets, or a table.
inline std::variant<Standard, PairTable> read_part(Cursor const& node, std::vector<std::string> const& types,
                                                   bool as_tensorflow) {
  if (kind_of_model(node) == "pairtab") {
    check_keys(node, {"@class", "@version", "@variables", "type", "type_map", "tab", "rcut", "sel",
                      "atom_exclude_types", "pair_exclude_types", "modifier", "rcond", "preset_out_bias"});
    PairTable table = read_pair_table(node, types.size());
    table.out_bias = read_out_bias(node, static_cast<int>(types.size()), Head());
    return table;
  }
  check_version(node, 2);
  check_keys(node, {"@class", "@version", "@variables", "type", "type_map", "descriptor", "fitting",
                    "atom_exclude_types", "pair_exclude_types", "modifier", "rcond", "preset_out_bias"});
  int const ntypes = static_cast<int>(types.size());
  Standard part;
  part.descriptor = read_descriptor(node["descriptor"], ntypes, as_tensorflow);
  part.fitting = read_fitting(node["fitting"], ntypes, vector_channels(part.descriptor));
  read_statistics(node, ntypes, part.fitting.head);
  part.out_bias = read_out_bias(node, ntypes, part.fitting.head);
  return part;
}

/// One of several models, which may know more types than their sum, `types`, and in another order.
inline Summand read_member(Cursor const& node, std::vector<std::string> const& types, bool as_tensorflow) {
  if (std::string const kind = kind_of_model(node); kind != "standard" && kind != "pairtab")
    node["type"].complain("a model of several within a model of several is not supported");
  std::vector<std::string> own;
  if (std::optional<Cursor> const names = node.find("type_map"))
    for (Cursor const& name : names->list("a list of element names")) own.push_back(name.text());
  if (own.empty()) own = types;
  std::vector<std::size_t> kept;
  for (std::string const& name : types) {
    auto const at = std::find(own.begin(), own.end(), name);
    if (at == own.end())
      node["type_map"].complain("expected the name of every type of the model, did not find ",
                                in_quotes(name));
    kept.push_back(static_cast<std::size_t>(at - own.begin()));
  }
  int const ntypes = static_cast<int>(own.size());
  Summand member;
  member.node = read_part(node, own, as_tensorflow);
  member.atom_excluded = read_types(node, "atom_exclude_types", ntypes);
  member.pair_excluded = read_pairs(node, "pair_exclude_types", ntypes);
  if (own == types) return member;
  // What is taken apart here must be whole.
  member.check(Check(node.file(), own));
  return TypeChoice(kept, own.size())(member);
}

/// "sum", "mean" or a list of numbers.
inline void read_weights(Cursor const& node, std::vector<Summand>& members) {
  std::optional<Cursor> const weights = node.find("weights");
  std::string const* const word = weights ? weights->node().as<std::string>() : nullptr;
  if (weights && word == nullptr) {
    std::vector<Cursor> const list = weights->list("\"sum\", \"mean\" or a list of numbers");
    if (list.size() != members.size())
      weights->refuse("a list of " + std::to_string(members.size()) + " numbers, one for each model");
    for (std::size_t m = 0; m < members.size(); ++m) members[m].weight = list[m].number();
    return;
  }
  std::string const rule = word != nullptr ? lower_case(*word) : "mean";
  if (rule != "sum" && rule != "mean") weights->refuse("\"sum\", \"mean\" or a list of numbers");
  for (Summand& member : members)
    member.weight = rule == "sum" ? 1.0 : 1.0 / static_cast<double>(members.size());
}

/// Several models, with weights or a switch between them.
inline Atomic read_several(Cursor const& node, std::vector<std::string> const& types, bool as_tensorflow) {
  bool const zbl = kind_of_model(node) == "zbl";
  check_version(node, 3);
  check_keys(node, {"@class", "@version", "@variables", "type", "type_map", "models", "weights",
                    "atom_exclude_types", "pair_exclude_types", "modifier", "rcond", "preset_out_bias",
                    "sw_rmin", "sw_rmax", "smin_alpha"});
  WeightedSum sum;
  for (Cursor const& member : node["models"].list("a list of models"))
    sum.members.push_back(read_member(member, types, as_tensorflow));
  sum.out_bias = read_out_bias(node, static_cast<int>(types.size()), Head());
  if (!zbl) {
    read_weights(node, sum.members);
    return sum;
  }
  ZblSwitch out{std::move(sum)};
  out.alpha = node["smin_alpha"].number();
  out.inner = node["sw_rmin"].number();
  out.outer = node["sw_rmax"].number();
  return out;
}

/// Refuses fittings that were made for other descriptors.
inline void check_dimensions(Cursor const& node, Atomic const& atomic) {
  if (auto const* const part = std::get_if<Standard>(&atomic))
    check_dimension(node["fitting"], part->descriptor.dimension());
  auto const members = [&](WeightedSum const& sum) {
    std::vector<Cursor> const list = node["models"].list();
    for (std::size_t m = 0; m < list.size(); ++m)
      if (auto const* const part = std::get_if<Standard>(&sum.members[m].node))
        check_dimension(list[m]["fitting"], part->descriptor.dimension());
  };
  if (auto const* const sum = std::get_if<WeightedSum>(&atomic)) members(*sum);
  if (auto const* const zbl = std::get_if<ZblSwitch>(&atomic)) members(*zbl);
}

/// An Allegro model is the whole tree.
inline Model allegro_from_tree(Cursor const& root, ReadOptions const& options) {
  Model model;
  model.source = root.file();
  model.type_map = read_type_map(root, options);
  model.atomic = read_allegro(root, model.type_map.size());
  model.atom_excluded.assign(model.type_map.size(), 0);
  model.pair_excluded.assign(model.type_map.size() * model.type_map.size(), 0);
  return checked(std::move(model), options.elements);
}

DP_IO_INLINE Model model_from_tree(Node const& tree, std::string const& file, ReadOptions const& options) {
  Cursor const root(tree, file);
  if (is_allegro(root)) return allegro_from_tree(root, options);
  Cursor const node = root["model"];
  std::string const kind = kind_of_model(node);
  Model model;
  model.source = file;
  check_whole(root);
  model.type_map = read_type_map(node, options);
  int const ntypes = model.ntypes();
  bool const as_tensorflow = excludes_as_tensorflow(root);
  if (kind == "linear" || kind == "zbl")
    model.atomic = read_several(node, model.type_map, as_tensorflow);
  else
    model.atomic = std::visit([](auto part) { return Atomic(std::move(part)); },
                              read_part(node, model.type_map, as_tensorflow));
  model.atom_excluded = read_types(node, "atom_exclude_types", ntypes);
  model.pair_excluded = read_pairs(node, "pair_exclude_types", ntypes);
  model.min_nbor_dist = read_min_nbor_dist(root);
  read_modifier(root, options, model, model_from_tree);
  model = checked(std::move(model), options.elements);
  check_dimensions(node, model.atomic);
  append(model.remarks, remarks_on_tables(model));
  append(model.remarks, remarks_on_order(model));
  append(model.remarks, remarks_on_pairs(model));
  append(model.remarks, remarks_on_switch(model));
  append(model.remarks, remarks_on_origin(root, model));
  return model;
}

}  // namespace dp::detail
