// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/views.hpp>
#include <dp/kernels/edge_functions.hpp>
#include <dp/kernels/pair_energies.hpp>
#include <dp/step/rows.hpp>

namespace dp::detail {

/// What an atom has of the repulsion of two nuclei: see ScreenedRepulsion. Constants of pairs.
template <class Space>
struct RepulsionOfPair {
  Vector<double const, Space> strength;  // half of Z Z' times the unit
  Vector<double const, Space> rate;      // of the screening, 1/Angstrom
  Vector<double const, Space> inverse_cutoff;
  PolynomialCutoff cutoff;

  /// Value and derivative at `r`.
  KOKKOS_INLINE_FUNCTION void operator()(int pair, double r, double& value, double& slope) const {
    double const x = rate(pair) * r;
    double const a = 0.02817 * Kokkos::exp(-0.20162 * x), b = 0.28022 * Kokkos::exp(-0.40290 * x),
                 c = 0.50986 * Kokkos::exp(-0.94229 * x), d = 0.18175 * Kokkos::exp(-3.19980 * x);
    double const screening = a + b + c + d,
                 falling = (0.20162 * a + 0.40290 * b + 0.94229 * c + 3.19980 * d) * rate(pair);
    double const plain = strength(pair) / r * screening,
                 plain_slope = -strength(pair) / r * (falling + screening / r);
    double u, du;
    cutoff(r * inverse_cutoff(pair), u, du);
    value = plain * u;
    slope = plain_slope * u + plain * du * inverse_cutoff(pair);
  }
};

/// Its sum over the edges of an atom.
template <class Space>
struct SumRepulsions {
  AtomRows<Space> rows;
  RepulsionOfPair<Space> repulsion;
  int first_pair;  // of the centre's type
  Vector<double, Space> energy;

  KOKKOS_FUNCTION void operator()(std::int64_t a) const {
    double sum = 0.0;
    rows.for_each(a, [&](std::int64_t, int type, double r) {
      double value, slope;
      repulsion(first_pair + type, r, value, slope);
      sum += value;
    });
    energy(a) = sum;
  }
};

/// Adds its g.
template <class Space>
struct RepulsionGradients {
  AtomRows<Space> rows;
  RepulsionOfPair<Space> repulsion;
  int first_pair;

  KOKKOS_FUNCTION void operator()(std::int64_t a) const {
    rows.for_each(a, [&](std::int64_t row, int type, double r) {
      double value, slope;
      repulsion(first_pair + type, r, value, slope);
      rows.pull(row, r, slope, true);
    });
  }
};

}  // namespace dp::detail
