// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// Models that hold tables of their embedding nets, as DeePMD-kit's compression leaves them, with and without
// the nets.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <dp/nets/pair_embedding.hpp>
#include <memory>
#include <string>
#include <vector>

#include "support/cases.hpp"
#include "support/evaluate.hpp"
#include "support/parts.hpp"
#include "support/small_model.hpp"

namespace dp::test {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

Model compressed_model(std::string const& name) { return read_model(variant(name + "_compressed").model); }

Model tables_alone(std::string const& name) {
  Model model = compressed_model(name);
  for (Net& net : two_body(model).nets) net = {};
  return model;
}

struct Values {
  std::vector<double> g, dg;  // (x, M)
};

Values embed(TwoBody const& descriptor, std::size_t pair, std::vector<double> const& x) {
  Space const space;
  auto const width = static_cast<std::size_t>(descriptor.width());
  Kokkos::View<double**, Kokkos::LayoutRight, Space> const g("g", x.size(), width), dg("dg", x.size(), width);
  Buffer<double, Space> scratch("scratch");
  PairFunction function;
  if (!descriptor.nets[pair].empty())
    function.net = std::make_shared<Net const>(descriptor.nets[pair]);
  else
    function.table = std::make_shared<EmbeddingTable const>(descriptor.tables[pair]);
  Chain chain;
  chain.rcut = 6.0;
  chain.stddev = {{1.0, 1.0, 1.0, 1.0}};
  chain.functions = {function};
  PairEmbeddings<Space, Double>()
      .one(space, chain, 0, function)
      ->evaluate(space, scratch, device_copy<double, Space>(x), {}, g, dg);
  return {host_copy(g), host_copy(dg)};
}

/// n points from `begin` to `end`, at no ends of rows.
std::vector<double> points(double begin, double end, int n) {
  std::vector<double> x;
  for (int i = 0; i < n; ++i) x.push_back(begin + (end - begin) * (i + 0.377) / n);
  return x;
}

/// A descriptor that knows one pair by the table of x^3 and x, whose pieces are the functions themselves.
TwoBody cubic(double lower, double upper, double extrapolated, double step, double coarse_step) {
  TwoBody descriptor;
  descriptor.nets.resize(1);
  EmbeddingTable table{lower, upper, extrapolated, step, coarse_step, 2, {}};
  auto const add = [&](double begin, double end, double length) {
    for (int i = 0; begin + i * length < end - 1e-9; ++i) {
      double const x = begin + i * length;
      for (double c : {x * x * x, 3 * x * x, 3 * x, 1.0, 0.0, 0.0, x, 1.0, 0.0, 0.0, 0.0, 0.0})
        table.data.push_back(c);
    }
  };
  add(lower, upper, step);
  add(upper, extrapolated, coarse_step);
  descriptor.tables.push_back(table);
  return descriptor;
}

TEST(TableLookup, IsThePolynomialOfTheRow) {
  for (auto const& descriptor :
       {cubic(-1, 2, 10, 0.01, 0.1), cubic(-1, 2, 10, 0.3, 0.7), cubic(-1, 2, 2, 0.5, 1)}) {
    auto const& table = descriptor.tables[0];
    auto const x = points(table.lower, table.extrapolated, 1000);
    auto const found = embed(descriptor, 0, x);
    for (std::size_t i = 0; i < x.size(); ++i) {
      EXPECT_NEAR(found.g[2 * i], x[i] * x[i] * x[i], 1e-11);
      EXPECT_NEAR(found.dg[2 * i], 3 * x[i] * x[i], 1e-11);
      EXPECT_NEAR(found.g[2 * i + 1], x[i], 1e-13);
    }
  }
}

TEST(TableLookup, GoesOnAsAStraightLine) {
  auto const found = embed(cubic(-1, 2, 10, 0.01, 0.1), 0, {-1, -3, -1 - 1e-9, 10, 14, 10 + 1e-9, 2});
  std::vector<double> const g = {-1, -7, -1 - 3e-9, 1000, 2200, 1000 + 3e-7, 8},
                            dg = {3, 3, 3, 300, 300, 300, 12};
  for (std::size_t i = 0; i < g.size(); ++i) {
    EXPECT_NEAR(found.g[2 * i], g[i], 2e-13 * std::abs(g[i]));
    EXPECT_NEAR(found.dg[2 * i], dg[i], 2e-13 * std::abs(dg[i]));
  }
}

class TableModel : public ::testing::TestWithParam<std::string> {};

TEST_P(TableModel, TablesAgreeWithTheNets) {
  auto const with = compressed_model(GetParam()), without = tables_alone(GetParam());
  ASSERT_EQ(two_body(without).width(), two_body(with).width());
  for (std::size_t pair = 0; pair < two_body(with).tables.size(); ++pair) {
    auto const& table = two_body(with).tables[pair];
    auto const compare = [&](double begin, double end, double tolerance, double slope_tolerance) {
      auto const x = points(begin, end, 2000);
      auto const net = embed(two_body(with), pair, x), found = embed(two_body(without), pair, x);
      double const error = largest_difference(net.g, found.g),
                   slope_error = largest_difference(net.dg, found.dg);
      std::printf("pair %zu, %g to %g: G %.1e, dG/ds %.1e\n", pair, begin, end, error, slope_error);
      EXPECT_LT(error, tolerance);
      EXPECT_LT(slope_error, slope_tolerance);
    };
    compare(table.lower, table.upper, 1e-13, 1e-11);
    compare(table.upper, table.extrapolated, 1e-11, 1e-9);
    // Continuous in value and slope at both ends.
    auto const ends =
        embed(two_body(without), pair,
              {table.lower - 1e-9, table.lower + 1e-9, table.extrapolated - 1e-9, table.extrapolated + 1e-9});
    auto const width = static_cast<std::size_t>(table.width);
    for (std::size_t k : {std::size_t(0), 2 * width})
      for (std::size_t m = k; m < k + width; ++m) {
        EXPECT_NEAR(ends.g[m + width] - ends.g[m], 2e-9 * ends.dg[m], 1e-14);
        EXPECT_NEAR(ends.dg[m + width], ends.dg[m], 1e-7);
      }
  }
}

void expect_reference(CompiledPotential<Space, Double>& potential, std::string const& name,
                      double tolerance) {
  double energy = 0, force = 0, virial = 0;
  for (auto const& frame : read_frames(variant(name).reference)) {
    auto const results = evaluate(potential, frame);
    energy = std::max(energy, largest_difference(results.atom_energy, frame.atom_energy));
    force = std::max(force, largest_difference(results.force, frame.force));
    virial = std::max(virial, largest_difference(results.virial, frame.virial));
  }
  std::printf("%s: largest deviation of atom energy %.1e eV, force %.1e eV/A, virial %.1e eV\n",
              potential.description().c_str(), energy, force, virial);
  EXPECT_LT(energy, tolerance);
  EXPECT_LT(force, tolerance);
  EXPECT_LT(virial, 10 * tolerance);
}

TEST_P(TableModel, ExactAgreesWithReference) {
  CompiledPotential<Space, Double> potential(tables_alone(GetParam()));
  expect_reference(potential, GetParam(), 1e-12);
}

TEST_P(TableModel, CompressedAgreesWithReference) {
  CompiledPotential<Space, Double> potential(tables_alone(GetParam()),
                                             {.evaluation = Evaluation::compressed, .tolerance = 1e-10});
  EXPECT_TRUE(potential.compressed());
  expect_reference(potential, GetParam(), 1e-9);
}

TEST_P(TableModel, FloatAgreesWithReference) {
  CompiledPotential<Space, Mix32> potential(tables_alone(GetParam()));
  for (auto const& frame : read_frames(variant(GetParam()).reference)) {
    auto const results = evaluate(potential, frame);
    EXPECT_LT(largest_difference(results.atom_energy, frame.atom_energy), 1e-5);
    EXPECT_LT(largest_difference(results.force, frame.force), 1e-5);
  }
}

TEST_P(TableModel, NetsComeFirst) {
  auto const frame = read_frames(variant(GetParam()).reference).front();
  auto model = compressed_model(GetParam());
  CompiledPotential<Space, Double> both(model);
  for (auto& table : two_body(model).tables) std::fill(table.data.begin(), table.data.end(), 0.0);
  CompiledPotential<Space, Double> useless(model);
  two_body(model).tables.clear();
  CompiledPotential<Space, Double> nets(model);
  auto const expected = evaluate(nets, frame);
  EXPECT_EQ(largest_difference(evaluate(both, frame), expected), 0.0);
  EXPECT_EQ(largest_difference(evaluate(useless, frame), expected), 0.0);
}

INSTANTIATE_TEST_SUITE_P(DeePMDkit, TableModel, ::testing::Values("two_sided", "one_sided_gelu"),
                         [](auto const& info) { return info.param; });

/// The small model with tables of 2 fine rows and a coarse one whose entries are their index.
Json small_compressed(std::size_t count) {
  Json tree = small_model(), data = Json::array(), info = Json::array();
  for (std::size_t k = 0; k < count; ++k) {
    data.push_back(
        array(std::vector<std::vector<double>>(3, std::vector<double>(24, static_cast<double>(k)))));
    info.push_back(array({-1.0, 1.0, 5.0, 1.0, 4.0, -1.0}));
  }
  Json& descriptor = tree["model"]["descriptor"];
  descriptor["@version"] = 3;
  descriptor["compress"] = {{"@variables", {{"compress_data", data}, {"compress_info", info}}}};
  return tree;
}

TEST(ReadTables, TwoSided) {
  Json tree = small_compressed(4);
  for (Json& net : tree["model"]["descriptor"]["embeddings"]["networks"]) net = nullptr;
  auto const descriptor = two_body(read_tree(tree));
  ASSERT_EQ(descriptor.tables.size(), 4u);
  for (std::size_t centre = 0; centre < 2; ++centre)
    for (std::size_t neighbour = 0; neighbour < 2; ++neighbour) {
      auto const& table = descriptor.tables[2 * centre + neighbour];
      EXPECT_EQ(table.data, std::vector<double>(72, static_cast<double>(centre + 2 * neighbour)));
      EXPECT_EQ(table.width, 4);
      EXPECT_EQ(table.rows(), 3u);
      EXPECT_EQ(table.fine_rows(), 2u);
    }
  EXPECT_EQ(descriptor.width(), 4);
}

TEST(ReadTables, OneSided) {
  Json tree = small_compressed(2);
  Json& descriptor = tree["model"]["descriptor"];
  descriptor["type_one_side"] = true;
  descriptor["embeddings"] = collection(1, {embedding_net(0.0), embedding_net(1.0)});
  auto const tables = two_body(read_tree(tree)).tables;
  ASSERT_EQ(tables.size(), 2u);
  for (std::size_t neighbour = 0; neighbour < 2; ++neighbour)
    EXPECT_EQ(tables[neighbour].data.front(), static_cast<double>(neighbour));
}

TEST(ReadTables, NoneAndEmptyOnes) {
  EXPECT_TRUE(two_body(read_tree(small_model())).tables.empty());
  Json tree = small_compressed(4);
  Json& data = tree["model"]["descriptor"]["compress"]["@variables"]["compress_data"];
  data[1] = array(Json::array());
  data[2] = nullptr;
  auto const tables = two_body(read_tree(tree)).tables;
  EXPECT_FALSE(tables[0].empty());
  EXPECT_TRUE(tables[1].empty());
  EXPECT_TRUE(tables[2].empty());
}

TEST(ReadTables, BadFilesAreRefused) {
  auto const expect_error = [](auto const& edit, std::vector<std::string> const& words) {
    Json tree = small_compressed(4);
    Json& descriptor = tree["model"]["descriptor"];
    Json& variables = descriptor["compress"]["@variables"];
    edit(descriptor, variables["compress_data"], variables["compress_info"]);
    auto const message = error_of([&] { read_tree(tree); });
    for (auto const& word : words)
      EXPECT_NE(message.find(word), message.npos) << message << "\nlacks: " << word;
  };
  using J = Json&;
  auto const rows = [](std::size_t n, std::size_t m) {
    return array(std::vector<std::vector<double>>(n, std::vector<double>(m, 0.5)));
  };
  expect_error([](J d, J, J) { d["compress"] = Json::object(); },
               {"descriptor/compress", "\"@variables\" is missing"});
  expect_error([](J, J data, J) { data.erase(0); },
               {"compress_data: expected a list of 4 arrays", "a list of 3"});
  expect_error([](J, J, J info) { info.erase(0); },
               {"compress_info: expected a list of 4 arrays", "a list of 3"});
  expect_error(
      [&](J, J data, J) {
        data[2] = array({1.0, 2.0});
      },
      {"compress_data/2: expected an array of shape (rows, 6 * channels)", "shape (2)"});
  expect_error([&](J, J data, J) { data[2] = rows(3, 25); }, {"compress_data/2", "shape (3, 25)"});
  expect_error(
      [&](J, J, J info) {
        info[1] = array({1.0, 2.0});
      },
      {"compress_info/1: expected an array of 6 entries"});
  expect_error([&](J, J data, J) { data[1] = rows(3, 30); },
               {"table of centre H, neighbour O: expected 4 channels", "found 5"});
  expect_error([&](J, J data, J) { data[1] = rows(5, 24); },
               {"table of centre H, neighbour O: expected 3 rows", "found 5"});
  expect_error([&](J, J data, J) { data[0]["value"][1][2] = ".nan"; }, {"compress_data/0"});
  expect_error(
      [](J, J, J info) {
        info[3] = array({1.0, -1.0, 5.0, 1.0, 4.0, -1.0});
      },
      {"centre H, neighbour H: expected rising ends"});
  expect_error(
      [](J, J, J info) {
        info[3] = array({-1.0, 1.0, 5.0, 0.0, 4.0, -1.0});
      },
      {"centre H, neighbour H: expected positive steps"});
  expect_error(
      [](J, J, J info) {
        info[3] = array({-1.0, 1.0, 5.0, 1e-300, 4.0, -1.0});
      },
      {"centre H, neighbour H: expected ranges and steps of at most"});
  expect_error(
      [](J d, J data, J) {
        d["embeddings"]["networks"][2] = nullptr;
        data[2] = nullptr;
      },
      {"the net of centre O, neighbour H is null although the pair is not excluded"});
}

TEST(ReadTables, NumbersMustBeFinite) {
  auto model = read_tree(small_compressed(4));
  two_body(model).tables[2].data[7] = NAN;
  auto const message = error_of([&] { model.check(); });
  EXPECT_NE(message.find("table of centre H, neighbour O: expected finite numbers, found nan at entry 7"),
            message.npos)
      << message;
}

}  // namespace
}  // namespace dp::test
