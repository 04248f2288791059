// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <dp/core/views.hpp>
#include <dp/input/box.hpp>
#include <limits>

#include "md/box_control.hpp"
#include "md/parallel/communicator.hpp"
#include "md/system.hpp"

namespace md {

/// The grid of `ranks` domains with the least surface in a box of these widths (Angstrom); entries of `given`
/// above 0 are taken as they are. \throws dp::Error where no such grid has that many domains
inline std::array<int, 3> process_grid(int ranks, std::array<double, 3> const& widths,
                                       std::array<std::int64_t, 3> const& given) {
  std::array<int, 3> best = {};
  double least = std::numeric_limits<double>::infinity();
  for (int a = 1; a <= ranks; ++a) {
    for (int b = 1; ranks % a == 0 && b <= ranks / a; ++b) {
      if (ranks / a % b != 0) continue;
      std::array<int, 3> const grid = {a, b, ranks / a / b};
      double surface = 0.0;  // in units of the box's volume, and of one domain times their number
      bool allowed = true;
      for (std::size_t k = 0; k < 3; ++k) {
        surface += grid[k] / widths[k];
        allowed = allowed && (given[k] == 0 || given[k] == grid[k]);
      }
      if (!allowed || surface >= least * (1.0 - 1e-12)) continue;
      least = surface;
      best = grid;
    }
  }
  if (best[0] == 0)
    dp::fail("parallel.grid: expected numbers whose product is the number of ranks, ", ranks, ", found [",
             given[0], ", ", given[1], ", ", given[2], "] (0: free)");
  return best;
}

/// Where domains lie, as kernels need it: the box is cut evenly along its vectors. Along an open vector the
/// cuts divide what the atoms cover, and the outer domains have no end.
struct DomainGrid {
  double h[9] = {};
  double inverse[9] = {};
  bool periodic[3] = {};
  int count[3] = {1, 1, 1};         ///< domains
  int at[3] = {};                   ///< this one
  double low[3] = {};               ///< in units of the vectors
  double thickness[3] = {1, 1, 1};  ///< of a domain, likewise

  KOKKOS_FUNCTION double fractional(double const* x, int k) const {
    return x[0] * inverse[k] + x[1] * inverse[3 + k] + x[2] * inverse[6 + k];
  }

  /// Component j of so many box vectors.
  KOKKOS_FUNCTION double shift(double const* vectors, int j) const {
    return vectors[0] * h[j] + vectors[1] * h[3 + j] + vectors[2] * h[6 + j];
  }

  /// How many domains onwards along vector k an atom belongs: the shorter way round, 0 for no number.
  KOKKOS_FUNCTION int way(double const* x, int k) const {
    double const f = fractional(x, k);
    double const c = ((periodic[k] ? f - Kokkos::floor(f) : f) - low[k]) / thickness[k];
    int const last = count[k] - 1;
    int steps = (c > 0.0 ? (c < last ? static_cast<int>(c) : last) : 0) - at[k];
    if (c != c) steps = 0;
    if (periodic[k] && 2 * steps > count[k]) steps -= count[k];
    if (periodic[k] && 2 * steps < -count[k]) steps += count[k];
    return steps;
  }
};

/// The part of the box that belongs to this rank, and its neighbours.
class Domain {
 public:
  /// One rank with everything.
  Domain() = default;

  Domain(Communicator& communicator, dp::Box const& box, std::array<std::int64_t, 3> const& grid = {})
      : m_communicator(&communicator) {
    set_box(box);
    auto const count = process_grid(communicator.size(), box.widths(), grid);
    int rest = communicator.rank();
    for (std::size_t k = 3; k-- > 0;) {
      m_grid.periodic[k] = box.periodic[k];
      m_grid.count[k] = count[k];
      m_grid.at[k] = rest % count[k];
      m_grid.thickness[k] = 1.0 / count[k];
      rest /= count[k];
    }
  }

  /// Another box, whose domains hold the same fractions.
  void stretch(Stretch const& factors) {
    if (is_stretch(factors)) set_box(m_box.stretched(factors));
  }

  /// Fits the cuts along open vectors to the atoms.
  template <class Space>
  void fit(Space const& space, Vectors<Space> const& positions);

  /// The rank of the next domain along vector k, forwards (1) or backwards (-1); -1 where there is none.
  int neighbour(int k, int direction) const {
    int at[3] = {m_grid.at[0], m_grid.at[1], m_grid.at[2]};
    at[k] += direction;
    if (!m_grid.periodic[k] && (at[k] < 0 || at[k] >= m_grid.count[k])) return -1;
    at[k] = (at[k] + m_grid.count[k]) % m_grid.count[k];
    return (at[0] * m_grid.count[1] + at[1]) * m_grid.count[2] + at[2];
  }

  Communicator& communicator() const { return *m_communicator; }
  dp::Box const& box() const { return m_box; }
  DomainGrid const& grid() const { return m_grid; }

 private:
  void set_box(dp::Box const& box) {
    m_box = box;
    auto const g = box.inverse();
    for (std::size_t i = 0; i < 9; ++i) {
      m_grid.h[i] = box.h[i];
      m_grid.inverse[i] = g[i];
    }
  }

  Communicator* m_communicator = &Communicator::alone();
  dp::Box m_box;
  DomainGrid m_grid;
};

/// Bounds of the atoms along one box vector: the lower one with its sign turned, so that both are maxima.
template <class Space>
std::array<double, 2> bounds_along(Space const& space, DomainGrid const& grid, int k,
                                   Vectors<Space> const& x) {
  using Max = Kokkos::Max<double>;
  double below = -1e300, above = -1e300;
  Kokkos::parallel_reduce(
      "md::Domain::bounds", Kokkos::RangePolicy<Space>(space, 0, x.extent(0)),
      KOKKOS_LAMBDA(std::size_t i, double& lower, double& upper) {
        double const f = grid.fractional(&x(i, 0), k);
        if (-f > lower) lower = -f;
        if (f > upper) upper = f;
      },
      Max(below), Max(above));
  return {below, above};
}

template <class Space>
void Domain::fit(Space const& space, Vectors<Space> const& positions) {
  for (int k = 0; k < 3; ++k) {
    if (m_grid.periodic[k]) continue;
    auto const bounds = m_communicator->maximum(bounds_along(space, m_grid, k, positions));
    double const extent = bounds[0] + bounds[1];
    bool const usable = extent > 0.0 && std::isfinite(extent);  // there may be no atom, or all in one plane
    m_grid.low[k] = usable ? -bounds[0] : 0.0;
    m_grid.thickness[k] = (usable ? extent : 1.0) / m_grid.count[k];
  }
}

}  // namespace md
