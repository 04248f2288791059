// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <cstddef>
#include <dp/model/check.hpp>
#include <dp/model/net.hpp>
#include <string>
#include <utility>
#include <vector>

namespace dp {

/// A layer of attention among the neighbours j, k of an atom, whose channels are the rows of x:
///
///     [q k v] = in(x),  z_jk = scale q_j . k_k,  A_jk = softmax_k(z_jk) u_j . u_k,
///     x' = gain (y - mean(y)) / sqrt(variance(y) + epsilon) + shift with y = x + out(A v),
///
/// where u are the directions of the neighbours. What smooths z and A: see Attention::weights.
struct AttentionLayer {
  Layer in;                   ///< (M x 3 H): queries, keys and values
  Layer out;                  ///< (H x M)
  double scale = 1.0;         ///< of q . k
  bool normalised = true;     ///< q, k and v are divided by their lengths
  bool angular = true;        ///< A has the factor u_j . u_k (attn_dotr)
  std::vector<double> gain;   ///< (M), of the layer's normalisation
  std::vector<double> shift;  ///< (M), likewise
  double epsilon = 1e-5;      ///< added to the variance

  int hidden() const { return out.inputs; }  ///< H

  /// Throws unless it takes and gives `width` channels.
  void check(Check const& at, int width) const {
    Check const inside = at.in("attention_layer"), norm = at.in("attn_layer_norm");
    auto const linear = [&](std::string const& name, Layer const& layer, int inputs, int outputs) {
      Check const below = inside.in(name);
      layer.check(below);
      below.require(layer.inputs == inputs && layer.outputs == outputs, "expected ", inputs, " inputs and ",
                    outputs, " outputs, found ", layer.inputs, " and ", layer.outputs);
      below.require(
          layer.activation == Activation::linear && layer.skip == Skip::none && layer.timestep.empty(),
          "expected a linear layer");
    };
    linear("in_proj", in, width, 3 * hidden());
    linear("out_proj", out, hidden(), width);
    inside.in("temperature").require(std::isfinite(scale), "expected a finite number");
    norm.in("eps").require(std::isfinite(epsilon) && epsilon > 0.0, "expected a positive number, found ",
                           epsilon);
    norm.in("@variables/w").numbers(gain, static_cast<std::size_t>(width));
    norm.in("@variables/b").numbers(shift, static_cast<std::size_t>(width));
  }

  /// x' of y, the layer's normalisation.
  std::vector<double> normed(std::vector<double> y) const {
    double mean = 0.0, variance = 0.0;
    for (double const value : y) mean += value / static_cast<double>(y.size());
    for (double const value : y) variance += (value - mean) * (value - mean) / static_cast<double>(y.size());
    for (std::size_t m = 0; m < y.size(); ++m)
      y[m] = gain[m] * (y[m] - mean) / std::sqrt(variance + epsilon) + shift[m];
    return y;
  }

  /// x' of a neighbour that attends to none, as absent ones.
  std::vector<double> alone(std::vector<double> x) const {
    for (std::size_t m = 0; m < out.bias.size(); ++m) x[m] += out.bias[m];
    return normed(std::move(x));
  }
};

}  // namespace dp
