// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// Both in one file, since half of the code is common to them.

#include <dp/compiled/extern.hpp>

template class dp::DeepPotential<Kokkos::DefaultExecutionSpace, dp::Mix32>;
template class dp::DeepPotential<Kokkos::DefaultExecutionSpace, dp::Mix16>;
