// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Core.hpp>
#include <cstdint>
#include <dp/core/views.hpp>
#include <dp/long_range/mesh_multiplier.hpp>
#include <dp/long_range/multiplier_table.hpp>
#include <dp/long_range/taken_modes.hpp>
#include <dp/math/fft.hpp>

namespace dp::detail {

/// The modes of a transform that a convolution takes, which are fewer than those of the mesh.
template <class Space>
struct MeshModes {
  TakenModes taken;
  int n[3];
  Spectrum spectrum;
  Vector<double const, Space> windows;  // 1 / square of the window's transform, n >= 0 along each vector

  struct Mode {
    int n[3];
    double k2, share;  // share: 1 / volume, without the windows; 0 where the mode is not taken
  };

  KOKKOS_FUNCTION Mode operator()(std::int64_t row, int i2) const {
    Mode mode{{WindowModes::mode(static_cast<int>(row / spectrum.n1), n[0]),
               WindowModes::mode(static_cast<int>(row % spectrum.n1), n[1]), i2},
              0.0,
              0.0};
    double window = 1.0;
    for (int k = 0, begin = 0; k < 3; ++k) {
      int const m = mode.n[k] < 0 ? -mode.n[k] : mode.n[k], half = taken.modes.half[k];
      if (m > half) return mode;
      window *= windows(begin + m);
      begin += half + 1;
    }
    mode.k2 = taken.k2(mode.n[0], mode.n[1], mode.n[2]);
    mode.share = taken.share(0, mode.k2) * window;
    return mode;
  }
};

/// A transform of sources to that of what they give: u, or with `strain` 0 to 5 for the components 00, 01,
/// 02, 11, 12, 22 what a strain of waves makes of it.
template <class Space>
struct ApplyChannel {
  MeshModes<Space> modes;
  MultiplierTable<Space> multipliers;
  int channel, strain;  // strain: or -1
  Vector<double const, Space> from;
  Vector<double, Space> to;

  KOKKOS_FUNCTION void operator()(std::int64_t row) const {
    auto const& spectrum = modes.spectrum;
    int const width = spectrum.groups() * spectrum.lanes;
    for (int i2 = 0; i2 < width; ++i2) {
      std::int64_t const at = row * spectrum.row_size() + spectrum.column(i2);
      double const w = weight(modes(row, i2));
      to(at) = w * from(at);
      to(at + spectrum.lanes) = w * from(at + spectrum.lanes);
    }
  }

 private:
  KOKKOS_FUNCTION double weight(typename MeshModes<Space>::Mode const& mode) const {
    if (mode.share == 0.0) return 0.0;
    auto const phi = multipliers(channel, mode.k2);
    if (strain < 0) return mode.share * phi.value;
    int const a = strain < 3 ? 0 : strain < 5 ? 1 : 2, b = strain < 3 ? strain : strain < 5 ? strain - 2 : 2;
    constexpr double pi = Kokkos::numbers::pi;
    auto const& box = modes.taken.modes;
    return 4.0 * pi * pi * mode.share * phi.slope * box.component(a, mode.n[0], mode.n[1], mode.n[2]) *
           box.component(b, mode.n[0], mode.n[1], mode.n[2]);
  }
};

/// What the modes of a row count in the derivative by a parameter of a channel.
template <class Space>
struct SumMeshParameters {
  MeshModes<Space> modes;
  MultiplierTable<Space> multipliers;
  int channel;
  Vector<double const, Space> sources, cotangents;  // transforms
  Matrix<double, Space> sums;                       // (rows x parameters); others are left as they are

  KOKKOS_FUNCTION void operator()(std::int64_t row, int parameter) const {
    if (multipliers.channel(parameter) != channel) return;
    auto const& spectrum = modes.spectrum;
    double sum = 0.0;
    for (int i2 = 0; i2 <= modes.taken.modes.half[2]; ++i2) {
      auto const mode = modes(row, i2);
      if (mode.share == 0.0) continue;
      std::int64_t const re = row * spectrum.row_size() + spectrum.column(i2), im = re + spectrum.lanes;
      sum += (i2 == 0 ? 1.0 : 2.0) * mode.share *
             multipliers.derivative(channel, multipliers.own(parameter), mode.k2) *
             (sources(re) * cotangents(re) + sources(im) * cotangents(im));
    }
    sums(row, parameter) = sum;
  }
};

/// Takes forces away from derivatives.
template <class Space>
struct SubtractForces {
  Matrix<double const, Space> force;
  Matrix<double, Space> positions;

  KOKKOS_FUNCTION void operator()(std::int64_t i) const {
    for (int c = 0; c < 3; ++c) positions(i, c) -= force(i, c);
  }
};

/// Takes cotangents times numbers of sites away from components a, b and b, a of their strain.
template <class Space>
struct SubtractStrain {
  Vector<double const, Space> cotangents, numbers;
  int a, b;
  Matrix<double, Space> strain;

  KOKKOS_FUNCTION void operator()(std::int64_t i) const {
    double const x = cotangents(i) * numbers(i);
    strain(i, 3 * a + b) -= x;
    if (a != b) strain(i, 3 * b + a) -= x;
  }
};

}  // namespace dp::detail
