// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only

#include "pair_dp.h"

#include <algorithm>
#include <cstring>
#include <dp/long_range/require_long_range.hpp>
#include <utility>

#include "atom.h"
#include "comm.h"
#include "domain.h"
#include "dp_models.h"
#include "dp_session.h"
#include "error.h"
#include "force.h"
#include "lammps_atoms.h"
#include "memory.h"
#include "neigh_list.h"
#include "neighbor.h"
#include "pair_dp_run.h"
#include "pair_hybrid.h"
#include "timer.h"
#include "update.h"
#include "utils.h"

using namespace LAMMPS_NS;

using HostExec = Kokkos::DefaultHostExecutionSpace;
using Unmanaged = Kokkos::MemoryTraits<Kokkos::Unmanaged>;
using Ints = Kokkos::View<int const*, Kokkos::HostSpace, Unmanaged>;
using Rows3 = Kokkos::View<double* [3], Kokkos::LayoutRight, Kokkos::HostSpace, Unmanaged>;

/* ---------------------------------------------------------------------- */

PairDP::PairDP(LAMMPS* lmp)
    : Pair(lmp),
      cut(0.0),
      energy_unit(1.0),
      length_unit(1.0),
      scale(nullptr),
      restarted(false),
      first_step(true),
      warned(false),
      timing(false),
      nets_only(false),
      step_seconds{},
      steps{} {
  if (strcmp(update->unit_style, "lj") == 0)
    error->all(FLERR, "Pair style dp: units lj have no electron volt and no Angstrom; use metal or real");
  energy_unit = force->boltz / 8.617343e-5;  // DeePMD-kit's definition of the electron volt
  length_unit = force->angstrom;

  single_enable = 0;
  respa_enable = 0;
  restartinfo = 1;
  one_coeff = 1;
  manybody_flag = 1;
  no_virial_fdotr_compute = 1;
  pppmflag = 1;
  centroidstressflag = CENTROID_AVAIL;
  comm_reverse = comm_reverse_off = 12;
}

/* ---------------------------------------------------------------------- */

PairDP::~PairDP() {
  if (copymode) return;
  if (timing) dp_lammps::stop_stage_times();
  memory->destroy(setflag);
  memory->destroy(cutsq);
  memory->destroy(scale);
}

/* ---------------------------------------------------------------------- */

void PairDP::allocate() {
  if (allocated) return;
  allocated = 1;
  int const n = atom->ntypes + 1;
  memory->create(setflag, n, n, "pair:setflag");
  memory->create(cutsq, n, n, "pair:cutsq");
  memory->create(scale, n, n, "pair:scale");
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) {
      setflag[i][j] = 0;
      cutsq[i][j] = 0.0;
      scale[i][j] = 1.0;
    }
}

/* ----------------------------------------------------------------------
   arguments of pair_style: model files, then keywords
------------------------------------------------------------------------- */

void PairDP::settings(int narg, char** arg) { load(narg, arg, true); }

/* ----------------------------------------------------------------------
   reads the models; an error unless a restart file asked for them
------------------------------------------------------------------------- */

bool PairDP::load(int narg, char** arg, bool required) {
  words.assign(arg, arg + narg);
  engine.reset();
  models.clear();
  try {
    models = dp_lammps::read_models(world, dp_lammps::model_files(words), dp_lammps::read_options(words));
    dp::Fitting const& first = dp::fitting_of(models[0].model);
    for (auto const& [model, types, whole] : models) {
      dp::require_energies(model);
      dp::Fitting const& fitting = dp::fitting_of(model);
      if (fitting.fparam != first.fparam || fitting.aparam != first.aparam)
        dp::fail("pair_style: all models need the same numbers of parameters, but ", models[0].model.source,
                 " has ", first.fparam, " frame and ", first.aparam, " atomic ones, ", model.source, " ",
                 fitting.fparam, " and ", fitting.aparam);
    }
    set = dp_lammps::parse_settings(words, first.fparam, first.aparam_is_mask ? 0 : first.aparam);
    for (auto const& outline : models) dp::require_long_range(outline.model, set.options.long_range_error);
  } catch (dp::Error const& e) {
    models.clear();
    if (required) error->all(FLERR, "Pair style dp: " + std::string(e.what()));
    if (comm->me == 0)
      error->warning(FLERR, "Pair style dp of the restart file cannot be restored, give pair_style again: " +
                                std::string(e.what()));
    return false;
  }

  cut = 0.0;
  for (auto const& outline : models) cut = MAX(cut, dp::cutoff(outline.model) * length_unit);
  comm_reverse = comm_reverse_off = 3 * static_cast<int>(models.size()) + 9;
  open_deviation_file();
  print_models();
  elements.clear();
  maps.clear();
  used.clear();
  return true;
}

/* ----------------------------------------------------------------------
   pair_coeff * * [name of the model's type, or NULL, for each type]
------------------------------------------------------------------------- */

void PairDP::coeff(int narg, char** arg) {
  if (models.empty()) error->all(FLERR, "Pair style dp: pair_style has to come before pair_coeff");
  if (narg < 2 || strcmp(arg[0], "*") != 0 || strcmp(arg[1], "*") != 0)
    error->all(FLERR, "Pair style dp: expected pair_coeff * * with a name for each atom type");
  map_elements(std::vector<std::string>(arg + 2, arg + narg));
}

/* ---------------------------------------------------------------------- */

void PairDP::map_elements(std::vector<std::string> const& names) {
  allocate();
  try {
    dp_lammps::name_types(models, names);
  } catch (dp::Error const& e) {
    error->all(FLERR, "Pair style dp: pair_coeff: " + std::string(e.what()));
  }
  int const n = atom->ntypes, named = static_cast<int>(names.empty() ? models[0].types.size() : names.size());
  auto const list = [](dp::Outline const& outline) {
    std::string text = outline.model.source + " has";
    for (const auto& name : outline.types) text += " " + name;
    return text;
  };
  auto const warn = [&](std::string const& text) {
    if (comm->me == 0) error->warning(FLERR, "Pair style dp: {} ({})", text, list(models[0]));
  };
  if (named < n)
    warn(fmt::format("{} {} of {} atom types; the model does not see types {} to {}, as with NULL",
                     names.empty() ? "the model has" : "pair_coeff names", named, n, named + 1, n));
  else if (named > n && names.empty())
    warn("pair_coeff without names takes the first of the model's types");
  else if (named > n)
    warn(fmt::format("pair_coeff names {} types, but there are {}; the rest is ignored", named, n));

  std::vector<std::vector<std::string>> before;
  for (auto const& model : used) before.push_back(model.type_map);
  maps.clear();
  used.clear();
  for (auto const& outline : models) {
    auto const& types = outline.types;
    std::vector<int> map(n + 1, -1);
    for (int i = 1; i <= MIN(n, named); i++) {
      auto const name = names.empty() ? models[0].types[i - 1] : names[i - 1];
      if (name == "NULL" && !names.empty()) continue;
      bool const numbered = types.front() == "1" || models[0].types.front() == "1";
      if (names.empty() && numbered)
        map[i] = i <= static_cast<int>(types.size()) ? i - 1 : -1;
      else
        for (std::size_t t = 0; t < types.size(); t++)
          if (types[t] == name) map[i] = static_cast<int>(t);
      if (map[i] < 0)
        error->all(FLERR, "Pair style dp: pair_coeff: " + name + " is not a type of the model (" +
                              list(outline) + ")");
    }
    std::vector<std::string> seen;
    for (int const t : map)
      if (t >= 0) seen.push_back(types[t]);
    try {
      used.push_back(dp_lammps::model_for(world, outline, seen, dp_lammps::read_options(words)));
    } catch (dp::Error const& e) {
      error->all(FLERR, "Pair style dp: " + std::string(e.what()));
    }
    auto const& kept = used.back().type_map;
    for (int& t : map)
      if (t >= 0) t = std::find(kept.begin(), kept.end(), types[t]) - kept.begin();
    maps.push_back(map);
  }
  elements = names;
  for (std::size_t m = 0; m < before.size(); ++m)
    if (before[m] != used[m].type_map) engine.reset();
  if (engine) engine->map_types(maps);

  // types without a model are atoms without interaction; in a hybrid their pairs stay with the style that has
  // them

  auto* hybrid = dynamic_cast<PairHybrid*>(force->pair);
  auto* name = force->pair_match_ptr(this);
  for (int i = 1; i <= n; i++)
    for (int j = i; j <= n; j++) {
      bool const taken =
          hybrid && hybrid->setflag && hybrid->setflag[i][j] && !(name && hybrid->check_ijtype(i, j, name));
      setflag[i][j] = !taken || (maps[0][i] >= 0 && maps[0][j] >= 0);
      scale[i][j] = scale[j][i] = 1.0;
    }
}

/* ---------------------------------------------------------------------- */

std::unique_ptr<dp_lammps::EngineBase> PairDP::make_engine() const {
  return std::make_unique<dp_lammps::Engine<HostExec>>(evaluated(), set);
}

/* ----------------------------------------------------------------------
   what the engine runs: without electrostatics (DPLR) where a fix has them
------------------------------------------------------------------------- */

std::vector<dp::Model> PairDP::evaluated() const {
  auto result = used;
  if (nets_only)
    for (auto& model : result) model.long_range.reset();
  return result;
}

/* ---------------------------------------------------------------------- */

void PairDP::init_style() {
  if (models.empty() || maps.empty())
    error->all(FLERR, "Pair style dp: pair_style and pair_coeff are not set");
  check_parameters();
  check_kspace();
  check_electrostatics();
  neighbor->add_request(this, NeighConst::REQ_FULL);
  first_step = true;
  std::fill_n(step_seconds, 2, 0.0);
  std::fill_n(steps, 2, 0);
  if (!engine) start_engine();
  if (timer->has_full() && !timing) timing = dp_lammps::start_stage_times();
}

/* ---------------------------------------------------------------------- */

void PairDP::start_engine() {
  // under DeePMD-kit's name forces agree with the nets within its own tests' tolerance

  if (!set.own_tolerance && utils::strmatch(force->pair_match_ptr(this), "^deepmd"))
    set.options.tolerance = 1e-9;
  auto const message = dp_lammps::error_of(world, [&] {
    dp_lammps::start_kokkos(comm->nthreads);
    engine = make_engine();
    engine->map_types(maps);
  });
  if (!message.empty()) error->all(FLERR, "Pair style dp: " + message);
  print_engine();
}

/* ---------------------------------------------------------------------- */

double PairDP::init_one(int i, int j) {
  scale[j][i] = scale[i][j];
  return cut;
}

/* ----------------------------------------------------------------------
   fix adapt changes it; energies of a model cannot be scaled by pairs of types
------------------------------------------------------------------------- */

double PairDP::common_scale() const {
  double const* first = nullptr;
  for (int i = 1; i <= atom->ntypes; i++)
    for (int j = i; j <= atom->ntypes; j++) {
      if (maps[0][i] < 0 || maps[0][j] < 0) continue;
      if (first && scale[i][j] != *first)
        error->all(
            FLERR,
            "Pair style dp: scale differs between pairs of types (fix adapt), but the model has one energy "
            "for all; use * *");
      if (!first) first = &scale[i][j];
    }
  return first ? *first : 1.0;
}

/* ----------------------------------------------------------------------
   body(engine, positions, types, groups, neighbours)
------------------------------------------------------------------------- */

template <class Body>
auto PairDP::with_arrays(Body const& body) {
  int const nall = atom->nlocal + atom->nghost;
  Rows3 const x(atom->x[0], nall);
  dp::Strided1<int const, HostExec> const types(Ints(atom->type, nall)), masks(Ints(atom->mask, nall));
  auto const neighbours = host_list();
  return body(static_cast<dp_lammps::Engine<HostExec>&>(*engine), x, types, masks, neighbours);
}

/* ---------------------------------------------------------------------- */

void PairDP::compute(int eflag, int vflag) {
  ev_init(eflag, vflag);
  using Rows6 = Kokkos::View<double* [6], Kokkos::LayoutRight, Kokkos::HostSpace, Unmanaged>;
  using Rows9 = Kokkos::View<double* [9], Kokkos::LayoutRight, Kokkos::HostSpace, Unmanaged>;
  using Column = Kokkos::View<double*, Kokkos::HostSpace, Unmanaged>;
  int const nall = atom->nlocal + atom->nghost;
  with_arrays([&](auto& engine, auto const& x, auto const& types, auto const& masks, auto const& neighbours) {
    run(engine, x, Rows3(atom->f[0], nall), types, masks, neighbours,
        eflag_atom ? Column(eatom, nall) : Column(), vflag_atom ? Rows6(vatom[0], nall) : Rows6(),
        cvflag_atom ? Rows9(cvatom[0], nall) : Rows9());
  });
}

/* ---------------------------------------------------------------------- */

double PairDP::energy_with(std::vector<double> const& fparam) {
  check_stepped();
  return with_arrays([&](auto&... arrays) { return energy(arrays..., fparam); });
}

void PairDP::check_stepped() {
  if (!engine || first_step) error->all(FLERR, "Pair style dp: energies are known after the first step only");
}

/* ----------------------------------------------------------------------
   what every evaluation needs, whatever it is for
------------------------------------------------------------------------- */

dp_lammps::Task PairDP::common_task() {
  dp_lammps::Task task;
  task.local = atom->nlocal;
  task.all = atom->nlocal + atom->nghost;
  task.length = length_unit;
  task.factor = energy_unit * common_scale();
  task.absent = absent();
  task.first_type = first_type;
  task.aparam = atom_parameters();
  task.aparam_columns = dp::fitting_of(models[0].model).aparam;
  task.whole = dp_lammps::whole_system(*domain, length_unit, world);
  return task;
}

/* ----------------------------------------------------------------------
   LAMMPS' list as it is: the rows lie in pages, their starts are counted from the first row
------------------------------------------------------------------------- */

dp::NeighborList<HostExec> PairDP::host_list() {
  dp::NeighborList<HostExec> result;
  result.rows = list->inum;
  if (list->inum == 0) return result;
  int const* const base = list->firstneigh[list->ilist[0]];
  row_starts.resize(list->inum);
  for (int k = 0; k < list->inum; k++) row_starts[k] = list->firstneigh[list->ilist[k]] - base;
  result.centres = Ints(list->ilist, list->inum);
  result.counts = Ints(list->numneigh, atom->nlocal);
  result.starts =
      Kokkos::View<std::int64_t const*, Kokkos::HostSpace, Unmanaged>(row_starts.data(), list->inum);
  result.entries = base;
  result.mask = NEIGHMASK;
  return result;
}

/* ---------------------------------------------------------------------- */

void PairDP::stop(std::string message) {
  auto const replace = [&](std::string const& old, auto const& text) {
    auto const at = message.find(old);
    if (at != std::string::npos) message.replace(at, old.size(), text);
  };
  replace("Overflow::keep_nearest would leave out", "overflow keep_nearest leaves out");
  replace("Overflow::keep_all none", "overflow keep_all none");
  sync_host_data();
  message = dp_lammps::with_id(std::move(message), *atom);
  error->one(FLERR, "Pair style dp, step " + std::to_string(update->ntimestep) + ", rank " +
                        std::to_string(comm->me) + ": " + message);
}

/* ---------------------------------------------------------------------- */

void* PairDP::extract(char const* str, int& dim) {
  if (strcmp(str, "cut_coul") == 0 && replaces_coulomb()) {
    dim = 0;
    return &cut;
  }
  if (strcmp(str, "scale") == 0) {
    dim = 2;
    return scale;
  }
  return nullptr;
}

/* ---------------------------------------------------------------------- */

double PairDP::memory_usage() {
  return Pair::memory_usage() + (engine ? static_cast<double>(engine->bytes()) : 0.0);
}

/* ----------------------------------------------------------------------
   a step sends fewer columns than the most, after which LAMMPS sizes its buffers; Comm of 2024 cannot be told
   how many, and takes them from the style
------------------------------------------------------------------------- */

void PairDP::return_rows(int columns) {
  int const most = std::exchange(comm_reverse, columns);
  comm_reverse_off = columns;
  comm->reverse_comm(this);
  comm_reverse = comm_reverse_off = most;
}

/* ---------------------------------------------------------------------- */

int PairDP::pack_reverse_comm(int n, int first, double* buf) { return engine->pack(n, first, buf); }

void PairDP::unpack_reverse_comm(int n, int* list, double* buf) { engine->unpack(n, list, buf); }
