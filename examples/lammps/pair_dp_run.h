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
  auto task = common_task();
  task.energy = eflag_global;
  task.virial = vflag_global;
  task.newton = force->newton_pair;
  task.deviation = write_now();
  if (set.relative >= 0.0) task.level = set.relative / energy_unit;  // sic: see write_deviations()
  task.fparam = frame_parameters();

  double const begin = platform::walltime();
  try {
    engine.compute(task, x, f, types, masks, list, eatom, vatom, cvatom,
                   [this](int columns) { return_rows(columns); });
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
  if (first_step) {
    report_dropped(true);
    print_descriptions();
  }
  first_step = false;
}

template <class Space, class X>
double PairDP::energy(dp_lammps::Engine<Space>& engine, const X& x, dp::Strided1<int const, Space> types,
                      dp::Strided1<int const, Space> masks, dp::NeighborList<Space> const& list,
                      std::vector<double> const& fparam) {
  auto task = common_task();
  task.fparam = &fparam;
  try {
    return task.factor * engine.energy(task, x, types, masks, list);
  } catch (dp::Error const& e) {
    stop(e.what());
  } catch (std::bad_alloc const& e) {
    stop(e.what());
  }
}

}  // namespace LAMMPS_NS

#endif
