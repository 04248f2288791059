// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/io/read_model.hpp>
#include <dp/io/yaml_file.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

/// A small model as the tree that a DeePMD-kit file holds, to be edited before it is read.
namespace dp::test {

using Json = nlohmann::json;

inline Json array(Json value) {
  return {{"@class", "np.ndarray"},
          {"@is_variable", true},
          {"@version", 1},
          {"dtype", "float64"},
          {"value", value}};
}

/// A layer whose weights start at `first` and grow by 0.01.
inline Json layer(int inputs, int outputs, double first, std::string const& activation = "tanh",
                  bool resnet = true) {
  std::vector<std::vector<double>> w(static_cast<std::size_t>(inputs));
  for (auto& row : w)
    for (int o = 0; o < outputs; ++o, first += 0.01) row.push_back(first);
  return {{"@class", "Layer"},
          {"@version", 2},
          {"bias", true},
          {"use_timestep", false},
          {"activation_function", activation},
          {"resnet", resnet},
          {"precision", "float64"},
          {"@variables",
           {{"w", array(w)}, {"b", array(std::vector<double>(w[0].size(), 0.1))}, {"idt", nullptr}}}};
}

inline Json collection(int ndim, Json networks) {
  return {{"@class", "NetworkCollection"},
          {"@version", 1},
          {"ndim", ndim},
          {"ntypes", 2},
          {"networks", networks}};
}

/// 1 -> 2 -> 4; the first weight is `first`.
inline Json embedding_net(double first) {
  return {{"@version", 2}, {"layers", {layer(1, 2, first), layer(2, 4, 0.3)}}};
}

/// `inputs` -> 3 -> 1
inline Json fitting_net(int inputs, double first) {
  return {{"@version", 1}, {"layers", {layer(inputs, 3, first), layer(3, 1, 0.2, "none", false)}}};
}

/// Two types, O and H, sel 1 and 2, two-sided nets of width 4, two axis neurons.
inline Json small_model() {
  Json const mean_o = {{0.5, 0, 0, 0}, {0.6, 0, 0, 0}, {0.6, 0, 0, 0}};
  Json const mean_h = {{0.7, 0, 0, 0}, {0.8, 0, 0, 0}, {0.8, 0, 0, 0}};
  Json const deviation(3, Json{0.5, 0.25, 0.25, 0.25});
  Json const descriptor = {
      {"type", "se_e2_a"},
      {"@version", 2},
      {"rcut", 5.0},
      {"rcut_smth", 0.5},
      {"sel", {1, 2}},
      {"axis_neuron", 2},
      {"type_one_side", false},
      {"exclude_types", Json::array()},
      {"env_protection", 0.0},
      {"precision", "float64"},
      {"spin", nullptr},
      {"@variables", {{"davg", array({mean_o, mean_h})}, {"dstd", array({deviation, deviation})}}},
      {"embeddings",
       collection(2, {embedding_net(0.0), embedding_net(1.0), embedding_net(2.0), embedding_net(3.0)})}};
  Json const fitting = {{"type", "ener"},
                        {"@version", 4},
                        {"var_name", "energy"},
                        {"dim_descrpt", 8},
                        {"dim_out", 1},
                        {"numb_fparam", 0},
                        {"numb_aparam", 0},
                        {"mixed_types", false},
                        {"exclude_types", Json::array()},
                        {"atom_ener", nullptr},
                        {"precision", "default"},
                        {"@variables", {{"bias_atom_e", array({{-1.0}, {-2.0}})}, {"case_embd", nullptr}}},
                        {"nets", collection(1, {fitting_net(8, 0.0), fitting_net(8, 1.0)})}};
  return {{"software", "deepmd-kit"},
          {"backend", "PyTorch"},
          {"@variables", {{"min_nbor_dist", array(0.9)}}},
          {"model",
           {{"type", "standard"},
            {"@version", 2},
            {"type_map", {"O", "H"}},
            {"atom_exclude_types", Json::array()},
            {"pair_exclude_types", Json::array()},
            {"@variables", {{"out_bias", array({{{-10.0}, {-20.0}}})}}},
            {"descriptor", descriptor},
            {"fitting", fitting}}}};
}

/// The same with DPA-1 without attention: vectors of 2 entries, one net of (s, neighbour, centre), sel 3.
inline Json small_attention_model() {
  Json tree = small_model();
  Json& descriptor = tree["model"]["descriptor"];
  Json const mean(3, Json{0.5, 0, 0, 0}), deviation(3, Json{0.5, 0.25, 0.25, 0.25});
  descriptor.update(
      {{"type", "dpa1"},
       {"ntypes", 2},
       {"sel", 3},
       {"attn_layer", 0},
       {"tebd_dim", 2},
       {"tebd_input_mode", "concat"},
       {"smooth_type_embedding", true},
       {"concat_output_tebd", true},
       {"use_econf_tebd", false},
       {"type_embedding",
        {{"@version", 2},
         {"ntypes", 2},
         {"padding", true},
         {"use_econf_tebd", false},
         {"embedding", {{"@version", 2}, {"layers", {layer(2, 2, 0.5, "linear", false)}}}}}},
       {"@variables", {{"davg", array({mean, mean})}, {"dstd", array({deviation, deviation})}}},
       {"embeddings", collection(0, Json::array({{{"@version", 2}, {"layers", {layer(5, 4, 0.0)}}}}))}});
  Json& fitting = tree["model"]["fitting"];
  fitting.update({{"dim_descrpt", 10},
                  {"mixed_types", true},
                  {"nets", collection(0, Json::array({fitting_net(10, 0.0)}))}});
  return tree;
}

/// A table of two intervals of 2 A, from 0.5 A on, for all pairs of O and H.
inline Json small_table() {
  Json splines = Json::array();
  for (int pair = 0; pair < 4; ++pair)
    for (double const number : {-1.0, 3.0, -4.0, 3.0, -1.0, 3.0, -3.0, 1.0}) splines.push_back(number);
  return {{"type", "pairtab"},
          {"@version", 2},
          {"type_map", {"O", "H"}},
          {"rcut", 4.5},
          {"sel", 20},
          {"tab",
           {{"@version", 1},
            {"rmin", 0.5},
            {"hh", 2.0},
            {"@variables", {{"tab_info", array({0.5, 2.0, 2.0, 2.0})}, {"tab_data", array(splines)}}}}},
          {"@variables", {{"out_bias", array({{{0.5}, {0.25}}})}}}};
}

/// small_model() and small_table() with the switch of DP-ZBL between them.
inline Json small_zbl_model() {
  Json tree = small_model();
  Json const nets = tree["model"];
  tree["model"] = {
      {"type", "zbl"},  {"@version", 2},  {"type_map", {"O", "H"}}, {"models", {nets, small_table()}},
      {"sw_rmin", 1.0}, {"sw_rmax", 2.0}, {"smin_alpha", 0.1}};
  return tree;
}

/// The same as small_model() with se_e3.
inline Json small_angle_model() {
  Json tree = small_model();
  Json& descriptor = tree["model"]["descriptor"];
  descriptor["type"] = "se_e3";
  for (char const* const key : {"axis_neuron", "type_one_side", "spin"}) descriptor.erase(key);
  tree["model"]["fitting"].update(
      {{"dim_descrpt", 4}, {"nets", collection(1, {fitting_net(4, 0.0), fitting_net(4, 1.0)})}});
  return tree;
}

/// A layer of attention of 4 channels, with queries, keys and values of 2 numbers.
inline Json attention_layer(bool smooth) {
  Json const inside = {{"dotr", true},
                       {"do_mask", false},
                       {"num_heads", 1},
                       {"scaling_factor", 1.0},
                       {"normalize", true},
                       {"temperature", nullptr},
                       {"smooth", smooth},
                       {"in_proj", layer(4, 6, -0.1, "none", false)},
                       {"out_proj", layer(2, 4, 0.2, "none", false)}};
  return {{"attention_layer", inside},
          {"attn_layer_norm",
           {{"@version", 1},
            {"eps", 1e-5},
            {"@variables", {{"w", array({1.0, 0.9, 1.1, 1.0})}, {"b", array({0.0, 0.1, 0.0, -0.1})}}}}}};
}

/// small_attention_model() with a layer of attention.
inline Json small_model_that_attends() {
  Json tree = small_attention_model();
  tree["model"]["descriptor"].update(
      {{"attn_layer", 1},
       {"attn", 2},
       {"attn_mask", false},
       {"attention_layers", {{"@version", 1}, {"attention_layers", Json::array({attention_layer(true)})}}}});
  return tree;
}

/// Reads the text of a `.yaml` file (JSON is YAML) that is called test.yaml in messages.
inline Model read_yaml_text(std::string const& text) {
  return detail::model_from_tree(detail::yaml_tree(text, "test.yaml"), "test.yaml");
}

inline Model read_tree(Json const& tree) { return read_yaml_text(tree.dump()); }

/// The message of the dp::Error that an action throws; "no error" if it throws none.
template <class Action>
std::string error_of(Action const& action) {
  try {
    action();
  } catch (Error const& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace dp::test
