// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/input/neighbor_list.hpp>
#include <limits>

#include "md/system.hpp"

namespace failure {

/// The first atom whose position, velocity or force is not a number, by its row, and the hottest.
struct AtomsLook {
  int broken = -1;  ///< -1: all are numbers
  int hottest = -1;
};

/// Waits for it.
template <class Space>
AtomsLook look_at_atoms(Space const& space, md::System<Space> const& system) {
  auto const x = system.positions, v = system.velocities, f = system.forces;
  auto const m = system.masses;
  using First = Kokkos::Min<int>;
  using Most = Kokkos::MaxLoc<double, int>;
  int first = std::numeric_limits<int>::max();
  typename Most::value_type most;
  Kokkos::parallel_reduce(
      "failure::look_at_atoms", Kokkos::RangePolicy<Space>(space, 0, m.extent(0)),
      KOKKOS_LAMBDA(std::size_t i, int& broken, typename Most::value_type& hottest) {
        double energy = 0.0;
        bool finite = true;
        for (std::size_t k = 0; k < 3; ++k) {
          energy += m(i) * v(i, k) * v(i, k);
          finite =
              finite && Kokkos::isfinite(x(i, k)) && Kokkos::isfinite(v(i, k)) && Kokkos::isfinite(f(i, k));
        }
        int const row = static_cast<int>(i);
        if (!finite && row < broken) broken = row;
        if (!finite || !(energy > hottest.val)) return;
        hottest.val = energy;
        hottest.loc = row;
      },
      First(first), Most(most));
  AtomsLook result;
  if (first != std::numeric_limits<int>::max()) result.broken = first;
  if (most.loc >= 0 && most.loc < system.size()) result.hottest = most.loc;
  return result;
}

/// The nearest pair, and an atom that has no neighbour.
struct PairsLook {
  double distance = std::numeric_limits<double>::infinity();  ///< Angstrom
  int atom = -1;                                              ///< one of the pair, by its row
  int lonely = -1;                                            ///< the first, by its row; -1: none
};

/// Of the atoms of a list with all pairs up to `cutoff` (Angstrom) in it; waits for it.
template <class Space>
PairsLook look_at_pairs(Space const& space, dp::Matrix<double const, Space> const& x,
                        dp::NeighborList<Space> const& list, double cutoff) {
  using Nearest = Kokkos::MinLoc<double, int>;
  using First = Kokkos::Min<int>;
  typename Nearest::value_type pair;
  int first = std::numeric_limits<int>::max();
  Kokkos::parallel_reduce(
      "failure::look_at_pairs",
      Kokkos::RangePolicy<Space, Kokkos::IndexType<std::int64_t>>(space, 0, list.rows),
      KOKKOS_LAMBDA(std::int64_t i, typename Nearest::value_type & nearest, int& lonely) {
        double least = Kokkos::Experimental::infinity_v<double>;
        auto const a = static_cast<std::size_t>(i);
        for (std::int64_t k = 0; k < list.count(i); ++k) {
          auto const b = static_cast<std::size_t>(list.neighbour(i, k));
          double square = 0.0;
          for (std::size_t c = 0; c < 3; ++c) square += (x(a, c) - x(b, c)) * (x(a, c) - x(b, c));
          least = Kokkos::fmin(least, square);
        }
        int const row = static_cast<int>(i);
        if (!(least <= cutoff * cutoff) && row < lonely) lonely = row;
        if (!(least < nearest.val)) return;
        nearest.val = least;
        nearest.loc = row;
      },
      Nearest(pair), First(first));
  PairsLook result;
  if (first != std::numeric_limits<int>::max()) result.lonely = first;
  if (pair.val < std::numeric_limits<double>::max()) {
    result.distance = Kokkos::sqrt(pair.val);
    result.atom = pair.loc;
  }
  return result;
}

}  // namespace failure
