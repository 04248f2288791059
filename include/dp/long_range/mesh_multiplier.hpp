// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Core.hpp>
#include <array>
#include <cstddef>
#include <cstdint>
#include <dp/core/views.hpp>
#include <dp/long_range/fourier_modes.hpp>
#include <dp/math/fft.hpp>
#include <dp/math/spreading_window.hpp>
#include <vector>

namespace dp::detail {

/// What the transforms of a window and of its aliases come to for each mode of one direction.
struct WindowModes {
  static constexpr int columns = 5;  ///< see MeshMultiplier

  /// Of all three directions, one after the other, rows of `columns`.
  static std::vector<double> of(SpreadingWindow const& window, std::array<int, 3> const& n) {
    constexpr int reach = 2;  // aliases on either side
    std::vector<double> result;
    for (int const count : n) {
      std::vector<double> waves;
      for (int i = 0; i < count; ++i)
        for (int j = -reach - 1; j <= reach; ++j)
          waves.push_back(static_cast<double>(mode(i, count) + j * count) / count);
      std::vector<double> const transform = window.transform(waves);
      for (int i = 0; i < count; ++i) {
        bool const middle = 2 * i == count;  // where aliases come in pairs
        double moment[3] = {}, own = 0.0, other = 0.0;
        for (int j = -reach - 1; j <= reach; ++j) {
          if (j < -reach && !middle) continue;
          auto const at = static_cast<std::size_t>(i * (2 * reach + 2) + j + reach + 1);
          double const u2 = transform[at] * transform[at], m = waves[at] * count;
          moment[0] += u2;
          moment[1] += u2 * m;
          moment[2] += u2 * m * m;
          if (j == 0) own = u2;
          if (j == (mode(i, count) > 0 ? -1 : 1)) other = u2;
        }
        if (middle) moment[1] = 0.0;
        result.insert(result.end(), {moment[0], moment[1], moment[2], own, other});
      }
    }
    return result;
  }

  /// The mode of an index of a transform.
  KOKKOS_FUNCTION static int mode(int i, int n) { return 2 * i <= n ? i : i - n; }
};

/// What the transform of the charges on a mesh is multiplied with to give that of the potential: the optimal
/// influence functions of particle meshes, with the derivatives of forces by the window (analytic) or by the
/// modes. Of the interaction w of modes (see GaussianCharges), the terms of the mode and of its next aliases
/// count, of windows U more.
///   analytic  sum U^2 k^2 w / (sum U^2  sum U^2 k^2)
///   else      sum U^2 (k0.k) w / (k0^2 (sum U^2)^2), k0: of the mode itself
template <class Space>
struct MeshMultiplier {
  FourierModes modes;
  double beta;
  int n[3];
  bool analytic;
  Vector<double const, Space>
      windows;  // WindowModes: sums of U^2, U^2 m, U^2 m^2; U^2 of mode and next alias

  /// One mode: the multiplier, and its derivative by strain times -1 as unit matrix minus `strain` k (x) k,
  /// with k in units of reciprocal vectors (see VirialOfPotentials), divided by the multiplier.
  struct Mode {
    double value, strain[6];
  };

  KOKKOS_FUNCTION double const* column(int k, int i) const {
    int const before = (k > 0 ? n[0] : 0) + (k > 1 ? n[1] : 0);
    return windows.data() + std::int64_t(before + i) * WindowModes::columns;
  }
  /// Of reciprocal vectors k and l.
  KOKKOS_FUNCTION double product(int k, int l) const {
    double sum = 0.0;
    for (int c = 0; c < 3; ++c) sum += modes.reciprocal[3 * k + c] * modes.reciprocal[3 * l + c];
    return sum;
  }

  KOKKOS_FUNCTION Mode operator()(int const (&index)[3]) const {
    int own[3];
    double const* u[3];
    double derived[3];  // the mode as derivatives know it
    for (int k = 0; k < 3; ++k) {
      own[k] = WindowModes::mode(index[k], n[k]);
      u[k] = column(k, index[k]);
      derived[k] = 2 * index[k] == n[k] ? 0.0 : own[k];
    }
    Mode mode{};
    if (own[0] == 0 && own[1] == 0 && own[2] == 0) return mode;
    double metric[6], second[6];  // of the reciprocal vectors; sums of U^2 m (x) m
    for (int e = 0, k = 0; k < 3; ++k)
      for (int l = k; l < 3; ++l, ++e) {
        metric[e] = product(k, l);
        second[e] = analytic ? moment(u, k, l) : derived[k] * derived[l];
      }
    double const k2 = contracted(metric, second), u2 = u[0][0] * u[1][0] * u[2][0];
    if (k2 == 0.0) return mode;
    constexpr double pi = Kokkos::numbers::pi;
    double const decay = pi * pi / (beta * beta);
    double sum = 0.0, sums[6] = {};
    for (int alias = 0; alias < 8; ++alias) {
      double m[3], weight = 1.0;
      for (int k = 0; k < 3; ++k) {
        bool const other = (alias >> k & 1) != 0;
        m[k] = other ? (own[k] > 0 ? own[k] - n[k] : own[k] + n[k]) : own[k];
        weight *= u[k][other ? 4 : 3];
      }
      double square[6], across[6];
      for (int e = 0, k = 0; k < 3; ++k)
        for (int l = k; l < 3; ++l, ++e) {
          square[e] = m[k] * m[l];
          across[e] = 0.5 * (m[k] * derived[l] + m[l] * derived[k]);
        }
      double const m2 = contracted(metric, square);
      weight *= Kokkos::exp(-decay * m2);
      if (!analytic) weight *= contracted(metric, across) / m2;
      sum += weight;
      for (int e = 0; e < 6; ++e) sums[e] += weight * square[e];
    }
    mode.value = GaussianCharges::coulomb / (pi * modes.volume) * sum / (k2 * u2 * (analytic ? 1.0 : u2));
    if (sum == 0.0) return mode;
    // By modes: as if there were no aliases.
    for (int e = 0; e < 6; ++e)
      mode.strain[e] = 2.0 * decay * (analytic ? sums[e] / sum : second[e]) + 2.0 * second[e] / k2;
    return mode;
  }

 private:
  KOKKOS_FUNCTION static double moment(double const* const (&u)[3], int k, int l) {
    if (k == l) return u[k][2] * u[(k + 1) % 3][0] * u[(k + 2) % 3][0];
    return u[k][1] * u[l][1] * u[3 - k - l][0];
  }
  /// Of symmetric matrices, sum a_kl b_kl.
  KOKKOS_FUNCTION static double contracted(double const (&a)[6], double const (&b)[6]) {
    return a[0] * b[0] + a[3] * b[3] + a[5] * b[5] + 2.0 * (a[1] * b[1] + a[2] * b[2] + a[4] * b[4]);
  }
};

/// Multipliers and strains of all modes, rows as a transform has them; zero behind the last mode of a row.
template <class Space>
struct FillMultiplier {
  MeshMultiplier<Space> multiplier;
  Spectrum spectrum;
  Matrix<double, Space> values, strains;  // rows x groups of lanes; 6 of these one after the other, or empty

  KOKKOS_FUNCTION void operator()(std::int64_t row, int begin, int end) const {
    int const i0 = static_cast<int>(row / spectrum.n1), i1 = static_cast<int>(row % spectrum.n1);
    int const width = spectrum.groups() * spectrum.lanes;
    for (int i2 = begin; i2 < end; ++i2) {
      typename MeshMultiplier<Space>::Mode mode{};
      if (i2 < spectrum.half) mode = multiplier({i0, i1, i2});
      values(row, i2) = mode.value;
      if (strains.data())
        for (int e = 0; e < 6; ++e) strains(row, e * width + i2) = mode.strain[e];
    }
  }
};

/// Multiplies a transform and, where there are `sums`, sums what modes count in energy and virial: of each
/// row the strains' six, then the energy, doubled for modes that stand for two.
template <class Space>
struct ApplyMultiplier {
  Spectrum spectrum;
  int n2;
  Matrix<double const, Space> values, strains;
  Vector<double, Space> transform;
  Matrix<double, Space> sums;  // (rows x 7) or empty

  KOKKOS_FUNCTION void operator()(std::int64_t row) const {
    int const width = spectrum.groups() * spectrum.lanes, lanes = spectrum.lanes;
    double* const from = transform.data() + row * spectrum.row_size();
    if (sums.data()) {
      for (int e = 0; e < 7; ++e) sums(row, e) = 0.0;
      for (int i2 = 0; i2 < spectrum.half; ++i2) {
        double const* const at = from + spectrum.column(i2);
        double const twice = i2 == 0 || 2 * i2 == n2 ? 1.0 : 2.0;
        double const energy = twice * values(row, i2) * (at[0] * at[0] + at[lanes] * at[lanes]);
        for (int e = 0; e < 6; ++e) sums(row, e) += energy * strains(row, e * width + i2);
        sums(row, 6) += energy;
      }
    }
    for (int i2 = 0; i2 < width; ++i2) {
      double* const at = from + spectrum.column(i2);
      at[0] *= values(row, i2);
      at[lanes] *= values(row, i2);
    }
  }
};

/// A field or a strained potential: the transform of the potential times -2 pi i m_k (`which` = k), or times
/// strain number `which` - 3.
template <class Space>
struct DeriveTransform {
  Spectrum spectrum;
  int n[3], which;
  Matrix<double const, Space> strains;
  Vector<double const, Space> from;
  Vector<double, Space> to;

  KOKKOS_FUNCTION void operator()(std::int64_t row) const {
    int const width = spectrum.groups() * spectrum.lanes, lanes = spectrum.lanes;
    int const index[2] = {static_cast<int>(row / spectrum.n1), static_cast<int>(row % spectrum.n1)};
    for (int i2 = 0; i2 < width; ++i2) {
      std::int64_t const at = row * spectrum.row_size() + spectrum.column(i2);
      double const re = from(at), im = from(at + lanes);
      if (which < 3) {
        int const i = which < 2 ? index[which] : i2;
        double const m = 2 * i == n[which] || (which == 2 && i2 >= spectrum.half)
                             ? 0.0
                             : 2.0 * Kokkos::numbers::pi * WindowModes::mode(i, n[which]);
        to(at) = m * im;
        to(at + lanes) = -m * re;
      } else {
        double const strain = strains(row, (which - 3) * width + i2);
        to(at) = strain * re;
        to(at + lanes) = strain * im;
      }
    }
  }
};

/// The virial of all charges from the sums over modes (parts x 7), an entry an item; `share`: that of a rank.
template <class Space>
struct VirialOfModes {
  FourierModes modes;
  Matrix<double const, Space> sums;
  double share;
  Vector<double, Space> virial;

  KOKKOS_FUNCTION void operator()(std::int64_t entry) const {
    int const a = static_cast<int>(entry / 3), b = static_cast<int>(entry % 3);
    double sum = a == b ? total(6) : 0.0;
    for (int e = 0, k = 0; k < 3; ++k)
      for (int l = k; l < 3; ++l, ++e) {
        double const* const g = modes.reciprocal;
        double const product = g[3 * k + a] * g[3 * l + b] + (k == l ? 0.0 : g[3 * l + a] * g[3 * k + b]);
        sum -= total(e) * product;
      }
    virial(entry) = 0.5 * share * sum;
  }
  KOKKOS_FUNCTION double total(int e) const {
    double sum = 0.0;
    for (std::size_t part = 0; part < sums.extent(0); ++part) sum += sums(part, e);
    return sum;
  }
};

}  // namespace dp::detail
