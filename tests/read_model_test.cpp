// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// The readers: what they make of good files.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <dp/io/read_model.hpp>
#include <dp/io/yaml_file.hpp>
#include <dp/model/electron_configuration.hpp>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "support/parts.hpp"
#include "support/small_model.hpp"

namespace dp::test {
namespace {

std::string variant(std::string const& name) { return std::string(DP_TEST_DATA) + "/variants/" + name; }

void expect_same(Net const& a, Net const& b) {
  ASSERT_EQ(a.layers.size(), b.layers.size());
  for (std::size_t l = 0; l < a.layers.size(); ++l) {
    EXPECT_EQ(a.layers[l].inputs, b.layers[l].inputs);
    EXPECT_EQ(a.layers[l].outputs, b.layers[l].outputs);
    EXPECT_EQ(a.layers[l].weight, b.layers[l].weight);
    EXPECT_EQ(a.layers[l].bias, b.layers[l].bias);
    EXPECT_EQ(a.layers[l].timestep, b.layers[l].timestep);
    EXPECT_EQ(a.layers[l].activation, b.layers[l].activation);
    EXPECT_EQ(a.layers[l].skip, b.layers[l].skip);
  }
}

void expect_same(std::vector<Net> const& a, std::vector<Net> const& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) expect_same(a[i], b[i]);
}

class BothFormats : public testing::TestWithParam<char const*> {};

TEST_P(BothFormats, GiveTheSameModel) {
  Model const dp = read_model(variant(std::string(GetParam()) + ".dp"));
  Model const yaml = read_model(variant(std::string(GetParam()) + ".yaml"));
  EXPECT_EQ(dp.type_map, yaml.type_map);
  EXPECT_EQ(two_body(dp).rcut, two_body(yaml).rcut);
  EXPECT_EQ(two_body(dp).sel, two_body(yaml).sel);
  EXPECT_EQ(two_body(dp).mean, two_body(yaml).mean);
  EXPECT_EQ(two_body(dp).stddev, two_body(yaml).stddev);
  EXPECT_EQ(two_body(dp).one_sided, two_body(yaml).one_sided);
  expect_same(two_body(dp).nets, two_body(yaml).nets);
  expect_same(fitting_part(dp).nets, fitting_part(yaml).nets);
  EXPECT_EQ(fitting_part(dp).bias_atom_e, fitting_part(yaml).bias_atom_e);
  EXPECT_EQ(fitting_part(dp).fparam_mean, fitting_part(yaml).fparam_mean);
  EXPECT_EQ(standard(dp).out_bias, standard(yaml).out_bias);
}

INSTANTIATE_TEST_SUITE_P(Variants, BothFormats,
                         testing::Values("two_sided", "one_sided_gelu", "fparam_aparam"));

TEST(ReadModel, KnowsTheValuesOfARealFile) {
  Model const model = read_model(variant("two_sided.dp"));
  EXPECT_EQ(model.type_map, (std::vector<std::string>{"O", "H"}));
  EXPECT_TRUE(angular(model));
  EXPECT_EQ(two_body(model).rcut, 5.0);
  EXPECT_EQ(two_body(model).rcut_smth, 0.75);
  EXPECT_EQ(two_body(model).sel, (std::vector<int>{20, 20}));
  EXPECT_EQ(two_body(model).mean[0][0], 0.08679853044016071);
  EXPECT_EQ(two_body(model).nets[0].layers[0].weight[0], -0.18280430119143751);
  EXPECT_EQ(fitting_part(model).bias_atom_e[0], -35.970886797790982);
  EXPECT_EQ(standard(model).descriptor.dimension(), 96);
  EXPECT_FALSE(model.min_nbor_dist.has_value());
}

TEST(ReadModel, KeepsTheNetsOfCompressedFiles) {
  Model const plain = read_model(variant("two_sided.dp"));
  Model const compressed = read_model(variant("two_sided_compressed.dp"));
  expect_same(two_body(plain).nets, two_body(compressed).nets);
  EXPECT_TRUE(plain.remarks.empty());
  EXPECT_EQ(compressed.remarks,
            std::vector<std::string>{"holds nets and tables of them; the nets are evaluated"});
}

TEST(ReadModel, ToleratesKeysThatSayNothing) {
  Json tree = small_model();
  for (Json* node :
       {&tree["model"], &tree["model"]["descriptor"], &tree["model"]["fitting"],
        &tree["model"]["fitting"]["nets"], &tree["model"]["fitting"]["nets"]["networks"][0]["layers"][0]}) {
    (*node)["new_option"] = nullptr;
    (*node)["new_flag"] = false;
    (*node)["new_list"] = Json::array();
    (*node)["new_map"] = Json::object();
  }
  tree["hostname"] = "a note of a program";
  tree["model_def_script"] = {{"bridging_method", "None"}, {"use_srtab", nullptr}, {"info", {{"by", "us"}}}};
  EXPECT_TRUE(read_tree(tree).remarks.empty());
}

TEST(ReadModel, ReadsTheShortRangePartWhereAsked) {
  auto const modified = [](Json tree, Json::json_pointer const& place) {
    tree[place / "modifier" / "type"] = "dipole_charge";
    return tree;
  };
  for (Json const& tree : {modified(small_model(), "/model_def_script"_json_pointer),
                           modified(small_zbl_model(), "/model"_json_pointer),
                           modified(small_zbl_model(), "/model/models/0"_json_pointer),
                           modified(small_zbl_model(), "/model/models/1"_json_pointer),
                           modified(small_zbl_model(), "/model_def_script/models/0"_json_pointer)}) {
    Model const model = detail::model_from_tree(detail::yaml_tree(tree.dump(), "test.yaml"), "test.yaml",
                                                {.short_range = true});
    ASSERT_EQ(model.remarks.size(), 1u);
    EXPECT_NE(model.remarks[0].find("short-range part alone"), std::string::npos) << model.remarks[0];
    EXPECT_NE(model.remarks[0].find("\"dipole_charge\""), std::string::npos) << model.remarks[0];
  }
}

/// Remarks on small_model() after `edit`.
template <class Edit>
std::vector<std::string> remarks_after(Edit const& edit) {
  Json tree = small_model();
  edit(tree, tree["model"]["descriptor"], tree["model"]["fitting"]);
  return read_tree(tree).remarks;
}

/// A pair has 0.125 eV where the table ends after one and a half of its intervals.
TEST(ReadModel, SaysWhereTablesJump) {
  auto const remarks = [](double rcut, Json const& weights) {
    Json tree = small_zbl_model();
    tree["model"].update({{"type", "linear"}, {"weights", weights}});
    tree["model"]["models"][1]["rcut"] = rcut;
    return read_tree(tree).remarks;
  };
  EXPECT_TRUE(remarks(4.5, "sum").empty());
  EXPECT_TRUE(remarks(3.5, {1.0, 1e-5}).empty());
  for (auto const& [weights, jump] : {std::pair<Json, std::string>("sum", "0.125 eV"),
                                      std::pair<Json, std::string>({1.0, -2.0}, "0.25 eV")}) {
    auto const found = remarks(3.5, weights);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_NE(found[0].find("jump there by up to " + jump), std::string::npos) << found[0];
  }
}

/// The table of small_zbl_model() ends at 4.5 A, its nets at 5 A and with 3 neighbours.
TEST(ReadModel, SaysWhereTheSwitchOfZblJumps) {
  auto const remarks = [](double sw_rmax, int sel) {
    Json tree = small_zbl_model();
    tree["model"]["sw_rmax"] = sw_rmax;
    tree["model"]["models"][1]["sel"] = sel;
    return read_tree(tree).remarks;
  };
  EXPECT_TRUE(remarks(4.5, 20).empty());
  EXPECT_TRUE(remarks(5.0, 2).empty());
  for (auto const& [sw_rmax, sel, words] :
       {std::tuple(4.75, 20, "(sw_rmax, 4.75 A) beyond the neighbours that it looks at (4.5 A)"),
        std::tuple(5.5, 2, "(sw_rmax, 5.5 A) beyond the neighbours that it looks at (5 A)")}) {
    auto const found = remarks(sw_rmax, sel);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_NE(found[0].find(words), std::string::npos) << found[0];
  }
}

TEST(ReadModel, SaysWhereTensorFlowMeansOtherSkips) {
  auto const growing = [](Json& fitting) {
    Json const net = {{"layers", {layer(8, 3, 0.0), layer(3, 6, 0.1), layer(6, 1, 0.2, "none", false)}}};
    fitting["nets"] = collection(1, {net, net});
  };
  auto const as_wide_as_the_descriptor = [](Json& fitting) {
    Json const net = {{"layers", {layer(8, 8, 0.0), layer(8, 8, 0.1), layer(8, 1, 0.2, "none", false)}}};
    fitting["nets"] = collection(1, {net, net});
  };
  auto const flag_less = [&](Json& fitting) {
    growing(fitting);
    for (Json& net : fitting["nets"]["networks"]) net["layers"][1]["resnet"] = false;
  };
  auto const remarks = [](char const* backend, auto const& edit) {
    return remarks_after([&](Json& root, Json&, Json& fitting) {
      root["backend"] = backend;
      edit(fitting);
    });
  };
  for (auto const& found :
       {remarks("TensorFlow", growing), remarks("TensorFlow", as_wide_as_the_descriptor)}) {
    ASSERT_EQ(found.size(), 1u);
    EXPECT_NE(found[0].find("skip connections"), std::string::npos) << found[0];
  }
  EXPECT_TRUE(remarks("TensorFlow", flag_less).empty());
  EXPECT_TRUE(remarks("TensorFlow", [](Json&) {}).empty());
  EXPECT_TRUE(remarks("PyTorch", growing).empty());
}

TEST(ReadModel, SaysWhereTensorFlowRoundsCutoffs) {
  auto const remarks = [](Json const& more, double rcut_smth) {
    return remarks_after([&](Json& root, Json& descriptor, Json&) {
      root["backend"] = "dpmodel";
      root.update(more);
      descriptor["rcut_smth"] = rcut_smth;
    });
  };
  auto const found = remarks({{"tf_version", "2.21.0"}}, 0.8);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_NE(found[0].find("by up to 5e-09"), std::string::npos) << found[0];  // 1.875 * 1.19e-8 / 4.2
  EXPECT_TRUE(remarks({{"tf_version", "2.21.0"}}, 0.5).empty());
  EXPECT_TRUE(remarks({{"pt_version", "2.11.0"}}, 0.8).empty());
  Json tree = small_model();
  tree["backend"] = "TensorFlow";
  tree["model"]["descriptor"]["rcut_smth"] = 0.8;
  tree["model"]["descriptor"]["env_mat"] = {{"float32_cutoffs", true}};
  Model const model = read_tree(tree);
  EXPECT_TRUE(model.remarks.empty());
  EXPECT_TRUE(two_body(model).float32_cutoffs);
}

TEST(ReadModel, TakesBfloat16) {
  Model const rounded = read_model(std::string(DP_TEST_DATA) + "/bfloat16.dp");
  Model const whole = read_model(variant("width_one_two.dp"));
  ASSERT_EQ(two_body(rounded).nets.size(), two_body(whole).nets.size());
  for (std::size_t i = 0; i < two_body(whole).nets.size(); ++i) {
    std::vector<double> const& a = two_body(rounded).nets[i].layers.back().weight;
    std::vector<double> const& b = two_body(whole).nets[i].layers.back().weight;
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t k = 0; k < a.size(); ++k) {
      EXPECT_NEAR(a[k], b[k], std::abs(b[k]) / 256);
      EXPECT_EQ(std::bit_cast<std::uint32_t>(static_cast<float>(a[k])) & 0xFFFFu, 0u);
    }
  }
}

TEST(ElectronConfiguration, HasAsManyElectronsAsTheNucleusHasProtons) {
  auto const electrons = [](std::string const& element, std::size_t first, std::size_t count) {
    std::vector<double> const entries = electron_configuration(element);
    auto const begin = entries.begin() + static_cast<std::ptrdiff_t>(first);
    return std::count_if(begin, begin + static_cast<std::ptrdiff_t>(count), [](double e) { return e > 0.0; });
  };
  for (int z = 1; z <= 118; ++z) {
    std::string_view const symbol = element_symbols.substr(3 * (static_cast<std::size_t>(z) - 1), 3);
    std::string const element(symbol.substr(0, symbol.find(' ')));
    EXPECT_EQ(atomic_number(element), z);
    EXPECT_EQ(electrons(element, 0, 118), z) << element;
    for (double const entry : electron_configuration(element))
      EXPECT_EQ(std::abs(entry), 1.0 / std::sqrt(118.0));
  }
  // 3d from entry 18 on, 4s 28, 4d 36, 4f 46, 5s 60, 5d 68, 6s 92.
  EXPECT_EQ(electrons("Cr", 18, 10), 5);
  EXPECT_EQ(electrons("Cu", 28, 2), 1);
  EXPECT_EQ(electrons("Pd", 36, 10), 10);
  EXPECT_EQ(electrons("Pd", 60, 2), 0);
  EXPECT_EQ(electrons("Gd", 46, 14), 7);
  EXPECT_EQ(electrons("Gd", 68, 10), 1);
  EXPECT_EQ(electrons("Au", 92, 2), 1);
  EXPECT_TRUE(electron_configuration("Hx").empty());
  EXPECT_TRUE(electron_configuration("").empty());
}

TEST(ReadModel, OrdersPairsByCentreThenNeighbour) {
  Model const model = read_tree(small_model());
  // Network 1 of a file is centre 1, neighbour 0.
  EXPECT_EQ(two_body(model).nets[1 * 2 + 0].layers[0].weight[0], 1.0);
  EXPECT_EQ(two_body(model).nets[0 * 2 + 1].layers[0].weight[0], 2.0);
  EXPECT_EQ(two_body(model).mean[0 * 2 + 1][0], 0.6);
  EXPECT_EQ(two_body(model).mean[1 * 2 + 0][0], 0.7);
  EXPECT_EQ(two_body(model).stddev[3], (std::array<double, 4>{0.5, 0.25, 0.25, 0.25}));
  EXPECT_EQ(fitting_part(model).bias_atom_e, (std::vector<double>{-1.0, -2.0}));
  EXPECT_EQ(standard(model).out_bias, (std::vector<double>{-10.0, -20.0}));
  EXPECT_EQ(model.min_nbor_dist, 0.9);
}

TEST(ReadModel, HoldsSharedNetsOnce) {
  Json tree = small_model();
  Json& descriptor = tree["model"]["descriptor"];
  descriptor["type_one_side"] = true;
  descriptor["embeddings"] = collection(1, {embedding_net(4.0), embedding_net(5.0)});
  Json& fitting = tree["model"]["fitting"];
  fitting["mixed_types"] = true;
  fitting["nets"] = collection(0, Json::array({fitting_net(8, 6.0)}));
  Model const model = read_tree(tree);
  EXPECT_TRUE(two_body(model).one_sided);
  ASSERT_EQ(two_body(model).nets.size(), 2u);
  EXPECT_EQ(two_body(model).nets[0].layers[0].weight[0], 4.0);
  EXPECT_EQ(two_body(model).nets[1].layers[0].weight[0], 5.0);
  ASSERT_EQ(fitting_part(model).nets.size(), 1u);
  EXPECT_EQ(fitting_part(model).net_of(1).layers[0].weight[0], 6.0);
}

TEST(ReadModel, SkipsFollowFlagAndWidths) {
  Json tree = small_model();
  Model model = read_tree(tree);
  EXPECT_EQ(two_body(model).nets[0].layers[0].skip, Skip::doubled);
  EXPECT_EQ(fitting_part(model).nets[0].layers[0].skip, Skip::none);
  Json& layers = tree["model"]["descriptor"]["embeddings"]["networks"][0]["layers"];
  layers[0]["resnet"] = false;
  layers[1].erase("resnet");
  model = read_tree(tree);
  EXPECT_EQ(two_body(model).nets[0].layers[0].skip, Skip::none);
  EXPECT_EQ(two_body(model).nets[0].layers[1].skip, Skip::none);
}

TEST(ReadModel, KnowsAllActivations) {
  std::vector<std::pair<Json, Activation>> const known = {
      {"tanh", Activation::tanh},         {"relu", Activation::relu},
      {"ReLU6", Activation::relu6},       {"sigmoid", Activation::sigmoid},
      {"softplus", Activation::softplus}, {"silu", Activation::silu},
      {"silut", Activation::silut},       {"custom_silu:2.5", Activation::silut},
      {"gelu", Activation::gelu},         {"gelu_tf", Activation::gelu},
      {"Linear", Activation::linear},     {"none", Activation::linear},
      {nullptr, Activation::linear}};
  for (auto const& [name, activation] : known) {
    Json tree = small_model();
    tree["model"]["descriptor"]["embeddings"]["networks"][0]["layers"][0]["activation_function"] = name;
    Layer const layer = two_body(read_tree(tree)).nets[0].layers[0];
    EXPECT_EQ(layer.activation, activation) << name;
    EXPECT_EQ(layer.threshold, name == "custom_silu:2.5" ? 2.5 : 3.0);
  }
}

TEST(ReadModel, GeluHasACoefficient) {
  Json tree = small_model();
  EXPECT_EQ(two_body(read_tree(tree)).nets[0].layers[0].cubic, 0.044715);
  Json& layer = tree["model"]["descriptor"]["embeddings"]["networks"][0]["layers"][0];
  layer["activation_function"] = "gelu";
  layer["@variables"]["gelu_cubic"] = array(0.25);
  EXPECT_EQ(two_body(read_tree(tree)).nets[0].layers[0].cubic, 0.25);
}

TEST(ReadModel, TakesOldVersionsRowVectorsAndUnknownKeys) {
  Json tree = small_model();
  tree["model"]["descriptor"]["@version"] = 1;
  tree["model"]["fitting"]["@version"] = 1;
  tree["model"]["descriptor"]["type"] = "se_a";
  tree["brand_new"] = {{"key", {1, 2}}};
  tree["model"].erase("@variables");
  tree.erase("@variables");
  Json& layer = tree["model"]["descriptor"]["embeddings"]["networks"][0]["layers"][0];
  layer["@version"] = 1;
  layer["@variables"]["b"] = array({{7.0, 8.0}});
  layer["@variables"]["idt"] = array({{0.1, 0.2}});
  Model const model = read_tree(tree);
  EXPECT_EQ(two_body(model).nets[0].layers[0].bias, (std::vector<double>{7.0, 8.0}));
  EXPECT_EQ(two_body(model).nets[0].layers[0].timestep, (std::vector<double>{0.1, 0.2}));
  EXPECT_EQ(standard(model).out_bias, (std::vector<double>{0.0, 0.0}));
  EXPECT_FALSE(model.min_nbor_dist.has_value());
}

TEST(ReadModel, ReadsExclusions) {
  Json tree = small_model();
  Json& model_node = tree["model"];
  model_node["descriptor"]["exclude_types"] = {{0, 1}};
  model_node["pair_exclude_types"] = {{1, 1}};
  model_node["atom_exclude_types"] = {1};
  model_node["fitting"]["exclude_types"] = {0};
  model_node["descriptor"]["embeddings"]["networks"][1] = nullptr;
  Model model = read_tree(tree);
  EXPECT_EQ(two_body(model).excluded, (std::vector<char>{0, 1, 1, 0}));
  EXPECT_TRUE(two_body(model).excluded_padding);
  EXPECT_TRUE(two_body(model).nets[2].empty());
  EXPECT_EQ(model.pair_excluded, (std::vector<char>{0, 0, 0, 1}));
  EXPECT_EQ(model.atom_excluded, (std::vector<char>{0, 1}));
  EXPECT_NE(fitting_part(model).bias_atom_e[0], 0.0) << "exclude_types of the fitting is to be ignored";
  tree["backend"] = "TensorFlow";
  EXPECT_FALSE(two_body(read_tree(tree)).excluded_padding);
}

TEST(ReadModel, ReadsParametersAndVacuum) {
  Json tree = small_model();
  Json& fitting = tree["model"]["fitting"];
  fitting["numb_fparam"] = 1;
  fitting["numb_aparam"] = 2;
  fitting["use_aparam_as_mask"] = true;
  fitting["dim_case_embd"] = 2;
  fitting["default_fparam"] = {0.5};
  fitting["atom_ener"] = {nullptr, -3.0};
  fitting["@variables"].update({{"fparam_avg", array({1.0})},
                                {"fparam_inv_std", array({2.0})},
                                {"aparam_avg", array({1.0, 1.5})},
                                {"aparam_inv_std", array({2.0, 2.5})},
                                {"case_embd", array({0.0, 1.0})}});
  fitting["nets"] = collection(1, {fitting_net(11, 0.0), fitting_net(11, 1.0)});
  Model const model = read_tree(tree);
  EXPECT_EQ(fitting_part(model).fparam, 1);
  EXPECT_EQ(fitting_part(model).aparam, 2);
  EXPECT_EQ(fitting_part(model).default_fparam, (std::vector<double>{0.5}));
  EXPECT_EQ(fitting_part(model).aparam_inverse_std, (std::vector<double>{2.0, 2.5}));
  EXPECT_EQ(fitting_part(model).case_embedding, (std::vector<double>{0.0, 1.0}));
  EXPECT_EQ(fitting_part(model).vacuum_removed, (std::vector<char>{0, 1}));
}

TEST(ReadModel, TypesWithoutSlotsTakeOtherStatistics) {
  Json tree = small_model();
  tree["model"]["descriptor"]["sel"] = {3, 0};
  Json const mean(3, Json{0.5, 0, 0, 0});
  tree["model"]["descriptor"]["@variables"]["davg"] = array({mean, mean});
  EXPECT_EQ(two_body(read_tree(tree)).mean[1][0], 0.5);
}

}  // namespace
}  // namespace dp::test
