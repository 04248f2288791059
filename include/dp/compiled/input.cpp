// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

#include <dp/input/neighbor_cells.hpp>
#include <dp/input/periodic_images.hpp>

template class dp::PeriodicImages<Kokkos::DefaultExecutionSpace>;
template class dp::NeighborCells<Kokkos::DefaultExecutionSpace>;
