// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/views.hpp>
#include <dp/kernels/tensor_products.hpp>
#include <dp/step/rows.hpp>

namespace dp::detail {

/// Copies columns of edges side by side.
template <class Space, class T>
struct GatherColumns {
  Matrix<T const, Space> from;
  int first, to_first;
  Matrix<T, Space> to;

  KOKKOS_FUNCTION void operator()(std::int64_t row, int begin, int end) const {
    T const* KOKKOS_RESTRICT const source = &from(row, first);
    T* KOKKOS_RESTRICT const target = &to(row, to_first);
    for (int c = begin; c < end; ++c) target[c] = source[c];
  }
};

/// Its way back.
template <class Space, class T>
struct ScatterColumns {
  Matrix<T const, Space> from;
  int first, to_first;
  Matrix<T, Space> to;

  KOKKOS_FUNCTION void operator()(std::int64_t row, int begin, int end) const {
    T const* KOKKOS_RESTRICT const source = &from(row, first);
    T* KOKKOS_RESTRICT const target = &to(row, to_first);
    for (int c = begin; c < end; ++c) target[c] += source[c];
  }
};

/// old_part * old + new_part * u * y, where u falls to zero at the cutoff.
template <class Space, class T>
struct RenewScalars {
  T old_part, new_part;
  Matrix<T const, Space> envelope, y;
  Matrix<T const, Space> old;  // not given: none
  Matrix<T, Space> renewed;

  KOKKOS_FUNCTION void operator()(std::int64_t row, int begin, int end) const {
    T const factor = new_part * envelope(row, 0);
    for (int c = begin; c < end; ++c) renewed(row, c) = factor * y(row, c);
    if (!old.data()) return;
    for (int c = begin; c < end; ++c) renewed(row, c) += old_part * old(row, c);
  }
};

/// Its way back.
template <class Space, class T>
struct RenewScalarsAdjoint {
  T old_part, new_part;
  Matrix<T const, Space> envelope, y, drenewed;
  Matrix<T, Space> denvelope, dy, dold;  // dold: not given where there is no old

  KOKKOS_FUNCTION void operator()(std::int64_t row) const {
    T const factor = new_part * envelope(row, 0);
    T sum = T(0);
    for (int c = 0; c < static_cast<int>(y.extent(1)); ++c) {
      dy(row, c) += factor * drenewed(row, c);
      sum += y(row, c) * drenewed(row, c);
      if (dold.data()) dold(row, c) += old_part * drenewed(row, c);
    }
    denvelope(row, 0) += new_part * sum;
  }
};

/// energy(a) = bias + sum over edges of factor(type of neighbour) * e, in double.
template <class Space, class T>
struct SumEdgeEnergies {
  EdgesOfAtoms<Space> edges;
  Matrix<T const, Space> edge_energy;  // (edges x 1)
  Vector<double const, Space> factor;  // (ntypes x ntypes)
  int first_pair;                      // of the centre's type
  double bias;
  Vector<double, Space> energy;

  KOKKOS_FUNCTION void operator()(std::int64_t a) const {
    double sum = bias;
    edges.for_each(a, [&](std::int64_t row, int type) {
      sum += factor(first_pair + type) * static_cast<double>(edge_energy(row, 0));
    });
    energy(a) = sum;
  }
};

/// Its way back.
template <class Space, class T>
struct EdgeEnergiesAdjoint {
  EdgesOfAtoms<Space> edges;
  Vector<double const, Space> factor;
  int first_pair;
  Matrix<T, Space> dedge_energy;

  KOKKOS_FUNCTION void operator()(std::int64_t a) const {
    edges.for_each(a, [&](std::int64_t row, int type) {
      dedge_energy(row, 0) += static_cast<T>(factor(first_pair + type));
    });
  }
};

}  // namespace dp::detail
