// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <dp/model/check.hpp>
#include <dp/model/mode_box.hpp>
#include <dp/model/radial_multiplier.hpp>
#include <string>
#include <vector>

namespace dp {

/// A long-range convolution: sites get from the sources s of all sites, in each of several channels,
///   u_i = 1/V sum_k phi(|k|) e^(i k.x_i) sum_j s_j e^(-i k.x_j).
struct Convolution {
  std::vector<RadialMultiplier> multipliers;  ///< of each channel
  ModeBox modes;                              ///< k that are summed over
  bool remove_self = false;                   ///< without what a site's own source gives it

  /// Throws dp::Error, with the place, unless it can be evaluated.
  void check(Check const& at) const {
    at.require(!multipliers.empty(), "expected at least one multiplier, found none");
    for (std::size_t c = 0; c < multipliers.size(); ++c)
      multipliers[c].check(at.in("multipliers").in(std::to_string(c)));
    bool const counted = modes.counts != std::array<int, 3>{};
    at.in("modes").require(
        (counted ? 1 : 0) + (modes.spacing != 0.0 ? 1 : 0) + (modes.cutoff != 0.0 ? 1 : 0) == 1,
        "expected one of counts, spacing and cutoff");
    at.in("modes").require(modes.spacing >= 0.0 && modes.cutoff >= 0.0 && std::isfinite(modes.spacing) &&
                               std::isfinite(modes.cutoff),
                           "expected a positive spacing or cutoff, found ", modes.spacing + modes.cutoff);
    for (int const count : modes.counts)
      at.in("modes").require(!counted || (count > 0 && count % 2 == 1), "expected odd counts, found ", count);
  }
};

}  // namespace dp
