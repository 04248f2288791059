// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
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

/// A staircase of `rows` random rows of Y: all strips of the first, then fewer and fewer; of each row every
/// second strip, or none with `graded` off, in float.
inline void make_staircase(CentreBasis& centre, Random& random, int rows, int strip, bool graded) {
  int const strips = centre.width / strip;
  centre.features = Features::staircase;
  centre.strip = strip;
  centre.left = random(static_cast<std::size_t>(rows * centre.width));
  for (int s = strips; s-- > 0;) centre.strips.push_back(s * strip);
  centre.dimension = centre.single = 0;
  for (int r = 0; r < rows; ++r) {
    int const count = std::max(strips - r, 0), large = graded ? count / 2 : count;
    centre.counts.push_back(count);
    centre.large.push_back(large);
    centre.dimension += count * strip;
    centre.single += (count - large) * strip;
  }
}

/// The features of the sums A of an atom: the large ones, then those in float.
inline Numbers plain_features(double const* a, Chain const& chain, CentreBasis const& centre) {
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
  Numbers large, single;
  for (std::size_t r = 0; r < centre.counts.size(); ++r)
    for (std::size_t s = 0; s < static_cast<std::size_t>(centre.counts[r]); ++s)
      for (int lane = 0; lane < centre.strip; ++lane) {
        double feature = 0.0;
        for (std::size_t c = 0; c < 4; ++c)
          for (std::size_t k = 0; k < k_count; ++k)
            feature += centre.left[r * k_count + k] * a[c * k_count + k] *
                       a[c * k_count + static_cast<std::size_t>(centre.strips[s] + lane)];
        (s < static_cast<std::size_t>(centre.large[r]) ? large : single).push_back(feature);
      }
  large.insert(large.end(), single.begin(), single.end());
  return large;
}

}  // namespace dp::test
