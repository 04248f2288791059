// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/lanes.hpp>
#include <dp/core/views.hpp>
#include <dp/kernels/contractions.hpp>

namespace dp::detail {

/// The table of one pair of types in the flat buffer of its centre type. All numbers of functions are
/// multiples of the lanes, so that kernels over functions have no remainders.
struct BasisTable {
  int begin;  // of the coefficients in the buffer: intervals of 6 * stride, see coefficient_at()
  int functions;
  int stride;  // at least `functions`
  int column;  // of the first function among the K' of the centre type
  int intervals;
  double lower, inverse_step;
  double handover;  // rows beyond take the exact net, gradually

  /// The interval of x, the first or the last beyond the table; `u`: x in intervals from the table's begin.
  KOKKOS_INLINE_FUNCTION int interval(double x, double& u) const {
    u = (x - lower) * inverse_step;
    return static_cast<int>(clamped(u, 0.0, static_cast<double>(intervals - 1)));
  }
};

/// chi, by which the exact nets take over from a basis: rises from 0 at `begin` to 1 at `end`, the end of the
/// table. C2 at both.
struct HandoverWindow {
  double begin, end;

  KOKKOS_INLINE_FUNCTION explicit HandoverWindow(BasisTable const& table)
      : begin(table.handover), end(table.lower + table.intervals / table.inverse_step) {}

  KOKKOS_INLINE_FUNCTION void operator()(double x, double& chi, double& slope) const {
    double const v = clamped((x - begin) / (end - begin), 0.0, 1.0);
    chi = v * v * v * (v * (6.0 * v - 15.0) + 10.0);
    slope = 30.0 * v * v * (v - 1.0) * (v - 1.0) / (end - begin);
  }
};

/// Where a piece of a table holds the coefficient of power `d` of function `k`: as (stride / lanes, 6, lanes)
/// on hosts, where a vector of functions has all powers in one place; as (3, stride, 2) on devices, where a
/// thread reads two powers at once.
template <class Space, class T>
KOKKOS_INLINE_FUNCTION constexpr int coefficient_at(int d, int k, int stride) {
  constexpr int lanes = Lanes<Space, T>::count;
  return is_host_space<Space> ? (k / lanes * 6 + d) * lanes + k % lanes : (d / 2 * stride + k) * 2 + d % 2;
}

/// Two coefficients for one load.
template <class T>
struct alignas(2 * sizeof(T)) TwoPowers {
  T even, odd;
};

/// The coefficients of function `k`.
template <class Space, class T>
KOKKOS_INLINE_FUNCTION void load_powers(T const* piece, int k, int stride, T (&c)[6]) {
  if constexpr (is_host_space<Space>) {
    for (int d = 0; d < 6; ++d) c[d] = piece[coefficient_at<Space, T>(d, k, stride)];
  } else {
    auto const* const pairs = reinterpret_cast<TwoPowers<T> const*>(piece) + k;
    for (int p = 0; p < 3; ++p) {
      auto const pair = pairs[p * stride];
      c[2 * p] = pair.even;
      c[2 * p + 1] = pair.odd;
    }
  }
}

/// A group of functions of one pair, one or two vectors wide: whole cache lines of a table are read at once.
struct BasisStrip {
  int neighbour_type;
  int first;    // within the pair
  int vectors;  // as wide as the lanes
  int stride;   // of the pair's table
  int column;   // among the K'
};

/// All that kernels need of one centre type's bases.
template <class Space, class T>
struct Basis {
  Vector<BasisTable const, Space> tables;  // per neighbour type
  Vector<T const, Space> coefficients;
  Matrix<T const, Space> constants;  // (2, components * K'): of an absent, and of an excluded, neighbour
  T scale;
  int width;  // K'
};

/// Where each row lies in its table. The sum is the number of rows beyond the table's safe range.
template <class Space, class T>
struct LocateRows {
  BasisTable table;
  Columns<double const, Space> rows;
  Vector<int, Space> piece;
  Vector<T, Space> fraction;

  KOKKOS_FUNCTION void operator()(std::int64_t row, std::int64_t& beyond) const {
    double const x = rows(row, 0);
    double u;
    int const i = table.interval(x, u);
    piece(row) = table.begin + i * 6 * table.stride;
    double const v = u - i;
    fraction(row) = static_cast<T>(v < 1.0 ? v : 1.0);  // beyond the table it counts for nothing
    beyond += x > table.handover ? 1 : 0;
  }
};

/// A_i = (1/nnei) { sum_j phi(s_ij) (x) ~r_ij + constants of absent neighbours }, stored (components x K')
/// per atom. With `Windowed` functions of near neighbours come times 1 - chi.
template <class Space, class T, int Components, bool Windowed>
struct ContractBasis {
  TileRows<Space> tile;
  Vector<BasisStrip const, Space> strips;
  Basis<Space, T> basis;
  Vector<int const, Space> piece;
  Vector<T const, Space> fraction;
  Columns<double const, Space> rows;
  Matrix<T, Space> a;  // (atoms, components * K')

  using V = Lanes<Space, T>;

  KOKKOS_FUNCTION void operator()(std::int64_t atom, int item) const {
    auto const& strip = strips(item);
    if constexpr (is_host_space<Space>)
      if (strip.vectors == 2) return contract<2>(atom, strip);
    contract<1>(atom, strip);
  }

 private:
  template <int Vectors>
  KOKKOS_FORCEINLINE_FUNCTION void contract(std::int64_t atom, BasisStrip const& strip) const {
    auto const slot = strip.neighbour_type * tile.atoms + atom;
    T const excluded = static_cast<T>(tile.absent.present(slot));
    T const absent = static_cast<T>(tile.absent(atom, strip.neighbour_type));
    typename V::Type sum[Vectors][Components];
    for (int v = 0; v < Vectors; ++v)
      for (int c = 0; c < Components; ++c) {
        int const k = c * basis.width + strip.column + v * V::count;
        sum[v][c] = absent * V::load(&basis.constants(0, k)) + excluded * V::load(&basis.constants(1, k));
      }
    for (auto row = tile.offsets(slot); row < tile.offsets(slot + 1); ++row) {
      T const* const c = basis.coefficients.data() + piece(row);
      T const t = fraction(row);
      typename V::Type phi[Vectors];
      for (int v = 0; v < Vectors; ++v) {
        int const k = strip.first + v * V::count;
        phi[v] = V::load(c + coefficient_at<Space, T>(5, k, strip.stride));
        for (int d = 4; d >= 0; --d)
          phi[v] = phi[v] * t + V::load(c + coefficient_at<Space, T>(d, k, strip.stride));
      }
      if constexpr (Windowed) {
        double chi, slope;
        HandoverWindow const window(basis.tables(strip.neighbour_type));
        window(rows(row, 0), chi, slope);
        for (auto& function : phi) function *= static_cast<T>(1.0 - chi);
      }
      for (int e = 0; e < Components; ++e) {
        T const r = Components == 1 ? T(1) : static_cast<T>(rows(row, e));
        for (int v = 0; v < Vectors; ++v) sum[v][e] += phi[v] * r;
      }
    }
    for (int v = 0; v < Vectors; ++v)
      for (int c = 0; c < Components; ++c)
        V::store(&a(atom, c * basis.width + strip.column + v * V::count), basis.scale * sum[v][c]);
  }
};

/// dE/d~r of the rows of one neighbour type from dE/dA, the way through the basis functions included in
/// component 0. With `Windowed` functions of near neighbours come times 1 - chi.
template <class Space, class T, int Components, bool Windowed>
struct BasisRowGradient {
  BasisTable table;
  Basis<Space, T> basis;
  Vector<int const, Space> piece;
  Vector<T const, Space> fraction;
  Columns<double const, Space> rows;
  Vector<int const, Space> atom;
  Matrix<T const, Space> da;        // (atoms, components * K')
  Columns<double, Space> gradient;  // (rows x 4)

  using V = Lanes<Space, T>;

  KOKKOS_FUNCTION void operator()(std::int64_t row) const {
    typename V::Type direct[Components] = {}, through[Components] = {};
    T r[Components];
    for (int c = 0; c < Components; ++c) r[c] = static_cast<T>(rows(row, c));
    T const* const coefficients = basis.coefficients.data() + piece(row);
    T const t = fraction(row);
    T const* const da_row = &da(atom(row), table.column);
    [[maybe_unused]] double chi = 0.0, dchi = 0.0;
    if constexpr (Windowed) {
      HandoverWindow const window(table);
      window(rows(row, 0), chi, dchi);
      dchi /= table.inverse_step;  // as dphi, per interval
    }
    for (int k = 0; k < table.functions; k += V::count) {
      T const* const of_k = coefficients + coefficient_at<Space, T>(0, k, table.stride);
      auto const power = [&](int d) { return V::load(of_k + coefficient_at<Space, T>(d, 0, table.stride)); };
      typename V::Type dphi = power(5), phi = dphi * t + power(4);
      for (int d = 3; d >= 0; --d) {
        dphi = dphi * t + phi;
        phi = phi * t + power(d);
      }
      if constexpr (Windowed) {
        dphi = static_cast<T>(1.0 - chi) * dphi - static_cast<T>(dchi) * phi;
        phi *= static_cast<T>(1.0 - chi);
      }
      for (int c = 0; c < Components; ++c) {
        auto const value = V::load(da_row + c * basis.width + k);
        direct[c] += phi * value;
        through[c] += dphi * value;
      }
    }
    T const steep = static_cast<T>(table.inverse_step);
    if constexpr (Components == 1)
      direct[0] = steep * through[0];
    else  // not one after the other: rows wait for this sum
      direct[0] += (steep * r[0] * through[0] + steep * r[1] * through[1]) +
                   (steep * r[2] * through[2] + steep * r[3] * through[3]);
    double sums[4] = {};
    V::template sums<Components>(direct, sums);
    for (int c = 0; c < 4; ++c) gradient(row, c) = static_cast<double>(basis.scale) * sums[c];
  }
};

}  // namespace dp::detail
