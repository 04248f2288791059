// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/entries.hpp>
#include <dp/core/half.hpp>
#include <dp/core/kernels.hpp>
#include <dp/core/lanes.hpp>
#include <dp/core/views.hpp>

namespace dp::detail {

/// From (rows x columns) to the first columns of `to`.
template <class Space, class T, class Stored>
struct CopyFeatures {
  Matrix<T const, Space> from;
  Matrix<Stored, Space> to;

  KOKKOS_FUNCTION void operator()(std::int64_t row, int column) const {
    to(row, column) = narrowed<Stored>(from(row, column));
  }
};

/// The features of a radial descriptor: A or Y itself.
template <class Space, class T, class Stored>
void copy_features(Space const& space, Matrix<T, Space> const& from, Matrix<Stored, Space> const& to) {
  for_each_entry(space, "dp::copy_features", static_cast<std::int64_t>(from.extent(0)),
                 static_cast<int>(from.extent(1)), CopyFeatures<Space, T, Stored>{from, to});
}

/// Which products of A with the rows of Y are features (see CentreBasis), in vectors of as many functions as
/// there are lanes: for each row of Y those with the first `counts` vectors, one behind the other. Those
/// behind the first `large` are in float, in a matrix of their own.
template <class Space>
struct Staircase {
  Vector<int const, Space> columns;              // of each vector among the K', in the order of use
  Vector<int const, Space> counts, large;        // per row of Y, falling
  Vector<int const, Space> begin, begin_single;  // per row of Y: its first features
  int width;                                     // K'

  KOKKOS_FORCEINLINE_FUNCTION int rows() const { return static_cast<int>(counts.extent(0)); }
};

/// F = sum_c Y_cr A_ck; an item is a vector of functions of an atom.
template <class Space, class T, class Stored>
struct StaircaseFeatures {
  Staircase<Space> stairs;
  Matrix<T const, Space> a;  // (atoms, 4 * K')
  Matrix<T const, Space> y;  // (atoms, 4 * rows)
  Matrix<Stored, Space> f;
  Matrix<float, Space> single;

  using V = Lanes<Space, T>;

  KOKKOS_FUNCTION void operator()(std::int64_t atom, int vector) const {
    int const rows = stairs.rows(), width = stairs.width;
    T const* const x = &a(atom, stairs.columns(vector));
    auto const x0 = V::load(x), x1 = V::load(x + width), x2 = V::load(x + 2 * width),
               x3 = V::load(x + 3 * width);
    T const* const factor = &y(atom, 0);
    auto const feature = [&](int r) {
      return factor[r] * x0 + factor[rows + r] * x1 + factor[2 * rows + r] * x2 + factor[3 * rows + r] * x3;
    };
    int r = 0;
    for (; r < rows && vector < stairs.large(r); ++r)
      V::store(&f(atom, stairs.begin(r) + vector * V::count), feature(r));
    for (; r < rows && vector < stairs.counts(r); ++r)
      V::store(&single(atom, stairs.begin_single(r) + (vector - stairs.large(r)) * V::count), feature(r));
  }
};

/// dE/dY_cr = sum_k dE/dF_rk A_ck; an item is one row of Y of an atom.
template <class Space, class T>
struct StaircaseAdjointY {
  Staircase<Space> stairs;
  Matrix<T const, Space> a, df;
  Matrix<float const, Space> dsingle;
  Matrix<T, Space> dy;  // (atoms, 4 * rows)

  using V = Lanes<Space, T>;

  KOKKOS_FUNCTION void operator()(std::int64_t atom, int r) const {
    typename V::Type sum[4] = {};
    int vector = 0;
    auto const add = [&](auto const& d) {
      T const* const x = &a(atom, stairs.columns(vector));
      for (int c = 0; c < 4; ++c) sum[c] += d * V::load(x + c * stairs.width);
    };
    T const* d = &df(atom, stairs.begin(r));
    for (; vector < stairs.large(r); ++vector, d += V::count) add(V::load(d));
    float const* d_single = &dsingle(atom, stairs.begin_single(r));
    for (; vector < stairs.counts(r); ++vector, d_single += V::count) add(V::load(d_single));
    for (int c = 0; c < 4; ++c) dy(atom, c * stairs.rows() + r) = V::sum(sum[c]);
  }
};

/// StaircaseAdjointY where threads are many: those of a vector share the functions of a row, so that
/// neighbouring threads read neighbouring functions.
template <class Space, class T>
struct StaircaseAdjointYByTeams {
  StaircaseAdjointY<Space, T> of;

  static constexpr int vector = 8;

  KOKKOS_FUNCTION void operator()(TeamMember<Space> const& team) const {
    constexpr int lanes = Lanes<Space, T>::count;
    std::int64_t const atom = team.league_rank();
    auto const& stairs = of.stairs;
    Kokkos::parallel_for(Kokkos::TeamThreadRange(team, stairs.rows()), [&](int r) {
      Components sums;
      Kokkos::parallel_reduce(
          Kokkos::ThreadVectorRange(team, stairs.counts(r) * lanes),
          [&](int k, Components& part) {
            int const in_single = k - stairs.large(r) * lanes;
            T const d = in_single < 0 ? of.df(atom, stairs.begin(r) + k)
                                      : static_cast<T>(of.dsingle(atom, stairs.begin_single(r) + in_single));
            int const column = stairs.columns(k / lanes) + k % lanes;
            for (int c = 0; c < 4; ++c) part.value[c] += d * of.a(atom, c * stairs.width + column);
          },
          sums);
      Kokkos::single(Kokkos::PerThread(team), [&] {
        for (int c = 0; c < 4; ++c) of.dy(atom, c * stairs.rows() + r) = sums.value[c];
      });
    });
  }

 private:
  struct Components {
    T value[4] = {};

    KOKKOS_INLINE_FUNCTION Components& operator+=(Components const& other) {
      for (int c = 0; c < 4; ++c) value[c] += other.value[c];
      return *this;
    }
  };
};

/// dE/dA_ck = sum_r (dE/dF_rk Y_cr + dE/dY_cr left_rk); an item is a vector of functions of an atom.
template <class Space, class T>
struct StaircaseAdjointA {
  Staircase<Space> stairs;
  Matrix<T const, Space> y, dy, df;
  Matrix<float const, Space> dsingle;
  Matrix<T const, Space> left;  // (rows, K')
  Matrix<T, Space> da;

  using V = Lanes<Space, T>;

  KOKKOS_FUNCTION void operator()(std::int64_t atom, int vector) const {
    int const rows = stairs.rows(), k = stairs.columns(vector);
    typename V::Type sum[4] = {};
    for (int row = 0; row < rows; ++row) {
      auto const factor = V::load(&left(row, k));
      for (int c = 0; c < 4; ++c) sum[c] += factor * dy(atom, c * rows + row);
    }
    int r = 0;
    auto const add = [&](auto const& d) {
      for (int c = 0; c < 4; ++c) sum[c] += d * y(atom, c * rows + r);
    };
    for (; r < rows && vector < stairs.large(r); ++r)
      add(V::load(&df(atom, stairs.begin(r) + vector * V::count)));
    for (; r < rows && vector < stairs.counts(r); ++r)
      add(V::load(&dsingle(atom, stairs.begin_single(r) + (vector - stairs.large(r)) * V::count)));
    for (int c = 0; c < 4; ++c) V::store(&da(atom, c * stairs.width + k), sum[c]);
  }
};

}  // namespace dp::detail
