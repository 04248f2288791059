// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/kernels.hpp>
#include <dp/step/sinks.hpp>

namespace dp::detail {

/// What the pairs of one atom add up to: the force on it, and its virial.
struct AtomSums {
  double force[3] = {}, virial[9] = {};

  KOKKOS_INLINE_FUNCTION AtomSums& operator+=(AtomSums const& other) {
    for (int c = 0; c < 3; ++c) force[c] += other.force[c];
    for (int k = 0; k < 9; ++k) virial[k] += other.virial[k];
    return *this;
  }
};

/// One pair with g and R_ij: F_i += g, F_j -= g, and the virial -g (x) R_ij is booked on the neighbour j.
template <class Sink>
KOKKOS_FORCEINLINE_FUNCTION void add_pair(Sink const& sink, std::int64_t j, double const (&g)[3],
                                          double const (&d)[3], AtomSums& sums) {
  if (sink.forces())
    for (int c = 0; c < 3; ++c) {
      sums.force[c] += g[c];
      sink.add_force(j, c, -g[c]);
    }
  if (!sink.virials()) return;
  for (int b = 0; b < 3; ++b)
    for (int c = 0; c < 3; ++c) {
      double const w = -g[b] * d[c];
      sums.virial[3 * b + c] += w;
      if (sink.atom_virials()) sink.add_virial(j, 3 * b + c, w);
    }
}

/// The pairs of a tile's atoms and their neighbours, a row each.
template <class Space, class Sink>
struct PairRows {
  std::int64_t atoms;
  int ntypes;
  Vector<std::int64_t const, Space> offsets;
  Vector<int const, Space> neighbour, centres;
  Columns<double const, Space> displacement, gradient;  // gradient: g in columns 0 to 2
  Sink sink;

  KOKKOS_FORCEINLINE_FUNCTION void add(std::int64_t row, AtomSums& sums) const {
    double const g[3] = {gradient(row, 0), gradient(row, 1), gradient(row, 2)};
    double const d[3] = {displacement(row, 0), displacement(row, 1), displacement(row, 2)};
    add_pair(sink, neighbour(row), g, d, sums);
  }
};

/// Forces and virials of the rows, and the sum of the virials. An item is an atom with all its rows.
template <class Space, class Sink>
struct ScatterForces {
  using value_type = typename Sink::Sums;

  PairRows<Space, Sink> pairs;

  KOKKOS_FUNCTION void operator()(std::int64_t a, value_type& totals) const {
    AtomSums sums;
    for (int t = 0; t < pairs.ntypes; ++t) {
      auto const end = pairs.offsets(t * pairs.atoms + a + 1);
      for (auto row = pairs.offsets(t * pairs.atoms + a); row < end; ++row) pairs.add(row, sums);
    }
    auto const& sink = pairs.sink;
    auto const i = pairs.centres(a);
    for (int k = 0; k < 9; ++k) sink.add_total(i, totals, k + 1, sums.virial[k]);
    if (sink.forces())
      for (int c = 0; c < 3; ++c) sink.add_force(i, c, sums.force[c]);
  }

  KOKKOS_FUNCTION void init(value_type& totals) const { totals = value_type(); }
  KOKKOS_FUNCTION void join(value_type& into, value_type const& from) const { into += from; }
};

/// Adds what each of the `threads` threads of a team holds to the force on their atom `i`, and to the row `a`
/// of `virial` unless that is empty. Once for all that they did: it costs as much as the work on several
/// neighbours.
template <class Team, class Sink, class Virial>
KOKKOS_INLINE_FUNCTION void add_over_team(Team const& team, int threads, AtomSums const& mine,
                                          Sink const& sink, std::int64_t i, Virial const& virial,
                                          std::int64_t a) {
  AtomSums total;
  Kokkos::parallel_reduce(
      Kokkos::TeamVectorRange(team, threads), [&](int, AtomSums& sums) { sums += mine; }, total);
  Kokkos::single(Kokkos::PerTeam(team), [&] {
    if (sink.forces())
      for (int c = 0; c < 3; ++c) sink.add_force(i, c, total.force[c]);
    if (virial.data())
      for (int k = 0; k < 9; ++k) virial(a, k) = total.virial[k];
  });
}

/// Forces and virials of the rows of an environment matrix, a team for each atom.
template <class Space, class Sink>
struct ScatterByTeams {
  PairRows<Space, Sink> pairs;
  Matrix<double, Space> virial;  // (atoms x 9), sums of each atom; empty unless the total is wanted
  int threads;                   // of a team, those of its vectors included

  KOKKOS_FUNCTION void operator()(TeamMember<Space> const& team) const {
    std::int64_t const a = team.league_rank();
    AtomSums mine;  // of a thread
    for (int t = 0; t < pairs.ntypes; ++t) {
      auto const first = pairs.offsets(t * pairs.atoms + a);
      int const count = static_cast<int>(pairs.offsets(t * pairs.atoms + a + 1) - first);
      Kokkos::parallel_for(Kokkos::TeamVectorRange(team, count), [&](int n) { pairs.add(first + n, mine); });
    }
    add_over_team(team, threads, mine, pairs.sink, pairs.centres(a), virial, a);
  }
};

}  // namespace dp::detail
