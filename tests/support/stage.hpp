// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <dp/core/half.hpp>
#include <dp/core/kernels.hpp>
#include <dp/core/precision.hpp>
#include <dp/program/network.hpp>
#include <dp/step/report.hpp>
#include <dp/step/step.hpp>
#include <memory>
#include <numeric>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

#include "evaluate.hpp"
#include "plain_network.hpp"

/// What tests of single blocks share: networks of random numbers, steps of a few atoms, and the comparison of
/// a block with plain loops.
namespace dp::test {

using Space = Kokkos::DefaultExecutionSpace;
using Numbers = std::vector<double>;

/// How a block is compiled, and how far it may be from plain loops in double, relative to the largest number
/// where that is above 1.
template <class P, class K>
struct Form {
  using Precision = P;
  using Kernels = K;
  static constexpr double tolerance = std::is_same_v<P, Double> ? 1e-12 : is_mixed<P> ? 1e-2 : 2e-5;
};

/// Some numbers in float, all else in double.
template <class K>
struct Graded : Form<Double, K> {
  static constexpr double tolerance = 1e-6;
};

/// Whether teams of this size run: the serial space has teams of one thread.
template <class Kernels>
bool fits() {
  if constexpr (std::is_same_v<Kernels, Loops>)
    return true;
  else
    return !is_host_space<Space> || Space().concurrency() >= Kernels::threads;
}

/// Tests that are typed over Forms.
template <class F>
class Formed : public testing::Test {
 protected:
  void SetUp() override {
    if (!fits<typename F::Kernels>()) GTEST_SKIP() << "needs more threads";
  }
};

#ifdef KOKKOS_ENABLE_OPENMP
template <class... More>
using Forms = testing::Types<Form<Double, Loops>, Form<Mix32, Loops>, Form<Double, Teams<1>>,
                             Form<Mix32, Teams<1>>, Form<Double, Teams<2>>, More...>;
#else
template <class... More>
using Forms = testing::Types<Form<Double, Loops>, Form<Mix32, Loops>, Form<Double, Teams<1>>,
                             Form<Mix32, Teams<1>>, More...>;
#endif
using Precisions = testing::Types<Form<Double, Loops>, Form<Mix32, Loops>, Form<Mix16, Loops>>;

/// Numbers between -1 and 1, the same in each run.
class Random {
 public:
  explicit Random(unsigned seed) : m_engine(seed) {}
  double operator()() { return static_cast<double>(m_engine()) / 2147483648.0 - 1.0; }
  Numbers operator()(std::size_t n) {
    Numbers result(n);
    for (double& x : result) x = (*this)();
    return result;
  }

 private:
  std::mt19937 m_engine;
};

/// The entries of a View, row by row: `count` columns from `first` on, or all.
template <class View>
Numbers numbers_of(View const& view, std::size_t first = 0, std::size_t count = SIZE_MAX) {
  using T = typename View::non_const_value_type;
  auto const number = [](T x) {
    if constexpr (std::is_integral_v<T>)
      return static_cast<double>(x);
    else
      return static_cast<double>(widened<ArithmeticOf<T>>(x));
  };
  Space().fence();
  auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), view);
  Numbers result;
  for (std::size_t i = 0; i < view.extent(0); ++i)
    if constexpr (View::rank == 1)
      result.push_back(number(host(i)));
    else
      for (std::size_t k = first; k < view.extent(1) && k - first < count; ++k)
        result.push_back(number(host(i, k)));
  return result;
}

/// Fills a View, row by row.
template <class View>
void fill(View const& view, Numbers const& values) {
  using T = typename View::non_const_value_type;
  auto const host = Kokkos::create_mirror_view(Kokkos::HostSpace(), view);
  for (std::size_t i = 0, n = 0; i < view.extent(0); ++i)
    for (std::size_t k = 0; k < view.extent(1); ++k)
      host(i, k) = narrowed<T>(static_cast<ArithmeticOf<T>>(values.at(n++)));
  Kokkos::deep_copy(view, host);
}

/// Fails unless all numbers agree; see Form::tolerance.
inline void expect_near(Numbers const& found, Numbers const& expected, double tolerance, char const* what) {
  double scale = 1.0;
  for (double x : expected) scale = std::max(scale, std::abs(x));
  EXPECT_EQ(found.size(), expected.size()) << what;
  EXPECT_LE(largest_difference(found, expected), tolerance * scale) << what;
}

/// The derivatives of a function of `x`, by central differences of sixth order.
template <class Function>
Numbers slopes(Numbers x, Function const& function) {
  constexpr double h = 1e-3, weights[] = {45.0, -9.0, 1.0};
  Numbers result;
  for (double& entry : x) {
    double const at = entry;
    double sum = 0.0;
    for (int k = 1; k <= 3; ++k) {
      entry = at + k * h;
      double const up = function(x);
      entry = at - k * h;
      sum += weights[k - 1] * (up - function(x));
    }
    entry = at;
    result.push_back(sum / (60.0 * h));
  }
  return result;
}

/// Compares a block with plain loops: `forward` and `plain` give its numbers for an input, `adjoint` the
/// derivatives of (seed . numbers) after that, which must be the slopes of both.
template <class F, class Forward, class Plain, class Adjoint>
void compare(Numbers const& x, Numbers const& seed, Forward const& forward, Plain const& plain,
             Adjoint const& adjoint) {
  auto const along = [&](auto const& function) {
    return [&](Numbers const& at) {
      Numbers const y = function(at);
      return std::inner_product(y.begin(), y.end(), seed.begin(), 0.0);
    };
  };
  expect_near(forward(x), plain(x), F::tolerance, "forward");
  Numbers const found = adjoint();
  double const tolerance = std::max(F::tolerance, 1e-9);
  expect_near(found, slopes(x, along(plain)), tolerance, "adjoint, and differences of the plain loops");
  if constexpr (F::tolerance < 1e-9)  // nothing is in float
    expect_near(found, slopes(x, along(forward)), tolerance, "adjoint, and differences of forward");
}

/// A tanh net with random weights; layers skip where their widths fit.
inline Net random_net(Random& random, std::vector<int> const& widths) {
  Net net;
  for (std::size_t l = 0; l + 1 < widths.size(); ++l) {
    Layer layer;
    layer.inputs = widths[l];
    layer.outputs = widths[l + 1];
    layer.activation = Activation::tanh;
    layer.weight = random(static_cast<std::size_t>(widths[l] * widths[l + 1]));
    layer.bias = random(static_cast<std::size_t>(widths[l + 1]));
    if (layer.outputs == layer.inputs) layer.skip = Skip::identity;
    if (layer.outputs == 2 * layer.inputs) layer.skip = Skip::doubled;
    net.layers.push_back(layer);
  }
  return net;
}

/// Three types and one chain of random nets, without pads and without fitting nets.
inline Network random_network(Random& random, int components, int axis) {
  Network network;
  network.source = "test";
  network.type_map = {"A", "B", "C"};
  network.atom_excluded.assign(3, 0);
  network.pair_excluded.assign(9, 0);
  Chain chain;
  chain.components = components;
  chain.rcut = 4.0;
  chain.rcut_smth = 1.1;
  chain.protection = 0.02;
  chain.sel = {6, 5, 7};
  chain.scale = 0.3;
  chain.width = 6;
  chain.axis_neuron = axis;
  chain.excluded.assign(9, 0);
  for (int pair = 0; pair < 9; ++pair) {
    chain.mean.push_back({0.2 * random(), 0.1 * random(), 0.1 * random(), 0.1 * random()});
    chain.stddev.push_back({0.6 + 0.2 * random(), 0.4, 0.4, 0.4 + 0.1 * random()});
    // Every other one too wide for NarrowNet.
    chain.functions.emplace_back().net =
        std::make_shared<Net const>(random_net(random, {1, pair % 2 == 0 ? 3 : 12, 6}));
  }
  chain.absent.resize(9);
  chain.present.resize(9);
  network.chains = {chain};
  return network;
}

/// The row ~r that a displacement makes, by the formula.
inline std::array<double, 4> plain_row(Chain const& chain, std::size_t pair, double const* d) {
  double const r = std::hypot(d[0], d[1], d[2]), w = plain_switch(chain, r), q = 1.0 / (r + chain.protection);
  std::array<double, 4> row = {w * q, w * q * q * d[0], w * q * q * d[1], w * q * q * d[2]};
  for (std::size_t c = 0; c < 4; ++c) row[c] = (row[c] - chain.mean[pair][c]) / chain.stddev[pair][c];
  for (std::size_t c = static_cast<std::size_t>(chain.components); c < 4; ++c) row[c] = 0.0;
  return row;
}

/// A few atoms with a neighbour list, and what a step has besides.
class Stage {
 public:
  Stage(Numbers const& positions, std::vector<int> const& types, std::int64_t local, Neighbors const& list)
      : memory(local, static_cast<std::int64_t>(types.size())),
        m_types(types),
        m_positions("positions", types.size(), 3),
        m_types_on_space(device_copy<int, Space>(types)),
        m_list(list) {
    for (auto const& row : list) m_longest = std::max(m_longest, static_cast<std::int64_t>(row.size()));
    report.reserve(Space(), 1);  // before steps know where it is
    move(positions);
  }

  /// Other positions, and results that are zero.
  void move(Numbers const& positions) {
    fill(m_positions, positions);
    auto const all = memory.all();
    Kokkos::deep_copy(all.energy, 0.0);
    Kokkos::deep_copy(all.atom_energy, 0.0);
    Kokkos::deep_copy(all.force, 0.0);
    Kokkos::deep_copy(all.virial, 0.0);
    Kokkos::deep_copy(all.atom_virial, 0.0);
  }

  Configuration<Space> configuration() const {
    return {m_positions, m_types_on_space, static_cast<std::int64_t>(memory.atom_energy.extent(0))};
  }
  NeighborList<Space> list() const { return m_list.list(); }
  Step<Space> step() const { return {configuration(), list(), memory.all(), report.values()}; }

  /// The local atoms of a type, one after the other.
  std::vector<int> atoms(int type) const {
    std::vector<int> result;
    for (std::size_t i = 0; i < memory.atom_energy.extent(0); ++i)
      if (m_types[i] == type) result.push_back(static_cast<int>(i));
    return result;
  }
  /// The tile of them; the last one that was asked for stays valid.
  Tile<Space> tile(int type) {
    auto const centres = atoms(type);
    m_centres = device_copy<int, Space>(centres);
    m_rows = device_copy<std::int64_t, Space>(std::vector<std::int64_t>(centres.begin(), centres.end()));
    return {type, m_rows, m_centres, m_longest, 0, report.flags(0, 1)};
  }

  Memory<Space> memory;
  Report<Space> report{Space()};

 private:
  std::vector<int> m_types;
  Kokkos::View<double* [3], Kokkos::LayoutRight, typename Space::memory_space> m_positions;
  Kokkos::View<int*, typename Space::memory_space> m_types_on_space, m_centres;
  Kokkos::View<std::int64_t*, typename Space::memory_space> m_rows;
  ListMemory<Space> m_list;
  std::int64_t m_longest = 0;
};

/// Atoms on a distorted lattice of 1.5 A of three types; the last `ghosts` of them are not
/// local. All are in the list of all.
struct Cluster {
  Numbers positions;
  std::vector<int> types;
  std::int64_t local;
  Neighbors list;

  Cluster(Random& random, int atoms, int ghosts)
      : local(atoms - ghosts), list(static_cast<std::size_t>(local)) {
    for (int i = 0; i < atoms; ++i) {
      for (int k : {i % 3, i / 3 % 3, i / 9}) positions.push_back(1.5 * k + 0.3 * random());
      types.push_back((i + i / 3) % 3);
    }
    for (std::size_t i = 0; i < list.size(); ++i)
      for (int j = 0; j < atoms; ++j)
        if (j != static_cast<int>(i)) list[i].push_back(j);
  }
  Stage stage() const { return Stage(positions, types, local, list); }
};

}  // namespace dp::test
