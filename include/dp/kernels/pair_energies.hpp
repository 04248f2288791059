// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/views.hpp>
#include <dp/math/switch_function.hpp>
#include <dp/step/report.hpp>
#include <dp/step/rows.hpp>

namespace dp::detail {

/// What an atom has of the energy of a pair, a cubic polynomial in each interval of the distance.
template <class Space>
struct PairEnergy {
  double first, inverse_spacing;
  int intervals;
  Vector<double const, Space> coefficients;  // (pairs x intervals x 4), of falling powers

  /// Whether the polynomials begin farther away.
  KOKKOS_FORCEINLINE_FUNCTION bool is_before(double r) const { return r < first; }

  /// Value and derivative at `r`. Beyond the last interval both are zero. Nearer than the first the value
  /// goes on as a straight line, which is harmless until the host sees what was reported.
  KOKKOS_FORCEINLINE_FUNCTION void operator()(int pair, double r, double& value, double& slope) const {
    double const position = (r - first) * inverse_spacing, inside = Kokkos::fmax(position, 0.0);
    value = slope = 0.0;
    if (inside >= intervals) return;
    int const k = static_cast<int>(inside);
    double const* const c = &coefficients(4 * (static_cast<std::int64_t>(pair) * intervals + k));
    double const u = inside - k, per_u = (3.0 * c[0] * u + 2.0 * c[1]) * u + c[2];
    value = ((c[0] * u + c[1]) * u + c[2]) * u + c[3] + per_u * (position - inside);
    slope = per_u * inverse_spacing;
  }
};

/// The rows of a tile's atoms, one atom after the other.
template <class Space>
struct AtomRows {
  std::int64_t atoms;
  int ntypes;
  Vector<std::int64_t const, Space> offsets;  // (ntypes * atoms + 1)
  Columns<double const, Space> displacement;  // (rows x 3)
  Columns<double, Space> gradient;            // (rows x 4), g in columns 0 to 2, or empty

  AtomRows(Rows<Space> const& rows)
      : atoms(rows.atoms),
        ntypes(rows.ntypes()),
        offsets(rows.offsets),
        displacement(rows.displacement),
        gradient(rows.gradient) {}

  /// Calls `visit(row, type, r)` with all rows of an atom.
  template <class Visit>
  KOKKOS_FORCEINLINE_FUNCTION void for_each(std::int64_t a, Visit const& visit) const {
    for (int t = 0; t < ntypes; ++t) {
      auto const end = offsets(t * atoms + a + 1);
      for (auto row = offsets(t * atoms + a); row < end; ++row) {
        double const x = displacement(row, 0), y = displacement(row, 1), z = displacement(row, 2);
        visit(row, t, Kokkos::sqrt(x * x + y * y + z * z));
      }
    }
  }

  /// No gradient of an atom.
  KOKKOS_FORCEINLINE_FUNCTION void clear(std::int64_t a) const {
    for (int t = 0; t < ntypes; ++t)
      for (auto row = offsets(t * atoms + a); row < offsets(t * atoms + a + 1); ++row)
        for (int c = 0; c < 3; ++c) gradient(row, c) = 0.0;
  }

  /// Puts `per_length` times the direction of the row into its gradient, or adds it.
  KOKKOS_FORCEINLINE_FUNCTION void pull(std::int64_t row, double r, double per_length, bool add) const {
    for (int c = 0; c < 3; ++c) {
      double const g = per_length / r * displacement(row, c);
      gradient(row, c) = add ? gradient(row, c) + g : g;
    }
  }
};

/// energy(a) = bias + sum over neighbours.
template <class Space>
struct SumPairEnergies {
  AtomRows<Space> rows;
  PairEnergy<Space> pair_energy;
  int first_pair;  // of the centre's type
  double bias;
  Vector<int const, Space> centres;
  typename Report<Space>::Values report;
  Vector<double, Space> energy;

  KOKKOS_FUNCTION void operator()(std::int64_t a) const {
    double sum = bias;
    bool before = false;
    rows.for_each(a, [&](std::int64_t, int type, double r) {
      double value, slope;
      pair_energy(first_pair + type, r, value, slope);
      sum += value;
      before = before || pair_energy.is_before(r);
    });
    if (before) Report<Space>::report(report, Report<Space>::before_table, centres(a));
    energy(a) = sum;
  }
};

/// g of the same, times dE/denergy of the atom where that is given.
template <class Space>
struct PairGradients {
  AtomRows<Space> rows;
  PairEnergy<Space> pair_energy;
  int first_pair;
  Vector<double const, Space> adjoint;  // (atoms) or empty: 1
  bool add;

  KOKKOS_FUNCTION void operator()(std::int64_t a) const {
    double const factor = adjoint.data() ? adjoint(a) : 1.0;
    if (factor == 0.0 && add) return;
    if (factor == 0.0) return rows.clear(a);
    rows.for_each(a, [&](std::int64_t row, int type, double r) {
      double value, slope;
      pair_energy(first_pair + type, r, value, slope);
      rows.pull(row, r, factor * slope, add);
    });
  }
};

/// The softened distance of the nearest neighbour, sigma = sum r e / sum e with e = exp(-r/alpha), of an
/// atom. The nearest one's e is divided out, so that it is a number however far that is.
template <class Space>
struct SoftNearest {
  double alpha;

  double nearest = 0.0, sum = 0.0, sigma = 0.0;

  KOKKOS_FORCEINLINE_FUNCTION SoftNearest(AtomRows<Space> const& rows, std::int64_t a, double width)
      : alpha(width) {
    nearest = Kokkos::Experimental::infinity_v<double>;
    rows.for_each(a, [&](std::int64_t, int, double r) { nearest = Kokkos::fmin(nearest, r); });
    double lengths = 0.0;
    rows.for_each(a, [&](std::int64_t, int, double r) {
      double const e = weight(r);
      sum += e;
      lengths += r * e;
    });
    sigma = sum > 0.0 ? lengths / sum : nearest;  // infinite without neighbours
  }

  KOKKOS_FORCEINLINE_FUNCTION double weight(double r) const { return Kokkos::exp((nearest - r) / alpha); }
  /// dsigma/dr of a neighbour.
  KOKKOS_FORCEINLINE_FUNCTION double slope(double r) const {
    return weight(r) / sum * (1.0 - (r - sigma) / alpha);
  }
};

/// E = (1 - c) E(nets) + c E(table), and the derivatives by both energies and by sigma.
template <class Space>
struct BlendNear {
  AtomRows<Space> rows;
  double alpha;
  SwitchFunction switch_function;  // c of sigma
  Vector<double const, Space> of_nets, of_table;
  Vector<double, Space> by_nets, by_table, by_sigma, energy;

  KOKKOS_FUNCTION void operator()(std::int64_t a) const {
    double c, slope;
    switch_function(SoftNearest<Space>(rows, a, alpha).sigma, c, slope);
    by_nets(a) = 1.0 - c;
    by_table(a) = c;
    by_sigma(a) = (of_table(a) - of_nets(a)) * slope;
    energy(a) = (1.0 - c) * of_nets(a) + c * of_table(a);
  }
};

/// g of the switch: dE/dsigma dsigma/dr; zero for most atoms.
template <class Space>
struct NearGradients {
  AtomRows<Space> rows;
  double alpha;
  Vector<double const, Space> by_sigma;

  KOKKOS_FUNCTION void operator()(std::int64_t a) const {
    if (by_sigma(a) == 0.0) return rows.clear(a);
    SoftNearest<Space> const near(rows, a, alpha);
    rows.for_each(
        a, [&](std::int64_t row, int, double r) { rows.pull(row, r, by_sigma(a) * near.slope(r), false); });
  }
};

}  // namespace dp::detail
