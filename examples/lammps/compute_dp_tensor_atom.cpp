// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only

#include "compute_dp_tensor_atom.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <dp/core/error.hpp>
#include <utility>

#include "atom.h"
#include "comm.h"
#include "dp_models.h"
#include "dp_session.h"
#include "error.h"
#include "force.h"
#include "lammps_atoms.h"
#include "memory.h"
#include "neigh_list.h"
#include "neigh_request.h"
#include "neighbor.h"
#include "pair.h"
#include "update.h"
#include "utils.h"

using namespace LAMMPS_NS;

/* ---------------------------------------------------------------------- */

ComputeDPTensorAtom::ComputeDPTensorAtom(LAMMPS* lmp, int narg, char** arg)
    : Compute(lmp, narg, arg), list(nullptr), length(force->angstrom), nmax(0), warned(false) {
  if (narg < 4) error->all(FLERR, "Compute {}: expected compute ID group {} MODEL [names]", style, style);
  file = arg[3];
  if (strcmp(update->unit_style, "lj") == 0)
    error->all(FLERR, "Compute {}: units lj have no Angstrom; use metal or real", style);
  auto const message = dp_lammps::error_of(world, [&] { dp_lammps::start_kokkos(comm->nthreads); });
  if (!message.empty()) error->all(FLERR, "Compute {}: {}", style, message);
  read(std::vector<std::string>(arg + 4, arg + narg));
  using Kind = dp::Quantity::Kind;
  auto const& quantity = dp::quantity_of(model);
  unit = quantity.kind == Kind::dipole || quantity.kind == Kind::polarizability ? length : 1.0;
  peratom_flag = 1;
  size_peratom_cols = quantity.components == 1 ? 0 : quantity.components;
}

/* ---------------------------------------------------------------------- */

ComputeDPTensorAtom::~ComputeDPTensorAtom() {
  memory->destroy(vector_atom);
  memory->destroy(array_atom);
}

/* ----------------------------------------------------------------------
   the model, of the types that it sees, and which type of LAMMPS each of these is
------------------------------------------------------------------------- */

void ComputeDPTensorAtom::read(std::vector<std::string> const& names) {
  dp::ReadOptions options;
  options.number_types = true;
  try {
    auto outlines = dp_lammps::read_models(world, {file}, options);
    dp_lammps::name_types(outlines, names);
    model = outlines.front().model;
    check_model();
    auto const seen = seen_types(outlines.front(), names);
    auto elements = seen;
    std::erase(elements, std::string());
    model = dp_lammps::model_for(world, outlines.front(), elements, options);
    map.assign(atom->ntypes + 1, -1);
    for (int t = 1; t <= atom->ntypes; ++t) {
      auto const at = std::find(model.type_map.begin(), model.type_map.end(), seen[t - 1]);
      if (at != model.type_map.end()) map[t] = static_cast<int>(at - model.type_map.begin());
    }
  } catch (dp::Error const& problem) {
    error->all(FLERR, "Compute {}: {}", style, problem.what());
  }
}

/* ---------------------------------------------------------------------- */

void ComputeDPTensorAtom::check_model() const {
  if (dp::quantity_of(model).is_energy()) dp::fail(file, " gives energies, which pair_style dp is for");
  auto const& fitting = dp::fitting_of(model);
  if ((fitting.fparam > 0 && fitting.default_fparam.empty()) ||
      (fitting.aparam > 0 && !fitting.aparam_is_mask))
    dp::fail(file, " needs frame or atomic parameters, which cannot be given here");
}

/* ----------------------------------------------------------------------
   of each type of LAMMPS the name of the model's type, by names; without names by numbers, as DeePMD-kit
   does. Empty: the model does not see it
------------------------------------------------------------------------- */

std::vector<std::string> ComputeDPTensorAtom::seen_types(dp::Outline const& outline,
                                                         std::vector<std::string> const& names) const {
  auto const& types = outline.types;
  auto const ntypes = static_cast<std::size_t>(atom->ntypes);
  if (!names.empty() && names.size() != ntypes)
    dp::fail("expected names of ", ntypes, " types, found ", names.size());
  std::vector<std::string> seen = names.empty() ? types : names;
  for (auto& name : seen) {
    if (!names.empty() && name == "NULL")
      name.clear();
    else if (std::find(types.begin(), types.end(), name) == types.end())
      dp::fail(file, " has no type ", name, ", but ", utils::join_words(types, " "));
  }
  if (seen.size() < ntypes && comm->me == 0)
    error->warning(FLERR, "Compute {}: {} has {} of {} atom types; it does not see the others", style, file,
                   seen.size(), ntypes);
  seen.resize(ntypes);
  if (std::all_of(seen.begin(), seen.end(), [](auto const& name) { return name.empty(); }))
    dp::fail("all names are NULL: ", file, " would see no atoms");
  return seen;
}

/* ---------------------------------------------------------------------- */

void ComputeDPTensorAtom::init() {
  if (!potential) {
    auto const message =
        dp_lammps::error_of(world, [&] { potential = dp::make_potential(Space(), model, dp::Options()); });
    if (!message.empty()) error->all(FLERR, "Compute {}: {}", style, message);
    std::string text = fmt::format("Compute {}: {}: {}\n", style, file, potential->description());
    for (auto const& remark : model.remarks) text += "  note: " + file + ": " + remark + "\n";
    if (comm->me == 0) utils::logmesg(lmp, text);
  }
  check_lists();
  double const reach = potential->cutoff() * length + neighbor->skin;
  double const ghosts =
      force->pair ? MAX(force->pair->cutforce + neighbor->skin, comm->cutghostuser) : comm->cutghostuser;
  if (reach > ghosts * (1.0 + 1e-12))
    error->all(FLERR,
               "Compute {}: the cutoff of {} and the skin are {}, but ghost atoms reach {}; use comm_modify "
               "cutoff",
               style, file, reach, ghosts);
  neighbor->add_request(this, NeighConst::REQ_FULL | NeighConst::REQ_OCCASIONAL)->set_cutoff(reach);
}

void ComputeDPTensorAtom::init_list(int, NeighList* ptr) { list = ptr; }

/* ----------------------------------------------------------------------
   a model needs all neighbours of its atoms; what is left out of bonded ones is known in a step
------------------------------------------------------------------------- */

void ComputeDPTensorAtom::check_lists() const {
  auto const seen = [this](int type) { return type >= 1 && type <= atom->ntypes && map[type] >= 0; };
  bool left_out = neighbor->nex_group > 0 || neighbor->nex_mol > 0 || neighbor->includegroup > 0;
  for (int k = 0; k < neighbor->nex_type; ++k)
    left_out = left_out || (seen(neighbor->ex1_type[k]) && seen(neighbor->ex2_type[k]));
  if (left_out)
    error->all(FLERR, "Compute {}: neigh_modify leaves neighbours out that the model needs", style);
}

/* ----------------------------------------------------------------------
   the model's type of the atom of lowest ID that it sees, on any rank
------------------------------------------------------------------------- */

int ComputeDPTensorAtom::first_type() const {
  if (!dp::depends_on_first_type(model)) return -1;
  if (!atom->tag_enable)
    error->all(FLERR, "Compute {}: the model needs atom IDs (atom_modify id yes)", style);
  return map[dp_lammps::type_of_first(*atom, world, [&](int i) { return atoms.type(i) >= 0; })];
}

/* ---------------------------------------------------------------------- */

void ComputeDPTensorAtom::report_dropped() {
  bigint const here = potential->dropped();
  bigint dropped;
  MPI_Allreduce(&here, &dropped, 1, MPI_LMP_BIGINT, MPI_SUM, world);
  if (dropped > 0 && !std::exchange(warned, true) && comm->me == 0)
    error->warning(FLERR,
                   "Compute {}: step {}: {} neighbours beyond the model's sel were left out, the farthest "
                   "ones (reported once)",
                   style, update->ntimestep, dropped);
}

/* ---------------------------------------------------------------------- */

void ComputeDPTensorAtom::compute_peratom() {
  invoked_peratom = update->ntimestep;
  int const columns = dp::quantity_of(model).components;
  if (atom->nmax > nmax) {
    nmax = atom->nmax;
    memory->destroy(vector_atom);
    memory->destroy(array_atom);
    if (columns == 1)
      memory->create(vector_atom, nmax, "dp/tensor/atom:vector_atom");
    else
      memory->create(array_atom, nmax, columns, "dp/tensor/atom:array_atom");
  }
  if (dp_lammps::misses_bonded(*atom, *neighbor, world, map))
    error->all(
        FLERR,
        "Compute {}: special_bonds leaves bonded atoms out of neighbour lists, but the model needs all "
        "neighbours; use special_bonds lj/coul 1.0 1.0 1.0",
        style);
  neighbor->build_one(list);
  atoms.collect(*atom, *list, length, map, [&](int i) { return (atom->mask[i] & groupbit) != 0; });

  using Rows =
      Kokkos::View<double**, Kokkos::LayoutRight, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;
  int const nlocal = atom->nlocal;
  double* const values = nmax == 0 ? nullptr : columns == 1 ? vector_atom : array_atom[0];
  auto configuration = atoms.configuration();
  configuration.first_type = first_type();
  auto const neighbours = atoms.neighbours();
  dp::Output<Space> output;
  if (nlocal > 0) output.atom_output = Rows(values, nlocal, columns);
  auto const message = dp_lammps::error_of(world, [&] {
    try {
      potential->compute(Space(), configuration, neighbours, output);
      Space().fence();
    } catch (dp::Error const& problem) {
      dp::fail("rank ", comm->me, ": ", dp_lammps::with_id(problem.what(), *atom));
    }
  });
  if (!message.empty()) error->all(FLERR, "Compute {}, step {}: {}", style, update->ntimestep, message);
  report_dropped();
  for (std::int64_t k = 0; k < std::int64_t(nlocal) * columns; ++k) values[k] *= unit;  // as DeePMD-kit
}

/* ---------------------------------------------------------------------- */

double ComputeDPTensorAtom::memory_usage() {
  double const own = static_cast<double>(nmax) * dp::quantity_of(model).components * sizeof(double);
  return own + (potential ? static_cast<double>(potential->bytes()) : 0.0);
}
