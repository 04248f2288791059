// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

#include "common/evaluators.hpp"

template class dp::DeepPotential<Kokkos::DefaultExecutionSpace, dp::Double>;
template class dp::DeepPotential<Kokkos::DefaultExecutionSpace, dp::Mix32>;
template class dp::DeepPotential<Kokkos::DefaultExecutionSpace, dp::Mix16>;
template class dp::PeriodicImages<Kokkos::DefaultExecutionSpace>;
template class dp::NeighborCells<Kokkos::DefaultExecutionSpace>;
