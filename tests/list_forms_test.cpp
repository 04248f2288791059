// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// One neighbour list in every form that a host may hold it in: the same results.

#include <gtest/gtest.h>

#include "support/cases.hpp"
#include "support/evaluate.hpp"
#include "support/transform.hpp"

namespace dp::test {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

template <class Precision>
class ListForms : public ::testing::Test {
 protected:
  ListForms()
      : potential(load_model(variant("two_sided").model)),
        scene(read_frames(variant("two_sided").reference).front(), potential.cutoff() + 1.0),
        neighbors(scene.neighbors()),
        expected(results(scene.cells.list())) {}

  Results results(NeighborList<Space> const& list) {
    Memory<Space> const memory(scene);
    potential.compute(Space(), scene.configuration(), list, memory.all());
    return memory.results();
  }

  /// Rows of 2D with garbage behind the counts. `flag(k)`: bits set in entry k.
  template <class Layout, class Flag>
  auto rows2d(Flag const& flag) {
    std::size_t width = 0;
    for (auto const& row : neighbors) width = std::max(width, row.size());
    Kokkos::View<int**, Layout, Space> const view("neighbours", neighbors.size(), width + 3);
    auto const host = Kokkos::create_mirror_view(Kokkos::HostSpace(), view);
    Kokkos::deep_copy(host, -77);
    for (std::size_t i = 0; i < neighbors.size(); ++i)
      for (std::size_t k = 0; k < neighbors[i].size(); ++k) host(i, k) = neighbors[i][k] | flag(k);
    Kokkos::deep_copy(view, host);
    return view;
  }

  auto counts() {
    std::vector<int> result;
    for (auto const& row : neighbors) result.push_back(static_cast<int>(row.size()));
    return device_copy<int, Space>(result);
  }

  auto centres(bool mixed) {
    std::vector<int> result;
    for (std::size_t k : shuffled(neighbors.size())) result.push_back(static_cast<int>(k));
    if (!mixed) std::sort(result.begin(), result.end());
    return device_copy<int, Space>(result);
  }

  static constexpr double tolerance = std::is_same_v<Precision, Double> ? 1e-11 : 1e-5;
  static int no_flag(std::size_t) { return 0; }

  CompiledPotential<Space, Precision> potential;
  Scene<Space> scene;
  Neighbors neighbors;
  Results expected;
};

using Precisions = ::testing::Types<Double, Mix32>;
TYPED_TEST_SUITE(ListForms, Precisions);

TYPED_TEST(ListForms, CompressedRows) {
  ListMemory<Space> const memory(this->neighbors);
  EXPECT_LT(largest_difference(this->results(memory.list()), this->expected), this->tolerance);
}

TYPED_TEST(ListForms, CompressedRowsOfPermutedCentres) {
  auto const centres = this->centres(true);
  Neighbors mixed;
  for (int i : host_copy(centres)) mixed.push_back(this->neighbors[static_cast<std::size_t>(i)]);
  ListMemory<Space> const memory(mixed);
  auto list = memory.list();
  list.centres = centres;
  EXPECT_LT(largest_difference(this->results(list), this->expected), this->tolerance);
}

TYPED_TEST(ListForms, RowsOfTwoDimensions) {
  auto const counts = this->counts();
  auto const left = this->template rows2d<Kokkos::LayoutLeft>(this->no_flag);
  auto const right = this->template rows2d<Kokkos::LayoutRight>(this->no_flag);
  for (bool mixed : {false, true}) {
    auto const centres = this->centres(mixed);
    EXPECT_LT(
        largest_difference(this->results(NeighborList<Space>::rows2d(centres, counts, left)), this->expected),
        this->tolerance);
    EXPECT_LT(largest_difference(this->results(NeighborList<Space>::rows2d(centres, counts, right)),
                                 this->expected),
              this->tolerance);
  }
}

TYPED_TEST(ListForms, FlagBitsAreStripped) {
  int const mask = 0x1FFFFFFF;  // LAMMPS keeps three bits of an entry for itself
  auto const flag = [](std::size_t k) { return static_cast<int>(static_cast<unsigned>(k % 8) << 29); };
  auto const counts = this->counts(), centres = this->centres(true);
  auto const left = this->template rows2d<Kokkos::LayoutLeft>(flag);
  auto const right = this->template rows2d<Kokkos::LayoutRight>(flag);
  EXPECT_LT(largest_difference(this->results(NeighborList<Space>::rows2d(centres, counts, left, mask)),
                               this->expected),
            this->tolerance);
  EXPECT_LT(largest_difference(this->results(NeighborList<Space>::rows2d(centres, counts, right, mask)),
                               this->expected),
            this->tolerance);
}

/// Positions and results as other Views hold them: columns first, with padding, or as a part of a larger
/// View.
TYPED_TEST(ListForms, StridedViews) {
  auto const atoms = static_cast<std::size_t>(this->scene.images.atoms());
  Kokkos::View<double**, Kokkos::LayoutLeft, Space> const wide("wide", atoms + 5, 7);
  auto const rows = std::make_pair(std::size_t{2}, atoms + 2);
  auto const positions = Kokkos::subview(wide, rows, std::make_pair(1, 4));
  auto const force = Kokkos::subview(wide, rows, std::make_pair(4, 7));
  auto const host = Kokkos::create_mirror_view(Kokkos::HostSpace(), wide);
  auto const x = host_copy(this->scene.images.positions());
  for (std::size_t i = 0; i < atoms; ++i)
    for (std::size_t c = 0; c < 3; ++c) host(i + 2, c + 1) = x[3 * i + c];
  Kokkos::deep_copy(wide, host);
  auto configuration = this->scene.configuration();
  configuration.positions = positions;
  Output<Space> output;
  output.force = force;
  this->potential.compute(Space(), configuration, this->scene.cells.list(), output);
  Kokkos::deep_copy(host, wide);
  std::vector<double> results;
  for (std::size_t i = 0; i < atoms; ++i)
    for (std::size_t c = 0; c < 3; ++c) results.push_back(host(i + 2, c + 4));
  EXPECT_LT(largest_difference(results, this->expected.force), this->tolerance);
  EXPECT_EQ(host(0, 0), 0.0);
  EXPECT_EQ(host(1, 4), 0.0);
  EXPECT_EQ(host(atoms + 2, 6), 0.0);
}

}  // namespace
}  // namespace dp::test
