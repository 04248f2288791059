// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/detail/force_sinks.hpp>
#include <dp/input/configuration.hpp>

namespace dp::detail {

/// What the pairs of one atom add up to: the force on it, and its virial.
struct AtomSums {
  double force[3] = {}, virial[9] = {};

  KOKKOS_INLINE_FUNCTION AtomSums& operator+=(AtomSums const& other) {
    for (int c = 0; c < 3; ++c) force[c] += other.force[c];
    for (int k = 0; k < 9; ++k) virial[k] += other.virial[k];
    return *this;
  }
};

/// One pair with g and R_ij: F_i += g, F_j -= g, and the virial -g (x) R_ij is booked on the neighbour j.
template <class Sink>
KOKKOS_FORCEINLINE_FUNCTION void add_pair(Sink const& sink, std::int64_t j, double const (&g)[3],
                                          double const (&d)[3], AtomSums& sums) {
  if (sink.forces())
    for (int c = 0; c < 3; ++c) {
      sums.force[c] += g[c];
      sink.add_force(j, c, -g[c]);
    }
  if (!sink.virials()) return;
  for (int b = 0; b < 3; ++b)
    for (int c = 0; c < 3; ++c) {
      double const w = -g[b] * d[c];
      sums.virial[3 * b + c] += w;
      if (sink.atom_virials()) sink.add_virial(j, 3 * b + c, w);
    }
}

/// Forces and virials of the rows, and sums over the atoms of the tile. An item is an atom with all its rows.
template <class Space, class Sink>
struct ScatterForces {
  using value_type = typename Sink::Sums;

  std::int64_t atoms;
  int ntypes;
  Vector<std::int64_t const, Space> offsets;
  Vector<int const, Space> neighbour, centres;
  Columns<double const, Space> displacement, gradient;  // gradient: g in columns 0 to 2
  Vector<double const, Space> energy;
  Strided1<double, Space> atom_energy;
  Sink sink;

  KOKKOS_FUNCTION void operator()(std::int64_t a, value_type& totals) const {
    sink.add_total(centres(a), totals, 0, energy(a));
    if (atom_energy.data()) atom_energy(centres(a)) += energy(a);
    if (!sink.forces() && !sink.virials()) return;
    AtomSums sums;
    for (int t = 0; t < ntypes; ++t) {
      auto const end = offsets(t * atoms + a + 1);
      for (auto row = offsets(t * atoms + a); row < end; ++row) {
        double const g[3] = {gradient(row, 0), gradient(row, 1), gradient(row, 2)};
        double const d[3] = {displacement(row, 0), displacement(row, 1), displacement(row, 2)};
        add_pair(sink, neighbour(row), g, d, sums);
      }
    }
    for (int k = 0; k < 9; ++k) sink.add_total(centres(a), totals, k + 1, sums.virial[k]);
    if (sink.forces())
      for (int c = 0; c < 3; ++c) sink.add_force(centres(a), c, sums.force[c]);
  }

  KOKKOS_FUNCTION void init(value_type& totals) const { totals = value_type(); }
  KOKKOS_FUNCTION void join(value_type& into, value_type const& from) const { into += from; }
};

/// Adds sums over atoms to the outputs.
template <class Space>
struct AddTotals {
  Kokkos::View<Totals, typename Space::memory_space, Kokkos::MemoryTraits<Kokkos::Unmanaged>> totals;
  Output<Space> output;

  KOKKOS_FUNCTION void operator()(std::int64_t) const {
    if (output.energy.data()) output.energy() += totals().values[0];
    if (output.virial.data())
      for (std::size_t k = 0; k < 9; ++k) output.virial(k) += totals().values[k + 1];
  }
};

/// Adds the sums over a tile to those of the step, (2 * count), high and low; other threads may do so, too.
template <class Space>
struct CollectTotals {
  Kokkos::View<FixedTotals, typename Space::memory_space, Kokkos::MemoryTraits<Kokkos::Unmanaged>> totals;
  Vector<std::int64_t, Space> sum;

  KOKKOS_FUNCTION void operator()(std::int64_t) const {
    for (int k = 0; k < Totals::count; ++k) {
      Kokkos::atomic_add(&sum(2 * k), totals().high[k]);
      Kokkos::atomic_add(&sum(2 * k + 1), totals().low[k]);
    }
  }
};

/// And those to the outputs.
template <class Space>
struct AddFixedTotals {
  Vector<std::int64_t const, Space> sum;
  Output<Space> output;

  KOKKOS_FUNCTION void operator()(std::int64_t) const {
    auto const total = [&](std::size_t k) { return FixedTotal(sum(2 * k), sum(2 * k + 1)).value(); };
    if (output.energy.data()) output.energy() += total(0);
    if (output.virial.data())
      for (std::size_t k = 0; k < 9; ++k) output.virial(k) += total(k + 1);
  }
};

}  // namespace dp::detail
