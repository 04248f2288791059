// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// Atoms nearer than the tables of a compressed model reach: the nets themselves take over, without a step in
// energy or forces.

#include <gtest/gtest.h>

#include <cstdio>
#include <dp/model/nearest_distance.hpp>
#include <dp/program/bases.hpp>
#include <functional>

#include "support/cases.hpp"
#include "support/differences.hpp"

namespace dp::test {
namespace {

using Space = Kokkos::DefaultExecutionSpace;
using Potential = CompiledPotential<Space, Double>;

/// All products in double, so that steps and slopes are as exact as double allows.
Options compressed(double tolerance, double nearest = 0.0) {
  return {.evaluation = Evaluation::compressed, .tolerance = tolerance, .nearest = nearest, .graded = false};
}

/// A structure with one pair of atoms at a chosen distance, Angstrom.
struct Pull {
  std::string name;
  Model model;
  std::function<Frame(double)> at;
  int centre, neighbour;  // types
  std::size_t moving;     // the component of the force along the pull is of this atom,
  std::array<double, 3> direction;

  double along(Results const& results) const {
    double sum = 0.0;
    for (std::size_t c = 0; c < 3; ++c) sum += direction[c] * results.force[3 * moving + c];
    return sum;
  }
  double nearest() const {
    auto const& names = model.type_map;
    return nearest_distance(names[static_cast<std::size_t>(centre)],
                            names[static_cast<std::size_t>(neighbour)], model.min_nbor_dist, cutoff(model));
  }
};

/// O-H alone in space.
Pull water_pair(Case const& c) {
  auto const frame = [](double r) { return pair_in_space(0, 1, r); };
  return {"O-H in space, " + c.name, without_biases(load_model(c.model)), frame, 0, 1, 1, {0.6, 0.0, 0.8}};
}

/// A hydrogen atom of liquid water pushed towards its oxygen atom, or an atom of a copper crystal towards a
/// neighbour.
[[maybe_unused]] Pull in_bulk(std::string const& name, Case const& c, std::size_t frame_index, int from,
                              int to) {
  auto const base = read_frames(c.reference).at(frame_index);
  double const reach = 3.0;  // Angstrom
  std::size_t fixed = 0, moving = 0;
  double shortest = reach;
  std::array<double, 3> d = {};
  for (std::size_t j = 0; j < base.atoms(); ++j) {
    if (base.types[j] != to || j == fixed || base.types[fixed] != from) continue;
    std::array<double, 3> step;
    for (std::size_t k = 0; k < 3; ++k) step[k] = base.positions[3 * j + k] - base.positions[3 * fixed + k];
    double const r = std::hypot(step[0], step[1], step[2]);
    if (r < shortest) shortest = r, moving = j, d = {step[0] / r, step[1] / r, step[2] / r};
  }
  if (shortest == reach) fail(name, ": no pair of neighbours in one image");
  auto const frame = [=](double r) {
    auto f = base;
    for (std::size_t k = 0; k < 3; ++k) f.positions[3 * moving + k] = f.positions[3 * fixed + k] + r * d[k];
    return f;
  };
  return {name, without_biases(load_model(c.model)), frame, from, to, moving, d};
}

std::vector<Pull> pulls() {
#ifdef __SANITIZE_ADDRESS__
  return {water_pair(water_case()), water_pair(variant("atom_ener"))};
#else
  return {water_pair(water_case()), water_pair(variant("atom_ener")),
          in_bulk("O-H in water", water_case(), 0, 0, 1),
          in_bulk("Cu-Cu in a crystal", copper_case(), 4, 0, 0)};
#endif
}

/// Where the window begins and ends, from the outside inwards.
double window_begin(Pull const& pull) { return 1.05 * pull.nearest(); }

TEST(Handover, NoStepWhereItBeginsAndEnds) {
  for (auto const& pull : pulls())
    for (double tolerance : {1e-3, 1e-6}) {
      Potential potential(pull.model, compressed(tolerance));
      ASSERT_NE(potential.compressed(), nullptr);
      for (double border : {window_begin(pull), pull.nearest()}) {
        double const h = 1e-9;
        auto const before = potential.handed_over();
        auto const outside = evaluate(potential, pull.at(border + h));
        bool const handed_over = potential.handed_over() > before;
        EXPECT_EQ(handed_over, border < window_begin(pull));
        auto const inside = evaluate(potential, pull.at(border - h));
        EXPECT_GT(potential.handed_over(), before);
        double const step = outside.energy - inside.energy + 2 * h * pull.along(inside);
        double const force_step = largest_difference(outside.force, inside.force);
        std::printf("%s, tolerance %.0e, %.4f A: step of the energy %.1e eV, of forces %.1e eV/A\n",
                    pull.name.c_str(), tolerance, border, step, force_step);
        EXPECT_LT(std::abs(step), 1e-9);
        EXPECT_LT(force_step, 1e-5);  // second derivatives of 1000 eV/A^2, times 2 h
      }
    }
}

TEST(Handover, ForcesAreDerivativesThroughTheWindow) {
  for (auto const& pull : pulls())
    for (double tolerance : {1e-3, 1e-6}) {
      Potential potential(pull.model, compressed(tolerance));
      double largest = 0.0;
      int const points = pull.name.starts_with("O-H in space") ? 40 : 5;
      for (int k = 0; k <= points; ++k) {
        double const r = pull.nearest() * (0.9 + 0.2 * k / points);
        double const expected = -pull.along(evaluate(potential, pull.at(r)));
        double best = INFINITY;
        for (double h : {4e-4, 1e-4, 2.5e-5}) {  // the shorter ones where a border lies within the longer
          auto const moved = [&](double x) { return pull.at(r + x); };
          best = std::min(
              best, std::abs(slope(potential, moved, h) - expected) / std::max(1.0, std::abs(expected)));
          if (best < 1e-9) break;
        }
        largest = std::max(largest, best);
      }
      std::printf(
          "%s, tolerance %.0e, %.2f to %.2f A: largest relative deviation from finite differences %.1e\n",
          pull.name.c_str(), tolerance, 0.9 * pull.nearest(), 1.1 * pull.nearest(), largest);
      EXPECT_LT(largest, 1e-8);
      EXPECT_GT(potential.handed_over(), 0);
    }
}

/// The deviation from the exact nets within the tolerance outside, and no larger in the window and below.
TEST(Handover, AgreesWithTheExactNets) {
  for (auto const& pull : pulls()) {
    Potential exact(pull.model), potential(pull.model, compressed(1e-8));
    ASSERT_NE(potential.compressed(), nullptr);
    for (double x : {1.3, 1.06, 1.04, 1.02, 1.001, 0.999, 0.9, 0.5, 0.1}) {
      auto const frame = pull.at(x * pull.nearest());
      auto const a = evaluate(exact, frame), b = evaluate(potential, frame);
      double const energy = std::abs(a.energy - b.energy), force = largest_difference(a.force, b.force);
      std::printf("%s at %.3f A: force %.3g eV/A, deviation of energy %.1e eV, of forces %.1e eV/A\n",
                  pull.name.c_str(), x * pull.nearest(), pull.along(a), energy, force);
      double scale = 1.0;
      for (double f : a.force) scale = std::max(scale, std::abs(f));
      EXPECT_LT(energy, 1e-6 * scale);
      EXPECT_LT(force, 1e-6 * scale);
    }
  }
}

TEST(Handover, CountsTheAtomsOfTheirTiles) {
  auto const pull = water_pair(water_case());
  Potential potential(pull.model, compressed(1e-4));
  auto const count = [&](double r) {
    auto const before = potential.handed_over();
    evaluate(potential, pull.at(r));
    return potential.handed_over() - before;
  };
  EXPECT_EQ(count(1.0), 0);
  EXPECT_EQ(count(0.99 * pull.nearest()), 2);
  EXPECT_EQ(count(0.2), 2);
  EXPECT_EQ(count(1.0), 0);
  EXPECT_EQ(potential.handed_over(), 4);
}

/// Tables that end far outside the first shell of neighbours: slow, but right.
TEST(Handover, TablesThatAreFarTooShort) {
  auto const c = water_case();
  auto const model = without_biases(load_model(c.model));
  Potential exact(model), potential(model, compressed(1e-8, 2.0));
  ASSERT_NE(potential.compressed(), nullptr) << potential.description();
  auto const frame = read_frames(c.reference).front();
  auto const a = evaluate(exact, frame), b = evaluate(potential, frame);
  std::printf(
      "water with tables down to 2 A: deviation of energy %.1e eV, of forces %.1e eV/A, of the virial %.1e "
      "eV\n",
      std::abs(a.energy - b.energy), largest_difference(a.force, b.force),
      largest_difference(a.virial, b.virial));
  EXPECT_LT(largest_difference(a.force, b.force), 1e-6);
  EXPECT_LT(largest_difference(a.atom_energy, b.atom_energy), 1e-6);
  EXPECT_LT(largest_difference(a.virial, b.virial), 1e-5);
  EXPECT_EQ(potential.handed_over(), 192);
#ifndef __SANITIZE_ADDRESS__
  auto const found = against_differences(potential, frame, 3, 1);
  EXPECT_LT(found.force, 1e-8);
  EXPECT_LT(found.virial, 1e-6);
#endif
}

/// In float, steps are of the size of rounding.
TEST(Handover, Mix32HasNoStepBeyondRounding) {
  auto const pull = water_pair(water_case());
  CompiledPotential<Space, Mix32> potential(pull.model, compressed(1e-4));
  CompiledPotential<Space, Double> exact(pull.model);
  for (double border : {window_begin(pull), pull.nearest()}) {
    auto const outside = evaluate(potential, pull.at(border + 1e-7)),
               inside = evaluate(potential, pull.at(border - 1e-7));
    double const force = std::abs(pull.along(evaluate(exact, pull.at(border))));
    std::printf("Mix32, %.4f A, force %.1f eV/A: step of the energy %.1e eV, of forces %.1e eV/A\n", border,
                force, outside.energy - inside.energy, largest_difference(outside.force, inside.force));
    EXPECT_NEAR(outside.energy, inside.energy, 5e-5);
    EXPECT_LT(largest_difference(outside.force, inside.force), 2e-5 * std::max(1.0, force));
  }
}

}  // namespace
}  // namespace dp::test
