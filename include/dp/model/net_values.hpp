// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <dp/math/activation.hpp>
#include <dp/model/net.hpp>
#include <vector>

namespace dp {

/// What a layer makes of one input; plain loops on the host, for what is evaluated once per model.
inline std::vector<double> values_of(Layer const& layer, std::vector<double> const& x) {
  auto const n = static_cast<std::size_t>(layer.outputs);
  std::vector<double> y = layer.bias.empty() ? std::vector<double>(n, 0.0) : layer.bias;
  for (std::size_t i = 0; i < x.size(); ++i)
    for (std::size_t k = 0; k < n; ++k) y[k] += x[i] * layer.weight[i * n + k];
  double const parameter = layer.activation == Activation::gelu ? layer.cubic : layer.threshold;
  with_activation(layer.activation, parameter, [&](auto const& function) {
    double slope = 0.0;
    for (double& value : y) function(value, value, slope);
  });
  for (std::size_t k = 0; k < layer.timestep.size(); ++k) y[k] *= layer.timestep[k];
  if (layer.skip != Skip::none)
    for (std::size_t k = 0; k < n; ++k) y[k] += x[k % x.size()];
  return y;
}

/// What a net makes of one input.
inline std::vector<double> values_of(Net const& net, std::vector<double> x) {
  for (Layer const& layer : net.layers) x = values_of(layer, x);
  return x;
}

}  // namespace dp
