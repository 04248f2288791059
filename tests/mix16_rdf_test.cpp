// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// The structure of water does not depend on the precision: radial distribution functions of short
// trajectories with a thermostat, from five states far apart in time, agree within the error bars of these
// five blocks. docs/precision.md has longer ones.

#include <gtest/gtest.h>

#include <array>
#include <cstdio>

#include "support/cases.hpp"
#include "support/dynamics.hpp"

namespace dp::test {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

constexpr double temperature = 330.0, dt = 0.5 * femtosecond, coupling = 50.0 * femtosecond, width = 0.1;
constexpr std::size_t bins = 60;  // to 6 Angstrom, less than half the box
#ifdef __SANITIZE_ADDRESS__
constexpr int steps = 10;
#else
constexpr int steps = 100;
#endif

/// g_OO, g_OH, g_HH.
using Distribution = std::array<std::array<double, bins>, 3>;

/// Adds the pairs of a frame in a cubic box, as a density relative to a uniform one.
void add(Frame const& frame, double weight, Distribution& g) {
  double const edge = frame.box[0];
  double const hydrogens = static_cast<double>(std::count(frame.types.begin(), frame.types.end(), 1)),
               oxygens = static_cast<double>(frame.atoms()) - hydrogens;
  double const pairs[3] = {oxygens * (oxygens - 1) / 2, oxygens * hydrogens, hydrogens * (hydrogens - 1) / 2};
  for (std::size_t i = 0; i < frame.atoms(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      double r2 = 0.0;
      for (std::size_t c = 0; c < 3; ++c) {
        double const d = frame.positions[3 * i + c] - frame.positions[3 * j + c];
        r2 += std::pow(d - edge * std::round(d / edge), 2);
      }
      auto const bin = static_cast<std::size_t>(std::sqrt(r2) / width);
      if (bin >= bins) continue;
      auto const kind = static_cast<std::size_t>(frame.types[i] + frame.types[j]);
      double const inner = width * static_cast<double>(bin), outer = inner + width;
      double const shell = 4.0 / 3.0 * 3.14159265358979 * (std::pow(outer, 3) - std::pow(inner, 3));
      g[kind][bin] += weight * edge * edge * edge / (pairs[kind] * shell);
    }
}

/// Mean over the blocks, and its standard error.
struct Curve {
  Distribution mean = {}, error = {};
};

template <class Precision>
Curve curve() {
  auto const model = load_model(water_case().model);
  std::vector<Distribution> blocks;
  for (auto const& start : read_frames(water_case().reference)) {
    Dynamics<Space, Precision> dynamics(model, start, {15.9994, 1.00794}, temperature,
                                        {.evaluation = Evaluation::compressed, .tolerance = 1e-4});
    double const freedom = 3.0 * static_cast<double>(start.atoms());
    Distribution g = {};
    for (int s = 1; s <= steps; ++s) {
      dynamics.step(dt);
      double const now = 2.0 * dynamics.kinetic() / (freedom * boltzmann);
      for (double& v : dynamics.velocities) v *= std::sqrt(1.0 + dt / coupling * (temperature / now - 1.0));
      if (s % 5 == 0) add(dynamics.frame, 5.0 / steps, g);
    }
    blocks.push_back(g);
  }
  Curve result;
  auto const n = static_cast<double>(blocks.size());
  for (std::size_t kind = 0; kind < 3; ++kind)
    for (std::size_t b = 0; b < bins; ++b) {
      for (auto const& block : blocks) result.mean[kind][b] += block[kind][b] / n;
      for (auto const& block : blocks)
        result.error[kind][b] += std::pow(block[kind][b] - result.mean[kind][b], 2) / (n * (n - 1.0));
      result.error[kind][b] = std::sqrt(result.error[kind][b]);
    }
  return result;
}

/// Compares `found` with `reference`; returns the largest difference of a g.
double check(Curve const& found, Curve const& reference, char const* name) {
  constexpr char const* kinds[3] = {"g_OO", "g_OH", "g_HH"};
  double largest = 0.0;
  for (std::size_t kind = 0; kind < 3; ++kind)
    for (std::size_t b = 0; b < bins; ++b) {
      double const difference = std::abs(found.mean[kind][b] - reference.mean[kind][b]);
      largest = std::max(largest, difference);
      EXPECT_LE(difference, 2.0 * std::hypot(found.error[kind][b], reference.error[kind][b]))
          << name << ", " << kinds[kind] << " at " << width * (static_cast<double>(b) + 0.5) << " A";
    }
  return largest;
}

TEST(RadialDistribution, DoesNotDependOnThePrecision) {
  auto const reference = curve<Double>(), single = curve<Mix32>(), half = curve<Mix16>();
  double error = 0.0, peak = 0.0;
  for (std::size_t kind = 0; kind < 3; ++kind)
    for (std::size_t b = 0; b < bins; ++b) {
      error = std::max(error, reference.error[kind][b]);
      peak = std::max(peak, reference.mean[kind][b]);
    }
  double const of_single = check(single, reference, "Mix32"), of_half = check(half, reference, "Mix16");
  std::printf(
      "largest difference of a g from double's: Mix32 %.1e, Mix16 %.1e; error bars up to %.1e, g up to "
      "%.1f\n",
      of_single, of_half, error, peak);
  // From the same states, and too short for chaos: far nearer than the error bars.
  EXPECT_LT(of_single, 1e-3);
  EXPECT_LT(of_half, 5e-3);
  EXPECT_GT(peak, 5.0) << "where are the bonds of O and H?";
}

}  // namespace
}  // namespace dp::test
