// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/half.hpp>
#include <dp/core/lanes.hpp>
#include <dp/core/views.hpp>
#include <dp/kernels/modulate.hpp>

/// Pairs of neighbours of an atom, for hosts: each row of the first type has a fan of partners, rows of the
/// second type that lie side by side. Of one type the partners of a row are itself and those behind it, which
/// count twice.
namespace dp::detail {

/// The pairs of one function of angles in a tile.
template <class Space>
struct AngleFans {
  std::int64_t atoms;
  int first, second;                          // types of neighbours
  std::int64_t begin;                         // first row of the first type
  Vector<std::int64_t const, Space> offsets;  // (ntypes * atoms + 1), of Rows
  Vector<int const, Space> atom;              // (rows), of Rows
  Vector<std::int64_t, Space> starts;         // (rows of the first type + 1), first pair of each

  /// The rows of an atom and a type: first, and behind the last.
  KOKKOS_INLINE_FUNCTION std::int64_t row(int type, std::int64_t a) const {
    return offsets(type * atoms + a);
  }
  KOKKOS_INLINE_FUNCTION std::int64_t row_end(int type, std::int64_t a) const {
    return offsets(type * atoms + a + 1);
  }
  /// The first partner of a row, and how many there are.
  KOKKOS_INLINE_FUNCTION std::int64_t partner(std::int64_t j) const {
    return first == second ? j : row(second, atom(j));
  }
  KOKKOS_INLINE_FUNCTION int partners(std::int64_t j) const {
    return static_cast<int>(row_end(second, atom(j)) - partner(j));
  }
  /// How often a pair counts.
  KOKKOS_INLINE_FUNCTION double times(std::int64_t j, std::int64_t k) const {
    return first == second && j != k ? 2.0 : 1.0;
  }
};

/// The starts of fans, by a scan over the rows of the first type and one more.
template <class Space>
struct ScanFans {
  AngleFans<Space> fans;

  KOKKOS_FUNCTION void operator()(std::int64_t fan, std::int64_t& sum, bool final) const {
    if (final) fans.starts(fan) = sum;
    if (fan + 1 < static_cast<std::int64_t>(fans.starts.extent(0))) sum += fans.partners(fans.begin + fan);
  }
};

/// e = u_j . u_k of the pairs of a row.
template <class Space>
struct FillAngles {
  AngleFans<Space> fans;
  Columns<double const, Space> rows;
  std::int64_t from;        // first pair of the chunk
  Vector<double, Space> e;  // of the chunk

  KOKKOS_FUNCTION void operator()(std::int64_t fan) const {
    std::int64_t const j = fans.begin + fan, k0 = fans.partner(j);
    int const n = fans.partners(j);
    if (n == 0) return;
    double const x = rows(j, 1), y = rows(j, 2), z = rows(j, 3);
    double const* KOKKOS_RESTRICT const kx = &rows(k0, 1);
    double const* KOKKOS_RESTRICT const ky = &rows(k0, 2);
    double const* KOKKOS_RESTRICT const kz = &rows(k0, 3);
    double* KOKKOS_RESTRICT const out = &e(fans.starts(fan) - from);
    for (int k = 0; k < n; ++k) out[k] = x * kx[k] + y * ky[k] + z * kz[k];
  }
};

/// v and dv/ds of the rows of one type, for modulations.
template <class Space>
struct FillSmoothing {
  SmoothFactor factor;
  Columns<double const, Space> displacement;
  Vector<double, Space> value, slope;

  KOKKOS_FUNCTION void operator()(std::int64_t row) const {
    double r2 = 0.0;
    for (int c = 0; c < 3; ++c) r2 += displacement(row, c) * displacement(row, c);
    factor(Kokkos::sqrt(r2), value(row), slope(row));
  }
};

/// From N(e) and dN/de of a chunk: the sum over the partners of a row, and for the way back the derivative of
/// e N (1 + h v_j v_k) by e and, where there is smoothing, e N h, that by v_j v_k.
template <class Space, class T, class Stored>
struct SumFans {
  AngleFans<Space> fans;
  std::int64_t from;                      // first pair of the chunk
  Vector<double const, Space> e;          // of the chunk
  Matrix<Stored const, Space> value, dn;  // (pairs of the chunk x M); dn may be empty
  Vector<T const, Space> h;               // (M), or empty
  Vector<double const, Space> v;          // (rows), or empty: 1
  T scale;
  Matrix<T, Space> sums;                   // (rows of the first type x M)
  Matrix<Stored, Space> slope, modulated;  // (all pairs x M); may be empty

  KOKKOS_FUNCTION void operator()(std::int64_t fan) const {
    using V = Lanes<Space, T>;
    int const width = static_cast<int>(value.extent(1));
    int m = 0;
    for (; m + V::count <= width; m += V::count) channels<V>(fan, m);
    for (; m < width; ++m) channels<Lanes<Space, T, false>>(fan, m);
  }

 private:
  template <class V>
  KOKKOS_FORCEINLINE_FUNCTION void channels(std::int64_t fan, int m) const {
    std::int64_t const j = fans.begin + fan, k0 = fans.partner(j), pair = fans.starts(fan);
    int const n = fans.partners(j);
    typename V::Type sum = {};
    for (int k = 0; k < n; ++k) {
      std::int64_t const p = pair - from + k;
      T const at = static_cast<T>(e(p)), times = static_cast<T>(fans.times(j, k0 + k));
      auto g = V::load(&value(p, m));
      auto dg = g;
      if (slope.data()) dg += at * V::load(&dn(p, m));
      if (h.extent(0) > 0) {
        T const both = v.extent(0) > 0 ? static_cast<T>(v(j) * v(k0 + k)) : T(1);
        auto const modulation = V::load(&h(m));
        if (modulated.data()) V::store(&modulated(pair + k, m), at * g * modulation);
        g *= T(1) + both * modulation;
        dg *= T(1) + both * modulation;
      }
      if (slope.data()) V::store(&slope(pair + k, m), dg);
      sum += times * at * g;
    }
    V::store(&sums(fan, m), scale * sum);
  }
};

/// The sums of the rows of an atom, added.
template <class Space, class T>
struct AddFans {
  AngleFans<Space> fans;
  Matrix<T const, Space> of_rows;  // (rows of the first type x M)
  Matrix<T, Space> sums;           // (atoms x M)

  KOKKOS_FUNCTION void operator()(std::int64_t a, int begin, int end) const {
    T* KOKKOS_RESTRICT const to = &sums(a, 0);
    for (std::int64_t j = fans.row(fans.first, a); j < fans.row_end(fans.first, a); ++j) {
      T const* KOKKOS_RESTRICT const row = &of_rows(j - fans.begin, 0);
      for (int m = begin; m < end; ++m) to[m] += row[m];
    }
  }
};

/// dE/d~r of the rows of an atom, += those by all its pairs of one function.
template <class Space, class T, class Stored>
struct FansAdjoint {
  AngleFans<Space> fans;
  Columns<double const, Space> rows;
  Matrix<T const, Space> dsums;                  // (atoms, M), dE/d(sum over neighbours)
  Matrix<Stored const, Space> slope, modulated;  // (all pairs x M); modulated may be empty
  Vector<double const, Space> v, dv;             // (rows), where there is smoothing
  double scale;
  Columns<double, Space> gradient;  // (rows x 4)

  KOKKOS_FUNCTION void operator()(std::int64_t a) const {
    T const* const along = &dsums(a, 0);
    int const width = static_cast<int>(slope.extent(1));
    for (std::int64_t j = fans.row(fans.first, a); j < fans.row_end(fans.first, a); ++j) {
      std::int64_t const k0 = fans.partner(j), pair = fans.starts(j - fans.begin);
      int const n = fans.partners(j);
      for (int begin = 0; begin < n; begin += piece) {
        int const count = Kokkos::min(piece, n - begin);
        double derivative[piece];
        auto const by = [&](Matrix<Stored const, Space> const& function) {
          for (int k = 0; k < count; ++k)
            derivative[k] =
                scale * fans.times(j, k0 + begin + k) * dot(&function(pair + begin + k, 0), along, width);
        };
        by(slope);
        for (int c = 1; c < 4; ++c) exchange(j, k0 + begin, count, derivative, c);
        if (!modulated.data()) continue;
        by(modulated);
        for (int k = 0; k < count; ++k) {
          std::int64_t const row = k0 + begin + k;
          gradient(j, 0) += derivative[k] * v(row) * dv(j);
          gradient(row, 0) += derivative[k] * v(j) * dv(row);
        }
      }
    }
  }

 private:
  static constexpr int piece = 64;  // of partners, whose derivatives lie on the stack

  /// A component of both rows of pairs, from dE/de.
  KOKKOS_FORCEINLINE_FUNCTION void exchange(std::int64_t j, std::int64_t k0, int n, double const* de,
                                            int c) const {
    double const* KOKKOS_RESTRICT const other = &rows(k0, c);
    double* const to = &gradient(k0, c);
    double const own = rows(j, c);
    double sum = 0.0;
    for (int k = 0; k < n; ++k) {
      sum += de[k] * other[k];
      to[k] += de[k] * own;
    }
    gradient(j, c) += sum;
  }

  KOKKOS_FORCEINLINE_FUNCTION static double dot(Stored const* x, T const* y, int n) {
    using V = Lanes<Space, T>;
    typename V::Type sums = {};
    int m = 0;
    for (; m + V::count <= n; m += V::count) sums += V::load(x + m) * V::load(y + m);
    T sum = V::sum(sums);
    for (; m < n; ++m) sum += widened<T>(x[m]) * y[m];
    return static_cast<double>(sum);
  }
};

}  // namespace dp::detail
