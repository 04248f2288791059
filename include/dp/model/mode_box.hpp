// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>

namespace dp {

/// Which waves of a periodic box count: those with k = 2 pi (n0 b0 + n1 b1 + n2 b2), where b are its
/// reciprocal vectors and n whole numbers. One of the three says how far n go.
struct ModeBox {
  std::array<int, 3> counts = {0, 0, 0};  ///< odd: as many along each vector, from -counts / 2 on
  double spacing = 0.0;                   ///< Angstrom: those of a grid so fine
  double cutoff = 0.0;                    ///< 1/Angstrom: those with k up to it
  bool zero = true;                       ///< whether k = 0 is one of them
};

}  // namespace dp
