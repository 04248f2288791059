// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// The kernels of dp-analyse.

#include "analysis/common_neighbours.hpp"
#include "analysis/coordination.hpp"
#include "analysis/mean_square_displacement.hpp"
#include "analysis/radial_distribution.hpp"
#include "device/library.hpp"

template class analysis::RadialDistribution<dp_device::Space>;
template class analysis::MeanSquareDisplacement<dp_device::Space>;
template class analysis::Coordination<dp_device::Space>;
template std::vector<int> analysis::common_neighbours(dp_device::Space const&,
                                                      analysis::Neighbours<dp_device::Space>&,
                                                      examples::Structure const&, double);
