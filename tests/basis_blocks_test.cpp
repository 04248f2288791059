// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// The sum over neighbours in the low-rank basis, alone, against plain loops: by rows, and fused with the
// search.

#include <gtest/gtest.h>

#include <dp/blocks/basis_embedding.hpp>
#include <dp/blocks/fused_embedding.hpp>
#include <vector>

#include "support/test_rows.hpp"

namespace dp::test {
namespace {

template <class F>
class BasisEmbeddings : public Formed<F> {};
using LoopForms = testing::Types<Form<Double, Loops>, Form<Mix32, Loops>>;
TYPED_TEST_SUITE(BasisEmbeddings, LoopForms);

TYPED_TEST(BasisEmbeddings, SumOverNeighbours) {
  Random random(8);
  for (int components : {4, 1})
    for (bool shared : {false, true}) {
      Network network = random_network(random, components, components == 4 ? 2 : 0);
      Chain& chain = network.chains[0];
      chain.excluded[4] = 1;
      if (shared) {
        chain.sel = {5};
        chain.absent_type = AbsentType::first;
      }
      ChainBasis const basis = sine_basis(random, chain, 9.0, 0.1);
      for (int per_slot : {3, 0}) {
        TestRows rows(random, chain, per_slot);
        compare_sums<TypeParam>(
            chain, rows, static_cast<std::size_t>(basis.centres[1].width),
            [&](auto const& environment, Slots& slots) {
              return BasisEmbedding<Space, typename TypeParam::Precision>(Space(), chain, basis, environment,
                                                                          slots);
            },
            [&](std::size_t pair, double s, double) {
              return in_columns(basis, pair, functions_at(basis, pair, s));
            },
            [&](std::size_t pair, bool present) {
              auto const& b = basis.bases[pair];
              return in_columns(basis, pair, present ? b.present : b.absent);
            });
      }
    }
}

TYPED_TEST(BasisEmbeddings, LeaveRowsBeyondTheTablesToOthers) {
  Random random(9);
  Chain const chain = random_network(random, 4, 2).chains[0];
  for (double upper : {9.0, 0.8}) {
    ChainBasis const basis = sine_basis(random, chain, upper, 0.1);
    TestRows rows(random, chain, 3);
    BasisEmbedding<Space, typename TypeParam::Precision> const block(Space(), chain, basis, rows.environment,
                                                                     rows.slots);
    Stage stage(Numbers(12, 0.0), {1, 1, 1, 1}, 4, Neighbors(4));
    rows.place(rows.displacements);
    EXPECT_EQ(block.forward(Space(), stage.step(), stage.tile(1), rows.arena), upper == 9.0);
  }
}

template <class F>
class FusedEmbeddings : public Formed<F> {};
#ifdef KOKKOS_ENABLE_OPENMP
using TeamForms = testing::Types<Form<Double, Teams<1>>, Form<Mix32, Teams<1>>, Form<Double, Teams<2>>>;
#else
using TeamForms = testing::Types<Form<Double, Teams<1>>, Form<Mix32, Teams<1>>>;
#endif
TYPED_TEST_SUITE(FusedEmbeddings, TeamForms);

/// From positions to A, and from dE/dA to forces and virials.
template <class F>
void compare_fused(Random& random, Network const& network, bool all_neighbours) {
  using P = typename F::Precision;
  Space const space;
  Chain const& chain = network.chains[0];
  ChainBasis const basis = sine_basis(random, chain, 9.0, 0.1);
  auto const width = static_cast<std::size_t>(basis.centres[1].width),
             numbers = static_cast<std::size_t>(chain.components) * width;
  Cluster const cluster(random, 12, 3);
  Stage stage = cluster.stage();
  Slots slots;
  FusedEmbedding<Space, P, typename F::Kernels> const block(space, network, chain, basis, all_neighbours,
                                                            slots);
  auto const tile = stage.tile(1);
  Arena arena;
  auto step = stage.step();
  step.first_type = 2;
  Numbers const seed = random(stage.atoms(1).size() * numbers);
  auto const plain = [&](Numbers const& x) {
    Numbers all;
    for (int i : stage.atoms(1)) {
      Numbers sums(numbers, 0.0);
      std::vector<int> missing = chain.sel;
      auto const add = [&](double times, std::size_t pair, Numbers const& of_pair) {
        Numbers const columns = in_columns(basis, pair, of_pair);
        for (std::size_t k = 0; k < numbers && !of_pair.empty(); ++k) sums[k] += times * columns[k];
      };
      for (std::size_t j = 0; j < cluster.types.size(); ++j) {
        double d[3];
        for (std::size_t c = 0; c < 3; ++c) d[c] = x[3 * j + c] - x[3 * static_cast<std::size_t>(i) + c];
        if (static_cast<int>(j) == i || std::hypot(d[0], d[1], d[2]) >= chain.rcut) continue;
        auto const type = static_cast<std::size_t>(cluster.types[j]), pair = 3 + type;
        --missing[chain.shared_sel() ? 0 : type];
        add(1.0, pair, basis.bases[pair].present);
        if (chain.excluded[pair]) continue;
        auto const row = plain_row(chain, pair, d);
        Numbers const phi = in_columns(basis, pair, functions_at(basis, pair, row[0]));
        for (std::size_t k = 0; k < numbers; ++k)
          sums[k] += phi[k % width] * (chain.components == 1 ? 1.0 : row[k / width]);
      }
      for (std::size_t t = 0; t < missing.size(); ++t) {
        std::size_t const pair = 3 + (chain.shared_sel() ? 2 : t);
        add(missing[t], pair, basis.bases[pair].absent);
      }
      for (double& sum : sums) all.push_back(chain.scale * sum);
    }
    return all;
  };
  auto const forward = [&](Numbers const& x) {
    stage.move(x);
    EXPECT_TRUE(block.forward(space, step, tile, arena));
    return numbers_of(arena[block.sums()].value);
  };
  compare<F>(cluster.positions, seed, forward, plain, [&] {
    fill(arena[block.sums()].reserve_adjoint(space), seed);
    block.adjoint(space, step, tile, arena);
    Numbers force = stage.memory.results().force;
    for (double& f : force) f = -f;
    return force;
  });
  // Virials: the same energy under strain.
  stage.move(cluster.positions);
  block.adjoint(space, step, tile, arena);
  auto const results = stage.memory.results();
  Numbers const strained = slopes(Numbers(9, 0.0), [&](Numbers const& strain) {
    Numbers x = cluster.positions;
    for (std::size_t i = 0; i < x.size(); ++i)
      for (std::size_t c = 0; c < 3; ++c) x[i] += strain[3 * (i % 3) + c] * cluster.positions[i / 3 * 3 + c];
    Numbers const a = plain(x);
    return -std::inner_product(a.begin(), a.end(), seed.begin(), 0.0);
  });
  Numbers sum(9, 0.0);
  for (std::size_t k = 0; k < results.atom_virial.size(); ++k) sum[k % 9] += results.atom_virial[k];
  expect_near(results.virial, strained, std::max(F::tolerance, 1e-9), "virial");
  expect_near(sum, strained, std::max(F::tolerance, 1e-9), "virials of atoms");
  stage.report.fetch(space);
  EXPECT_FALSE(stage.report.flagged(0));
}

TYPED_TEST(FusedEmbeddings, FromPositionsToForces) {
  Random random(10);
  for (int components : {4, 1}) {
    Network network = random_network(random, components, components == 4 ? 2 : 0);
    Chain& chain = network.chains[0];
    compare_fused<TypeParam>(random, network, false);
    chain.excluded[3] = 1;
    chain.sel = {1, 0, 2};
    compare_fused<TypeParam>(random, network, true);
    chain.sel = {11};
    chain.absent_type = AbsentType::first;
    compare_fused<TypeParam>(random, network, false);
  }
}

TYPED_TEST(FusedEmbeddings, FlagBlocksWithNeighboursBeyondTheTables) {
  Space const space;
  Random random(11);
  Network const network = random_network(random, 4, 2);
  Cluster const cluster(random, 12, 3);
  for (double upper : {9.0, 0.5}) {
    ChainBasis const basis = sine_basis(random, network.chains[0], upper, 0.1);
    Stage stage = cluster.stage();
    Slots slots;
    FusedEmbedding<Space, typename TypeParam::Precision, typename TypeParam::Kernels> const block(
        space, network, network.chains[0], basis, false, slots);
    auto const tile = stage.tile(1);
    Arena arena;
    EXPECT_TRUE(block.forward(space, stage.step(), tile, arena));
    auto const memory = arena[block.sums()].reserve_adjoint(space);
    Kokkos::deep_copy(memory, 1.0);
    block.adjoint(space, stage.step(), tile, arena);
    Numbers const force = stage.memory.results().force;
    stage.report.fetch(space);
    EXPECT_EQ(stage.report.flagged(0), upper == 0.5);
    // Nothing of a block that waits for the exact nets is added.
    EXPECT_EQ(force == Numbers(force.size(), 0.0), upper == 0.5);
  }
}

}  // namespace
}  // namespace dp::test
