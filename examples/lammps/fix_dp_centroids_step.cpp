// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only

// The steps of FixDPCentroids. A centroid is on the rank of its host: whenever LAMMPS is about to send atoms
// to other ranks it lies where its host does.

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <dp/core/error.hpp>
#include <utility>

#include "atom.h"
#include "comm.h"
#include "domain.h"
#include "error.h"
#include "fix_dp_centroids.h"
#include "force.h"
#include "input.h"
#include "kspace_dp_mesh.h"
#include "lammps_atoms.h"
#include "modify.h"
#include "neighbor.h"
#include "update.h"
#include "variable.h"

using namespace LAMMPS_NS;

/* ---------------------------------------------------------------------- */

std::unordered_map<tagint, int> FixDPCentroids::local_atoms() const {
  std::unordered_map<tagint, int> result;
  for (int i = 0; i < atom->nlocal; ++i)
    if (is_host[atom->type[i]] || is_centroid[atom->type[i]]) result.emplace(atom->tag[i], i);
  return result;
}

/* ----------------------------------------------------------------------
   body(atom, ID of the other) for the bonds of centroids that this rank has; each is on one rank
------------------------------------------------------------------------- */

template <class Body>
void FixDPCentroids::for_each_bond(Body const& body) const {
  for (int i = 0; i < atom->nlocal; ++i)
    for (int m = 0; m < atom->num_bond[i]; ++m)
      if (bond_types[std::abs(atom->bond_type[i][m])]) body(i, atom->bond_atom[i][m]);
}

/* ----------------------------------------------------------------------
   puts a centroid where its host is, in the same image of the box
------------------------------------------------------------------------- */

void FixDPCentroids::follow(int centroid, double const* x, double const* v, imageint image) {
  std::copy_n(x, 3, atom->x[centroid]);
  std::copy_n(v, 3, atom->v[centroid]);
  atom->image[centroid] = image;
}

/* ----------------------------------------------------------------------
   centroids go with their hosts; those that are on other ranks, as after read_restart, learn of them by
   messages to all
------------------------------------------------------------------------- */

void FixDPCentroids::to_hosts() {
  auto const here = local_atoms();
  std::vector<tagint> apart;  // IDs of pairs that are not both here
  for_each_bond([&](int i, tagint other) {
    auto const found = here.find(other);
    if (found == here.end()) {
      apart.insert(apart.end(), {atom->tag[i], other});
      return;
    }
    int host = i, centroid = found->second;
    if (is_centroid[atom->type[host]]) std::swap(host, centroid);
    if (is_pair[atom->type[host]][atom->type[centroid]])
      follow(centroid, atom->x[host], atom->v[host], atom->image[host]);
  });

  int const mine = static_cast<int>(apart.size());
  std::vector<int> counts(comm->nprocs), starts(comm->nprocs, 0);
  MPI_Allgather(&mine, 1, MPI_INT, counts.data(), 1, MPI_INT, world);
  for (int rank = 1; rank < comm->nprocs; ++rank) starts[rank] = starts[rank - 1] + counts[rank - 1];
  int const all = starts.back() + counts.back();
  if (all == 0) return;
  std::vector<tagint> ids(all);
  MPI_Allgatherv(apart.data(), mine, MPI_LMP_TAGINT, ids.data(), counts.data(), starts.data(), MPI_LMP_TAGINT,
                 world);
  auto const local = [&](tagint id, std::vector<char> const& of_kind) {
    auto const found = here.find(id);
    return found != here.end() && of_kind[atom->type[found->second]] ? found->second : -1;
  };
  std::vector<double> places(6 * (all / 2), 0.0);  // and velocities; of the hosts
  std::vector<bigint> images(all, 0);              // and whether there is one
  for (int k = 0; k < all; ++k) {
    int const host = local(ids[k], is_host);
    if (host < 0) continue;
    std::copy_n(atom->x[host], 3, &places[6 * (k / 2)]);
    std::copy_n(atom->v[host], 3, &places[6 * (k / 2) + 3]);
    images[k / 2 * 2] = atom->image[host];
    images[k / 2 * 2 + 1] = 1;
  }
  MPI_Allreduce(MPI_IN_PLACE, places.data(), static_cast<int>(places.size()), MPI_DOUBLE, MPI_SUM, world);
  MPI_Allreduce(MPI_IN_PLACE, images.data(), all, MPI_LMP_BIGINT, MPI_SUM, world);
  for (int k = 0; k < all; ++k) {
    int const centroid = local(ids[k], is_centroid);
    if (centroid >= 0 && images[k / 2 * 2 + 1] == 1)
      follow(centroid, &places[6 * (k / 2)], &places[6 * (k / 2) + 3],
             static_cast<imageint>(images[k / 2 * 2]));
  }
}

/* ----------------------------------------------------------------------
   each host has one centroid, each centroid one host
------------------------------------------------------------------------- */

void FixDPCentroids::find_pairs() {
  auto const refuse = [this](std::string const& what) {
    error->one(FLERR, "Fix dplr, step {}: {}", update->ntimestep, what);
  };
  auto const here = local_atoms();
  int const* const type = atom->type;
  std::vector<char> bonded(atom->nlocal, 0);
  pairs.clear();
  for_each_bond([&](int i, tagint other) {
    auto const found = here.find(other);
    if (found == here.end())
      refuse(
          fmt::format("atom {} has a bond of bond_type to atom {}, which is not of a type of "
                      "type_associate or not near",
                      atom->tag[i], other));
    Bonded pair = {i, found->second};
    if (is_centroid[type[pair.host]]) std::swap(pair.host, pair.centroid);
    if (!is_pair[type[pair.host]][type[pair.centroid]])
      refuse(
          fmt::format("atoms {} (type {}) and {} (type {}) have a bond of bond_type, but are not of types "
                      "that type_associate pairs",
                      atom->tag[i], type[i], other, type[found->second]));
    for (int const k : {pair.host, pair.centroid})
      if (std::exchange(bonded[k], 1))
        refuse(fmt::format("atom {} has two bonds of bond_type, expected one", atom->tag[k]));
    pairs.push_back(pair);
  });
  for (int i = 0; i < atom->nlocal; ++i)
    if (!bonded[i] && (is_host[type[i]] || is_centroid[type[i]]))
      refuse(
          fmt::format("atom {} (type {}) has no bond of bond_type to {}", atom->tag[i], type[i],
                      is_host[type[i]] ? "its Wannier centroid" : "the atom whose Wannier centroid it is"));
}

/* ---------------------------------------------------------------------- */

void FixDPCentroids::setup_pre_force(int vflag) {
  check_charges();
  if (first_step && vflag && !thermo_virial && comm->me == 0)
    error->warning(FLERR, "Fix dplr: its part of the pressure is left out; use fix_modify {} virial yes", id);
  pre_force(vflag);
}

/* ----------------------------------------------------------------------
   charges are those of the atoms, as in DeePMD-kit; the model was trained with its own
------------------------------------------------------------------------- */

void FixDPCentroids::check_charges() {
  if (!first_step) return;
  auto const& charges = *model.long_range;
  std::vector<double> of_type(atom->ntypes + 1, 0.0);
  std::vector<char> known(atom->ntypes + 1, 0);
  for (int t = 1; t <= atom->ntypes; ++t) {
    if (map[t] < 0) continue;
    of_type[t] = charges.ion_charge[map[t]];
    known[t] = 1;
    for (int other = 1; other <= atom->ntypes; ++other)
      if (is_pair[t][other]) {
        of_type[other] = charges.centroid_charge[map[t]];
        known[other] = 1;
      }
  }
  bigint differ = 0;
  for (int i = 0; i < atom->nlocal; ++i) {
    int const t = atom->type[i];
    differ += known[t] && !(std::abs(atom->q[i] / force->qelectron - of_type[t]) <= 1e-6);
  }
  MPI_Allreduce(MPI_IN_PLACE, &differ, 1, MPI_LMP_BIGINT, MPI_SUM, world);
  if (differ > 0 && comm->me == 0)
    error->warning(FLERR, "Fix dplr: {} atoms have other charges than those of {}; the atoms' own count",
                   differ, file);
}

/* ----------------------------------------------------------------------
   the model's dipoles of hosts, or what these make of a cotangent
------------------------------------------------------------------------- */

void FixDPCentroids::evaluate(dp::Output<Space> const& output) {
  auto configuration = atoms.configuration();
  auto const& dipole = dipoles->model();
  if (dp::depends_on_first_type(dipole))
    configuration.first_type =
        map[dp_lammps::type_of_first(*atom, world, [&](int i) { return atoms.type(i) >= 0; })];
  try {
    dipoles->compute(Space(), configuration, atoms.neighbours(), output);
    Space().fence();
  } catch (dp::Error const& problem) {
    error->one(FLERR, "Fix dplr, step {}, rank {}: {}", update->ntimestep, comm->me,
               dp_lammps::with_id(problem.what(), *atom));
  }
}

/* ---------------------------------------------------------------------- */

void FixDPCentroids::pre_force(int) {
  if (first_step || neighbor->ago == 0) find_pairs();
  auto const local = static_cast<std::size_t>(atom->nlocal);
  auto const all = local + static_cast<std::size_t>(atom->nghost);
  atoms.collect(*atom, *list, length_unit, map, [&](int i) { return is_host[atom->type[i]] != 0; });
  displacements.assign(3 * local + 1, 0.0);
  dp::Output<Space> output;
  output.atom_output = dp::Matrix<double, Space>(displacements.data(), local, 3);
  evaluate(output);
  if (first_step) report_dropped();
  first_step = false;

  moves.assign(3 * all, 0.0);
  for (auto const& [host, centroid] : pairs) {
    atom->image[centroid] = atom->image[host];
    for (int c = 0; c < 3; ++c) {
      double const place = atom->x[host][c] + length_unit * displacements[3 * host + c];
      moves[3 * centroid + c] = place - atom->x[centroid][c];
      atom->x[centroid][c] = place;
    }
  }
  comm->forward_comm(this);
}

/* ---------------------------------------------------------------------- */

void FixDPCentroids::report_dropped() {
  bigint const here = dipoles->dropped();
  bigint dropped;
  MPI_Allreduce(&here, &dropped, 1, MPI_LMP_BIGINT, MPI_SUM, world);
  if (dropped > 0 && !std::exchange(warned, true) && comm->me == 0)
    error->warning(FLERR,
                   "Fix dplr: step {}: {} neighbours beyond the sel of the dipoles' model were left out, the "
                   "farthest ones (reported once)",
                   update->ntimestep, dropped);
}

/* ---------------------------------------------------------------------- */

void FixDPCentroids::update_field() {
  bool const varies = std::any_of(field_variables.begin(), field_variables.end(),
                                  [](auto const& name) { return !name.empty(); });
  if (!varies) return;
  modify->clearstep_compute();
  for (int c = 0; c < 3; ++c)
    if (!field_variables[c].empty())
      field[c] = input->variable->compute_equal(input->variable->find(field_variables[c].c_str()));
  modify->addstep_compute(update->ntimestep + 1);
}

/* ----------------------------------------------------------------------
   of the mesh and of the field; the virial of the field by unwrapped positions, as in fix efield
------------------------------------------------------------------------- */

void FixDPCentroids::collect_forces_on_charges() {
  auto const n = static_cast<std::size_t>(atom->nlocal);
  auto const* const mesh = dynamic_cast<KSpaceDPMesh const*>(force->kspace);
  if (mesh && mesh->compute_flag)
    on_charges = mesh->get_forces();
  else
    on_charges.assign(3 * n, 0.0);
  of_field = {};
  of_all = false;
  if (!has_field) return;
  update_field();
  for (std::size_t i = 0; i < n; ++i) {
    double place[3], pull[3];
    domain->unmap(atom->x[i], atom->image[i], place);
    for (int c = 0; c < 3; ++c) {
      pull[c] = force->qe2f * atom->q[i] * field[c];
      on_charges[3 * i + c] += pull[c];
      of_field[0] -= pull[c] * place[c];
      of_field[c + 1] += pull[c];
    }
    if (!vflag_global) continue;
    for (int c = 0; c < 3; ++c) virial[c] += pull[c] * place[c];
    virial[3] += pull[0] * place[1];
    virial[4] += pull[0] * place[2];
    virial[5] += pull[1] * place[2];
  }
}

/* ----------------------------------------------------------------------
   the force on a centroid goes to its host, and to all atoms on which its displacement depends: these have
   the derivatives of minus displacement times force. The virial of the mesh or field has counted the
   displacement as stretched with the box, which is taken back
------------------------------------------------------------------------- */

void FixDPCentroids::post_force(int vflag) {
  v_init(vflag);
  if (vflag_atom)
    error->all(FLERR,
               "Fix dplr: virials of atoms are not there, as in DeePMD-kit; pair_style dp has them with "
               "electrostatics of its own");
  collect_forces_on_charges();
  auto const local = static_cast<std::size_t>(atom->nlocal);
  auto const all = local + static_cast<std::size_t>(atom->nghost);
  double const force_unit = energy_unit / length_unit;

  cotangent.assign(3 * local + 1, 0.0);  // not empty on a rank without atoms either
  for (auto const& [host, centroid] : pairs)
    for (int c = 0; c < 3; ++c) cotangent[3 * host + c] = -on_charges[3 * centroid + c] / force_unit;
  double strain[9] = {};
  forces.assign(3 * all + 1, 0.0);
  dp::Output<Space> output;
  output.cotangent = dp::Matrix<double const, Space>(cotangent.data(), local, 3);
  output.force = dp::Matrix<double, Space>(forces.data(), all, 3);
  if (vflag_global) output.virial = dp::Vector<double, Space>(strain, 9);
  evaluate(output);
  for (double& component : forces) component *= force_unit;
  for (double& component : strain) component *= energy_unit;

  for (std::size_t i = 0; i < local; ++i)
    if (!is_centroid[atom->type[i]])
      for (int c = 0; c < 3; ++c) forces[3 * i + c] += on_charges[3 * i + c];
  for (auto const& [host, centroid] : pairs)
    for (int c = 0; c < 3; ++c) {
      forces[3 * host + c] += on_charges[3 * centroid + c];
      for (int d = 0; d < 3; ++d)
        strain[3 * c + d] -= on_charges[3 * centroid + c] * length_unit * displacements[3 * host + d];
    }
  comm->reverse_comm(this);
  for (std::size_t i = 0; i < local; ++i)
    for (int c = 0; c < 3; ++c) atom->f[i][c] += forces[3 * i + c];
  static constexpr int order[6] = {0, 4, 8, 1, 2, 5};
  if (vflag_global)
    for (int k = 0; k < 6; ++k) virial[k] += strain[order[k]];
}

/* ----------------------------------------------------------------------
   energy and total force of the field
------------------------------------------------------------------------- */

double FixDPCentroids::compute_scalar() {
  if (!std::exchange(of_all, true))
    MPI_Allreduce(MPI_IN_PLACE, of_field.data(), 4, MPI_DOUBLE, MPI_SUM, world);
  return of_field[0];
}

double FixDPCentroids::compute_vector(int n) {
  compute_scalar();
  return of_field[n + 1];
}

/* ---------------------------------------------------------------------- */

double FixDPCentroids::memory_usage() {
  auto const numbers = displacements.capacity() + moves.capacity() + on_charges.capacity() +
                       cotangent.capacity() + forces.capacity();
  return static_cast<double>(numbers * sizeof(double) + (dipoles ? dipoles->bytes() : 0));
}

/* ----------------------------------------------------------------------
   ghosts of centroids move as these do
------------------------------------------------------------------------- */

int FixDPCentroids::pack_forward_comm(int n, int* indices, double* buffer, int, int*) {
  for (int k = 0; k < n; ++k) std::copy_n(&moves[3 * indices[k]], 3, buffer + 3 * k);
  return 3 * n;
}

void FixDPCentroids::unpack_forward_comm(int n, int first, double* buffer) {
  std::copy_n(buffer, 3 * n, moves.begin() + 3 * first);
  for (int k = 0; k < n; ++k)
    for (int c = 0; c < 3; ++c) atom->x[first + k][c] += buffer[3 * k + c];
}

int FixDPCentroids::pack_reverse_comm(int n, int first, double* buffer) {
  std::copy_n(&forces[3 * first], 3 * n, buffer);
  return 3 * n;
}

void FixDPCentroids::unpack_reverse_comm(int n, int* indices, double* buffer) {
  for (int k = 0; k < n; ++k)
    for (int c = 0; c < 3; ++c) forces[3 * indices[k] + c] += buffer[3 * k + c];
}
