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
struct alignas(16) TableRow {
  T value[4];
  T fraction;  // of the table's interval
  int piece;   // where the interval's coefficients begin
};

/// What both fused kernels share. Neighbours of one type at a time are brought to shared memory as rows. Then
/// each vector of threads takes some of them, and its lanes the functions, so that neighbouring lanes read
/// neighbouring coefficients. What lanes or vectors found is added up through shared memory, which takes
/// fewer instructions than sums over a vector do.
template <class Space, class T>
struct FusedRows {
  static constexpr int lanes = 8;  // that share the functions of a neighbour

  SlotRows<Space> source;
  Basis<Space, T> basis;

  using Row = TableRow<T>;

  /// Fills `rows` from the neighbours n0 ... n0 + count. Flags the atom's block where one lies beyond the
  /// tables, if `flag`.
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
  KOKKOS_FORCEINLINE_FUNCTION T function(Row const& row, int stride, int k) const {
    T c[6];
    load_powers<Space>(basis.coefficients.data() + row.piece, k, stride, c);
    T phi = c[5];
    for (int d = 4; d >= 0; --d) phi = phi * row.fraction + c[d];
    return phi;
  }
  KOKKOS_FORCEINLINE_FUNCTION T function(Row const& row, int stride, int k, T& slope) const {
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
  using Base::lanes;
  static constexpr int chunk = 64;         // neighbours in shared memory at once
  static constexpr int block = 2 * lanes;  // functions at once, two for each lane
  static constexpr int numbers = Components * block, pitch = numbers + 8;  // no two lanes meet in a bank

  Matrix<T, Space> a;  // (atoms, Components * K')

  /// Shared memory of a team of `vectors` vectors. As little as will do: the tables live in what is left.
  KOKKOS_INLINE_FUNCTION static std::size_t scratch(int vectors) {
    return alignof(Row) + chunk * sizeof(Row) + static_cast<std::size_t>(vectors * pitch) * sizeof(T);
  }

  KOKKOS_FUNCTION void operator()(TeamMember<Space> const& team) const {
    auto const& source = this->source;
    if (source.guard.stale()) return;
    std::int64_t const atom = team.league_rank();
    int const vectors = team.team_size();
    auto* const rows = static_cast<Row*>(
        team.team_scratch(0).get_shmem_aligned(scratch(vectors) - alignof(Row), alignof(Row)));
    auto* const sums = reinterpret_cast<T*>(rows + chunk);
    for (int t = 0; t < source.ntypes(); ++t) {
      auto const& table = this->basis.tables(t);
      if (table.functions == 0) continue;
      int const count = source.count(atom, t);
      T const excluded = static_cast<T>(source.slots.present(t * source.atoms() + atom));
      T const absent = static_cast<T>(source.slots.absent(atom, t));
      for (int n0 = 0; n0 == 0 || n0 < count; n0 += chunk) {
        int const here = count - n0 < chunk ? count - n0 : chunk;
        this->bring(team, atom, t, n0, here, rows, true);
        for (int first = 0; first < table.functions; first += block) {
          Kokkos::parallel_for(Kokkos::TeamThreadRange(team, vectors), [&](int vector) {
            Kokkos::parallel_for(Kokkos::ThreadVectorRange(team, int(lanes)), [&](int lane) {
              add(rows, here, vectors, vector, table, first + lane, sums + vector * pitch + lane);
            });
          });
          team.team_barrier();
          Kokkos::parallel_for(Kokkos::TeamVectorRange(team, int(numbers)), [&](int item) {
            int const c = item / block, k = first + item % block;
            if (k >= table.functions) return;
            int const column = c * this->basis.width + table.column + k;
            T sum = 0;
            if (n0 == 0)
              sum = absent * this->basis.constants(0, column) + excluded * this->basis.constants(1, column);
            for (int v = 0; v < vectors; ++v) sum += sums[v * pitch + item];
            T& result = a(atom, column);
            result = n0 == 0 ? this->basis.scale * sum : result + this->basis.scale * sum;
          });
          team.team_barrier();  // sums and rows are written anew
        }
      }
    }
  }

 private:
  /// Functions k and k + lanes of the rows `vector`, `vector` + `vectors` ..., summed over them into `sums`.
  KOKKOS_INLINE_FUNCTION void add(Row const* rows, int here, int vectors, int vector, BasisTable const& table,
                                  int k, T* sums) const {
    T of[2][Components] = {};
    int const last = table.functions - 1, k0 = k < last ? k : last, k1 = k + lanes < last ? k + lanes : last;
    for (int n = vector; n < here; n += vectors) {
      Row const& row = rows[n];
      T const phi0 = this->function(row, table.stride, k0), phi1 = this->function(row, table.stride, k1);
      for (int c = 0; c < Components; ++c) {
        of[0][c] += phi0 * row.value[c];
        of[1][c] += phi1 * row.value[c];
      }
    }
    for (int c = 0; c < Components; ++c)
      for (int b = 0; b < 2; ++b) sums[c * block + b * lanes] = of[b][c];
  }
};

/// Forces and virials from dE/dA, a team for each atom: rows are made again, the lanes of a vector sum over
/// the functions for two neighbours at a time, then each thread turns the sums of a neighbour into a force.
template <class Space, class T, int Components, class Sink>
struct FusedForces : FusedRows<Space, T> {
  using Base = FusedRows<Space, T>;
  using Row = typename Base::Row;
  using Base::lanes;
  static constexpr int chunk = 64;    // neighbours in shared memory at once
  static constexpr int together = 2;  // neighbours of a lane at once: their loads do not wait for each other

  Matrix<T const, Space> da;     // (atoms, Components * K')
  Matrix<double, Space> virial;  // (atoms x 9), sums of each atom; empty unless the total is wanted
  bool half;                     // numbers may have been beyond the range of Half: they are NaN
  int threads;                   // of a team, those of its vectors included
  Sink sink;

  /// Shared memory of a team of `vectors` vectors. As little as will do: the tables live in what is left.
  KOKKOS_INLINE_FUNCTION static std::size_t scratch(int vectors) {
    return alignof(Row) + chunk * (sizeof(Row) + Components * sizeof(double)) +
           static_cast<std::size_t>(lanes * pitch(vectors)) * sizeof(T);
  }

  KOKKOS_FUNCTION void operator()(TeamMember<Space> const& team) const {
    auto const& source = this->source;
    std::int64_t const atom = team.league_rank();
    if (source.guard.skips(atom)) return;
    int const vectors = team.team_size();
    auto* const rows = static_cast<Row*>(
        team.team_scratch(0).get_shmem_aligned(scratch(vectors) - alignof(Row), alignof(Row)));
    auto* const gradient = reinterpret_cast<double(*)[Components]>(rows + chunk);  // dE/d~r
    auto* const parts = reinterpret_cast<T*>(gradient + chunk);                    // of it, (lanes, pitch)
    AtomSums mine;                                                                 // of a thread
    for (int t = 0; t < source.ntypes(); ++t) {
      auto const& table = this->basis.tables(t);
      int const count = table.functions == 0 ? 0 : source.count(atom, t);
      for (int n0 = 0; n0 < count; n0 += chunk) {
        int const here = count - n0 < chunk ? count - n0 : chunk;
        this->bring(team, atom, t, n0, here, rows, false);
        for (int first = 0; first < here; first += together * vectors) {
          Kokkos::parallel_for(Kokkos::TeamThreadRange(team, vectors), [&](int vector) {
            Kokkos::parallel_for(Kokkos::ThreadVectorRange(team, int(lanes)), [&](int lane) {
              differentiate(atom, table, rows + first, here - first, vector, vectors, lane,
                            parts + lane * pitch(vectors));
            });
          });
          team.team_barrier();
          Kokkos::parallel_for(Kokkos::TeamVectorRange(team, pitch(vectors) - 1), [&](int item) {
            int const n = first + item / Components;
            if (n >= here) return;
            T sum = 0;
            for (int lane = 0; lane < lanes; ++lane) sum += parts[lane * pitch(vectors) + item];
            gradient[n][item % Components] = static_cast<double>(this->basis.scale * sum);
          });
          team.team_barrier();
        }
        Kokkos::parallel_for(Kokkos::TeamVectorRange(team, here), [&](int n) {
          double g[4] = {};
          for (int c = 0; c < Components; ++c) g[c] = gradient[n][c];
          this->pair(atom, t, n0 + n, g, mine);
        });
        team.team_barrier();
      }
    }
    add_over_team(team, threads, mine, sink, source.centres(atom), virial, atom);
  }

 private:
  /// Numbers that a lane leaves of the neighbours of all vectors, and one more, so that neither lanes nor
  /// neighbours meet in a bank.
  KOKKOS_INLINE_FUNCTION static int pitch(int vectors) { return together * vectors * Components + 1; }

  /// A lane's part of dE/d~r of the rows `vector` and `vector` + `vectors` of `rows`, which are `here`.
  KOKKOS_INLINE_FUNCTION void differentiate(std::int64_t atom, BasisTable const& table, Row const* rows,
                                            int here, int vector, int vectors, int lane, T* parts) const {
    if (vector >= here) return;
    Row row[together];
    for (int r = 0; r < together; ++r)
      row[r] = rows[vector + r * vectors < here ? vector + r * vectors : vector];
    T direct[together][Components] = {}, through[together] = {};
    T const* const d = &da(atom, table.column);
    for (int k = lane; k < table.functions; k += lanes) {
      T value[Components];
      for (int c = 0; c < Components; ++c) value[c] = d[c * this->basis.width + k];
      for (int r = 0; r < together; ++r) {
        T slope;
        T const phi = this->function(row[r], table.stride, k, slope);
        T along = 0;
        for (int c = 0; c < Components; ++c) {
          if (Components > 1) direct[r][c] += phi * value[c];
          along += row[r].value[c] * value[c];
        }
        through[r] += slope * along;
      }
    }
    for (int r = 0; r < together; ++r) {
      direct[r][0] += through[r] * static_cast<T>(table.inverse_step);
      for (int c = 0; c < Components; ++c) parts[(vector + r * vectors) * Components + c] = direct[r][c];
    }
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
