// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <dp/io/head_from_tree.hpp>
#include <dp/io/known_keys.hpp>
#include <dp/io/net_from_tree.hpp>
#include <dp/io/tree.hpp>
#include <dp/io/tree_cursor.hpp>
#include <dp/model/fitting.hpp>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dp::detail {

/// A table over types, marked where a type is listed under a key that may be absent.
inline std::vector<char> read_types(Cursor const& parent, char const* key, int ntypes) {
  std::vector<char> table(static_cast<std::size_t>(ntypes), 0);
  if (std::optional<Cursor> const types = parent.find(key))
    for (int const type : types->integers(0, ntypes - 1)) table[static_cast<std::size_t>(type)] = 1;
  return table;
}

/// The types whose net's value at a zero descriptor is subtracted: those with an entry in `atom_ener`, and
/// those that a list with entries is too short for.
inline std::vector<char> read_vacuum(Cursor const& node, int ntypes, bool mixed) {
  auto const n = static_cast<std::size_t>(ntypes);
  std::vector<char> removed(n, 0);
  std::optional<Cursor> const key = node.find("atom_ener");
  if (!key) return removed;
  std::vector<Cursor> const entries = key->list("null or a list of energies, one for each type");
  if (entries.size() > n) key->refuse("at most " + std::to_string(n) + " entries");
  auto const given = [](Cursor const& entry) { return !entry.node().is_null(); };
  if (std::none_of(entries.begin(), entries.end(), given)) return removed;
  for (std::size_t t = 0; t < n; ++t) removed[t] = mixed || t >= entries.size() || given(entries[t]);
  return removed;
}

inline void read_parameters(Cursor const& node, Fitting& fitting) {
  constexpr int most = 100'000;
  Cursor const variables = node["@variables"];
  auto const dimension = [&](char const* key) {
    std::optional<Cursor> const value = node.find(key);
    return value ? value->integer(0, most) : 0;
  };
  auto const values = [&](char const* key, int count) {
    if (count == 0) return std::vector<double>{};
    return variables[key].values(static_cast<std::size_t>(count));
  };
  fitting.fparam = dimension("numb_fparam");
  fitting.aparam = dimension("numb_aparam");
  fitting.fparam_mean = values("fparam_avg", fitting.fparam);
  fitting.fparam_inverse_std = values("fparam_inv_std", fitting.fparam);
  fitting.aparam_mean = values("aparam_avg", fitting.aparam);
  fitting.aparam_inverse_std = values("aparam_inv_std", fitting.aparam);
  fitting.case_embedding = values("case_embd", dimension("dim_case_embd"));
  fitting.aparam_is_mask = read_flag(node, "use_aparam_as_mask", false);
  if (std::optional<Cursor> const given = node.find("default_fparam"); given && fitting.fparam > 0) {
    if (given->node().as<Node::SharedArray>() != nullptr) {
      fitting.default_fparam = given->values(static_cast<std::size_t>(fitting.fparam));
    } else {
      for (Cursor const& entry : given->list("null or a list of numbers"))
        fitting.default_fparam.push_back(entry.number());
      if (fitting.default_fparam.size() != static_cast<std::size_t>(fitting.fparam))
        given->refuse("a list of " + std::to_string(fitting.fparam) + " numbers");
    }
  }
}

/// Checks that there is nothing about a fitting that we do not evaluate.
inline void check_fitting(Cursor const& node) {
  if (std::optional<Cursor> const spin = node.find("spin"))
    spin->refuse("null: spin models are not supported");
  if (std::optional<Cursor> const zero = node.find("tot_ener_zero"); zero && zero->flag())
    zero->refuse("false: energies shifted to zero are not supported");
  std::optional<Cursor> const type = node.find("type");
  std::string const kind = type ? lower_case(type->text()) : "ener";
  check_version(node, kind == "property" ? 6 : kind == "polar" ? 5 : 4);
  check_precision(node);
  std::vector<std::string_view> keys{"@class",        "@version",
                                     "@variables",    "activation_function",
                                     "atom_ener",     "default_fparam",
                                     "dim_case_embd", "dim_descrpt",
                                     "dim_out",       "distinguish_types",
                                     "exclude_types", "layer_name",
                                     "mixed_types",   "nets",
                                     "neuron",        "ntypes",
                                     "numb_aparam",   "numb_fparam",
                                     "precision",     "rcond",
                                     "resnet_dt",     "seed",
                                     "trainable",     "type",
                                     "type_map",      "use_aparam_as_mask",
                                     "var_name"};
  std::vector<std::string_view> variables{"aparam_avg", "aparam_inv_std", "bias_atom_e",
                                          "case_embd",  "fparam_avg",     "fparam_inv_std"};
  auto const know = [](auto& list, std::initializer_list<std::string_view> more) {
    list.insert(list.end(), more);
  };
  if (kind == "property") know(keys, {"intensive", "task_dim"});
  if (kind == "dipole" || kind == "polar")
    know(keys, {"embedding_width", "r_differentiable", "c_differentiable"});
  if (kind == "polar") {
    know(keys, {"fit_diag", "shift_diag", "scale", "constant_matrix"});
    know(variables, {"scale", "constant_matrix"});
  }
  check_keys(node, std::span(std::as_const(keys)));
  check_keys(node["@variables"], std::span(std::as_const(variables)));
}

/// `channels`: of the descriptor, that have vectors. `exclude_types` of the fitting is ignored, as DeePMD-kit
/// does: the model's `atom_exclude_types` takes its place.
inline Fitting read_fitting(Cursor const& node, int ntypes, int channels) {
  Fitting fitting;
  fitting.head = read_head(node, ntypes);  // first, since of another kind nothing else is known
  check_fitting(node);
  read_parameters(node, fitting);
  Cursor const nets = node["nets"];
  NetCollection collection = read_collection(nets, ntypes, 1);
  bool const mixed = collection.ndim == 0;
  if (std::optional<Cursor> const flag = node.find("mixed_types"); flag && flag->flag() != mixed)
    flag->refuse(mixed ? "true, as nets/ndim is 0" : "false, as nets/ndim is 1");
  fitting.nets = std::move(collection.nets);
  if (fitting.head.turns() && channels == 0)
    node["type"].complain("a ", fitting.head.quantity.name,
                          " needs a descriptor with angles (se_e2_a, se_atten)");
  int const outputs = fitting.head.outputs(channels);
  auto const biases = static_cast<std::size_t>(ntypes) * static_cast<std::size_t>(outputs);
  fitting.bias_atom_e = node["@variables"]["bias_atom_e"].values(biases);
  fitting.vacuum_removed = read_vacuum(node, ntypes, mixed);
  return fitting;
}

/// Refuses a fitting that was made for another descriptor; what its nets take is checked by itself.
inline void check_dimension(Cursor const& node, int dimension) {
  std::optional<Cursor> const said = node.find("dim_descrpt");
  if (said && said->integer(1, 100'000'000) != dimension)
    said->refuse(std::to_string(dimension) + ", the length of the descriptor");
}

}  // namespace dp::detail
