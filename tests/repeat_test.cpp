// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// A step whose sizes were seen before: the same bits, no allocation, and no fences but those that are needed.

#include <gtest/gtest.h>

#include <cstdio>
#include <cstring>
#include <dp/backend/thread_instances.hpp>
#include <map>
#include <mutex>

#include "support/cases.hpp"
#include "support/evaluate.hpp"
#include "support/transform.hpp"

namespace dp::test {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

/// What Kokkos reports while an object of this class lives.
class Watch {
 public:
  Watch() {
    allocations().clear();
    fences().clear();
    namespace Tools = Kokkos::Tools::Experimental;
    Tools::set_allocate_data_callback(
        [](Kokkos_Profiling_SpaceHandle, char const* name, void const*, std::uint64_t bytes) {
          if (bytes == 0) return;  // reported of every kernel of teams with CUDA and HIP
          std::lock_guard const lock(calls());
          ++allocations()[name];
        });
    Tools::set_begin_fence_callback([](char const* name, std::uint32_t, std::uint64_t* handle) {
      std::lock_guard const lock(calls());
      ++fences()[name], *handle = 0;
    });
  }
  ~Watch() {
    Kokkos::Tools::Experimental::set_allocate_data_callback(nullptr);
    Kokkos::Tools::Experimental::set_begin_fence_callback(nullptr);
  }
  Watch(Watch const&) = delete;
  Watch& operator=(Watch const&) = delete;

  /// Several threads may call at the same time.
  static std::mutex& calls() {
    static std::mutex mutex;
    return mutex;
  }
  using Counts = std::map<std::string, int>;
  static Counts& allocations() {
    static Counts counts;
    return counts;
  }
  static Counts& fences() {
    static Counts counts;
    return counts;
  }
};

bool same_bits(std::vector<double> const& a, std::vector<double> const& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

template <class Precision>
class Repeat : public ::testing::Test {};
using Precisions = ::testing::Types<Double, Mix32>;
TYPED_TEST_SUITE(Repeat, Precisions);

TYPED_TEST(Repeat, SameBits) {
  if (!is_host_space<Space>) GTEST_SKIP() << "atomic sums have no fixed order";
  for (auto const& test_case : variants()) {
    SCOPED_TRACE(test_case.name);
    auto const model = load_model(test_case.model);
    CompiledPotential<Space, TypeParam> potential(model), other(model);
    for (auto const& frame : read_frames(test_case.reference)) {
      auto const first = evaluate(potential, frame);
      for (auto* again : {&potential, &other}) {
        auto const second = evaluate(*again, frame);
        EXPECT_EQ(first.energy, second.energy);
        EXPECT_TRUE(same_bits(first.atom_energy, second.atom_energy));
        EXPECT_TRUE(same_bits(first.force, second.force));
        EXPECT_TRUE(same_bits(first.virial, second.virial));
        EXPECT_TRUE(same_bits(first.atom_virial, second.atom_virial));
      }
    }
  }
}

TYPED_TEST(Repeat, AllocatesNothing) {
  Space const space;
  for (auto const& test_case : {water_case(), variant("two_sided"), variant("radial_two_sided"),
                                variant("fparam_aparam"), variant("atom_ener")}) {
    SCOPED_TRACE(test_case.name);
    auto const frame = read_frames(test_case.reference).front();
    CompiledPotential<Space, TypeParam> potential(load_model(test_case.model), {.tile = 10});
    Scene<Space> scene(frame, potential.cutoff());
    Memory<Space> const memory(scene);
    potential.compute(space, scene.configuration(), scene.cells.list(), memory.all());
    auto const bytes = potential.bytes();
    Watch const watch;
    potential.compute(space, scene.configuration(), scene.cells.list(), memory.all());
    scene.images.fold(space, memory.force);
    for (auto const& [name, count] : Watch::allocations())
      ADD_FAILURE() << count << " allocations of " << name;
    EXPECT_EQ(potential.bytes(), bytes);
  }
}

/// The number of rows of the environment matrix is needed on the host once a tile, the number of atoms once a
/// type, and the status once a step; everything else is queued. On devices copies to the host may fence once
/// more.
TYPED_TEST(Repeat, FencesAreFew) {
  Space const space;
  auto const frame = read_frames(water_case().reference).front();
  CompiledPotential<Space, TypeParam> potential(load_model(water_case().model), {.tile = 64});
  Scene<Space> const scene(frame, potential.cutoff());
  Memory<Space> const memory(scene);
  Output<Space> output;
  output.force = memory.force;
  potential.compute(space, scene.configuration(), scene.cells.list(), output);
  int fences = 0;
  {
    Watch const watch;
    potential.compute(space, scene.configuration(), scene.cells.list(), output);
  }
  for (auto const& [name, count] : Watch::fences()) {
    std::printf("%d fences: %s\n", count, name.c_str());
    fences += count;
  }
  int const threads = backend::ThreadInstances<Space>::count(space);
  int const tiles = std::max(3, 2 * threads);  // 64 oxygen, 128 hydrogen atoms
  // Host scalars: rows per tile, atoms per type, the longest row of the list, the status.
  EXPECT_LE(fences, is_host_space<Space> ? tiles + 2 + 1 + 1 : 3 * tiles + 12);
}

/// Memory is bounded by the tile, not by the number of atoms.
TYPED_TEST(Repeat, MemoryDoesNotGrowWithTheSystem) {
  auto const frame = read_frames(water_case().reference).front();
  auto const model = load_model(water_case().model);
  auto const twice = replicated(frame, {2, 1, 1});
  CompiledPotential<Space, TypeParam> potential(model, {.tile = 16});
  evaluate(potential, frame);
  auto const bytes = potential.bytes();
  evaluate(potential, twice);
  std::printf("%s: working memory %.2f MB for 192 atoms, %.2f MB for 384, in tiles of 16\n", TypeParam::name,
              double(bytes) * 1e-6, double(potential.bytes()) * 1e-6);
  EXPECT_LT(double(potential.bytes()), 1.1 * double(bytes));
}

}  // namespace
}  // namespace dp::test
