// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// Functions of angles between neighbours, alone, against plain loops.

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <dp/blocks/angle_embedding.hpp>
#include <memory>
#include <utility>
#include <vector>

#include "support/test_rows.hpp"

namespace dp::test {
namespace {

constexpr std::size_t width = 6;

/// Adds f of two types of neighbours.
void add_function(Random& random, Chain& chain, std::size_t first, std::size_t second, Smoothing smoothing) {
  PairFunction f;
  f.net =
      std::make_shared<Net const>(random_net(random, {1, first == second ? 3 : 12, static_cast<int>(width)}));
  if (smoothing != Smoothing::none) f.modulation = random(width);
  f.smoothing = smoothing;
  chain.angles->push_back({first, second, std::move(f), 0.1 + 0.02 * random()});
}

/// A chain of three types with functions of some pairs of them, two of one pair.
Network angular_network(Random& random, Smoothing smoothing) {
  Network network = random_network(random, 4, 0);
  Chain& chain = network.chains[0];
  for (auto* pads : {&chain.absent, &chain.present})
    for (Pad& pad : *pads) pad = {};
  for (PairFunction& function : chain.functions) function = {};
  chain.angles.emplace();
  for (auto const& [first, second] :
       std::vector<std::pair<std::size_t, std::size_t>>{{0, 0}, {0, 1}, {0, 1}, {0, 2}, {1, 1}, {2, 2}})
    add_function(random, chain, first, second, smoothing);
  return network;
}

template <class F>
class Angles : public Formed<F> {
 protected:
  static void compare_with_loops(Network const& network, int per_slot) {
    Chain const& chain = network.chains[0];
    Random random(17);
    TestRows rows(random, chain, per_slot);
    Space const space;
    AngleEmbedding<Space, typename F::Precision> const block(space, network, chain, rows.environment,
                                                             rows.slots);
    auto const of_atom = numbers_of(rows.arena[rows.environment.rows].atom);
    Stage stage(Numbers(12, 0.0), {1, 1, 1, 1}, 4, Neighbors(4, std::vector<int>(20, 0)));
    auto const step = stage.step();
    auto const tile = stage.tile(1);
    Numbers const seed = random(TestRows::atoms * width);
    Numbers last;
    compare<F>(
        rows.displacements, seed,
        [&](Numbers const& d) {
          last = d;
          rows.place(d);
          EXPECT_TRUE(block.forward(space, step, tile, rows.arena));
          return numbers_of(rows.arena[block.sums()].value);
        },
        [&](Numbers const& d) {
          Numbers sums;
          for (std::size_t a = 0; a < TestRows::atoms; ++a) {
            std::vector<PlainDirection> neighbours;
            for (std::size_t row = 0; row < rows.count(); ++row)
              if (of_atom[row] == static_cast<double>(a))
                neighbours.push_back(
                    {plain_row(chain, rows.pair(row), &d[3 * row]), rows.pair(row) % 3,
                     plain_smoothing(chain, chain.angles->front().function.smoothing,
                                     std::hypot(d[3 * row], d[3 * row + 1], d[3 * row + 2]))});
            for (double const value : plain_angles(chain, neighbours)) sums.push_back(value);
          }
          return sums;
        },
        [&] {
          fill(rows.arena[block.sums()].reserve_adjoint(space), seed);
          block.adjoint(space, step, tile, rows.arena);
          return rows.through_rows(last, numbers_of(rows.arena[rows.environment.rows].gradient));
        });
  }
};
TYPED_TEST_SUITE(Angles, Precisions);

TYPED_TEST(Angles, AsPlainLoops) {
  Random random(8);
  for (Smoothing smoothing : {Smoothing::none, Smoothing::switch_function})
    this->compare_with_loops(angular_network(random, smoothing), 4);
}

TYPED_TEST(Angles, FewNeighbours) {
  Random random(9);
  Network network = angular_network(random, Smoothing::switch_function);
  this->compare_with_loops(network, 1);
  this->compare_with_loops(network, 0);
  network.chains[0].excluded[4] = 1;
  this->compare_with_loops(network, 3);
}

}  // namespace
}  // namespace dp::test
