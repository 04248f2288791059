// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// The sum over charges of water by a particle mesh, for several sizes and force errors.

#include <benchmark/benchmark.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <dp/core/buffer.hpp>
#include <dp/long_range/make_charge_sum.hpp>
#include <random>
#include <sstream>
#include <vector>

namespace dp::bench {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

/// Molecules on a shaken lattice of the density of water: O 6, H 1, and -8 near O.
struct Water {
  Box box;
  std::vector<double> positions, charges;

  explicit Water(int side) {
    double const spacing = 3.105, length = side * spacing;
    box = Box({length, 0, 0, 0, length, 0, 0, 0, length});
    std::mt19937 generator(1);
    auto const random = [&] { return 2.0 * (static_cast<double>(generator()) / 4294967296.0) - 1.0; };
    for (int m = 0; m < side * side * side; ++m) {
      std::array<int, 3> const at = {m / side / side, m / side % side, m % side};
      std::array<double, 3> oxygen{}, part{};
      for (std::size_t c = 0; c < 3; ++c) oxygen[c] = (at[c] + 0.1 * random()) * spacing;
      add(oxygen, 6.0);
      for (double const distance : {1.0, 1.0, 0.4}) {
        for (double& x : part) x = random();
        double const norm = std::hypot(part[0], part[1], part[2]);
        for (std::size_t c = 0; c < 3; ++c) part[c] = oxygen[c] + part[c] * distance / norm;
        add(part, distance == 1.0 ? 1.0 : -8.0);
      }
    }
  }

 private:
  void add(std::array<double, 3> const& at, double charge) {
    positions.insert(positions.end(), at.begin(), at.end());
    charges.push_back(charge);
  }
};

void sum(benchmark::State& state, int side, double error) {
  Space const space;
  Water const water(side);
  std::size_t const n = water.charges.size();
  auto const positions = to_space<double>(space, "positions", water.positions),
             charges = to_space<double>(space, "charges", water.charges);
  Kokkos::View<double*, Space> const energy("energy", n);
  Kokkos::View<double**, Kokkos::LayoutRight, Space> const force("force", n, 3);
  Options options;
  options.long_range_error = error;
  auto const way = make_charge_sum<Space>(LongRange{nullptr, {}, {}, 0.4, 1.0}, options);
  WholeSystem const whole{water.box};
  Charges<Space> const all{Matrix<double const, Space>(positions.data(), n, 3), charges};
  ChargeResults<Space> results;
  results.energy = energy;
  results.force = force;
  way->compute(space, whole, all, results);
  for (auto _ : state) {
    way->compute(space, whole, all, results);
    space.fence();
  }
  state.SetLabel(way->description());
  state.counters["s/atom"] =
      benchmark::Counter(0.75 * static_cast<double>(n),
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

}  // namespace

/// Registers everything of this file.
void add_meshes() {
  if constexpr (has_fft<Space>)
    for (int const side : {8, 14, 29, 63})
      for (double const error : {1e-3, 5e-5, 1e-5, 1e-8}) {
        if (side > 8 && error != 5e-5) continue;
        std::ostringstream name;
        name << "mesh/" << 4 * side * side * side << '/' << error;
        benchmark::RegisterBenchmark(name.str().c_str(),
                                     [side, error](benchmark::State& state) { sum(state, side, error); });
      }
}

}  // namespace dp::bench
