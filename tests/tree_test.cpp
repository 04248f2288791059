// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// Readers of TensorFlow's graphs and PyTorch's archives make the tree that a .dp file of the same model has;
// what graphs mean otherwise stands in it under keys of ours.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <dp/core/error.hpp>
#include <dp/io/file_bytes.hpp>
#include <dp/io/graph_text.hpp>
#include <dp/io/graph_type_embedding.hpp>
#include <dp/io/known_keys.hpp>
#include <dp/io/readers.hpp>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dp::test {
namespace {

using detail::Node;

std::string const folder = DP_TEST_DATA "/kinds/";

Node tree_of(std::string const& name) {
  return detail::read_tree(name, detail::file_bytes(folder + name)).tree;
}

/// The descriptor in a tree, or the member of a hybrid one.
Node descriptor_of(Node const& tree, std::size_t member = 0) {
  Node const descriptor = *tree.find("model")->find("descriptor");
  Node const* const list = descriptor.find("list");
  return list == nullptr ? descriptor : list->as<Node::List>()->at(member);
}

/// A value under a key as text; "absent" without one.
std::string said(Node const& map, std::string_view key) {
  Node const* const node = map.find(key);
  return node == nullptr ? "absent" : detail::describe(*node);
}

/// Keys of which no energy depends, or that one of two trees says in another place.
bool is_note(std::string_view key) {
  static constexpr std::array<std::string_view, 9> notes{
      "backend", "model_def_script", "preset_out_bias", "rcond", "seed", "software",
      "time",    "trainable",        "trainable_ln"};
  return std::find(notes.begin(), notes.end(), key) != notes.end();
}

/// Compares all that matters, numbers bit by bit; an absent value is as good as one that says nothing.
void expect_same(Node const& a, Node const& b, std::string const& place) {
  if (detail::says_nothing(a) && detail::says_nothing(b)) return;
  Node::Map const *const map = a.as<Node::Map>(), *const other = b.as<Node::Map>();
  Node::List const *const list = a.as<Node::List>(), *const second = b.as<Node::List>();
  if (map != nullptr && other != nullptr) {
    std::set<std::string> keys;
    for (Node::Map const* const members : {map, other})
      for (detail::Member const& member : *members)
        if (!is_note(member.key)) keys.insert(member.key);
    for (std::string const& key : keys) {
      Node const *const left = a.find(key), *const right = b.find(key);
      expect_same(left != nullptr ? *left : Node{}, right != nullptr ? *right : Node{}, place + "/" + key);
    }
  } else if (list != nullptr && second != nullptr && list->size() == second->size()) {
    for (std::size_t i = 0; i < list->size(); ++i)
      expect_same((*list)[i], (*second)[i], place + "/" + std::to_string(i));
  } else {
    std::string const alias = "\"se_r\"", text = detail::describe(b);
    EXPECT_EQ(detail::describe(a), text == alias ? "\"se_e2_r\"" : text) << place;
    auto const *const left = a.as<Node::SharedArray>(), *const right = b.as<Node::SharedArray>();
    if (left != nullptr && right != nullptr) {
      EXPECT_EQ((*left)->values, (*right)->values) << place;
    }
    if (a.as<double>() != nullptr && b.as<double>() != nullptr) {
      EXPECT_EQ(*a.as<double>(), *b.as<double>()) << place;
    }
  }
}

// Archives that DeePMD-kit made of the .dp files beside them.
TEST(ArchiveKinds, HaveTheTreesOfDpFiles) {
  for (std::string const name :
       {"concat_exclude_davg", "hybrid_of_all", "strip_not_smooth_davg", "v2_exclude_one_sided"})
    expect_same(*tree_of(name + ".pth").find("model"), *tree_of(name + ".dp").find("model"), name);
}

TEST(ArchiveKinds, KeepNetsAndTables) {
  Node const tree = tree_of("se_atten_v2_l0_compressed.pth"), plain = tree_of("se_atten_v2_l0.dp");
  Node const descriptor = descriptor_of(tree), nets = descriptor_of(plain);
  for (char const* const key : {"embeddings", "embeddings_strip", "type_embedding", "@variables"})
    expect_same(*descriptor.find(key), *nets.find(key), key);
  Node const& compress = *descriptor.find("compress");
  EXPECT_EQ(said(compress, "geo_compress"), "true");
  EXPECT_EQ(said(*compress.find("@variables"), "type_embd_data"), "an array of shape (9, 24)");
  EXPECT_EQ(said(*compress.find("@variables"), "compress_data"), "a list of 1");
  EXPECT_EQ(said(*compress.find("@variables"), "compress_info"), "a list of 1");
}

struct Rules {
  char const* file;
  std::size_t member;
  char const *type, *input, *one_sided, *pads, *smoothing, *excluded_rows;
};

void PrintTo(Rules const& rules, std::ostream* out) { *out << rules.file << " " << rules.member; }

class GraphKinds : public ::testing::TestWithParam<Rules> {};

TEST_P(GraphKinds, SayTensorFlowsRules) {
  Rules const& rules = GetParam();
  Node const descriptor = descriptor_of(tree_of(rules.file), rules.member);
  EXPECT_EQ(said(descriptor, "type"), rules.type);
  EXPECT_EQ(said(descriptor, "tebd_input_mode"), rules.input);
  EXPECT_EQ(said(descriptor, "type_one_side"), rules.one_sided);
  EXPECT_EQ(said(descriptor, "pads"), rules.pads);
  EXPECT_EQ(said(descriptor, "smoothing"), rules.smoothing);
  EXPECT_EQ(said(descriptor, "excluded_rows"), rules.excluded_rows);
  EXPECT_EQ(said(*descriptor.find("env_mat"), "float32_cutoffs"), "true");
}

INSTANTIATE_TEST_SUITE_P(
    Graphs, GraphKinds,
    ::testing::Values(
        Rules{"dpa1_one_sided_excluded.pb", 0, "\"dpa1\"", "\"concat\"", "true", "\"zero_type\"", "absent",
              "absent"},
        Rules{"dpa1_smooth_excluded.pb", 0, "\"dpa1\"", "\"strip\"", "false", "\"zero_type\"", "\"cubic\"",
              "\"average\""},
        Rules{"dpa1_tables.pb", 0, "\"dpa1\"", "\"strip\"", "false", "absent", "absent", "absent"},
        Rules{"se_atten_v2_smooth.pb", 0, "\"dpa1\"", "\"strip\"", "false", "\"zero_type\"", "\"cubic\"",
              "absent"},
        Rules{"sea_type_embedding.pb", 0, "\"se_e2_a\"", "\"concat\"", "false", "absent", "absent", "absent"},
        Rules{"sea_type_embedding_excluded.pb", 0, "\"se_e2_a\"", "\"concat\"", "true", "absent", "absent",
              "absent"},
        Rules{"hybrid_of_three.pb", 0, "\"se_e2_a\"", "absent", "false", "absent", "absent", "absent"},
        Rules{"hybrid_of_three.pb", 1, "\"se_e2_r\"", "absent", "true", "absent", "absent", "absent"},
        Rules{"hybrid_of_three.pb", 2, "\"se_e2_a\"", "absent", "true", "absent", "absent", "absent"},
        Rules{"hybrid_type_embedding.pb", 0, "\"dpa1\"", "\"concat\"", "false", "absent", "absent", "absent"},
        Rules{"hybrid_type_embedding.pb", 1, "\"se_e2_a\"", "\"concat\"", "false", "absent", "absent",
              "absent"}));

TEST(GraphKinds, OneEmbeddingOfTypesBehindAllDescriptors) {
  Node const tree = tree_of("hybrid_type_embedding.pb");
  EXPECT_EQ(said(descriptor_of(tree, 0), "concat_output_tebd"), "false");
  EXPECT_EQ(said(descriptor_of(tree, 1), "concat_output_tebd"), "true");
  Node const& fitting = *tree.find("model")->find("fitting");
  EXPECT_EQ(said(fitting, "mixed_types"), "true");
  EXPECT_EQ(said(fitting, "dim_descrpt"), "136");  // 24 * 4 and 12 * 3 channels, and 4 of the type
}

TEST(GraphKinds, SmoothingHasItsRadiusInDouble) {
  Node const descriptor = descriptor_of(tree_of("se_atten_v2_smooth.pb"));
  EXPECT_EQ(*descriptor.find("rcut_smth")->as<double>(), 0.8);
}

TEST(GraphKinds, TablesStandForBothNets) {
  Node const descriptor = descriptor_of(tree_of("dpa1_tables.pb"));
  for (char const* const nets : {"embeddings", "embeddings_strip"})
    EXPECT_TRUE(descriptor.find(nets)->find("networks")->as<Node::List>()->front().is_null()) << nets;
  Node const& compress = *descriptor.find("compress");
  EXPECT_EQ(said(compress, "geo_compress"), "true");
  EXPECT_EQ(said(*compress.find("@variables"), "type_embd_data"), "an array of shape (9, 24)");
  EXPECT_EQ(said(*compress.find("@variables"), "compress_data"), "a list of 1");
}

TEST(GraphKinds, CirclesEnd) {
  std::string const bytes = detail::graph::binary_of_text(
      "node { name: \"a\" op: \"Const\" }\n"
      "node { name: \"b\" op: \"ConcatV2\" input: \"b\" input: \"b\" input: \"a\" }\n",
      "circle");
  detail::graph::Graph const graph(bytes, "circle");
  double next = 0.0;
  EXPECT_FALSE(detail::graph::counts_types(graph, *graph.find("b"), next));
}

struct Edit {
  char const *name, *file, *from, *to, *words;
};

void PrintTo(Edit const& edit, std::ostream* out) { *out << edit.name; }

class EditedGraphs : public ::testing::TestWithParam<Edit> {};

TEST_P(EditedGraphs, AreRefusedByNode) {
  Edit const& edit = GetParam();
  std::string bytes = detail::file_bytes(folder + edit.file);
  std::string_view const from = edit.from, to = edit.to;
  ASSERT_EQ(from.size(), to.size());
  ASSERT_NE(bytes.find(from), std::string::npos);
  for (std::size_t at = bytes.find(from); at != bytes.npos; at = bytes.find(from, at))
    bytes.replace(at, from.size(), to);
  std::string message = "no complaint";
  try {
    detail::read_tree("graph.pb", bytes);
  } catch (Error const& error) {
    message = error.what();
  }
  EXPECT_EQ(message.rfind("graph.pb: ", 0), 0u) << message;
  EXPECT_NE(message.find(edit.words), std::string::npos) << message;
}

INSTANTIATE_TEST_SUITE_P(
    Graphs, EditedGraphs,
    ::testing::Values(
        Edit{"OtherSoftmax", "attention_graph.pb", "Softmax", "Softmix", "Softmix"},
        Edit{"OtherLength", "attention_graph.pb", "Maximum", "Minimum", "layer of attention"},
        Edit{"OtherNorm", "attention_graph.pb", "Mean", "Prod", "normalisation"},
        Edit{"OtherProduct", "attention_graph.pb", "adj_y", "adj_z", "layer of attention"},
        Edit{"NoQuery", "attention_graph.pb", "c_query/matrix", "c_quary/matrix", "layer of attention"},
        Edit{"NoKey", "attention_graph.pb", "c_key/matrix", "c_kay/matrix", "c_key/matrix"},
        Edit{"NoAngle", "angles_graph.pb", "filter_type_all_1/matrix_1_0_1", "filter_type_all_1/matrix_9_0_1",
             "the net of neighbours of the types 0 and 1 (node filter_type_all_1/matrix_1_0_1)"},
        Edit{"OtherTable", "angles_tables.pb", "TabulateFusionSeT", "TabulateFusionSeR", "not supported"},
        Edit{"OtherSum", "angles_graph.pb", "ijk,ijkm->im", "ijk,ikjm->im",
             "expected \"ijk,ijkm->im\", found"},
        Edit{"OtherAngle", "angles_graph.pb", "ijm,ikm->ijk", "ikm,ijm->ijk",
             "expected \"ijm,ikm->ijk\", found"},
        Edit{"NoEmbedding", "se_atten_v2_smooth.pb", "type_embed_net/matrix_1", "type_embed_net/matrux_1",
             "embedding of types"},
        Edit{"OtherInputs", "dpa1_one_sided_excluded.pb", "OneHot", "OneHat", "OneHat"},
        Edit{"OtherSmoothing", "se_atten_v2_smooth.pb", "Neg", "Exp", "Exp"},
        Edit{"OtherBounds", "se_atten_v2_smooth.pb", "Minimum", "Maximum", "smooth cutoff"},
        Edit{"OtherLookup", "dpa1_one_sided_excluded.pb", "t_type", "t_tipe", "not understood"},
        Edit{"OtherNumbers", "hybrid_of_three.pb", "descrpt_attr_1", "descrpt_attr_7", "part 1 of a hybrid"},
        Edit{"OtherParts", "hybrid_of_three.pb", "descrpt_attr_2", "descrpt_attrqm", "DPRc"},
        Edit{"OneNetMissing", "hybrid_of_three.pb", "filter_type_all_2/matrix_1_0",
             "filter_type_all_2/matrux_1_0", "filter_type_all_2"},
        Edit{"OtherFactors", "dpa1_smooth_excluded.pb", "two_side_ebd", "two_sode_ebd",
             "a net of the types"}),
    [](auto const& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace dp::test
