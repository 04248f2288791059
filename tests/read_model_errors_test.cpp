// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// What the readers say of bad models and bad files: file, key, expected and found.

#include <gtest/gtest.h>

#include <dp/io/read_model.hpp>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "support/parts.hpp"
#include "support/small_model.hpp"

namespace dp::test {
namespace {

std::string variant(std::string const& name) { return std::string(DP_TEST_DATA) + "/variants/" + name; }

std::string write(std::string const& name, std::string const& bytes) {
  std::string const path = testing::TempDir() + "dp_read_model_" + name;
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

struct BadTree {
  char const* name;
  std::function<void(Json& root, Json& descriptor, Json& fitting)> edit;
  std::vector<std::string> words;  // of the message
};

void PrintTo(BadTree const& bad, std::ostream* out) { *out << bad.name; }

Json& first_layer(Json& owner, char const* key) { return owner[key]["networks"][0]["layers"][0]; }

std::vector<BadTree> bad_trees() {
  using J = Json&;
  return {
      {"NoModel", [](J r, J, J) { r.erase("model"); }, {"the key \"model\" is missing"}},
      {"ModelType",
       [](J r, J, J) { r["model"]["type"] = "spin_ener"; },
       {"model/type", "\"standard\"", "\"zbl\"", "\"spin_ener\""}},
      {"ModelVersion", [](J r, J, J) { r["model"]["@version"] = 9; }, {"model/@version", "1 to 2", "9"}},
      {"NoTypeMap",
       [](J r, J, J) { r["model"]["type_map"] = Json::array(); },
       {"model/type_map", "does not name its 2 types"}},
      {"TwiceH",
       [](J r, J, J) {
         r["model"]["type_map"] = {"H", "H"};
       },
       {"type_map", "\"H\" appears twice"}},
      {"AtomExclude",
       [](J r, J, J) { r["model"]["atom_exclude_types"] = {2}; },
       {"model/atom_exclude_types/0", "0 to 1", "2"}},
      {"OutBias",
       [](J r, J, J) {
         r["model"]["@variables"]["out_bias"] = array({1.0, 2.0});
       },
       {"model/@variables/out_bias", "(outputs, 2, components)", "shape (2)"}},
      {"Descriptor",
       [](J, J d, J) { d["type"] = "loc_frame"; },
       {"model/descriptor/type", "se_e2_a", "se_e2_r", "\"hybrid\"", "\"loc_frame\""}},
      {"Spin",
       [](J, J d, J) {
         d["spin"] = {{"use_spin", true}};
       },
       {"model/descriptor/spin", "spin models"}},
      {"RcutText",
       [](J, J d, J) { d["rcut"] = "abc"; },
       {"test.yaml: model/descriptor/rcut: expected a positive number, found \"abc\""}},
      {"RcutNegative", [](J, J d, J) { d["rcut"] = -6.0; }, {"model/descriptor/rcut", "positive", "-6"}},
      {"RcutMissing", [](J, J d, J) { d.erase("rcut"); }, {"model/descriptor", "\"rcut\" is missing"}},
      {"RcutHuge", [](J, J d, J) { d["rcut"] = 1e9; }, {"rcut", "at most"}},
      {"Smooth", [](J, J d, J) { d["rcut_smth"] = 5.0; }, {"model/descriptor/rcut_smth", "below rcut", "5"}},
      {"SelLength",
       [](J, J d, J) {
         d["sel"] = {1, 1, 1};
       },
       {"model/descriptor/sel", "a list of 2 integers", "a list of 3"}},
      {"SelNegative",
       [](J, J d, J) {
         d["sel"] = {-1, 4};
       },
       {"model/descriptor/sel/0", "-1"}},
      {"SelZero",
       [](J, J d, J) {
         d["sel"] = {0, 0};
       },
       {"model/descriptor/sel", "at least one positive"}},
      {"Axis",
       [](J, J d, J) { d["axis_neuron"] = 5; },
       {"model/descriptor/axis_neuron", "at most", "4", "5"}},
      {"Precision",
       [](J, J d, J) { d["precision"] = "float12"; },
       {"model/descriptor/precision", "\"float12\""}},
      {"ExcludePair",
       [](J, J d, J) { d["exclude_types"] = {{0}}; },
       {"model/descriptor/exclude_types/0", "a pair"}},
      {"MeanShape",
       [](J, J d, J) {
         d["@variables"]["davg"] = array({{1.0, 2.0}});
       },
       {"model/descriptor/@variables/davg", "(2, 3, 4)", "(1, 2)"}},
      {"MeanVaries",
       [](J, J d, J) { d["@variables"]["davg"]["value"][1][2][0] = 0.9; },
       {"model/descriptor/@variables/davg", "0.8", "0.9", "centre type 1, slot 2"}},
      {"DeviationZero",
       [](J, J d, J) { d["@variables"]["dstd"]["value"][0][0][1] = 0.0; },
       {"model/descriptor/@variables/dstd", "positive", "found 0", "centre O, neighbour O"}},
      {"Ragged",
       [](J, J d, J) {
         d["@variables"]["dstd"]["value"][0][1] = {1.0, 2.0};
       },
       {"model/descriptor/@variables/dstd", "expected 4 entries", "a list of 2"}},
      {"OneSide", [](J, J d, J) { d["type_one_side"] = true; }, {"model/descriptor/type_one_side", "false"}},
      {"FewNets",
       [](J, J d, J) { d["embeddings"]["networks"].erase(3); },
       {"model/descriptor/embeddings/networks", "a list of 4 networks", "a list of 3"}},
      {"NullNet",
       [](J, J d, J) { d["embeddings"]["networks"][2] = nullptr; },
       {"model/descriptor/embeddings/networks", "centre O, neighbour H is null"}},
      {"Activation",
       [](J, J d, J) { first_layer(d, "embeddings")["activation_function"] = "swish"; },
       {"embeddings/networks/0/layers/0/activation_function", "tanh, relu", "\"swish\""}},
      {"Threshold",
       [](J, J d, J) { first_layer(d, "embeddings")["activation_function"] = "silut:x"; },
       {"activation_function", "\"silut:x\""}},
      {"WeightShape",
       [](J, J d, J) {
         first_layer(d, "embeddings")["@variables"]["w"] = array({1.0, 2.0});
       },
       {"layers/0/@variables/w", "(inputs, outputs)", "shape (2)"}},
      {"WeightText",
       [](J, J d, J) { first_layer(d, "embeddings")["@variables"]["w"]["value"][0][0] = "x"; },
       {"layers/0/@variables/w", "expected a number", "\"x\""}},
      {"WeightDtype",
       [](J, J d, J) { first_layer(d, "embeddings")["@variables"]["w"]["dtype"] = "complex128"; },
       {"layers/0/@variables/w", "dtype", "\"complex128\""}},
      {"Chain",
       [](J, J d, J) { first_layer(d, "embeddings") = layer(1, 3, 0.0); },
       {"networks/0/layers/1/@variables/w", "an array of 3 rows", "shape (2, 4)"}},
      {"NetWidths",
       [](J, J d, J) { d["embeddings"]["networks"][3]["layers"][1] = layer(2, 5, 0.0); },
       {"net of centre H, neighbour H", "4 outputs", "5"}},
      {"Bias",
       [](J, J d, J) { first_layer(d, "embeddings")["@variables"]["b"] = array({1.0}); },
       {"layers/0/@variables/b", "2 entries", "shape (1)"}},
      {"NoBias",
       [](J, J d, J) { first_layer(d, "embeddings")["@variables"]["b"] = nullptr; },
       {"\"b\" is missing or null"}},
      {"NoLayers",
       [](J, J d, J) { d["embeddings"]["networks"][0]["layers"] = Json::array(); },
       {"networks/0/layers", "at least one layer"}},
      {"Fitting", [](J, J, J f) { f["type"] = "spin"; }, {"model/fitting/type", "\"ener\"", "\"spin\""}},
      {"Dipole",
       [](J, J, J f) { f["type"] = "dipole"; },
       {"model/fitting/@variables/bias_atom_e", "an array of"}},
      {"Property", [](J, J, J f) { f["var_name"] = "band_gap"; }, {"model/fitting/var_name", "\"band_gap\""}},
      {"FittingInputs",
       [](J, J, J f) { f["nets"]["networks"][1] = fitting_net(9, 0.0); },
       {"model/fitting/nets/networks", "type H", "8 inputs", "found 9"}},
      {"Dimension", [](J, J, J f) { f["dim_descrpt"] = 7; }, {"model/fitting/dim_descrpt", "8", "7"}},
      {"Mixed", [](J, J, J f) { f["mixed_types"] = true; }, {"model/fitting/mixed_types", "false"}},
      {"AtomBias",
       [](J, J, J f) { f["@variables"]["bias_atom_e"] = array({1.0}); },
       {"model/fitting/@variables/bias_atom_e", "2 entries"}},
      {"Fparam",
       [](J, J, J f) { f["numb_fparam"] = 1; },
       {"fitting/@variables", "\"fparam_avg\" is missing"}},
      {"Outputs", [](J, J, J f) { f["dim_out"] = 3; }, {"model/fitting/dim_out", "3"}},
      {"UnknownModelKey",
       [](J r, J, J) { r["model"]["dispersion"] = "d3"; },
       {"model: ", "\"dispersion\" (\"d3\") is not known", "null"}},
      {"UnknownModelArray",
       [](J r, J, J) { r["model"]["@variables"]["scale"] = array({2.0}); },
       {"model/@variables: ", "\"scale\" (an array of shape (1)) is not known"}},
      {"UnknownDescriptorKey",
       [](J, J d, J) { d["use_moments"] = true; },
       {"model/descriptor: ", "\"use_moments\" (true) is not known"}},
      {"UnknownStatistics",
       [](J, J d, J) { d["@variables"]["dskew"] = array({1.0}); },
       {"model/descriptor/@variables: ", "\"dskew\""}},
      {"ExponentialSwitch",
       [](J, J d, J) {
         d["env_mat"] = {{"rcut", 5.0}, {"use_exp_switch", true}};
       },
       {"model/descriptor/env_mat/use_exp_switch", "false", "true"}},
      {"UnknownEnvironmentKey",
       [](J, J d, J) {
         d["env_mat"] = {{"rcut", 5.0}, {"power", 2}};
       },
       {"model/descriptor/env_mat: ", "\"power\" (2)"}},
      {"UnknownFittingKey",
       [](J, J, J f) { f["pair_term"] = 1.5; },
       {"model/fitting: ", "\"pair_term\" (1.5"}},
      {"UnknownFittingArray",
       [](J, J, J f) {
         f["@variables"]["scale"] = array({1.0, 2.0});
       },
       {"model/fitting/@variables: ", "\"scale\""}},
      {"UnknownCollectionKey",
       [](J, J, J f) {
         f["nets"]["shared"] = {0, 0};
       },
       {"model/fitting/nets: ", "\"shared\" (a list of 2)"}},
      {"UnknownNetKey",
       [](J, J d, J) { d["embeddings"]["networks"][1]["normalise"] = true; },
       {"model/descriptor/embeddings/networks/1: ", "\"normalise\""}},
      {"UnknownLayerKey",
       [](J, J d, J) { first_layer(d, "embeddings")["dropout"] = 0.5; },
       {"embeddings/networks/0/layers/0: ", "\"dropout\""}},
      {"UnknownLayerArray",
       [](J, J, J f) { first_layer(f, "nets")["@variables"]["gain"] = array({1.0}); },
       {"nets/networks/0/layers/0/@variables: ", "\"gain\""}},
      {"Modifier",
       [](J r, J, J) { r["model_def_script"]["modifier"]["type"] = "dipole_charge"; },
       {"model_def_script/modifier: ", "short-range part", "\"dipole_charge\"", "DPLR", "--short-range"}},
      {"ModifierOfTheModel",
       [](J r, J, J) { r["model"]["modifier"]["type"] = "other"; },
       {"model/modifier: ", "modifier \"other\"", "--short-range"}},
      {"ShortRangeTable",
       [](J r, J, J) { r["model_def_script"]["use_srtab"] = "zbl.txt"; },
       {"model_def_script/use_srtab: ", "\"zbl.txt\""}},
      {"SpinScript",
       [](J r, J, J) { r["model_def_script"]["spin"]["use_spin"] = {true}; },
       {"model_def_script/spin: ", "spin models"}},
      {"TypeEmbedding",
       [](J r, J, J) { r["model_def_script"]["type_embedding"]["neuron"] = {8}; },
       {"model_def_script/type_embedding: "}},
      {"Bridging",
       [](J r, J, J) { r["model_def_script"]["bridging_method"] = "ZBL"; },
       {"model_def_script/bridging_method: ", "\"none\"", "\"ZBL\""}},
      {"SeveralTasks",
       [](J r, J, J) { r["model"]["model_dict"]["water"] = 1; },
       {"model/model_dict: ", "several models", "--head"}},
  };
}

/// Of small_attention_model().
std::vector<BadTree> bad_attention_trees() {
  using J = Json&;
  return {
      {"Attention",
       [](J, J d, J) { d["attn_layer"] = 2; },
       {"model/descriptor", "\"attention_layers\" is missing"}},
      {"AttentionUnsaid", [](J, J d, J) { d.erase("attn_layer"); }, {"\"attn_layer\" is missing"}},
      {"Moments", [](J, J d, J) { d["lmax"] = 2; }, {"model/descriptor/lmax", "1", "2"}},
      {"ElectronConfiguration",
       [](J, J d, J) { d["use_econf_tebd"] = true; },
       {"model/descriptor/use_econf_tebd", "false", "true"}},
      {"ElectronsOfNoElement",
       [](J, J d, J) {
         d["type_embedding"]["use_econf_tebd"] = d["use_econf_tebd"] = true;
         d["type_embedding"]["type_map"] = {"O", "Hx"};
       },
       {"model/descriptor/type_embedding/type_map/1", "the symbol of an element", "\"Hx\""}},
      {"ElectronsOfOtherTypes",
       [](J, J d, J) {
         d["type_embedding"]["use_econf_tebd"] = d["use_econf_tebd"] = true;
         d["type_embedding"]["type_map"] = {"O"};
       },
       {"model/descriptor/type_embedding/type_map", "2 names", "1"}},
      {"NetOfTypesNotElectrons",
       [](J, J d, J) {
         d["type_embedding"]["use_econf_tebd"] = d["use_econf_tebd"] = true;
         d["type_embedding"]["type_map"] = {"O", "H"};
       },
       {"model/descriptor/type_embedding/embedding", "118 inputs", "2"}},
      {"InputsOfTypes",
       [](J, J d, J) {
         d["type_embedding"]["inputs"] = array({1.0, 2.0, 3.0});
       },
       {"model/descriptor/type_embedding/inputs", "2 rows"}},
      {"Mode",
       [](J, J d, J) { d["tebd_input_mode"] = "add"; },
       {"model/descriptor/tebd_input_mode", "\"concat\" or \"strip\"", "\"add\""}},
      {"Dimension", [](J, J d, J) { d["tebd_dim"] = 3; }, {"model/descriptor/tebd_dim", "2", "3"}},
      {"NoTypeEmbedding",
       [](J, J d, J) { d.erase("type_embedding"); },
       {"model/descriptor", "\"type_embedding\" is missing"}},
      {"TypesOfTheEmbedding",
       [](J, J d, J) { d["type_embedding"]["embedding"]["layers"][0] = layer(3, 2, 0.5); },
       {"model/descriptor/type_embedding/embedding", "2 inputs", "3"}},
      {"Types", [](J, J d, J) { d["ntypes"] = 4; }, {"model/descriptor/ntypes", "2", "4"}},
      {"Sel", [](J, J d, J) { d["sel"] = 0; }, {"model/descriptor/sel", "1", "0"}},
      {"MeanVaries",
       [](J, J d, J) { d["@variables"]["davg"]["value"][1][2][0] = 0.9; },
       {"model/descriptor/@variables/davg", "a centre", "0.9", "centre type 1, slot 2"}},
      {"ManyNets",
       [](J, J d, J) {
         d["embeddings"] = collection(1, {embedding_net(0.0), embedding_net(0.0)});
       },
       {"model/descriptor/embeddings/ndim", "0, one net", "1"}},
      {"NetInputs",
       [](J, J d, J) { d["type_one_side"] = true; },
       {"model/descriptor/embeddings/networks/0", "3 inputs", "5"}},
      {"NullNet",
       [](J, J d, J) { d["embeddings"]["networks"][0] = nullptr; },
       {"model/descriptor/embeddings/networks/0", "expected an embedding net"}},
      {"StripWithout",
       [](J, J d, J) { d["tebd_input_mode"] = "strip"; },
       {"model/descriptor", "\"embeddings_strip\" is missing"}},
      {"StripOfConcat",
       [](J, J d, J) { d["embeddings_strip"] = d["embeddings"]; },
       {"model/descriptor/embeddings_strip", "\"concat\""}},
      {"TablesOfConcat",
       [](J, J d, J) {
         d["compress"] = {{"geo_compress", false}};
       },
       {"model/descriptor/compress", "\"concat\""}},
      {"TypeTable",
       [](J, J d, J) {
         d["tebd_input_mode"] = "strip";
         d["embeddings"] = collection(0, Json::array({embedding_net(0.0)}));
         d["compress"]["@variables"]["type_embd_data"] = array({1.0, 2.0});
       },
       {"model/descriptor/compress/@variables/type_embd_data", "36 entries", "2"}},
      {"Pads",
       [](J, J d, J) { d["pads"] = "zero"; },
       {"model/descriptor/pads", "\"first_type\" or \"zero_type\" or \"none\"", "\"zero\""}},
      {"Unknown", [](J, J d, J) { d["gate"] = 1.5; }, {"model/descriptor: ", "\"gate\" (1.5", "not known"}},
      {"UnknownOfTypes",
       [](J, J d, J) { d["type_embedding"]["gate"] = 1.5; },
       {"model/descriptor/type_embedding: ", "\"gate\""}},
      {"FittingInputs",
       [](J, J d, J) { d["concat_output_tebd"] = false; },
       {"model/fitting/nets/networks", "8 inputs", "found 10"}},
      {"EmptyHybrid",
       [](J, J d, J) {
         d = {{"type", "hybrid"}, {"list", Json::array()}};
       },
       {"model/descriptor/list", "at least one descriptor"}},
      {"HybridInHybrid",
       [](J, J d, J) {
         Json const inner = {{"type", "hybrid"}, {"list", {d}}};
         d = {{"type", "hybrid"}, {"list", {inner}}};
       },
       {"model/descriptor/list/0/type", "within a hybrid"}},
      {"MemberOfHybrid",
       [](J, J d, J) {
         Json other = d;
         other["rcut"] = -1.0;
         d = {{"type", "hybrid"}, {"list", {d, other}}};
       },
       {"model/descriptor/list/1/rcut", "positive", "-1"}},
  };
}

class BadTrees : public testing::TestWithParam<BadTree> {};

class BadAttentionTrees : public BadTrees {};

void expect_words(BadTree const& bad, Json tree) {
  bad.edit(tree, tree["model"]["descriptor"], tree["model"]["fitting"]);
  std::string const message = error_of([&] { read_tree(tree); });
  EXPECT_EQ(message.rfind("test.yaml: ", 0), 0u) << message;
  for (std::string const& word : bad.words)
    EXPECT_NE(message.find(word), std::string::npos) << word << " is not in: " << message;
}

TEST_P(BadTrees, NameFileKeyExpectedAndFound) { expect_words(GetParam(), small_model()); }

/// Of small_model_that_attends().
std::vector<BadTree> bad_layer_trees() {
  using J = Json&;
  auto const list = [](J d) -> J { return d["attention_layers"]["attention_layers"]; };
  auto const inside = [list](J d) -> J { return list(d)[0]["attention_layer"]; };
  auto const norm = [list](J d) -> J { return list(d)[0]["attn_layer_norm"]; };
  std::string const place = "model/descriptor/attention_layers/attention_layers";
  return {
      {"Count", [](J, J d, J) { d["attn_layer"] = 2; }, {place, "2 layers", "attn_layer"}},
      {"Mask", [](J, J d, J) { d["attn_mask"] = true; }, {"model/descriptor/attn_mask", "false", "diagonal"}},
      {"MaskOfTheLayer", [=](J, J d, J) { inside(d)["do_mask"] = true; }, {place + "/0", "do_mask", "false"}},
      {"Heads", [=](J, J d, J) { inside(d)["num_heads"] = 2; }, {place + "/0", "num_heads", "1", "2"}},
      {"OtherSmoothness",
       [=](J, J d, J) { inside(d)["smooth"] = false; },
       {place + "/0", "smooth", "true", "smooth_type_embedding"}},
      {"Factor",
       [=](J, J d, J) { inside(d)["scaling_factor"] = 0.0; },
       {place + "/0", "scaling_factor", "positive number"}},
      {"Key", [=](J, J d, J) { inside(d)["gate"] = 3; }, {place + "/0", "\"gate\"", "not known"}},
      {"Projection",
       [=](J, J d, J) { inside(d)["in_proj"] = layer(4, 4, 0.1, "none", false); },
       {place + "/0", "in_proj", "6 outputs", "4"}},
      {"Channels",
       [=](J, J d, J) { inside(d)["out_proj"] = layer(2, 3, 0.1, "none", false); },
       {place + "/0", "out_proj", "4 outputs", "3"}},
      {"Activation",
       [=](J, J d, J) { inside(d)["out_proj"] = layer(2, 4, 0.1, "tanh", false); },
       {place + "/0", "out_proj", "linear"}},
      {"Gain",
       [=](J, J d, J) {
         norm(d)["@variables"]["w"] = array({1.0, 1.0});
       },
       {place + "/0", "4", "2"}},
      {"Epsilon", [=](J, J d, J) { norm(d)["eps"] = 0.0; }, {place + "/0", "eps", "positive number"}},
      {"NoNorm",
       [=](J, J d, J) { list(d)[0].erase("attn_layer_norm"); },
       {place + "/0", "\"attn_layer_norm\" is missing"}},
  };
}

class BadLayerTrees : public testing::TestWithParam<BadTree> {};
TEST_P(BadLayerTrees, NameFileKeyExpectedAndFound) { expect_words(GetParam(), small_model_that_attends()); }
TEST(ReadModel, ReadsTheModelWhoseLayersAreEdited) {
  EXPECT_EQ(error_of([] { read_tree(small_model_that_attends()); }), "no error");
}
INSTANTIATE_TEST_SUITE_P(ReadModel, BadLayerTrees, testing::ValuesIn(bad_layer_trees()),
                         [](auto const& tree) { return tree.param.name; });

/// A table in the place of the first net: 2 coarse rows, 4 fine ones, 2 coarse ones.
void tabulate(Json& descriptor, Json const& info) {
  descriptor["embeddings"]["networks"][0] = nullptr;
  Json const rows(8, Json(24, 0.5)), none = array(Json::array());
  descriptor["compress"]["@variables"] = {{"compress_data", {array(rows), none, none, none}},
                                          {"compress_info", {array(info), none, none, none}}};
}

/// Of small_angle_model().
std::vector<BadTree> bad_angle_trees() {
  using J = Json&;
  return {
      {"MeanOfDirections",
       [](J, J d, J) {
         for (std::size_t slot : {1, 2}) d["@variables"]["davg"]["value"][0][slot][2] = 0.1;
       },
       {"model/descriptor/@variables/davg", "zero for components 1 to 3", "0.1"}},
      {"NullNet",
       [](J, J d, J) { d["embeddings"]["networks"][2] = nullptr; },
       {"model/descriptor/embeddings/networks", "neighbours O and H", "null"}},
      {"CoarseRows",
       [](J, J d, J) {
         tabulate(d, {-2.0, 2.0, 4.0, 1.0, 0.7, -1.0});
       },
       {"model/descriptor/compress/@variables/compress_info/0", "coarse rows from minus the third number"}},
      {"Rows",
       [](J, J d, J) {
         tabulate(d, {-2.0, 2.0, 6.0, 1.0, 1.0, -1.0});
       },
       {"model/descriptor/compress/table of neighbours O and O", "12 rows", "found 8"}},
      {"NetsOfTypes",
       [](J, J d, J) {
         d["embeddings"] = collection(1, {embedding_net(0.0), embedding_net(0.0)});
       },
       {"model/descriptor/embeddings/ndim", "2, a net for each pair of types of neighbours", "1"}},
      {"Sel", [](J, J d, J) { d["sel"] = {3}; }, {"model/descriptor/sel", "a list of 2 integers"}},
      {"Inputs",
       [](J, J d, J) {
         d["embeddings"]["networks"][3]["layers"] = {layer(2, 2, 0.1), layer(2, 4, 0.1)};
       },
       {"model/descriptor/embeddings/networks/net of neighbours H and H", "1 inputs", "2"}},
      {"Key",
       [](J, J d, J) { d["axis_neuron"] = 2; },
       {"model/descriptor: ", "\"axis_neuron\"", "not known"}},
      {"FittingInputs",
       [](J, J, J f) { f["dim_descrpt"] = 8; },
       {"model/fitting/dim_descrpt", "4, the length of the descriptor", "8"}},
  };
}

/// Of small_zbl_model(), which is edited as a whole.
std::vector<BadTree> bad_pair_trees() {
  using J = Json&;
  auto const table = [](auto const& edit) { return [edit](J r, J, J) { edit(r["model"]["models"][1]); }; };
  auto const sum = [](auto const& edit) {
    return [edit](J r, J, J) {
      r["model"]["type"] = "linear";
      for (char const* const key : {"sw_rmin", "sw_rmax", "smin_alpha"}) r["model"].erase(key);
      edit(r["model"]);
    };
  };
  return {
      {"NoModels", [](J r, J, J) { r["model"].erase("models"); }, {"model: ", "\"models\" is missing"}},
      {"NoSum", sum([](J m) { m["models"] = Json::array(); }), {"model/models: ", "at least one model"}},
      {"TwoTables",
       [](J r, J, J) { r["model"]["models"][0] = small_table(); },
       {"model/models: ", "\"standard\"", "\"pairtab\""}},
      {"ThreeModels",
       [](J r, J, J) { r["model"]["models"].push_back(small_table()); },
       {"model/models: ", "expected two models"}},
      {"Nested",
       [](J r, J, J) { r["model"]["models"][1] = r["model"]; },
       {"model/models/1/type: ", "within"}},
      {"UnknownKind",
       [](J r, J, J) { r["model"]["models"][1]["type"] = "dipole"; },
       {"model/models/1/type: ", "\"pairtab\"", "\"dipole\""}},
      {"UnknownKey", [](J r, J, J) { r["model"]["scale"] = 2.0; }, {"model: ", "\"scale\""}},
      {"ModifierOfTheSum",
       [](J r, J, J) { r["model"]["modifier"]["type"] = "dipole_charge"; },
       {"model/modifier: ", "\"dipole_charge\"", "--short-range"}},
      {"ModifierOfAMember",
       [](J r, J, J) { r["model"]["models"][0]["modifier"]["type"] = "dipole_charge"; },
       {"model/models/0/modifier: ", "\"dipole_charge\"", "--short-range"}},
      {"ModifierOfAMemberInTheScript",
       [](J r, J, J) { r["model_def_script"]["models"][1]["modifier"]["type"] = "dipole_charge"; },
       {"model_def_script/models/1/modifier: ", "\"dipole_charge\"", "--short-range"}},
      {"BridgingOfAMemberInTheScript",
       [](J r, J, J) { r["model_def_script"]["models"][1]["bridging_method"] = "ZBL"; },
       {"model_def_script/models/1/bridging_method: ", "\"none\"", "\"ZBL\""}},
      {"ShortRangeTableOfNetsAlone",
       [=](J r, J d, J f) {
         sum([](J m) { m["models"].erase(1); })(r, d, f);
         r["model_def_script"]["use_srtab"] = "zbl.txt";
       },
       {"model_def_script/use_srtab: ", "\"zbl.txt\""}},
      {"UnknownTableKey", table([](J t) { t["tab"]["unit"] = "Ry"; }), {"model/models/1/tab: ", "\"unit\""}},
      {"Alpha", [](J r, J, J) { r["model"]["smin_alpha"] = 0.0; }, {"model/smin_alpha: ", "positive"}},
      {"NoAlpha", [](J r, J, J) { r["model"].erase("smin_alpha"); }, {"\"smin_alpha\" is missing"}},
      {"Switch",
       [](J r, J, J) { r["model"]["sw_rmax"] = 1.0; },
       {"model/sw_rmax: ", "more than sw_rmin (1)"}},
      {"Weights",
       sum([](J m) {
         m["weights"] = {0.5, 0.25, 0.25};
       }),
       {"model/weights: ", "a list of 2 numbers"}},
      {"WeightWord",
       sum([](J m) { m["weights"] = "median"; }),
       {"model/weights: ", "\"mean\"", "\"median\""}},
      {"WeightNumber",
       sum([](J m) {
         m["weights"] = {0.5, "half"};
       }),
       {"model/weights/1: ", "\"half\""}},
      {"MissingType",
       [](J r, J, J) {
         r["model"]["models"][1]["type_map"] = {"O", "C"};
       },
       {"model/models/1/type_map: ", "\"H\""}},
      {"TableTypes",
       table([](J t) {
         t["tab"]["@variables"]["tab_info"] = array({0.5, 2.0, 2.0, 3.0});
       }),
       {"model/models/1/tab/@variables/tab_info: ", "2 types", "3"}},
      {"TableIntervals",
       table([](J t) {
         t["tab"]["@variables"]["tab_info"] = array({0.5, 2.0, 2.5, 2.0});
       }),
       {"tab_info: ", "whole numbers", "2.5"}},
      {"TableData",
       table([](J t) {
         t["tab"]["@variables"]["tab_data"] = array({1.0, 2.0});
       }),
       {"tab_data: ", "32 entries"}},
      {"TableSpacing",
       table([](J t) {
         t["tab"]["@variables"]["tab_info"] = array({0.5, 0.0, 2.0, 2.0});
         t["tab"].erase("hh");
       }),
       {"model/models/1/tab/hh: ", "positive", "0"}},
      {"TableOfTwoMinds", table([](J t) { t["tab"]["rmin"] = 0.4; }), {"model/models/1/tab/rmin: ", "0.5"}},
      {"TableCutoff", table([](J t) { t["rcut"] = -1.0; }), {"model/models/1/rcut: ", "-1"}},
      {"TableSel", table([](J t) { t["sel"] = "auto:1.1"; }), {"model/models/1/sel: ", "\"auto:1.1\""}},
      {"TableBias",
       table([](J t) { t["@variables"]["out_bias"] = array({1.0}); }),
       {"model/models/1/@variables/out_bias: ", "2"}},
      {"Parameters",
       sum([](J m) {
         Json more = m["models"][0];
         m["models"].push_back(more);
         for (int k : {0, 2}) {
           Json& fitting = m["models"][k]["fitting"];
           std::size_t const count = k == 0 ? 1 : 2;
           int const inputs = 8 + static_cast<int>(count);
           fitting["numb_fparam"] = count;
           fitting["@variables"]["fparam_avg"] = array(std::vector<double>(count, 0.0));
           fitting["@variables"]["fparam_inv_std"] = array(std::vector<double>(count, 1.0));
           fitting["nets"] = collection(1, {fitting_net(inputs, 0.0), fitting_net(inputs, 1.0)});
         }
       }),
       {"model/models/2/fitting: ", "as many"}},
  };
}

class BadPairTrees : public testing::TestWithParam<BadTree> {};
TEST_P(BadPairTrees, NameFileKeyExpectedAndFound) { expect_words(GetParam(), small_zbl_model()); }
TEST(ReadModel, ReadsTheModelWhoseTableIsEdited) {
  EXPECT_EQ(error_of([] { read_tree(small_zbl_model()); }), "no error");
  Json alone = small_zbl_model();
  alone["model_def_script"]["use_srtab"] = "zbl.txt";
  EXPECT_EQ(error_of([&] { read_tree(alone); }), "no error");
  alone = small_zbl_model();
  alone["model"] = small_table();
  EXPECT_EQ(error_of([&] { read_tree(alone); }), "no error");
}
INSTANTIATE_TEST_SUITE_P(ReadModel, BadPairTrees, testing::ValuesIn(bad_pair_trees()),
                         [](auto const& tree) { return tree.param.name; });

class BadAngleTrees : public testing::TestWithParam<BadTree> {};
TEST_P(BadAngleTrees, NameFileKeyExpectedAndFound) { expect_words(GetParam(), small_angle_model()); }
TEST(ReadModel, ReadsTheModelWhoseAnglesAreEdited) {
  EXPECT_EQ(error_of([] { read_tree(small_angle_model()); }), "no error");
  // Nets of the second type before the first are of no use.
  Json tree = small_angle_model();
  tree["model"]["descriptor"]["embeddings"]["networks"][1] = nullptr;
  EXPECT_EQ(error_of([&] { read_tree(tree); }), "no error");
  tabulate(tree["model"]["descriptor"], {-2.0, 2.0, 4.0, 1.0, 1.0, -1.0});
  EXPECT_EQ(error_of([&] { read_tree(tree); }), "no error");
}
INSTANTIATE_TEST_SUITE_P(ReadModel, BadAngleTrees, testing::ValuesIn(bad_angle_trees()),
                         [](auto const& tree) { return tree.param.name; });

TEST_P(BadAttentionTrees, NameFileKeyExpectedAndFound) { expect_words(GetParam(), small_attention_model()); }

TEST(AttentionTree, IsGoodBeforeItIsEdited) {
  EXPECT_EQ(error_of([] { read_tree(small_attention_model()); }), "no error");
}

INSTANTIATE_TEST_SUITE_P(ReadModel, BadTrees, testing::ValuesIn(bad_trees()),
                         [](auto const& test) { return test.param.name; });
INSTANTIATE_TEST_SUITE_P(ReadModel, BadAttentionTrees, testing::ValuesIn(bad_attention_trees()),
                         [](auto const& test) { return test.param.name; });

void expect_error(std::string const& path, std::string const& words) {
  std::string const message = error_of([&] { read_model(path); });
  EXPECT_NE(message.find(words), std::string::npos) << words << " is not in: " << message;
  EXPECT_EQ(message.rfind(path, 0), 0u) << message;
}

TEST(BadFiles, MissingEmptyOrForeign) {
  expect_error(testing::TempDir() + "no_such_model.dp", "there is no such model file");
  expect_error(testing::TempDir(), "a directory");
  expect_error(write("empty.dp", ""), "found an empty file");
  expect_error(write("empty.yaml", ""), "found an empty file");
  for (char const* const name : {"text.dp", "graph.pbtxt", "script.pth", "model.txt", "model"})
    expect_error(write(name, "hello"), "found a text without the key \"model\"");
  expect_error(write("graph.pb", "hello"), "contents that are no TensorFlow graph");
  expect_error(write("binary.txt", std::string("x\0y", 3)), "found other contents");
  expect_error(write("checkpoint.pt", "x"), "dp --pt freeze");
  expect_error(write("paddle.json", R"({"base_code": {"magic": "pir"}})"), "Paddle");
  expect_error(write("paddle.pdiparams", std::string(8, '\0')), "Paddle");
  expect_error(write("model.ckpt.index", std::string(8, '\0')), "dp --tf freeze");
}

TEST(BadFiles, ContainersAreToldByTheirContents) {
  using detail::Container;
  using detail::container_of;
  EXPECT_EQ(container_of(detail::file_bytes(variant("two_sided.dp"))), Container::hdf5);
  EXPECT_EQ(container_of(detail::file_bytes(variant("two_sided.yaml"))), Container::text);
  EXPECT_EQ(container_of("{\"model\": {}}"), Container::text);
  EXPECT_EQ(container_of("node: {a: 1}\n"), Container::text);
  EXPECT_EQ(container_of("# made by hand\n# twice\nnode {\n  name: \"a\"\n}\n"), Container::graph_text);
  EXPECT_EQ(container_of("\n\nversions{producer: 1}"), Container::graph_text);
  EXPECT_EQ(container_of(std::string("\n\x0c\n\x01"
                                     "a\x12\x05"
                                     "Const",
                                     12)),
            Container::graph);
  EXPECT_EQ(container_of(std::string("PK\x03\x04\0\0", 6)), Container::zip);
  EXPECT_EQ(container_of(std::string("\x01\x02\0", 3)), Container::unknown);
  EXPECT_EQ(container_of(""), Container::text);
  std::string const path = write("tree.model", detail::file_bytes(variant("two_sided.yaml")));
  EXPECT_EQ(read_model(path).type_map.size(), 2u);
}

TEST(BadFiles, TruncatedAnywhere) {
  for (char const* const name : {"two_sided.dp", "one_sided_gelu.yaml", "width_one_two.latest_gzip.dp",
                                 "radial_one_sided.pth", "exclude_types.pth"}) {
    std::string const whole = detail::file_bytes(variant(name));
    for (std::size_t length = 1; length < whole.size(); length += 4096) {
      std::string const path = write(name, whole.substr(0, length));
      EXPECT_NE(error_of([&] { read_model(path); }), "no error") << name << " cut to " << length;
    }
  }
}

TEST(BadFiles, NotANumberAmongTheWeights) {
  std::string bytes = detail::file_bytes(variant("two_sided.dp"));
  double const weight = -0.18280430119143751;
  std::string const pattern(reinterpret_cast<char const*>(&weight), sizeof weight);
  std::size_t const at = bytes.find(pattern);
  ASSERT_NE(at, std::string::npos);
  bytes.replace(at, 8, std::string("\0\0\0\0\0\0\xF8\x7F", 8));
  expect_error(
      write("nan.dp", bytes),
      "net of centre O, neighbour O/layers/0/@variables/w: expected finite numbers, found nan at entry 0");
  Json tree = small_model();
  first_layer(tree["model"]["fitting"], "nets")["@variables"]["w"]["value"][0][0] = "WEIGHT";
  std::string text = tree.dump();
  text.replace(text.find("\"WEIGHT\""), 8, ".nan");
  EXPECT_NE(error_of([&] { read_yaml_text(text); }).find("fitting/nets/networks/net of type O"),
            std::string::npos);
}

TEST(BadFiles, Hdf5OutsideTheDialect) {
  std::string const whole = detail::file_bytes(variant("two_sided.dp"));
  std::string newer = whole;
  newer[8] = 9;
  expect_error(write("superblock.dp", newer), "superblock: expected version 0 to 3, found 9");
  std::string external = whole;
  std::size_t const layout = external.find(std::string("\x08\0\x18\0\0\0\0\0\x03\x01", 10));
  ASSERT_NE(layout, std::string::npos);
  external[layout + 9] = 3;
  expect_error(write("virtual.dp", external), "HDF5 file: the virtual dataset");
  std::string packed = detail::file_bytes(variant("width_one_two.old_gzip.dp"));
  std::size_t const filter = packed.find(std::string("\x01\0\x08\0\x01\0\x01\0deflate\0", 16));
  ASSERT_NE(filter, std::string::npos);
  packed[filter] = 6;
  expect_error(write("filter.dp", packed), "data packed by the HDF5 filter 6");
  std::string renamed = whole;
  renamed.replace(renamed.find("json"), 4, "jsom");
  expect_error(write("attribute.dp", renamed), "expected the attribute \"json\"");
}

TEST(BadFiles, FoldersOfOtherBackends) {
  for (auto const& [name, words] : {std::pair("model.savedmodel", "a compiled export"),
                                    std::pair("model.jax", "dp convert-backend model.jax")}) {
    std::string const path = testing::TempDir() + name;
    std::filesystem::create_directory(path);
    expect_error(path, words);
  }
}

TEST(Yaml, TagsOfPyYamlsCanonicalForm) {
  // Every scalar in quotes with its type in front of it, as yaml.dump(..., canonical=True) writes them.
  std::function<std::string(Json const&)> const canonical = [&](Json const& json) -> std::string {
    std::string out;
    if (json.is_object()) {
      for (auto const& [key, value] : json.items())
        out += "? !!str \"" + key + "\"\n: " + canonical(value) + ",\n";
      return "!!map {\n" + out + "}";
    }
    if (json.is_array()) {
      for (Json const& entry : json) out += canonical(entry) + ",\n";
      return "!!seq [\n" + out + "]";
    }
    if (json.is_string()) return "!!str " + json.dump();
    char const* const type = json.is_null()             ? "null"
                             : json.is_boolean()        ? "bool"
                             : json.is_number_integer() ? "int"
                                                        : "float";
    return std::string("!!") + type + " \"" + json.dump() + "\"";
  };
  Json const tree = small_model();
  Model const expected = read_yaml_text(tree.dump());
  std::string const text = "---\n" + canonical(tree);
  Model const model = read_yaml_text(text);
  EXPECT_EQ(model.type_map, expected.type_map);
  EXPECT_EQ(two_body(model).sel, two_body(expected).sel);
  EXPECT_EQ(two_body(model).mean, two_body(expected).mean);
  EXPECT_EQ(two_body(model).nets[3].layers[0].weight, two_body(expected).nets[3].layers[0].weight);
  auto const with = [&](std::string const& from, std::string const& to) {
    std::string other = text;
    other.replace(other.find(from), from.size(), to);
    return error_of([&] { read_yaml_text(other); });
  };
  EXPECT_NE(with("!!bool \"true\"", "!!bool \"maybe\"").find("of the type \"bool\", found \"maybe\""),
            std::string::npos);
  EXPECT_EQ(with("!!float \"", "!!binary \"").find("test.yaml: "), 0u);
}

TEST(Yaml, AliasesAreCopiesButNotBombs) {
  Json tree = small_model();
  std::string text = tree.dump();
  std::string const map = "\"type_map\":[\"O\",\"H\"]", backend = "\"backend\":\"PyTorch\"";
  text.replace(text.find(map), map.size(), "\"type_map\": *id001");
  text.replace(text.find(backend), backend.size(), "\"backend\": PyTorch, \"first\": &id001 [\"C\",\"N\"]");
  EXPECT_EQ(read_yaml_text(text).type_map, (std::vector<std::string>{"C", "N"}));
  std::string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 12; ++i) {
    std::string const last = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 10; ++k) bomb += last + ",";
    bomb += last + "]\n";
  }
  EXPECT_NE(error_of([&] { read_yaml_text(bomb); }).find("aliases of more than"), std::string::npos);
  EXPECT_NE(error_of([] { read_yaml_text("a: &a [*a]\n"); }), "no error");
}

TEST(Yaml, RefusesWhatIsNoTree) {
  EXPECT_NE(error_of([] { read_yaml_text(std::string(100'000, '[')); }), "no error");
  std::string nested;
  for (int i = 0; i < 100'000; ++i) nested += "- ";
  EXPECT_NE(error_of([&] { read_yaml_text(nested); }).find("levels deep"), std::string::npos);
  EXPECT_NE(error_of([] { read_yaml_text("a: 1\na: 2\n"); }).find("\"a\" appears twice"), std::string::npos);
  EXPECT_NE(error_of([] { read_yaml_text("[1, 2]: 3\n"); }).find("a text as key"), std::string::npos);
  EXPECT_NE(error_of([] { read_yaml_text("a: [1, 2\n"); }).find("not valid YAML"), std::string::npos);
  EXPECT_NE(error_of([] { read_yaml_text("# nothing\n"); }), "no error");
}

}  // namespace
}  // namespace dp::test
