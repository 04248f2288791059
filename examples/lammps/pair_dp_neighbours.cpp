// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only

// A many-body model needs all neighbours of its atoms. LAMMPS leaves pairs out of neighbour lists for several
// reasons; each is either an error here, or takes atoms away altogether, which the model then does not see.

#include <algorithm>

#include "atom.h"
#include "comm.h"
#include "error.h"
#include "fix_dp_centroids.h"
#include "force.h"
#include "group.h"
#include "kspace.h"
#include "lammps_atoms.h"
#include "neigh_list.h"
#include "neighbor.h"
#include "pair_dp.h"

using namespace LAMMPS_NS;

/* ----------------------------------------------------------------------
   a hybrid style may have taken pairs of types out of the list
------------------------------------------------------------------------- */

void PairDP::check_list() {
  if (utils::strmatch(force->pair_style, "^hybrid/molecular"))
    error->all(
        FLERR,
        "Pair style dp: hybrid/molecular gives it pairs within molecules or between them, but the model "
        "needs all neighbours");
  if (!list->ijskip) return;
  for (int i = 1; i <= atom->ntypes; ++i)
    for (int j = i; j <= atom->ntypes; ++j)
      if (maps[0][i] >= 0 && maps[0][j] >= 0 && list->ijskip[i][j])
        error->all(FLERR,
                   "Pair style dp: pair_coeff gives pairs of types {} and {} to another style, but the model "
                   "needs all neighbours; use hybrid/overlay, where both styles have them",
                   i, j);
}

/* ----------------------------------------------------------------------
   groups that are excluded from all others, as fix gcmc does with what it tries to delete; and atoms
   outside of the group of neigh_modify include
------------------------------------------------------------------------- */

dp_lammps::Absent PairDP::absent() const {
  dp_lammps::Absent result;
  for (int k = 0; k < neighbor->nex_group; ++k) {
    int const one = neighbor->ex1_group[k], other = neighbor->ex2_group[k];
    if (one == 0) result.bits |= group->bitmask[other];
    if (other == 0) result.bits |= group->bitmask[one];
  }
  if (neighbor->includegroup > 0) {
    result.flip = group->bitmask[neighbor->includegroup];
    result.bits |= result.flip;
  }
  return result;
}

/* ----------------------------------------------------------------------
   type of the atom of lowest ID that the models see, on any rank; some take absent neighbours to be of it
------------------------------------------------------------------------- */

int PairDP::find_first_type() {
  if (std::none_of(used.begin(), used.end(), dp::depends_on_first_type)) return 0;
  if (!atom->tag_enable)
    error->all(
        FLERR,
        "Pair style dp: the model needs atom IDs (atom_modify id yes): its energies depend on the type "
        "of the first atom");
  sync_host_data();
  auto const gone = absent();
  return dp_lammps::type_of_first(*atom, world,
                                  [&](int i) { return maps[0][atom->type[i]] >= 0 && !gone(atom->mask[i]); });
}

/* ----------------------------------------------------------------------
   called by all ranks whenever LAMMPS has made new lists
------------------------------------------------------------------------- */

void PairDP::check_neighbours() {
  if (first_step) check_list();
  first_type = find_first_type();
  bool const bonds = dp_lammps::leaves_bonded_out(*atom, *neighbor);
  if (!bonds && !neighbor->exclude && neighbor->includegroup == 0) return;
  sync_host_data();
  if (bonds) check_special_bonds();
  check_exclusions();
}

/* ---------------------------------------------------------------------- */

void PairDP::check_exclusions() {
  auto const gone = absent();
  auto const seen = [&](int i) { return maps[0][atom->type[i]] >= 0 && !gone(atom->mask[i]); };
  bigint lost = 0;
  for (int i = 0; i < atom->nlocal; ++i) lost += maps[0][atom->type[i]] >= 0 && gone(atom->mask[i]);
  if (first_step) {
    MPI_Allreduce(MPI_IN_PLACE, &lost, 1, MPI_LMP_BIGINT, MPI_SUM, world);
    if (lost > 0 && comm->me == 0)
      error->warning(
          FLERR,
          "Pair style dp: neigh_modify excludes {} atoms from all neighbour lists; the model does not "
          "see them (no energy, no force, nobody's neighbours)",
          lost);
  }

  // whether the model sees atoms of both sides of an exclusion

  auto const both = [&](auto const& one, auto const& other) {
    int found[2] = {0, 0};
    for (int i = 0; i < atom->nlocal; ++i) {
      if (!seen(i)) continue;
      found[0] |= one(i);
      found[1] |= other(i);
    }
    MPI_Allreduce(MPI_IN_PLACE, found, 2, MPI_INT, MPI_MAX, world);
    return found[0] && found[1];
  };
  auto const of_type = [&](int type) { return [=, this](int i) { return atom->type[i] == type; }; };
  auto const in_group = [&](int number) {
    return [=, this, bit = group->bitmask[number]](int i) { return (atom->mask[i] & bit) != 0; };
  };
  auto const refuse = [&](std::string const& what) {
    error->all(FLERR,
               "Pair style dp: neigh_modify exclude {} leaves neighbours out that the model needs; exclude a "
               "group from all others (exclude group ID all: the model then does not see its atoms), or only "
               "atoms whose types are NULL in pair_coeff",
               what);
  };
  for (int k = 0; k < neighbor->nex_type; ++k) {
    int const one = neighbor->ex1_type[k], other = neighbor->ex2_type[k];
    if (both(of_type(one), of_type(other))) refuse(fmt::format("type {} {}", one, other));
  }
  for (int k = 0; k < neighbor->nex_group; ++k) {
    int const one = neighbor->ex1_group[k], other = neighbor->ex2_group[k];
    if (both(in_group(one), in_group(other)))
      refuse(fmt::format("group {} {}", group->names[one], group->names[other]));
  }
  for (int k = 0; k < neighbor->nex_mol; ++k) {
    int const number = neighbor->ex_mol_group[k];
    if (both(in_group(number), in_group(number)))
      refuse(
          fmt::format("molecule/{} {}", neighbor->ex_mol_intra[k] ? "intra" : "inter", group->names[number]));
  }
}

/* ----------------------------------------------------------------------
   LAMMPS leaves bonded neighbours whose weights are zero out of all lists
------------------------------------------------------------------------- */

void PairDP::check_special_bonds() {
  if (dp_lammps::misses_bonded(*atom, *neighbor, world, maps[0]))
    error->all(
        FLERR,
        "Pair style dp: special_bonds leaves bonded atoms out of the neighbour list, but the model "
        "needs all neighbours; use special_bonds lj/coul 1.0 1.0 1.0, or, beside force fields that need "
        "zeros, 1.0e-50 for each of them");
}

/* ----------------------------------------------------------------------
   the cutoff of a Coulomb part in real space is the model's where the model stands for that part: where no
   other style of a hybrid has one
------------------------------------------------------------------------- */

bool PairDP::replaces_coulomb() {
  static bool asking = false;  // the hybrid asks all its styles, this one and others of its kind too
  if (asking) return false;
  if (!force->pair || force->pair == this) return true;
  struct Asking {
    Asking() { asking = true; }
    ~Asking() { asking = false; }
  } const now;
  int dim;
  return !force->pair->extract("cut_coul", dim);
}

void PairDP::check_kspace() {
  if (force->kspace && force->kspace->g_ewald == 0.0 && comm->me == 0 && replaces_coulomb())
    error->warning(
        FLERR,
        "Pair style dp: kspace_style adds the long-range part of Coulomb forces alone; that is right for "
        "a model that was trained without it, with its splitting parameter: give kspace_modify gewald");
}

/* ----------------------------------------------------------------------
   a model with electrostatics (DPLR) is evaluated whole, so that nothing else may add them, or, where the
   input has fix dplr, its nets alone
------------------------------------------------------------------------- */

void PairDP::check_electrostatics() {
  auto const with = std::find_if(models.begin(), models.end(),
                                 [](auto const& file) { return file.model.long_range.has_value(); });
  bool const there = with != models.end(), by_fix = there && FixDPCentroids::find(lmp);
  if (by_fix != nets_only) engine.reset();
  nets_only = by_fix;
  if (!there) return;
  if (by_fix) {
    if (set.options.long_range_error > 0.0)
      error->all(FLERR,
                 "Pair style dp: long_range: fix dplr has the electrostatics of {}; leave one of the two out",
                 with->model.source);
    return;
  }
  if (utils::strmatch(force->pair_match_ptr(this), "^deepmd"))
    error->all(
        FLERR,
        "Pair style deepmd: {}: the model has long-range electrostatics (DPLR), which DeePMD-kit adds "
        "by fix dplr and kspace_style pppm/dplr; the input has no fix dplr. pair_style dp adds them by "
        "itself, and short_range evaluates the nets alone",
        with->model.source);
  if (force->kspace)
    error->all(FLERR,
               "Pair style dp: {}: the style adds the electrostatics of the model (DPLR) by itself; leave "
               "kspace_style out, or say short_range",
               with->model.source);
}
