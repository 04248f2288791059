// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/deep_potential.hpp>

// For those who use these classes by name and link dp::dp_compiled, which has them for the default execution
// space.
namespace dp {
extern template class DeepPotential<Kokkos::DefaultExecutionSpace, Double>;
extern template class DeepPotential<Kokkos::DefaultExecutionSpace, Mix32>;
extern template class DeepPotential<Kokkos::DefaultExecutionSpace, Mix16>;
// Bases are made in double, whatever uses them.
extern template Compression compress(Kokkos::DefaultExecutionSpace const&, Network const&, double,
                                     NearestOfPairs const&, int, bool);
}  // namespace dp
