// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

namespace dp {

/// Which neighbours of an atom a block sees, whatever it does with them. Per-pair arrays are indexed by
/// centre * ntypes + neighbour.
struct Surroundings {
  int ntypes = 0;             ///< number of types
  double reach = 0.0;         ///< below which distance neighbours count, Angstrom
  std::vector<int> sel;       ///< (ntypes) most of each type, or (1) of all types; the nearest stay
  bool together = false;      ///< sel is one number for all types
  std::vector<char> hidden;   ///< per pair: never neighbours of each other
  std::vector<char> rowless;  ///< per pair: counted, but without rows
};

}  // namespace dp
