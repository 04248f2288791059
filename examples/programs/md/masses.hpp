// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "common/elements.hpp"
#include "common/structure.hpp"

namespace md {

using examples::standard_mass;

/// The element of that mass (g/mol), which may be rounded: one of `known`, or any where `known` is empty;
/// empty where none is near or two are. Deuterium is hydrogen where it is not known itself.
inline std::string element_of_mass(double mass, std::vector<std::string> const& known = {}) {
  auto const knows = [&](std::string_view name) {
    return known.empty() || std::find(known.begin(), known.end(), name) != known.end();
  };
  std::string_view nearest;
  double least = std::numeric_limits<double>::infinity(), next = least;
  auto const look_at = [&](std::string_view element, double standard) {
    if (!(standard > 0.0) || !knows(element)) return;
    double const distance = std::abs(mass - standard);
    if (distance < least) {
      next = std::exchange(least, distance);
      nearest = element;
    } else {
      next = std::min(next, distance);
    }
  };
  for (auto const& element : examples::elements) look_at(element.symbol, element.mass);
  look_at(knows("D") ? "D" : "H", standard_mass("D"));
  constexpr double tolerance = 0.35;
  return least < tolerance && 2.0 * least < next ? std::string(nearest) : std::string();
}

/// The mass of each atom, g/mol: what the input says of its element, else the structure file of the atom,
/// else the table.
inline std::vector<double> masses_of(examples::Structure const& structure,
                                     std::map<std::string, double> const& given) {
  std::vector<double> masses;
  masses.reserve(structure.elements.size());
  for (std::size_t i = 0; i < structure.elements.size(); ++i) {
    std::string const& element = structure.elements[i];
    auto const found = given.find(element);
    double const mass = found != given.end()        ? found->second
                        : !structure.masses.empty() ? structure.masses[i]
                                                    : standard_mass(element);
    if (!(mass > 0.0))
      dp::fail("the mass of element '", element,
               "' is not known; add it to structure.masses of the input file");
    masses.push_back(mass);
  }
  return masses;
}

}  // namespace md
