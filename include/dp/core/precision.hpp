// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/core/half.hpp>
#include <type_traits>

namespace dp {

/// Precision policies (docs/precision.md). Positions, the environment matrix and all sums over atoms (energy,
/// force, virial) are double in every policy; a policy says what the nets compute in and what their
/// parameters and activations are stored in. It is chosen by the program, whatever precision the model file
/// was saved in.

/// Everything in double: agrees with DeePMD-kit's double to rounding.
struct Double {
  using Net = double;                            ///< what the nets compute and sum in
  using Stored = double;                         ///< their weights, and their activations between layers
  static constexpr char const* name = "double";  ///< for messages
};

/// MIX-32 of the SC20 paper: embedding net, descriptor and fitting net in float.
struct Mix32 {
  using Net = float;                            ///< what the nets compute and sum in
  using Stored = float;                         ///< their weights, and their activations between layers
  static constexpr char const* name = "mix32";  ///< for messages
};

/// MIX-16 of the SC20 paper: as Mix32, with weights and activations stored in 16 bits, so that products run
/// on Tensor Cores where there are any. The first layer of an embedding net and the last one of a fitting net
/// stay in float.
struct Mix16 {
  using Net = float;                            ///< what the nets compute and sum in
  using Stored = Half;                          ///< their weights, and their activations between layers
  static constexpr char const* name = "mix16";  ///< for messages
};

/// Whether a policy stores in another precision than it computes in.
template <class Precision>
inline constexpr bool is_mixed = !std::is_same_v<typename Precision::Net, typename Precision::Stored>;

}  // namespace dp
