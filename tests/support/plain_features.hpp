// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <dp/program/bases.hpp>
#include <dp/program/network.hpp>
#include <vector>

#include "stage.hpp"

/// What descriptors are of sums over neighbours, by plain loops.
namespace dp::test {

/// D of four rows of `width` numbers: the products of all with the first `axis`; with one row, the row.
inline Numbers plain_product(double const* t, std::size_t width, std::size_t axis) {
  if (axis == 0) return Numbers(t, t + width);
  Numbers d;
  for (std::size_t m = 0; m < width; ++m)
    for (std::size_t a = 0; a < axis; ++a) {
      d.push_back(0.0);
      for (std::size_t c = 0; c < 4; ++c) d.back() += t[c * width + m] * t[c * width + a];
    }
  return d;
}

/// The features of the sums A of an atom, with C (M x K).
inline Numbers plain_features(double const* a, Chain const& chain, CentreBasis const& centre,
                              std::size_t strip) {
  auto const k_count = static_cast<std::size_t>(centre.width),
             m_count = static_cast<std::size_t>(chain.width),
             components = static_cast<std::size_t>(chain.components),
             axis = static_cast<std::size_t>(chain.axis_neuron);
  Numbers t(components * m_count);  // A C^T
  for (std::size_t c = 0; c < components; ++c)
    for (std::size_t m = 0; m < m_count; ++m)
      for (std::size_t k = 0; k < k_count; ++k)
        t[c * m_count + m] += a[c * k_count + k] * centre.channels[m * k_count + k];
  if (centre.features == Features::full) return plain_product(t.data(), m_count, axis);
  if (axis == 0) return Numbers(a, a + k_count);
  Numbers features;
  auto const add = [&](double const* left, std::size_t k) {
    features.push_back(0.0);
    for (std::size_t c = 0; c < 4; ++c)
      features.back() += left[c * (left == a ? k_count : m_count)] * a[c * k_count + k];
  };
  if (centre.features == Features::axis) {
    for (std::size_t b = 0; b < axis; ++b)
      for (std::size_t k = 0; k < k_count; ++k) add(&t[b], k);
    return features;
  }
  for (std::size_t p = 0; p < k_count; p += strip)
    for (std::size_t q = p; q < k_count; q += strip)
      for (std::size_t k = p; k < p + strip; ++k)
        for (std::size_t l = q; l < q + strip; ++l) {
          features.push_back(0.0);
          for (std::size_t c = 0; c < 4; ++c) features.back() += a[c * k_count + k] * a[c * k_count + l];
        }
  return features;
}

}  // namespace dp::test
