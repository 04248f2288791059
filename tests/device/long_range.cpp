// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

#include <dp/long_range/electrostatics.hpp>
#include <dp/long_range/long_range_convolution.hpp>
#include <dp/long_range/make_charge_sum.hpp>

using Space = Kokkos::DefaultExecutionSpace;

template class dp::Electrostatics<Space>;
template class dp::LongRangeConvolution<Space>;
template std::unique_ptr<dp::ChargeSum<Space>> dp::make_charge_sum(dp::LongRange const&, dp::Options const&);
