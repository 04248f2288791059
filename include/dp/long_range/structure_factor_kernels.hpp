// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Core.hpp>
#include <cstdint>
#include <dp/core/lanes.hpp>
#include <dp/core/views.hpp>
#include <dp/long_range/fourier_modes.hpp>

namespace dp::detail {

/// Where the powers e^(-2 pi i n f) of a charge stand in a row of a table: those of each box vector, n from
/// `least` on, real parts, then imaginary ones. Those of the third one fill whole lanes.
struct PhaseTable {
  int least[3], count[3], begin[3], width;

  template <class Space>
  static PhaseTable of(FourierModes const& modes) {
    constexpr int lanes = lane_count<Space, double>;
    PhaseTable table{};
    for (int k = 0; k < 3; ++k) {
      table.least[k] = k == 0 ? 0 : -modes.half[k];
      table.count[k] = modes.half[k] - table.least[k] + 1;
      table.begin[k] = table.width;
      if (k == 2) table.count[k] = (table.count[k] + lanes - 1) / lanes * lanes;
      table.width += 2 * table.count[k];
    }
    return table;
  }
  KOKKOS_FUNCTION int real(int k, int n) const { return begin[k] + n - least[k]; }
  KOKKOS_FUNCTION int imaginary(int k, int n) const { return real(k, n) + count[k]; }
};

/// The powers of all phases of a charge, by recurrence from 2 pi f, f between -1/2 and 1/2.
template <class Space>
struct FillPhases {
  FourierModes modes;
  PhaseTable table;
  Matrix<double const, Space> positions;
  Matrix<double, Space> phases;

  KOKKOS_FUNCTION void operator()(std::int64_t i) const {
    double* const row = &phases(i, 0);
    for (int c = 0; c < table.width; ++c) row[c] = 0.0;
    for (int k = 0; k < 3; ++k) {
      double const f = modes.fractional(k, positions(i, 0), positions(i, 1), positions(i, 2));
      double const angle = 2.0 * Kokkos::numbers::pi * (f - Kokkos::round(f));
      double const c = Kokkos::cos(angle), s = -Kokkos::sin(angle);
      double re = 1.0, im = 0.0;
      for (int n = 0; n <= modes.half[k]; ++n) {
        row[table.real(k, n)] = re;
        row[table.imaginary(k, n)] = im;
        if (k > 0) {
          row[table.real(k, -n)] = re;
          row[table.imaginary(k, -n)] = -im;
        }
        double const next = re * c - im * s;
        im = re * s + im * c;
        re = next;
      }
    }
  }
};

/// Structure factors S = sum q e^(-2 pi i m.r) of charges or other sources q, real parts in the first half of
/// the columns: those of a row whole lanes at a time, summed over the charges in their order.
template <class Space>
struct SumPhases {
  static constexpr int lanes = lane_count<Space, double>;

  FourierModes modes;
  PhaseTable table;
  Strided1<double const, Space> charges;
  Matrix<double const, Space> phases;
  Matrix<double, Space> factors;

  KOKKOS_FUNCTION void operator()(std::int64_t row, int begin, int end) const {
    int const n0 = modes.n0(row), n1 = modes.n1(row);
    int const real0 = table.real(0, n0), imaginary0 = table.imaginary(0, n0);
    int const real1 = table.real(1, n1), imaginary1 = table.imaginary(1, n1);
    auto const n = static_cast<std::int64_t>(charges.extent(0));
    for (int column = begin; column < end; column += lanes) {
      double re[lanes] = {}, im[lanes] = {};
      for (std::int64_t i = 0; i < n; ++i) {
        double const* const p = &phases(i, 0);
        double const q = charges(i);
        double const cr = q * (p[real0] * p[real1] - p[imaginary0] * p[imaginary1]);
        double const ci = q * (p[real0] * p[imaginary1] + p[imaginary0] * p[real1]);
        double const* const pr = p + table.begin[2] + column;
        double const* const pi = pr + table.count[2];
        for (int l = 0; l < lanes; ++l) {
          re[l] += cr * pr[l] - ci * pi[l];
          im[l] += cr * pi[l] + ci * pr[l];
        }
      }
      for (int l = 0; l < lanes; ++l) {
        factors(row, column + l) = re[l];
        factors(row, table.count[2] + column + l) = im[l];
      }
    }
  }
};

/// Each structure factor times the two weights of its mode; `Weights`: weights(n0, n1, n2), a ModeWeight.
template <class Space, class Weights>
struct WeighModes {
  FourierModes modes;
  Weights weights;
  PhaseTable table;
  Matrix<double const, Space> from;
  Matrix<double, Space> factors, strain;  // factors: `from` or others; strain: or empty

  KOKKOS_FUNCTION void operator()(std::int64_t row, int begin, int end) const {
    int const n0 = modes.n0(row), n1 = modes.n1(row);
    for (int real = begin; real < end; ++real) {
      ModeWeight weight{0.0, 0.0};
      if (real < modes.columns()) weight = weights(n0, n1, real - modes.half[2]);
      int const imaginary = table.count[2] + real;
      double const re = from(row, real), im = from(row, imaginary);
      if (strain.data()) {
        strain(row, real) = weight.strain * re;
        strain(row, imaginary) = weight.strain * im;
      }
      factors(row, real) = weight.value * re;
      factors(row, imaginary) = weight.value * im;
    }
  }
};

/// What the modes give at a site: the potential, its gradient, and minus its derivative by strain, row-major
/// and symmetric.
struct SiteField {
  double potential, gradient[3], strain[9];
};

/// Hands a `Take` the SiteField of each site, that is take(site, field), from the weighed structure factors:
/// as many sites as there are lanes, with the powers of their phases made again in registers. `Strain`:
/// whether SiteField::strain is wanted.
template <class Space, bool Strain, class Take>
struct TakeFromModes {
  using Side = Lanes<Space, double>;
  using Number = typename Side::Type;
  static constexpr int lanes = Side::count;

  FourierModes modes;
  PhaseTable table;
  Matrix<double const, Space> positions;
  Matrix<double const, Space> factors, strains;  // strains: or empty
  Take take;

  /// A complex number for each site.
  struct Complex {
    Number re, im;
    KOKKOS_FORCEINLINE_FUNCTION Complex operator*(Complex const& o) const {
      return {re * o.re - im * o.im, re * o.im + im * o.re};
    }
    KOKKOS_FORCEINLINE_FUNCTION Complex conjugate() const { return {re, -im}; }
  };

  KOKKOS_FUNCTION void operator()(std::int64_t item) const {
    std::int64_t const first = item * lanes, n = static_cast<std::int64_t>(positions.extent(0));
    Complex step[3], outermost[3];  // e^(2 pi i f), and its power -half
    for (int k = 0; k < 3; ++k) {
      double c[lanes], s[lanes], far_c[lanes], far_s[lanes];
      for (int l = 0; l < lanes; ++l) {
        std::int64_t const i = first + l < n ? first + l : n - 1;
        double const f = modes.fractional(k, positions(i, 0), positions(i, 1), positions(i, 2));
        double const angle = 2.0 * Kokkos::numbers::pi * (f - Kokkos::round(f));
        c[l] = Kokkos::cos(angle);
        s[l] = Kokkos::sin(angle);
        far_c[l] = Kokkos::cos(modes.half[k] * angle);
        far_s[l] = -Kokkos::sin(modes.half[k] * angle);
      }
      step[k] = {Side::load(c), Side::load(s)};
      outermost[k] = {Side::load(far_c), Side::load(far_s)};
    }
    Number const none = step[0].re * 0.0;
    Number potential = none, slope[3] = {none, none, none}, strain[6] = {none, none, none, none, none, none};
    Complex p0 = {none + 1.0, none};
    for (int n0 = 0; n0 <= modes.half[0]; ++n0) {
      Complex p01 = p0 * outermost[1];
      for (int n1 = -modes.half[1]; n1 <= modes.half[1]; ++n1) {
        int const row = n0 * modes.across() + n1 + modes.half[1];
        add_row(row, n0, n1, p01 * outermost[2], step[2], potential, slope, strain);
        p01 = p01 * step[1];
      }
      p0 = p0 * step[0];
    }
    for (int l = 0; l < lanes && first + l < n; ++l) store(first + l, l, potential, slope, strain);
  }

  /// One row of modes; `p`: e^(2 pi i m.r) of its first one.
  KOKKOS_FORCEINLINE_FUNCTION void add_row(int row, int n0, int n1, Complex p, Complex const& step,
                                           Number& potential, Number (&slope)[3], Number (&strain)[6]) const {
    double const* const real = &factors(row, 0);
    double const* const imaginary = real + table.count[2];
    Number const none = step.re * 0.0;
    Number wave = none, sine = none, sine2 = none;
    for (int column = 0; column < modes.columns(); ++column) {
      int const n2 = column - modes.half[2];
      Number const re = p.re * real[column] - p.im * imaginary[column];
      Number const im = p.re * imaginary[column] + p.im * real[column];
      wave += re;
      sine += im;
      sine2 += im * static_cast<double>(n2);
      if constexpr (Strain) {
        Number const share = p.re * strains(row, column) - p.im * strains(row, table.count[2] + column);
        double const m[3] = {static_cast<double>(n0), static_cast<double>(n1), static_cast<double>(n2)};
        for (int k = 0, a = 0; a < 3; ++a)
          for (int b = a; b < 3; ++b, ++k) strain[k] += share * (m[a] * m[b]);
      }
      p = p * step;
    }
    potential += wave;
    slope[0] += sine * static_cast<double>(n0);
    slope[1] += sine * static_cast<double>(n1);
    slope[2] += sine2;
  }

  KOKKOS_FORCEINLINE_FUNCTION static double lane([[maybe_unused]] Number const& number,
                                                 [[maybe_unused]] int l) {
    if constexpr (lanes == 1)
      return number;
    else
      return number[l];
  }

  KOKKOS_FORCEINLINE_FUNCTION void store(std::int64_t i, int l, Number const& potential,
                                         Number const (&slope)[3], Number const (&strain)[6]) const {
    SiteField field{};
    field.potential = lane(potential, l);
    for (int c = 0; c < 3; ++c)
      field.gradient[c] = -2.0 * Kokkos::numbers::pi *
                          modes.component(c, lane(slope[0], l), lane(slope[1], l), lane(slope[2], l));
    if constexpr (Strain) {
      double tensor[3][3];
      for (int k = 0, a = 0; a < 3; ++a)
        for (int b = a; b < 3; ++b, ++k) tensor[a][b] = tensor[b][a] = lane(strain[k], l);
      for (int a = 0; a < 3; ++a)
        for (int b = 0; b < 3; ++b) {
          double sum = a == b ? field.potential : 0.0;
          for (int k = 0; k < 3; ++k)
            sum -= modes.reciprocal[3 * k + a] * modes.component(b, tensor[k][0], tensor[k][1], tensor[k][2]);
          field.strain[3 * a + b] = sum;
        }
    }
    take(i, field);
  }
};

/// Energy, force and virial of charges; what is empty is left out.
template <class Space>
struct TakeCharges {
  Vector<double const, Space> charges;
  Vector<double, Space> energy;
  Matrix<double, Space> force, virial;

  KOKKOS_FUNCTION void operator()(std::int64_t i, SiteField const& field) const {
    double const q = charges(i);
    if (energy.data()) energy(i) = 0.5 * q * field.potential;
    if (force.data())
      for (int c = 0; c < 3; ++c) force(i, c) = -q * field.gradient[c];
    if (virial.data())
      for (int k = 0; k < 9; ++k) virial(i, k) = 0.5 * q * field.strain[k];
  }
};

}  // namespace dp::detail
