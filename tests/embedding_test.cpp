// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// The embedding nets and the sum over neighbours, alone, against plain loops, with all that may change them.

#include <gtest/gtest.h>

#include <dp/blocks/embedding.hpp>
#include <vector>

#include "support/test_rows.hpp"

namespace dp::test {
namespace {

/// v of a pair function.
double smoothing(Chain const& chain, Smoothing kind, double r) {
  double const w = plain_switch(chain, r);
  if (kind == Smoothing::none) return 1.0;
  if (kind == Smoothing::switch_function) return w;
  return 1.0 - std::pow(1.0 - std::min(1.0, w * chain.rcut_smth / (r + chain.protection)), 3);
}

/// Of a pad; nothing where it has no function.
Numbers pad_sums(Chain const& chain, Pad const& pad) {
  Numbers sums;
  if (pad.function.empty()) return sums;
  Numbers const g =
      plain_embedding(pad.function, pad.s, pad.function.smoothing == Smoothing::none ? 1.0 : 0.0);
  for (std::size_t c = 0; c < static_cast<std::size_t>(chain.components); ++c)
    for (double x : g) sums.push_back(pad.row[c] * x);
  return sums;
}

/// Nets by teams, as devices take them, and through products of matrices: with skips of both kinds, time
/// steps, widths that are no multiples of a thread's tile, and rows that do not fill a team.
TEST(TeamNet, IsTheNet) {
  Random random(17);
  for (auto const& widths : std::vector<std::vector<int>>{{1, 25, 50, 100}, {1, 1, 2, 5, 5}, {1, 7}}) {
    Net net = random_net(random, widths);
    if (widths.size() > 4) net.layers[2].timestep = random(5);
    ASSERT_TRUE((TeamNet<Space, double, double>::fits(net)));
    auto const width = static_cast<std::size_t>(widths.back());
    for (std::size_t rows : {1u, 16u, 77u}) {
      auto const s = to_space<double>(Space(), "s", random(rows));
      auto const matrix = [&](char const* label) {
        return Kokkos::View<double**, Kokkos::LayoutRight, Space::memory_space>(label, rows, width);
      };
      auto const value = matrix("value"), slope = matrix("slope"), alone = matrix("alone"),
                 expected = matrix("expected"), expected_slope = matrix("expected slope");
      auto const of = [&](auto const& view) { return Matrix<double, Space>(view.data(), rows, width); };
      TeamNet<Space, double, double> const team(Space(), net);
      team.evaluate(Space(), s, of(value), of(slope));
      team.evaluate(Space(), s, of(alone), {});
      Buffer<double, Space> scratch{"scratch"};
      EmbeddingNet<Space, Double>(Space(), net, "net")
          .evaluate(Space(), scratch, s, of(expected), of(expected_slope));
      auto const near = [&](auto const& found, auto const& wanted) {
        auto const a = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), found),
                   b = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), wanted);
        for (std::size_t k = 0; k < rows * width; ++k) EXPECT_NEAR(a.data()[k], b.data()[k], 1e-13);
      };
      near(value, expected);
      near(slope, expected_slope);
      near(alone, expected);
    }
  }
  EXPECT_FALSE((TeamNet<Space, double, double>::fits(random_net(random, {1, 300, 300, 10}))));
}

template <class F>
class Embeddings : public Formed<F> {};
using EmbeddingForms = Forms<Form<Mix16, Loops>>;
TYPED_TEST_SUITE(Embeddings, EmbeddingForms);

/// The nets of a chain.
template <class F>
void compare_embedding(Network const& network, bool all_neighbours, int per_slot) {
  using P = typename F::Precision;
  Chain const& chain = network.chains[0];
  Random random(31);
  TestRows rows(random, chain, per_slot);
  compare_sums<F>(
      chain, rows, static_cast<std::size_t>(chain.width),
      [&](auto const& environment, Slots& slots) {
        return Embedding<Space, P, typename F::Kernels>(Space(), network, chain, environment, nullptr,
                                                        all_neighbours, slots);
      },
      [&](std::size_t pair, double s, double r) {
        PairFunction const& f = chain.functions[pair];
        if (f.empty()) return Numbers(static_cast<std::size_t>(chain.width), 0.0);
        return plain_embedding(f, s, smoothing(chain, f.smoothing, r));
      },
      [&](std::size_t pair, bool present) {
        return pad_sums(chain, present ? chain.present[pair] : chain.absent[pair]);
      });
}

TYPED_TEST(Embeddings, SumOverNeighbours) {
  Random random(3);
  for (int components : {4, 1}) {
    Network network = random_network(random, components, components == 4 ? 2 : 0);
    network.chains[0].functions[5] = {};  // contributes nothing
    compare_embedding<TypeParam>(network, false, 3);
    compare_embedding<TypeParam>(network, false, 0);  // no neighbours
  }
}

TYPED_TEST(Embeddings, ModulationAndSmoothing) {
  Random random(4);
  for (Smoothing kind : {Smoothing::none, Smoothing::switch_function, Smoothing::cubic}) {
    Network network = random_network(random, 4, 2);
    for (auto& f : network.chains[0].functions) f.modulation = random(6), f.smoothing = kind;
    network.chains[0].functions[3].modulation.clear();
    compare_embedding<TypeParam>(network, false, 3);
  }
}

/// Absent and excluded neighbours, those of types that there are not, and more than sel.
TYPED_TEST(Embeddings, NeighboursWithoutRows) {
  Random random(5);
  for (int components : {4, 1})
    for (bool shared : {false, true}) {
      Network network = random_network(random, components, components == 4 ? 2 : 0);
      Chain& chain = network.chains[0];
      chain.excluded[4] = 1;
      for (std::size_t pair = 0; pair < 9; ++pair) {
        if (pair == 3) continue;
        auto& pad = chain.absent[pair];
        pad = {chain.functions[pair], random(), {random(), random(), random(), random()}};
        if (pair == 5)
          pad.function.modulation = random(6);
        else
          pad.function.smoothing = Smoothing::switch_function;  // v is 0
      }
      chain.present[4] = {chain.functions[0], 0.3, {1.0, -0.5, 0.0, 0.25}};
      chain.sel = {4, 1, 2};  // fewer than there are of type 1
      if (shared) {
        chain.sel = {5};
        chain.absent_type = AbsentType::first;
      } else {
        for (int t = 0; t < 3; ++t)
          chain.left_out.push_back(random(static_cast<std::size_t>(6 * components)));
      }
      compare_embedding<TypeParam>(network, true, 3);
      compare_embedding<TypeParam>(network, true, 0);
    }
}

/// From functions to channels, (rows x K) to (rows x M).
Numbers to_channels(EmbeddingBasis const& basis, std::size_t width, Numbers const& functions) {
  auto const k = static_cast<std::size_t>(basis.functions);
  Numbers out(k == 0 ? width : functions.size() / k * width, 0.0);
  for (std::size_t i = 0; i < out.size(); ++i)
    for (std::size_t l = 0; l < k; ++l)
      out[i] += basis.channels[i % width * k + l] * functions[i / width * k + l];
  return out;
}

TYPED_TEST(Embeddings, HandoverFromTheBasisToTheNets) {
  using P = typename TypeParam::Precision;
  Random random(6);
  for (int components : {4, 1}) {
    Network const network = random_network(random, components, components == 4 ? 2 : 0);
    Chain const& chain = network.chains[0];
    ChainBasis const basis = sine_basis(random, chain, 1.2, 0.6);
    TestRows rows(random, chain, 3);
    int between = 0;
    compare_sums<TypeParam>(
        chain, rows, 6,
        [&](auto const& environment, Slots& slots) {
          auto const handover =
              std::make_shared<Handover<Space, typename P::Net> const>(Space(), basis.bases);
          return Embedding<Space, P, typename TypeParam::Kernels>(Space(), network, chain, environment,
                                                                  handover, false, slots);
        },
        [&](std::size_t pair, double s, double) {
          Numbers g = to_channels(basis.bases[pair], 6, functions_at(basis, pair, std::min(s, 1.2)));
          Numbers const net = plain_embedding(chain.functions[pair], s, 1.0);
          double const u = std::clamp((s - 0.6) / 0.6, 0.0, 1.0);
          between += u > 0.0 && u < 1.0;
          for (std::size_t m = 0; m < 6; ++m)
            g[m] += u * u * u * (10.0 - 15.0 * u + 6.0 * u * u) * (net[m] - g[m]);
          return g;
        },
        [&](std::size_t pair, bool present) {
          auto const& b = basis.bases[pair];
          return to_channels(b, 6, present ? b.present : b.absent);
        });
    EXPECT_GT(between, 0);
  }
}

}  // namespace
}  // namespace dp::test
