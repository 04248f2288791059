// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

#include <dp/deep_potential.hpp>

template class dp::DeepPotential<Kokkos::DefaultExecutionSpace, dp::Double>;
template dp::Compression dp::compress(Kokkos::DefaultExecutionSpace const&, dp::Network const&, double,
                                      dp::NearestOfPairs const&, int, bool);
