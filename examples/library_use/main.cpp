// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

#include <cstdio>
#include <dp/dp.hpp>
#include <dp/io/read_model.hpp>

int main(int argc, char* argv[]) {
  Kokkos::ScopeGuard const guard(argc, argv);
  using Space = Kokkos::DefaultExecutionSpace;
  Space const space;
  dp::DeepPotential<> potential(dp::read_model(argc > 1 ? argv[1] : "water.dp"));

  // A water molecule in a periodic box, Angstrom. A type is an index into the model's type map, here O, H.
  auto const x =
      dp::to_space<double>(space, "x", std::vector{0.0, 0.0, 0.0, 0.97, 0.0, 0.0, -0.24, 0.94, 0.0});
  auto const types = dp::to_space<int>(space, "types", std::vector{0, 1, 1});
  dp::Box const box({12, 0, 0, 0, 12, 0, 0, 0, 12});

  dp::PeriodicImages<> images;  // ghost atoms around the box
  images.build(space, dp::Matrix<double const, Space>(x.data(), 3, 3), types, box, potential.cutoff());
  dp::NeighborCells<> cells;  // the neighbours of each atom
  cells.build(space, images.positions(), images.local(), potential.cutoff());

  Kokkos::View<double, Space> const energy("energy");                     // eV
  Kokkos::View<double* [3], Space> const force("force", images.atoms());  // eV/Angstrom
  potential.compute(space, {images.positions(), images.types(), images.local()}, cells.list(),
                    {.energy = energy, .force = force});
  images.fold(space, force);  // what acts on an image acts on its atom

  auto const e = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), energy);
  auto const f = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), force);
  std::printf("energy %.8f eV\n", e());
  for (int i = 0; i < 3; ++i)
    std::printf("force on atom %d: %12.8f %12.8f %12.8f\n", i, f(i, 0), f(i, 1), f(i, 2));
}
