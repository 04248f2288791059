// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// The kernels that are made for devices, run on the host: teams of threads for each atom, and steps in which
// nothing is waited for. They must say what the loops of the host say, but for rounding.

#include <gtest/gtest.h>

#include <cstdio>
#include <dp/option_words.hpp>
#include <functional>

#include "support/cases.hpp"
#include "support/cut_potential.hpp"
#include "support/differences.hpp"
#include "support/parts.hpp"
#include "support/refusal.hpp"
#include "support/sanitized.hpp"

namespace dp::test {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

template <class P, int N>
struct Form {
  using Precision = P;
  using Kernels = Teams<N>;
  using Fused = CutPotential<Space, P, Kernels>;
  using Plain = CutPotential<Space, P, Loops>;
  static constexpr double tolerance = std::is_same_v<P, Double> ? 1e-11 : 2e-4;
};

/// Host spaces of several threads have teams; the serial one has teams of one thread.
bool fits(int threads) { return !is_host_space<Space> || Space().concurrency() >= threads; }

template <class F>
class Fused : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!fits(F::Kernels::threads)) GTEST_SKIP() << "needs " << F::Kernels::threads << " threads";
  }
};
#ifdef KOKKOS_ENABLE_OPENMP
using Forms = ::testing::Types<Form<Double, 1>, Form<Mix32, 1>, Form<Double, 2>, Form<Double, 4>>;
#else
using Forms = ::testing::Types<Form<Double, 1>, Form<Mix32, 1>>;
#endif
TYPED_TEST_SUITE(Fused, Forms);

std::vector<Case> cases() {
  auto result = variants();
  result.push_back(water_case());
  result.push_back(copper_case());
  return result;
}

/// Energies of trained models are large: only their rounding would be compared.
Model model_of(Case const& c) { return without_biases(load_model(c.model)); }

Options compressed(NearestDistances const& nearest = {}) {
  return {.evaluation = Evaluation::compressed, .tolerance = 1e-4, .nearest = nearest};
}

/// Results of both for the first frames of a case, and how they differ.
template <class F>
double difference(typename F::Fused& fused, typename F::Plain& plain, Frame const& frame, double skin) {
  auto const a = evaluate(fused, frame, skin), b = evaluate(plain, frame, skin);
  EXPECT_EQ(fused.dropped(), plain.dropped());
  return largest_difference(a, b);
}

TYPED_TEST(Fused, ExactNetsOfAllVariants) {
  for (auto const& c : cases()) {
    SCOPED_TRACE(c.name);
    auto const model = model_of(c);
    typename TypeParam::Fused fused(model, {.tile = 70});
    typename TypeParam::Plain plain(model);
    auto const frames = read_frames(c.reference);
    for (std::size_t k = 0; k < std::min<std::size_t>(2, frames.size()); ++k)
      EXPECT_LT(difference<TypeParam>(fused, plain, frames[k], k ? 0.0 : 1.0), TypeParam::tolerance);
  }
}

TYPED_TEST(Fused, CompressedOfAllVariants) {
  int compared = 0;
  double largest = 0.0;
  for (auto const& c : cases()) {
    SCOPED_TRACE(c.name);
    auto const model = model_of(c);
    typename TypeParam::Fused fused(model, compressed());
    // one tile for each type, so that the same atoms are handed over together
    auto options = compressed();
    options.tile = 1000;
    typename TypeParam::Plain plain(model, options);
    ASSERT_EQ(fused.description(), plain.description());
    if (!fused.compressed()) continue;
    ++compared;
    auto const frames = read_frames(c.reference);
    for (std::size_t k = 0; k < std::min<std::size_t>(3, frames.size()); ++k) {
      double const found = difference<TypeParam>(fused, plain, frames[k], k ? 0.0 : 1.0);
      EXPECT_LT(found, TypeParam::tolerance);
      largest = std::max(largest, found);
    }
    EXPECT_EQ(fused.handed_over(), plain.handed_over());
  }
  std::printf("%d models, largest deviation from the loops %.1e\n", compared, largest);
  EXPECT_GT(compared, 10);
}

/// More neighbours than sel, many of them at the same distance.
TYPED_TEST(Fused, MoreNeighboursThanSel) {
  for (auto const& c : {water_case(), copper_case()})
    for (bool exact : {true, false}) {
      auto model = model_of(c);
      for (int& sel : two_body(model).sel) sel = sel / 8 + 3;
      typename TypeParam::Fused fused(model, exact ? Options{} : compressed());
      typename TypeParam::Plain plain(model, exact ? Options{} : compressed());
      // Without a lattice: there the order of summation would decide which of equally distant atoms are
      // nearer.
      auto frame = read_frames(c.reference).front();
      for (std::size_t i = 0; i < frame.positions.size(); ++i)
        frame.positions[i] += 0.03 * std::sin(double(i * i));
      EXPECT_LT(difference<TypeParam>(fused, plain, frame, 0.5), 10 * TypeParam::tolerance);
      EXPECT_GT(fused.dropped(), 0);
      two_body(model).sel.assign(two_body(model).sel.size(), 1);
      typename TypeParam::Fused one(model, {.overflow = Overflow::error});
      EXPECT_THROW(evaluate(one, frame), Error);
    }
}

/// All neighbours beyond sel; rows of the list become longer and shorter while the atoms are the same.
TYPED_TEST(Fused, AllNeighboursBeyondSel) {
  for (auto const& c : {water_case(), copper_case(), variant("radial_two_sided")})
    for (bool exact : {true, false}) {
      SCOPED_TRACE(c.name);
      auto model = model_of(c);
      for (int& sel : two_body(model).sel) sel = sel / 8 + 3;
      auto options = exact ? Options{} : compressed();
      options.overflow = Overflow::keep_all;
      typename TypeParam::Fused fused(model, options);
      options.tile = 1000;
      typename TypeParam::Plain plain(model, options);
      auto const frame = read_frames(c.reference).front();
      for (double const s : {1.0, 0.9, 1.0}) {
        auto const squeezed = mapped(frame, {s, 0, 0, 0, s, 0, 0, 0, s});
        EXPECT_LT(difference<TypeParam>(fused, plain, squeezed, 0.5), 10 * TypeParam::tolerance);
        EXPECT_EQ(fused.dropped(), 0);
      }
    }
}

/// Of equally distant neighbours those that come first in the list stay.
TYPED_TEST(Fused, EquallyDistantNeighbours) {
  auto model = model_of(copper_case());
  two_body(model).sel = {5};
  Frame frame;
  frame.periodic = false;
  frame.types.assign(13, 0);
  double const a = 1.8;
  frame.positions = {0, 0, 0};
  for (double s : {-a, a})
    for (double t : {-a, a})
      for (int k = 0; k < 3; ++k)
        for (int c = 0; c < 3; ++c) frame.positions.push_back(c == k ? 0.0 : c == (k + 1) % 3 ? s : t);
  typename TypeParam::Fused fused(model), fused_compressed(model, compressed());
  typename TypeParam::Plain plain(model), plain_compressed(model, compressed());
  EXPECT_LT(difference<TypeParam>(fused, plain, frame, 0.0), TypeParam::tolerance);
  EXPECT_LT(difference<TypeParam>(fused_compressed, plain_compressed, frame, 0.0), TypeParam::tolerance);
  EXPECT_GT(fused.dropped(), 0);
}

TYPED_TEST(Fused, HandsOverToTheExactNets) {
  auto const model = model_of(water_case());
  auto const frame = read_frames(water_case().reference).front();
  // Some O-H pairs, oxygen atoms alone; all pairs, hydrogen atoms alone.
  std::vector<char const*> settings = {"0.98", "O-O:2.6"};
  if (!sanitized) settings.insert(settings.end(), {"2.2", "H-H:1.6"});
  for (char const* words : settings) {
    auto const nearest = nearest_from_words(words);
    auto options = compressed(nearest);
    options.tile = 1000;
    typename TypeParam::Fused fused(model, compressed(nearest));
    typename TypeParam::Plain plain(model, options);
    ASSERT_NE(fused.compressed(), nullptr);
    for (int repeat = 0; repeat < 2; ++repeat) {
      EXPECT_LT(difference<TypeParam>(fused, plain, frame, 0.0), TypeParam::tolerance);
      EXPECT_GT(fused.handed_over(), 0);
      EXPECT_EQ(fused.handed_over(), plain.handed_over());
    }
  }
}

/// A sum of which one member has no tables, since it mixes neighbours: blocks of near atoms would have its
/// forces twice, so nothing is compressed.
TYPED_TEST(Fused, SumsAreCompressedWholeOrNotAtAll) {
  Model sum = model_of(variant("two_sided"));
  WeightedSum parts;
  for (auto const& model : {sum, load_model(DP_TEST_DATA "/kinds/attention_hybrid.dp")}) {
    ASSERT_EQ(model.type_map, sum.type_map);
    parts.members.push_back(
        {std::get<Standard>(model.atomic), 1.0, model.atom_excluded, model.pair_excluded});
  }
  parts.out_bias.assign(sum.type_map.size(), 0.0);
  sum.atomic = parts;
  if (is_refused<Space>(sum, [&] { typename TypeParam::Fused const made(sum, compressed(2.0)); })) return;
  typename TypeParam::Fused fused(sum, compressed(2.0));
  typename TypeParam::Plain plain(sum, Options{});
  EXPECT_EQ(fused.compressed(), nullptr) << fused.description();
  auto const frame = read_frames(variant("two_sided").reference).front();
  EXPECT_LT(difference<TypeParam>(fused, plain, frame, 0.0), TypeParam::tolerance);
  EXPECT_EQ(fused.handed_over(), 0);
}

/// Atoms without energy, atoms that are nobody's neighbour, no atoms, no list; the grouping is kept between.
TYPED_TEST(Fused, FewAtomsOrNone) {
  for (bool exact : {true, false}) {
    auto const model = model_of(variant("two_sided"));
    typename TypeParam::Fused fused(model, exact ? Options{} : compressed());
    typename TypeParam::Plain plain(model, exact ? Options{} : compressed());
    auto const frame = read_frames(variant("two_sided").reference).front();
    auto spoiled = frame;
    auto const same = [&](Frame const& f) {
      EXPECT_LT(difference<TypeParam>(fused, plain, f, 0.0), TypeParam::tolerance);
    };
    for (std::size_t i = 0; i < frame.atoms(); i += 3) spoiled.types[i] = -1 - static_cast<int>(i % 2);
    same(frame);
    same(spoiled);
    same(frame);
    for (auto& type : spoiled.types) type = -1;
    same(spoiled);
    same(reordered(frame, {}));
    same(reordered(frame, {0}));
    for (std::size_t i = 0; i < frame.atoms(); ++i) spoiled.types[i] = 1 - frame.types[i];
    same(spoiled);
    same(frame);
    Memory<Space> const memory(0, 0);
    fused.compute(Space(), {}, {}, memory.all());
    EXPECT_EQ(memory.results().energy, 0.0);
  }
}

TYPED_TEST(Fused, OutputsThatAreWanted) {
  auto const model = model_of(variant("two_sided"));
  auto const frame = read_frames(variant("two_sided").reference).front();
  Space const space;
  for (bool reproducible : {false, true})
    for (bool exact : {true, false}) {
      Options options = exact ? Options{} : compressed();
      options.reproducible = reproducible;
      typename TypeParam::Fused fused(model, options);
      Scene<Space> const scene(frame, fused.cutoff());
      Memory<Space> const all(scene);
      fused.compute(space, scene.configuration(), scene.cells.list(), all.all());
      auto const expected = all.results();
      for (int which = 0; which < 5; ++which) {
        Memory<Space> const memory(scene);
        auto const full = memory.all();
        Output<Space> output;
        Results wanted;
        wanted.atom_energy.resize(expected.atom_energy.size());
        wanted.force.resize(expected.force.size());
        wanted.virial.resize(9);
        wanted.atom_virial.resize(expected.atom_virial.size());
        if (which == 0) output.energy = full.energy, wanted.energy = expected.energy;
        if (which == 1) output.atom_energy = full.atom_energy, wanted.atom_energy = expected.atom_energy;
        if (which == 2) output.force = full.force, wanted.force = expected.force;
        if (which == 3) output.virial = full.virial, wanted.virial = expected.virial;
        if (which == 4) output.atom_virial = full.atom_virial, wanted.atom_virial = expected.atom_virial;
        fused.compute(space, scene.configuration(), scene.cells.list(), output);
        EXPECT_LT(largest_difference(memory.results(), wanted), TypeParam::tolerance);
      }
      auto twice = all.all();
      twice.accumulate = true;
      fused.compute(space, scene.configuration(), scene.cells.list(), twice);
      auto sum = all.results();
      EXPECT_NEAR(sum.energy, 2 * expected.energy, TypeParam::tolerance);
      for (double& f : sum.force) f *= 0.5;
      for (double& w : sum.virial) w *= 0.5;
      EXPECT_LT(largest_difference(sum.force, expected.force), TypeParam::tolerance);
      EXPECT_LT(largest_difference(sum.virial, expected.virial), 10 * TypeParam::tolerance);
    }
}

/// Centres in any order, and rows of two dimensions in both layouts.
TYPED_TEST(Fused, ListsOfTwoDimensions) {
  auto const model = model_of(variant("two_sided"));
  auto const frame = read_frames(variant("two_sided").reference).front();
  for (bool exact : {true, false}) {
    typename TypeParam::Fused fused(model, exact ? Options{} : compressed());
    Scene<Space> const scene(frame, fused.cutoff() + 1.0);
    Memory<Space> const memory(scene);
    fused.compute(Space(), scene.configuration(), scene.cells.list(), memory.all());
    auto const expected = memory.results();
    auto const neighbors = scene.neighbors();
    std::size_t width = 0;
    std::vector<int> counts, centres;
    for (auto const& row : neighbors) width = std::max(width, row.size());
    for (auto const& row : neighbors) counts.push_back(static_cast<int>(row.size()));
    for (auto k : shuffled(neighbors.size())) centres.push_back(static_cast<int>(k));
    auto const on_space = [&]<class Layout>(Layout) {
      Kokkos::View<int**, Layout, Space> const view("neighbours", neighbors.size(), width + 1);
      auto const host = Kokkos::create_mirror_view(Kokkos::HostSpace(), view);
      Kokkos::deep_copy(host, -7);
      for (std::size_t i = 0; i < neighbors.size(); ++i)
        for (std::size_t k = 0; k < neighbors[i].size(); ++k) host(i, k) = neighbors[i][k] | (5 << 29);
      Kokkos::deep_copy(view, host);
      auto const c = device_copy<int, Space>(centres), n = device_copy<int, Space>(counts);
      fused.compute(Space(), scene.configuration(), NeighborList<Space>::rows2d(c, n, view, 0x1FFFFFFF),
                    memory.all());
      EXPECT_LT(largest_difference(memory.results(), expected), TypeParam::tolerance);
    };
    on_space(Kokkos::LayoutLeft());
    on_space(Kokkos::LayoutRight());
  }
}

/// Steps that are queued without a look at the status.
template <class F>
struct Queue {
  Queue(Case const& c, Options const& options)
      : frame(read_frames(c.reference).front()),
        potential(model_of(c), options),
        scene(frame, potential.cutoff() + 0.5),
        memory(scene),
        positions(host_copy(scene.images.positions())),
        types(host_copy(scene.images.types())) {}

  void move(std::size_t component, double to) { positions[component] = to; }
  /// Calls compute() or enqueue().
  void step(bool wait) {
    x = device_copy<double, Space>(positions);
    t = device_copy<int, Space>(types);
    Configuration<Space> configuration = scene.configuration();
    configuration.positions = Matrix<double const, Space>(x.data(), positions.size() / 3, 3);
    configuration.types = t;
    auto const list = scene.cells.list();
    if (wait)
      potential.compute(Space(), configuration, list, memory.all());
    else
      potential.enqueue(Space(), configuration, list, memory.all());
  }
  std::string error(std::function<void()> const& body) {
    try {
      body();
    } catch (Error const& e) {
      return e.what();
    }
    return "";
  }

  Frame frame;
  typename F::Fused potential;
  Scene<Space> scene;
  Memory<Space> memory;
  std::vector<double> positions;
  std::vector<int> types;
  Kokkos::View<double*, typename Space::memory_space> x;
  Kokkos::View<int*, typename Space::memory_space> t;
};

TYPED_TEST(Fused, ErrorsOfQueuedStepsAreNotLost) {
  for (bool exact : {true, false}) {
    Queue<TypeParam> queue(variant("two_sided"), exact ? Options{} : compressed());
    queue.step(true);
    auto const expected = queue.memory.results();
    double const x = queue.positions[21];
    queue.step(false);
    queue.move(21, NAN);
    queue.step(false);
    queue.move(21, x);
    queue.step(false);
    EXPECT_NE(queue.error([&] { queue.potential.check(Space()); }).find("position of atom 8"),
              std::string::npos);
    EXPECT_EQ(queue.error([&] { queue.potential.check(Space()); }), "");
    queue.move(21, NAN);
    queue.step(false);
    queue.move(21, x);
    EXPECT_NE(queue.error([&] { queue.step(true); }).find("position of atom 8"), std::string::npos);
    queue.step(true);
    EXPECT_LT(largest_difference(queue.memory.results(), expected), TypeParam::tolerance);
    queue.step(false);
    queue.step(false);
    EXPECT_EQ(queue.error([&] { queue.potential.check(Space()); }), "");
    EXPECT_LT(largest_difference(queue.memory.results(), expected), TypeParam::tolerance);
  }
}

TYPED_TEST(Fused, QueuedStepsThatNeedTheHostAreReported) {
  Queue<TypeParam> queue(water_case(), compressed());
  queue.step(true);
  auto const expected = queue.memory.results();
  std::swap(queue.types[0], queue.types[191]);
  queue.step(false);
  EXPECT_NE(queue.error([&] { queue.potential.check(Space()); }).find("types or centres"), std::string::npos);
  queue.step(true);  // regroups
  EXPECT_GT(largest_difference(queue.memory.results(), expected), 1e-3);
  std::swap(queue.types[0], queue.types[191]);
  queue.step(true);
  EXPECT_LT(largest_difference(queue.memory.results(), expected), TypeParam::tolerance);
  // a hydrogen atom 0.3 Angstrom from its oxygen atom
  auto const neighbors = queue.scene.neighbors();
  std::size_t near = 0;
  double best = 9.0;
  for (int j : neighbors[0]) {
    auto const n = static_cast<std::size_t>(j);
    double r2 = 0.0;
    for (std::size_t c = 0; c < 3; ++c) r2 += std::pow(queue.positions[3 * n + c] - queue.positions[c], 2);
    if (r2 < best) best = r2, near = n;
  }
  auto const kept = queue.positions;
  for (std::size_t c = 0; c < 3; ++c)
    queue.positions[3 * near + c] += 0.7 * (queue.positions[c] - queue.positions[3 * near + c]);
  queue.step(false);
  EXPECT_NE(queue.error([&] { queue.potential.check(Space()); }).find("nearer"), std::string::npos);
  queue.step(true);
  EXPECT_GT(queue.potential.handed_over(), 0);
  queue.positions = kept;
  queue.step(true);
  EXPECT_LT(largest_difference(queue.memory.results(), expected), TypeParam::tolerance);
}

/// What Kokkos reports of allocations (their labels) and fences.
std::vector<std::string> allocations;
int fences = 0;
void watch(bool on) {
  namespace Tools = Kokkos::Tools::Experimental;
  allocations.clear();
  fences = 0;
  // No bytes: reported of every kernel of teams with CUDA and HIP.
  auto const note = [](Kokkos_Profiling_SpaceHandle, char const* label, void const*, std::uint64_t bytes) {
    if (bytes > 0) allocations.emplace_back(label);
  };
  Tools::set_allocate_data_callback(on ? note : Kokkos_Profiling_allocateDataFunction(nullptr));
  Tools::set_begin_fence_callback(
      on ? [](char const*, std::uint32_t, std::uint64_t* handle) { ++fences, *handle = 0; }
         : Kokkos_Profiling_beginFenceFunction(nullptr));
}

TYPED_TEST(Fused, NothingIsWaitedForOrAllocated) {
  for (auto options : {compressed(), Options{}}) {
    options.tile = 70;
    Queue<TypeParam> queue(water_case(), options);
    queue.step(true);
    auto const configuration = queue.scene.configuration();
    watch(true);
    queue.potential.enqueue(Space(), configuration, queue.scene.cells.list(), queue.memory.all());
    int const in_queue = fences;
    auto const allocated = allocations;
    queue.potential.check(Space());
    int const in_check = fences - in_queue;
    watch(false);
    EXPECT_EQ(allocated, std::vector<std::string>());
    // the exact nets need the numbers of rows of all tiles, once
    if (is_host_space<Space>) {
      EXPECT_EQ(in_queue, queue.potential.compressed() ? 0 : 1);
      EXPECT_EQ(in_check, 1);
    }
  }
}

TYPED_TEST(Fused, ForcesAreDerivatives) {
  if (!std::is_same_v<typename TypeParam::Precision, Double>) GTEST_SKIP() << "Double only";
  for (auto const& name : {"two_sided", "radial_two_sided"}) {
    auto const model = model_of(variant(name));
    for (auto options : {compressed(), Options{}}) {
      options.graded = false;  // differences of energies are to be as good as double allows
      typename TypeParam::Fused fused(model, options);
      auto const found = against_differences(fused, read_frames(variant(name).reference).front(), 6, 2);
      EXPECT_LT(found.force, 1e-8);
      EXPECT_LT(found.virial, 1e-6);
    }
  }
}

}  // namespace
}  // namespace dp::test
