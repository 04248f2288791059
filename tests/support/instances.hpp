// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/dp.hpp>

// The evaluators that the tests use are compiled once, in instances.cpp; this header is in front of every test.
namespace dp {
extern template class DeepPotential<Kokkos::DefaultExecutionSpace, Double>;
extern template class DeepPotential<Kokkos::DefaultExecutionSpace, Mix32>;
extern template class DeepPotential<Kokkos::DefaultExecutionSpace, Mix16>;
}  // namespace dp
