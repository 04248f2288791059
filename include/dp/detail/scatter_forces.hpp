// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/input/configuration.hpp>
#include <dp/math/switch_function.hpp>

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

/// g = dE_i/dR_ij of the rows of one neighbour type, from e = dE/d~r, in place (columns 0 to 2). With q =
/// 1/(r + protection), s = w q and f = w q^2 the row is (s, f x, f y, f z).
template <class Space>
struct RowForces {
  Columns<double const, Space> displacement;
  Columns<double, Space> gradient;
  SwitchFunction switch_function;
  double protection;
  Kokkos::Array<double, 4> inverse_stddev;

  KOKKOS_FUNCTION void operator()(std::int64_t row) const {
    double const x = displacement(row, 0), y = displacement(row, 1), z = displacement(row, 2);
    double const r = Kokkos::sqrt(x * x + y * y + z * z), q = 1.0 / (r + protection);
    double w, slope;
    switch_function(r, w, slope);
    double const ds = (slope - w * q) * q, f = w * q * q, df = (slope - 2.0 * w * q) * q * q;
    double const e0 = gradient(row, 0) * inverse_stddev[0], e1 = gradient(row, 1) * inverse_stddev[1],
                 e2 = gradient(row, 2) * inverse_stddev[2], e3 = gradient(row, 3) * inverse_stddev[3];
    double const radial = (e0 * ds + (e1 * x + e2 * y + e3 * z) * df) / r;
    gradient(row, 0) = radial * x + f * e1;
    gradient(row, 1) = radial * y + f * e2;
    gradient(row, 2) = radial * z + f * e3;
  }
};

/// Forces and virials from g: F_i += g, F_j -= g, and the virial -g (x) R_ij is booked on the neighbour j. An
/// item is an atom of the tile with all its rows. `Atomic`: items run at the same time.
template <class Space, bool Atomic>
struct ScatterForces {
  using value_type = Totals;

  std::int64_t atoms;
  int ntypes;
  Vector<std::int64_t const, Space> offsets;
  Vector<int const, Space> neighbour, centres;
  Columns<double const, Space> displacement, gradient;  // gradient: g in columns 0 to 2
  Vector<double const, Space> energy;
  Output<Space> output;

  KOKKOS_FUNCTION void operator()(std::int64_t a, Totals& totals) const {
    bool const forces = output.force.data(), atom_virials = output.atom_virial.data();
    bool const virials = output.virial.data() || atom_virials;
    totals.energy += energy(a);
    if (output.atom_energy.data()) output.atom_energy(centres(a)) += energy(a);
    if (!forces && !virials) return;
    double force[3] = {}, virial[9] = {};
    for (int t = 0; t < ntypes; ++t) {
      auto const end = offsets(t * atoms + a + 1);
      for (auto row = offsets(t * atoms + a); row < end; ++row) {
        double const g[3] = {gradient(row, 0), gradient(row, 1), gradient(row, 2)};
        std::int64_t const j = neighbour(row);
        if (forces)
          for (int c = 0; c < 3; ++c) {
            force[c] += g[c];
            add(output.force(j, c), -g[c]);
          }
        if (!virials) continue;
        for (int b = 0; b < 3; ++b)
          for (int c = 0; c < 3; ++c) {
            double const w = -g[b] * displacement(row, c);
            virial[3 * b + c] += w;
            if (atom_virials) add(output.atom_virial(j, 3 * b + c), w);
          }
      }
    }
    for (int k = 0; k < 9; ++k) totals.virial[k] += virial[k];
    if (forces)
      for (int c = 0; c < 3; ++c) add(output.force(centres(a), c), force[c]);
  }

  KOKKOS_FUNCTION void init(Totals& totals) const { totals = Totals(); }
  KOKKOS_FUNCTION void join(Totals& into, Totals const& from) const { into += from; }

 private:
  KOKKOS_FORCEINLINE_FUNCTION static void add(double& to, double value) {
    if constexpr (Atomic)
      Kokkos::atomic_add(&to, value);
    else
      to += value;
  }
};

/// Adds the totals of a tile to the outputs.
template <class Space>
struct AddTotals {
  using Sum = Kokkos::View<Totals, typename Space::memory_space, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;
  Sum totals;
  Output<Space> output;

  KOKKOS_FUNCTION void operator()(int) const {
    if (output.energy.data()) output.energy() += totals().energy;
    if (output.virial.data())
      for (std::size_t k = 0; k < 9; ++k) output.virial(k) += totals().virial[k];
  }
};

}  // namespace dp::detail
