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

/// Forces and virials of the rows, and the sum of the virials. An item is an atom with all its rows.
template <class Space, class Sink>
struct ScatterForces {
  using value_type = typename Sink::Sums;

  std::int64_t atoms;
  int ntypes;
  Vector<std::int64_t const, Space> offsets;
  Vector<int const, Space> neighbour, centres;
  Columns<double const, Space> displacement, gradient;  // gradient: g in columns 0 to 2
  Sink sink;

  KOKKOS_FUNCTION void operator()(std::int64_t a, value_type& totals) const {
    AtomSums sums;
    for (int t = 0; t < ntypes; ++t) {
      auto const end = offsets(t * atoms + a + 1);
      for (auto row = offsets(t * atoms + a); row < end; ++row) {
        double const g[3] = {gradient(row, 0), gradient(row, 1), gradient(row, 2)};
        double const d[3] = {displacement(row, 0), displacement(row, 1), displacement(row, 2)};
        add_pair(sink, neighbour(row), g, d, sums);
      }
    }
    for (int k = 0; k < 9; ++k) sink.add_total(centres(a), totals, k + 1, sums.virial[k]);
    if (sink.forces())
      for (int c = 0; c < 3; ++c) sink.add_force(centres(a), c, sums.force[c]);
  }

  KOKKOS_FUNCTION void init(value_type& totals) const { totals = value_type(); }
  KOKKOS_FUNCTION void join(value_type& into, value_type const& from) const { into += from; }
};

/// The sum of what each of the `threads` threads of a team holds. Once for all that they did: it costs as
/// much as the work on several neighbours.
template <class Team>
KOKKOS_INLINE_FUNCTION AtomSums sum_over_team(Team const& team, int threads, AtomSums const& mine) {
  AtomSums total;
  Kokkos::parallel_reduce(
      Kokkos::TeamVectorRange(team, threads), [&](int, AtomSums& sums) { sums += mine; }, total);
  return total;
}

/// Forces and virials of the rows of an environment matrix, a team for each atom.
template <class Space, class Sink>
struct ScatterByTeams {
  std::int64_t atoms;
  int ntypes;
  Vector<std::int64_t const, Space> offsets;
  Vector<int const, Space> neighbour, centres;
  Columns<double const, Space> displacement, gradient;  // gradient: g in columns 0 to 2
  Matrix<double, Space> virial;  // (atoms x 9), sums of each atom; empty unless the total is wanted
  int threads;                   // of a team, those of its vectors included
  Sink sink;

  KOKKOS_FUNCTION void operator()(TeamMember<Space> const& team) const {
    std::int64_t const a = team.league_rank();
    AtomSums mine;  // of a thread
    for (int t = 0; t < ntypes; ++t) {
      auto const first = offsets(t * atoms + a);
      Kokkos::parallel_for(
          Kokkos::TeamVectorRange(team, static_cast<int>(offsets(t * atoms + a + 1) - first)), [&](int n) {
            auto const row = first + n;
            double const g[3] = {gradient(row, 0), gradient(row, 1), gradient(row, 2)};
            double const d[3] = {displacement(row, 0), displacement(row, 1), displacement(row, 2)};
            add_pair(sink, neighbour(row), g, d, mine);
          });
    }
    auto const total = sum_over_team(team, threads, mine);
    Kokkos::single(Kokkos::PerTeam(team), [&] {
      if (sink.forces())
        for (int c = 0; c < 3; ++c) sink.add_force(centres(a), c, total.force[c]);
      if (virial.data())
        for (int k = 0; k < 9; ++k) virial(a, k) = total.virial[k];
    });
  }
};

}  // namespace dp::detail
