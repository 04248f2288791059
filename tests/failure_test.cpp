// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// The statistics of lifetimes, the distribution of forces, and what dp-failure reads.

#include "failure/exponents.hpp"
#include "failure/input.hpp"
#include "failure/table_settings.hpp"
#include "md/force_distribution.hpp"
#include "md_toys.hpp"

namespace {

using failure::Lifetime;
using toys::message_of;
using toys::Space;
using toys::TemporaryFolder;

std::vector<Lifetime> some_lifetimes() {
  std::vector<Lifetime> result;
  auto const add = [&](std::int64_t atoms, std::vector<double> const& times) {
    for (double const time : times) result.push_back({atoms, time, time == 20.0});
  };
  add(32, {9.1, 14.2, 20, 20});
  add(108, {5.3, 8.8, 11.9, 20});
  add(256, {4.4, 6.1, 7.7, 9.9});
  add(500, {2.5, 5.6, 6.3});
  return result;
}

/// Tables of five sizes by the law of this shape and the exponent 1/shape; of all runs of 108 atoms the share
/// `censored` reaches the limit.
std::vector<Lifetime> synthetic(double shape, int replicas, double censored, std::mt19937_64& random) {
  double const limit =
      censored > 0.0 ? std::exp((std::log(-std::log(censored)) - std::log(108.0)) / shape) : 1.0;
  std::vector<Lifetime> plan;
  for (int const atoms : {32, 108, 256, 500, 864})
    for (int n = 0; n < replicas; ++n) plan.push_back({atoms, limit, censored > 0.0});
  return failure::Drawing(plan, shape,
                          [&](std::int64_t atoms) { return -std::log(static_cast<double>(atoms)) / shape; })
      .draw(random);
}

// The values were found by maximising the likelihood, and its numerical integral over the scales, elsewhere.
TEST(Failure, FitsAreThoseOfGreatestLikelihood) {
  auto const law = failure::fit_sizes(some_lifetimes());
  EXPECT_NEAR(law.shape, 2.4354841786, 1e-6);
  EXPECT_NEAR(law.exponent, 0.5729785007, 1e-6);
  EXPECT_NEAR(law.log_scale, 5.2346415889, 1e-6);
  EXPECT_NEAR(failure::fit_shape(some_lifetimes()), 1.98212313, 1e-6);
}

TEST(Failure, UnitsOfTimeDoNotMatter) {
  auto scaled = some_lifetimes();
  for (Lifetime& life : scaled) life.time *= 1e-7;
  auto const law = failure::fit_sizes(some_lifetimes()), other = failure::fit_sizes(scaled);
  EXPECT_NEAR(other.exponent, law.exponent, 1e-10);
  EXPECT_NEAR(other.log_scale, law.log_scale + std::log(1e-7), 1e-9);
  EXPECT_NEAR(failure::fit_shape(scaled), failure::fit_shape(some_lifetimes()), 1e-10);
}

TEST(Failure, WhatLifetimesDoNotSayIsSaid) {
  std::vector<Lifetime> const one_size = {{32, 1.0, false}, {32, 2.0, false}, {32, 4.0, true}};
  EXPECT_EQ(message_of([&] { failure::fit_sizes(one_size); }),
            "the exponent by sizes: expected failures at two sizes at least, found 1");
  EXPECT_GT(failure::fit_shape(one_size), 0.0);
  std::vector<Lifetime> const one_each = {{32, 4.0, false}, {64, 2.0, false}};
  EXPECT_NE(message_of([&] { failure::fit_sizes(one_each); }).find("lie on one line"), std::string::npos);
  EXPECT_EQ(message_of([&] { failure::fit_shape(one_each); }),
            "the exponent by spread: expected two failures at one size at least, found none");
  std::vector<Lifetime> const equal = {{32, 4.0, false}, {32, 4.0, false}};
  EXPECT_NE(message_of([&] { failure::fit_shape(equal); }).find("at one time"), std::string::npos);
  auto const found = failure::fit_exponents(one_size, {.draws = 100});
  EXPECT_FALSE(found.by_sizes);
  EXPECT_TRUE(found.by_spread);
}

// Of 60 intervals of 95 % between 52 and 60 hold the true number, but once in a thousand times.
TEST(Failure, IntervalsHoldTheTrueExponent) {
  std::mt19937_64 random(20231);
  for (double const shape : {3.4, 7.1})
    for (double const censored : {0.0, 0.3}) {
      int by_sizes = 0, by_spread = 0, agree = 0;
      double mean_sizes = 0.0, mean_spread = 0.0;
      constexpr int tables = 60;
      for (int n = 0; n < tables; ++n) {
        auto const found = failure::fit_exponents(synthetic(shape, 8, censored, random),
                                                  {.draws = 200, .seed = static_cast<std::uint64_t>(n)});
        ASSERT_TRUE(found.by_sizes && found.by_spread && found.difference);
        auto const holds = [](failure::Estimate const& estimate, double value) {
          return estimate.low <= value && value <= estimate.high;
        };
        by_sizes += holds(*found.by_sizes, 1.0 / shape);
        by_spread += holds(*found.by_spread, 1.0 / shape);
        agree += holds(*found.difference, 0.0);
        mean_sizes += found.by_sizes->value * shape / tables;
        mean_spread += found.by_spread->value * shape / tables;
      }
      for (int const count : {by_sizes, by_spread, agree}) EXPECT_GE(count, 52) << shape << " " << censored;
      EXPECT_NEAR(mean_sizes, 1.0, 0.08);
      EXPECT_NEAR(mean_spread, 1.0, 0.08);
    }
}

// Runs of two limits, the smaller of which is all that can be seen of them.
TEST(Failure, DrawnTablesEndWhereRunsDidOrMayHave) {
  constexpr double limit = 10.0;
  std::vector<Lifetime> const lifetimes = {
      {32, limit, true}, {32, 7.0, false}, {32, 50.0, false}, {64, 9.0, false}, {64, 80.0, false}};
  failure::Drawing const drawing(lifetimes, 1.0, [](std::int64_t) { return std::log(40.0); });
  std::mt19937_64 random(3);
  constexpr int draws = 4000;
  std::vector<double> means(5), censored(5);
  for (int n = 0; n < draws; ++n) {
    auto const drawn = drawing.draw(random);
    for (std::size_t i = 0; i < 5; ++i) {
      means[i] += drawn[i].time / draws;
      censored[i] += drawn[i].censored ? 1.0 / draws : 0.0;
    }
  }
  for (std::size_t const ended : {0u, 1u, 3u}) {
    EXPECT_NEAR(censored[ended], std::exp(-limit / 40.0), 0.03);
    EXPECT_LT(means[ended], limit);
  }
  for (std::size_t const free : {2u, 4u}) {
    EXPECT_EQ(censored[free], 0.0);
    EXPECT_NEAR(means[free], 40.0, 2.5);
  }
}

// An interval that holds all would pass the test above.
TEST(Failure, IntervalsTellExponentsApart) {
  std::mt19937_64 random(5);
  auto const found = failure::fit_exponents(synthetic(7.1, 16, 0.0, random), {.draws = 500});
  EXPECT_LT(found.by_sizes->high, 0.29);
  EXPECT_LT(found.by_spread->high, 0.29);
}

TEST(Failure, LinesThatCannotBeWrittenLeaveNoFileOpen) {
  if (!std::filesystem::exists("/dev/full") || !std::filesystem::exists("/proc/self/fd"))
    GTEST_SKIP() << "no /dev/full or /proc";
  auto const open = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                         std::filesystem::directory_iterator());
  };
  auto const before = open();
  EXPECT_EQ(message_of([] { failure::append_line("/dev/full", "x"); }),
            "/dev/full: cannot be written: No space left on device");
  EXPECT_EQ(open(), before);
}

TEST(Failure, RowsAreOfOneKind) {
  TemporaryFolder const folder;
  std::string const table = folder.path("t.csv"), row = "64,1,2,none,0,9,1";
  failure::Settings settings = {{"run.temperature", "300"}, {"size 64", "2 1 1"}};
  auto const complaint = [&] {
    std::string message = message_of([&] { failure::open_table(table, settings); });
    for (std::size_t at; (at = message.find(table)) != message.npos;) message.replace(at, table.size(), "t");
    return message;
  };
  EXPECT_TRUE(failure::open_table(table, settings).empty());
  EXPECT_EQ(folder.read("t.csv"), std::string(failure::table_header) + "\n");
  settings["run.temperature"] = "310";  // no row says otherwise
  EXPECT_EQ(complaint(), "(no error)");
  failure::append_line(table, row);
  settings["size 128"] = "2 2 1";
  EXPECT_EQ(complaint(), "(no error)");
  settings.erase("size 64");
  EXPECT_EQ(complaint(), "(no error)");
  EXPECT_EQ(folder.read("t.csv.settings"), "run.temperature = 310\nsize 128 = 2 2 1\nsize 64 = 2 1 1\n");
  settings["size 64"] = "1 1 2";
  EXPECT_EQ(
      complaint(),
      "t: its rows were made with size 64 = 2 1 1 (t.settings), the input says size 64 = 1 1 2: expected "
      "another output.file, or the old input");
  settings["size 64"] = "2 1 1";
  settings["run.temperature"] = "310.0000001";
  EXPECT_NE(complaint().find("made with run.temperature = 310 (t.settings)"), std::string::npos);
  settings = {{"size 64", "2 1 1"}};
  EXPECT_NE(complaint().find("the input says run.temperature = nothing"), std::string::npos);
  std::filesystem::remove(table + ".settings");
  EXPECT_EQ(complaint(),
            "t: has rows, but there is no t.settings, which says how they were made: expected it, or another "
            "output.file");
}

TEST(Failure, TablesAreReadAsTheyAreWritten) {
  TemporaryFolder const folder;
  std::string const path = folder.path("failures.csv");
  failure::Row const row = {864, 3, 1.5, "force", 17, 750, false};
  failure::append_line(path, failure::table_header);
  failure::append_line(path, failure::to_line(row));
  failure::append_line(path, "864,4,2,none,0,1000,1");
  EXPECT_EQ(
      folder.read("failures.csv"),
      "atoms,seed,time_ps,criterion,atom,step,censored\n864,3,1.5,force,17,750,0\n864,4,2,none,0,1000,1\n");
  auto const rows = failure::read_table(path);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0], row);
  EXPECT_TRUE(rows[1].censored);

  // written by hand, its last line left open
  std::string const other = folder.write(
      "other.csv", std::string(failure::table_header) + "\r\n64,1,2,none,0,9,True\r\n64,2,1,nan,3,8,False");
  failure::append_line(other, "64,3,1.5,none,0,9,0");
  auto const more = failure::read_table(other);
  ASSERT_EQ(more.size(), 3u);
  EXPECT_TRUE(more[0].censored);
  EXPECT_FALSE(more[1].censored);
  EXPECT_EQ(more[2].time, 1.5);

  auto const complaint = [&](std::string const& text) {
    std::string const message = message_of([&] {
      failure::read_table(folder.write("bad.csv", std::string(failure::table_header) + "\n" + text));
    });
    return message.substr(message.find("bad.csv"));
  };
  EXPECT_EQ(complaint("864,3,1.5,force,17,750\n").substr(0, 29), "bad.csv:2: expected 7 columns");
  EXPECT_EQ(complaint("864,3,x,force,17,750,0\n"),
            "bad.csv:2: expected a finite number (time_ps), found 'x'");
  EXPECT_EQ(complaint("864,3,0,force,17,0,0\n"), "bad.csv:2: expected a time above 0 (time_ps), found 0");
  EXPECT_EQ(complaint("864,3,1,force,17,9,2\n"), "bad.csv:2: expected 0 or 1 (censored), found '2'");
  EXPECT_EQ(complaint("864,3,1,force,1").substr(0, 29), "bad.csv:2: expected 7 columns");
  EXPECT_EQ(complaint("864,3,1,force,1,9,"), "bad.csv:2: expected 0 or 1 (censored), found ''");
  EXPECT_NE(
      message_of([&] {
        failure::read_table(folder.write("other.csv", "a,b\n"));
      }).find("other.csv:1: expected the line atoms,seed,time_ps,criterion,atom,step,censored, found 'a,b'"),
      std::string::npos);
}

std::string complaint(std::string const& added) {
  TemporaryFolder const folder;
  std::string const path =
      folder.write("in.toml", "[model]\nfile = \"m.dp\"\n[structure]\nfile = \"s.xyz\"\n" + added);
  std::string const message = message_of([&] { failure::read_input(path); });
  std::size_t const at = message.find("in.toml");
  return at == message.npos ? message : message.substr(at);
}

TEST(Failure, InputIsThatOfMolecularDynamicsAndMore) {
  TemporaryFolder const folder;
  auto const input = failure::read_input(folder.write(
      "in.toml",
      "[model]\nfile = \"m.dp\"\n[structure]\nfile = \"s.xyz\"\n[run]\ntimestep_fs = 2\nensemble = "
      "\"nvt-langevin\"\ntemperature = 300.0000001\n"
      "[failure]\nsizes = [[1, 1, 1], [2, 2, 1]]\nlimit_ps = 1\n[criteria]\nuse = [\"force\"]\n"));
  EXPECT_EQ(input.run.model_file, folder.path("m.dp"));
  EXPECT_EQ(input.run.ensemble, "nvt-langevin");
  EXPECT_EQ(input.run.steps, 500);
  EXPECT_EQ(input.sizes, (std::vector<std::array<std::int64_t, 3>>{{1, 1, 1}, {2, 2, 1}}));
  EXPECT_TRUE(input.uses(failure::Criterion::force));
  EXPECT_FALSE(input.uses(failure::Criterion::temperature));
  EXPECT_EQ(input.settings.at("run.timestep_fs"), "2");
  EXPECT_EQ(input.settings.at("run.temperature"), "300.0000001");
  EXPECT_EQ(complaint("[run]\nensemble = \"minimise\"\n").substr(0, 40),
            "in.toml:6: run.ensemble: expected one of");
  EXPECT_EQ(complaint("[run]\nsteps = 5\n").substr(0, 29), "in.toml:6: unknown key run.st");
  EXPECT_EQ(complaint("[failure]\nsizes = [[2, 1, 1], [1, 2, 1]]\n"),
            "in.toml: failure.sizes: expected sizes with different numbers of atoms, found two of 2 copies");
  EXPECT_EQ(complaint("[failure]\nsizes = [2, 1, 1]\n"),
            "in.toml:6: failure.sizes: expected an array of 3 whole numbers, found integer 2");
  EXPECT_EQ(complaint("[failure]\nsizes = []\n"),
            "in.toml: failure.sizes: expected at least one size, found none");
  EXPECT_EQ(complaint("[failure]\nreplicas = 0\n"),
            "in.toml:6: failure.replicas: expected a number of at least 1, found integer 0");
  EXPECT_EQ(complaint("[criteria]\nuse = [\"heat\"]\n").substr(0, 57),
            "in.toml:6: criteria.use: expected one of \"temperature\", \"");
  EXPECT_NE(complaint("[failure]\nstart_K = 600\n").find("expected failure.settle_ps above 0"),
            std::string::npos);
  EXPECT_EQ(complaint("[failure]\nsettle_ps = 100\n"),
            "in.toml: failure.settle_ps: expected less than failure.limit_ps = 100, found 100");
}

/// So many atoms, half of them of each of two types, with forces along x.
md::System<Space> atoms_with(std::vector<double> const& forces) {
  std::vector<int> types;
  std::vector<double> all;
  for (std::size_t i = 0; i < forces.size(); ++i) {
    types.push_back(static_cast<int>(i % 2));
    all.insert(all.end(), {forces[i], 0.0, 0.0});
  }
  md::System<Space> system(Space(), std::vector<double>(forces.size(), 1.0), types, 0);
  md::upload(Space(), all, system.forces);
  return system;
}

TEST(Failure, OutliersAreThoseOfTheirOwnType) {
  std::vector<double> forces;  // 1 ... 2 of type 0, ten times that of type 1
  for (int i = 0; i < 4000; ++i) forces.push_back((1.0 + i / 4000.0) * (i % 2 == 0 ? 1.0 : 10.0));
  md::ForceDistribution<Space> distribution(2, 6.0, 0.0);
  EXPECT_EQ(distribution.look(Space(), atoms_with(forces)).count, 0);
  // of even numbers from 1 to 2: median 1.5, median distance from it 0.25
  auto const limits = distribution.limits();
  EXPECT_NEAR(limits[0], 1.5 + 6.0 * 1.4826 * 0.25, 0.1);
  EXPECT_NEAR(limits[1], 10.0 * limits[0], 1.0);
  forces[10] = 5.0;
  forces[12] = 9.0;
  forces[13] = 9.0;  // nothing for its type
  auto const found = distribution.look(Space(), atoms_with(forces));
  EXPECT_EQ(found.count, 2);
  EXPECT_EQ(found.atom, 12);
}

TEST(Failure, FewForcesHaveNoLimitButTheirOwn) {
  md::ForceDistribution<Space> distribution(2, 6.0, 50.0);
  auto forces = std::vector<double>(100, 1.0);
  forces[7] = 49.0;
  EXPECT_EQ(distribution.look(Space(), atoms_with(forces)).count, 0);
  forces[8] = 51.0;
  auto const found = distribution.look(Space(), atoms_with(forces));
  EXPECT_EQ(found.count, 1);
  EXPECT_EQ(found.atom, 8);
}

TEST(Failure, AtomsOfAGasThatFeelNoForceMakeNoLimit) {
  std::vector<double> forces(8000, 0.0);  // one of eight, of type 0, meets another
  for (std::size_t i = 0; i < forces.size(); i += 8) forces[i] = 1.0 + static_cast<double>(i) / 8000.0;
  md::ForceDistribution<Space> distribution(2, 6.0, 0.0);
  for (int n = 0; n < 3; ++n) EXPECT_EQ(distribution.look(Space(), atoms_with(forces)).count, 0);
  EXPECT_NEAR(distribution.limits()[0], 1.5 + 6.0 * 1.4826 * 0.25, 0.1);
  EXPECT_TRUE(std::isinf(distribution.limits()[1]));
}

TEST(Failure, ForcesWithoutSpreadMakeNoLimit) {
  auto forces = std::vector<double>(4000, 1.0);
  for (std::size_t i = 0; i < 1000; ++i) forces[i] = 3.0;
  md::ForceDistribution<Space> distribution(2, 6.0, 0.0);
  for (int n = 0; n < 3; ++n) EXPECT_EQ(distribution.look(Space(), atoms_with(forces)).count, 0);
}

TEST(Failure, ForcesThatAreNoNumbersAreOutliers) {
  auto forces = std::vector<double>(100, 1.0);
  forces[4] = std::numeric_limits<double>::quiet_NaN();
  forces[7] = -std::numeric_limits<double>::infinity();
  for (double const most : {0.0, 50.0}) {
    md::ForceDistribution<Space> distribution(2, 6.0, most);
    auto const found = distribution.look(Space(), atoms_with(forces));
    EXPECT_EQ(found.count, 2);
    EXPECT_EQ(found.atom, 4);
  }
}

}  // namespace
