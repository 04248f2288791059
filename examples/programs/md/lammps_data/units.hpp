// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "common/text.hpp"
#include "common/velocity_units.hpp"

namespace md {

/// One of each unit of a unit style of LAMMPS, in those of dp-md.
struct LammpsUnits {
  std::string_view style;
  double length;    ///< Angstrom
  double velocity;  ///< Angstrom/ps
  double mass;      ///< g/mol
  std::string_view velocity_name;
};

/// All but lj, whose units are no lengths and times. In units electron a time is a femtosecond to LAMMPS'
/// integrators, so velocities are in Bohr/fs.
inline constexpr LammpsUnits lammps_units[] = {
    {"metal", 1.0, 1.0, 1.0, "A/ps"},
    {"real", 1.0, 1e3, 1.0, "A/fs"},
    {"si", 1e10, 1e-2, 6.02214076e26, "m/s"},
    {"cgs", 1e8, 1e-4, 6.02214076e23, "cm/s"},
    {"electron", examples::bohr, 1e3 * examples::bohr, 1.0, "Bohr/fs"},
    {"micro", 1e4, 1e-2, 6.02214076e11, "um/us"},
    {"nano", 10.0, 1e-2, 6.02214076e5, "nm/ns"},
};

inline LammpsUnits const* find_lammps_units(std::string_view style) {
  for (LammpsUnits const& units : lammps_units)
    if (units.style == style) return &units;
  return nullptr;
}

/// The word after "units" in the first line of a data file, which write_data ends with "units = real"; empty
/// where there is none. What follows "units" without "=" counts only if it is a unit style.
inline std::string units_word(std::string_view line) {
  bool const stated = line.find('=') != line.npos || line.find(':') != line.npos;
  std::string text(line);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '=' || c == ':' || c == ',' || c == ';'; }, ' ');
  auto const words = examples::words(text);
  for (std::size_t i = 0; i + 1 < words.size(); ++i)
    if ((words[i] == "units" || words[i] == "Units") &&
        (stated || words[i + 1] == "lj" || find_lammps_units(words[i + 1])))
      return std::string(words[i + 1]);
  return {};
}

}  // namespace md
