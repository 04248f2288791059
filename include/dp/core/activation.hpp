// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace dp {

/// The activation functions of Deep Potential and Allegro nets; their formulas are in math/activation.hpp.
enum class Activation {
  linear,
  tanh,
  relu,
  relu6,
  softplus,
  sigmoid,
  silu,
  silut,
  gelu,
  mish,
  gelu_erf,
  shifted_softplus
};

}  // namespace dp
