// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Core.hpp>
#include <dp/core/lanes.hpp>

namespace dp {

/// Value and slope of DeePMD-kit's switch function w(r): 1 below `rmin`, 0 from `rmax` on, a quintic between
/// with continuous first and second derivatives.
struct SwitchFunction {
  double rmin = 0.0;           ///< Angstrom
  double rmax = 0.0;           ///< Angstrom
  double inverse_width = 0.0;  ///< 1 / (rmax - rmin)

  SwitchFunction() = default;

  /// `float32`: reproduce TensorFlow's frozen graphs, which hold and subtract both radii as float.
  SwitchFunction(double rcut_smth, double rcut, bool float32)
      : rmin(float32 ? rounded(rcut_smth) : rcut_smth),
        rmax(float32 ? rounded(rcut) : rcut),
        inverse_width(1.0 / (float32 ? rounded(rmax - rmin) : rmax - rmin)) {}

  /// Value `w` and derivative `slope` at `r`: a number, or several in lanes.
  template <class V>
  KOKKOS_FORCEINLINE_FUNCTION void operator()(V const& r, V& w, V& slope) const {
    V const u = clamped((r - rmin) * inverse_width, 0.0, 1.0);
    w = u * u * u * (u * (15.0 - 6.0 * u) - 10.0) + 1.0;
    slope = -30.0 * u * u * (u - 1.0) * (u - 1.0) * inverse_width;
  }

 private:
  /// To float. g++ 12 forgets to round where it takes both radii into one vector, unless it must store them.
  static double rounded(double x) {
    float const volatile stored = static_cast<float>(x);
    return static_cast<double>(stored);
  }
};

}  // namespace dp
