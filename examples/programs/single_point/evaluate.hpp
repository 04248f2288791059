// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/compiled/input.hpp>
#include <dp/core/buffer.hpp>
#include <dp/potential.hpp>
#include <vector>

#include "common/structure.hpp"

namespace single_point {

/// What a model says about one structure, on the host. Rows as in the structure, ghosts added to their
/// owners.
struct Result {
  std::vector<double> energy;       ///< (1), eV
  std::vector<double> atom_energy;  ///< (N), eV
  std::vector<double> force;        ///< (N x 3), eV/Angstrom
  std::vector<double> virial;       ///< (3 x 3), eV
  std::vector<double> atom_virial;  ///< (N x 9), eV
};

/// The first `n` numbers of a contiguous View.
template <class View>
std::vector<double> to_host(View const& view, std::size_t n) {
  auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), view);
  return std::vector<double>(host.data(), host.data() + n);
}

/// From positions and a box to energy, forces and virial: all that a program has to do.
template <class Space>
Result evaluate(Space const& space, dp::Potential<Space>& potential, examples::Structure const& frame,
                std::vector<int> const& types) {
  std::size_t const n = types.size();
  std::size_t const parameters = n > 0 ? frame.aparam.size() / n : 0;
  auto const positions = dp::to_space<double>(space, "positions", frame.positions);
  auto const local_types = dp::to_space<int>(space, "types", types);
  auto const fparam = dp::to_space<double>(space, "fparam", frame.fparam);
  auto const aparam = dp::to_space<double>(space, "aparam", frame.aparam);

  dp::PeriodicImages<Space> images;  // ghost atoms around the box
  images.build(space, dp::Matrix<double const, Space>(positions.data(), n, 3), local_types, frame.box,
               potential.cutoff());
  dp::NeighborCells<Space> cells;
  cells.build(space, images.positions(), images.local(), potential.cutoff());

  using Memory = typename Space::memory_space;
  auto const atoms = static_cast<std::size_t>(images.atoms());
  Kokkos::View<double, Memory> const energy("energy");
  Kokkos::View<double*, Memory> const atom_energy("atom_energy", n);
  Kokkos::View<double* [3], Kokkos::LayoutRight, Memory> const force("force", atoms);
  Kokkos::View<double[9], Memory> const virial("virial");
  Kokkos::View<double* [9], Kokkos::LayoutRight, Memory> const atom_virial("atom_virial", atoms);

  dp::Configuration<Space> configuration = {images.positions(), images.types(), images.local()};
  if (!frame.fparam.empty()) configuration.fparam = fparam;
  if (parameters > 0) configuration.aparam = dp::Matrix<double const, Space>(aparam.data(), n, parameters);
  potential.compute(space, configuration, cells.list(), {energy, atom_energy, force, virial, atom_virial});
  images.fold(space, force);  // what acts on ghosts acts on their owners
  images.fold(space, atom_virial);
  space.fence();
  return {to_host(energy, 1), to_host(atom_energy, n), to_host(force, 3 * n), to_host(virial, 9),
          to_host(atom_virial, 9 * n)};
}

}  // namespace single_point
