// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "structures/lattice.hpp"

namespace structures {

/// Copies along the box vectors, first copy first.
inline void replicate(Atoms& atoms, std::array<std::int64_t, 3> const& copies) {
  dp::Box const cell = atoms.box;
  std::size_t const n = atoms.size();
  for (std::size_t v = 0; v < 3; ++v) {
    if (copies[v] > 1 && !cell.periodic[v]) dp::fail("size: the cell is not periodic along vector ", v + 1);
    for (std::size_t k = 0; k < 3; ++k) atoms.box.h[3 * v + k] *= static_cast<double>(copies[v]);
  }
  for (std::int64_t c = 1; c < copies[0] * copies[1] * copies[2]; ++c) {
    Vector3 const shift =
        cartesian(cell, {static_cast<double>(c % copies[0]), static_cast<double>(c / copies[0] % copies[1]),
                         static_cast<double>(c / copies[0] / copies[1])});
    for (std::size_t i = 0; i < n; ++i)
      append(atoms, atoms.kinds[i],
             {atoms.positions[3 * i] + shift[0], atoms.positions[3 * i + 1] + shift[1],
              atoms.positions[3 * i + 2] + shift[2]});
    for (std::size_t k = 0; k < 3 * n && !atoms.velocities.empty(); ++k)
      atoms.velocities.push_back(double(atoms.velocities[k]));
  }
}

/// Lengthens the third box vector by a vacuum of this width (Angstrom) between surfaces.
inline void add_vacuum(Atoms& atoms, double width) {
  if (atoms.box.volume() == 0.0) dp::fail("vacuum: expected a cell of three vectors, found one that is zero");
  double const scale = 1.0 + width / atoms.box.widths()[2];
  for (std::size_t k = 6; k < 9; ++k) atoms.box.h[k] *= scale;
}

/// Takes `count` atoms away, chosen at random.
inline void make_vacancies(Atoms& atoms, std::int64_t count, std::uint64_t seed) {
  auto const n = static_cast<std::int64_t>(atoms.size());
  if (count > n) dp::fail("vacancies: expected at most ", n, " (all atoms), found ", count);
  std::vector<bool> gone(atoms.size());
  for (std::int64_t j = n - count; j < n; ++j) {  // Floyd's sampling without repetition
    double const u = uniform4(seed, Purpose::vacancy, static_cast<std::uint64_t>(j))[0];
    auto const drawn = static_cast<std::size_t>(u * static_cast<double>(j + 1));
    gone[gone[drawn] ? static_cast<std::size_t>(j) : drawn] = true;
  }
  keep_if(atoms, [&](std::size_t i) { return !gone[i]; });
}

/// Moves each coordinate by a normally distributed length with this standard deviation (Angstrom).
inline void displace(Atoms& atoms, double deviation, std::uint64_t seed) {
  for (std::size_t i = 0; i < atoms.size(); ++i) {
    auto const normal = md::normal3(seed, static_cast<std::uint64_t>(Purpose::displacement), i);
    for (std::size_t k = 0; k < 3; ++k) atoms.positions[3 * i + k] += deviation * normal[k];
  }
}

}  // namespace structures
