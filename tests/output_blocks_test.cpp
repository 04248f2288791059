// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// The blocks of models that give something else than energies, alone, against plain loops.

#include <gtest/gtest.h>

#include <cmath>
#include <dp/blocks/atomic_output.hpp>
#include <dp/blocks/channel_vectors.hpp>
#include <dp/blocks/output_net.hpp>
#include <dp/core/error.hpp>
#include <string>
#include <utility>
#include <vector>

#include "support/stage.hpp"

namespace dp::test {
namespace {

template <class F>
class OutputBlocks : public Formed<F> {};
TYPED_TEST_SUITE(OutputBlocks, Precisions);

/// Nets of many outputs, with and without hidden layers; of one the value in vacuum is subtracted.
TYPED_TEST(OutputBlocks, OutputNet) {
  using P = typename TypeParam::Precision;
  Space const space;
  Random random(6);
  Network network = random_network(random, 4, 2);
  network.fitting.vacuum_removed = {0, 1, 0};
  for (int t = 0; t < 3; ++t) {
    Net net = random_net(random, t == 0 ? std::vector{7, 4} : std::vector{7, 5, 5, 10, 4});
    net.layers.back().activation = Activation::linear;
    net.layers.back().skip = Skip::none;
    if (t == 1) net.layers[1].timestep = random(5);
    if (t == 2) net.layers.back().bias.clear();
    for (Layer& layer : net.layers)
      for (double& w : layer.weight) w *= 0.5;
    network.fitting.nets.push_back(std::make_shared<Net const>(net));
    network.outputs.bias.push_back(random(4));
    network.outputs.scale.push_back(random(4));
  }
  Cluster const cluster(random, 13, 2);
  Stage stage = cluster.stage();
  for (int type = 0; type < 3; ++type) {
    SCOPED_TRACE("type " + std::to_string(type));
    Slots slots;
    auto const input = slots.add<FittingInput<Space, P>>();
    Arena arena;
    OutputNet<Space, P> const block(space, network, 5, input, slots);
    auto const tile = stage.tile(type);
    auto const atoms = static_cast<std::size_t>(tile.atoms()), t = static_cast<std::size_t>(type);
    Net const& net = *network.fitting.nets[t];
    auto& outputs = arena[block.outputs()];
    auto const forward = [&](Numbers const& x) {
      arena[input].x = arena[input].memory.get(space, atoms, 7);
      fill(arena[input].x, x);
      EXPECT_TRUE(block.forward(space, stage.step(), tile, arena));
      return numbers_of(outputs.y);
    };
    auto const plain = [&](Numbers const& x) {
      Numbers result;
      for (std::size_t a = 0; a < atoms; ++a) {
        Numbers row(&x[7 * a], &x[7 * a] + 7);
        Numbers const value = values_of(net, row);
        std::fill(row.begin(), row.begin() + 5, 0.0);
        Numbers const vacuum = type == 1 ? values_of(net, row) : Numbers(4, 0.0);
        for (std::size_t k = 0; k < 4; ++k)
          result.push_back((value[k] - vacuum[k] + network.outputs.bias[t][k]) * network.outputs.scale[t][k]);
      }
      return result;
    };
    // As in the energies' net, parameters of a net whose vacuum is removed are left out.
    std::size_t const moving = type == 1 ? 5 : 7;
    // Cotangents of any size: no number may leave the range of Half.
    for (double size : {1.0, 1e-8, 1e8}) {
      Numbers const x = random(atoms * 7);
      Numbers seed = random(atoms * 4);
      std::fill(seed.begin(), seed.begin() + 4, 0.0);
      auto const embed = [&](Numbers const& part) {
        Numbers whole = x;
        for (std::size_t a = 0; a < atoms; ++a)
          for (std::size_t k = 0; k < moving; ++k) whole[7 * a + k] = part[moving * a + k];
        return whole;
      };
      Numbers part;
      for (std::size_t a = 0; a < atoms; ++a)
        for (std::size_t k = 0; k < moving; ++k) part.push_back(x[7 * a + k]);
      compare<TypeParam>(
          part, seed, [&](Numbers const& at) { return forward(embed(at)); },
          [&](Numbers const& at) { return plain(embed(at)); },
          [&] {
            outputs.dy = outputs.adjoint_memory.get(space, atoms, 4);
            Numbers sized = seed;
            for (double& number : sized) number *= size;
            fill(outputs.dy, sized);
            block.adjoint(space, stage.step(), tile, arena);
            Numbers found = numbers_of(arena[input].dx, 0, moving);
            for (double& number : found) number /= size;
            return found;
          });
    }
  }
}

/// The vectors of two chains side by side; their derivatives join those that are there.
TYPED_TEST(OutputBlocks, ChannelVectors) {
  using P = typename TypeParam::Precision;
  using T = typename P::Net;
  Space const space;
  Random random(7);
  Chain chain = random_network(random, 4, 2).chains[0];
  chain.width = 3;
  Cluster const cluster(random, 13, 2);
  Stage stage = cluster.stage();
  Slots slots;
  auto const sums = slots.add<NeighbourSums<Space, T>>();
  auto const vectors = slots.add<VectorRows<Space>>();
  Arena arena;
  auto const tile = stage.tile(0);
  auto const atoms = static_cast<std::size_t>(tile.atoms());
  ChannelVectors<Space, P> const block(chain, 2, 5, sums, vectors);  // channels 2, 3, 4 of 5
  Numbers const t = random(atoms * 12), dt = random(atoms * 12), dv = random(atoms * 15);
  fill(arena[sums].reserve(space, atoms, 12), t);
  auto& rows = arena[vectors];
  fill(rows.memory.get(space, atoms, 15), Numbers(atoms * 15, 9.0));
  ASSERT_TRUE(block.forward(space, stage.step(), tile, arena));
  Numbers const found = numbers_of(rows.value);
  rows.adjoint = rows.adjoint_memory.get(space, atoms, 15);
  fill(rows.adjoint, dv);
  fill(arena[sums].reserve_adjoint(space), dt);
  block.adjoint(space, stage.step(), tile, arena);
  Numbers const found_dt = numbers_of(arena[sums].adjoint);
  Numbers expected(atoms * 15, 9.0), expected_dt = dt;
  for (std::size_t a = 0; a < atoms; ++a)
    for (std::size_t c = 0; c < 3; ++c)
      for (std::size_t m = 0; m < 3; ++m) {
        expected[15 * a + 5 * c + 2 + m] = t[12 * a + 3 * (c + 1) + m];
        expected_dt[12 * a + 3 * (c + 1) + m] += dv[15 * a + 5 * c + 2 + m];
      }
  expect_near(found, expected, 1e-6, "vectors");
  expect_near(found_dt, expected_dt, 1e-6, "dL/dT");
}

class AtomicOutputs : public testing::TestWithParam<Contraction> {};

TEST_P(AtomicOutputs, AreTheFormulaAndItsSlopes) {
  Space const space;
  Random random(8);
  constexpr std::size_t channels = 3;
  Contraction const contraction = GetParam();
  std::size_t const ny = contraction == Contraction::none   ? 4
                         : contraction == Contraction::full ? 9
                                                            : 3,
                    nv = contraction == Contraction::none ? 0 : 9,
                    components = contraction == Contraction::none     ? 4
                                 : contraction == Contraction::vector ? 3
                                                                      : 9;
  Outputs outputs;
  outputs.quantity.components = static_cast<int>(components);
  outputs.contraction = contraction;
  outputs.channels = static_cast<int>(channels);
  for (int t = 0; t < 3; ++t) outputs.shift.push_back(random(components));
  Cluster const cluster(random, 13, 2);
  Stage stage = cluster.stage();
  Slots slots;
  auto const y = slots.add<NetOutputs<Space>>();
  auto const v = slots.add<VectorRows<Space>>();
  AtomicOutput<Space> const block(space, outputs, y, v, false);
  Arena arena;
  int const type = 1;
  auto const tile = stage.tile(type);
  auto const atoms = static_cast<std::size_t>(tile.atoms()), local = std::size_t{13};
  Kokkos::View<double**, Kokkos::LayoutRight, Space> const found("found", local, components),
      cotangent("cotangent", local, components);
  Numbers const w = random(local * components);
  fill(cotangent, w);
  auto step = stage.step();
  step.output.atom_output = found;
  step.output.cotangent = cotangent;
  // y of all atoms, then v of all.
  auto const forward = [&](Numbers const& x) {
    arena[y].y = arena[y].memory.get(space, atoms, ny);
    fill(arena[y].y, x);
    arena[v].value = arena[v].memory.get(space, nv > 0 ? atoms : 0, nv);
    fill(arena[v].value, Numbers(x.begin() + static_cast<std::ptrdiff_t>(atoms * ny), x.end()));
    Kokkos::deep_copy(found, 0.0);
    EXPECT_TRUE(block.forward(space, step, tile, arena));
    Numbers result, all = numbers_of(found);
    for (int i : stage.atoms(type))
      for (std::size_t c = 0; c < components; ++c)
        result.push_back(all[static_cast<std::size_t>(i) * components + c]);
    return result;
  };
  auto const plain = [&](Numbers const& x) {
    Numbers result;
    for (std::size_t a = 0; a < atoms; ++a) {
      double const *const ya = &x[a * ny], *const va = x.data() + atoms * ny + a * nv;
      Numbers out = outputs.shift[1];
      auto const vector = [&](std::size_t m, std::size_t c) { return va[c * channels + m]; };
      for (std::size_t c = 0; c < components; ++c) {
        if (contraction == Contraction::none) out[c] += ya[c];
        for (std::size_t m = 0; m < channels; ++m) {
          if (contraction == Contraction::vector) out[c] += ya[m] * vector(m, c);
          if (contraction == Contraction::diagonal) out[c] += ya[m] * vector(m, c / 3) * vector(m, c % 3);
          for (std::size_t n = 0; n < channels && contraction == Contraction::full; ++n)
            out[c] += (ya[m * channels + n] + ya[n * channels + m]) / 2 * vector(m, c / 3) * vector(n, c % 3);
        }
      }
      result.insert(result.end(), out.begin(), out.end());
    }
    return result;
  };
  Numbers seed;
  for (int i : stage.atoms(type))
    for (std::size_t c = 0; c < components; ++c)
      seed.push_back(w[static_cast<std::size_t>(i) * components + c]);
  compare<Form<Double, Loops>>(random(atoms * (ny + nv)), seed, forward, plain, [&] {
    block.adjoint(space, step, tile, arena);
    Numbers result = numbers_of(arena[y].dy), of_vectors;
    if (nv > 0) of_vectors = numbers_of(arena[v].adjoint);
    result.insert(result.end(), of_vectors.begin(), of_vectors.end());
    return result;
  });
}

INSTANTIATE_TEST_SUITE_P(Contractions, AtomicOutputs,
                         testing::Values(Contraction::none, Contraction::vector, Contraction::diagonal,
                                         Contraction::full));

/// Whoever asks for derivatives alone is told too that numbers were beyond the range of Half.
TEST(AtomicOutput, ReportsNumbersBeyondHalfWithoutAnOutput) {
  Space const space;
  Random random(9);
  Outputs outputs;
  outputs.shift.assign(3, {0.0});
  Cluster const cluster(random, 13, 2);
  Stage stage = cluster.stage();
  Slots slots;
  auto const y = slots.add<NetOutputs<Space>>();
  auto const v = slots.add<VectorRows<Space>>();
  Arena arena;
  auto const tile = stage.tile(1);
  auto const atoms = static_cast<std::size_t>(tile.atoms());
  auto const complaint = [&](bool half, double last) -> std::string {
    AtomicOutput<Space> const block(space, outputs, y, v, half);
    Numbers numbers(atoms, 1.0);
    numbers.back() = last;
    arena[y].y = arena[y].memory.get(space, atoms, 1);
    fill(arena[y].y, numbers);
    EXPECT_FALSE(stage.step().output.atom_output.data());
    EXPECT_TRUE(block.forward(space, stage.step(), tile, arena));
    stage.report.fetch(space);
    try {
      stage.report.check(3, 13);
    } catch (Error const& error) {
      return error.what();
    }
    return "nothing";
  };
  EXPECT_EQ(complaint(true, 1.0), "nothing");
  EXPECT_EQ(complaint(false, NAN), "nothing");
  std::string const found = complaint(true, NAN);
  EXPECT_EQ(found.rfind("atom " + std::to_string(stage.atoms(1).back() + 1) + ": numbers in its nets", 0), 0u)
      << found;
}

}  // namespace
}  // namespace dp::test
