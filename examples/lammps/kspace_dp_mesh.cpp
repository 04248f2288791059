// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only

#include "kspace_dp_mesh.h"

#include <cmath>
#include <cstring>
#include <dp/core/error.hpp>

#include "atom.h"
#include "atom_masks.h"
#include "comm.h"
#include "domain.h"
#include "dp_models.h"
#include "dp_session.h"
#include "error.h"
#include "fix_dp_centroids.h"
#include "force.h"
#include "lammps_atoms.h"
#include "update.h"
#include "utils.h"

using namespace LAMMPS_NS;

/* ---------------------------------------------------------------------- */

KSpaceDPMesh::KSpaceDPMesh(LAMMPS* lmp)
    : KSpace(lmp), energy_unit(force->boltz / 8.617343e-5), length_unit(force->angstrom) {
  pppmflag = 1;
  centroidstressflag = CENTROID_SAME;
  datamask_modify = EMPTY_MASK;
}

/* ---------------------------------------------------------------------- */

void KSpaceDPMesh::settings(int narg, char** arg) {
  if (narg != 1) error->all(FLERR, "Kspace style pppm/dplr: expected kspace_style pppm/dplr ACCURACY");
  accuracy_relative = std::fabs(utils::numeric(FLERR, arg[0], false, lmp));
}

/* ---------------------------------------------------------------------- */

void KSpaceDPMesh::init() {
  check();
  pair_check();
  two_charge();
  triclinic_check();
  scale = 1.0;
  qqrd2e = force->qqrd2e;
  qsum_qsq();
  natoms_original = atom->natoms;
  accuracy = accuracy_absolute >= 0.0 ? accuracy_absolute : accuracy_relative * two_charge_force;
  make();
}

/* ---------------------------------------------------------------------- */

void KSpaceDPMesh::check() const {
  auto const refuse = [this](char const* what) { error->all(FLERR, "Kspace style pppm/dplr: {}", what); };
  if (strcmp(update->unit_style, "lj") == 0) refuse("units lj have no electron volt and no Angstrom");
  if (!atom->q_flag) refuse("atoms need charges, as with atom_style full");
  if (domain->dimension == 2 || domain->nonperiodic > 0)
    refuse("the box has to be periodic along x, y and z");
  if (slabflag || wireflag) refuse("kspace_modify slab and wire are not supported");
  if (order < 2 || order > 16) refuse("kspace_modify order: expected 2 to 16");
  auto const* const fix = FixDPCentroids::find(lmp);
  if (!fix)
    refuse(
        "there is no fix dplr, which places Wannier centroids and gives forces to atoms; pair_style dp does "
        "electrostatics without either");
  double const beta = fix->get_charges().beta;
  if (!gewaldflag)
    error->all(FLERR, "Kspace style pppm/dplr: give kspace_modify gewald, the model's ewald_beta: {}",
               beta / length_unit);
  if (std::abs(width() - beta) > 1e-6 * beta && comm->me == 0)
    error->warning(FLERR, "Kspace style pppm/dplr: kspace_modify gewald is {}, the model's ewald_beta {}",
                   g_ewald, beta / length_unit);
}

// 1/Angstrom

double KSpaceDPMesh::width() const { return g_ewald * length_unit; }

/* ----------------------------------------------------------------------
   with kspace_modify mesh that one, else one for the accuracy
------------------------------------------------------------------------- */

void KSpaceDPMesh::make() {
  double const wanted = accuracy * length_unit / energy_unit;
  std::vector<double> what = {width(), wanted};
  if (gridflag)
    what = {width(),
            static_cast<double>(nx_pppm),
            static_cast<double>(ny_pppm),
            static_cast<double>(nz_pppm),
            static_cast<double>(order),
            static_cast<double>(differentiation_flag)};
  if (mesh && what == made) return;
  auto const message = dp_lammps::error_of(world, [&] {
    dp_lammps::start_kokkos(comm->nthreads);
    mesh = gridflag
               ? dp_lammps::make_mesh(width(), {nx_pppm, ny_pppm, nz_pppm}, order, differentiation_flag == 1)
               : dp_lammps::fit_mesh(width(), wanted);
  });
  if (!message.empty()) error->all(FLERR, "Kspace style pppm/dplr: {}", message);
  made = what;
  if (gridflag) describe();
}

/* ---------------------------------------------------------------------- */

void KSpaceDPMesh::describe() {
  std::string const text = mesh->description();
  if (comm->me == 0 && text != described)
    utils::logmesg(lmp, "DPLR: electrostatics by {}, gewald {}{}\n", text, g_ewald,
                   gridflag ? differentiation_flag == 1 ? ", diff ad" : ", diff ik" : "");
  described = text;
}

/* ---------------------------------------------------------------------- */

void KSpaceDPMesh::compute(int eflag, int vflag) {
  ev_init(eflag, vflag);
  if (atom->natoms != natoms_original) {
    qsum_qsq();
    natoms_original = atom->natoms;
  }
  auto const n = static_cast<std::size_t>(atom->nlocal);
  positions.resize(3 * n);
  charges_of_atoms.resize(n);
  energies.resize(n);
  forces.resize(3 * n);
  for (std::size_t i = 0; i < n; ++i)
    for (int c = 0; c < 3; ++c) positions[3 * i + c] = (atom->x[i][c] - domain->boxlo[c]) / length_unit;
  for (std::size_t i = 0; i < n; ++i) charges_of_atoms[i] = atom->q[i] / force->qelectron;

  using Space = Kokkos::DefaultHostExecutionSpace;
  double sums[10] = {};  // virial and energy
  dp::ChargeResults<Space> results;
  results.energy = dp::Vector<double, Space>(energies.data(), n);
  results.force = dp::Matrix<double, Space>(forces.data(), n, 3);
  if (vflag_global) results.total_virial = dp::Vector<double, Space>(sums, 9);
  if (vflag_atom) {
    virials.resize(9 * n);
    results.virial = dp::Matrix<double, Space>(virials.data(), n, 9);
  }
  dp::Charges<Space> charges;
  charges.positions = dp::Matrix<double const, Space>(positions.data(), n, 3);
  charges.values = dp::Vector<double const, Space>(charges_of_atoms.data(), n);
  try {
    mesh->compute(Space(), dp_lammps::whole_system(*domain, length_unit, world), charges, results);
    Space().fence();
  } catch (dp::Error const& problem) {
    error->one(FLERR, "Kspace style pppm/dplr, step {}: {}", update->ntimestep, problem.what());
  }
  if (!gridflag) describe();

  double const factor = scale * energy_unit / force->dielectric;
  for (double& component : forces) component *= factor / length_unit;
  for (double const one : energies) sums[9] += one;
  if (eflag_atom)
    for (std::size_t i = 0; i < n; ++i) eatom[i] += factor * energies[i];
  static constexpr int order_of[6] = {0, 4, 8, 1, 2, 5};
  if (vflag_atom)
    for (std::size_t i = 0; i < n; ++i)
      for (int k = 0; k < 6; ++k) vatom[i][k] += factor * virials[9 * i + order_of[k]];
  if (!eflag_global && !vflag_global) return;
  MPI_Allreduce(MPI_IN_PLACE, sums, 10, MPI_DOUBLE, MPI_SUM, world);
  if (eflag_global) energy = factor * sums[9];
  if (vflag_global)
    for (int k = 0; k < 6; ++k) virial[k] = factor * sums[order_of[k]];
}

/* ---------------------------------------------------------------------- */

double KSpaceDPMesh::memory_usage() {
  auto const numbers = positions.capacity() + charges_of_atoms.capacity() + energies.capacity() +
                       forces.capacity() + virials.capacity();
  return static_cast<double>(numbers * sizeof(double) + (mesh ? mesh->bytes() : 0));
}
