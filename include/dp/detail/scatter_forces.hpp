// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/input/configuration.hpp>
#include <dp/math/switch_function.hpp>

#include <cstdint>

namespace dp::detail {

/// Sums over the atoms of a tile.
struct Totals {
  double energy = 0.0;
  double virial[9] = {};

  KOKKOS_INLINE_FUNCTION Totals& operator+=(Totals const& other) {
    energy += other.energy;
    for (int k = 0; k < 9; ++k) virial[k] += other.virial[k];
    return *this;
  }
};

/// From dE/d~r to forces and virials: with g = dE_i/dR_ij, F_i += g, F_j -= g, and the virial -g (x) R_ij is booked on
/// the neighbour j. An item is an atom of the tile with all its rows.
template <class Space>
struct ScatterForces {
  using value_type = Totals;

  std::int64_t atoms;
  int ntypes;
  Vector<std::int64_t const, Space> offsets;
  Vector<int const, Space> neighbour, centres;
  Matrix<double const, Space> displacement, gradient;
  Matrix<double const, Space> inverse_stddev;  // (ntypes x 4), by neighbour type
  SwitchFunction switch_function;
  double protection;
  Vector<double const, Space> energy;
  Output<Space> output;

  KOKKOS_FUNCTION void operator()(std::int64_t a, Totals& totals) const {
    bool const forces = output.force.data(), atom_virials = output.atom_virial.data();
    bool const virials = output.virial.data() || atom_virials;
    totals.energy += energy(a);
    if (output.atom_energy.data()) output.atom_energy(centres(a)) += energy(a);
    double force[3] = {};
    if (forces || virials)
      for (int t = 0; t < ntypes; ++t)
        for (auto row = offsets(t * atoms + a); row < offsets(t * atoms + a + 1); ++row) {
          double const x[3] = {displacement(row, 0), displacement(row, 1), displacement(row, 2)};
          double g[3];
          gradient_of_position(row, t, x, g);
          std::int64_t const j = neighbour(row);
          for (int c = 0; c < 3; ++c) {
            force[c] += g[c];
            if (forces) Kokkos::atomic_add(&output.force(j, c), -g[c]);
          }
          if (!virials) continue;
          for (int b = 0; b < 3; ++b)
            for (int c = 0; c < 3; ++c) {
              totals.virial[3 * b + c] -= g[b] * x[c];
              if (atom_virials) Kokkos::atomic_add(&output.atom_virial(j, 3 * b + c), -g[b] * x[c]);
            }
        }
    if (forces)
      for (int c = 0; c < 3; ++c) Kokkos::atomic_add(&output.force(centres(a), c), force[c]);
  }

  KOKKOS_FUNCTION void init(Totals& totals) const { totals = Totals(); }
  KOKKOS_FUNCTION void join(Totals& into, Totals const& from) const { into += from; }

 private:
  /// g = dE/dR from dE/d~r: with q = 1/(r + protection), s = w q and f = w q^2 the row is (s, f x, f y, f z).
  KOKKOS_INLINE_FUNCTION void gradient_of_position(std::int64_t row, int t, double const (&x)[3], double (&g)[3]) const {
    double const r = Kokkos::sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2]), q = 1.0 / (r + protection);
    double w, slope;
    switch_function(r, w, slope);
    double const ds = (slope - w * q) * q, f = w * q * q, df = (slope - 2.0 * w * q) * q * q;
    double e[4];
    for (int c = 0; c < 4; ++c) e[c] = gradient(row, c) * inverse_stddev(t, c);
    double const radial = (e[0] * ds + (e[1] * x[0] + e[2] * x[1] + e[3] * x[2]) * df) / r;
    for (int c = 0; c < 3; ++c) g[c] = radial * x[c] + f * e[c + 1];
  }
};

/// Adds the totals of a tile to the outputs.
template <class Space>
struct AddTotals {
  Kokkos::View<Totals, typename Space::memory_space> totals;
  Output<Space> output;

  KOKKOS_FUNCTION void operator()(int) const {
    if (output.energy.data()) output.energy() += totals().energy;
    if (output.virial.data())
      for (std::size_t k = 0; k < 9; ++k) output.virial(k) += totals().virial[k];
  }
};

}  // namespace dp::detail
