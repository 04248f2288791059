// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/core/activation.hpp>
#include <vector>

namespace dp {

/// What a layer adds to its activated output: nothing, its input (equal widths), or its input twice side by
/// side (output twice as wide): the SC20 paper's shortcut connections.
enum class Skip { none, identity, doubled };

/// One fully connected layer: y = timestep * activation(x weight + bias) + skip(x).
struct Layer {
  int inputs = 0;                              ///< width of x
  int outputs = 0;                             ///< width of y
  std::vector<double> weight;                  ///< (inputs x outputs), row-major
  std::vector<double> bias;                    ///< (outputs) or empty
  std::vector<double> timestep;                ///< (outputs) or empty (DeePMD-kit's resnet_dt, "idt")
  Activation activation = Activation::linear;  ///< its kind
  double threshold = 3.0;                      ///< of silut only
  double cubic = 0.044715;                     ///< of gelu only: coefficient of x^3
  Skip skip = Skip::none;                      ///< must fit the widths
};

/// A chain of layers; empty where a pair of types has no net.
struct Net {
  std::vector<Layer> layers;  ///< first to last

  bool empty() const { return layers.empty(); }          ///< no net
  int inputs() const { return layers.front().inputs; }   ///< of a net that is not empty
  int outputs() const { return layers.back().outputs; }  ///< of a net that is not empty
};

}  // namespace dp
