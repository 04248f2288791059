// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Core.hpp>
#include <cstddef>
#include <cstdint>
#include <dp/core/views.hpp>
#include <dp/long_range/multiplier_table.hpp>
#include <dp/long_range/structure_factor_kernels.hpp>
#include <dp/long_range/taken_modes.hpp>

namespace dp::detail {

/// What the modes count in a channel, see WeighModes.
template <class Space>
struct ChannelWeights {
  TakenModes taken;
  MultiplierTable<Space> multipliers;
  int channel;

  KOKKOS_FUNCTION ModeWeight operator()(int n0, int n1, int n2) const {
    constexpr double pi = Kokkos::numbers::pi;
    double const k2 = taken.k2(n0, n1, n2), share = taken.share(n0, k2);
    if (share == 0.0) return {0.0, 0.0};
    auto const phi = multipliers(channel, k2);
    return {share * phi.value, -4.0 * pi * pi * share * phi.slope};
  }
};

/// Takes the values of a channel, and adds what factors times its field give as derivatives.
template <class Space>
struct TakeChannel {
  Strided1<double const, Space> factors;    // of the field at each site
  Strided1<double, Space> values;           // or empty
  Matrix<double, Space> positions, strain;  // (sites x 3), (sites x 9), or empty

  KOKKOS_FUNCTION void operator()(std::int64_t i, SiteField const& field) const {
    if (values.data()) values(i) = field.potential;
    if (positions.data())
      for (int c = 0; c < 3; ++c) positions(i, c) += factors(i) * field.gradient[c];
    if (strain.data())
      for (int k = 0; k < 9; ++k) strain(i, k) -= factors(i) * field.strain[k];
  }
};

/// What the modes of a row count in the derivative by a parameter.
template <class Space>
struct SumParameters {
  TakenModes taken;
  PhaseTable table;
  MultiplierTable<Space> multipliers;
  Matrix<double const, Space> sources, cotangents;  // structure factors: channels x rows, one below the other
  Matrix<double, Space> sums;                       // (rows x parameters)

  KOKKOS_FUNCTION void operator()(std::int64_t row, int parameter) const {
    auto const& modes = taken.modes;
    int const n0 = modes.n0(row), n1 = modes.n1(row), channel = multipliers.channel(parameter);
    std::int64_t const at = std::int64_t(channel) * modes.rows() + row;
    double sum = 0.0;
    for (int column = 0; column < modes.columns(); ++column) {
      int const n2 = column - modes.half[2], imaginary = table.count[2] + column;
      double const k2 = taken.k2(n0, n1, n2), share = taken.share(n0, k2);
      if (share == 0.0) continue;
      sum +=
          share * multipliers.derivative(channel, multipliers.own(parameter), k2) *
          (sources(at, column) * cotangents(at, column) + sources(at, imaginary) * cotangents(at, imaginary));
    }
    sums(row, parameter) = sum;
  }
};

/// Sums of columns, an item each.
template <class Space>
struct SumColumns {
  Matrix<double const, Space> values;
  Vector<double, Space> sums;

  KOKKOS_FUNCTION void operator()(std::int64_t column) const {
    double sum = 0.0;
    for (std::size_t row = 0; row < values.extent(0); ++row) sum += values(row, column);
    sums(column) = sum;
  }
};

/// In each channel the sum over sites of two numbers' product, an item each.
template <class Space>
struct SumProducts {
  Matrix<double const, Space> a, b;
  Vector<double, Space> sums;

  KOKKOS_FUNCTION void operator()(std::int64_t channel) const {
    double sum = 0.0;
    for (std::size_t i = 0; i < a.extent(0); ++i) sum += a(i, channel) * b(i, channel);
    sums(channel) = sum;
  }
};

/// Takes away what sources give their own sites: `self` is what those of one give (channels x channels, of
/// which the diagonal counts), `self_strain` its derivatives (channels x 9).
template <class Space>
struct RemoveSelf {
  Matrix<double const, Space> sources, self;
  Matrix<double, Space> values;  // (sites x channels) or empty
  Matrix<double const, Space> cotangents, self_strain;
  Matrix<double, Space> strain;  // (sites x 9) or empty

  KOKKOS_FUNCTION void operator()(std::int64_t i) const {
    for (std::size_t c = 0; c < sources.extent(1); ++c) {
      if (values.data()) values(i, c) -= sources(i, c) * self(c, c);
      if (strain.data())
        for (int k = 0; k < 9; ++k) strain(i, k) -= cotangents(i, c) * sources(i, c) * self_strain(c, k);
    }
  }
};

/// Likewise of the derivatives by parameters: `products` are those of sources and cotangents.
template <class Space>
struct RemoveSelfParameters {
  MultiplierTable<Space> multipliers;
  Vector<double const, Space> products, self;
  Vector<double, Space> parameters;

  KOKKOS_FUNCTION void operator()(std::int64_t p) const {
    parameters(p) -= products(multipliers.channel(p)) * self(p);
  }
};

}  // namespace dp::detail
