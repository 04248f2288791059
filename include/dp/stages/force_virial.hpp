// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/core/kernels.hpp>
#include <dp/detail/fused_kernels.hpp>
#include <dp/detail/scatter_forces.hpp>
#include <dp/input/configuration.hpp>
#include <dp/stages/environment_matrix.hpp>
#include <dp/stages/fixed_sums.hpp>
#include <type_traits>

namespace dp {

/// The last stage: from atomic energies and dE/d(displacement) of the pairs to what the caller asked for.
/// Everything is added to the outputs, or, where a step is reproducible, to fixed sums. Sums are double. With
/// more than one thread forces are added atomically, so the last bits of ordinary sums depend on scheduling.
template <class Space>
class ForceVirial {
 public:
  /// `gradient`: dE/d(displacement) of the rows in columns 0 to 2; empty if neither forces nor virials are
  /// wanted. `fixed`: null, or where sums are made.
  template <class Kernels = DefaultKernels<Space>>
  void add(Space const& space, EnvironmentMatrix<Space> const& environment, Vector<int const, Space> centres,
           Vector<double const, Space> energy, Columns<double const, Space> gradient,
           Output<Space> const& output, FixedSums<Space> const* fixed = nullptr) {
    Kokkos::Profiling::ScopedRegion region("dp::forces");
    if constexpr (std::is_same_v<Kernels, Loops>) {
      with_sink(space, output, fixed, [&]<class Sink>(Sink const& sink) {
        reduce(space, environment.atoms(),
               detail::ScatterForces<Space, Sink>{
                   environment.atoms(), environment.ntypes(), environment.offsets(), environment.neighbour(),
                   centres, environment.displacement(), gradient, energy, output.atom_energy, sink},
               output, fixed);
      });
    } else {
      auto const virial = atom_sums(space, environment.atoms(), output);
      with_sink(space, output, fixed, [&]<class Sink>(Sink const& sink) {
        if (sink.forces() || sink.virials())  // the gradient of no rows may be empty
          Kokkos::parallel_for(
              "dp::ForceVirial::scatter", detail::team_policy<Kernels, 1>(space, environment.atoms()),
              detail::ScatterByTeams<Space, Sink>{
                  environment.atoms(), environment.ntypes(), environment.offsets(), environment.neighbour(),
                  centres, environment.displacement(), gradient, virial, Kernels::threads, sink});
      });
      sum_atoms(space, centres, energy, virial, {}, output, fixed);
    }
  }

  /// Calls `body(sink)` with the way in which kernels add forces and virials of atoms.
  template <class Body>
  void with_sink(Space const& space, Output<Space> const& output, FixedSums<Space> const* fixed,
                 Body const& body) const {
    bool const virial = output.virial.data();
    if (fixed) return body(fixed->sink());
    if constexpr (is_host_space<Space>)
      if (space.concurrency() == 1)
        return body(detail::DirectSink<Space, false>{output.force, output.atom_virial, virial});
    body(detail::DirectSink<Space, true>{output.force, output.atom_virial, virial});
  }

  /// Memory for the virials of the atoms of a tile, (atoms x 9); empty if the total is not wanted.
  Matrix<double, Space> atom_sums(Space const& space, std::int64_t atoms, Output<Space> const& output) {
    if (!output.virial.data()) return {};
    return m_atom_sums.get(space, static_cast<std::size_t>(atoms), 9);
  }

  /// Adds the energies of the atoms and what is in `virial` (atoms x 9), but of those that `guard` skips.
  /// `half`: energies may be NaN, because of numbers beyond the range of Half; that is noted.
  void sum_atoms(Space const& space, Vector<int const, Space> centres, Vector<double const, Space> energy,
                 Matrix<double const, Space> virial, detail::Guard<Space> const& guard,
                 Output<Space> const& output, FixedSums<Space> const* fixed, bool half = false) {
    with_sink(space, output, fixed, [&]<class Sink>(Sink const& sink) {
      reduce(space, static_cast<std::int64_t>(centres.extent(0)),
             detail::SumAtoms<Space, Sink>{centres, energy, virial, output.atom_energy, guard, half, sink},
             output, fixed);
    });
  }

  /// Memory held on `Space`.
  std::size_t bytes() const { return m_atom_sums.bytes(); }

 private:
  template <class Sums>
  using One = Kokkos::View<Sums, typename Space::memory_space, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;

  /// A kernel over the atoms of a tile that sums over them.
  template <class Functor>
  void reduce(Space const& space, std::int64_t atoms, Functor const& functor, Output<Space> const& output,
              FixedSums<Space> const* fixed) {
    detail::LightRange<Space> const range(space, 0, atoms), one(space, 0, 1);
    if constexpr (std::is_same_v<typename Functor::value_type, detail::Totals>) {
      One<detail::Totals> const totals(m_totals.get(space, 1).data());
      Kokkos::parallel_reduce("dp::ForceVirial::sum", range, functor, totals);
      Kokkos::parallel_for("dp::ForceVirial::totals", one, detail::AddTotals<Space>{totals, output});
    } else {
      One<detail::FixedTotals> const totals(m_fixed_totals.get(space, 1).data());
      Kokkos::parallel_reduce("dp::ForceVirial::sum", range, functor, totals);
      Kokkos::parallel_for("dp::ForceVirial::totals", one,
                           detail::CollectTotals<Space>{totals, fixed->totals()});
    }
  }

  Buffer<detail::Totals, Space> m_totals{"dp::ForceVirial::totals"};
  Buffer<detail::FixedTotals, Space> m_fixed_totals{"dp::ForceVirial::fixed_totals"};
  Buffer<double, Space> m_atom_sums{"dp::ForceVirial::atom_sums"};
};

}  // namespace dp
