// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only

#include "compute_dp_fparam_dedn.h"

#include <cmath>
#include <set>

#include "arg_info.h"
#include "comm.h"
#include "error.h"
#include "force.h"
#include "input.h"
#include "modify.h"
#include "pair_dp.h"
#include "update.h"
#include "variable.h"

using namespace LAMMPS_NS;

/* ---------------------------------------------------------------------- */

ComputeDPFparamDedn::ComputeDPFparamDedn(LAMMPS* lmp, int narg, char** arg)
    : Compute(lmp, narg, arg), delta(1.0e-6) {
  if (narg != 4 && narg != 5)
    error->all(FLERR, "Compute {}: expected compute ID group {} source [delta]", style, style);
  source = arg[3];
  ArgInfo const info(source);
  if (info.get_type() == ArgInfo::NONE || info.get_type() == ArgInfo::UNKNOWN)
    error->all(FLERR, "Compute {}: expected v_name, c_ID or f_ID, with [index] for an entry, found {}", style,
               source);
  if (narg == 5) delta = utils::numeric(FLERR, arg[4], false, lmp);
  if (!(delta > 0.0) || !std::isfinite(delta))
    error->all(FLERR, "Compute {}: delta: expected a positive number, found {}", style, arg[4]);
  if (igroup != 0 && comm->me == 0)
    error->warning(FLERR, "Compute {}: the derivative is that of all atoms' energy, whatever the group",
                   style);
  scalar_flag = 1;
  extscalar = 1;
}

/* ---------------------------------------------------------------------- */

void ComputeDPFparamDedn::init() {
  find_pair();
  ArgInfo const info(source);
  char const* const name = info.get_name();
  if (info.get_type() == ArgInfo::COMPUTE && !modify->get_compute_by_id(name))
    error->all(FLERR, "Compute {}: there is no compute {}", style, name);
  if (info.get_type() == ArgInfo::FIX && !modify->get_fix_by_id(name))
    error->all(FLERR, "Compute {}: there is no fix {}", style, name);
  if (info.get_type() == ArgInfo::VARIABLE && input->variable->find(name) < 0)
    error->all(FLERR, "Compute {}: there is no variable {}", style, name);
}

/* ----------------------------------------------------------------------
   the pair style, also in a hybrid, by its names
------------------------------------------------------------------------- */

PairDP& ComputeDPFparamDedn::find_pair() const {
  std::set<Pair*> seen;
  PairDP* found = nullptr;
  for (char const* name : {"^dp", "^deepmd"})
    for (int nth = 1; auto* pair = force->pair_match(name, 0, nth); ++nth) {
      if (!seen.insert(pair).second) break;
      auto* const ours = dynamic_cast<PairDP*>(pair);
      if (ours && found)
        error->all(FLERR, "Compute {}: there are several pair styles dp, needed is one", style);
      if (ours) found = ours;
    }
  if (!found) error->all(FLERR, "Compute {}: there is no pair_style dp", style);
  if (utils::strmatch(force->pair_style, "^hybrid/scaled"))
    error->all(FLERR, "Compute {}: pair_style hybrid/scaled is not supported, its factors are not known here",
               style);
  auto const& models = found->get_models();
  if (models.size() != 1)
    error->all(FLERR, "Compute {}: pair_style dp has {} models, needed is one", style, models.size());
  if (dp::fitting_of(models[0].model).fparam != 1)
    error->all(FLERR, "Compute {}: {} has {} frame parameters, needed is one", style, models[0].model.source,
               dp::fitting_of(models[0].model).fparam);
  return *found;
}

/* ---------------------------------------------------------------------- */

double ComputeDPFparamDedn::compute_scalar() {
  invoked_scalar = update->ntimestep;
  auto& pair = find_pair();
  double const value = input->variable->compute_equal(source);
  double const low = value - delta, high = value + delta;
  if (!(low < value && value < high))
    error->all(FLERR, "Compute {}: {} is {}, from which delta {} does not differ", style, source, value,
               delta);
  double const local = (pair.energy_with({high}) - pair.energy_with({low})) / (high - low);
  MPI_Allreduce(&local, &scalar, 1, MPI_DOUBLE, MPI_SUM, world);
  return scalar;
}
