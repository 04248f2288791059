// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

#include "support/instances.hpp"

template class dp::DeepPotential<Kokkos::DefaultExecutionSpace, dp::Double>;
template class dp::DeepPotential<Kokkos::DefaultExecutionSpace, dp::Mix32>;
template class dp::DeepPotential<Kokkos::DefaultExecutionSpace, dp::Mix16>;
