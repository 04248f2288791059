// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <chrono>
#include <ctime>
#include <dp/compiled/extern.hpp>
#include <dp/io/read_model.hpp>
#include <random>
#include <string>
#include <vector>

#include "../tests/support/frames.hpp"
#include "../tests/support/source_folder.hpp"
#include "../tests/support/transform.hpp"

/// The systems that are measured: the trained models on replicated cells.
namespace dp::bench {

using Space = Kokkos::DefaultExecutionSpace;

inline constexpr double skin = 2.0;  // Angstrom, as in dp-md

struct System {
  char const* name;
  int atoms;
};
inline constexpr System systems[] = {{"water", 192},  {"water", 1536},  {"water", 12288},
                                     {"copper", 256}, {"copper", 1536}, {"copper", 12288}};

inline test::Frame structure(System const& system) {
  if (std::string(system.name) == "water") {
    auto const cell = test::read_frames(test::source_folder() + "/tests/data/water/reference.json").front();
    int const n = system.atoms == 192 ? 1 : system.atoms == 1536 ? 2 : 4;
    return test::replicated(cell, {n, n, n});
  }
  double const a = 3.615;  // fcc
  test::Frame cell;
  cell.box = {a, 0, 0, 0, a, 0, 0, 0, a};
  cell.positions = {0, 0, 0, 0, a / 2, a / 2, a / 2, 0, a / 2, a / 2, a / 2, 0};
  cell.types = {0, 0, 0, 0};
  int const n = system.atoms == 256 ? 4 : system.atoms == 1536 ? 8 : 16;
  auto result = test::replicated(cell, {system.atoms == 256 ? 4 : 3 * n / 4, n, n});
  std::mt19937 random(1);
  for (double& x : result.positions) x += 0.1 * (static_cast<double>(random()) * 0x1p-32 - 0.5);
  return result;
}

inline Model model(System const& system) {
  bool const water = std::string(system.name) == "water";
  return read_model(test::source_folder() +
                    (water ? "/examples/water/water.dp" : "/tests/data/copper/copper.dp"));
}

/// A system on `Space`, with images and a neighbour list as dp-md holds them between rebuilds.
struct Atoms {
  explicit Atoms(System const& system, double cutoff) : frame(structure(system)), reach(cutoff + skin) {
    positions = to_space<double>(Space(), "positions", frame.positions);
    types = to_space<int>(Space(), "types", frame.types);
    rebuild();
    force = decltype(force)("force", static_cast<std::size_t>(images.atoms()));
  }
  void rebuild() {
    Space const space;
    images.build(space, Matrix<double const, Space>(positions.data(), frame.atoms(), 3), types,
                 Box(frame.box), reach);
    cells.build(space, images.positions(), images.local(), reach);
    space.fence();
  }
  Configuration<Space> configuration() const { return {images.positions(), images.types(), images.local()}; }
  Output<Space> output() const { return {.energy = energy, .force = force, .virial = virial}; }

  test::Frame frame;
  double reach;
  PeriodicImages<Space> images;
  NeighborCells<Space> cells;
  Kokkos::View<double*, Space> positions;
  Kokkos::View<int*, Space> types;
  Kokkos::View<double, Space> energy{"energy"};
  Kokkos::View<double*, Space> virial{"virial", 9};
  Kokkos::View<double* [3], Kokkos::LayoutRight, Space> force;
};

/// Of a clock on the wall, and of the processors: the latter says more where other programs run too.
struct Seconds {
  double wall = 0.0, processors = 0.0;

  static Seconds now() {
    return {std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(),
            static_cast<double>(std::clock()) / CLOCKS_PER_SEC};
  }
  Seconds& operator+=(Seconds const& more) {
    wall += more.wall;
    processors += more.processors;
    return *this;
  }
  Seconds operator-(Seconds const& begin) const { return {wall - begin.wall, processors - begin.processors}; }
};

/// Time of `work`, with fences at both ends.
template <class Body>
Seconds seconds(Body const& work) {
  Space().fence();
  auto const begin = Seconds::now();
  work();
  Space().fence();
  return Seconds::now() - begin;
}

/// Few iterations of large systems: a step of 12,288 atoms takes seconds.
inline int iterations(System const& system) {
  return system.atoms < 1000 ? 20 : system.atoms < 10000 ? 3 : 1;
}

template <class Precision>
std::string label(System const& system, std::string const& what) {
  return std::string(system.name) + "/" + std::to_string(system.atoms) + "/" + Precision::name + "/" + what;
}

}  // namespace dp::bench
