// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only

#include "dp_session.h"

#include <Kokkos_Core.hpp>
#include <cstdlib>
#include <dp/core/error.hpp>

#include "common/stage_timers.hpp"

namespace dp_lammps {

void start_kokkos(int threads) {
  if (Kokkos::is_initialized()) return;
  if (Kokkos::is_finalized())
    dp::fail("Kokkos has been finalized in this process and cannot be started again");
  Kokkos::initialize(Kokkos::InitializationSettings().set_num_threads(threads).set_disable_warnings(true));
  std::atexit([] {
    if (Kokkos::is_initialized()) Kokkos::finalize();
  });
}

bool start_stage_times() {
  if (!examples::StageTimers::install()) return false;
  examples::StageTimers::instance().reset();
  return true;
}

std::vector<std::pair<std::string, double>> stop_stage_times() {
  examples::StageTimers::remove();
  std::vector<std::pair<std::string, double>> times;
  for (std::size_t k = 0; k < examples::StageTimers::stages.size(); ++k)
    times.emplace_back(examples::StageTimers::stages[k], examples::StageTimers::instance().total(k));
  return times;
}

}  // namespace dp_lammps
