// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <dp/model/element.hpp>
#include <optional>
#include <string>

namespace dp {

namespace detail {

/// Covalent radii in picometres (Cordero et al., Dalton Trans. 2008, 2832), 0 for unknown names.
inline int covalent_radius(std::string const& element) {
  static constexpr std::array<short, 96> radii = {
      31,  28,  128, 96,  84,  76,  71,  66,  57,  58,  166, 141, 121, 111, 107, 105, 102, 106, 203, 176,
      170, 160, 153, 139, 139, 132, 126, 124, 132, 122, 122, 120, 119, 120, 120, 116, 220, 195, 190, 175,
      164, 154, 147, 146, 142, 139, 145, 144, 142, 139, 139, 138, 139, 140, 244, 215, 207, 204, 203, 201,
      199, 198, 198, 196, 194, 192, 192, 189, 190, 187, 187, 175, 170, 162, 151, 144, 141, 136, 136, 132,
      145, 146, 148, 140, 150, 150, 260, 221, 215, 206, 200, 196, 190, 187, 180, 169};
  auto const z = static_cast<std::size_t>(atomic_number(element));
  return z >= 1 && z <= radii.size() ? radii[z - 1] : 0;
}

}  // namespace detail

/// The smallest distance of a pair of elements that a compressed model's tables cover, Angstrom: a little
/// below the nearest distance in the training data, or, if larger, what the elements' covalent radii make
/// plausible. At most half of the cutoff.
inline double nearest_distance(std::string const& one, std::string const& other,
                               std::optional<double> min_nbor_dist, double rcut) {
  int const a = detail::covalent_radius(one), b = detail::covalent_radius(other);
  double const physical = a > 0 && b > 0 ? 0.65 * 0.01 * (a + b) : 0.8;
  double const trained = min_nbor_dist ? 0.85 * *min_nbor_dist : 0.0;
  return std::min(std::max(physical, trained), 0.5 * rcut);
}

}  // namespace dp
