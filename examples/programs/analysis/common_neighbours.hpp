// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>

#include "analysis/neighbours.hpp"

namespace analysis {

/// What the neighbourhood of an atom looks like; the numbers are those that OVITO uses.
enum class Crystal : int { other = 0, fcc = 1, hcp = 2, bcc = 3 };

/// The neighbours of one atom, seen from it, nearest first.
struct Shell {
  static constexpr int most = 14;
  double x[most][3];
  double square[most];
  int size = 0;

  /// Keeps the `most` nearest of all that are added.
  KOKKOS_FUNCTION void add(double dx, double dy, double dz) {
    double const d2 = dx * dx + dy * dy + dz * dz;
    int place = size < most ? size++ : most;
    if (place == most && !(d2 < square[--place])) return;
    for (; place > 0 && square[place - 1] > d2; --place) {
      square[place] = square[place - 1];
      for (int k = 0; k < 3; ++k) x[place][k] = x[place - 1][k];
    }
    square[place] = d2;
    x[place][0] = dx;
    x[place][1] = dy;
    x[place][2] = dz;
  }
};

KOKKOS_INLINE_FUNCTION int count_bits(unsigned mask) {
  int bits = 0;
  for (; mask != 0; mask &= mask - 1) ++bits;
  return bits;
}

/// Common neighbour analysis (Honeycutt and Andersen 1987; Faken and Jonsson 1994) of the first `size`
/// neighbours, which are bonded with each other where they are nearer than `cutoff`. The signature of a
/// neighbour is: neighbours in common, bonds among those, bonds in the largest connected set of them. fcc is
/// twelve times 421, hcp six times 421 and 422, bcc eight times 666 and six times 444.
KOKKOS_INLINE_FUNCTION Crystal classify(Shell const& shell, int size, double cutoff) {
  unsigned bonds[Shell::most] = {};
  for (int a = 0; a < size; ++a)
    for (int b = 0; b < a; ++b) {
      double square = 0.0;
      for (int k = 0; k < 3; ++k) {
        double const d = shell.x[a][k] - shell.x[b][k];
        square += d * d;
      }
      if (square >= cutoff * cutoff) continue;
      bonds[a] |= 1u << b;
      bonds[b] |= 1u << a;
    }
  int n421 = 0, n422 = 0, n444 = 0, n666 = 0;
  for (int a = 0; a < size; ++a) {
    unsigned const common = bonds[a];
    int all = 0, longest = 0;
    for (unsigned left = common; left != 0;) {
      unsigned set = left & (~left + 1), grown = 0;  // from one atom on, all that are connected
      while (set != grown) {
        grown = set;
        for (int b = 0; b < size; ++b)
          if ((grown >> b & 1u) != 0) set |= bonds[b] & common;
      }
      int ends = 0;
      for (int b = 0; b < size; ++b)
        if ((set >> b & 1u) != 0) ends += count_bits(bonds[b] & common);
      all += ends / 2;
      longest = longest > ends / 2 ? longest : ends / 2;
      left &= ~set;
    }
    int const signature = 100 * count_bits(common) + 10 * all + longest;
    n421 += signature == 421 ? 1 : 0;
    n422 += signature == 422 ? 1 : 0;
    n444 += signature == 444 ? 1 : 0;
    n666 += signature == 666 ? 1 : 0;
  }
  if (size == 12 && n421 == 12) return Crystal::fcc;
  if (size == 12 && n421 == 6 && n422 == 6) return Crystal::hcp;
  if (size == 14 && n666 == 8 && n444 == 6) return Crystal::bcc;
  return Crystal::other;
}

/// Labels each atom. With a `cutoff` (Angstrom, between first and second shell; for bcc between second and
/// third) neighbours are all within it. Without (0), as Stukowski (2012) does, they are the twelve nearest,
/// then the fourteen nearest, with a cutoff of each atom's own from their mean distance; `neighbours` must
/// then reach fourteen.
template <class Space>
struct LabelAtoms {
  dp::Matrix<double const, Space> x;
  dp::NeighborList<Space> list;
  double cutoff;
  dp::Vector<int, Space> labels;

  KOKKOS_FUNCTION void operator()(std::int64_t i) const {
    Shell shell;
    std::int64_t within = 0;
    for (std::int64_t k = 0; k < list.count(i); ++k) {
      int const j = list.neighbour(i, k);
      double const dx = x(j, 0) - x(i, 0), dy = x(j, 1) - x(i, 1), dz = x(j, 2) - x(i, 2);
      if (cutoff > 0.0 && dx * dx + dy * dy + dz * dz >= cutoff * cutoff) continue;
      ++within;
      shell.add(dx, dy, dz);
    }
    Crystal found = Crystal::other;
    if (cutoff > 0.0) {
      if (within == 12 || within == 14) found = classify(shell, shell.size, cutoff);
    } else {
      double const half_way = 0.5 * (1.0 + 1.41421356237309505);  // between shells at 1 and sqrt(2)
      if (shell.size >= 12) {
        double mean = 0.0;
        for (int k = 0; k < 12; ++k) mean += Kokkos::sqrt(shell.square[k]) / 12.0;
        found = classify(shell, 12, half_way * mean);
      }
      if (found == Crystal::other && shell.size == 14) {
        double constant = 0.0;
        for (int k = 0; k < 14; ++k)
          constant += (k < 8 ? 1.15470053837925153 : 1.0) * Kokkos::sqrt(shell.square[k]) / 14.0;
        found = classify(shell, 14, half_way * constant);
      }
    }
    labels(i) = static_cast<int>(found);
  }
};

/// How many atoms have each label; waits for it.
template <class Space>
std::array<double, 4> count_labels(Space const& space, dp::Vector<int const, Space> const& labels) {
  std::array<double, 4> counts = {};
  Kokkos::parallel_reduce(
      "dp::analyse::count_labels", Policy<Space>(space, 0, static_cast<std::int64_t>(labels.extent(0))),
      KOKKOS_LAMBDA(std::int64_t i, double& other, double& fcc, double& hcp, double& bcc) {
        other += labels(i) == 0 ? 1.0 : 0.0;
        fcc += labels(i) == 1 ? 1.0 : 0.0;
        hcp += labels(i) == 2 ? 1.0 : 0.0;
        bcc += labels(i) == 3 ? 1.0 : 0.0;
      },
      counts[0], counts[1], counts[2], counts[3]);
  return counts;
}

/// The label of each atom of a frame, on the host.
template <class Space>
std::vector<int> common_neighbours(Space const& space, Neighbours<Space>& neighbours,
                                   examples::Structure const& frame, double cutoff) {
  double reach = cutoff;
  if (cutoff == 0.0) {
    if (!(frame.volume() > 0.0) || frame.size() == 0)
      dp::fail(frame.source,
               ": without a cutoff the density must be known: expected a Lattice of three vectors, ",
               "found none");
    // The fourteenth neighbour in bcc is at 1.26, that of the twelfth in fcc at 1.12 of this length.
    reach = 1.8 * std::cbrt(frame.volume() / static_cast<double>(frame.size()));
  }
  neighbours.build(space, frame, std::vector<int>(frame.elements.size()), reach);
  Kokkos::View<int*, typename Space::memory_space> const labels("dp::analyse::labels", frame.elements.size());
  auto const list = neighbours.list();
  Kokkos::parallel_for("dp::analyse::common_neighbours", Policy<Space>(space, 0, list.rows),
                       LabelAtoms<Space>{neighbours.positions(), list, cutoff, labels});
  space.fence("dp::analyse::labels");
  auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), labels);
  return {host.data(), host.data() + host.extent(0)};
}

}  // namespace analysis
