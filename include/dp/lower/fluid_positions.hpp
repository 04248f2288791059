// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <dp/lower/nearest_of_pairs.hpp>
#include <vector>

namespace dp {

/// Atoms of a small periodic fluid in a cubic box: a cubic lattice with large random displacements, all types
/// in turn. The same wherever it is made.
struct FluidPositions {
  double edge = 0.0;              ///< of the box, Angstrom
  std::vector<double> positions;  ///< (3 * atoms), Angstrom
  std::vector<int> types;         ///< (atoms)

  /// A fluid of about `neighbours` atoms within the cutoff `rcut` or, where that would be too dense, of
  /// fewer. No pair is nearer than 1.1 times its distance, so none is beyond the tables that are tested on
  /// it.
  FluidPositions(int ntypes, double rcut, double neighbours, NearestOfPairs const& nearest) {
    double const least = nearest.least(rcut);
    int const side = std::max(4, static_cast<int>(std::ceil(std::cbrt(8.0 * ntypes))));
    for (double spacing = std::max(
             {std::cbrt(4.19 * rcut * rcut * rcut / neighbours), 1.35 * least, 1.35 * nearest.mean(rcut)});
         ; spacing *= 1.05) {
      lay_out(ntypes, side, spacing, 0.5 * (spacing - apart * least));
      if (separate(ntypes, rcut, nearest)) break;
    }
  }

 private:
  static constexpr double apart = 1.1;  // of the nearest distance

  /// The lattice, each atom displaced along x, y and z by up to `shift`.
  void lay_out(int ntypes, int side, double spacing, double shift) {
    std::uint64_t random = 1;
    auto const uniform = [&random] {  // splitmix64: the same fluid everywhere
      std::uint64_t z = (random += 0x9e3779b97f4a7c15u);
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
      z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
      return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-52 - 1.0;  // -1 ... 1
    };
    positions.clear();
    types.clear();
    for (int n = 0; n < side * side * side; ++n) {
      for (int index : {n / (side * side), n / side % side, n % side})
        positions.push_back(spacing * index + shift * uniform());
      types.push_back(n % ntypes);
    }
    edge = side * spacing;
  }

  /// Pushes pairs apart that are nearer than they may be, until there are none, which it tells. A lattice in
  /// which all pairs have one distance has none.
  bool separate(int ntypes, double rcut, NearestOfPairs const& nearest) {
    constexpr double beyond = 1.02;  // what pairs are pushed to, so that an end is reached
    constexpr int most_sweeps = 200;
    auto const count = static_cast<std::size_t>(ntypes);
    std::vector<double> limits;
    for (int i = 0; i < ntypes; ++i)
      for (int j = 0; j < ntypes; ++j) limits.push_back(apart * nearest(i, j, rcut));
    if (edge < 2.0 * beyond * *std::max_element(limits.begin(), limits.end())) return false;
    for (int sweep = 0; sweep < most_sweeps; ++sweep) {
      bool moved = false;
      for (std::size_t i = 0; i < types.size(); ++i)
        for (std::size_t j = i + 1; j < types.size(); ++j) {
          double const limit =
              limits[static_cast<std::size_t>(types[i]) * count + static_cast<std::size_t>(types[j])];
          double d[3], square = 0.0;
          for (std::size_t c = 0; c < 3; ++c) {
            d[c] = positions[3 * j + c] - positions[3 * i + c];
            d[c] -= edge * std::round(d[c] / edge);
            square += d[c] * d[c];
          }
          if (square >= limit * limit) continue;
          moved = true;
          double const r = std::sqrt(std::max(square, 1e-12)), push = 0.5 * (beyond * limit - r) / r;
          for (std::size_t c = 0; c < 3; ++c) {
            positions[3 * i + c] -= push * d[c];
            positions[3 * j + c] += push * d[c];
          }
        }
      if (!moved) return true;
    }
    return false;
  }
};

}  // namespace dp
