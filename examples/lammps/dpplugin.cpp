// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only

// What LAMMPS calls after `plugin load dpplugin.so`.

#include "lammpsplugin.h"
#include "pair_dp.h"
#include "version.h"
#ifdef LMP_KOKKOS
#include "pair_dp_kokkos.h"
#endif

using namespace LAMMPS_NS;

template <class Style>
static Pair* create(LAMMPS* lmp) {
  return new Style(lmp);
}

extern "C" void lammpsplugin_init(void* lmp, void* handle, void* regfunc) {
  auto const register_style = [&](char const* name, Pair* (*creator)(LAMMPS*)) {
    lammpsplugin_t plugin;
    plugin.version = LAMMPS_VERSION;
    plugin.style = "pair";
    plugin.name = name;
    plugin.info = "Deep Potential pair style";
    plugin.author = "The dp authors";
    plugin.creator.v1 = (lammpsplugin_factory1*)creator;
    plugin.handle = handle;
    (*(lammpsplugin_regfunc)regfunc)(&plugin, lmp);
  };

#define PAIR_CLASS
#define PairStyle(key, Class) register_style(#key, &create<Class>)
#include "pair_dp.h"
#ifdef LMP_KOKKOS
#include "pair_dp_kokkos.h"
#endif
#undef PairStyle
#undef PAIR_CLASS
}
