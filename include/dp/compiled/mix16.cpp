// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

#include <dp/compiled/extern.hpp>

template class dp::DeepPotential<Kokkos::DefaultExecutionSpace, dp::Mix16>;
