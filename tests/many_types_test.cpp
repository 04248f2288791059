// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// Models of many types, and what is left of them for a system that has few.

#include "support/many_types.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstddef>
#include <cstdio>
#include <ctime>
#include <dp/io/dp_writer.hpp>
#include <dp/io/read_model.hpp>
#include <dp/lower/lower.hpp>
#include <dp/model/restricted_to.hpp>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "support/cases.hpp"
#include "support/frames.hpp"
#include "support/parts.hpp"
#include "support/plain_network.hpp"

namespace dp::test {
namespace {

constexpr std::size_t periodic_table = 118;

Node tree_of(std::string const& path) { return detail::read_tree(path, detail::file_bytes(path)).tree; }

std::string kind(std::string const& name) { return DP_TEST_DATA "/kinds/" + name; }

/// The atoms of a frame, their types numbered otherwise.
Frame renumbered(Frame frame, std::vector<int> const& types) {
  for (int& type : frame.types) type = types[static_cast<std::size_t>(type)];
  return frame;
}

void expect_equal(std::vector<double> const& a, std::vector<double> const& b, double tolerance) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], tolerance) << "at " << i;
}

void expect_same(PairFunction const& a, PairFunction const& b) {
  ASSERT_EQ(a.net != nullptr, b.net != nullptr);
  ASSERT_EQ(a.table != nullptr, b.table != nullptr);
  for (std::size_t l = 0; a.net && l < a.net->layers.size(); ++l) {
    EXPECT_EQ(a.net->layers[l].weight, b.net->layers[l].weight);
    EXPECT_EQ(a.net->layers[l].bias, b.net->layers[l].bias);
  }
  if (a.table) {
    EXPECT_EQ(a.table->data, b.table->data);
  }
  EXPECT_EQ(a.modulation, b.modulation);
  EXPECT_EQ(a.smoothing, b.smoothing);
}

class Attentions : public testing::TestWithParam<char const*> {};

/// The network of a restricted model is that of the small one it was made of.
TEST_P(Attentions, RestrictedAreTheirTwins) {
  Node const small = tree_of(kind(GetParam()));
  Node const large = ManyTypes(periodic_table, {7, 70})(small);
  Model const twin = detail::model_from_tree(small, "small"), model = detail::model_from_tree(large, "large");
  ASSERT_EQ(model.type_map.size(), periodic_table);
  Network const a = lower(twin), b = lower(restricted_to(model, {"H", "O", "H"}));
  EXPECT_EQ(a.type_map, b.type_map);
  EXPECT_EQ(a.chains[0].mean, b.chains[0].mean);
  EXPECT_EQ(a.chains[0].stddev, b.chains[0].stddev);
  EXPECT_EQ(a.fitting.constants, b.fitting.constants);
  EXPECT_EQ(a.fitting.bias, b.fitting.bias);
  for (std::size_t pair = 0; pair < 4; ++pair) {
    expect_same(a.chains[0].functions[pair], b.chains[0].functions[pair]);
    expect_same(a.chains[0].absent[pair].function, b.chains[0].absent[pair].function);
    EXPECT_EQ(a.chains[0].absent[pair].row, b.chains[0].absent[pair].row);
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, Attentions,
                         testing::Values("dpa1_l0_concat_davg.dp", "dpa1_l0_strip.dp", "se_atten_v2_l0.dp"));

/// Energies are those of the whole model, with the absent neighbours of types that are gone.
TEST(RestrictedModel, KeepsItsEnergies) {
  for (char const* const name :
       {"hybrid_of_all", "strip_tables_one_sided", "strip_not_smooth_davg", "angles_hybrid"}) {
    SCOPED_TRACE(name);
    Model const model = load_model(kind(std::string(name) + ".dp"));
    std::vector<std::string> const names =
        model.ntypes() == 3 ? std::vector<std::string>{"C", "H"} : std::vector<std::string>{"H"};
    Network const whole = lower(model), part = lower(restricted_to(model, names));
    Frame const frame = read_frames(kind(std::string(name) + ".reference.json")).front();
    std::vector<int> const in_whole = model.ntypes() == 3 ? std::vector{1, 2, 1} : std::vector{1, 1};
    std::vector<int> const in_part = model.ntypes() == 3 ? std::vector{0, 1, 0} : std::vector{0, 0};
    expect_equal(plain_atom_energies(whole, renumbered(frame, in_whole)),
                 plain_atom_energies(part, renumbered(frame, in_part)), 1e-13);
  }
}

TEST(RestrictedModel, CountsAbsentNeighboursOfTypesThatAreGone) {
  for (char const* const name : {"one_sided_gelu.dp", "radial_one_sided.dp", "radial_exclude_pytorch.dp",
                                 "one_sided_exclude_tensorflow.dp", "two_sided.dp"}) {
    SCOPED_TRACE(name);
    Model const model = load_model(std::string(DP_TEST_DATA "/variants/") + name);
    Model const part = restricted_to(model, {"H"});
    EXPECT_NO_THROW(part.check());
    std::string const base = std::string(name).substr(0, std::string(name).size() - 3);
    Frame const frame = read_frames(DP_TEST_DATA "/variants/" + base + ".reference.json").front();
    expect_equal(plain_atom_energies(lower(model), renumbered(frame, {1, 1, 1})),
                 plain_atom_energies(lower(part), renumbered(frame, {0, 0, 0})), 1e-13);
  }
  Model const part = restricted_to(load_model(DP_TEST_DATA "/variants/two_sided.dp"), {"H"});
  EXPECT_EQ(part.other_types, std::vector<std::string>{"O"});
  EXPECT_EQ(two_body(part).left_out.size(), 1u);
  EXPECT_EQ(two_body(part).sel_left_out, 20);
}

TEST(RestrictedModel, RefusesTypesThatItHasNot) {
  Model const model = load_model(kind("dpa1_l0_concat.dp"));
  EXPECT_THROW(restricted_to(model, {"H", "Cu"}), Error);
  EXPECT_THROW(restricted_to(model, {}), Error);
}

TEST(RestrictedModel, IsForModelsOfManyTypes) {
  Model const few = load_model(kind("hybrid_of_all.dp"));
  EXPECT_EQ(for_elements(few, {"C"}).ntypes(), 3);
  Model const many =
      detail::model_from_tree(ManyTypes(periodic_table, {7, 70})(tree_of(kind("dpa1_l0_strip.dp"))), "many");
  EXPECT_EQ(for_elements(many, {"H"}).type_map, std::vector<std::string>{"H"});
  EXPECT_EQ(for_elements(many, {"H", "Cu"}).type_map, many.type_map);
  EXPECT_EQ(for_elements(many, {}).type_map, many.type_map);
}

/// Fitting nets of types that a system has not stay in the file.
TEST(ManyTypes, LeaveNetsInTheFile) {
  using Names = std::vector<std::string>;
  std::string const path = testing::TempDir() + "many_types.dp";
  Node const tree = ManyTypes(periodic_table, {7, 70})(tree_of(DP_TEST_DATA "/variants/one_sided_gelu.dp"));
  std::ofstream(path, std::ios::binary) << detail::dp_bytes(tree, path);
  Model const whole = read_model(path);
  auto const read = [&](Names const& names) { return read_model(path, {.elements = names}); };
  Outline const outline = read_outline(path), sent = read_outline(path, outline_bytes(path));
  for (Outline const* const o : {&outline, &sent}) {
    EXPECT_FALSE(o->whole);
    EXPECT_EQ(o->types, whole.type_map);
    EXPECT_EQ(o->model.type_map, Names{whole.type_map.front()});
  }
  EXPECT_EQ(read({}).type_map, whole.type_map);
  EXPECT_EQ(model_for(outline, {"H", "none"}, read).type_map, whole.type_map);  // which the caller refuses

  Names const names = {"H", "O"};
  std::string const part = model_bytes(path, names);
  EXPECT_LT(part.size(), model_bytes(path).size());
  Network const expected = lower(restricted_to(whole, names));
  for (Model const& model : {model_for(outline, names, read), read_model(path, part, {.elements = names})}) {
    Network const found = lower(model);
    ASSERT_EQ(found.ntypes(), 2);
    for (std::size_t t = 0; t < 2; ++t)
      for (std::size_t l = 0; l < expected.fitting.nets[t]->layers.size(); ++l)
        EXPECT_EQ(found.fitting.nets[t]->layers[l].weight, expected.fitting.nets[t]->layers[l].weight);
    EXPECT_EQ(found.fitting.bias, expected.fitting.bias);
  }
  EXPECT_THROW(read_model(path, part, {.elements = {"X3"}}), Error);  // there is no net
  std::remove(path.c_str());
}

/// Few types, and files that are no `.dp` files, are read whole at once.
TEST(ManyTypes, AreOutlinedWholeWhereNothingIsWon) {
  for (char const* const file :
       {"/variants/one_sided_gelu.dp", "/kinds/dpa1_l0_strip.dp", "/graphs/trained.pb"}) {
    std::string const path = std::string(DP_TEST_DATA) + file;
    Outline const outline = read_outline(path);
    EXPECT_TRUE(outline.whole);
    EXPECT_EQ(outline.types, read_model(path).type_map);
    EXPECT_EQ(outline_bytes(path), model_bytes(path));
  }
}

/// Seconds of this thread's processor, and the most memory of the process, MiB.
double seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }
double memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

/// A file of 118 types is read, and lowered whole or for two types, in moderate time and memory.
TEST(ManyTypes, AreReadAndLoweredWithinLimits) {
  for (char const* const file :
       {"/kinds/dpa1_l0_strip.dp", "/kinds/se_atten_v2_l0.dp", "/variants/one_sided_gelu.dp"}) {
    SCOPED_TRACE(file);
    std::string const bytes =
        detail::dp_bytes(ManyTypes(periodic_table, {7, 70})(tree_of(std::string(DP_TEST_DATA) + file)), "m");
    double const begin = seconds();
    Model const model = read_model("many.dp", bytes);
    Network const few = lower(restricted_to(model, {"H", "O"}));
    double const needed = seconds() - begin;
    EXPECT_EQ(few.ntypes(), 2);
    Network const all = lower(model);
    EXPECT_EQ(all.chains[0].functions.size(), periodic_table * periodic_table);
    std::printf("%s: %.2f s, at most %.0f MiB\n", file, needed, memory());
#ifndef __SANITIZE_ADDRESS__
    EXPECT_LT(needed, 1.0);
    EXPECT_LT(memory(), 300.0);
#endif
  }
}

}  // namespace
}  // namespace dp::test
