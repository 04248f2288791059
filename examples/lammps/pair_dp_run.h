// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only

#ifndef LMP_PAIR_DP_RUN_H
#define LMP_PAIR_DP_RUN_H

#include <dp/core/error.hpp>
#include <new>

#include "atom.h"
#include "comm.h"
#include "force.h"
#include "neighbor.h"
#include "pair_dp.h"
#include "platform.h"

namespace LAMMPS_NS {

template <class Space, class X, class F, class E, class V, class C>
void PairDP::run(dp_lammps::Engine<Space>& engine, const X& x, const F& f,
                 dp::Strided1<int const, Space> types, dp::Strided1<int const, Space> masks,
                 dp::NeighborList<Space> const& list, const E& eatom, const V& vatom, const C& cvatom) {
  if (neighbor->ago == 0) check_neighbours();
  dp_lammps::Task task;
  task.local = atom->nlocal;
  task.all = atom->nlocal + atom->nghost;
  task.energy = eflag_global;
  task.virial = vflag_global;
  task.newton = force->newton_pair;
  task.length = length_unit;
  task.factor = energy_unit * common_scale();
  task.deviation = write_now();
  if (set.relative >= 0.0) task.level = set.relative / energy_unit;  // sic: see write_deviations()
  task.absent = absent();
  task.fparam = frame_parameters();
  task.aparam = atom_parameters();
  task.aparam_columns = models[0].fitting.aparam;

  double const begin = platform::walltime();
  try {
    engine.compute(task, x, f, types, masks, list, eatom, vatom, cvatom,
                   [this](int columns) { comm->reverse_comm(this, columns); });
  } catch (dp::Error const& e) {
    stop(e.what());
  } catch (std::bad_alloc const& e) {
    stop(e.what());
  }
  if (!first_step) {
    step_seconds[task.deviation] += platform::walltime() - begin;
    steps[task.deviation]++;
  }

  auto const& results = engine.results();
  if (eflag_global) eng_vdwl += task.factor * results[0];
  if (vflag_global) {
    static constexpr int order[6] = {0, 4, 8, 3, 6, 7};
    for (int k = 0; k < 6; ++k) virial[k] += task.factor * results[1 + order[k]];
  }
  if (task.deviation) {
    write_deviations(results, engine.deviation());
    if (set.atomic) write_atom_deviations(engine.deviations(task.local));
    if (comm->me == 0) deviation_file << std::endl;
  }
  if (first_step) report_dropped(true);
  first_step = false;
}

}  // namespace LAMMPS_NS

#endif
