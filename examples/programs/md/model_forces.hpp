// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/compiled/input.hpp>
#include <dp/core/buffer.hpp>
#include <dp/input/whole_system.hpp>
#include <dp/potential.hpp>
#include <memory>
#include <utility>

#include "md/atom_numbers.hpp"
#include "md/parallel/ghosts.hpp"
#include "md/parameters.hpp"

namespace md {

/// The row of each atom by its id, in a table that begins again behind its last row.
template <class Space>
void rows_of_atoms(Space const& space, dp::Matrix<double const, Space> const& table,
                   dp::Vector<std::int64_t const, Space> const& ids, dp::Matrix<double, Space> const& rows) {
  Kokkos::parallel_for(
      "md::rows_of_atoms", Kokkos::RangePolicy<Space>(space, 0, rows.extent(0)),
      KOKKOS_LAMBDA(std::size_t i) {
        auto const row = static_cast<std::size_t>(ids(i)) % table.extent(0);
        for (std::size_t k = 0; k < table.extent(1); ++k) rows(i, k) = table(row, k);
      });
}

/// Forces from a Deep Potential model in a periodic box. Simulation takes any class with rebuild() and
/// compute().
template <class Space>
class ModelForces {
 public:
  /// `direct`: MPI takes the memory of `Space`; `atom_energies`: those of the atoms, too, where results are
  /// asked for; `first_type`: of the atom of lowest ID, on any rank.
  ModelForces(Space const& space, dp::Model const& model, dp::Options const& options, Domain const& domain,
              double skin, Parameters const& parameters, bool direct = false, bool atom_energies = false,
              int first_type = -1)
      : ModelForces(space, dp::make_potential(space, model, options), domain, skin, parameters, direct,
                    atom_energies, first_type) {}

  /// With a potential that others use too, at other times.
  ModelForces(Space const& space, std::shared_ptr<dp::Potential<Space>> potential, Domain const& domain,
              double skin, Parameters const& parameters, bool direct = false, bool atom_energies = false,
              int first_type = -1)
      : m_potential(std::move(potential)),
        m_ghosts(domain, direct),
        m_skin(skin),
        m_atom_energies(atom_energies),
        m_first_type(first_type),
        m_fparam(dp::to_space<double>(space, "md::fparam", parameters.fparam)),
        m_aparam(dp::to_space<double>(space, "md::aparam", parameters.aparam)),
        m_aparam_width(parameters.aparam_width) {}

  /// Finds the ghosts and neighbours of the atoms.
  void rebuild(Space const& space, System<Space> const& system) {
    m_ghosts.build(space, system, reach());
    m_ghosts.communicator().attempt([&] {
      with_atom_numbers(space, system,
                        [&] { m_cells.build(space, m_ghosts.positions(), m_ghosts.local(), reach()); });
    });
    if (m_aparam_width == 0) return;
    m_aparam_rows = m_aparam_memory.get(space, system.masses.extent(0), m_aparam_width);
    dp::Matrix<double const, Space> const table(m_aparam.data(), m_aparam.extent(0) / m_aparam_width,
                                                m_aparam_width);
    rows_of_atoms<Space>(space, table, system.ids, m_aparam_rows);
  }

  /// Forces at the present positions; the share of energy and virial too where `results` are asked for.
  void compute(Space const& space, System<Space> const& system, bool results) {
    m_ghosts.update(space, system.positions);
    auto const all = m_force_memory.get(space, static_cast<std::size_t>(m_ghosts.atoms()), 3);
    dp::Configuration<Space> configuration = {m_ghosts.positions(), m_ghosts.types(), m_ghosts.local()};
    configuration.first_type = m_first_type;
    dp::WholeSystem const whole = whole_system();
    configuration.whole = &whole;
    if (m_fparam.extent(0) > 0) configuration.fparam = m_fparam;
    if (m_aparam_width > 0) configuration.aparam = m_aparam_rows;
    dp::Output<Space> output;
    output.force = all;
    if (results) {
      output.energy = system.energy;
      output.virial = system.virial;
      if (m_atom_energies) output.atom_energy = system.energies;
    }
    m_ghosts.communicator().attempt([&] {
      with_atom_numbers(space, system,
                        [&] { m_potential->compute(space, configuration, m_cells.list(), output); });
    });
    m_ghosts.fold(space, all);
    auto const rows = std::make_pair(std::size_t{0}, system.forces.extent(0));
    Kokkos::deep_copy(space, system.forces, Kokkos::subview(all, rows, Kokkos::ALL));
  }

  /// The box is that of the last rebuild() stretched so, until the next.
  void stretch(Stretch const& factors) { m_ghosts.stretch(factors); }
  /// Angstrom up to which the list has neighbours at rebuild().
  double reach() const { return m_potential->cutoff() + m_skin; }

  /// From the next compute() on with another potential, of the same cutoff.
  void replace(std::shared_ptr<dp::Potential<Space>> potential) {
    m_handed_over += m_potential->handed_over();
    m_potential = std::move(potential);
  }

  dp::Potential<Space> const& potential() const { return *m_potential; }
  /// Atoms of tiles that went through the exact nets since their neighbours were near, so far.
  std::int64_t handed_over() const { return m_handed_over + m_potential->handed_over(); }
  Ghosts<Space> const& ghosts() const { return m_ghosts; }
  /// Of the atoms of ghosts(); all pairs up to the cutoff are in it.
  dp::NeighborList<Space> list() const { return m_cells.list(); }

  /// Neighbours beyond the model's sel that were left out in the last step.
  std::int64_t dropped() const { return m_potential->dropped(); }

  std::size_t bytes() const {
    return m_potential->bytes() + m_ghosts.bytes() + m_cells.bytes() + m_force_memory.bytes();
  }

 private:
  /// Box and ranks, for models whose atoms see more than their neighbours.
  dp::WholeSystem whole_system() const {
    dp::WholeSystem whole{m_ghosts.box()};
    if (m_ghosts.communicator().size() > 1)
      whole.sum_over_ranks = [this](double* values, std::size_t count) {
        m_ghosts.communicator().messages().sum(values, static_cast<int>(count));
      };
    return whole;
  }

  std::shared_ptr<dp::Potential<Space>> m_potential;
  Ghosts<Space> m_ghosts;
  dp::NeighborCells<Space> m_cells;
  std::int64_t m_handed_over = 0;  ///< by potentials before this one
  double m_skin;
  bool m_atom_energies;
  int m_first_type;
  Kokkos::View<double*, Memory<Space>> m_fparam;
  Kokkos::View<double*, Memory<Space>> m_aparam;  ///< the table of Parameters
  std::size_t m_aparam_width;
  dp::Matrix<double, Space> m_aparam_rows;  ///< of this rank's atoms
  dp::Buffer<double, Space> m_aparam_memory{"md::aparam"};
  dp::Buffer<double, Space> m_force_memory{"md::all_forces"};
};

}  // namespace md
