// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/kernels.hpp>
#include <dp/kernels/basis_kernels.hpp>
#include <dp/kernels/row_gradient.hpp>
#include <dp/kernels/scatter_forces.hpp>
#include <dp/kernels/slot_rows.hpp>

namespace dp::detail {

/// A row of the environment matrix as the sums over functions read it, in shared memory.
template <class T>
struct TableRow {
  T value[4];
  T fraction;  // of the table's interval
  int piece;   // where the interval's coefficients begin
};

/// What both fused kernels share. Neighbours of one type at a time are brought to shared memory as rows, at
/// most `chunk` at once; then the team's threads take functions, so that neighbouring threads read
/// neighbouring coefficients.
template <class Space, class T>
struct FusedRows {
  static constexpr int chunk = 64;

  SlotRows<Space> source;
  Basis<Space, T> basis;

  using Row = TableRow<T>;

  /// Fills `rows` from the neighbours n0 ... n0 + count. Returns nothing, but flags the atom's block where
  /// one lies beyond the tables.
  KOKKOS_INLINE_FUNCTION void bring(TeamMember<Space> const& team, std::int64_t a, int t, int n0, int count,
                                    Row* rows, bool flag) const {
    Kokkos::parallel_for(Kokkos::TeamVectorRange(team, count), [&](int n) {
      double d[3], value[4];
      source.displacement(a, source.neighbour(a, t, n0 + n), d);
      source.row_of(Lanes<Space, double, false>(), d, source.scales(t), value);
      auto const& table = basis.tables(t);
      double u;
      int const i = table.interval(value[0], u);
      Row& row = rows[n];
      row.piece = table.begin + i * 6 * table.stride;
      row.fraction = static_cast<T>(u - i);
      for (int c = 0; c < 4; ++c)
        row.value[c] = source.row_of.components == 1 ? T(1) : static_cast<T>(value[c]);
      if (flag && value[0] > table.handover)
        Kokkos::atomic_min(&source.guard.flags(a / flag_block), std::int64_t(a));
    });
    team.team_barrier();
  }

  /// Function k and its derivative with respect to the fraction, from a row's piece of the table.
  KOKKOS_INLINE_FUNCTION T function(Row const& row, int stride, int k) const {
    T c[6];
    load_powers<Space>(basis.coefficients.data() + row.piece, k, stride, c);
    T phi = c[5];
    for (int d = 4; d >= 0; --d) phi = phi * row.fraction + c[d];
    return phi;
  }
  KOKKOS_INLINE_FUNCTION T function(Row const& row, int stride, int k, T& slope) const {
    T c[6];
    load_powers<Space>(basis.coefficients.data() + row.piece, k, stride, c);
    T phi = c[5];
    slope = phi;
    phi = phi * row.fraction + c[4];
    for (int d = 3; d >= 0; --d) {
      slope = slope * row.fraction + phi;
      phi = phi * row.fraction + c[d];
    }
    return phi;
  }
};

/// A_i = (1/nnei) { sum_j phi(s_ij) (x) ~r_ij + constants of absent neighbours }, a team for each atom. Flags
/// blocks of atoms with neighbours beyond the tables.
template <class Space, class T, int Components>
struct FusedContract : FusedRows<Space, T> {
  using Base = FusedRows<Space, T>;
  using Row = typename Base::Row;
  static constexpr int lanes = 64;  // (function, group of neighbours) pairs that are summed side by side

  Matrix<T, Space> a;  // (atoms, Components * K')
  int most;            // functions of any of the tables

  /// Groups of neighbours that share the threads where there are few functions.
  KOKKOS_INLINE_FUNCTION static int groups(int functions) {
    return functions < lanes ? lanes / functions : 1;
  }
  /// Shared memory for tables of up to `functions`.
  KOKKOS_INLINE_FUNCTION static std::size_t scratch(int functions) {
    return Base::chunk * sizeof(Row) +
           static_cast<std::size_t>((functions < lanes ? lanes : functions) * Components) * sizeof(T);
  }

  KOKKOS_FUNCTION void operator()(TeamMember<Space> const& team) const {
    auto const& source = this->source;
    if (source.guard.stale()) return;
    std::int64_t const atom = team.league_rank();
    auto* const rows = static_cast<Row*>(team.team_scratch(0).get_shmem(scratch(most)));
    auto* const sums = reinterpret_cast<T*>(rows + Base::chunk);
    for (int t = 0; t < source.ntypes(); ++t) {
      auto const& table = this->basis.tables(t);
      if (table.functions == 0) continue;
      int const functions = table.functions, shares = groups(functions), items = shares * functions;
      Kokkos::parallel_for(Kokkos::TeamVectorRange(team, items * Components), [&](int q) { sums[q] = 0; });
      int const count = source.count(atom, t);
      for (int n0 = 0; n0 < count; n0 += Base::chunk) {
        int const here = count - n0 < Base::chunk ? count - n0 : Base::chunk;
        this->bring(team, atom, t, n0, here, rows, true);
        Kokkos::parallel_for(Kokkos::TeamVectorRange(team, items), [&](int q) {
          T sum[Components] = {};
          for (int n = q / functions; n < here; n += shares) {
            T const phi = this->function(rows[n], table.stride, q % functions);
            for (int c = 0; c < Components; ++c) sum[c] += phi * rows[n].value[c];
          }
          for (int c = 0; c < Components; ++c) sums[c * items + q] += sum[c];
        });
        team.team_barrier();
      }
      team.team_barrier();
      T const excluded = static_cast<T>(source.slots.present(t * source.atoms() + atom));
      T const absent = static_cast<T>(source.slots.absent(atom, t));
      Kokkos::parallel_for(Kokkos::TeamVectorRange(team, functions * Components), [&](int item) {
        int const c = item / functions, k = item % functions;
        int const column = c * this->basis.width + table.column + k;
        T sum = absent * this->basis.constants(0, column) + excluded * this->basis.constants(1, column);
        for (int g = 0; g < shares; ++g) sum += sums[c * items + g * functions + k];
        a(atom, column) = this->basis.scale * sum;
      });
      team.team_barrier();
    }
  }
};

/// Forces and virials from dE/dA, a team for each atom: rows are made again, each thread vector sums over the
/// functions for one neighbour, then each thread turns the sums of a neighbour into a force.
template <class Space, class T, int Components, class Sink>
struct FusedForces : FusedRows<Space, T> {
  using Base = FusedRows<Space, T>;
  using Row = typename Base::Row;

  Matrix<T const, Space> da;     // (atoms, Components * K')
  Matrix<double, Space> virial;  // (atoms x 9), sums of each atom; empty unless the total is wanted
  bool half;                     // numbers may have been beyond the range of Half: they are NaN
  int threads;                   // of a team, those of its vectors included
  Sink sink;

  static constexpr std::size_t scratch = Base::chunk * (sizeof(Row) + 4 * sizeof(double));

  KOKKOS_FUNCTION void operator()(TeamMember<Space> const& team) const {
    auto const& source = this->source;
    std::int64_t const atom = team.league_rank();
    if (source.guard.skips(atom)) return;
    auto* const gradient = static_cast<double(*)[4]>(team.team_scratch(0).get_shmem(std::size_t(scratch)));
    auto* const rows = reinterpret_cast<Row*>(gradient + Base::chunk);
    AtomSums mine;  // of a thread
    for (int t = 0; t < source.ntypes(); ++t) {
      auto const& table = this->basis.tables(t);
      int const count = table.functions == 0 ? 0 : source.count(atom, t);
      for (int n0 = 0; n0 < count; n0 += Base::chunk) {
        int const here = count - n0 < Base::chunk ? count - n0 : Base::chunk;
        this->bring(team, atom, t, n0, here, rows, false);
        Kokkos::parallel_for(Kokkos::TeamThreadRange(team, here),
                             [&](int n) { differentiate(team, atom, table, rows[n], gradient[n]); });
        team.team_barrier();
        Kokkos::parallel_for(Kokkos::TeamVectorRange(team, here),
                             [&](int n) { this->pair(atom, t, n0 + n, gradient[n], mine); });
        team.team_barrier();
      }
    }
    add_over_team(team, threads, mine, sink, source.centres(atom), virial, atom);
  }

 private:
  KOKKOS_INLINE_FUNCTION void differentiate(TeamMember<Space> const& team, std::int64_t atom,
                                            BasisTable const& table, Row const& row,
                                            double (&gradient)[4]) const {
    RowSums<T> sums;
    Kokkos::parallel_reduce(
        Kokkos::ThreadVectorRange(team, table.functions),
        [&](int k, RowSums<T>& part) {
          T slope;
          T const phi = this->function(row, table.stride, k, slope);
          T along = 0;
          for (int c = 0; c < Components; ++c) {
            T const value = da(atom, c * this->basis.width + table.column + k);
            part.direct[c] += phi * value;
            along += row.value[c] * value;
          }
          part.through += slope * along;
        },
        sums);
    Kokkos::single(Kokkos::PerThread(team), [&] {
      for (int c = 0; c < 4; ++c)
        gradient[c] =
            Components > 1 && c < Components ? static_cast<double>(this->basis.scale * sums.direct[c]) : 0.0;
      gradient[0] += static_cast<double>(this->basis.scale * sums.through) * table.inverse_step;
    });
  }

  KOKKOS_INLINE_FUNCTION void pair(std::int64_t atom, int t, int n, double const (&gradient)[4],
                                   AtomSums& sums) const {
    auto const& source = this->source;
    if (half && !Kokkos::isfinite(gradient[0]))
      Report<Space>::report(source.guard.report, Report<Space>::overflow, source.centres(atom));
    std::int64_t const j = source.neighbour(atom, t, n);
    double d[3], e[4] = {gradient[0], gradient[1], gradient[2], gradient[3]};
    source.displacement(atom, j, d);
    source.row_of.adjoint(Lanes<Space, double, false>(), d, source.scales(t), e);
    double const g[3] = {e[0], e[1], e[2]};
    add_pair(sink, j, g, d, sums);
  }
};

}  // namespace dp::detail
