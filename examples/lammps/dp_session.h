// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace dp_lammps {

/// Starts Kokkos with `threads` threads if LAMMPS has not done so (it does with `-k on`), and stops it when
/// the process ends if LAMMPS has not done that either.
/// \throws dp::Error if Kokkos has been stopped already
void start_kokkos(int threads);

/// From now on the time of each stage of the library is taken; false where a Kokkos tool listens already.
bool start_stage_times();

/// Names and seconds of the stages since start_stage_times(), which this ends.
std::vector<std::pair<std::string, double>> stop_stage_times();

}  // namespace dp_lammps
