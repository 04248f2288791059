// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace dp {

/// The activation functions of Deep Potential nets; their formulas are in math/activation.hpp.
enum class Activation { linear, tanh, relu, relu6, softplus, sigmoid, silu, silut, gelu };

}  // namespace dp
