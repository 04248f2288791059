// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/views.hpp>

namespace dp {

struct WholeSystem;

/// The atoms of one step, in the memory of `Space`. Any View of the right rank converts (see core/views.hpp).
/// Atoms are numbered local first, then ghosts (periodic images, or copies of other ranks' atoms).
template <class Space>
struct Configuration {
  Strided2<double const, Space> positions;    ///< (atoms x 3), Angstrom
  Strided1<int const, Space> types;           ///< (atoms), 0 ... ntypes-1; negative: a virtual atom, ignored
  std::int64_t local = 0;                     ///< local atoms; only these have an energy
  Strided1<double const, Space> fparam = {};  ///< frame parameters, where the model has them
  Strided2<double const, Space> aparam = {};  ///< (local x aparam), where the model has them
  /// Type of the frame's first atom, of which some models (DPA-1 with shifted statistics) take absent
  /// neighbours to be: the same on all ranks. Negative: that of atom 0, for which a step of such a model
  /// waits.
  int first_type = -1;
  /// The system that these atoms belong to, for models with long-range electrostatics (DPLR), which see more
  /// than neighbours; to be there during the call. Others do not look at it.
  WholeSystem const* whole = nullptr;
};

/// Where the results go, in the memory of `Space`; what is left out is not computed. Forces and virials of
/// ghost atoms are those that the local atoms exert on them: the host returns them to their owners.
template <class Space>
struct Output {
  Single<double, Space> energy = {};         ///< eV
  Strided1<double, Space> atom_energy = {};  ///< (local), eV
  Strided2<double, Space> force = {};        ///< (atoms x 3), eV/Angstrom
  Strided1<double, Space> virial = {};  ///< (9) row-major, eV: W = -dE/dstrain, positive as LAMMPS has it
  Strided2<double, Space> atom_virial = {};  ///< (atoms x 9), eV, booked on the neighbour; sums to `virial`
  /// Of models that give something else than energies (Potential::quantity()), in the place of `energy`:
  /// (components), the sum over the local atoms, or their mean where the quantity is intensive.
  Strided1<double, Space> output = {};
  /// (local x components), in the place of `atom_energy`. Of models with long-range electrostatics beside it,
  /// (local x 3): from each atom to its Wannier centroid, Angstrom; zero where it has none.
  Strided2<double, Space> atom_output = {};
  /// Given, (local x components), where forces or virials of such models are wanted: they are those of
  /// L = sum of cotangent * atom_output in the place of the energy, so that the cotangent is
  /// dL/d(atom_output).
  Strided2<double const, Space> cotangent = {};
  bool accumulate = false;  ///< add to what is there instead of overwriting it

  /// Sets to zero what is given.
  void clear(Space const& space) const {
    auto const zero = [&](auto const& view) {
      if (view.data()) Kokkos::deep_copy(space, view, 0.0);
    };
    zero(energy);
    zero(atom_energy);
    zero(force);
    zero(virial);
    zero(atom_virial);
    zero(output);
    zero(atom_output);
  }
};

}  // namespace dp
