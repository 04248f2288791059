// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only
#pragma once

namespace dp_lammps {

/// Starts Kokkos with `threads` threads if LAMMPS has not done so (it does with `-k on`), and stops it when
/// the process ends if LAMMPS has not done that either.
/// \throws dp::Error if Kokkos has been stopped already
void start_kokkos(int threads);

}  // namespace dp_lammps
