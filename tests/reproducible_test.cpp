// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// Options::reproducible: the same input gives the same bits, whatever the number of threads.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <cstring>

#include "support/cases.hpp"
#include "support/cut_potential.hpp"
#include "support/differences.hpp"
#include "support/parts.hpp"

namespace dp::test {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

/// An instance with each number of threads that there may be, the default one twice.
std::vector<Space> instances() {
  std::vector<Space> result = {Space(), Space()};
#ifdef KOKKOS_ENABLE_OPENMP
  if constexpr (std::is_same_v<Space, Kokkos::OpenMP>)
    for (int threads = 1; threads < Space().concurrency(); ++threads) result.emplace_back(threads);
#endif
  return result;
}

template <class Kernels, class Precision>
Results results_on(Space const& space, Model const& model, Options const& options, Scene<Space> const& scene,
                   int steps = 1) {
  CutPotential<Space, Precision, Kernels> potential(space, model, options);
  Memory<Space> const memory(scene);
  for (int step = 0; step < steps; ++step)
    potential.compute(space, scene.configuration(), scene.cells.list(), memory.all());
  space.fence();
  return memory.results();
}

bool same_bits(std::vector<double> const& a, std::vector<double> const& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

void expect_same_bits(Results const& a, Results const& b) {
  EXPECT_TRUE(same_bits({a.energy}, {b.energy}));
  EXPECT_TRUE(same_bits(a.atom_energy, b.atom_energy));
  EXPECT_TRUE(same_bits(a.force, b.force));
  EXPECT_TRUE(same_bits(a.virial, b.virial));
  EXPECT_TRUE(same_bits(a.atom_virial, b.atom_virial));
}

template <class Precision>
class Reproducible : public ::testing::Test {};
using Precisions = ::testing::Types<Double, Mix32>;
TYPED_TEST_SUITE(Reproducible, Precisions);

std::vector<Options> forms() {
  return {{.reproducible = true},
          {.evaluation = Evaluation::compressed, .tolerance = 1e-4, .reproducible = true},
          // some atoms go to the exact nets, with their tiles
          {.evaluation = Evaluation::compressed, .tolerance = 1e-4, .nearest = 0.98, .reproducible = true}};
}

TYPED_TEST(Reproducible, AnyNumberOfThreads) {
  for (auto const& c : {water_case(), copper_case(), variant("two_sided"), variant("radial_two_sided")}) {
    SCOPED_TRACE(c.name);
    auto const model = load_model(c.model);
    Scene<Space> const scene(read_frames(c.reference).front(), two_body(model).rcut + 0.5);
    for (auto const& options : forms()) {
      auto const first = results_on<DefaultKernels<Space>, TypeParam>(Space(), model, options, scene);
      for (auto const& space : instances())
        expect_same_bits(first,
                         results_on<DefaultKernels<Space>, TypeParam>(space, model, options, scene, 2));
    }
  }
}

TYPED_TEST(Reproducible, TeamsOfThreads) {
  auto const c = water_case();
  auto const model = load_model(c.model);
  Scene<Space> const scene(read_frames(c.reference).front(), two_body(model).rcut + 0.5);
  for (auto const& options : forms()) {
    auto const first = results_on<Teams<1>, TypeParam>(Space(), model, options, scene);
    for (auto const& space : instances())
      expect_same_bits(first, results_on<Teams<1>, TypeParam>(space, model, options, scene, 2));
  }
}

/// Nothing is lost by the other way of summing.
TYPED_TEST(Reproducible, AgreesWithOrdinarySums) {
  for (auto const& c : {water_case(), copper_case(), variant("two_sided"), variant("radial_two_sided")}) {
    auto const model = without_biases(load_model(c.model));
    Scene<Space> const scene(read_frames(c.reference).front(), two_body(model).rcut);
    auto const plain = results_on<DefaultKernels<Space>, TypeParam>(Space(), model, {}, scene);
    auto const fixed =
        results_on<DefaultKernels<Space>, TypeParam>(Space(), model, {.reproducible = true}, scene);
    double const found = largest_difference(plain, fixed);
    std::printf("%s, %s: largest deviation from ordinary sums %.1e\n", c.name.c_str(), TypeParam::name,
                found);
    EXPECT_LT(found, 1e-12);
    EXPECT_TRUE(same_bits(plain.atom_energy, fixed.atom_energy));
  }
}

/// Forces that fixed point cannot hold are an error, not nonsense.
TEST(ReproducibleErrors, TooLargeToBeSummed) {
  auto const c = variant("two_sided");
  auto model = without_biases(load_model(c.model));
  auto const frame = read_frames(c.reference).front();
  Scene<Space> const scene(frame, two_body(model).rcut);
  for (double factor : {1e14, 1e300})
    for (bool force : {true, false}) {
      auto large = model;
      for (auto& net : fitting_part(large).nets)
        for (double& w : net.layers.back().weight) w *= factor;
      DeepPotential<Space, Double> potential(large, {.reproducible = true});
      Memory<Space> const memory(scene);
      Output<Space> output;
      if (force)
        output.force = memory.force;
      else
        output.energy = memory.energy;
      try {
        potential.compute(Space(), scene.configuration(), scene.cells.list(), output);
        ADD_FAILURE() << "no error";
      } catch (Error const& error) {
        EXPECT_NE(std::string(error.what()).find("too large"), std::string::npos) << error.what();
      }
    }
}

/// Of numbers of all sizes and signs, in any order.
TEST(FixedPoint, SumsDoNotDependOnTheOrder) {
  std::vector<double> terms;
  std::uint64_t state = 1;
  for (int k = 0; k < 1000; ++k) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    terms.push_back((static_cast<double>(state >> 11) * 0x1p-52 - 1.0) *
                    std::pow(10.0, double(state % 23) - 15.0));
  }
  terms.insert(terms.end(), {0.0, -0.0, 5e-324, detail::FixedForce::largest, -detail::FixedForce::largest});
  long double exact = 0.0L;
  for (double term : terms) exact += term;
  double first = 0.0;
  for (int order = 0; order < 20; ++order) {
    std::int64_t high = 0, low = 0;
    for (std::size_t k : shuffled(terms.size())) {
      detail::FixedForce const term(terms[(k + static_cast<std::size_t>(order) * 37) % terms.size()]);
      high += term.high;
      low += term.low;
    }
    double const sum = detail::FixedForce(high, low).value();
    if (order == 0) first = sum;
    EXPECT_EQ(sum, first);
  }
  EXPECT_NEAR(first, static_cast<double>(exact), 1000 * 0x1p-53 + 1e-15 * std::abs(first));
  for (double value : {1.0, -1.0, 1e-15, -3.25, 123456.789, -1e8, 5e8})
    EXPECT_NEAR(detail::FixedForce(value).value(), value, 0x1p-53 + 2e-16 * std::abs(value));
  EXPECT_TRUE(detail::FixedForce::holds(5e8));
  for (double value : {1e9, -1e9, double(INFINITY), double(NAN)})
    EXPECT_FALSE(detail::FixedForce::holds(value));
}

}  // namespace
}  // namespace dp::test
