// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <dp/core/error.hpp>
#include <dp/core/views.hpp>
#include <dp/long_range/charge_sum.hpp>
#include <dp/long_range/fitted_mesh.hpp>
#include <dp/long_range/structure_factors.hpp>
#include <dp/math/fft.hpp>
#include <dp/model/long_range.hpp>
#include <dp/options.hpp>
#include <memory>

namespace dp {

/// The sum that Options::long_range_error asks for. \throws dp::Error where this build has none
template <class Space>
std::unique_ptr<ChargeSum<Space>> make_charge_sum(LongRange const& charges, Options const& options) {
  double const error = options.long_range_error;
  if (error == 0.0) return std::make_unique<StructureFactors<Space>>(charges.beta, charges.spacing);
  if (!(error > 0.0) || !std::isfinite(error))
    fail("long_range_error: expected a positive force error in eV/Angstrom, or 0 for the direct sum, found ",
         error);
  if (options.reproducible && !is_host_space<Space>)
    fail("long_range_error: a mesh adds charges in no order on ", Space::name(),
         ", so it is not reproducible there; 0 asks for the direct sum");
  if constexpr (has_fft<Space>)
    return std::make_unique<FittedMesh<Space>>(charges.beta, error);
  else
    fail("long_range_error: dp was built without a library that transforms meshes on ", Space::name(),
         " (KISS FFT on processors, cuFFT on GPUs of NVIDIA); 0 asks for the direct sum");
}

}  // namespace dp
