// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/views.hpp>
#include <dp/step/report.hpp>
#include <dp/step/totals.hpp>

namespace dp::detail {

/// How kernels add forces and virials to atoms: straight to the outputs. `Atomic`: several threads may meet.
/// The last bits depend on scheduling then.
template <class Space, bool Atomic>
struct DirectSink {
  using Sums = Totals;

  Strided2<double, Space> force, atom_virial;  // each may be empty
  bool virial;                                 // whether the total is wanted

  KOKKOS_INLINE_FUNCTION bool forces() const { return force.data(); }
  KOKKOS_INLINE_FUNCTION bool atom_virials() const { return atom_virial.data(); }
  KOKKOS_INLINE_FUNCTION bool virials() const { return virial || atom_virials(); }
  KOKKOS_INLINE_FUNCTION void add_force(std::int64_t i, int c, double value) const {
    add(force(i, c), value);
  }
  KOKKOS_INLINE_FUNCTION void add_virial(std::int64_t i, int k, double value) const {
    add(atom_virial(i, k), value);
  }
  KOKKOS_INLINE_FUNCTION void add_total(std::int64_t, Sums& sums, int k, double value) const {
    sums.add(k, value);
  }

 private:
  KOKKOS_FORCEINLINE_FUNCTION static void add(double& to, double value) {
    if constexpr (Atomic)
      Kokkos::atomic_add(&to, value);
    else
      to += value;
  }
};

/// The reproducible way: in fixed point, so that the same terms give the same bits in any order.
template <class Space>
struct FixedSink {
  using Sums = FixedTotals;

  Matrix<std::int64_t, Space> force, atom_virial;  // (atoms x 2 * columns), high and low; each may be empty
  bool virial;
  typename Report<Space>::Values report;

  KOKKOS_INLINE_FUNCTION bool forces() const { return force.data(); }
  KOKKOS_INLINE_FUNCTION bool atom_virials() const { return atom_virial.data(); }
  KOKKOS_INLINE_FUNCTION bool virials() const { return virial || atom_virials(); }
  KOKKOS_INLINE_FUNCTION void add_force(std::int64_t i, int c, double value) const {
    add(force, i, c, value);
  }
  KOKKOS_INLINE_FUNCTION void add_virial(std::int64_t i, int k, double value) const {
    add(atom_virial, i, k, value);
  }
  KOKKOS_INLINE_FUNCTION void add_total(std::int64_t i, Sums& sums, int k, double value) const {
    if (FixedTotal::holds(value))
      sums.add(k, value);
    else
      Report<Space>::report(report, Report<Space>::too_large, i);
  }

 private:
  KOKKOS_INLINE_FUNCTION void add(Matrix<std::int64_t, Space> const& to, std::int64_t i, int k,
                                  double value) const {
    if (!FixedForce::holds(value)) return Report<Space>::report(report, Report<Space>::too_large, i);
    FixedForce const fixed(value);
    Kokkos::atomic_add(&to(i, 2 * k), fixed.high);
    Kokkos::atomic_add(&to(i, 2 * k + 1), fixed.low);
  }
};

/// Adds what a FixedSink has collected to an output.
template <class Space>
struct AddFixed {
  Matrix<std::int64_t const, Space> from;
  Strided2<double, Space> to;

  KOKKOS_FUNCTION void operator()(std::int64_t i, int k) const {
    to(i, k) += FixedForce(from(i, 2 * k), from(i, 2 * k + 1)).value();
  }
};

}  // namespace dp::detail
