// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// Written model files hold the tree they were written from, whatever its size.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <dp/io/complete_tree.hpp>
#include <dp/io/dp_file.hpp>
#include <dp/io/dp_writer.hpp>
#include <dp/io/hdf5_file.hpp>
#include <dp/io/hdf5_writer.hpp>
#include <dp/io/read_model.hpp>
#include <dp/io/yaml_file.hpp>
#include <dp/lower/lower_terms.hpp>
#include <filesystem>
#include <functional>
#include <limits>
#include <set>
#include <string>

#include "support/parts.hpp"

namespace dp::test {
namespace {

using detail::Array;
using detail::Member;
using detail::Node;

bool equal(Node const& a, Node const& b) {
  if (a.value.index() != b.value.index()) return false;
  auto const same = [](auto const& x, auto const& y, auto const& compare) {
    return std::equal(x.begin(), x.end(), y.begin(), y.end(), compare);
  };
  if (auto const* const map = a.as<Node::Map>())
    return same(*map, *b.as<Node::Map>(),
                [](Member const& x, Member const& y) { return x.key == y.key && equal(x.node, y.node); });
  if (auto const* const list = a.as<Node::List>()) return same(*list, *b.as<Node::List>(), equal);
  if (auto const* const pointer = a.as<Node::SharedArray>()) {
    Array const &x = **pointer, &y = **b.as<Node::SharedArray>();
    return x.shape == y.shape && x.values == y.values && x.float32 == y.float32;
  }
  if (auto const* const flag = a.as<bool>()) return *flag == *b.as<bool>();
  if (auto const* const integer = a.as<std::int64_t>()) return *integer == *b.as<std::int64_t>();
  if (auto const* const real = a.as<double>()) return *real == *b.as<double>();
  if (auto const* const text = a.as<std::string>()) return *text == *b.as<std::string>();
  return true;
}

TEST(ModelWriter, WritesTheTreesThatWereRead) {
  int files = 0;
  for (char const* const folder : {"/variants", "/kinds", "/copper"})
    for (auto const& entry : std::filesystem::directory_iterator(std::string(DP_TEST_DATA) + folder)) {
      if (entry.path().extension() != ".dp" && entry.path().extension() != ".yaml") continue;
      SCOPED_TRACE(entry.path());
      Node const tree = detail::read_tree(entry.path(), detail::file_bytes(entry.path())).tree;
      EXPECT_TRUE(equal(tree, detail::dp_tree(detail::dp_bytes(tree, "a.dp"), "a.dp")));
      if (entry.file_size() < 1'000'000) {  // YAML is read slowly
        EXPECT_TRUE(equal(tree, detail::yaml_tree(detail::yaml_bytes(tree, "a.yaml"), "a.yaml")));
      }
      ++files;
    }
  EXPECT_GT(files, 40);
}

// Eight datasets to a node, thirty-two nodes to a node of the tree above.
TEST(ModelWriter, HoldsAnyNumberOfDatasets) {
  for (int const count : {0, 1, 8, 9, 256, 257, 8192, 8193}) {
    SCOPED_TRACE(count);
    auto const name = [](int i) { return "variable_" + std::to_string(i); };
    auto const array = [](int i) {
      Array out{{static_cast<std::size_t>(i % 3), 2}, {}, i % 2 == 1};
      for (int k = 0; k < 2 * (i % 3); ++k) out.values.push_back(0.25 * i - k);
      return out;
    };
    detail::hdf5::Writer writer;
    for (int i = 0; i < count; ++i) writer.dataset(name(i), array(i));
    std::string const bytes = writer.finish("json", std::string(static_cast<std::size_t>(count), 'x'));
    detail::hdf5::File file(bytes, "many.dp");
    EXPECT_EQ(file.text_attribute("json").size(), static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
      Array const expected = array(i), &found = *file.dataset(name(i));
      ASSERT_TRUE(found.shape == expected.shape && found.values == expected.values) << name(i);
      ASSERT_TRUE(found.float32 == expected.float32) << name(i);
    }
  }
}

TEST(ModelWriter, NumbersAreTheSameForJsonAndYaml) {
  Node::List numbers;
  for (double const x : {0.0, -0.0, 6.0, 0.1, 1e-5, -1e300, 5e-324, 1.7976931348623157e308, 123456789.0})
    numbers.push_back(Node{x});
  Node const tree{Node::Map{{"numbers", Node{numbers}}}};
  EXPECT_TRUE(equal(tree, detail::dp_tree(detail::dp_bytes(tree, "a.dp"), "a.dp")));
  std::string const yaml = detail::yaml_bytes(tree, "a.yaml");
  EXPECT_TRUE(equal(tree, detail::yaml_tree(yaml, "a.yaml")));
  // YAML 1.1 takes numbers without a point, or with an unsigned exponent, for texts.
  EXPECT_NE(yaml.find("[0.0, -0.0, 6.0, 0.1, 1.0e-05, -1.0e+300, 5.0e-324,"), std::string::npos) << yaml;
}

// Arrays elsewhere would be taken for what they are not: a list is what DeePMD-kit has there.
TEST(ModelWriter, ArraysOutsideOfVariablesAreLists) {
  auto const array = std::make_shared<Array>(Array{{2}, {1.0, 2.0}});
  Node const number{Node::Map{{"a", Node{3.5}}}};
  Node const tree{Node::Map{{"@variables", number}, {"b", Node{Node::SharedArray(array)}}}};
  Node const read = detail::dp_tree(detail::dp_bytes(tree, "a.dp"), "a.dp");
  EXPECT_TRUE(equal(*read.find("b"), Node{Node::List{Node{1.0}, Node{2.0}}}));
  Node const* const scalar = read.find("@variables")->find("a");
  ASSERT_NE(scalar->as<Node::SharedArray>(), nullptr);
  EXPECT_EQ((*scalar->as<Node::SharedArray>())->values, std::vector<double>{3.5});
  EXPECT_TRUE((*scalar->as<Node::SharedArray>())->shape.empty());
}

TEST(ModelWriter, CompletesNamesAndTables) {
  std::string const path = std::string(DP_TEST_DATA) + "/graphs/unnamed_v0.pb";
  Node tree = detail::read_tree(path, detail::file_bytes(path)).tree;
  EXPECT_TRUE(tree.find("model")->find("type_map")->as<Node::List>()->empty());
  Node::Map const tables{{"compress_data", Node{Node::List{Node{}, Node{1.0}}}}};
  Node* const descriptor = detail::find_path(tree, {"model", "descriptor"});
  auto& members = std::get<Node::Map>(descriptor->value);
  members.push_back({"compress", Node{Node::Map{{"@variables", Node{tables}}}}});
  std::sort(members.begin(), members.end(), [](Member const& a, Member const& b) { return a.key < b.key; });
  detail::complete_tree(tree, {"O", "H"});
  Node::List const& names = *tree.find("model")->find("type_map")->as<Node::List>();
  ASSERT_EQ(names.size(), 2u);
  EXPECT_EQ(*names[1].as<std::string>(), "H");
  Node const* const data =
      detail::find_path(tree, {"model", "descriptor", "compress", "@variables", "compress_data"});
  Node::List const& list = *data->as<Node::List>();
  ASSERT_NE(list[0].as<Node::SharedArray>(), nullptr);
  EXPECT_TRUE((*list[0].as<Node::SharedArray>())->values.empty());
  EXPECT_EQ(*list[1].as<double>(), 1.0);
}

TEST(ModelWriter, CompletesExcludedPairsByZeros) {
  std::string const path = std::string(DP_TEST_DATA) + "/variants/exclude_types.dp";
  Node tree = detail::read_tree(path, detail::file_bytes(path)).tree;
  auto const networks = [&]() -> Node::List& {
    Node const* const found = tree.find("model")->find("descriptor")->find("embeddings")->find("networks");
    return std::get<Node::List>(const_cast<Node*>(found)->value);
  };
  Model const before = detail::model_from_tree(tree, path);
  std::size_t const pair = static_cast<std::size_t>(
      std::find(two_body(before).excluded.begin(), two_body(before).excluded.end(), 1) -
      two_body(before).excluded.begin());
  std::size_t const n = before.type_map.size();
  ASSERT_LT(pair, n * n);
  networks()[pair / n + n * (pair % n)] = Node{};
  EXPECT_TRUE(two_body(detail::model_from_tree(tree, path)).nets[pair].empty());
  detail::complete_tree(tree, before.type_map);
  Net const net = two_body(detail::model_from_tree(tree, path)).nets[pair];
  ASSERT_EQ(net.layers.size(), two_body(before).nets[0].layers.size());
  for (Layer const& layer : net.layers)
    for (double const weight : layer.weight) ASSERT_EQ(weight, 0.0);
}

// DeePMD-kit's loader wants the table that splines were made of, and the names of types in every member.
TEST(ModelWriter, CompletesSumsAndTables) {
  for (std::string const name : {"sum_of_all.pth", "zbl_graph.pb"}) {
    std::string const path = std::string(DP_TEST_DATA) + "/kinds/" + name;
    Node tree = detail::read_tree(path, detail::file_bytes(path)).tree;
    Model const before = detail::model_from_tree(tree, path);
    detail::complete_tree(tree, before.type_map);
    std::string const bytes = detail::dp_bytes(tree, "a.dp");
    Terms const expected = lower_terms(before), found = lower_terms(read_model("a.dp", bytes));
    ASSERT_EQ(found.networks.size(), expected.networks.size()) << name;
    for (std::size_t n = 0; n < found.networks.size(); ++n)
      EXPECT_EQ(found.networks[n].fitting.bias, expected.networks[n].fitting.bias) << name;
    ASSERT_EQ(found.tables.size(), 1u) << name;
    EXPECT_EQ(found.tables[0].coefficients, expected.tables[0].coefficients) << name;
    EXPECT_EQ(found.tables[0].bias, expected.tables[0].bias) << name;
    Node::List const& members = *detail::find_path(tree, {"model", "models"})->as<Node::List>();
    Node table = members[1];
    EXPECT_FALSE(table.find("type_map")->as<Node::List>()->empty()) << name;
    std::vector<double> const& energies =
        (*detail::find_path(table, {"tab", "@variables", "vdata"})->as<Node::SharedArray>())->values;
    PairTable splines;
    for_each_table(before, [&](PairTable const& t, double) { splines = t; });
    ASSERT_EQ(energies.size(), (splines.intervals + 1) * 4) << name;
    EXPECT_EQ(energies[0], splines.first) << name;
    EXPECT_NEAR(energies[4 * splines.intervals],
                splines.first + splines.spacing * static_cast<double>(splines.intervals), 1e-9)
        << name;
    EXPECT_EQ(*detail::find_path(table, {"tab", "nspline"})->as<std::int64_t>(),
              static_cast<std::int64_t>(splines.intervals))
        << name;
  }
}

TEST(ModelWriter, RefusesWhatNoReaderWouldTake) {
  auto const error_of = [](Node leaf, char const* key) {
    Node const tree{Node::Map{{key, Node{Node::Map{{"c", Node{Node::List{Node{}, leaf}}}}}}}};
    try {
      detail::dp_bytes(tree, "a.dp");
    } catch (Error const& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  EXPECT_EQ(error_of(Node{std::numeric_limits<double>::infinity()}, "b"),
            "a.dp: b/c/1: expected a finite number, found inf");
  EXPECT_EQ(error_of(Node{std::string("\xff")}, "b"), "a.dp: b/c/1: expected UTF-8, found \"?\"");
  EXPECT_EQ(error_of(Node{std::string("w")}, "@variables"),
            "a.dp: @variables/c/1: expected an array, found \"w\"");
}

}  // namespace
}  // namespace dp::test
