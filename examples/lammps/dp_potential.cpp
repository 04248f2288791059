// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only

// The only file that compiles the library's kernels.

#include <dp/make_potential.hpp>

using Host = Kokkos::DefaultHostExecutionSpace;
template std::unique_ptr<dp::Potential<Host>> dp::make_potential(Host const&, dp::Model const&,
                                                                 dp::Options const&);
#if defined(KOKKOS_ENABLE_CUDA) || defined(KOKKOS_ENABLE_HIP) || defined(KOKKOS_ENABLE_SYCL)
using Device = Kokkos::DefaultExecutionSpace;
template std::unique_ptr<dp::Potential<Device>> dp::make_potential(Device const&, dp::Model const&,
                                                                   dp::Options const&);
#endif
