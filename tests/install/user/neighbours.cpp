// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// What a host program needs that fills a Model by itself: no reader of files.
#include <cstdio>
#include <dp/dp.hpp>

int main(int argc, char* argv[]) {
  Kokkos::ScopeGuard const guard(argc, argv);
  using Space = Kokkos::DefaultExecutionSpace;
  Space const space;
  auto const x = dp::to_space<double>(space, "x", std::vector{0.0, 0.0, 0.0, 1.0, 0.0, 0.0});
  dp::NeighborCells<> cells;
  cells.build(space, dp::Matrix<double const, Space>(x.data(), 2, 3), 2, 1.5);
  auto const starts = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), cells.list().starts);
  std::printf("neighbours: %d and %d\n", int(starts(1)), int(starts(2) - starts(1)));
  return starts(1) == 1 && starts(2) == 2 ? 0 : 1;
}
