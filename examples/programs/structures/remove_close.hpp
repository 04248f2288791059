// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <utility>

#include "structures/lattice.hpp"

namespace structures {

/// Takes atoms away until no two are nearer than `nearest` (Angstrom) in a periodic rectangular box; of a
/// pair the first stays. Atoms are kept in cells no smaller than `nearest`: the time is proportional to their
/// number. \throws dp::Error where the box has not room for three such cells each way
inline void remove_close(Atoms& atoms, double nearest) {
  Vector3 const edge = {atoms.box.h[0], atoms.box.h[4], atoms.box.h[8]};
  double const cells_wanted = edge[0] / nearest * (edge[1] / nearest) * (edge[2] / nearest);
  // More cells than some times the atoms would only cost memory.
  double const shrink = std::min(1.0, std::cbrt(4.0 * static_cast<double>(atoms.size()) / cells_wanted));
  std::array<std::int64_t, 3> cells{};
  for (std::size_t k = 0; k < 3; ++k) {
    if (edge[k] < 3.0 * nearest)
      dp::fail("box: expected edges of at least three times the ", nearest, " Angstrom between atoms, found ",
               edge[k]);
    cells[k] = std::max<std::int64_t>(3, static_cast<std::int64_t>(edge[k] / nearest * shrink));
  }
  std::vector<int> first(static_cast<std::size_t>(cells[0] * cells[1] * cells[2]), -1),
      next(atoms.size(), -1);
  auto const cell_of = [&](std::size_t i, std::size_t k) {
    auto const c =
        static_cast<std::int64_t>(atoms.positions[3 * i + k] / edge[k] * static_cast<double>(cells[k]));
    return std::clamp<std::int64_t>(c, 0, cells[k] - 1);
  };
  auto const number = [&](std::int64_t a, std::int64_t b, std::int64_t c) {
    auto const in = [&](std::int64_t m, std::size_t k) { return (m + cells[k]) % cells[k]; };
    return static_cast<std::size_t>((in(a, 0) * cells[1] + in(b, 1)) * cells[2] + in(c, 2));
  };
  auto const near = [&](std::size_t i, std::size_t j) {
    double square = 0.0;
    for (std::size_t k = 0; k < 3; ++k) {
      double d = atoms.positions[3 * i + k] - atoms.positions[3 * j + k];
      d -= edge[k] * std::round(d / edge[k]);
      square += d * d;
    }
    return square < nearest * nearest;
  };
  std::vector<bool> stays(atoms.size(), true);
  for (std::size_t i = 0; i < atoms.size(); ++i) {
    std::int64_t const a = cell_of(i, 0), b = cell_of(i, 1), c = cell_of(i, 2);
    for (std::int64_t n = 0; n < 27 && stays[i]; ++n)
      for (int j = first[number(a + n / 9 - 1, b + n / 3 % 3 - 1, c + n % 3 - 1)]; j >= 0 && stays[i];
           j = next[static_cast<std::size_t>(j)])
        stays[i] = !near(i, static_cast<std::size_t>(j));
    if (!stays[i]) continue;
    int& head = first[number(a, b, c)];
    next[i] = std::exchange(head, static_cast<int>(i));
  }
  keep_if(atoms, [&](std::size_t i) { return stays[i]; });
}

}  // namespace structures
