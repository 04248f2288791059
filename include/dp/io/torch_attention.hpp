// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/io/torch_module.hpp>
#include <dp/io/torch_nets.hpp>
#include <dp/io/tree.hpp>
#include <string>
#include <utility>

namespace dp::detail::torch {

/// The net that gives every type its numbers.
inline Node type_embedding(TorchModule const& module) {
  Node::Map out = begin_object("TypeEmbedNet", 2);
  copy(module,
       {"ntypes", "neuron", "resnet_dt", "precision", "activation_function", "padding", "use_econf_tebd",
        "use_tebd_bias", "type_map"},
       out);
  out.push_back({"embedding", network(module["embedding_net"], "embedding_network")});
  return map_of(std::move(out));
}

inline Node layer_norm(TorchModule const& module) {
  Node::Map out = begin_object("LayerNorm", 1);
  copy(module, {"eps", "precision"}, out);
  out.push_back({"@variables", map_of({{"w", module.required("matrix")}, {"b", module.required("bias")}})});
  return map_of(std::move(out));
}

/// Layers of attention among the neighbours of an atom; a descriptor may have none.
inline Node attention_layers(TorchModule const& module) {
  Node::List layers;
  for (TorchModule const& entry : module.list("attention_layers")) {
    TorchModule const attention = entry["attention_layer"];
    Node::Map inner, outer;
    copy(attention,
         {"nnei", "embed_dim", "hidden_dim", "num_heads", "dotr", "do_mask", "scaling_factor", "normalize",
          "temperature", "bias", "smooth", "precision"},
         inner);
    for (char const* const name : {"in_proj", "out_proj"}) inner.push_back({name, layer(attention[name])});
    copy(entry,
         {"nnei", "embed_dim", "hidden_dim", "dotr", "do_mask", "scaling_factor", "normalize", "temperature",
          "ln_eps", "precision"},
         outer);
    outer.push_back({"attention_layer", map_of(std::move(inner))});
    outer.push_back({"attn_layer_norm", layer_norm(entry["attn_layer_norm"])});
    layers.push_back(map_of(std::move(outer)));
  }
  Node::Map out = begin_object("NeighborGatedAttention", 1);
  copy(module,
       {"layer_num", "nnei", "embed_dim", "hidden_dim", "dotr", "do_mask", "scaling_factor", "normalize",
        "temperature", "ln_eps", "precision"},
       out);
  out.push_back({"attention_layers", Node{std::move(layers)}});
  return map_of(std::move(out));
}

}  // namespace dp::detail::torch
