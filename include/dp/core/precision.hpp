// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace dp {

/// Precision policies. Positions, the environment matrix and all sums over atoms (energy, force, virial) are
/// double in every policy; a policy says what the nets compute in. It is chosen by the program, whatever
/// precision the model file was saved in.

/// Everything in double: agrees with DeePMD-kit's double to rounding.
struct Double {
  using Net = double;                            ///< what the nets compute in
  static constexpr char const* name = "double";  ///< for messages
};

/// MIX-32 of the SC20 paper: embedding net, descriptor and fitting net in float.
struct Mix32 {
  using Net = float;                            ///< what the nets compute in
  static constexpr char const* name = "mix32";  ///< for messages
};

}  // namespace dp
