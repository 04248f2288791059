// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

#include "device/library.hpp"

template class dp::DeepPotential<dp_device::Space, dp::Double>;
template class dp::DeepPotential<dp_device::Space, dp::Mix32>;
template class dp::DeepPotential<dp_device::Space, dp::Mix16>;
template class dp::PeriodicImages<dp_device::Space>;
template class dp::NeighborCells<dp_device::Space>;
