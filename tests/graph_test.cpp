// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// Frozen TensorFlow graphs: energies, forces and virials against TensorFlow's own, and what is said of graphs
// that are damaged or mean more than is understood.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <dp/io/graph_text.hpp>
#include <dp/io/read_model.hpp>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "support/evaluate.hpp"
#include "support/parts.hpp"

namespace dp::test {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

std::string const folder = DP_TEST_DATA "/graphs/";

std::vector<std::string> files() {
  std::vector<std::string> result;
  for (auto const& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".pb" || entry.path().extension() == ".pbtxt")
      result.push_back(entry.path().filename().string());
  std::sort(result.begin(), result.end());
  return result;
}

/// Where TensorFlow's results for a file are: beside it, or with the variants of .dp files of the same name.
std::string reference_of(std::string const& file) {
  std::string const name = file.substr(0, file.rfind('.')) + ".reference.json";
  return std::filesystem::exists(folder + name) ? folder + name : DP_TEST_DATA "/variants/" + name;
}

class GraphParity : public ::testing::TestWithParam<std::string> {};

TEST_P(GraphParity, Double) {
  std::string const& file = GetParam();
  Model const model =
      read_model(folder + file, {.types = file.starts_with("unnamed") ? std::vector<std::string>{"O", "H"}
                                                                      : std::vector<std::string>{}});
  bool const rounded = file.find("float32") != file.npos;  // TensorFlow's nets were evaluated in float
  double const tolerance = rounded ? 2e-5 : 1e-9;
  CompiledPotential<Space, Double> potential(model);
  double energy = 0, force = 0, virial = 0;
  for (auto const& frame : read_frames(reference_of(file))) {
    auto const results = evaluate(potential, frame);
    energy = std::max(energy, largest_difference(results.atom_energy, frame.atom_energy));
    force = std::max(force, largest_difference(results.force, frame.force));
    virial = std::max(virial, largest_difference(results.virial, frame.virial));
  }
  std::printf("%s: largest deviation of atom energy %.1e eV, force %.1e eV/A, virial %.1e eV\n", file.c_str(),
              energy, force, virial);
  EXPECT_LT(energy, tolerance);
  EXPECT_LT(force, tolerance);
  EXPECT_LT(virial, 10 * tolerance);
}

INSTANTIATE_TEST_SUITE_P(TensorFlow, GraphParity, ::testing::ValuesIn(files()), [](auto const& info) {
  std::string name = info.param;
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
});

/// A graph in text form, to be edited.
std::string text() { return detail::file_bytes(folder + "small.pbtxt"); }

std::string replaced(std::string in, std::string const& what, std::string const& with) {
  std::size_t const at = in.find(what);
  if (at == in.npos) throw std::logic_error("the test's graph has no " + what);
  return in.replace(at, what.size(), with);
}

std::string complaint(std::string const& contents, ReadOptions const& options = {}) {
  try {
    read_model("graph", contents, options);
  } catch (Error const& error) {
    return error.what();
  }
  return "no complaint";
}

struct Bad {
  char const* name;
  std::function<std::string()> graph;
  std::vector<std::string> words;
};

void PrintTo(Bad const& bad, std::ostream* out) { *out << bad.name; }

std::string constant(std::string const& name, std::string const& type, std::string const& value) {
  return "node { name: \"" + name + "\" op: \"Const\" attr { key: \"value\" value { tensor { dtype: " + type +
         " tensor_shape { } " + value + " } } } }\n";
}

std::vector<Bad> bad_graphs() {
  auto const edit = [](std::string what, std::string with) {
    return [=] { return replaced(text(), what, with); };
  };
  auto const more = [](std::string added) { return [=] { return text() + added; }; };
  return {
      {"Dipole",
       edit("string_val: \"ener\"", "string_val: \"dipole\""),
       {"expected a model of dipole", "no node o_dipole"}},
      {"Wannier", edit("string_val: \"ener\"", "string_val: \"wfc\""), {"model_attr/model_type", "\"wfc\""}},
      {"NoEnergy", edit("name: \"o_energy\"", "name: \"o_dipole\""), {"no node o_energy"}},
      {"Mixed",
       edit("op: \"ProdEnvMatA\"", "op: \"ProdEnvMatAMix\""),
       {"\"ProdEnvMatA\"", "sel: expected one number"}},
      {"OtherDescriptor", edit("op: \"ProdEnvMatA\"", "op: \"DescrptSeAEf\""), {"kind of descriptor"}},
      {"NoDescriptor", edit("op: \"ProdEnvMatA\"", "op: \"Identity\""), {"ProdEnvMatA", "none among"}},
      {"TwoDescriptors",
       [=] {
         std::string const first = "  name: \"o_rmat\"\n  op: \"Identity\"";
         return replaced(
             text(), first,
             "  name: \"second\" op: \"ProdEnvMatA\" }\nnode {\n  name: \"o_rmat\"\n  op: \"AddN\"\n"
             "  input: \"second\"");
       },
       {"\"second\"", "\"rcut_r\" is missing"}},
      {"Spin", more(constant("spin_attr/ntypes_spin", "DT_INT32", "int_val: 1")), {"spin_attr", "spin"}},
      {"Modifier",
       more(constant("modifier_attr/type", "DT_STRING", "string_val: \"dipole_charge\"")),
       {"modifier", "DPLR"}},
      {"PairTable", edit("op: \"AddN\"", "op: \"PairTab\""), {"(PairTab)", "use_srtab", "alone"}},
      {"UnknownOperation", edit("op: \"Tanh\"", "op: \"Elu\""), {"Elu", "not"}},
      {"UnknownOnTheWay", edit("op: \"AddN\"", "op: \"CustomSum\""), {"CustomSum", "is not understood"}},
      {"UnknownConstant",
       edit("  name: \"filter_type_0/matrix_2_0\"", "  name: \"filter_type_0/matrix_9_0\""),
       {"filter_type_0"}},
      {"Twice", more("node { name: \"o_energy\" op: \"Sum\" }"), {"\"o_energy\"", "twice"}},
      {"MissingInput",
       edit("name: \"filter_type_0/bias_1_0\"", "name: \"filter_type_0/other\""),
       {"filter_type_0/bias_1_0", "not in the file"}},
      {"NoFitting",
       edit("name: \"final_layer_type_1/matrix\"", "name: \"final_layer/matrix\""),
       {"final_layer_type_1/matrix"}},
      {"Divisor", edit("double_val: 40.0", "double_val: 41.0"), {"divided by"}},
      {"WrongType", edit("type: DT_DOUBLE", "type: \"double\""), {"line ", "type"}},
      {"NoNumber", edit("double_val: 40.0", "double_val: forty"), {"line ", "\"forty\""}},
      {"Unclosed", [] { return text().substr(0, text().size() / 2); }, {"line "}},
      {"NoNodes", [] { return std::string("versions { producer: 3 }\n"); }, {"without nodes"}},
      {"Rcut", edit("f: 5.0", "i: 5"), {"\"ProdEnvMatA\"", "\"rcut_r\""}},
  };
}

class BadGraphs : public ::testing::TestWithParam<Bad> {};

TEST_P(BadGraphs, AreRefusedByName) {
  std::string const message = complaint(GetParam().graph());
  EXPECT_EQ(message.rfind("graph: ", 0), 0u) << message;
  for (std::string const& word : GetParam().words)
    EXPECT_NE(message.find(word), std::string::npos) << "expected \"" << word << "\" in: " << message;
}

INSTANTIATE_TEST_SUITE_P(Graphs, BadGraphs, ::testing::ValuesIn(bad_graphs()),
                         [](auto const& info) { return info.param.name; });

TEST(Graph, TypesOfAFileWithoutNames) {
  std::string const unnamed = replaced(text(), "string_val: \"O H\"", "string_val: \"\"");
  EXPECT_NE(complaint(unnamed).find("does not name its 2 types"), std::string::npos) << complaint(unnamed);
  EXPECT_NE(complaint(unnamed, {.types = {"O"}}).find("names for 2 types, 1 were given"), std::string::npos);
  EXPECT_EQ(read_model("graph", unnamed, {.types = {"Cu", "O"}}).type_map,
            (std::vector<std::string>{"Cu", "O"}));
  EXPECT_EQ(read_model("graph", text()).type_map, (std::vector<std::string>{"O", "H"}));
  EXPECT_NE(complaint(text(), {.types = {"Cu", "O"}}).find("names its types itself"), std::string::npos);
}

TEST(Graph, TextAndBinaryAreTheSame) {
  std::string const binary = detail::graph::binary_of_text(text(), "graph");
  Model const a = read_model("a", text()), b = read_model("b", binary);
  EXPECT_EQ(two_body(a).mean, two_body(b).mean);
  EXPECT_EQ(fitting_part(a).nets[1].layers[0].weight, fitting_part(b).nets[1].layers[0].weight);
}

// In fitting nets TensorFlow skips only layers of equal widths, and never the first.
TEST(Graph, SkipsAreTensorFlows) {
  Model const model = read_model(folder + "small.pbtxt");
  std::vector<Skip> skips;
  std::vector<int> widths;
  for (Layer const& layer : fitting_part(model).nets[0].layers) {
    skips.push_back(layer.skip);
    widths.push_back(layer.outputs);
  }
  EXPECT_EQ(widths, (std::vector<int>{5, 5, 10, 10, 7, 7, 1}));
  EXPECT_EQ(skips, (std::vector<Skip>{Skip::none, Skip::identity, Skip::none, Skip::identity, Skip::none,
                                      Skip::identity, Skip::none}));
  EXPECT_TRUE(two_body(model).float32_cutoffs);
  EXPECT_EQ(two_body(model).rcut_smth, static_cast<double>(1.8f));
}

TEST(Graph, ForeignContentsOfThisExtension) {
  EXPECT_NE(complaint(std::string("\x01\x02\x03\x00\x05", 5)).find("graph: "), std::string::npos);
  try {
    read_model("model.pb", std::string("\x01\x02\x03\x00\x05", 5));
    ADD_FAILURE();
  } catch (Error const& error) {
    EXPECT_NE(std::string(error.what()).find("NVNMD"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace dp::test
