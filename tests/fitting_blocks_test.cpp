// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// What the fitting nets read besides descriptors, and the fitting nets, alone, against plain loops.

#include <gtest/gtest.h>

#include <dp/blocks/fitting_net.hpp>
#include <dp/blocks/parameters.hpp>
#include <dp/core/buffer.hpp>
#include <vector>

#include "support/stage.hpp"

namespace dp::test {
namespace {

template <class F>
class FittingBlocks : public Formed<F> {};
TYPED_TEST_SUITE(FittingBlocks, Precisions);

/// As on devices: energies of 5 atoms, set and then taken away again but for a shift.
TYPED_TEST(FittingBlocks, LastLayerByTeams) {
  using T = typename TypeParam::Precision::Net;
  using Stored = typename TypeParam::Precision::Stored;
  using ByTeams = detail::LastLayerByTeams<Space, T, Stored>;
  Space const space;
  Random random(6);
  Buffer<Stored, Space> inputs("inputs");
  Buffer<T, Space> weights("weights"), biases("biases");
  Buffer<double, Space> energies("energies");
  auto const x = inputs.get(space, 5, 43);
  auto const w = weights.get(space, 1, 43), b = biases.get(space, 1, 1);
  fill(x, random(5 * 43));
  fill(w, random(43));
  fill(b, {0.5});
  Numbers const value = numbers_of(x), weight = numbers_of(w);
  Numbers expected(5, 0.5 + 0.25);
  for (std::size_t a = 0; a < 5; ++a)
    for (std::size_t k = 0; k < 43; ++k) expected[a] += value[43 * a + k] * weight[k];
  auto const energy = energies.get(space, 5);
  for (double sign : {1.0, -1.0}) {
    ByTeams const kernel{
        {x, Vector<T const, Space>(w.data(), 43), Vector<T const, Space>(b.data(), 1), sign, 0.25, energy}};
    Kokkos::parallel_for("LastLayerByTeams", detail::vector_policy<Teams<1>, ByTeams::vector>(space, 5),
                         kernel);
    expect_near(numbers_of(energy), sign > 0 ? expected : Numbers(5, 0.5), 1e-14, "energies");
  }
}

TYPED_TEST(FittingBlocks, Parameters) {
  using P = typename TypeParam::Precision;
  Space const space;
  FittingNets fitting;
  fitting.fparam_mean = {0.5, -1.0};
  fitting.fparam_inverse_std = {2.0, 0.25};
  fitting.default_fparam = {4.0, 5.0};
  fitting.aparam_mean = {1.5};
  fitting.aparam_inverse_std = {3.0};
  fitting.constants = {{0.125}, {0.25, 8.0}};
  std::vector<FittingLayout> const layouts = {
      {.chains = {}, .constant_columns = {0}, .parameters = 2, .columns = 5},
      {.chains = {}, .constant_columns = {1, 6}, .parameters = 3, .columns = 7}};
  Stage stage(Numbers(15, 0.0), {0, 1, 1, 0, 1}, 5, Neighbors(5));
  auto const fparam = device_copy<double, Space>(Numbers{2.0, 3.0}),
             aparam = device_copy<double, Space>(Numbers{1.0, 2.0, 3.0, 4.0, 5.0});
  for (bool given : {true, false})
    for (bool mask : {true, false}) {
      fitting.aparam_is_mask = mask;
      Slots slots;
      Parameters<Space, P> const block(space, fitting, layouts, slots);
      for (int type : {0, 1}) {
        auto step = stage.step();
        if (given) step.configuration.fparam = fparam;
        step.configuration.aparam = Matrix<double const, Space>(aparam.data(), 5, 1);
        Arena arena;
        auto const tile = stage.tile(type);
        auto& input = arena[block.input()];
        auto const columns = static_cast<std::size_t>(layouts[static_cast<std::size_t>(type)].columns);
        fill(input.memory.get(space, static_cast<std::size_t>(tile.atoms()), columns), Numbers(50, 9.0));
        ASSERT_TRUE(block.forward(space, step, tile, arena));
        Numbers expected;
        for (int i : stage.atoms(type)) {
          Numbers row(columns, 9.0);
          double const f[] = {given ? 2.0 : 4.0, given ? 3.0 : 5.0};
          row[type == 0 ? 2 : 3] = (f[0] - 0.5) * 2.0;
          row[type == 0 ? 3 : 4] = (f[1] + 1.0) * 0.25;
          if (!mask) row[type == 0 ? 4 : 5] = (i + 1.0 - 1.5) * 3.0;
          type == 0 ? row[0] = 0.125 : (row[1] = 0.25, row[6] = 8.0);
          expected.insert(expected.end(), row.begin(), row.end());
        }
        EXPECT_EQ(numbers_of(input.x), expected);  // all fit 16 bits
      }
    }
}

/// A net, timesteps and all, of which the value without descriptor may be subtracted.
TYPED_TEST(FittingBlocks, FittingNet) {
  using P = typename TypeParam::Precision;
  Space const space;
  Random random(5);
  Network network = random_network(random, 4, 2);
  network.fitting.bias = {1.0, -2.5, 3.0};
  network.fitting.vacuum_removed = {0, 1, 0};
  std::vector<std::shared_ptr<Net const>> nets;
  for (int t = 0; t < 3; ++t) {
    Net net = random_net(random, t == 0 ? std::vector{7, 1} : std::vector{7, 5, 5, 10, 10, 1});
    net.layers.back().activation = Activation::linear;
    net.layers.back().skip = Skip::none;
    if (t == 1) net.layers[2].timestep = random(10);
    if (t == 2) net.layers[0].bias.clear();
    for (Layer& layer : net.layers)
      for (double& w : layer.weight) w *= 0.5;
    nets.push_back(std::make_shared<Net const>(net));
  }
  FittingLayout layout;
  layout.parameters = 5;
  layout.columns = 7;
  Cluster const cluster(random, 13, 2);
  Stage stage = cluster.stage();
  for (int type = 0; type < 3; ++type) {
    SCOPED_TRACE("type " + std::to_string(type));
    Slots slots;
    auto const input = slots.add<FittingInput<Space, P>>();
    Arena arena;
    FittingNet<Space, P> const block(space, network, nets, {layout, layout, layout}, input, slots);
    auto const tile = stage.tile(type);
    auto const atoms = static_cast<std::size_t>(tile.atoms());
    Net const& net = *nets[static_cast<std::size_t>(type)];
    auto const forward = [&](Numbers const& x) {
      stage.move(cluster.positions);
      arena[input].x = arena[input].memory.get(space, atoms, 7);
      fill(arena[input].x, x);
      EXPECT_TRUE(block.forward(space, stage.step(), tile, arena));
      auto const results = stage.memory.results();
      double sum = 0.0;
      for (double e : results.atom_energy) sum += e;
      EXPECT_NEAR(results.energy, sum, 1e-13 * std::max(1.0, std::abs(sum)));
      Numbers energies;
      for (int i : stage.atoms(type)) energies.push_back(results.atom_energy[static_cast<std::size_t>(i)]);
      return energies;
    };
    auto const plain = [&](Numbers const& x) {
      Numbers energies;
      for (std::size_t a = 0; a < atoms; ++a) {
        Numbers row(&x[7 * a], &x[7 * a] + 7);
        energies.push_back(values_of(net, row)[0] + network.fitting.bias[static_cast<std::size_t>(type)]);
        if (type != 1) continue;
        std::fill(row.begin(), row.begin() + 5, 0.0);
        energies.back() -= values_of(net, row)[0];
      }
      return energies;
    };
    // The parameters of a net whose vacuum is removed are the same in both of its terms, and its slopes there
    // are not asked for.
    std::size_t const moving = type == 1 ? 5 : 7;
    Numbers const x = random(atoms * 7), seed(atoms, 1.0);
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
          block.adjoint(space, stage.step(), tile, arena);
          return numbers_of(arena[input].dx, 0, moving);
        });
  }
}

/// Some inputs of the first layer and the products of hidden layers in float, all else in double.
TEST(GradedFittingNets, SingleInputsAndHiddenLayers) {
  Space const space;
  Random random(9);
  Network network = random_network(random, 4, 2);
  network.fitting.bias = {1.0, -2.5, 3.0};
  network.fitting.vacuum_removed = {0, 0, 0};
  Net net = random_net(random, {10, 5, 5, 10, 1});
  net.layers.back().activation = Activation::linear;
  net.layers.back().skip = Skip::none;
  net.layers[1].timestep = random(5);
  auto const shared = std::make_shared<Net const>(net);
  Cluster const cluster(random, 13, 2);
  Stage stage = cluster.stage();
  for (int single : {0, 4, 10})
    for (bool hidden : {false, true}) {
      SCOPED_TRACE(std::to_string(single) + (hidden ? " inputs, hidden layers" : " inputs"));
      FittingLayout layout;
      layout.parameters = layout.columns = 10 - single;
      layout.single = single;
      auto const columns = static_cast<std::size_t>(layout.columns), in_float = std::size_t(10) - columns;
      Slots slots;
      auto const input = slots.add<FittingInput<Space, Double>>();
      Arena arena;
      FittingNet<Space, Double> const block(space, network, {shared, shared, shared},
                                            {layout, layout, layout}, input, slots, hidden);
      auto const tile = stage.tile(1);
      auto const atoms = static_cast<std::size_t>(tile.atoms());
      auto const part = [&](Numbers const& x, std::size_t from, std::size_t count) {
        Numbers result;
        for (std::size_t a = 0; a < atoms; ++a)
          result.insert(result.end(), &x[10 * a + from], &x[10 * a + from] + count);
        return result;
      };
      auto const forward = [&](Numbers const& x) {
        stage.move(cluster.positions);
        arena[input].x = arena[input].memory.get(space, atoms, columns);
        arena[input].single = arena[input].single_memory.get(space, atoms, in_float);
        fill(arena[input].x, part(x, 0, columns));
        fill(arena[input].single, part(x, columns, in_float));
        EXPECT_TRUE(block.forward(space, stage.step(), tile, arena));
        auto const results = stage.memory.results();
        Numbers energies;
        for (int i : stage.atoms(1)) energies.push_back(results.atom_energy[static_cast<std::size_t>(i)]);
        return energies;
      };
      auto const plain = [&](Numbers const& x) {
        Numbers energies;
        for (std::size_t a = 0; a < atoms; ++a)
          energies.push_back(values_of(net, Numbers(&x[10 * a], &x[10 * a] + 10))[0] - 2.5);
        return energies;
      };
      auto const adjoint = [&] {
        block.adjoint(space, stage.step(), tile, arena);
        Numbers const dx = numbers_of(arena[input].dx), dsingle = numbers_of(arena[input].dsingle);
        Numbers both;
        for (std::size_t a = 0; a < atoms; ++a) {
          both.insert(both.end(), &dx[columns * a], &dx[columns * a] + columns);
          both.insert(both.end(), &dsingle[in_float * a], &dsingle[in_float * a] + in_float);
        }
        return both;
      };
      Numbers const x = random(atoms * 10), seed(atoms, 1.0);
      if (single == 0 && !hidden)
        compare<Form<Double, Loops>>(x, seed, forward, plain, adjoint);
      else
        compare<Graded<Loops>>(x, seed, forward, plain, adjoint);
    }
}

}  // namespace
}  // namespace dp::test
