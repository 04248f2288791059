// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only

#include "dp_session.h"

#include <Kokkos_Core.hpp>
#include <cstdlib>
#include <dp/core/error.hpp>

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

}  // namespace dp_lammps
