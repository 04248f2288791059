// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only
#pragma once

// What pair styles and computes ask of LAMMPS' atoms.

#include <mpi.h>

#include <algorithm>
#include <cfloat>
#include <cstddef>
#include <cstdlib>
#include <dp/input/whole_system.hpp>
#include <string>
#include <vector>

#include "atom.h"
#include "atom_vec.h"
#include "domain.h"
#include "molecule.h"
#include "neighbor.h"

namespace dp_lammps {

/// A message of the library, which counts the atoms of this rank from 1, with the ID that users know.
inline std::string with_id(std::string message, LAMMPS_NS::Atom const& atom) {
  auto const at = message.find("atom ");
  if (at == std::string::npos || !atom.tag_enable) return message;
  auto const digits = at + 5, end = message.find_first_not_of("0123456789", digits);
  auto const index = std::strtoll(message.c_str() + digits, nullptr, 10) - 1;
  if (end != digits && index >= 0 && index < atom.nlocal + atom.nghost)
    message.replace(digits, end - digits, std::to_string(atom.tag[index]));
  return message;
}

/// LAMMPS' type of the atom of lowest ID of those with `seen`(index), on any rank; 0 if there is none. Some
/// models take absent neighbours to be of it.
template <class Seen>
int type_of_first(LAMMPS_NS::Atom const& atom, MPI_Comm world, Seen const& seen) {
  struct {
    double id;
    int type;
  } mine = {DBL_MAX, 0}, first;
  for (int i = 0; i < atom.nlocal; ++i)
    if (seen(i) && static_cast<double>(atom.tag[i]) < mine.id)
      mine = {static_cast<double>(atom.tag[i]), atom.type[i]};
  MPI_Allreduce(&mine, &first, 1, MPI_DOUBLE_INT, MPI_MINLOC, world);
  return first.type;
}

/// Whether special_bonds leaves bonded neighbours out of lists, as it does where weights are zero.
inline bool leaves_bonded_out(LAMMPS_NS::Atom const& atom, LAMMPS_NS::Neighbor const& neighbor) {
  int const* const special = neighbor.special_flag;
  return atom.molecular != LAMMPS_NS::Atom::ATOMIC &&
         std::any_of(special + 1, special + 4, [](int flag) { return flag == 0; });
}

/// Whether that are neighbours of each other, on some rank, that a model sees. `map`: the model's type for
/// each of LAMMPS'; negative: not seen.
inline bool misses_bonded(LAMMPS_NS::Atom& atom, LAMMPS_NS::Neighbor const& neighbor, MPI_Comm world,
                          std::vector<int> const& map) {
  using LAMMPS_NS::Atom;
  if (!leaves_bonded_out(atom, neighbor)) return false;
  bool const templates = atom.molecular == Atom::TEMPLATE;
  int missing = 0;
  for (int i = 0; i < atom.nlocal && !missing; ++i) {
    if (map[atom.type[i]] < 0) continue;
    if (templates && atom.molindex[i] < 0) continue;
    auto const* molecule = templates ? atom.avec->onemols[atom.molindex[i]] : nullptr;
    int const number = templates ? atom.molatom[i] : 0;
    int const* const counts = templates ? molecule->nspecial[number] : atom.nspecial[i];
    auto const* const partners = templates ? molecule->special[number] : atom.special[i];
    for (int k = 0; k < counts[2]; ++k) {
      int kind = 1;
      while (k >= counts[kind - 1]) ++kind;
      if (neighbor.special_flag[kind] != 0) continue;
      // in a template partners are numbered within the molecule, whose atoms have consecutive IDs
      auto const partner = templates ? atom.tag[i] - number - 1 + partners[k] : partners[k];
      int const j = atom.map_style == Atom::MAP_NONE ? -1 : atom.map(partner);
      if (j < 0 || map[atom.type[j]] >= 0) missing = 1;
    }
  }
  MPI_Allreduce(MPI_IN_PLACE, &missing, 1, MPI_INT, MPI_MAX, world);
  return missing != 0;
}

/// The box in Angstrom, of which `length` is the unit, and sums over all ranks.
inline dp::WholeSystem whole_system(LAMMPS_NS::Domain const& domain, double length, MPI_Comm world) {
  bool const tilted = domain.triclinic != 0;
  dp::WholeSystem whole;
  whole.box.h = {domain.xprd,
                 0.0,
                 0.0,
                 tilted ? domain.xy : 0.0,
                 domain.yprd,
                 0.0,
                 tilted ? domain.xz : 0.0,
                 tilted ? domain.yz : 0.0,
                 domain.zprd};
  for (double& entry : whole.box.h) entry /= length;
  for (int k = 0; k < 3; ++k) whole.box.periodic[k] = domain.periodicity[k] != 0;
  int ranks = 1;
  MPI_Comm_size(world, &ranks);
  if (ranks > 1)
    whole.sum_over_ranks = [world](double* values, std::size_t count) {
      MPI_Allreduce(MPI_IN_PLACE, values, static_cast<int>(count), MPI_DOUBLE, MPI_SUM, world);
    };
  return whole;
}

}  // namespace dp_lammps
