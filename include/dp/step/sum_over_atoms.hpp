// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/core/kernels.hpp>
#include <dp/core/views.hpp>
#include <dp/step/report.hpp>
#include <dp/step/sinks.hpp>
#include <dp/step/step.hpp>
#include <dp/step/totals.hpp>
#include <type_traits>

namespace dp::detail {

/// Calls `body(sink)` with the way in which kernels add forces and virials of atoms to a step. With more than
/// one thread that is atomic, so the last bits of ordinary sums depend on scheduling.
template <class Space, class Body>
void with_sink(Space const& space, Step<Space> const& step, Body const& body) {
  auto const& output = step.output;
  bool const virial = output.virial.data();
  if (step.fixed) return body(step.fixed->sink());
  if constexpr (is_host_space<Space>)
    if (space.concurrency() == 1)
      return body(DirectSink<Space, false>{output.force, output.atom_virial, virial});
  body(DirectSink<Space, true>{output.force, output.atom_virial, virial});
}

/// Where sum_over_atoms() has its results.
template <class Space>
struct SumMemory {
  Buffer<Totals, Space> plain{"dp::sum_over_atoms"};
  Buffer<FixedTotals, Space> fixed{"dp::sum_over_atoms::fixed"};

  std::size_t bytes() const { return plain.bytes() + fixed.bytes(); }
};

/// A kernel over the atoms of a tile that adds to Totals or FixedTotals, and these to the step.
template <class Space, class Functor>
void sum_over_atoms(Space const& space, Step<Space> const& step, std::int64_t atoms, Functor const& functor,
                    SumMemory<Space>& memory) {
  using Sums = typename Functor::value_type;
  Single<Sums, Space> totals;
  LightRange<Space> const range(space, 0, atoms), one(space, 0, 1);
  char const* const label = "dp::sum_over_atoms";
  if constexpr (std::is_same_v<Sums, Totals>) {
    totals = decltype(totals)(memory.plain.get(space, 1).data());
    Kokkos::parallel_reduce(label, range, functor, totals);
    Kokkos::parallel_for(label, one, AddTotals<Space>{totals, step.output});
  } else {
    totals = decltype(totals)(memory.fixed.get(space, 1).data());
    Kokkos::parallel_reduce(label, range, functor, totals);
    Kokkos::parallel_for(label, one, CollectTotals<Space>{totals, step.fixed->totals()});
  }
}

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

/// Adds the energies (atoms) of a tile to the outputs. `half`: see SumAtoms.
template <class Space>
void add_energies(Space const& space, Step<Space> const& step, Tile<Space> const& tile,
                  Vector<double const, Space> energy, bool half, SumMemory<Space>& memory) {
  with_sink(space, step, [&]<class Sink>(Sink const& sink) {
    sum_over_atoms(
        space, step, tile.atoms(),
        SumAtoms<Space, Sink>{
            tile.centres, energy, {}, step.output.atom_energy, {step.report, tile.flags}, half, sink},
        memory);
  });
}

}  // namespace dp::detail
