// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/core/half.hpp>
#include <dp/core/views.hpp>
#include <dp/kernels/environment_row.hpp>
#include <dp/program/network.hpp>

namespace dp::detail {

/// v(r) of a PairFunction and dv/ds for the normalised s of one pair of types.
struct SmoothFactor {
  Smoothing smoothing;
  SwitchFunction switch_function;
  double rcut_smth, protection, inverse_stddev;  // rcut_smth: never rounded

  SmoothFactor(Chain const& chain, std::size_t pair, Smoothing kind)
      : smoothing(kind),
        switch_function(switch_of(chain)),
        rcut_smth(chain.rcut_smth),
        protection(chain.protection),
        inverse_stddev(1.0 / chain.stddev[pair][0]) {}

  KOKKOS_INLINE_FUNCTION void operator()(double r, double& v, double& slope) const {
    v = 1.0;
    slope = 0.0;
    if (smoothing == Smoothing::none) return;
    double w, dw;
    switch_function(r, w, dw);
    double const q = 1.0 / (r + protection);
    if (smoothing == Smoothing::switch_function) {
      v = w;
      // dw / ds; both are 0 together below rcut_smth, and the quotient stays finite up to the cutoff.
      if (dw != 0.0) slope = 1.0 / (q * (1.0 - q * w / dw) * inverse_stddev);
    } else {
      double const u = 1.0 - rcut_smth * w * q;
      if (u < 0.0) return;
      v = 1.0 - u * u * u;
      slope = 3.0 * u * u * rcut_smth / inverse_stddev;
    }
  }
};

/// G <- G (1 + h v), and dG/ds likewise, for the rows of one pair of types.
template <class Space, class T, class Stored>
struct Modulate {
  SmoothFactor factor;
  Vector<T const, Space> h;                    // (M)
  Strided2<double const, Space> displacement;  // (rows x 3); may be empty where there is no smoothing
  Matrix<Stored, Space> g, dg;                 // (rows x M), dg may be empty

  KOKKOS_FUNCTION void operator()(std::int64_t row, int begin, int end) const {
    double v = 1.0, dv = 0.0;
    if (factor.smoothing != Smoothing::none) {
      double r2 = 0.0;
      for (int c = 0; c < 3; ++c) r2 += displacement(row, c) * displacement(row, c);
      factor(Kokkos::sqrt(r2), v, dv);
    }
    T const scale = static_cast<T>(v), slope = static_cast<T>(dv);
    for (int m = begin; m < end; ++m) {
      T const net = widened<T>(g(row, m)), both = T(1) + h(m) * scale;
      if (dg.data()) dg(row, m) = narrowed<Stored>(widened<T>(dg(row, m)) * both + net * h(m) * slope);
      g(row, m) = narrowed<Stored>(net * both);
    }
  }
};

}  // namespace dp::detail
