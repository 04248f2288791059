// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/compiled/input.hpp>
#include <dp/core/buffer.hpp>
#include <dp/input/whole_system.hpp>
#include <dp/model/model.hpp>
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
  /// Of a model that gives something else than energies: that, for the frame (components) and its atoms (N x
  /// components). Forces and virials are then those of each component of the frame's, (components x N x 3)
  /// and (components x 9), if they were asked for.
  std::vector<double> output, atom_output;
  /// Of a model with long-range electrostatics: its short-range part and these, each by itself; `atom_output`
  /// then has the displacements of centroids (N x 3), Angstrom.
  std::vector<Result> parts;
};

/// The first `n` numbers of a contiguous View.
template <class View>
std::vector<double> to_host(View const& view, std::size_t n) {
  auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), view);
  return std::vector<double>(host.data(), host.data() + n);
}

/// The atoms of a frame with the ghosts around the box, and their neighbours.
template <class Space>
struct Surroundings {
  Surroundings(Space const& space, double cutoff, examples::Structure const& frame,
               std::vector<int> const& types)
      : whole{frame.box},
        positions(dp::to_space<double>(space, "positions", frame.positions)),
        fparam(dp::to_space<double>(space, "fparam", frame.fparam)),
        aparam(dp::to_space<double>(space, "aparam", frame.aparam)),
        local_types(dp::to_space<int>(space, "types", types)) {
    std::size_t const n = types.size(), parameters = n > 0 ? frame.aparam.size() / n : 0;
    images.build(space, dp::Matrix<double const, Space>(positions.data(), n, 3), local_types, frame.box,
                 cutoff);
    cells.build(space, images.positions(), images.local(), cutoff);
    configuration = {images.positions(), images.types(), images.local()};
    configuration.whole = &whole;
    if (!frame.fparam.empty()) configuration.fparam = fparam;
    if (parameters > 0) configuration.aparam = dp::Matrix<double const, Space>(aparam.data(), n, parameters);
  }

  Surroundings(Surroundings const&) = delete;  // its configuration has an address in it

  dp::WholeSystem whole;
  dp::Constants<double, Space> positions, fparam, aparam;
  dp::Constants<int, Space> local_types;
  dp::PeriodicImages<Space> images;
  dp::NeighborCells<Space> cells;
  dp::Configuration<Space> configuration;
};

/// Energy, forces and virial of atoms that have their neighbours.
template <class Space>
Result evaluate(Space const& space, dp::Potential<Space>& potential,
                Surroundings<Space> const& atoms_and_ghosts) {
  auto const& images = atoms_and_ghosts.images;
  using Memory = typename Space::memory_space;
  auto const n = static_cast<std::size_t>(images.local()), atoms = static_cast<std::size_t>(images.atoms());
  Kokkos::View<double, Memory> const energy("energy");
  Kokkos::View<double*, Memory> const atom_energy("atom_energy", n);
  Kokkos::View<double*[3], Kokkos::LayoutRight, Memory> const force("force", atoms), dipole("dipole", n);
  Kokkos::View<double[9], Memory> const virial("virial");
  Kokkos::View<double* [9], Kokkos::LayoutRight, Memory> const atom_virial("atom_virial", atoms);

  bool const dipoles = potential.model().long_range.has_value();
  dp::Output<Space> output = {energy, atom_energy, force, virial, atom_virial};
  if (dipoles) output.atom_output = dipole;
  potential.compute(space, atoms_and_ghosts.configuration, atoms_and_ghosts.cells.list(), output);
  images.fold(space, force);  // what acts on ghosts acts on their owners
  images.fold(space, atom_virial);
  space.fence();
  return {to_host(energy, 1),
          to_host(atom_energy, n),
          to_host(force, 3 * n),
          to_host(virial, 9),
          to_host(atom_virial, 9 * n),
          {},
          dipoles ? to_host(dipole, 3 * n) : std::vector<double>(),
          {}};
}

/// From positions and a box to energy, forces and virial: all that a program has to do.
template <class Space>
Result evaluate(Space const& space, dp::Potential<Space>& potential, examples::Structure const& frame,
                std::vector<int> const& types) {
  Surroundings<Space> const atoms_and_ghosts(space, potential.cutoff(), frame, types);
  Result result = evaluate(space, potential, atoms_and_ghosts);
  if (auto const parts = potential.parts(); parts.size() > 1)
    for (dp::Potential<Space>* const part : parts)
      result.parts.push_back(evaluate(space, *part, atoms_and_ghosts));
  return result;
}

/// The same with a model that gives something else than energies. `counted`: atoms over which an intensive
/// quantity is the mean. `derivatives`: whether forces and virials of each component are wanted.
template <class Space>
Result evaluate_outputs(Space const& space, dp::Potential<Space>& potential, examples::Structure const& frame,
                        std::vector<int> const& types, std::size_t counted, bool derivatives) {
  dp::Quantity const& quantity = potential.quantity();
  std::size_t const n = types.size(), components = static_cast<std::size_t>(quantity.components);
  Surroundings<Space> const atoms_and_ghosts(space, potential.cutoff(), frame, types);
  auto const& images = atoms_and_ghosts.images;
  auto const list = atoms_and_ghosts.cells.list();

  using Memory = typename Space::memory_space;
  using Rows = Kokkos::View<double**, Kokkos::LayoutRight, Memory>;
  auto const atoms = static_cast<std::size_t>(images.atoms());
  Kokkos::View<double*, Memory> const output("output", components), virial("virial", 9);
  Rows const atom_output("atom_output", n, components), cotangent("cotangent", n, components),
      force("force", atoms, 3);
  dp::Output<Space> wanted;
  wanted.output = output;
  wanted.atom_output = atom_output;
  potential.compute(space, atoms_and_ghosts.configuration, list, wanted);
  space.fence();
  Result result;
  result.output = to_host(output, components);
  result.atom_output = to_host(atom_output, n * components);
  wanted = dp::Output<Space>();
  wanted.force = force;
  wanted.virial = virial;
  wanted.cotangent = cotangent;
  double const weight = quantity.intensive && counted > 0 ? 1.0 / static_cast<double>(counted) : 1.0;
  for (std::size_t c = 0; c < components && derivatives; ++c) {
    Kokkos::deep_copy(space, cotangent, 0.0);
    Kokkos::deep_copy(space, Kokkos::subview(cotangent, Kokkos::ALL, c), weight);
    potential.compute(space, atoms_and_ghosts.configuration, list, wanted);
    images.fold(space, force);
    space.fence();
    auto const append = [](std::vector<double>& all, std::vector<double> const& more) {
      all.insert(all.end(), more.begin(), more.end());
    };
    append(result.force, to_host(force, 3 * n));
    append(result.virial, to_host(virial, 9));
  }
  return result;
}

}  // namespace single_point
