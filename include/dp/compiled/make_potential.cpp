// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

#include <dp/compiled/extern.hpp>
#include <dp/make_potential.hpp>

template std::unique_ptr<dp::Potential<Kokkos::DefaultExecutionSpace>> dp::make_potential(
    Kokkos::DefaultExecutionSpace const&, dp::Model const&, dp::Options const&);
