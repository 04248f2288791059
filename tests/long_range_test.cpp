// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// DPLR: dipoles, electrostatics and their sum with the short-range part against DeePMD-kit and finite
// differences; the forms in which files have such models, and what is refused.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <dp/io/dp_writer.hpp>
#include <dp/io/graph_text.hpp>
#include <dp/io/read_model.hpp>
#include <dp/long_range/structure_factors.hpp>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <protozero/pbf_reader.hpp>
#include <protozero/pbf_writer.hpp>
#include <string>
#include <utility>
#include <vector>

#include "support/differences.hpp"
#include "support/evaluate.hpp"
#include "support/expect_error.hpp"

namespace dp::test {
namespace {

using Space = Kokkos::DefaultExecutionSpace;
using Numbers = std::vector<double>;

std::string const folder = DP_TEST_DATA "/dplr/", nets = folder + "enerA.dp", dipoles = folder + "dwA.dp";

/// From the atoms to their centroids.
Numbers displacements(Potential<Space>& potential, Frame const& frame) {
  Scene<Space> const scene(frame, potential.cutoff());
  Kokkos::View<double**, Kokkos::LayoutRight, Space> const atom_output("atom_output", frame.atoms(), 3);
  Output<Space> wanted;
  wanted.atom_output = atom_output;
  potential.compute(Space(), scene.configuration(), scene.cells.list(), wanted);
  return host_copy(atom_output);
}

TEST(LongRange, IsThatOfTheReference) {
  auto const potential = make_potential(Space(), read_model(nets), Options());
  ASSERT_EQ(potential->parts().size(), 2u);
  std::ifstream in(folder + "A.reference.json");
  nlohmann::json const file = nlohmann::json::parse(in);
  std::vector<Frame> const frames = read_frames(folder + "A.reference.json");
  ASSERT_EQ(frames.size(), 2u);
  for (std::size_t f = 0; f < frames.size(); ++f) {
    Frame const& frame = frames[f];
    auto const& reference = file["frames"][f];
    Results const sum = evaluate(*potential, frame), part = evaluate(*potential->parts()[1], frame),
                  rest = evaluate(*potential->parts()[0], frame);
    EXPECT_NEAR(sum.energy, frame.energy, 1e-10 * std::abs(frame.energy));
    EXPECT_LT(largest_difference(sum.force, frame.force), 1e-10);
    EXPECT_LT(largest_difference(sum.virial, frame.virial), 1e-9);
    double const energy = reference["electrostatic_energy"];
    EXPECT_NEAR(part.energy, energy, 1e-10 * std::abs(energy));
    EXPECT_NEAR(rest.energy, frame.energy - energy, 1e-10 * std::abs(frame.energy));
    EXPECT_LT(largest_difference(part.virial, reference["electrostatic_virial"].get<Numbers>()), 1e-9);
    if (reference.contains("electrostatic_force")) {
      EXPECT_LT(largest_difference(part.force, reference["electrostatic_force"].get<Numbers>()), 1e-10);
    }
    Numbers found = displacements(*potential, frame), of_oxygen;
    for (std::size_t i = 0; i < frame.atoms(); ++i)
      for (std::size_t c = 0; c < 3; ++c)
        if (frame.types[i] == 0)
          of_oxygen.push_back(found[3 * i + c]);
        else
          EXPECT_EQ(found[3 * i + c], 0.0);
    EXPECT_LT(largest_difference(of_oxygen, reference["dipole"].get<Numbers>()), 1e-12);
  }
}

TEST(LongRange, HasAtomicEnergiesAndVirials) {
  auto const potential = make_potential(Space(), read_model(nets), Options());
  Frame const frame = read_frames(folder + "A.reference.json")[1];
  for (Potential<Space>* const part : {potential.get(), potential->parts()[1]}) {
    Results const results = evaluate(*part, frame);
    double energy = 0.0;
    for (double const e : results.atom_energy) energy += e;
    EXPECT_NEAR(energy, results.energy, 1e-11);
    Numbers virial(9, 0.0);
    for (std::size_t k = 0; k < results.atom_virial.size(); ++k) virial[k % 9] += results.atom_virial[k];
    EXPECT_LT(largest_difference(virial, results.virial), 1e-11);
  }
}

TEST(LongRange, HasTheDerivativesOfItsEnergy) {
  auto const potential = make_potential(Space(), read_model(nets), Options());
  Deviations const found = against_differences(*potential, read_frames(folder + "A.reference.json")[1], 4, 3);
  EXPECT_LT(found.force, 1e-7);
  EXPECT_LT(found.virial, 1e-7);
}

TEST(LongRange, AddsToWhatIsThere) {
  auto const potential = make_potential(Space(), read_model(nets), Options());
  Frame const frame = read_frames(folder + "A.reference.json")[0];
  Results const expected = evaluate(*potential, frame);
  Scene<Space> const scene(frame, potential->cutoff());
  Memory<Space> const memory(scene);
  Kokkos::deep_copy(memory.energy, 1000.0);
  Kokkos::deep_copy(memory.virial, 1000.0);
  Output<Space> wanted;
  wanted.energy = memory.energy;
  wanted.virial = memory.virial;
  wanted.accumulate = true;
  potential->compute(Space(), scene.configuration(), scene.cells.list(), wanted);
  Results const found = memory.results();
  EXPECT_NEAR(found.energy, expected.energy + 1000.0, 1e-10);
  for (std::size_t k = 0; k < 9; ++k) EXPECT_NEAR(found.virial[k], expected.virial[k] + 1000.0, 1e-10);
}

/// Charges of this rank and what there is at them.
struct Share {
  Numbers positions, charges, energy, force, virial;
};

void sum(StructureFactors<Space>& factors, WholeSystem const& whole, Share& share) {
  std::size_t const n = share.charges.size();
  auto const positions = device_copy<double, Space>(share.positions),
             charges = device_copy<double, Space>(share.charges);
  Kokkos::View<double*, Space> const energy("energy", n);
  Kokkos::View<double**, Kokkos::LayoutRight, Space> const force("force", n, 3), virial("virial", n, 9);
  factors.compute(Space(), whole, {Matrix<double const, Space>(positions.data(), n, 3), charges},
                  {energy, force, virial});
  Space().fence();
  share.energy = host_copy(energy);
  share.force = host_copy(force);
  share.virial = host_copy(virial);
}

/// Two ranks, one after the other: each adds what the other had in its turn.
TEST(StructureFactors, AreSummedOverRanks) {
  Share all, parts[2];
  for (std::size_t i = 0; i < 23; ++i) {
    std::size_t const rank = i < 7 ? 0 : 1;
    for (std::size_t c = 0; c < 3; ++c) {
      double const x = 9.0 * std::sin(1.0 + 3.7 * static_cast<double>(3 * i + c));
      all.positions.push_back(x);
      parts[rank].positions.push_back(x);
    }
    double const q = std::cos(2.0 * static_cast<double>(i));
    all.charges.push_back(q);
    parts[rank].charges.push_back(q);
  }
  Box const box({8.0, 0.0, 0.0, 1.5, 7.0, 0.0, -0.7, 0.9, 6.1});
  StructureFactors<Space> factors(0.7, 0.9);
  sum(factors, {box}, all);
  Numbers here[2];
  for (std::size_t const rank : {0, 1, 0}) {
    auto const add = [&](double* values, std::size_t count) {
      here[rank].assign(values, values + count);
      Numbers& other = here[1 - rank];
      for (std::size_t k = 0; k < other.size(); ++k) values[k] += other[k];
    };
    sum(factors, {box, add}, parts[rank]);
  }
  auto const joined = [&](Numbers Share::*what) {
    Numbers result = parts[0].*what;
    result.insert(result.end(), (parts[1].*what).begin(), (parts[1].*what).end());
    return result;
  };
  EXPECT_LT(largest_difference(joined(&Share::energy), all.energy), 1e-12);
  EXPECT_LT(largest_difference(joined(&Share::force), all.force), 1e-12);
  EXPECT_LT(largest_difference(joined(&Share::virial), all.virial), 1e-12);
}

/// The tree of both models in one file.
detail::Node joined_tree() {
  detail::Node tree = detail::read_tree(nets, detail::file_bytes(nets)).tree;
  detail::join_dipole(tree, nets, {.dipole = dipoles});
  return tree;
}

/// The modifier's member of this name.
detail::Node& member(detail::Node& tree, char const* key) {
  return *detail::find_path(tree, {"modifier", key});
}

detail::Node list(Numbers const& numbers) {
  detail::Node::List nodes;
  for (double const value : numbers) nodes.push_back(detail::Node{value});
  return {std::move(nodes)};
}

TEST(LongRangeFiles, OneFileHasBothModels) {
  Model const model = read_model("one.dp", detail::dp_bytes(joined_tree(), "one.dp"));
  ASSERT_TRUE(model.long_range);
  EXPECT_EQ(model.long_range->ion_charge, (Numbers{6.0, 1.0}));
  EXPECT_EQ(model.long_range->centroid_charge, (Numbers{-8.0, 0.0}));
  EXPECT_EQ(model.long_range->beta, 0.4);
  EXPECT_EQ(model.long_range->spacing, 1.0);
  EXPECT_EQ(model.long_range->charge_of({0, 1, 1}), 0.0);
  EXPECT_EQ(model.long_range->charge_of({0, 1, -1}), -1.0);
  Frame const frame = read_frames(folder + "A.reference.json")[0];
  auto const whole = make_potential(Space(), model, Options()),
             two = make_potential(Space(), read_model(nets, ReadOptions{.dipole = dipoles}), Options());
  EXPECT_EQ(evaluate(*whole, frame).force, evaluate(*two, frame).force);
  EXPECT_FALSE(
      read_model("one.dp", detail::dp_bytes(joined_tree(), "one.dp"), {.short_range = true}).long_range);
}

/// Types are known by their names: the dipoles' may have another order.
TEST(LongRangeFiles, TypesHaveNames) {
  Model model = read_model(nets);
  Frame frame = read_frames(folder + "A.reference.json")[1];
  auto const potential = make_potential(Space(), model, Options());
  Numbers const expected = evaluate(*potential, frame).force;
  for (int& type : frame.types) type = 1 - type;
  auto const turned = make_potential(Space(), detail::with_types(model, {1, 0}), Options());
  EXPECT_LT(largest_difference(evaluate(*turned, frame).force, expected), 1e-12);
}

TEST(LongRangeFiles, SayWhatIsWrong) {
  auto const refuses = [](auto const& edit, std::vector<std::string> const& words) {
    detail::Node tree = joined_tree();
    edit(tree);
    expect_error([&] { detail::model_from_tree(tree, "one.dp"); }, words);
  };
  refuses(
      [](auto& tree) {
        member(tree, "model_charge_map") = list({-8.0, 1.0});
      },
      {"one.dp: modifier/model_charge_map: expected 1 charge, one for each type with a dipole, found 2"});
  refuses([](auto& tree) { member(tree, "sys_charge_map") = list({6.0}); },
          {"one.dp: modifier/sys_charge_map: expected 2 charges, one for each type, found 1"});
  refuses([](auto& tree) { member(tree, "sys_charge_map") = {}; },
          {"modifier/sys_charge_map", "a list of charges"});
  refuses([](auto& tree) { member(tree, "ewald_beta") = {-0.4}; }, {"modifier/ewald_beta", "positive"});
  refuses([](auto& tree) { member(tree, "ewald_h") = {0.0}; }, {"modifier/ewald_h", "positive length"});
  refuses([](auto& tree) { member(tree, "model") = {}; },
          {"one.dp: modifier: ", "needs the model of dipoles \"dwA.pb\"", "--dipole FILE", "--short-range"});
  refuses([](auto& tree) { member(tree, "model") = detail::read_tree(nets, detail::file_bytes(nets)).tree; },
          {"one.dp: dipole model: ", "--short-range"});
  refuses(
      [](auto& tree) {
        *detail::find_path(tree, {"modifier", "model", "model", "type_map"}) =
            detail::Node{detail::Node::List{{std::string("O")}, {std::string("D")}}};
      },
      {"dipole model: expected the types of the model of energies, did not find \"H\""});
  expect_error([] { read_model(dipoles, ReadOptions{.dipole = dipoles}); }, {"dwA.dp", "no electrostatics"});
  expect_error([] { read_model(nets, ReadOptions{.dipole = folder + "none.dp"}); },
               {"none.dp", "no such model file"});
}

TEST(LongRange, NeedsAPeriodicBox) {
  auto const potential = make_potential(Space(), read_model(nets), Options());
  Frame frame = read_frames(folder + "A.reference.json")[0];
  Scene<Space> const scene(frame, potential->cutoff());
  Configuration<Space> configuration = scene.configuration();
  Memory<Space> const memory(scene);
  auto const compute = [&] { potential->compute(Space(), configuration, scene.cells.list(), memory.all()); };
  configuration.whole = nullptr;
  expect_error(compute, {"enerA.dp", "DPLR", "dp::Configuration::whole", "--short-range"});
  WholeSystem const slab{Box(frame.box, {true, true, false})};
  configuration.whole = &slab;
  expect_error(compute, {"enerA.dp", "open boundary along vector c"});
}

/// A graph with `prefix` before the names of its nodes.
std::string under(std::string const& prefix, std::string const& graph) {
  std::string result;
  protozero::pbf_writer out(result);
  protozero::pbf_reader in(graph);
  while (in.next(1, protozero::pbf_wire_type::length_delimited)) {
    std::string renamed;
    protozero::pbf_writer node(renamed);
    protozero::pbf_reader field = in.get_message();
    while (field.next()) {
      bool const name = field.tag() == 1 || field.tag() == 3;
      std::string const text = field.get_string();
      std::size_t const begin = name && text.starts_with('^') ? 1 : 0;  // of an input that is no data
      node.add_string(field.tag(), name ? text.substr(0, begin) + prefix + text.substr(begin) : text);
    }
    out.add_message(1, renamed);
  }
  return result;
}

std::string constant(std::string const& name, std::string const& type, std::string const& value) {
  return "node { name: \"" + name + "\" op: \"Const\" attr { key: \"value\" value { tensor { dtype: " + type +
         " tensor_shape { } " + value + " } } } }\n";
}

/// As TensorFlow freezes such a model: one graph with both, the charges beside them.
std::string graph_with_dipoles(std::string const& centroids) {
  std::string const file = DP_TEST_DATA "/tensors/dipole_graph.pb";
  auto const text = [](char const* name, std::string const& value) {
    return constant(std::string("modifier_attr/") + name, "DT_STRING", "string_val: \"" + value + "\"");
  };
  auto const number = [](char const* name, double value) {
    return constant(std::string("modifier_attr/") + name, "DT_DOUBLE",
                    "double_val: " + std::to_string(value));
  };
  return detail::graph::binary_of_text(detail::file_bytes(DP_TEST_DATA "/graphs/small.pbtxt") +
                                           text("type", "dipole_charge") + text("mdl_name", "missing.pb") +
                                           text("mdl_charge_map", centroids) + text("sys_charge_map", "6 1") +
                                           number("ewald_h", 0.8) + number("ewald_beta", 0.5),
                                       "small.pbtxt") +
         under("dipole_charge/", detail::file_bytes(file));
}

TEST(LongRangeFiles, AGraphHoldsThatOfTheDipoles) {
  Model const alone = read_model(DP_TEST_DATA "/tensors/dipole_graph.pb");
  std::vector<char> const selected = types_with_outputs(alone);
  bool const both = selected[0] != 0 && selected[1] != 0;
  Model const model = read_model("both.pb", graph_with_dipoles(both ? "-6 -1.5" : "-8"));
  ASSERT_TRUE(model.long_range);
  EXPECT_EQ(model.long_range->ion_charge, (Numbers{6.0, 1.0}));
  EXPECT_EQ(model.long_range->centroid_charge, both ? (Numbers{-6.0, -1.5}) : (Numbers{-8.0, 0.0}));
  EXPECT_EQ(model.long_range->beta, 0.5);
  EXPECT_EQ(model.long_range->spacing, 0.8);
  Frame const frame = read_frames(DP_TEST_DATA "/tensors/dipole_graph.reference.json")[0];
  auto const potential = make_potential(Space(), model, Options());
  EXPECT_LT(largest_difference(displacements(*potential, frame), frame.atom_output), 1e-10);
  expect_error([] { read_model("both.pb", graph_with_dipoles("-8 x")); },
               {"modifier_attr/mdl_charge_map", "charges separated by blanks"});
}

}  // namespace
}  // namespace dp::test
