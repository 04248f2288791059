// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// The blocks around the embedding, each alone, against plain loops: rows of the environment matrix and
// descriptors.

#include <gtest/gtest.h>

#include <dp/blocks/basis_descriptor.hpp>
#include <dp/blocks/descriptor.hpp>
#include <dp/blocks/environment_matrix.hpp>
#include <dp/core/expect.hpp>
#include <functional>
#include <vector>

#include "support/plain_features.hpp"
#include "support/stage.hpp"

namespace dp::test {
namespace {

/// Where a block that reads sums and writes inputs of the fitting net has both.
template <class F>
struct Bench {
  using P = typename F::Precision;

  Space space;
  Slots slots;
  Slot<NeighbourSums<Space, typename P::Net>> sums = slots.add<NeighbourSums<Space, typename P::Net>>();
  Slot<FittingInput<Space, P>> input = slots.add<FittingInput<Space, P>>();
  Arena arena;
  Stage stage{Numbers(15, 0.0), {0, 1, 1, 0, 1}, 5, Neighbors(5)};  // three atoms of type 1

  void reserve_input(std::size_t atoms, std::size_t columns) {
    arena[input].x = arena[input].memory.get(space, atoms, columns);
    fill(arena[input].x, Numbers(atoms * columns, -9.0));
    arena[input].single = arena[input].single_memory.get(space, atoms, 48);
  }
};

/// Compares a block from sums of `numbers` per atom to `count` columns, from `column` on, and `single` more
/// in float.
template <class F, class MakeBlock>
void compare_descriptor(int type, std::size_t numbers, std::size_t column, std::size_t count,
                        MakeBlock const& make_block,
                        std::function<Numbers(double const*)> const& plain_of_atom, std::size_t single = 0) {
  Bench<F> b;
  auto const block = make_block(b);
  auto const tile = b.stage.tile(type);
  auto const atoms = static_cast<std::size_t>(tile.atoms()), columns = column + count + 3;
  Random random(11);
  std::size_t const all = count + single;
  Numbers const seed = random(atoms * all);
  Buffer<typename F::Precision::Net, Space> dx_memory("dx");
  Buffer<float, Space> dsingle_memory("dsingle");
  auto const forward = [&](Numbers const& x) {
    fill(b.arena[b.sums].reserve(b.space, atoms, numbers), x);
    b.reserve_input(atoms, columns);
    EXPECT_TRUE(block.forward(b.space, b.stage.step(), tile, b.arena));
    EXPECT_EQ(numbers_of(b.arena[b.input].x, 0, column), Numbers(atoms * column, -9.0));
    EXPECT_EQ(numbers_of(b.arena[b.input].x, column + count), Numbers(atoms * 3, -9.0));
    Numbers const large = numbers_of(b.arena[b.input].x, column, count);
    if (single == 0) return large;
    Numbers const small = numbers_of(b.arena[b.input].single, 2, single);
    Numbers both;
    for (std::size_t a = 0; a < atoms; ++a) {
      both.insert(both.end(), &large[a * count], &large[a * count] + count);
      both.insert(both.end(), &small[a * single], &small[a * single] + single);
    }
    return both;
  };
  auto const plain = [&](Numbers const& x) {
    Numbers features;
    for (std::size_t a = 0; a < atoms; ++a) {
      Numbers const of_atom = plain_of_atom(&x[a * numbers]);
      features.insert(features.end(), of_atom.begin(), of_atom.end());
    }
    return features;
  };
  auto const adjoint = [&] {
    auto const d = dx_memory.get(b.space, atoms, columns);
    auto const d_single = dsingle_memory.get(b.space, atoms, 2 + single);
    Numbers values, values_single;  // what is not the block's must not count
    for (std::size_t a = 0; a < atoms; ++a) {
      for (std::size_t k = 0; k < columns; ++k)
        values.push_back(k < column || k >= column + count ? 7.0 : seed[a * all + k - column]);
      for (std::size_t k = 0; k < 2 + single; ++k)
        values_single.push_back(k < 2 ? 7.0 : seed[a * all + count + k - 2]);
    }
    fill(d, values);
    fill(d_single, values_single);
    b.arena[b.input].dx = d;
    b.arena[b.input].dsingle = d_single;
    block.adjoint(b.space, b.stage.step(), tile, b.arena);
    return numbers_of(b.arena[b.sums].adjoint, 0, numbers);
  };
  compare<F>(random(atoms * numbers), seed, forward, plain, adjoint);
}

template <class F>
class Blocks : public Formed<F> {};
TYPED_TEST_SUITE(Blocks, Precisions);

TYPED_TEST(Blocks, Descriptor) {
  using P = typename TypeParam::Precision;
  for (int axis : {1, 2, 6, 0}) {
    Chain chain;
    chain.components = axis == 0 ? 1 : 4;
    chain.width = 6;
    chain.axis_neuron = axis;
    chain.column = 2;
    compare_descriptor<TypeParam>(
        1, axis == 0 ? 6 : 24, 2, static_cast<std::size_t>(chain.dimension()),
        [&](auto& b) {
          return Descriptor<Space, P>(chain, {2, 2}, b.sums, b.input);
        },
        [&](double const* t) { return plain_product(t, 6, static_cast<std::size_t>(axis)); });
  }
}

/// A chain with one centre type, the second.
struct OneCentre {
  Chain chain;
  ChainBasis basis;

  OneCentre(Random& random, int axis, int width = 16) {
    chain.components = axis == 0 ? 1 : 4;
    chain.width = 6;
    chain.axis_neuron = axis;
    basis.centres.resize(2);
    centre().width = width;
    centre().channels = random(static_cast<std::size_t>(chain.width * centre().width));
    centre().dimension = chain.dimension();
  }
  CentreBasis& centre() { return basis.centres[1]; }

  template <class F>
  void compare() {
    using Block = BasisDescriptor<Space, typename F::Precision, typename F::Kernels>;
    auto const single = static_cast<std::size_t>(centre().single),
               large = static_cast<std::size_t>(centre().dimension) - single;
    compare_descriptor<F>(
        1, static_cast<std::size_t>(chain.components * centre().width), 5, large,
        [&](auto& b) {
          return Block(b.space, chain, basis, {0, 5}, {0, 2}, b.sums, b.input, b.slots);
        },
        [&](double const* a) { return plain_features(a, chain, centre()); }, single);
  }
};

template <class F>
class BasisBlocks : public Formed<F> {};
using BasisForms = Forms<Form<Mix16, Loops>>;
TYPED_TEST_SUITE(BasisBlocks, BasisForms);

TYPED_TEST(BasisBlocks, BasisDescriptor) {
  Random random(6);
  for (int axis : {3, 0})
    for (Features features : {Features::staircase, Features::full}) {
      SCOPED_TRACE((features == Features::full ? "full, axis " : "staircase, axis ") + std::to_string(axis));
      OneCentre one(random, axis);
      if (features == Features::staircase) make_staircase(one.centre(), random, axis == 0 ? 1 : 3, 8, false);
      one.compare<TypeParam>();
    }
}

template <class F>
class GradedBlocks : public Formed<F> {};
using GradedForms = testing::Types<Graded<Loops>, Graded<Teams<1>>, Form<Mix32, Loops>>;
TYPED_TEST_SUITE(GradedBlocks, GradedForms);

TYPED_TEST(GradedBlocks, BasisDescriptor) {
  Random random(6);
  for (int width : {16, 72}) {  // 72: more than teams have in shared memory at once
    SCOPED_TRACE(std::to_string(width) + " functions");
    OneCentre one(random, 3, width);
    make_staircase(one.centre(), random, width == 16 ? 3 : 1, TypeParam::tolerance == 1e-6 ? 4 : 8, true);
    EXPECT_GT(one.centre().single, 0);
    EXPECT_GT(one.centre().dimension, one.centre().single);
    one.compare<TypeParam>();
  }
}

using Environment = Form<Double, Loops>;

TEST(EnvironmentMatrices, RowsAndTheirAdjoint) {
  Space const space;
  Random random(7);
  for (int components : {4, 1})
    for (bool rounded : {false, true}) {
      Chain chain = random_network(random, components, components == 4 ? 2 : 0).chains[0];
      chain.float32_cutoffs = rounded;
      Slots slots;
      auto const slot = slots.add<Rows<Space>>();
      EnvironmentMatrix<Space> const block(chain, slot, false, slots);
      Stage stage(Numbers(9, 0.0), {1, 1, 1}, 3, Neighbors(3));
      auto const tile = stage.tile(1);
      Arena arena;
      auto& rows = arena[slot];
      rows.atoms = 3;
      rows.begin = {0, 3, 3, 7};
      rows.reserve(space);
      Kokkos::deep_copy(rows.atom, 1);
      Numbers d = random(21);
      Numbers const seed = random(7 * static_cast<std::size_t>(components));
      for (std::size_t row = 0; row < 7; ++row) d[3 * row] += 0.8 + 0.5 * static_cast<double>(row);
      d[18] = 4.5;  // beyond the cutoff
      compare<Environment>(
          d, seed,
          [&](Numbers const& at) {
            fill(rows.displacement, at);
            EXPECT_TRUE(block.forward(space, stage.step(), tile, arena));
            return numbers_of(arena[block.values()].values, 0, static_cast<std::size_t>(components));
          },
          [&](Numbers const& at) {
            Numbers out;
            for (std::size_t row = 0; row < 7; ++row) {
              auto const values = plain_row(chain, row < 3 ? 3 : 5, &at[3 * row]);
              out.insert(out.end(), values.begin(), values.begin() + components);
            }
            return out;
          },
          [&] {
            Numbers gradient;
            for (std::size_t row = 0; row < 7; ++row)
              for (int c = 0; c < 4; ++c)
                gradient.push_back(
                    c < components
                        ? seed[row * static_cast<std::size_t>(components) + static_cast<std::size_t>(c)]
                        : 0.0);
            fill(rows.reserve_gradient(space), gradient);
            block.adjoint(space, stage.step(), tile, arena);
            return numbers_of(rows.gradient, 0, 3);
          });
    }
}

TEST(EnvironmentMatrices, ReportNumbersBeyondHalf) {
  Space const space;
  Random random(8);
  Chain const chain = random_network(random, 4, 2).chains[0];
  for (bool half : {true, false}) {
    Slots slots;
    auto const slot = slots.add<Rows<Space>>();
    EnvironmentMatrix<Space> const block(chain, slot, half, slots);
    Stage stage(Numbers(9, 0.0), {1, 0, 1}, 3, Neighbors(3));
    Arena arena;
    auto& rows = arena[slot];
    rows.atoms = 2;
    rows.begin = {0, 1, 1, 1};
    rows.reserve(space);
    Kokkos::deep_copy(rows.displacement, 1.0);
    Kokkos::deep_copy(rows.atom, 1);
    fill(rows.reserve_gradient(space), {NAN, 0, 0, 0});
    block.adjoint(space, stage.step(), stage.tile(1), arena);
    stage.report.fetch(space);
    if (half)
      EXPECT_THROW(stage.report.check(3, 3), Error);
    else
      EXPECT_NO_THROW(stage.report.check(3, 3));
  }
}

/// A block that is wired wrongly says so, in builds that look.
TEST(Expectations, NameTheBlockAndWhatItExpects) {
#if defined(DP_EXPECT_CHECKS) || !defined(NDEBUG)
  Bench<Environment> b;
  Chain chain;
  chain.width = 6;
  chain.axis_neuron = 2;
  Descriptor<Space, Double> const block(chain, {0, 0}, b.sums, b.input);
  auto const tile = b.stage.tile(1);
  auto const message = [&] {
    try {
      EXPECT_TRUE(block.forward(b.space, b.stage.step(), tile, b.arena));
      block.adjoint(b.space, b.stage.step(), tile, b.arena);
    } catch (Error const& error) {
      return std::string(error.what());
    }
    return std::string("nothing");
  };
  EXPECT_EQ(message(), "dp::Descriptor: expected sums of 24 numbers, found 0");
  b.arena[b.sums].reserve(b.space, 3, 24);
  b.reserve_input(3, 10);
  EXPECT_EQ(message(), "dp::Descriptor: input: expected (3 x 12), found (3 x 10)");
  b.reserve_input(3, 12);
  EXPECT_EQ(message(), "dp::Descriptor: dE/dx: expected (3 x 12), found (0 x 0)");
#else
  GTEST_SKIP() << "compiled without DP_EXPECT_CHECKS";
#endif
}

}  // namespace
}  // namespace dp::test
