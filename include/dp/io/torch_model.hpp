// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <dp/io/json_tree.hpp>
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

inline Node descriptor(TorchModule const& module) {
  static constexpr std::array<Name, 9> known{{{"DescrptSeA", "se_e2_a"},
                                              {"DescrptSeR", "se_e2_r"},
                                              {"DescrptSeT", "se_e3"},
                                              {"DescrptSeTTebd", "se_e3_tebd"},
                                              {"DescrptDPA1", "dpa1"},
                                              {"DescrptSeAttenV2", "se_atten_v2"},
                                              {"DescrptDPA2", "dpa2"},
                                              {"DescrptDPA3", "dpa3"},
                                              {"DescrptHybrid", "hybrid"}}};
  std::string const type = name_of(module.type(), known);
  if (type != "se_e2_a" && type != "se_e2_r") return map_of({{"type", Node{type}}});
  TorchModule const block = type == "se_e2_a" ? module["sea"] : module;
  if (block.flag("old_impl")) block.complain("its old implementation (\"old_impl\") is not supported");
  bool const compressed = block.flag("compress");
  Node::Map out = begin_object("Descriptor", compressed ? 3 : 2);
  out.push_back({"type", Node{type}});
  copy(module, {"type_map"}, out);
  copy(block,
       {"rcut", "rcut_smth", "sel", "neuron", "resnet_dt", "set_davg_zero", "activation_function",
        "precision", "env_protection"},
       out);
  if (type == "se_e2_a") copy(block, {"axis_neuron"}, out);
  Node const embeddings = collection(block["filter_layers"], "embedding_network");
  std::int64_t const* const ndim = embeddings.find("ndim")->as<std::int64_t>();
  out.push_back({"type_one_side", Node{ndim != nullptr && *ndim == 1}});
  out.push_back({"exclude_types", excluded(block, "emask", true)});
  out.push_back({"env_mat", map_of({{"rcut", block.node("rcut")},
                                    {"rcut_smth", block.node("rcut_smth")},
                                    {"protection", block.node("env_protection")}})});
  out.push_back({"embeddings", embeddings});
  out.push_back(
      {"@variables", map_of({{"davg", block.required("mean")}, {"dstd", block.required("stddev")}})});
  if (compressed)
    out.push_back(
        {"compress",
         map_of({{"@variables", map_of({{"compress_data", Node{block.tensors("compress_data")}},
                                        {"compress_info", Node{block.tensors("compress_info")}}})}})});
  return map_of(std::move(out));
}

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
  if (type != "ener" && type != "invar") return map_of({{"type", Node{type}}});
  if (module.flag("old_impl")) module.complain("its old implementation (\"old_impl\") is not supported");
  Node::Map out = begin_object("Fitting", 4);
  out.push_back({"type", Node{type}});
  copy(module,
       {"var_name", "ntypes", "dim_descrpt", "dim_out", "neuron", "resnet_dt", "numb_fparam", "numb_aparam",
        "dim_case_embd", "activation_function", "precision", "mixed_types", "use_aparam_as_mask", "type_map"},
       out);
  out.push_back({"default_fparam", default_fparam(module)});
  out.push_back({"atom_ener", atom_ener(module)});
  out.push_back({"nets", collection(module["filter_layers"], "fitting_network")});
  Node::Map variables;
  copy(module, {"bias_atom_e", "case_embd", "fparam_avg", "fparam_inv_std", "aparam_avg", "aparam_inv_std"},
       variables);
  out.push_back({"@variables", map_of(std::move(variables))});
  return map_of(std::move(out));
}

inline Node atomic_model(TorchModule const& module) {
  static constexpr std::array<Name, 9> known{{{"DPAtomicModel", "standard"},
                                              {"DPEnergyAtomicModel", "standard"},
                                              {"DPDipoleAtomicModel", "standard"},
                                              {"DPPolarAtomicModel", "standard"},
                                              {"DPDOSAtomicModel", "standard"},
                                              {"DPPropertyAtomicModel", "standard"},
                                              {"LinearEnergyAtomicModel", "linear"},
                                              {"DPZBLLinearEnergyAtomicModel", "zbl"},
                                              {"PairTabAtomicModel", "pairtab"}}};
  std::string const type = name_of(module.type(), known);
  Node::Map out = begin_object("Model", 2);
  out.push_back({"type", Node{type}});
  copy(module, {"type_map"}, out);
  if (type != "standard") return map_of(std::move(out));
  out.push_back({"descriptor", descriptor(module["descriptor"])});
  out.push_back({"fitting", fitting(module["fitting_net"])});
  out.push_back({"atom_exclude_types", excluded(module, "atom_excl", false)});
  out.push_back({"pair_exclude_types", excluded(module, "pair_excl", true)});
  Node::Map variables;
  copy(module, {"out_bias", "out_std"}, variables);
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
