// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only

// What FixDPCentroids takes from the input; its steps are in fix_dp_centroids_step.cpp.

#include "fix_dp_centroids.h"

#include <algorithm>
#include <cstring>
#include <dp/core/error.hpp>
#include <set>
#include <utility>

#include "atom.h"
#include "comm.h"
#include "dp_models.h"
#include "dp_session.h"
#include "error.h"
#include "force.h"
#include "input.h"
#include "kspace_dp_mesh.h"
#include "modify.h"
#include "neigh_request.h"
#include "neighbor.h"
#include "pair_dp.h"
#include "update.h"
#include "utils.h"
#include "variable.h"

using namespace LAMMPS_NS;
using namespace FixConst;

/* ---------------------------------------------------------------------- */

FixDPCentroids::FixDPCentroids(LAMMPS* lmp, int narg, char** arg)
    : Fix(lmp, narg, arg),
      has_field(false),
      field{},
      pair_index(0),
      energy_unit(force->boltz / 8.617343e-5),
      length_unit(force->angstrom),
      list(nullptr),
      of_field{},
      of_all(false),
      first_step(true),
      warned(false) {
  if (strcmp(update->unit_style, "lj") == 0)
    error->all(FLERR, "Fix dplr: units lj have no electron volt and no Angstrom; use metal or real");
  scalar_flag = vector_flag = 1;
  size_vector = 3;
  global_freq = 1;
  extscalar = extvector = 1;
  energy_global_flag = virial_global_flag = 1;
  comm_forward = comm_reverse = 3;

  parse(narg, arg);
  if (igroup != 0 && comm->me == 0)
    error->warning(FLERR, "Fix dplr: it acts on all atoms, whatever the group");
  try {
    outline = std::move(dp_lammps::read_models(world, {file}, {.number_types = true}).front());
  } catch (dp::Error const& problem) {
    error->all(FLERR, "Fix dplr: {}", problem.what());
  }
  if (!outline.model.long_range)
    error->all(FLERR,
               "Fix dplr: {}: expected a model with dipoles for electrostatics (DPLR), found one without",
               file);
}

FixDPCentroids::~FixDPCentroids() = default;

/* ---------------------------------------------------------------------- */

FixDPCentroids const* FixDPCentroids::find(LAMMPS* lmp) {
  for (auto const* fix : lmp->modify->get_fix_by_style("^dplr$"))
    if (auto const* found = dynamic_cast<FixDPCentroids const*>(fix)) return found;
  return nullptr;
}

/* ---------------------------------------------------------------------- */

void FixDPCentroids::parse(int narg, char** arg) {
  static constexpr char const* keywords[] = {"model", "type_associate", "bond_type", "efield",
                                             "pair_deepmd_index"};
  auto const is_keyword = [&](char const* word) {
    return std::any_of(std::begin(keywords), std::end(keywords),
                       [&](char const* keyword) { return strcmp(word, keyword) == 0; });
  };
  auto const number = [&](char const* keyword, char const* word, int most) {
    int const found = utils::inumeric(FLERR, word, false, lmp);
    if (found < 1 || found > most)
      error->all(FLERR, "Fix dplr: {}: expected 1 to {}, found {}", keyword, most, word);
    return found;
  };
  bond_types.assign(atom->nbondtypes + 1, 0);
  bool bonds = false;
  for (int k = 3; k < narg;) {
    std::string const keyword = arg[k];
    if (!is_keyword(arg[k]))
      error->all(FLERR, "Fix dplr: expected a keyword, found {} (known: {})", keyword,
                 utils::join_words({std::begin(keywords), std::end(keywords)}, " "));
    int end = ++k;
    while (end < narg && !is_keyword(arg[end])) ++end;
    int const n = end - k;
    auto const needs = [&](bool enough, char const* what) {
      if (!enough) error->all(FLERR, "Fix dplr: {}: expected {}, found {} words", keyword, what, n);
    };
    if (keyword == "model") {
      needs(n == 1, "a model file");
      file = arg[k];
    } else if (keyword == "type_associate") {
      needs(n > 0 && n % 2 == 0, "pairs of atom types, of atoms and of their centroids");
      for (; k < end; k += 2)
        associated.push_back({number("type_associate", arg[k], atom->ntypes),
                              number("type_associate", arg[k + 1], atom->ntypes)});
    } else if (keyword == "bond_type") {
      needs(n > 0, "types of the bonds from atoms to centroids");
      for (; k < end; ++k) bond_types[number("bond_type", arg[k], atom->nbondtypes)] = 1;
      bonds = true;
    } else if (keyword == "efield") {
      needs(n == 3, "three components of a field, numbers or v_name");
      parse_field(arg + k);
    } else {
      needs(n == 1, "which of the pair styles, from 1 on");
      pair_index = utils::inumeric(FLERR, arg[k], false, lmp);
      if (pair_index < 1)
        error->all(FLERR, "Fix dplr: pair_deepmd_index: expected 1 or more, found {}", arg[k]);
    }
    k = end;
  }
  if (file.empty()) error->all(FLERR, "Fix dplr: expected model FILE");
  if (associated.empty())
    error->all(FLERR, "Fix dplr: expected type_associate with types of atoms and centroids");
  if (!bonds)
    error->all(FLERR, "Fix dplr: expected bond_type with types of the bonds from atoms to centroids");
}

/* ---------------------------------------------------------------------- */

void FixDPCentroids::parse_field(char** arg) {
  has_field = true;
  for (int c = 0; c < 3; ++c) {
    field_variables[c].clear();
    if (utils::strmatch(arg[c], "^v_"))
      field_variables[c] = arg[c] + 2;
    else
      field[c] = utils::numeric(FLERR, arg[c], false, lmp);
  }
}

/* ---------------------------------------------------------------------- */

int FixDPCentroids::setmask() {
  return PRE_EXCHANGE | PRE_FORCE | POST_FORCE | MIN_PRE_EXCHANGE | MIN_PRE_FORCE | MIN_POST_FORCE;
}

/* ---------------------------------------------------------------------- */

void FixDPCentroids::init() {
  check_input();
  auto& pair = find_pair();
  check_kspace();
  if (!dipoles || pair.get_elements() != elements) read_model(pair);
  check_exclusions();
  first_step = true;

  double const cutoff = dipoles->cutoff() * length_unit;
  auto* const request = neighbor->add_request(this, NeighConst::REQ_FULL);
  if (cutoff <= pair.get_cutoff()) return;
  double const ghosts = MAX(force->pair->cutforce + neighbor->skin, comm->cutghostuser);
  if (cutoff + neighbor->skin > ghosts * (1.0 + 1e-12))
    error->all(FLERR,
               "Fix dplr: the cutoff of the dipoles of {} and the skin are {}, but ghost atoms reach {}; use "
               "comm_modify cutoff",
               file, cutoff + neighbor->skin, ghosts);
  request->set_cutoff(cutoff + neighbor->skin);
}

void FixDPCentroids::init_list(int, NeighList* ptr) { list = ptr; }

/* ---------------------------------------------------------------------- */

void FixDPCentroids::check_input() {
  auto const refuse = [this](char const* what) { error->all(FLERR, "Fix dplr: {}", what); };
  if (modify->get_fix_by_style("^dplr$").size() > 1) refuse("there are several fixes dplr, expected one");
  if (!atom->tag_enable || atom->map_style == Atom::MAP_NONE)
    refuse("atoms need IDs and a map (atom_modify id yes map yes)");
  if (atom->molecular != Atom::MOLECULAR) refuse("atoms need bonds of their own, as with atom_style full");
  if (!atom->q_flag) refuse("atoms need charges, as with atom_style full");
  if (!force->newton_pair || !force->newton_bond) refuse("newton has to be on");
  std::string const integrator = update->integrate_style;
  if (update->whichflag == 1 && integrator != "verlet" && integrator.rfind("verlet/kk", 0) != 0)
    error->all(FLERR, "Fix dplr: run_style {} is not supported, but verlet", integrator);
  // These send atoms to other ranks within a step, when centroids are not where their hosts are.
  for (char const* style : {"^atom/swap", "^charge/regulation", "^gcmc", "^mol/swap", "^widom"})
    if (comm->nprocs > 1 && !modify->get_fix_by_style(style).empty())
      error->all(FLERR, "Fix dplr: fix {} needs one rank beside it, found {}", style + 1, comm->nprocs);
  for (auto const& name : field_variables) {
    if (name.empty()) continue;
    int const variable = input->variable->find(name.c_str());
    if (variable < 0) error->all(FLERR, "Fix dplr: efield: there is no variable {}", name);
    if (!input->variable->equalstyle(variable))
      error->all(FLERR, "Fix dplr: efield: expected an equal-style variable, found {}", name);
  }
}

/* ----------------------------------------------------------------------
   charges that nothing acts on would be left out without a word
------------------------------------------------------------------------- */

void FixDPCentroids::check_kspace() {
  auto const* const mesh = dynamic_cast<KSpaceDPMesh*>(force->kspace);
  if (mesh && mesh->compute_flag) return;
  if (force->kspace && !mesh)
    error->all(FLERR, "Fix dplr: expected kspace_style pppm/dplr, found {}", force->kspace_style);
  if (!has_field)
    error->all(FLERR,
               "Fix dplr: there is neither kspace_style pppm/dplr nor efield (or kspace_modify compute is "
               "no), so that nothing acts on charges");
  if (comm->me == 0)
    error->warning(
        FLERR,
        "Fix dplr: there is no kspace_style pppm/dplr: efield acts on charges, but they do not act on "
        "each other");
}

/* ----------------------------------------------------------------------
   the pair style, also in a hybrid, by its names
------------------------------------------------------------------------- */

PairDP& FixDPCentroids::find_pair() {
  std::vector<PairDP*> found;
  std::set<Pair*> seen;
  for (char const* name : {"^dp", "^deepmd"})
    for (int nth = 1; auto* any = force->pair_match(name, 0, nth); ++nth) {
      if (!seen.insert(any).second) break;
      if (auto* const ours = dynamic_cast<PairDP*>(any)) found.push_back(ours);
    }
  int const count = static_cast<int>(found.size());
  if (count == 0) error->all(FLERR, "Fix dplr: there is no pair_style deepmd or dp");
  if (count > 1 && pair_index == 0)
    error->all(FLERR, "Fix dplr: there are {} pair styles dp; give pair_deepmd_index", count);
  if (pair_index > count)
    error->all(FLERR, "Fix dplr: pair_deepmd_index: expected 1 to {}, found {}", count, pair_index);
  return *found[MAX(pair_index, 1) - 1];
}

/* ----------------------------------------------------------------------
   the model for the types that the pair style sees
------------------------------------------------------------------------- */

void FixDPCentroids::read_model(PairDP const& pair) {
  elements = pair.get_elements();
  try {
    map_types(elements.empty() ? pair.get_models().front().types : elements);
    associate();
    auto const& net = dp::fitting_of(*model.long_range->dipole);
    if ((net.fparam > 0 && net.default_fparam.empty()) || (net.aparam > 0 && !net.aparam_is_mask))
      dp::fail(file, ": its dipoles need frame or atomic parameters, which cannot be given here");
  } catch (dp::Error const& problem) {
    error->all(FLERR, "Fix dplr: {}", problem.what());
  }
  auto const message = dp_lammps::error_of(world, [&] {
    dp_lammps::start_kokkos(comm->nthreads);
    dipoles = dp::make_potential(Space(), *model.long_range->dipole, dp::Options());
  });
  if (!message.empty()) error->all(FLERR, "Fix dplr: {}", message);
  if (comm->me == 0)
    utils::logmesg(lmp, "DPLR: Wannier centroids by the dipoles of {}, {}\n", file, dipoles->description());
}

/* ---------------------------------------------------------------------- */

void FixDPCentroids::map_types(std::vector<std::string> const& names) {
  std::vector<dp::Outline> read = {outline};
  dp_lammps::name_types(read, names);
  std::vector<std::string> seen;
  int const n = MIN(atom->ntypes, static_cast<int>(names.size()));
  for (int t = 1; t <= n; ++t) {
    auto const& name = names[t - 1];
    if (name == "NULL") continue;
    auto const& types = read.front().types;
    if (std::find(types.begin(), types.end(), name) == types.end())
      dp::fail(file, " has no type ", name, ", but ", utils::join_words(types, " "));
    seen.push_back(name);
  }
  model = dp_lammps::model_for(world, read.front(), seen, {.number_types = true});
  map.assign(atom->ntypes + 1, -1);
  for (int t = 1; t <= n; ++t) {
    auto const at = std::find(model.type_map.begin(), model.type_map.end(), names[t - 1]);
    if (at != model.type_map.end()) map[t] = static_cast<int>(at - model.type_map.begin());
  }
}

/* ----------------------------------------------------------------------
   what type_associate says of a type holds for all that are the same to the model
------------------------------------------------------------------------- */

void FixDPCentroids::associate() {
  int const n = atom->ntypes;
  auto const& charge = model.long_range->centroid_charge;
  auto const has_dipole = [&](int t) { return map[t] >= 0 && charge[map[t]] != 0.0; };
  is_pair.assign(n + 1, std::vector<char>(n + 1, 0));
  is_host.assign(n + 1, 0);
  is_centroid.assign(n + 1, 0);
  for (auto const& [host, centroid] : associated) {
    if (!has_dipole(host)) dp::fail("type_associate: atoms of type ", host, " have no dipoles in ", file);
    if (map[centroid] >= 0)
      dp::fail("type_associate: expected a type that the model does not see for centroids, found ", centroid,
               ", which is ", model.type_map[map[centroid]]);
    is_centroid[centroid] = 1;
    for (int t = 1; t <= n; ++t)
      if (map[t] == map[host]) is_pair[t][centroid] = is_host[t] = 1;
  }
  for (int t = 1; t <= n; ++t)
    if (has_dipole(t) && !is_host[t])
      dp::fail("type_associate: expected a type of centroids for atoms of type ", t, " (",
               model.type_map[map[t]], "), which have dipoles in ", file);
}

/* ----------------------------------------------------------------------
   a model needs all neighbours of its atoms; the pair style looks after bonded ones and excluded groups
------------------------------------------------------------------------- */

void FixDPCentroids::check_exclusions() {
  auto const seen = [this](int type) { return type >= 1 && type <= atom->ntypes && map[type] >= 0; };
  bool left_out = neighbor->includegroup > 0;
  for (int k = 0; k < neighbor->nex_type; ++k)
    left_out = left_out || (seen(neighbor->ex1_type[k]) && seen(neighbor->ex2_type[k]));
  if (left_out) error->all(FLERR, "Fix dplr: neigh_modify leaves neighbours out that the model needs");
}
