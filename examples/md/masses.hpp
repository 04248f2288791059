// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <map>

#include "common/elements.hpp"
#include "common/structure.hpp"

namespace md {

using examples::standard_mass;

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
