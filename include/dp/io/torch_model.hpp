// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <array>
#include <dp/io/json_tree.hpp>
#include <dp/io/torch_descriptor.hpp>
#include <dp/io/torch_module.hpp>
#include <dp/io/torch_nets.hpp>
#include <dp/io/tree.hpp>
#include <optional>
#include <string>
#include <utility>

namespace dp::detail::torch {

/// One entry for each type: a number where the net's value without neighbours is subtracted, else null.
inline Node atom_ener(TorchModule const& fitting) {
  Node const removed = fitting.node("remove_vaccum_contribution");
  Node::List const* const flags = removed.as<Node::List>();
  if (flags == nullptr) return {};
  Node::List out;
  for (Node const& flag : *flags)
    out.push_back(flag.as<bool>() != nullptr && *flag.as<bool>() ? Node{0.0} : Node{});
  return Node{std::move(out)};
}

/// The frame parameters for callers that give none: a list of numbers, which some versions keep as a tensor.
inline Node default_fparam(TorchModule const& fitting) {
  Node const list = fitting.node("default_fparam"), tensor = fitting.node("default_fparam_tensor");
  Node::SharedArray const* const array = tensor.as<Node::SharedArray>();
  if (!list.is_null() || array == nullptr) return list;
  Node::List out;
  for (double const value : (*array)->values) out.push_back(Node{value});
  return Node{std::move(out)};
}

inline Node fitting(TorchModule const& module) {
  static constexpr std::array<Name, 6> known{{{"EnergyFittingNet", "ener"},
                                              {"InvarFitting", "invar"},
                                              {"DipoleFittingNet", "dipole"},
                                              {"PolarFittingNet", "polar"},
                                              {"DOSFittingNet", "dos"},
                                              {"PropertyFittingNet", "property"}}};
  std::string const type = name_of(module.type(), known);
  bool const known_type =
      std::any_of(known.begin(), known.end(), [&](Name const& name) { return name.second == type; });
  if (!known_type) return map_of({{"type", Node{type}}});
  if (module.flag("old_impl")) module.complain("its old implementation (\"old_impl\") is not supported");
  Node::Map out = begin_object("Fitting", 4);
  out.push_back({"type", Node{type}});
  copy(module, {"var_name",  "ntypes",      "dim_descrpt",        "dim_out",       "neuron",
                "resnet_dt", "numb_fparam", "numb_aparam",        "dim_case_embd", "activation_function",
                "precision", "mixed_types", "use_aparam_as_mask", "type_map",      "embedding_width",
                "fit_diag",  "shift_diag",  "task_dim",           "intensive",     "distinguish_types"},
       out);
  out.push_back({"default_fparam", default_fparam(module)});
  out.push_back({"atom_ener", atom_ener(module)});
  out.push_back({"nets", collection(module["filter_layers"], "fitting_network")});
  Node::Map variables;
  copy(module,
       {"bias_atom_e", "case_embd", "fparam_avg", "fparam_inv_std", "aparam_avg", "aparam_inv_std", "scale"},
       variables);  // constant_matrix is a constant of TensorFlow's, which this backend does not add
  out.push_back({"@variables", map_of(std::move(variables))});
  return map_of(std::move(out));
}

/// The splines of a table of pair energies.
inline Node pair_table(TorchModule const& module) {
  Node::Map out = begin_object("PairTab", 1);
  out.push_back({"@variables", map_of({{"tab_info", module.required("tab_info")},
                                       {"tab_data", module.required("tab_data")}})});
  return map_of(std::move(out));
}

inline Node atomic_model(TorchModule const& atomic, bool within_others = false) {
  static constexpr std::array<Name, 9> known{{{"DPAtomicModel", "standard"},
                                              {"DPEnergyAtomicModel", "standard"},
                                              {"DPDipoleAtomicModel", "standard"},
                                              {"DPPolarAtomicModel", "standard"},
                                              {"DPDOSAtomicModel", "standard"},
                                              {"DPPropertyAtomicModel", "standard"},
                                              {"LinearEnergyAtomicModel", "linear"},
                                              {"DPZBLLinearEnergyAtomicModel", "zbl"},
                                              {"PairTabAtomicModel", "pairtab"}}};
  std::string const type = name_of(atomic.type(), known);
  bool const several = type == "linear" || type == "zbl";
  if (several && within_others)
    atomic.complain("a model of several within a model of several is not supported");
  Node::Map out = begin_object("Model", 2);
  out.push_back({"type", Node{type}});
  copy(atomic, {"type_map"}, out);
  if (type == "standard") {
    out.push_back({"descriptor", descriptor(atomic["descriptor"])});
    out.push_back({"fitting", fitting(atomic["fitting_net"])});
  } else if (type == "pairtab") {
    out.push_back({"tab", pair_table(atomic)});
    copy(atomic, {"rcut", "sel"}, out);
  } else if (several) {
    Node::List members;
    for (TorchModule const& member : atomic.list("models")) members.push_back(atomic_model(member, true));
    out.push_back({"models", Node{std::move(members)}});
    copy(atomic, {"weights", "sw_rmin", "sw_rmax", "smin_alpha"}, out);
  } else {
    return map_of(std::move(out));
  }
  out.push_back({"atom_exclude_types", excluded(atomic, "atom_excl", false)});
  out.push_back({"pair_exclude_types", excluded(atomic, "pair_excl", true)});
  Node::Map variables;
  copy(atomic, {"out_bias", "out_std"}, variables);
  out.push_back({"@variables", map_of(std::move(variables))});
  return map_of(std::move(out));
}

/// The tree of a whole archive, from its root.
inline Node model(TorchModule const& root, std::string const& file) {
  Node::Map out{{"software", Node{std::string("deepmd-kit")}}, {"backend", Node{std::string("PyTorch")}}};
  if (Node const distance = root.node("min_nbor_dist"); !distance.is_null())
    out.push_back({"@variables", map_of({{"min_nbor_dist", distance}})});
  if (std::optional<TorchModule> const atomic = root.find("atomic_model"))
    out.push_back({"model", atomic_model(*atomic)});
  else
    out.push_back(
        {"model", map_of({{"type", Node{root.find("backbone_model") ? "spin_ener" : root.type()}}})});
  Node const script = root.node("model_def_script");
  if (std::string const* const text = script.as<std::string>(); text != nullptr && !text->empty())
    out.push_back({"model_def_script", json_tree(*text, file, "model_def_script")});
  return map_of(std::move(out));
}

}  // namespace dp::detail::torch
