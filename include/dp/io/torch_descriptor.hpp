// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <dp/io/torch_attention.hpp>
#include <dp/io/torch_module.hpp>
#include <dp/io/torch_nets.hpp>
#include <dp/io/tree.hpp>
#include <string>
#include <utility>

namespace dp::detail::torch {

/// What all descriptors of one cutoff have: `block` is the module that evaluates it.
inline Node::Map begin_descriptor(TorchModule const& block, std::string const& type, std::int64_t version) {
  if (block.flag("old_impl")) block.complain("its old implementation (\"old_impl\") is not supported");
  Node::Map out = begin_object("Descriptor", version);
  out.push_back({"type", Node{type}});
  copy(block,
       {"rcut", "rcut_smth", "sel", "neuron", "resnet_dt", "set_davg_zero", "activation_function",
        "precision", "env_protection"},
       out);
  out.push_back({"exclude_types", excluded(block, "emask", true)});
  out.push_back({"env_mat", map_of({{"rcut", block.node("rcut")},
                                    {"rcut_smth", block.node("rcut_smth")},
                                    {"protection", block.node("env_protection")}})});
  out.push_back({"embeddings", collection(block["filter_layers"], "embedding_network")});
  return out;
}

inline Node statistics(TorchModule const& block) {
  Node::Map out{{"davg", block.required("mean")}, {"dstd", block.required("stddev")}};
  if (Node gain = block.node("adam_degree_gain_raw"); !gain.is_null())
    out.push_back({"degree_gain_raw", std::move(gain)});
  return map_of(std::move(out));
}

/// Tables of the nets, for a map "compress".
inline Node::Map tables(TorchModule const& block) {
  return {{"compress_data", Node{block.tensors("compress_data")}},
          {"compress_info", Node{block.tensors("compress_info")}}};
}

/// A descriptor with nets for each type, or each pair of them; `block` as above.
inline Node descriptor_by_types(TorchModule const& module, TorchModule const& block,
                                std::string const& type) {
  bool const compressed = block.flag("compress");
  Node::Map out = begin_descriptor(block, type, compressed ? 3 : 2);
  copy(module, {"type_map"}, out);
  if (type == "se_e2_a") copy(block, {"axis_neuron"}, out);
  if (type != "se_e3") {
    Node const ndim = block["filter_layers"].required("ndim");
    out.push_back(
        {"type_one_side", Node{ndim.as<std::int64_t>() != nullptr && *ndim.as<std::int64_t>() == 1}});
  }
  out.push_back({"@variables", statistics(block)});
  if (compressed) out.push_back({"compress", map_of({{"@variables", map_of(tables(block))}})});
  return map_of(std::move(out));
}

/// A descriptor with one net and an embedding of the types: DPA-1 (se_atten), se_atten_v2. The latter leaves
/// out what it always is, stripped and smooth.
inline Node descriptor_with_attention(TorchModule const& module, std::string const& type) {
  TorchModule const block = module["se_atten"];
  bool const types_tabulated = block.flag("tebd_compress");
  bool const tabulated = block.flag("geo_compress") || block.flag("compress");
  Node const order = block.node("lmax");  // absent in older files, which know no other than 1
  bool const higher = order.as<std::int64_t>() != nullptr && *order.as<std::int64_t>() != 1;
  Node::Map out = begin_descriptor(block, type, higher ? 4 : types_tabulated || tabulated ? 3 : 2);
  copy(module, {"type_map", "concat_output_tebd", "use_econf_tebd", "use_tebd_bias"}, out);
  copy(block,
       {"ntypes", "axis_neuron", "tebd_dim", "attn_layer", "attn_dotr", "attn_mask", "scaling_factor",
        "normalize", "temperature", "ln_eps", "type_one_side"},
       out);
  out.push_back({"attn", block.node("attn_dim")});
  if (type == "dpa1") {
    copy(block, {"tebd_input_mode"}, out);
    out.push_back({"smooth_type_embedding", block.required("smooth")});
  }
  if (higher) out.push_back({"lmax", order});
  if (block.find("filter_layers_strip"))
    out.push_back({"embeddings_strip", collection(block["filter_layers_strip"], "embedding_network")});
  out.push_back({"type_embedding", type_embedding(module["type_embedding"]["embedding"])});
  out.push_back({"attention_layers", attention_layers(block["dpa1_attention"])});
  out.push_back({"@variables", statistics(block)});
  if (types_tabulated || tabulated) {
    Node::Map variables;
    if (tabulated) variables = tables(block);
    if (types_tabulated) copy(block, {"type_embd_data"}, variables);
    out.push_back({"compress", map_of({{"geo_compress", Node{tabulated}},
                                       {"@variables", map_of(std::move(variables))}})});
  }
  return map_of(std::move(out));
}

/// se_e3_tebd, whose tables, if it is compressed, are left out: the nets are there as well.
inline Node descriptor_of_angles(TorchModule const& module) {
  TorchModule const block = module["se_ttebd"];
  Node::Map out = begin_descriptor(block, "se_e3_tebd", 1);
  copy(module, {"type_map", "concat_output_tebd", "use_econf_tebd", "use_tebd_bias"}, out);
  copy(block, {"ntypes", "tebd_dim", "tebd_input_mode"}, out);
  out.push_back({"smooth", block.required("smooth")});
  if (block.find("filter_layers_strip"))
    out.push_back({"embeddings_strip", collection(block["filter_layers_strip"], "embedding_network")});
  out.push_back({"type_embedding", type_embedding(module["type_embedding"]["embedding"])});
  out.push_back({"@variables", statistics(block)});
  return map_of(std::move(out));
}

inline Node descriptor(TorchModule const& module, bool inside_hybrid = false) {
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
  if (type == "se_e2_a") return descriptor_by_types(module, module["sea"], type);
  if (type == "se_e2_r") return descriptor_by_types(module, module, type);
  if (type == "se_e3") return descriptor_by_types(module, module["seat"], type);
  if (type == "se_e3_tebd") return descriptor_of_angles(module);
  if (type == "dpa1" || type == "se_atten_v2") return descriptor_with_attention(module, type);
  if (type != "hybrid") return map_of({{"type", Node{type}}});
  if (inside_hybrid) module.complain("a hybrid descriptor as a part of another is not supported");
  Node::List members;
  for (TorchModule const& member : module.list("descrpt_list")) members.push_back(descriptor(member, true));
  Node::Map out = begin_object("Descriptor", 1);
  out.push_back({"type", Node{type}});
  out.push_back({"list", Node{std::move(members)}});
  return map_of(std::move(out));
}

}  // namespace dp::detail::torch
