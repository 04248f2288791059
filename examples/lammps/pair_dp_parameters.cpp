// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only

// What PairDP takes from the rest of the input: frame and atomic parameters.

#include "atom.h"
#include "compute.h"
#include "error.h"
#include "fix.h"
#include "modify.h"
#include "pair_dp.h"
#include "update.h"

using namespace LAMMPS_NS;

/* ---------------------------------------------------------------------- */

void PairDP::check_parameters() {
  dp::Fitting const& fitting = dp::fitting_of(models[0].model);
  if (fitting.fparam > 0 && set.fparam.empty() && set.fparam_compute.empty() && set.fparam_fix.empty() &&
      fitting.default_fparam.empty())
    error->all(FLERR,
               "Pair style dp: the model needs {} frame parameters; give fparam, fparam_from_compute or "
               "fparam_from_fix in pair_style",
               fitting.fparam);
  bool const atomic = fitting.aparam > 0 && !fitting.aparam_is_mask;
  if (atomic && set.aparam.empty() && set.aparam_compute.empty())
    error->all(FLERR,
               "Pair style dp: the model needs {} atomic parameters; give aparam or aparam_from_compute in "
               "pair_style",
               fitting.aparam);
  if (fitting.fparam == 0 && !(set.fparam_compute.empty() && set.fparam_fix.empty()))
    error->all(FLERR, "Pair style dp: the model has no frame parameters");
  if (!atomic && !set.aparam_compute.empty())
    error->all(FLERR, "Pair style dp: the model has no atomic parameters");

  if (!set.fparam_compute.empty()) {
    auto const* compute = modify->get_compute_by_id(set.fparam_compute);
    if (!compute)
      error->all(FLERR, "Pair style dp: fparam_from_compute: there is no compute {}", set.fparam_compute);
    if (fitting.fparam == 1 ? !compute->scalar_flag
                            : !compute->vector_flag ||
                                  (!compute->size_vector_variable && compute->size_vector < fitting.fparam))
      error->all(FLERR, "Pair style dp: fparam_from_compute: compute {} has no {}", set.fparam_compute,
                 fitting.fparam == 1 ? "scalar" : fmt::format("vector of {} numbers", fitting.fparam));
  }
  if (!set.fparam_fix.empty()) {
    auto const* fix = modify->get_fix_by_id(set.fparam_fix);
    if (!fix) error->all(FLERR, "Pair style dp: fparam_from_fix: there is no fix {}", set.fparam_fix);
    if (set.fparam_index == 0 && !fix->scalar_flag)
      error->all(FLERR, "Pair style dp: fparam_from_fix: fix {} has no scalar", set.fparam_fix);
    if (set.fparam_index > 0 && !fix->vector_flag)
      error->all(FLERR, "Pair style dp: fparam_from_fix: fix {} has no vector", set.fparam_fix);
  }
  if (!set.aparam_compute.empty()) {
    auto const* compute = modify->get_compute_by_id(set.aparam_compute);
    if (!compute)
      error->all(FLERR, "Pair style dp: aparam_from_compute: there is no compute {}", set.aparam_compute);
    int const columns = compute->peratom_flag ? MAX(compute->size_peratom_cols, 1) : 0;
    if (columns < fitting.aparam || (compute->size_peratom_cols == 0) != (fitting.aparam == 1))
      error->all(FLERR, "Pair style dp: aparam_from_compute: compute {} has no {}", set.aparam_compute,
                 fitting.aparam == 1 ? "vector of atoms"
                                     : fmt::format("array of atoms with {} columns", fitting.aparam));
  }
}

/* ----------------------------------------------------------------------
   from a compute or fix, or the constant ones; the compute counts as not invoked afterwards, since others
   want its value at the end of the step
------------------------------------------------------------------------- */

std::vector<double> const* PairDP::frame_parameters() {
  int const n = dp::fitting_of(models[0].model).fparam;
  if (!set.fparam_compute.empty()) {
    auto* compute = modify->get_compute_by_id(set.fparam_compute);
    if (!compute)
      error->all(FLERR, "Pair style dp: fparam_from_compute: there is no compute {}", set.fparam_compute);
    before_compute(compute);
    if (update->setupflag) compute->setup();  // degrees of freedom; LAMMPS does it later in the set-up
    if (n == 1)
      compute->compute_scalar();
    else
      compute->compute_vector();
    after_compute(compute);
    if (n > 1 && compute->size_vector < n)
      error->all(FLERR, "Pair style dp: fparam_from_compute: compute {} has {} numbers, wanted are {}",
                 set.fparam_compute, compute->size_vector, n);
    if (n == 1)
      frame_values.assign(1, compute->scalar);
    else
      frame_values.assign(compute->vector, compute->vector + n);
    compute->invoked_scalar = compute->invoked_vector = -1;
    return &frame_values;
  }
  if (!set.fparam_fix.empty()) {
    auto* fix = modify->get_fix_by_id(set.fparam_fix);
    if (!fix) error->all(FLERR, "Pair style dp: fparam_from_fix: there is no fix {}", set.fparam_fix);
    if (set.fparam_index > 0 && set.fparam_index - 1 + n > fix->size_vector)
      error->all(FLERR,
                 "Pair style dp: fparam_from_fix: the vector of fix {} has {} entries, wanted are {} to {}",
                 set.fparam_fix, fix->size_vector, set.fparam_index, set.fparam_index - 1 + n);
    frame_values.resize(n);
    for (int k = 0; k < n; ++k)
      frame_values[k] =
          set.fparam_index > 0 ? fix->compute_vector(set.fparam_index - 1 + k) : fix->compute_scalar();
    return &frame_values;
  }
  return &set.fparam;
}

/* ---------------------------------------------------------------------- */

std::vector<double> const* PairDP::atom_parameters() {
  if (set.aparam_compute.empty()) return &set.aparam;
  int const n = dp::fitting_of(models[0].model).aparam;
  auto* compute = modify->get_compute_by_id(set.aparam_compute);
  if (!compute)
    error->all(FLERR, "Pair style dp: aparam_from_compute: there is no compute {}", set.aparam_compute);
  before_compute(compute);
  if (update->setupflag) compute->setup();
  compute->compute_peratom();
  after_compute(compute);
  atom_values.resize(static_cast<std::size_t>(n) * atom->nlocal);
  for (int i = 0; i < atom->nlocal; ++i)
    for (int k = 0; k < n; ++k)
      atom_values[i * n + k] = n == 1 ? compute->vector_atom[i] : compute->array_atom[i][k];
  compute->invoked_peratom = -1;
  return &atom_values;
}
