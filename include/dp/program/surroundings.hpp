// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <vector>

namespace dp {

/// Which neighbours of an atom a block sees, whatever it does with them. Per-pair arrays are indexed by
/// centre * ntypes + neighbour.
struct Surroundings {
  int ntypes = 0;                       ///< number of types
  double reach = 0.0;                   ///< below which distance neighbours count, Angstrom
  std::vector<int> sel;                 ///< (ntypes) most of each type, or (1) of all types; the nearest stay
  bool together = false;                ///< sel is one number for all types
  std::vector<char> hidden;             ///< per pair: never neighbours of each other; but `together` they
                                        ///< take the places of others that are farther
  std::vector<char> rowless;            ///< per pair: counted, but without rows
  std::vector<double> pair_reach = {};  ///< per pair: as `reach`, which is the longest; empty: `reach`

  /// Below which square of the distance a pair are neighbours; for those that are hidden zero, or, where they
  /// count among the nearest, minus the square.
  std::vector<double> pair_reach2() const {
    std::vector<double> squares;
    for (std::size_t pair = 0; pair < hidden.size(); ++pair) {
      double const r = pair_reach.empty() ? reach : pair_reach[pair], sign = together ? -1.0 : 0.0;
      squares.push_back((hidden[pair] ? sign : 1.0) * r * r);
    }
    return squares;
  }
};

}  // namespace dp
