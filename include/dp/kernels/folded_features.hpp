// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
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
/// behind the first `large` are in float, in a matrix of their own. So a vector is multiplied with the first
/// `heights` rows, and its products with those behind the first `large_heights` are in float.
template <class Space>
struct Staircase {
  Vector<int const, Space> columns;                 // of each vector among the K', in the order of use
  Vector<int const, Space> counts, large;           // per row of Y, falling
  Vector<int const, Space> heights, large_heights;  // per vector in the order of use, falling
  Vector<int const, Space> begin, begin_single;     // per row of Y: its first features
  int width;                                        // K'

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
    for (int const end = stairs.large_heights(vector); r < end; ++r)
      V::store(&f(atom, stairs.begin(r) + vector * V::count), feature(r));
    for (int const end = stairs.heights(vector); r < end; ++r)
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
    for (int const end = stairs.large_heights(vector); r < end; ++r)
      add(V::load(&df(atom, stairs.begin(r) + vector * V::count)));
    for (int const end = stairs.heights(vector); r < end; ++r)
      add(V::load(&dsingle(atom, stairs.begin_single(r) + (vector - stairs.large(r)) * V::count)));
    for (int c = 0; c < 4; ++c) V::store(&da(atom, c * stairs.width + k), sum[c]);
  }
};

/// StaircaseAdjointY and StaircaseAdjointA where threads are many: a team for each atom reads dE/dF for
/// dE/dY, which stays in shared memory, and soon again for dE/dA. Neighbouring threads take neighbouring
/// functions.
template <class Space, class T>
struct StaircaseAdjointByTeams {
  /// One number of each component.
  struct alignas(16) Four {
    T value[4] = {};

    KOKKOS_INLINE_FUNCTION Four& operator+=(Four const& other) {
      for (int c = 0; c < 4; ++c) value[c] += other.value[c];
      return *this;
    }
    KOKKOS_FORCEINLINE_FUNCTION void add(T factor, Four other) {
      for (int c = 0; c < 4; ++c) value[c] += factor * other.value[c];
    }
  };

  Staircase<Space> stairs;
  Matrix<T const, Space> a, y, df;
  Matrix<float const, Space> dsingle;
  Matrix<T const, Space> left;  // (rows, K')
  Matrix<T, Space> da;

  static constexpr int vector = 4;  // threads that share a row of Y
  static constexpr int chunk = 64;  // functions whose A are in shared memory at once

  /// Shared memory.
  static std::size_t scratch(int rows) {
    return static_cast<std::size_t>(2 * rows + chunk) * sizeof(Four) + alignof(Four);
  }

  KOKKOS_FUNCTION void operator()(TeamMember<Space> const& team) const {
    std::int64_t const atom = team.league_rank();
    int const rows = stairs.rows(), functions = static_cast<int>(stairs.columns.extent(0)) * lanes;
    auto const size = (2 * rows + chunk) * static_cast<int>(sizeof(Four));
    auto* const y_rows = static_cast<Four*>(team.team_scratch(0).get_shmem_aligned(size, alignof(Four)));
    Four *const dy = y_rows + rows, *const sums = dy + rows;
    Kokkos::parallel_for(Kokkos::TeamVectorRange(team, rows), [&](int r) {
      y_rows[r] = four(y, atom, r, rows);
      dy[r] = Four();
    });
    for (int k0 = 0; k0 < functions; k0 += chunk) {
      int const here = functions - k0 < chunk ? functions - k0 : chunk;
      Kokkos::parallel_for(Kokkos::TeamVectorRange(team, here),
                           [&](int k) { sums[k] = four(a, atom, column(k0 + k), stairs.width); });
      team.team_barrier();
      Kokkos::parallel_for(Kokkos::TeamThreadRange(team, rows), [&](int r) {
        int const large = stairs.large(r) * lanes, count = stairs.counts(r) * lanes, end = k0 + here;
        T const* const d = df.data() + atom * df.stride(0) + stairs.begin(r);
        add_to_row(team, d + k0, Kokkos::min(large, end) - k0, sums, dy[r]);
        if (large == count) return;
        float const* const d_single = dsingle.data() + atom * dsingle.stride(0) + stairs.begin_single(r);
        int const begin = Kokkos::max(large, k0);
        add_to_row(team, d_single + (begin - large), Kokkos::min(count, end) - begin, sums + (begin - k0),
                   dy[r]);
      });
      team.team_barrier();
    }
    Kokkos::parallel_for(Kokkos::TeamVectorRange(team, functions), [&](int k) {
      int const at = column(k), rows_large = stairs.large_heights(k / lanes);
      Four sum;
      for (int r = 0; r < rows_large; ++r) sum.add(df(atom, stairs.begin(r) + k), y_rows[r]);
      for (int r = rows_large, end = stairs.heights(k / lanes); r < end; ++r)
        sum.add(static_cast<T>(dsingle(atom, stairs.begin_single(r) + k - stairs.large(r) * lanes)),
                y_rows[r]);
      for (int r = 0; r < rows; ++r) sum.add(left(r, at), dy[r]);
      for (int c = 0; c < 4; ++c) da(atom, c * stairs.width + at) = sum.value[c];
    });
  }

 private:
  static constexpr int lanes = Lanes<Space, T>::count;

  /// Of function k in the order of use.
  KOKKOS_FORCEINLINE_FUNCTION int column(int k) const { return stairs.columns(k / lanes) + k % lanes; }

  KOKKOS_FORCEINLINE_FUNCTION static Four four(Matrix<T const, Space> const& of, std::int64_t atom,
                                               int column, int width) {
    Four result;
    for (int c = 0; c < 4; ++c) result.value[c] = of(atom, c * width + column);
    return result;
  }

  /// Adds the products of `count` numbers of dE/dF, if any, with their A to a row of dE/dY.
  template <class D>
  KOKKOS_FORCEINLINE_FUNCTION static void add_to_row(TeamMember<Space> const& team, D const* d, int count,
                                                     Four const* sums, Four& row) {
    if (count <= 0) return;
    Four sum;
    Kokkos::parallel_reduce(
        Kokkos::ThreadVectorRange(team, vector),
        [&](int lane, Four& part) {
          for (int k = lane; k < count; k += vector) part.add(static_cast<T>(d[k]), sums[k]);
        },
        sum);
    Kokkos::single(Kokkos::PerThread(team), [&] { row += sum; });
  }
};

}  // namespace dp::detail
