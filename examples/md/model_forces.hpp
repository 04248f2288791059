// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/dp.hpp>

#include "md/system.hpp"

namespace md {

/// Forces from a Deep Potential model in a periodic box. Simulation takes any class with rebuild() and
/// compute().
template <class Space, class Precision>
class ModelForces {
 public:
  ModelForces(Space const& space, dp::Model const& model, dp::Options const& options, dp::Box const& box,
              std::vector<int> const& types, double skin, std::vector<double> const& fparam,
              std::vector<double> const& aparam)
      : m_potential(space, model, options),
        m_box(box),
        m_skin(skin),
        m_types(dp::to_space<int>(space, "md::types", types)),
        m_fparam(dp::to_space<double>(space, "md::fparam", fparam)),
        m_aparam("md::aparam", aparam.empty() ? 0 : types.size(), aparam.size()) {
    for (std::size_t k = 0; k < aparam.size(); ++k)
      Kokkos::deep_copy(space, Kokkos::subview(m_aparam, Kokkos::ALL, k), aparam[k]);
    space.fence("md::ModelForces");
  }

  /// Finds the periodic images and neighbours of atoms at `positions`.
  void rebuild(Space const& space, Vectors<Space> const& positions) {
    double const reach = m_potential.cutoff() + m_skin;
    m_images.build(space, positions, m_types, m_box, reach);
    m_cells.build(space, m_images.positions(), m_images.local(), reach);
  }

  /// Forces at the present positions; energy and virial too where `results` are asked for.
  void compute(Space const& space, System<Space> const& system, bool results) {
    m_images.update(space, system.positions);
    auto const all = m_force_memory.get(space, static_cast<std::size_t>(m_images.atoms()), 3);
    dp::Configuration<Space> configuration = {m_images.positions(), m_images.types(), m_images.local()};
    if (m_fparam.extent(0) > 0) configuration.fparam = m_fparam;
    if (m_aparam.extent(1) > 0) configuration.aparam = m_aparam;
    dp::Output<Space> output;
    output.force = all;
    if (results) {
      output.energy = system.energy;
      output.virial = system.virial;
    }
    m_potential.compute(space, configuration, m_cells.list(), output);
    m_images.fold(space, all);
    auto const rows = std::make_pair(std::size_t{0}, system.forces.extent(0));
    Kokkos::deep_copy(space, system.forces, Kokkos::subview(all, rows, Kokkos::ALL));
  }

  dp::DeepPotential<Space, Precision> const& potential() const { return m_potential; }

  /// Neighbours beyond the model's sel that were left out in the last step.
  std::int64_t dropped() const { return m_potential.dropped(); }

  /// Periodic images around the box that the neighbour list was made with.
  std::int64_t ghosts() const { return m_images.atoms() - m_images.local(); }

  std::size_t bytes() const {
    return m_potential.bytes() + m_images.bytes() + m_cells.bytes() + m_force_memory.bytes();
  }

 private:
  dp::DeepPotential<Space, Precision> m_potential;
  dp::PeriodicImages<Space> m_images;
  dp::NeighborCells<Space> m_cells;
  dp::Box m_box;
  double m_skin;
  Kokkos::View<int*, typename Space::memory_space> m_types;
  Kokkos::View<double*, typename Space::memory_space> m_fparam;
  Kokkos::View<double**, Kokkos::LayoutRight, typename Space::memory_space> m_aparam;
  dp::Buffer<double, Space> m_force_memory{"md::all_forces"};
};

}  // namespace md
