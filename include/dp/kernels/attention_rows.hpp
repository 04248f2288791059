// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/half.hpp>
#include <dp/core/lanes.hpp>
#include <dp/core/views.hpp>
#include <dp/kernels/modulate.hpp>

/// What layers of attention do with single rows. A row's place is its number among rows in the order of
/// atoms; those of an atom have consecutive places.
namespace dp::detail {

/// a . b
template <class Space, class T, class B>
KOKKOS_FORCEINLINE_FUNCTION T dot(T const* a, B const* b, int n) {
  using Vector = Lanes<Space, T>;
  typename Vector::Type first = {}, second = {};
  int i = 0;
  for (; i + 2 * Vector::count <= n; i += 2 * Vector::count) {
    first += Vector::load(a + i) * Vector::load(b + i);
    second += Vector::load(a + i + Vector::count) * Vector::load(b + i + Vector::count);
  }
  T sum = Vector::sum(first + second);
  for (; i < n; ++i) sum += a[i] * widened<T>(b[i]);
  return sum;
}

/// The places of the rows of an atom, and where they begin.
template <class Space>
struct FillPlaces {
  std::int64_t atoms;
  int ntypes;
  Vector<std::int64_t const, Space> offsets;  // (ntypes * atoms + 1), first row of (type, atom)
  Vector<std::int64_t, Space> first;          // (atoms + 1), first place of an atom
  Vector<std::int64_t, Space> place;          // (rows)

  KOKKOS_FUNCTION void operator()(std::int64_t a) const {
    std::int64_t next = 0;
    for (int t = 0; t < ntypes; ++t) next += offsets(t * atoms + a) - offsets(t * atoms);
    first(a) = next;
    for (int t = 0; t < ntypes && a < atoms; ++t)
      for (auto row = offsets(t * atoms + a); row < offsets(t * atoms + a + 1); ++row) place(row) = next++;
  }
};

/// Of the rows of one pair of types: u, the direction of the angular part of ~r, and w.
template <class Space, class T>
struct FillDirections {
  SmoothFactor factor;
  double shortest;
  Columns<double const, Space> displacement, values;
  Vector<std::int64_t const, Space> place;
  Columns<T, Space> direction;  // (places x 3)
  Vector<T, Space> weight;      // (places)

  KOKKOS_FUNCTION void operator()(std::int64_t row) const {
    double r2 = 0.0, length2 = 0.0;
    for (int c = 0; c < 3; ++c) r2 += displacement(row, c) * displacement(row, c);
    for (int c = 1; c < 4; ++c) length2 += values(row, c) * values(row, c);
    double const inverse = 1.0 / Kokkos::max(Kokkos::sqrt(length2), shortest);
    for (int c = 1; c < 4; ++c) direction(place(row), c - 1) = static_cast<T>(values(row, c) * inverse);
    double w, slope;
    factor(Kokkos::sqrt(r2), w, slope);
    weight(place(row)) = static_cast<T>(w);
  }
};

/// q, k and v of a row, from the products: biases, and lengths of 1.
template <class Space, class T>
struct SplitProjection {
  Matrix<T, Space> projected;  // (rows x 3 H)
  Vector<T const, Space> bias;
  Vector<std::int64_t const, Space> place;
  bool normalised;
  T shortest;
  Matrix<T, Space> parts[3];  // (places x H)
  Columns<T, Space> inverse;  // (places x 3), of their lengths; negative where they are divided by a constant

  KOKKOS_FUNCTION void operator()(std::int64_t row) const {
    int const hidden = static_cast<int>(parts[0].extent(1));
    for (int part = 0; part < 3; ++part) {
      T* KOKKOS_RESTRICT const p = &projected(row, part * hidden);
      T const* KOKKOS_RESTRICT const b = &bias(part * hidden);
      for (int h = 0; h < hidden; ++h) p[h] += b[h];
      T factor = -1;
      if (normalised) {
        T const length = Kokkos::sqrt(dot<Space>(p, p, hidden));
        factor = length > shortest ? T(1) / length : T(-1) / shortest;
      }
      inverse(place(row), part) = factor;
      T const size = Kokkos::abs(factor);
      T* KOKKOS_RESTRICT const out = &parts[part](place(row), 0);
      for (int h = 0; h < hidden; ++h) out[h] = p[h] * size;
    }
  }
};

/// G in the precision of the arithmetic.
template <class Space, class T, class Stored>
struct WidenRows {
  Matrix<Stored const, Space> g;
  Matrix<T, Space> x;

  KOKKOS_FUNCTION void operator()(std::int64_t row, int begin, int end) const {
    for (int m = begin; m < end; ++m) x(row, m) = widened<T>(g(row, m));
  }
};

/// x <- gain ^y + shift, where ^y is y = x + out(A v) less its mean and divided by its deviation.
template <class Space, class T>
struct NormRows {
  Matrix<T const, Space> attended;  // (places x M)
  Vector<std::int64_t const, Space> place;
  Vector<T const, Space> bias, gain, shift;
  T epsilon;
  Matrix<T, Space> x, normed;  // (rows x M), the latter is ^y
  Vector<T, Space> inverse;    // (rows), of the deviation

  KOKKOS_FUNCTION void operator()(std::int64_t row) const {
    int const width = static_cast<int>(x.extent(1));
    T const* KOKKOS_RESTRICT const a = &attended(place(row), 0);
    T const* KOKKOS_RESTRICT const b = bias.data();
    T* KOKKOS_RESTRICT const out = &x(row, 0);
    T* KOKKOS_RESTRICT const y = &normed(row, 0);
    for (int m = 0; m < width; ++m) y[m] = out[m] + (a[m] + b[m]);
    T sum = 0;
    for (int m = 0; m < width; ++m) sum += y[m];
    T const mean = sum / static_cast<T>(width);
    for (int m = 0; m < width; ++m) y[m] -= mean;
    T const factor =
        T(1) / Kokkos::sqrt(dot<Space>(static_cast<T const*>(y), y, width) / static_cast<T>(width) + epsilon);
    inverse(row) = factor;
    T const* KOKKOS_RESTRICT const g = gain.data();
    T const* KOKKOS_RESTRICT const s = shift.data();
    for (int m = 0; m < width; ++m) {
      y[m] *= factor;
      out[m] = g[m] * y[m] + s[m];
    }
  }
};

/// dE/dy from dE/dx', in place, and the same at the row's place.
template <class Space, class T>
struct NormRowsAdjoint {
  Matrix<T const, Space> normed;
  Vector<T const, Space> inverse, gain;
  Vector<std::int64_t const, Space> place;
  Matrix<T, Space> dx, placed;

  KOKKOS_FUNCTION void operator()(std::int64_t row) const {
    int const width = static_cast<int>(dx.extent(1));
    T* KOKKOS_RESTRICT const d = &dx(row, 0);
    T* KOKKOS_RESTRICT const out = &placed(place(row), 0);
    T const* KOKKOS_RESTRICT const y = &normed(row, 0);
    T const* KOKKOS_RESTRICT const g = gain.data();
    T sum = 0;
    for (int m = 0; m < width; ++m) {
      d[m] *= g[m];
      sum += d[m];
    }
    T const mean = sum / static_cast<T>(width),
            along = dot<Space>(static_cast<T const*>(d), y, width) / static_cast<T>(width),
            factor = inverse(row);
    for (int m = 0; m < width; ++m) out[m] = d[m] = factor * (d[m] - mean - along * y[m]);
  }
};

/// Of the sum over neighbours: dE/d~r but for the way through the channels x of a row, and dE/dx.
template <class Space, class T>
struct SumAdjoint {
  Matrix<T const, Space> x;
  Columns<double const, Space> rows;
  Vector<int const, Space> atom;
  Matrix<T const, Space> dt;  // (atoms, 4 * M), dE/dT
  T scale;
  Columns<double, Space> gradient;  // (rows x 4)
  Matrix<T, Space> dx;

  KOKKOS_FUNCTION void operator()(std::int64_t row) const {
    int const width = static_cast<int>(x.extent(1));
    T const* KOKKOS_RESTRICT const along = &dt(atom(row), 0);
    T* KOKKOS_RESTRICT const d = &dx(row, 0);
    T factor[4];
    for (int c = 0; c < 4; ++c) {
      gradient(row, c) = static_cast<double>(scale * dot<Space>(&x(row, 0), along + c * width, width));
      factor[c] = scale * static_cast<T>(rows(row, c));
    }
    for (int m = 0; m < width; ++m)
      d[m] = factor[0] * along[m] + factor[1] * along[width + m] + factor[2] * along[2 * width + m] +
             factor[3] * along[3 * width + m];
  }
};

/// dE/dx += the derivatives by the products' input, which lie in the order of places.
template <class Space, class T>
struct AddPlaced {
  Matrix<T const, Space> placed;
  Vector<std::int64_t const, Space> place;
  Matrix<T, Space> dx;

  KOKKOS_FUNCTION void operator()(std::int64_t row, int begin, int end) const {
    T const* KOKKOS_RESTRICT const from = &placed(place(row), 0);
    T* KOKKOS_RESTRICT const to = &dx(row, 0);
    for (int m = begin; m < end; ++m) to[m] += from[m];
  }
};

/// dE/d~r of the rows of one pair of types, += the ways through G(s), w and u.
template <class Space, class T, class Stored>
struct RowsOfAttentionAdjoint {
  SmoothFactor factor;
  double shortest;
  Columns<double const, Space> displacement, values;
  Vector<std::int64_t const, Space> place;
  Matrix<Stored const, Space> dg;
  Matrix<T const, Space> dx;
  Columns<T const, Space> ddirection;  // (places x 3), dE/du
  Vector<T const, Space> dweight;      // (places), dE/dw
  Columns<double, Space> gradient;

  KOKKOS_FUNCTION void operator()(std::int64_t row) const {
    double r2 = 0.0, length2 = 0.0, along = 0.0;
    for (int c = 0; c < 3; ++c) r2 += displacement(row, c) * displacement(row, c);
    for (int c = 1; c < 4; ++c) {
      length2 += values(row, c) * values(row, c);
      along += values(row, c) * static_cast<double>(ddirection(place(row), c - 1));
    }
    double w, slope;
    factor(Kokkos::sqrt(r2), w, slope);
    gradient(row, 0) +=
        static_cast<double>(dot<Space>(&dx(row, 0), &dg(row, 0), static_cast<int>(dx.extent(1)))) +
        static_cast<double>(dweight(place(row))) * slope;
    double const length = Kokkos::sqrt(length2), inverse = 1.0 / Kokkos::max(length, shortest);
    double const radial = length > shortest ? along * inverse * inverse : 0.0;
    for (int c = 1; c < 4; ++c)
      gradient(row, c) +=
          inverse * (static_cast<double>(ddirection(place(row), c - 1)) - radial * values(row, c));
  }
};

}  // namespace dp::detail
