// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only

// Styles of LAMMPS that the tests use, as a plugin.

#include "ewald.h"
#include "fix_atom_swap.h"
#include "fix_gcmc.h"
#include "lammpsplugin.h"
#include "pair_coul_long.h"
#include "version.h"

using namespace LAMMPS_NS;

template <class Base, class Style>
static Base* create(LAMMPS* lmp) {
  return new Style(lmp);
}

template <class Style>
static Fix* create_fix(LAMMPS* lmp, int narg, char** arg) {
  return new Style(lmp, narg, arg);
}

extern "C" void lammpsplugin_init(void* lmp, void* handle, void* regfunc) {
  lammpsplugin_t plugin;
  plugin.version = LAMMPS_VERSION;
  plugin.info = "style for tests";
  plugin.author = "LAMMPS";
  plugin.handle = handle;
  auto const register_style = [&](char const* kind, char const* name) {
    plugin.style = kind;
    plugin.name = name;
    (*(lammpsplugin_regfunc)regfunc)(&plugin, lmp);
  };
  plugin.creator.v1 = (lammpsplugin_factory1*)&create<Pair, PairCoulLong>;
  register_style("pair", "coul/long");
  plugin.creator.v1 = (lammpsplugin_factory1*)&create<KSpace, Ewald>;
  register_style("kspace", "ewald");
  plugin.creator.v2 = (lammpsplugin_factory2*)&create_fix<FixGCMC>;
  register_style("fix", "gcmc");
  plugin.creator.v2 = (lammpsplugin_factory2*)&create_fix<FixAtomSwap>;
  register_style("fix", "atom/swap");
}
