// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/dp.hpp>

// What most programs and tests use of the library takes a compiler minutes: it is compiled once, in
// evaluators.cpp.
namespace dp {
extern template class DeepPotential<Kokkos::DefaultExecutionSpace, Double>;
extern template class DeepPotential<Kokkos::DefaultExecutionSpace, Mix32>;
extern template class DeepPotential<Kokkos::DefaultExecutionSpace, Mix16>;
extern template class PeriodicImages<Kokkos::DefaultExecutionSpace>;
extern template class NeighborCells<Kokkos::DefaultExecutionSpace>;
}  // namespace dp
