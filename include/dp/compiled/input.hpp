// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/input/neighbor_cells.hpp>
#include <dp/input/periodic_images.hpp>

// Likewise.
namespace dp {
extern template class PeriodicImages<Kokkos::DefaultExecutionSpace>;
extern template class NeighborCells<Kokkos::DefaultExecutionSpace>;
}  // namespace dp
