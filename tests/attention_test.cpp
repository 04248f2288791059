// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// Layers of attention, alone, against plain loops, with all that may change them.

#include <gtest/gtest.h>

#include <dp/blocks/attention_layers.hpp>
#include <dp/blocks/embedding.hpp>
#include <dp/lower/lower_attention.hpp>
#include <utility>
#include <vector>

#include "support/test_rows.hpp"

namespace dp::test {
namespace {

constexpr std::size_t width = 6;

Layer random_layer(Random& random, int inputs, int outputs) {
  Layer layer = random_net(random, {inputs, outputs}).layers.front();
  layer.activation = Activation::linear;
  layer.skip = Skip::none;
  return layer;
}

/// A chain of three types with one sel and two layers.
Network attentive_network(Random& random, Smoothing weights, bool normalised, bool angular) {
  Network network = random_network(random, 4, 2);
  Chain& chain = network.chains[0];
  chain.sel = {14};
  chain.absent_type = AbsentType::first;
  AttentionStack& stack = chain.attention.emplace();
  stack.weights = weights;
  stack.padded = true;
  for (int hidden : {5, 8}) {
    AttentionLayer& layer = stack.layers.emplace_back();
    layer.in = random_layer(random, static_cast<int>(width), 3 * hidden);
    layer.out = random_layer(random, hidden, static_cast<int>(width));
    layer.scale = hidden == 5 ? 1.3 : -0.4;
    layer.normalised = normalised;
    layer.angular = angular;
    layer.epsilon = 0.05;
    layer.gain = random(width);
    layer.shift = random(width);
  }
  for (auto& pad : chain.absent) pad = {chain.functions[0], random(), {random(), random(), 0.2, -0.1}};
  return network;
}

/// T of all atoms by plain loops.
Numbers plain_sums(Chain const& chain, TestRows& rows, Numbers const& d, std::size_t first) {
  constexpr std::size_t centre = TestRows::centre;
  auto const of_atom = numbers_of(rows.arena[rows.environment.rows].atom);
  Numbers sums;
  for (std::size_t a = 0; a < TestRows::atoms; ++a) {
    std::vector<PlainSlot> slots;
    for (std::size_t row = 0; row < rows.count(); ++row) {
      if (of_atom[row] != static_cast<double>(a)) continue;
      std::size_t const pair = rows.pair(row);
      auto const values = plain_row(chain, pair, &d[3 * row]);
      double const r = std::hypot(d[3 * row], d[3 * row + 1], d[3 * row + 2]);
      PairFunction const& f = chain.functions[pair];
      slots.push_back({plain_embedding(f, values[0], plain_smoothing(chain, f.smoothing, r)), values,
                       plain_smoothing(chain, chain.attention->weights, r), true});
    }
    auto const add_pad = [&](Pad const& pad) {
      slots.push_back(
          {pad.function.empty() ? Numbers(width) : plain_embedding(pad.function, pad.s, 0.0), pad.row});
    };
    int missing = chain.sel[0];
    for (std::size_t t = 0; t < 3; ++t) {
      int const here = rows.present[t * TestRows::atoms + a];
      missing -= here;
      for (int n = 0; n < here && chain.excluded[3 * centre + t]; ++n) add_pad(chain.present[3 * centre + t]);
    }
    for (int n = 0; n < missing && chain.attention->padded; ++n) add_pad(chain.absent[3 * centre + first]);
    plain_attention(*chain.attention, slots);
    Numbers sum(4 * width, 0.0);
    for (PlainSlot const& slot : slots)
      for (std::size_t k = 0; k < sum.size(); ++k)
        sum[k] += chain.scale * slot.row[k / width] * slot.x[k % width];
    sums.insert(sums.end(), sum.begin(), sum.end());
  }
  return sums;
}

template <class F>
class Attentions : public Formed<F> {
 protected:
  static void compare_with_loops(Network network, int per_slot) {
    using P = typename F::Precision;
    Chain& chain = network.chains[0];
    for (std::size_t pair = 0; pair < 9; ++pair) {
      if (!chain.attention->padded) chain.absent[pair] = {};
      chain.attention->absent.push_back(detail::sums_of(chain.absent[pair], chain.attention->layers));
      chain.attention->present.push_back(detail::sums_of(chain.present[pair], chain.attention->layers));
    }
    Random random(17);
    TestRows rows(random, chain, per_slot);
    Space const space;
    Embedding<Space, P, typename F::Kernels> const embedding(space, network, chain, rows.environment, nullptr,
                                                             false, rows.slots);
    AttentionLayers<Space, P> const block(space, network, chain, rows.environment, embedding.embedded(),
                                          false, rows.slots);
    Stage stage(Numbers(12, 0.0), {1, 1, 1, 1}, 4, Neighbors(4, std::vector<int>(20, 0)));
    auto step = stage.step();
    step.first_type = 2;
    auto const tile = stage.tile(1);
    Numbers const seed = random(TestRows::atoms * 4 * width);
    Numbers last;
    compare<F>(
        rows.displacements, seed,
        [&](Numbers const& d) {
          last = d;
          rows.place(d);
          EXPECT_TRUE(embedding.forward(space, step, tile, rows.arena));
          EXPECT_TRUE(block.forward(space, step, tile, rows.arena));
          return numbers_of(rows.arena[block.sums()].value);
        },
        [&](Numbers const& d) { return plain_sums(chain, rows, d, 2); },
        [&] {
          fill(rows.arena[block.sums()].reserve_adjoint(space), seed);
          block.adjoint(space, step, tile, rows.arena);
          embedding.adjoint(space, step, tile, rows.arena);
          return rows.through_rows(last, numbers_of(rows.arena[rows.environment.rows].gradient));
        });
  }
};
TYPED_TEST_SUITE(Attentions, Precisions);

TYPED_TEST(Attentions, AsPlainLoops) {
  Random random(8);
  for (Smoothing weights : {Smoothing::none, Smoothing::switch_function, Smoothing::cubic})
    for (auto const& [normalised, angular] : std::vector<std::pair<bool, bool>>{{true, true}, {false, false}})
      this->compare_with_loops(attentive_network(random, weights, normalised, angular), 3);
}

TYPED_TEST(Attentions, NeighboursWithoutRows) {
  Random random(9);
  for (Smoothing weights : {Smoothing::none, Smoothing::switch_function}) {
    Network network = attentive_network(random, weights, true, true);
    network.chains[0].excluded[4] = 1;
    network.chains[0].present[4] = {network.chains[0].functions[1], 0.3, {1.0, -0.5, 0.0, 0.25}};
    this->compare_with_loops(network, 3);
    this->compare_with_loops(network, 0);  // no neighbours
    network.chains[0].present[4] = {};
    network.chains[0].excluded[4] = 0;
    network.chains[0].attention->padded = false;
    this->compare_with_loops(network, 3);
  }
}

/// A softmax of large arguments.
TYPED_TEST(Attentions, SteepSoftmax) {
  Random random(10);
  Network network = attentive_network(random, Smoothing::none, false, false);
  for (auto& layer : network.chains[0].attention->layers) layer.scale *= 30.0;
  if constexpr (std::is_same_v<typename TypeParam::Precision, Double>)
    this->compare_with_loops(network, 3);
  else
    GTEST_SKIP() << "the softmax multiplies the rounding of float";
}

}  // namespace
}  // namespace dp::test
