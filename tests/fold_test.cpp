// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// What lowering makes of bases, against plain loops: folded fitting nets, which read features in the place of
// descriptors, and the constants that neighbours without rows add.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <dp/lower/embedding_sampler.hpp>
#include <dp/lower/fold.hpp>
#include <vector>

#include "support/plain_features.hpp"

namespace dp::test {
namespace {

constexpr int strip = 4;

/// A basis of so many functions, of which Fold looks at the channels and sizes only.
EmbeddingBasis channels_of(Random& random, int width, int functions) {
  EmbeddingBasis basis;
  basis.functions = functions;
  basis.channels = random(static_cast<std::size_t>(width * functions));
  for (int k = 0; k < functions; ++k) basis.size.push_back(std::pow(0.7, k));
  return basis;
}

/// Two chains with a constant before, between and behind them, and two parameters.
Network two_chains(Random& random) {
  Network network = random_network(random, 4, 6);
  network.chains.push_back(random_network(random, 1, 0).chains[0]);
  network.chains[0].width = 24;
  network.chains[0].column = 1;
  network.chains[1].width = 7;
  network.chains[1].column = 1 + 144 + 1;
  network.fitting.dimension = 1 + 144 + 1 + 7 + 1;
  network.fitting.constant_columns = {0, 145, 153};
  for (int t = 0; t < 3; ++t) {
    network.fitting.constants.push_back(random(3));
    network.fitting.nets.push_back(std::make_shared<Net const>(random_net(random, {156, 5, 1})));
  }
  return network;
}

/// The input of a net: features of chains, constants and parameters, where a layout says.
Numbers input_of(FittingLayout const& layout, std::vector<Numbers> const& chains, Numbers const& constants,
                 Numbers const& parameters) {
  Numbers x(static_cast<std::size_t>(layout.columns), NAN);
  auto const put = [&](int column, Numbers const& values) {
    for (std::size_t k = 0; k < values.size(); ++k) {
      EXPECT_TRUE(std::isnan(x.at(static_cast<std::size_t>(column) + k)))
          << "column " << column << " + " << k;
      x.at(static_cast<std::size_t>(column) + k) = values[k];
    }
  };
  for (std::size_t c = 0; c < chains.size(); ++c) put(layout.chains[c], chains[c]);
  for (std::size_t k = 0; k < constants.size(); ++k) put(layout.constant_columns[k], {constants[k]});
  put(layout.parameters, parameters);
  return x;
}

void give_the_same(bool graded) {
  Random random(1);
  Network network = two_chains(random);
  // Functions per pair: 4, 8 and 32 of a centre in the first chain; 8, 4 and none in the second.
  std::vector<ChainBasis> bases(2);
  for (int functions : {4, 0, 0, 4, 0, 4, 8, 16, 8})
    bases[0].bases.push_back(channels_of(random, 24, functions));
  for (int functions : {4, 0, 4, 0, 4, 0, 0, 0, 0})
    bases[1].bases.push_back(channels_of(random, 7, functions));
  auto const folded = Fold(network, bases, strip).with(0.0, graded ? 0.5 : 0.0);
  auto const plain = plain_layouts(network);
  std::vector<Features> found;
  int single = 0;
  for (std::size_t type = 0; type < 3; ++type) {
    SCOPED_TRACE("type " + std::to_string(type));
    std::vector<Numbers> descriptors, features;
    Numbers last;
    for (std::size_t c = 0; c < 2; ++c) {
      Chain const& chain = network.chains[c];
      CentreBasis centre = folded.chains[c].centres[type];
      found.push_back(centre.features);
      // The channels of the neighbour types side by side.
      std::size_t column = 0;
      for (std::size_t t = 0; t < 3; ++t) {
        auto const& basis = bases[c].bases[3 * type + t];
        auto const k = static_cast<std::size_t>(basis.functions);
        for (std::size_t i = 0; i < basis.channels.size(); ++i)
          EXPECT_EQ(centre.channels[i / k * static_cast<std::size_t>(centre.width) + column + i % k],
                    basis.channels[i]);
        column += k;
      }
      EXPECT_EQ(static_cast<std::size_t>(centre.width), column);
      Numbers const a = random(static_cast<std::size_t>(chain.components * centre.width));
      features.push_back(plain_features(a.data(), chain, centre));
      EXPECT_EQ(features.back().size(), static_cast<std::size_t>(centre.dimension));
      single += centre.single;
      EXPECT_TRUE(std::is_sorted(centre.counts.rbegin(), centre.counts.rend()));
      EXPECT_TRUE(std::is_sorted(centre.large.rbegin(), centre.large.rend()));
      // Those in float are the last inputs of the net.
      auto const middle = features.back().end() - centre.single;
      last.insert(last.end(), middle, features.back().end());
      features.back().erase(middle, features.back().end());
      centre.features = Features::full;
      descriptors.push_back(plain_features(a.data(), chain, centre));
    }
    Numbers const parameters = random(2), &constants = network.fitting.constants[type];
    Net const &net = *network.fitting.nets[type], &short_net = *folded.nets[type];
    EXPECT_EQ(short_net.inputs(), folded.layouts[type].columns + folded.layouts[type].single);
    EXPECT_EQ(static_cast<int>(last.size()), folded.layouts[type].single);
    Numbers input = input_of(folded.layouts[type], features, constants, parameters);
    input.insert(input.end(), last.begin(), last.end());
    Numbers const z = values_of(net, input_of(plain[type], descriptors, constants, parameters)),
                  z_folded = values_of(short_net, input);
    expect_near(z_folded, z, 1e-12, "value of the net");
  }
  using enum Features;
  EXPECT_EQ(found, (std::vector{staircase, full, staircase, staircase, full, full}));
  EXPECT_EQ(single > 0, graded);
}

TEST(Fold, GivesTheSameFromFeatures) { give_the_same(false); }

TEST(Fold, GivesTheSameFromFeaturesInTwoPrecisions) { give_the_same(true); }

/// What matters less than the threshold is left out, and no more than that.
TEST(Fold, LeavesOutWhatDoesNotMatter) {
  Random random(3);
  Network const network = two_chains(random);
  std::vector<ChainBasis> bases(2);
  for (int pair = 0; pair < 9; ++pair) {
    bases[0].bases.push_back(channels_of(random, 24, pair % 3 == 0 ? 4 : 0));
    bases[1].bases.push_back(channels_of(random, 7, 0));
  }
  Fold const all(network, bases, strip);
  auto const z = [&](FoldedNets const& folded, Numbers const& a) {
    CentreBasis const& centre = folded.chains[0].centres[1];
    Numbers x(static_cast<std::size_t>(folded.nets[1]->inputs()), 0.0);
    Numbers const features = plain_features(a.data(), network.chains[0], centre);
    std::copy(features.begin(), features.end(), x.begin() + folded.layouts[1].chains[0]);
    Net first = *folded.nets[1];
    first.layers.resize(1);
    first.layers[0].activation = Activation::linear;
    return values_of(first, x);
  };
  Numbers a = random(16);
  for (std::size_t i = 0; i < a.size(); ++i) a[i] *= std::pow(0.7, i % 4);
  int before = 1000;
  for (double threshold : {0.0, 1e-3, 1e-1, 1.0}) {
    FoldedNets const folded = all.with(threshold);
    int features = 0;
    for (auto const& centre : folded.chains[0].centres) features += centre.dimension;
    EXPECT_LE(features, before);
    before = features;
    EXPECT_LT(largest_difference(z(folded, a), z(all.with(0.0), a)), 100.0 * threshold + 1e-12);
  }
  EXPECT_EQ(before, strip);  // the one that matters most
}

/// A first layer that adds its input to its output needs the descriptor itself.
TEST(Fold, LeavesNetsThatPassTheirInputOn) {
  Random random(2);
  Network network = two_chains(random);
  for (auto& net : network.fitting.nets) net = std::make_shared<Net const>(random_net(random, {156, 156, 1}));
  std::vector<ChainBasis> bases(2);
  for (int pair = 0; pair < 9; ++pair) {
    bases[0].bases.push_back(channels_of(random, 24, 4));
    bases[1].bases.push_back(channels_of(random, 7, 4));
  }
  auto const folded = Fold(network, bases, strip).with(0.0);
  for (std::size_t type = 0; type < 3; ++type) {
    for (auto const& chain : folded.chains) EXPECT_EQ(chain.centres[type].features, Features::full);
    EXPECT_EQ(folded.nets[type]->layers[0].weight, network.fitting.nets[type]->layers[0].weight);
    EXPECT_EQ(folded.layouts[type].chains, (std::vector{1, 146}));
  }
}

/// From functions to channels: C times one of the rows of sums over functions.
Numbers channels_from(EmbeddingBasis const& basis, std::size_t width, double const* functions) {
  auto const k = static_cast<std::size_t>(basis.functions);
  Numbers out(width, 0.0);
  for (std::size_t m = 0; m < width; ++m)
    for (std::size_t l = 0; l < k; ++l) out[m] += basis.channels[m * k + l] * functions[l];
  return out;
}

/// A neighbour at the cutoff.
Pad at_cutoff(Chain const& chain, std::size_t pair) {
  Pad pad{chain.functions[pair], 0.0, {}};
  pad.function.modulation.clear();
  pad.function.smoothing = Smoothing::none;
  for (std::size_t c = 0; c < 4; ++c) pad.row[c] = -chain.mean[pair][c] / chain.stddev[pair][c];
  pad.s = pad.row[0];
  if (chain.components == 1) pad.row = {1.0, 0.0, 0.0, 0.0};
  return pad;
}

TEST(EmbeddingSamplers, BasesHaveTheFunctionsAndWhatNeighboursWithoutRowsAdd) {
  Space const space;
  Random random(3);
  for (int components : {4, 1}) {
    Chain chain = random_network(random, components, components == 4 ? 2 : 0).chains[0];
    chain.sel = {0, 3, 2};
    chain.functions[2].modulation = random(6);
    chain.functions[2].smoothing = Smoothing::switch_function;
    chain.functions[6] = {};  // contributes nothing, though its pads do
    chain.excluded[4] = 1;
    for (std::size_t pair = 0; pair < 9; ++pair) chain.absent[pair] = at_cutoff(chain, pair);
    chain.absent[3] = {chain.functions[0], 0.7, {1.0, 0.5, -0.5, 0.25}};
    chain.absent[6] = {chain.functions[1], -0.2, {0.3, 0.0, 0.0, 0.5}};
    chain.absent[7] = {};
    chain.present[4] = {chain.functions[5], 0.1, {-1.0, 0.0, 0.5, 0.0}};
    for (int t = 0; t < 3; ++t) chain.left_out.push_back(random(static_cast<std::size_t>(6 * components)));
    EmbeddingSampler<Space> const sampler(space, chain, 3, [](int, int) { return 0.9; });
    for (std::size_t pair = 0; pair < 9; ++pair) {
      SCOPED_TRACE(chain.name_of(pair) + ", components " + std::to_string(components));
      auto const basis =
          sampler.basis(space, static_cast<int>(pair / 3), static_cast<int>(pair % 3), 1e-10, 4);
      // A switch function is no smooth function of s where it ends.
      EXPECT_TRUE(basis.converged || pair == 2);
      EXPECT_EQ(basis.functions % 4, 0);
      auto const k = static_cast<std::size_t>(basis.functions);
      for (std::size_t c = 0; c < static_cast<std::size_t>(components); ++c)
        for (bool present : {false, true}) {
          Pad const& pad = present ? chain.present[pair] : chain.absent[pair];
          Numbers expected(6, 0.0);
          if (!pad.function.empty()) expected = plain_embedding(pad.function, pad.s, 1.0);
          for (std::size_t m = 0; m < 6; ++m) {
            expected[m] *= pad.row[c];
            // absent and present ones of the first type that counts are sel together
            if (pair % 3 == 1) expected[m] += chain.left_out[pair / 3][c * 6 + m] / 3.0;
          }
          auto const& sums = present ? basis.present : basis.absent;
          Numbers const found = k == 0 ? Numbers(6, 0.0) : channels_from(basis, 6, &sums[c * k]);
          expect_near(found, expected, 1e-8, present ? "present" : "absent");
        }
      for (double r : {0.9, 1.0, 1.7, 2.5, 3.3, 3.99}) {
        if (chain.excluded[pair] || chain.functions[pair].empty()) continue;
        double const d[] = {0.0, r, 0.0}, s = plain_row(chain, pair, d)[0];
        Numbers phi;
        for (int l = 0; l < basis.functions; ++l) phi.push_back(basis.table.evaluate(s, l)[0]);
        bool const smooth = chain.functions[pair].smoothing != Smoothing::none;
        expect_near(channels_from(basis, 6, phi.data()),
                    plain_embedding(chain.functions[pair], s, smooth ? plain_switch(chain, r) : 1.0), 1e-8,
                    "functions");
      }
    }
  }
}

}  // namespace
}  // namespace dp::test
