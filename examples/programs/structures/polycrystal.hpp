// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "structures/remove_close.hpp"

namespace structures {

/// A polycrystal in a periodic rectangular box.
struct Polycrystal {
  Lattice lattice;
  int grains = 8;
  Vector3 edges = {100, 100, 100};  ///< Angstrom
  std::uint64_t seed = 1;
  double nearest = 2.0;  ///< of atoms of different grains, Angstrom
};

/// Half of space: the points x with normal . x <= offset, seen from the centre of a grain.
struct HalfSpace {
  Vector3 normal{};
  double offset = 0.0;  ///< Angstrom
};

/// A rotation, row-major, uniformly distributed (Shoemake 1992).
inline std::array<double, 9> random_rotation(std::uint64_t seed, std::uint64_t index) {
  auto const u = uniform4(seed, Purpose::grain_turn, index);
  double const turn = 2.0 * 3.14159265358979323846, r1 = std::sqrt(1.0 - u[0]), r2 = std::sqrt(u[0]);
  double const x = r1 * std::sin(turn * u[1]), y = r1 * std::cos(turn * u[1]), z = r2 * std::sin(turn * u[2]),
               w = r2 * std::cos(turn * u[2]);
  return {1 - 2 * (y * y + z * z), 2 * (x * y - z * w),     2 * (x * z + y * w),
          2 * (x * y + z * w),     1 - 2 * (x * x + z * z), 2 * (y * z - x * w),
          2 * (x * z - y * w),     2 * (y * z + x * w),     1 - 2 * (x * x + y * y)};
}

/// Uniformly distributed centres of the grains, Angstrom.
inline std::vector<Vector3> grain_centres(Polycrystal const& wanted) {
  std::vector<Vector3> centres;
  for (int g = 0; g < wanted.grains; ++g) {
    auto const u = uniform4(wanted.seed, Purpose::grain_place, static_cast<std::uint64_t>(g));
    centres.push_back({u[0] * wanted.edges[0], u[1] * wanted.edges[1], u[2] * wanted.edges[2]});
  }
  return centres;
}

/// The planes half-way to the other centres and all their images, nearest first: they bound the Voronoi cell
/// of grain g.
inline std::vector<HalfSpace> voronoi_cell(std::vector<Vector3> const& centres, Vector3 const& edges, int g) {
  std::vector<HalfSpace> planes;
  auto const& own = centres[static_cast<std::size_t>(g)];
  for (Vector3 const& centre : centres)
    for (int image = 0; image < 125; ++image) {
      Vector3 const to = {centre[0] - own[0] + (image / 25 - 2) * edges[0],
                          centre[1] - own[1] + (image / 5 % 5 - 2) * edges[1],
                          centre[2] - own[2] + (image % 5 - 2) * edges[2]};
      double const length = std::hypot(to[0], to[1], to[2]);
      if (length > 0.0) planes.push_back({{to[0] / length, to[1] / length, to[2] / length}, 0.5 * length});
    }
  std::sort(planes.begin(), planes.end(),
            [](HalfSpace const& a, HalfSpace const& b) { return a.offset < b.offset; });
  // No point of the cell is farther from the centre than half the diagonal of the box.
  double const reach = 0.5 * std::hypot(edges[0], edges[1], edges[2]);
  std::erase_if(planes, [&](HalfSpace const& plane) { return plane.offset > reach; });
  return planes;
}

inline double dot(Vector3 const& a, Vector3 const& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

/// Calls place(x) for the lattice points in a convex cell, x seen from its centre. Each row of the lattice is
/// cut by the planes, nearest first, which ends rows outside at once: no point outside is ever looked at.
template <class Place>
void fill_cell(Lattice const& turned, std::vector<HalfSpace> const& planes, double reach,
               Place const& place) {
  auto const& h = turned.cell.h;
  auto const widths = turned.cell.widths();
  Vector3 const along = {h[6], h[7], h[8]};
  double const square = dot(along, along);
  auto const most_i = static_cast<std::int64_t>(reach / widths[0]) + 2;
  auto const most_j = static_cast<std::int64_t>(reach / widths[1]) + 2;
  for (std::int64_t i = -most_i; i <= most_i; ++i)
    for (std::int64_t j = -most_j; j <= most_j; ++j)
      for (Vector3 const& b : turned.basis) {
        Vector3 const start =
            cartesian(turned.cell, {static_cast<double>(i) + b[0], static_cast<double>(j) + b[1], b[2]});
        double const middle = -dot(start, along) / square;
        double const rest = reach * reach - dot(start, start) + middle * middle * square;
        if (rest < 0.0) continue;
        double low = middle - std::sqrt(rest / square), high = middle + std::sqrt(rest / square);
        for (auto plane = planes.begin(); plane != planes.end() && low < high; ++plane) {
          double const slope = dot(along, plane->normal), room = plane->offset - dot(start, plane->normal);
          if (slope > 0.0) high = std::min(high, room / slope);
          if (slope < 0.0) low = std::max(low, room / slope);
          if (slope == 0.0 && room < 0.0) high = low;
        }
        for (double t = std::ceil(low); t < high; t += 1.0)
          place(Vector3{start[0] + t * along[0], start[1] + t * along[1], start[2] + t * along[2]});
      }
}

/// Grains with uniformly distributed centres and orientations: each centre's Voronoi cell is filled with the
/// turned lattice; where cells meet, atoms nearer than `nearest` to one of an earlier grain are taken away.
/// \throws dp::Error for a box that is too small, and for `nearest` beyond what the lattice has
inline Atoms polycrystal(Polycrystal const& wanted) {
  if (wanted.nearest >= nearest_distance(wanted.lattice))
    dp::fail("nearest: expected less than the ", nearest_distance(wanted.lattice),
             " Angstrom between neighbours of the lattice, found ", wanted.nearest);
  Atoms atoms;
  atoms.elements = {wanted.lattice.element};
  auto const& edges = wanted.edges;
  atoms.box = dp::Box({edges[0], 0, 0, 0, edges[1], 0, 0, 0, edges[2]});
  atoms.box.check();
  double const cell_volume = wanted.lattice.cell.volume() / static_cast<double>(wanted.lattice.basis.size());
  double const expected = atoms.box.volume() / cell_volume;
  if (expected > 0.9 * std::numeric_limits<int>::max())
    dp::fail("box: expected room for at most ", std::numeric_limits<int>::max(), " atoms, found ", expected);
  atoms.kinds.reserve(static_cast<std::size_t>(expected * 1.01));
  atoms.grains.reserve(atoms.kinds.capacity());
  atoms.positions.reserve(3 * atoms.kinds.capacity());
  double const reach = 0.5 * std::hypot(edges[0], edges[1], edges[2]);
  auto const centres = grain_centres(wanted);
  for (int g = 0; g < wanted.grains; ++g) {
    Lattice turned = wanted.lattice;
    auto const r = random_rotation(wanted.seed, static_cast<std::uint64_t>(g));
    for (std::size_t v = 0; v < 3; ++v)
      for (std::size_t k = 0; k < 3; ++k)
        turned.cell.h[3 * v + k] = dot({r[3 * k], r[3 * k + 1], r[3 * k + 2]},
                                       {wanted.lattice.cell.h[3 * v], wanted.lattice.cell.h[3 * v + 1],
                                        wanted.lattice.cell.h[3 * v + 2]});
    auto const& centre = centres[static_cast<std::size_t>(g)];
    fill_cell(turned, voronoi_cell(centres, edges, g), reach, [&](Vector3 x) {
      for (std::size_t k = 0; k < 3; ++k) {
        x[k] += centre[k];
        x[k] -= edges[k] * std::floor(x[k] / edges[k]);
      }
      append(atoms, 0, x);
      atoms.grains.push_back(g);
    });
  }
  if (wanted.nearest > 0.0) remove_close(atoms, wanted.nearest);
  return atoms;
}

}  // namespace structures
