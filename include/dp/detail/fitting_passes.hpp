// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/detail/layer_pass.hpp>

namespace dp::detail {

/// Parameters behind the descriptor in the input rows of the fitting net: normalised fparam and aparam, case
/// embedding. `constant` holds fparam's and the case embedding's columns, `aparam` is looked up per atom.
template <class Space, class T>
struct FillParameters {
  Strided1<double const, Space> fparam, fparam_mean, fparam_factor;
  Strided2<double const, Space> aparam;
  Strided1<double const, Space> aparam_mean, aparam_factor, case_embedding;
  Vector<int const, Space> centres;
  int dimension;
  Matrix<T, Space> x;

  KOKKOS_FUNCTION void operator()(std::int64_t a) const {
    int column = dimension;
    for (std::size_t k = 0; k < fparam_mean.extent(0); ++k)
      x(a, column++) = static_cast<T>((fparam(k) - fparam_mean(k)) * fparam_factor(k));
    for (std::size_t k = 0; k < aparam_mean.extent(0); ++k)
      x(a, column++) = static_cast<T>((aparam(centres(a), k) - aparam_mean(k)) * aparam_factor(k));
    for (std::size_t k = 0; k < case_embedding.extent(0); ++k)
      x(a, column++) = static_cast<T>(case_embedding(k));
  }
};

/// The last, linear layer: energy(a) += sign * (x(a) . w + bias), summed in double.
template <class Space, class T>
struct LastLayer {
  Matrix<T const, Space> x;
  Vector<T const, Space> weight, bias;
  double sign, shift;
  Vector<double, Space> energy;

  KOKKOS_FUNCTION void operator()(std::int64_t a) const {
    double sum = static_cast<double>(bias(0));
    for (std::size_t k = 0; k < weight.extent(0); ++k)
      sum += static_cast<double>(x(a, k)) * static_cast<double>(weight(k));
    energy(a) = (sign > 0 ? 0.0 : energy(a)) + sign * sum + shift;
  }
};

/// One pass of the adjoint between two GEMMs: adds the skip connection of the layer above to dE/dy, and
/// multiplies with the slope of the layer below to give its dE/dz. At the top dE/dy is the weight of the last
/// layer.
template <class Space, class T>
struct AdjointPass {
  RowItems<Space> items;
  Matrix<T, Space> dy;              // in: dz_above W^T; out: dE/dy
  Matrix<T const, Space> dy_above;  // of the layer above
  Skip skip_above;
  Vector<T const, Space> top;    // given at the top: the last layer's weight
  Matrix<T const, Space> slope;  // not given at the net's input
  Matrix<T, Space> dz;

  KOKKOS_FUNCTION void operator()(std::int64_t item) const {
    auto const row = items.row(item);
    int const begin = items.begin(item), end = items.end(item), width = items.width;
    T* KOKKOS_RESTRICT const y = &dy(row, 0);
    if (top.data())
      for (int c = begin; c < end; ++c) y[c] = top(c);
    if (skip_above != Skip::none) {
      T const* KOKKOS_RESTRICT const above = &dy_above(row, 0);
      for (int c = begin; c < end; ++c) y[c] += above[c];
      if (skip_above == Skip::doubled)
        for (int c = begin; c < end; ++c) y[c] += above[width + c];
    }
    if (!slope.data()) return;
    T const* KOKKOS_RESTRICT const s = &slope(row, 0);
    T* KOKKOS_RESTRICT const z = &dz(row, 0);
    for (int c = begin; c < end; ++c) z[c] = y[c] * s[c];
  }
};

}  // namespace dp::detail
