// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <dp/input/box.hpp>
#include <functional>

namespace dp {

/// The system that the local atoms of a Configuration belong to, on one rank or on many.
struct WholeSystem {
  Box box;  ///< that of this step
  /// Adds up, over all ranks, each of so many numbers in the host's memory, in place, as MPI_Allreduce does.
  /// Called by all ranks alike. Empty: there is one rank.
  std::function<void(double*, std::size_t)> sum_over_ranks = {};
};

}  // namespace dp
