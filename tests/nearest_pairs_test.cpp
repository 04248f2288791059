// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// Tables that end at a distance of their own for each pair of types: what users write of it, what is refused,
// the fluid that tests them, how many functions are saved, and what becomes of pairs that are nearer.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <dp/lower/fluid_positions.hpp>
#include <dp/option_words.hpp>
#include <dp/program/bases.hpp>
#include <string>

#include "support/cases.hpp"
#include "support/differences.hpp"
#include "support/expect_error.hpp"

namespace dp::test {
namespace {

using Space = Kokkos::DefaultExecutionSpace;
using Potential = CompiledPotential<Space, Double>;

Options compressed(double tolerance, std::string const& nearest) {
  return {
      .evaluation = Evaluation::compressed, .tolerance = tolerance, .nearest = nearest_from_words(nearest)};
}

TEST(NearestPairs, WordsThereAndBack) {
  for (auto const& [words, back] : std::vector<std::pair<std::string, std::string>>{
           {"0", "0"},
           {"0.8", "0.8"},
           {"O-O:2.0", "O-O:2"},
           {" 0.8 , O-O : 2.05,H-O:0.75 ", "0.8,O-O:2.05,H-O:0.75"},
           {"O-O:2e0,0", "O-O:2"}})
    EXPECT_EQ(to_words(nearest_from_words(words)), back) << words;
  auto const distances = nearest_from_words("0.8,Cu-O:1.5");
  EXPECT_EQ(distances.all, 0.8);
  ASSERT_EQ(distances.pairs.size(), 1u);
  EXPECT_EQ(distances.pairs[0].one, "Cu");
  EXPECT_EQ(distances.pairs[0].other, "O");
  EXPECT_EQ(distances.pairs[0].distance, 1.5);
}

TEST(NearestPairs, WordsThatSayNothing) {
  for (auto const& [words, why] :
       std::vector<std::pair<std::string, std::string>>{{"", "an entry is empty"},
                                                        {"near", "near is no distance"},
                                                        {"-1", "-1 is no distance"},
                                                        {"nan", "nan is no distance"},
                                                        {"0.8,0.9", "two numbers are for all pairs"},
                                                        {"O-O:2.0,,H-H:1.1", "an entry is empty"},
                                                        {"O-O:", " is no distance"},
                                                        {"O-O:-2.0", "-2.0 is no distance"},
                                                        {"O-O:0", "that of O-O must be above 0"},
                                                        {"O-O:2.0 A", "2.0 A is no distance"},
                                                        {"O:2.0", "O is no pair of types"},
                                                        {"O-:2.0", "O- is no pair of types"},
                                                        {"O-H-O:2.0", "O-H-O is no pair of types"},
                                                        {"O-H:2.0,O-O:2.1,H-O:0.9", "H-O occurs twice"}})
    expect_error([&] { nearest_from_words(words); }, {"expected a distance", "found " + words, why});
}

TEST(NearestPairs, WhatTheModelDoesNotHaveIsRefused) {
  auto const model = load_model(water_case().model);
  auto const refused = [&](NearestDistances const& nearest, std::string const& why) {
    for (auto evaluation : {Evaluation::compressed, Evaluation::exact})
      expect_error([&] { Potential(model, {.evaluation = evaluation, .nearest = nearest}); },
                   {"dp::Options::nearest: ", why});
  };
  refused(nearest_from_words("O-Cu:2.0"), "O-Cu: expected types of the model (O, H), found Cu");
  refused(nearest_from_words("O-O:6.5"),
          "O-O: expected a distance above 0 and below the model's cutoff of 6");
  refused(6.0, "below the model's cutoff of 6 Angstrom, found 6");
  auto known = model;  // as one that was restricted to elements
  known.other_types = {"Cu"};
  EXPECT_NO_THROW(Potential(known, {.nearest = nearest_from_words("O-Cu:2.0")}));
  refused(-1.0, "expected a distance of at least 0");
  refused({0.0, {{"O", "H", -0.5}}}, "O-H: expected a distance above 0");
  refused({0.0, {{"O", "H", 0.9}, {"H", "O", 0.8}}}, "O-H: expected each pair once");
}

/// The least distance of each pair of types in a periodic cube.
std::vector<double> least_distances(FluidPositions const& fluid, int ntypes) {
  std::vector<double> least(static_cast<std::size_t>(ntypes * ntypes), INFINITY);
  for (std::size_t i = 0; i < fluid.types.size(); ++i)
    for (std::size_t j = 0; j < fluid.types.size(); ++j) {
      double square = 0.0;
      for (std::size_t c = 0; c < 3; ++c) {
        double d = fluid.positions[3 * i + c] - fluid.positions[3 * j + c];
        d -= fluid.edge * std::round(d / fluid.edge);
        square += d * d;
      }
      auto& of_pair = least[static_cast<std::size_t>(fluid.types[i] * ntypes + fluid.types[j])];
      if (i != j) of_pair = std::min(of_pair, std::sqrt(square));
    }
  return least;
}

TEST(NearestPairs, TheFluidIsWhereTablesAreAndNoNearer) {
  for (auto const& [words, names] :
       std::vector<std::pair<std::string, std::vector<std::string>>>{{"0", {"O", "H"}},
                                                                     {"0.8", {"O", "H"}},
                                                                     {"O-O:2.0,H-H:1.1,O-H:0.8", {"O", "H"}},
                                                                     {"O-O:3.0,H-H:1.5", {"O", "H"}},
                                                                     {"Cu-Cu:5", {"O", "H", "Cu"}}}) {
    double const rcut = 6.0;
    NearestOfPairs const nearest(names, 0.8865, nearest_from_words(words));
    auto const ntypes = static_cast<int>(names.size());
    FluidPositions const fluid(ntypes, rcut, 83.0, nearest);
    auto const least = least_distances(fluid, ntypes);
    for (int i = 0; i < ntypes; ++i)
      for (int j = 0; j < ntypes; ++j) {
        double const r = least[static_cast<std::size_t>(i * ntypes + j)] / nearest(i, j, rcut);
        std::printf("\"%s\" %s-%s: %.3f A, %.2f times the distance\n", words.c_str(),
                    names[static_cast<std::size_t>(i)].c_str(), names[static_cast<std::size_t>(j)].c_str(),
                    nearest(i, j, rcut), r);
        EXPECT_GE(r, 1.1 - 1e-12);
      }
  }
}

int functions(Potential const& potential) {
  int sum = 0;
  for (auto const& basis : potential.compressed()->chains[0].bases) sum += basis.functions;
  return sum;
}

int features(Potential const& potential) {
  int sum = 0;
  for (auto const& centre : potential.compressed()->chains[0].centres) sum += centre.dimension;
  return sum;
}

/// Root mean square deviation of the forces on all frames of a case from those of the exact nets.
double force_error(Potential& potential, Case const& c) {
  Potential exact(load_model(c.model));
  double squares = 0.0;
  std::size_t count = 0;
  for (auto const& frame : read_frames(c.reference)) {
    auto const a = evaluate(exact, frame).force, b = evaluate(potential, frame).force;
    for (std::size_t k = 0; k < a.size(); ++k) squares += (a[k] - b[k]) * (a[k] - b[k]);
    count += a.size();
  }
  return std::sqrt(squares / static_cast<double>(count));
}

TEST(NearestPairs, FewerFunctionsWithinTheTolerance) {
  auto const model = load_model(water_case().model);
  for (double tolerance : {1e-6, 1e-8}) {
    Potential whole(model, compressed(tolerance, "0"));
    for (char const* words : {"O-O:1.8,H-H:1.0", "O-O:2.0,H-H:1.1,O-H:0.8", "O-O:2.2,H-H:1.2"}) {
      if (words[4] == '2' && std::getenv("DP_FULL_TESTS") == nullptr) continue;
      Potential pairs(model, compressed(tolerance, words));
      ASSERT_NE(pairs.compressed(), nullptr) << pairs.description();
      double const error = force_error(pairs, water_case());
      std::printf("%.0e, %s: force RMS %.1e eV/A; %s\n", tolerance, words, error,
                  pairs.description().c_str());
      EXPECT_LE(error, tolerance);
      EXPECT_EQ(pairs.handed_over(), 0);
      EXPECT_LE(functions(pairs), functions(whole));
      EXPECT_LT(features(pairs), features(whole));
    }
  }
}

TEST(NearestPairs, OfOneTypeIsANumberForAll) {
  auto const model = load_model(copper_case().model);
  for (double tolerance : {1e-6, 1e-8}) {
    Potential pair(model, compressed(tolerance, "Cu-Cu:1.9")), number(model, compressed(tolerance, "1.9"));
    EXPECT_EQ(pair.description(), number.description());
    double const error = force_error(pair, copper_case());
    std::printf("copper, %.0e: force RMS %.1e eV/A; %s\n", tolerance, error, pair.description().c_str());
    EXPECT_LE(error, tolerance);
  }
}

/// Molecules whose hydrogen atoms are nearer than H-H, and two oxygen atoms nearer than O-O, while O-H is
/// within its tables: these tiles have what the exact nets say, all others stay compressed.
TEST(NearestPairs, NearerPairsAreHandedOver) {
  auto const c = water_case();
  auto const model = without_biases(load_model(c.model));
  Potential exact(model);
  auto const frame = read_frames(c.reference).front();
  auto pulled = frame;
  std::size_t near = 0;
  double shortest = INFINITY;
  std::array<double, 3> d = {};
  for (std::size_t j = 1; j < frame.atoms(); ++j) {
    double square = 0.0;
    std::array<double, 3> step = {};
    for (std::size_t k = 0; k < 3; ++k) {
      step[k] = frame.positions[3 * j + k] - frame.positions[k];
      square += step[k] * step[k];
    }
    if (frame.types[j] == frame.types[0] && square < shortest) shortest = square, near = j, d = step;
  }
  double const before = std::sqrt(shortest);
  for (std::size_t k = 0; k < 3; ++k) pulled.positions[3 * near + k] -= (1.0 - 1.8 / before) * d[k];

  auto const expect_exact = [&](char const* words, Frame const& f, std::int64_t least, std::int64_t most) {
    auto options = compressed(1e-8, words);
    options.tile = 16;
    Potential potential(model, options);
    ASSERT_NE(potential.compressed(), nullptr);
    auto const a = evaluate(exact, f), b = evaluate(potential, f);
    double scale = 1.0;
    for (double force : a.force) scale = std::max(scale, std::abs(force));
    std::printf("%s: %lld atoms handed over, largest deviation of forces %.1e eV/A, of the virial %.1e eV\n",
                words, static_cast<long long>(potential.handed_over()), largest_difference(a.force, b.force),
                largest_difference(a.virial, b.virial));
    EXPECT_LT(largest_difference(a.force, b.force), 1e-6 * scale);
    EXPECT_LT(largest_difference(a.atom_energy, b.atom_energy), 1e-6 * scale);
    EXPECT_LT(largest_difference(a.virial, b.virial), 1e-5 * scale);
    EXPECT_GE(potential.handed_over(), least);
    EXPECT_LE(potential.handed_over(), most);
  };
  expect_exact("O-O:2.0,H-H:1.1,O-H:0.8", frame, 0, 0);
  expect_exact("O-O:2.0,H-H:1.1,O-H:0.8", pulled, 16, 32);  // the tiles of two oxygen atoms
  expect_exact("H-H:1.6", frame, 128, 128);                 // all hydrogen atoms, no oxygen atom
  expect_exact("O-O:2.6", frame, 16, 64);                   // no hydrogen atom
  expect_exact("O-H:1.1", frame, 192, 192);
}

/// No step of energy or forces at either end of the window of a pair that has a distance of its own.
TEST(NearestPairs, NoStepWhereTheNetsTakeOver) {
  auto const model = without_biases(load_model(water_case().model));
  auto options = compressed(1e-6, "O-O:2.0,H-H:1.1");
  options.graded = false;
  Potential potential(model, options);
  for (double border : {2.1, 2.0}) {
    double const h = 1e-9;
    auto const outside = evaluate(potential, pair_in_space(0, 0, border + h)),
               inside = evaluate(potential, pair_in_space(0, 0, border - h));
    double const along = 0.6 * inside.force[3] + 0.8 * inside.force[5];
    EXPECT_LT(std::abs(outside.energy - inside.energy + 2 * h * along), 1e-9);
    EXPECT_LT(largest_difference(outside.force, inside.force), 1e-5);
  }
  EXPECT_EQ(potential.handed_over(), 6);
}

}  // namespace
}  // namespace dp::test
