// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only

// What LAMMPS calls after `plugin load dpplugin.so`.

#include "compute_dp_fparam_dedn.h"
#include "compute_dp_tensor_atom.h"
#include "fix_dp_centroids.h"
#include "kspace_dp_mesh.h"
#include "lammpsplugin.h"
#include "pair_allegro.h"
#include "pair_dp.h"
#include "version.h"
#ifdef LMP_KOKKOS
#include "pair_dp_kokkos.h"
#endif

using namespace LAMMPS_NS;

template <class Style>
static Pair* create_pair(LAMMPS* lmp) {
  return new Style(lmp);
}

template <class Style>
static Compute* create_compute(LAMMPS* lmp, int narg, char** arg) {
  return new Style(lmp, narg, arg);
}

template <class Style>
static Fix* create_fix(LAMMPS* lmp, int narg, char** arg) {
  return new Style(lmp, narg, arg);
}

template <class Style>
static KSpace* create_kspace(LAMMPS* lmp) {
  return new Style(lmp);
}

extern "C" void lammpsplugin_init(void* lmp, void* handle, void* regfunc) {
  auto const register_style = [&](char const* kind, char const* info, char const* name,
                                  decltype(lammpsplugin_t::creator) creator) {
    lammpsplugin_t plugin;
    plugin.version = LAMMPS_VERSION;
    plugin.style = kind;
    plugin.name = name;
    plugin.info = info;
    plugin.author = "The dp authors";
    plugin.creator = creator;
    plugin.handle = handle;
    (*(lammpsplugin_regfunc)regfunc)(&plugin, lmp);
  };

#define PAIR_CLASS
#define PairStyle(key, Class)                               \
  register_style("pair", "Deep Potential pair style", #key, \
                 {.v1 = (lammpsplugin_factory1*)&create_pair<Class>})
#include "pair_dp.h"
#ifdef LMP_KOKKOS
#include "pair_dp_kokkos.h"
#endif
#include "pair_allegro.h"
#undef PairStyle
#undef PAIR_CLASS

#define COMPUTE_CLASS
#define ComputeStyle(key, Class)                                  \
  register_style("compute", "Deep Potential compute style", #key, \
                 {.v2 = (lammpsplugin_factory2*)&create_compute<Class>})
#include "compute_dp_fparam_dedn.h"
#include "compute_dp_tensor_atom.h"
#undef ComputeStyle
#undef COMPUTE_CLASS

#define FIX_CLASS
#define FixStyle(key, Class) \
  register_style("fix", "DPLR fix style", #key, {.v2 = (lammpsplugin_factory2*)&create_fix<Class>})
#include "fix_dp_centroids.h"
#undef FixStyle
#undef FIX_CLASS

#define KSPACE_CLASS
#define KSpaceStyle(key, Class) \
  register_style("kspace", "DPLR kspace style", #key, {.v1 = (lammpsplugin_factory1*)&create_kspace<Class>})
#include "kspace_dp_mesh.h"
#undef KSpaceStyle
#undef KSPACE_CLASS
}
