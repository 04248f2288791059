// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace dp {

/// What a caller of read_model() insists on.
struct ReadOptions {
  /// Of a model with a modifier (DPLR: electrostatics of charges and dipoles), which is not evaluated, the
  /// part that the file's nets give. Without it such a model is refused.
  bool short_range = false;
};

}  // namespace dp
