// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// Threads that go through tiles by themselves, and threads that share every kernel: the same results.
// ThreadSanitizer watches this test go through all stages (preset tsan).

#include <gtest/gtest.h>

#include <cstring>
#include <dp/backend/thread_instances.hpp>

#include "support/cases.hpp"
#include "support/cut_potential.hpp"
#include "support/differences.hpp"

namespace dp::test {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

/// While it lives all threads share each kernel, as under a Kokkos tool that listens to kernels.
class SharedKernels {
 public:
  SharedKernels() {
    set([](char const*, std::uint32_t, std::uint64_t* kernel) { *kernel = 0; });
  }
  ~SharedKernels() { set(nullptr); }
  SharedKernels(SharedKernels const&) = delete;
  SharedKernels& operator=(SharedKernels const&) = delete;

 private:
  static void set(Kokkos_Profiling_beginFunction callback) {
    Kokkos::Tools::Experimental::set_begin_parallel_for_callback(callback);
  }
};

bool same_bits(Results const& a, Results const& b) {
  auto const same = [](std::vector<double> const& x, std::vector<double> const& y) {
    return x.size() == y.size() && std::memcmp(x.data(), y.data(), x.size() * sizeof(double)) == 0;
  };
  return a.energy == b.energy && same(a.atom_energy, b.atom_energy) && same(a.force, b.force) &&
         same(a.virial, b.virial) && same(a.atom_virial, b.atom_virial);
}

template <class Precision>
void expect_same(Case const& c, Options const& options, double tolerance) {
  SCOPED_TRACE(c.name);
  CompiledPotential<Space, Precision> potential(load_model(c.model), options);
  auto const frame = read_frames(c.reference).front();
  auto const apart = evaluate(potential, frame), again = evaluate(potential, frame);
  EXPECT_TRUE(!is_host_space<Space> || same_bits(apart, again));
  SharedKernels const guard;
  EXPECT_EQ(backend::ThreadInstances<Space>::count(Space()), 1);
  EXPECT_LT(largest_difference(evaluate(potential, frame), apart), tolerance);
}

TEST(Threads, ApartOrTogether) {
  EXPECT_EQ(backend::ThreadInstances<Space>::count(Space()),
            backend::has_thread_instances<Space> ? Space().concurrency() : 1);
  for (std::string const name :
       {"two_sided", "one_sided_exclude_tensorflow", "radial_two_sided", "fparam_aparam"})
    for (auto evaluation : {Evaluation::exact, Evaluation::compressed}) {
      Options const options = {.evaluation = evaluation, .tile = 5, .tolerance = 1e-4};
      expect_same<Double>(variant(name), options, 1e-11);
      expect_same<Mix32>(variant(name), options, 1e-11);
    }
}

TEST(Threads, Water) {
  expect_same<Double>(water_case(), {.tile = 16}, 1e-11);
  expect_same<Double>(water_case(), {.evaluation = Evaluation::compressed, .tile = 16, .tolerance = 1e-3},
                      1e-11);
}

/// All threads need the exact nets at the same time, and one makes them.
TEST(Threads, HandOver) {
  Options const options = {
      .evaluation = Evaluation::compressed, .tile = 8, .tolerance = 1e-3, .nearest = 2.0};
  expect_same<Double>(water_case(), options, 1e-11);
}

/// Sums in fixed point, added to by several threads.
TEST(Threads, Reproducible) {
  for (auto evaluation : {Evaluation::exact, Evaluation::compressed})
    expect_same<Double>(variant("two_sided"),
                        {.evaluation = evaluation, .tile = 5, .tolerance = 1e-4, .reproducible = true},
                        1e-11);
}

#ifdef KOKKOS_ENABLE_OPENMP
/// The kernels for devices, in teams of two threads (fused_test.cpp has more of it).
TEST(Threads, Teams) {
  if (Space().concurrency() < 2) GTEST_SKIP() << "needs 2 threads";
  for (bool reproducible : {false, true})
    for (auto evaluation : {Evaluation::exact, Evaluation::compressed}) {
      auto const c = variant("two_sided");
      auto const model = without_biases(load_model(c.model));
      Options const options = {.evaluation = evaluation, .tolerance = 1e-4, .reproducible = reproducible};
      CutPotential<Space, Double, Teams<2>> teams(model, options);
      CompiledPotential<Space, Double> loops(model, options);
      auto const frame = read_frames(c.reference).front();
      EXPECT_LT(largest_difference(evaluate(teams, frame), evaluate(loops, frame)), 1e-11);
    }
}
#endif

/// What a thread throws, the caller gets; the object stays usable.
TEST(Threads, Errors) {
  Space const space;
  int const n = backend::ThreadInstances<Space>::count(space);
  backend::ThreadInstances<Space> instances;
  for (int bad = 0; bad < n; ++bad)
    EXPECT_THROW(instances.for_each(space, n,
                                    [&](int k, Space const&) {
                                      if (k == bad) fail("thread ", k);
                                    }),
                 Error);
  std::vector<int> calls(static_cast<std::size_t>(n));
  instances.for_each(space, n, [&](int k, Space const& instance) {
    Kokkos::parallel_reduce(
        "dp::test", Kokkos::RangePolicy<Space>(instance, 0, 100), [](int i, int& sum) { sum += i; },
        calls[static_cast<std::size_t>(k)]);
  });
  for (int sum : calls) EXPECT_EQ(sum, 4950);
}

}  // namespace
}  // namespace dp::test
