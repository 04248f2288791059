// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only

// Where Kokkos' default space is a device, the library's kernels for the host too.

#include <Kokkos_Macros.hpp>

#if defined(KOKKOS_ENABLE_CUDA) || defined(KOKKOS_ENABLE_HIP) || defined(KOKKOS_ENABLE_SYCL)
#include <dp/make_potential.hpp>

using Host = Kokkos::DefaultHostExecutionSpace;
template std::unique_ptr<dp::Potential<Host>> dp::make_potential(Host const&, dp::Model const&,
                                                                 dp::Options const&);
#endif
