// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/core/error.hpp>
#include <dp/model/model.hpp>

namespace dp {

/// For programs that are given Options::long_range_error, which a model without electrostatics has no use
/// for. \throws dp::Error unless the model has them or the error is 0
inline void require_long_range(Model const& model, double error) {
  if (error == 0.0 || model.long_range) return;
  fail(model.source, ": a force error of long-range electrostatics was given, ", error,
       ", but the model has none (DPLR), or is evaluated without them (short range)");
}

}  // namespace dp
