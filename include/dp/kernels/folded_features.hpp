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

/// The folded descriptor's features F_bk = sum_c Y_cb A_ck with Y = A C_axis^T: K' * axis numbers instead of
/// M * axis.
template <class Space, class T, class Stored>
struct AxisFeatures {
  Matrix<T const, Space> a;  // (atoms, 4 * K')
  Matrix<T const, Space> y;  // (atoms, 4 * axis)
  Matrix<Stored, Space> f;   // (atoms, at least axis * K')
  int width = static_cast<int>(a.extent(1)) / 4;
  int axis = static_cast<int>(y.extent(1)) / 4;

  using V = Lanes<Space, T>;

  KOKKOS_FUNCTION void operator()(std::int64_t atom, int strip) const {
    int const k = strip * V::count;
    T const* const x = &a(atom, k);
    auto const x0 = V::load(x), x1 = V::load(x + width), x2 = V::load(x + 2 * width),
               x3 = V::load(x + 3 * width);
    T const* const factor = &y(atom, 0);
    Stored* out = &f(atom, k);
    for (int b = 0; b < axis; ++b, out += width)
      V::store(out, factor[b] * x0 + factor[axis + b] * x1 + factor[2 * axis + b] * x2 +
                        factor[3 * axis + b] * x3);
  }
};

/// dE/dY_cb = sum_k dE/dF_bk A_ck; an item is one b of an atom.
template <class Space, class T>
struct AxisFeaturesAdjointY {
  Matrix<T const, Space> a, df;
  Matrix<T, Space> dy;  // (atoms, 4 * axis)
  int width = static_cast<int>(a.extent(1)) / 4;
  int axis = static_cast<int>(dy.extent(1)) / 4;

  using V = Lanes<Space, T>;

  KOKKOS_FUNCTION void operator()(std::int64_t atom, int b) const {
    typename V::Type sum[4] = {};
    for (int k = 0; k < width; k += V::count) {
      auto const d = V::load(&df(atom, static_cast<std::int64_t>(b) * width + k));
      for (int c = 0; c < 4; ++c) sum[c] += d * V::load(&a(atom, c * width + k));
    }
    for (int c = 0; c < 4; ++c) dy(atom, c * axis + b) = V::sum(sum[c]);
  }
};

/// AxisFeaturesAdjointY where threads are many: those of a vector share the functions of a b, so that
/// neighbouring threads read neighbouring functions.
template <class Space, class T>
struct AxisFeaturesAdjointYByTeams {
  AxisFeaturesAdjointY<Space, T> of;

  static constexpr int vector = 8;

  KOKKOS_FUNCTION void operator()(TeamMember<Space> const& team) const {
    std::int64_t const atom = team.league_rank();
    Kokkos::parallel_for(Kokkos::TeamThreadRange(team, of.axis), [&](int b) {
      Components sums;
      Kokkos::parallel_reduce(
          Kokkos::ThreadVectorRange(team, of.width),
          [&](int k, Components& part) {
            T const d = of.df(atom, b * of.width + k);
            for (int c = 0; c < 4; ++c) part.value[c] += d * of.a(atom, c * of.width + k);
          },
          sums);
      Kokkos::single(Kokkos::PerThread(team), [&] {
        for (int c = 0; c < 4; ++c) of.dy(atom, c * of.axis + b) = sums.value[c];
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

/// dE/dA_ck = sum_b (dE/dF_bk Y_cb + dE/dY_cb C_bk); an item is a strip of an atom.
template <class Space, class T>
struct AxisFeaturesAdjointA {
  Matrix<T const, Space> y, dy, df;
  Matrix<T const, Space> axis_channels;  // (axis, K')
  Matrix<T, Space> da;
  int width = static_cast<int>(da.extent(1)) / 4;
  int axis = static_cast<int>(y.extent(1)) / 4;

  using V = Lanes<Space, T>;

  KOKKOS_FUNCTION void operator()(std::int64_t atom, int strip) const {
    int const k = strip * V::count;
    typename V::Type sum[4] = {};
    for (int b = 0; b < axis; ++b) {
      auto const d = V::load(&df(atom, static_cast<std::int64_t>(b) * width + k));
      auto const channel = V::load(&axis_channels(b, k));
      for (int c = 0; c < 4; ++c) sum[c] += d * y(atom, c * axis + b) + channel * dy(atom, c * axis + b);
    }
    for (int c = 0; c < 4; ++c) V::store(&da(atom, c * width + k), sum[c]);
  }
};

/// Blocks of the symmetric features: block (p, q), p <= q, holds S_kl = sum_c A_ck A_cl for k in strip p, l
/// in strip q. Diagonal blocks are stored whole, so that no loop has a remainder.
template <int Lanes>
struct SymmetricBlocks {
  int strips;

  KOKKOS_FUNCTION int count() const { return strips * (strips + 1) / 2; }
  KOKKOS_FUNCTION int begin(int p, int q) const {
    return (p * strips - p * (p - 1) / 2 + q - p) * Lanes * Lanes;
  }
};

template <class Space, class T, class Stored>
struct SymmetricFeatures {
  Matrix<T const, Space> a;
  Matrix<Stored, Space> f;
  int width = static_cast<int>(a.extent(1)) / 4;

  using V = Lanes<Space, T>;
  SymmetricBlocks<V::count> blocks{width / V::count};

  KOKKOS_FUNCTION void operator()(std::int64_t atom, int p) const {
    T const* const x = &a(atom, 0);
    for (int q = p; q < blocks.strips; ++q) {
      Stored* const out = &f(atom, blocks.begin(p, q));
      for (int i = 0; i < V::count; ++i) {
        typename V::Type sum = {};
        for (int c = 0; c < 4; ++c)
          sum += x[c * width + p * V::count + i] * V::load(x + c * width + q * V::count);
        V::store(out + i * V::count, sum);
      }
    }
  }
};

template <class Space, class T>
struct SymmetricFeaturesAdjoint {
  Matrix<T const, Space> a, df;
  Matrix<T, Space> da;
  int width = static_cast<int>(a.extent(1)) / 4;

  using V = Lanes<Space, T>;
  SymmetricBlocks<V::count> blocks{width / V::count};

  KOKKOS_FUNCTION void operator()(std::int64_t atom, int p) const {
    T const* const x = &a(atom, 0);
    for (int c = 0; c < 4; ++c) {
      typename V::Type as_column = {};
      for (int q = 0; q <= p; ++q)
        for (int i = 0; i < V::count; ++i)
          as_column +=
              x[c * width + q * V::count + i] * V::load(&df(atom, blocks.begin(q, p) + i * V::count));
      T* const out = &da(atom, c * width + p * V::count);
      V::store(out, as_column);
      for (int i = 0; i < V::count; ++i) {
        typename V::Type as_row = {};
        for (int q = p; q < blocks.strips; ++q)
          as_row +=
              V::load(&df(atom, blocks.begin(p, q) + i * V::count)) * V::load(x + c * width + q * V::count);
        out[i] += V::sum(as_row);
      }
    }
  }
};

}  // namespace dp::detail
