// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

#pragma once

#include <dp/dp.hpp>

// Code of the library that library.cpp holds; the other files of this folder shall not compile it again.
namespace dp_device {

using Space = Kokkos::DefaultExecutionSpace;
static_assert(!dp::is_host_space<Space>, "this is not a GPU's configuration of Kokkos");

}  // namespace dp_device

extern template class dp::DeepPotential<dp_device::Space, dp::Double>;
extern template class dp::DeepPotential<dp_device::Space, dp::Mix32>;
extern template class dp::DeepPotential<dp_device::Space, dp::Mix16>;
extern template class dp::PeriodicImages<dp_device::Space>;
extern template class dp::NeighborCells<dp_device::Space>;
