// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Core.hpp>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <dp/core/error.hpp>
#include <dp/input/box.hpp>
#include <string>

namespace dp::detail {

/// The waves e^(-2 pi i m.r) of a periodic box, m = n0 b0 + n1 b1 + n2 b2 with integers |n_k| <= half[k] and
/// the reciprocal vectors b_k, in the set that DeePMD-kit sums over. Those of n and of -n are conjugate, so
/// n0 < 0 is left out. A row is a pair n0, n1; its columns are n2.
struct FourierModes {
  int half[3];
  double reciprocal[9];  ///< b0, b1, b2 as rows, 1/Angstrom
  double volume;         ///< cubic Angstrom

  KOKKOS_FUNCTION int columns() const { return 2 * half[2] + 1; }
  KOKKOS_FUNCTION int across() const { return 2 * half[1] + 1; }
  KOKKOS_FUNCTION int rows() const { return (half[0] + 1) * across(); }
  KOKKOS_FUNCTION int n0(std::int64_t row) const { return static_cast<int>(row / across()); }
  KOKKOS_FUNCTION int n1(std::int64_t row) const { return static_cast<int>(row % across()) - half[1]; }

  /// Component c of n0 b0 + n1 b1 + n2 b2.
  KOKKOS_FUNCTION double component(int c, double n0, double n1, double n2) const {
    return n0 * reciprocal[c] + n1 * reciprocal[3 + c] + n2 * reciprocal[6 + c];
  }
  /// The square of the length of n0 b0 + n1 b1 + n2 b2, 1/Angstrom^2.
  KOKKOS_FUNCTION double square(int n0, int n1, int n2) const {
    double sum = 0.0;
    for (int c = 0; c < 3; ++c) {
      double const m = component(c, n0, n1, n2);
      sum += m * m;
    }
    return sum;
  }
  /// Component k of r in units of the box vectors.
  KOKKOS_FUNCTION double fractional(int k, double x, double y, double z) const {
    return x * reciprocal[3 * k] + y * reciprocal[3 * k + 1] + z * reciprocal[3 * k + 2];
  }
};

/// Rounded to single precision. g++ 12 forgets to round where it takes two numbers into one vector, unless it
/// must store them.
inline double in_single(double x) {
  float const volatile stored = static_cast<float>(x);
  return static_cast<double>(stored);
}

/// `what`: words before "a box that is ...". \throws dp::Error unless the box is periodic along all its
/// vectors, and as Box::check() does
inline void require_periodic(Box const& box, std::string const& what) {
  box.check();
  for (std::size_t k = 0; k < 3; ++k)
    if (!box.periodic[k])
      fail(what, " a box that is periodic along all three vectors; found an open boundary along vector ",
           "abc"[k]);
}

/// Lengths of the vectors, Angstrom.
inline std::array<double, 3> lengths_of(Box const& box) {
  std::array<double, 3> result{};
  for (std::size_t k = 0; k < 3; ++k) {
    double const x = box.h[3 * k], y = box.h[3 * k + 1], z = box.h[3 * k + 2];
    result[k] = std::sqrt(x * x + y * y + z * z);
  }
  return result;
}

/// No modes yet: the reciprocal vectors and the volume of a box. \throws dp::Error as require_periodic() does
inline FourierModes reciprocal_of(Box const& box) {
  require_periodic(box, "a long-range sum: expected");
  FourierModes modes{};
  std::array<double, 9> const inverse = box.inverse();
  for (std::size_t k = 0; k < 3; ++k)
    for (std::size_t j = 0; j < 3; ++j) modes.reciprocal[3 * k + j] = inverse[3 * j + k];
  modes.volume = box.volume();
  return modes;
}

/// More modes than this are no direct sum, and points no mesh, that could be meant.
inline constexpr double most_modes = 1e9;

/// The modes of a box whose vectors are cut into steps of at most `spacing`, an even number of them.
/// \throws dp::Error for so many modes that no direct sum could be meant
inline FourierModes fourier_modes(Box const& box, double spacing) {
  FourierModes modes = reciprocal_of(box);
  auto const lengths = lengths_of(box);
  double count = 1.0;
  for (std::size_t k = 0; k < 3; ++k) {
    double const length = lengths[k];
    count *= length / spacing + 3.0;
    if (!(count <= most_modes))
      fail("long-range electrostatics: expected a box with at most ", most_modes,
           " modes, found a vector of ", length, " Angstrom with a spacing of ", spacing);
    int steps = static_cast<int>(length / spacing);
    if (steps * spacing < length) ++steps;  // as DeePMD-kit rounds it
    modes.half[k] = (steps + steps % 2) / 2;
  }
  return modes;
}

/// What a mode counts: w, so that the potential at r is the sum of w Re(S e^(2 pi i m.r)), and what w
/// changes by under strain: the potential by minus w times unit matrix, plus `strain` m (x) m.
struct ModeWeight {
  double value, strain;
};

/// What each mode counts: w(m) = K / (pi V) e^(-pi^2 m^2 / beta^2) / m^2, so that the potential at r is
/// sum_m w Re(S e^(2 pi i m.r)), with S the structure factor; doubled for modes whose conjugate is left out.
struct GaussianCharges {
  /// e^2/(4 pi epsilon_0), eV Angstrom, as DeePMD-kit has it.
  static constexpr double coulomb = 14.39964535475696995031;

  double beta;  ///< 1/Angstrom
  FourierModes modes;

  KOKKOS_FUNCTION ModeWeight operator()(int n0, int n1, int n2) const {
    double const m2 = modes.square(n0, n1, n2);
    if (m2 == 0.0) return {0.0, 0.0};
    constexpr double pi = Kokkos::numbers::pi;
    double const twice = n0 == 0 ? 1.0 : 2.0;
    double const w = twice * coulomb / (pi * modes.volume) * Kokkos::exp(-pi * pi * m2 / (beta * beta)) / m2;
    return {w, 2.0 * (1.0 / m2 + pi * pi / (beta * beta)) * w};
  }
};

}  // namespace dp::detail
