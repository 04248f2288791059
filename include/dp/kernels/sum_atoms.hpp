// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/views.hpp>
#include <dp/step/report.hpp>

namespace dp::detail {

/// Sums over the atoms of a tile, and the energy of each; but of none that `guard` skips.
template <class Space, class Sink>
struct SumAtoms {
  using value_type = typename Sink::Sums;

  Vector<int const, Space> centres;
  Vector<double const, Space> energy;  // (atoms) or empty
  Matrix<double const, Space> virial;  // (atoms x 9) or empty
  Strided1<double, Space> atom_energy;
  Guard<Space> guard;
  bool half;  // numbers may have been beyond the range of Half: they are NaN
  Sink sink;

  KOKKOS_FUNCTION void operator()(std::int64_t a, value_type& totals) const {
    if (guard.skips(a)) return;
    if (energy.data()) {
      if (half && !Kokkos::isfinite(energy(a)))
        Report<Space>::report(guard.report, Report<Space>::overflow, centres(a));
      if (atom_energy.data()) atom_energy(centres(a)) += energy(a);
      sink.add_total(centres(a), totals, 0, energy(a));
    }
    if (virial.data())
      for (int k = 0; k < 9; ++k) sink.add_total(centres(a), totals, k + 1, virial(a, k));
  }

  KOKKOS_FUNCTION void init(value_type& totals) const { totals = value_type(); }
  KOKKOS_FUNCTION void join(value_type& into, value_type const& from) const { into += from; }
};

}  // namespace dp::detail
