// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <dp/model/net_values.hpp>
#include <dp/program/network.hpp>
#include <vector>

/// Layers of attention by plain loops over slots, those without rows included, as DeePMD-kit has them.
namespace dp::test {

/// A place for a neighbour: what it embeds, its row, and w; `real`: there is a neighbour with a row.
struct PlainSlot {
  std::vector<double> x;
  std::array<double, 4> row = {};
  double w = 0.0;
  bool real = false;
};

/// `vector` divided by its length, or by `shortest`.
inline std::vector<double> plain_unit(std::vector<double> vector, double shortest) {
  double square = 0.0;
  for (double x : vector) square += x * x;
  for (double& x : vector) x /= std::max(std::sqrt(square), shortest);
  return vector;
}

inline double plain_dot(std::vector<double> const& a, std::vector<double> const& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

/// x of all slots behind the layers.
inline void plain_attention(AttentionStack const& stack, std::vector<PlainSlot>& slots) {
  bool const smooth = stack.weights != Smoothing::none;
  std::size_t const n = slots.size();
  std::vector<std::vector<double>> u;
  for (PlainSlot const& slot : slots)
    u.push_back(plain_unit({slot.row[1], slot.row[2], slot.row[3]}, stack.shortest));
  for (AttentionLayer const& layer : stack.layers) {
    auto const hidden = static_cast<std::ptrdiff_t>(layer.hidden());
    std::vector<std::array<std::vector<double>, 3>> qkv(n);
    for (std::size_t j = 0; j < n; ++j) {
      std::vector<double> const all = values_of(layer.in, slots[j].x);
      for (std::size_t part = 0; part < 3; ++part) {
        auto const begin = all.begin() + static_cast<std::ptrdiff_t>(part) * hidden;
        qkv[j][part] = {begin, begin + hidden};
        if (layer.normalised) qkv[j][part] = plain_unit(qkv[j][part], stack.shortest);
      }
    }
    for (std::size_t j = 0; j < n; ++j) {
      std::vector<double> factor(n, 0.0), attended(static_cast<std::size_t>(hidden), 0.0);
      double sum = 0.0;
      for (std::size_t k = 0; k < n; ++k) {
        double const z = layer.scale * plain_dot(qkv[j][0], qkv[k][1]), ww = slots[j].w * slots[k].w;
        if (smooth)
          factor[k] = std::exp((z + 20.0) * ww - 20.0);
        else if (slots[k].real)
          factor[k] = std::exp(z);
        sum += factor[k];
      }
      for (std::size_t k = 0; k < n && slots[j].real; ++k) {
        factor[k] *= (smooth ? slots[j].w * slots[k].w : 1.0) * (layer.angular ? plain_dot(u[j], u[k]) : 1.0);
        for (std::size_t h = 0; h < attended.size(); ++h) attended[h] += factor[k] / sum * qkv[k][2][h];
      }
      std::vector<double> y = values_of(layer.out, attended);
      for (std::size_t m = 0; m < y.size(); ++m) y[m] += slots[j].x[m];
      slots[j].x = layer.normed(y);
    }
  }
}

}  // namespace dp::test
