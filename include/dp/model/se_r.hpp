// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/model/check.hpp>
#include <dp/model/two_body.hpp>

namespace dp {

/// se_e2_r: the sum of what the neighbours embed, without their directions.
struct SeR : TwoBody {
  int dimension() const { return width(); }  ///< columns of the descriptor

  /// Throws dp::Error, with the place, unless it can be evaluated.
  void check(Check const& at) const {
    check_environment(at);
    check_embeddings(at);
    check_left_out(at, 1, width());
  }
};

}  // namespace dp
