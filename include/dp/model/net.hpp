// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <cstddef>
#include <dp/core/activation.hpp>
#include <dp/model/check.hpp>
#include <string>
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

  /// Throws unless its arrays have the extents and its skip the widths that it says.
  void check(Check const& at) const {
    constexpr int most_width = 1'000'000;  // beyond any real net; a number above has been corrupted
    at.require(inputs >= 1 && outputs >= 1 && inputs <= most_width && outputs <= most_width,
               "expected widths from 1 to ", most_width, ", found ", inputs, " and ", outputs);
    auto const n = static_cast<std::size_t>(outputs);
    at.in("@variables/w").numbers(weight, static_cast<std::size_t>(inputs) * n);
    if (!bias.empty()) at.in("@variables/b").numbers(bias, n);
    if (!timestep.empty()) at.in("@variables/idt").numbers(timestep, n);
    at.require(std::isfinite(threshold), "expected a finite threshold of silut");
    at.require(std::isfinite(cubic), "expected a finite coefficient of gelu");
    at.require(skip != Skip::identity || outputs == inputs, "a skip connection needs equal widths, found ",
               inputs, " and ", outputs);
    at.require(skip != Skip::doubled || outputs == 2 * inputs,
               "a doubling skip connection needs twice the width, found ", inputs, " and ", outputs);
  }
};

/// A chain of layers; empty where a pair of types has no net.
struct Net {
  std::vector<Layer> layers;  ///< first to last

  bool empty() const { return layers.empty(); }          ///< no net
  int inputs() const { return layers.front().inputs; }   ///< of a net that is not empty
  int outputs() const { return layers.back().outputs; }  ///< of a net that is not empty

  /// Throws unless it has layers, each fits the one before, and the widths are these.
  void check(Check const& at, int inputs_expected, int outputs_expected) const {
    at.require(!empty(), "expected a net, found none");
    for (std::size_t l = 0; l < layers.size(); ++l) {
      Check const layer = at.in("layers/" + std::to_string(l));
      layers[l].check(layer);
      layer.require(l == 0 || layers[l].inputs == layers[l - 1].outputs, "expected ",
                    l == 0 ? 0 : layers[l - 1].outputs, " inputs, the outputs of the layer before, found ",
                    layers[l].inputs);
    }
    at.require(inputs() == inputs_expected, "expected ", inputs_expected, " inputs, found ", inputs());
    at.require(outputs() == outputs_expected, "expected ", outputs_expected, " outputs, found ", outputs());
  }
};

}  // namespace dp
