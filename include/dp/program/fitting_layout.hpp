// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

namespace dp {

/// The columns of a fitting net's input for one centre type.
struct FittingLayout {
  std::vector<int> chains;            ///< where the descriptor, or the features, of each chain begin
  std::vector<int> constant_columns;  ///< of FittingNets::constants
  int parameters = 0;                 ///< where the parameters begin, behind all descriptors
  int columns = 0;                    ///< of all
};

}  // namespace dp
