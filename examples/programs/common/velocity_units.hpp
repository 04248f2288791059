// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string_view>

namespace examples {

inline constexpr double bohr = 0.529177210544;  ///< Angstrom

/// A unit of velocities, by the word that keys and messages have for it.
struct VelocityUnit {
  std::string_view word;
  double angstrom_per_ps;
};

/// Those that files of the field have: LAMMPS "metal" and this project's own; LAMMPS "real" and GPUMD; ASE,
/// whose unit is sqrt(eV/u); atomic units, as CP2K's; and those of LAMMPS "electron", where a time is a
/// femtosecond to its integrators.
inline constexpr VelocityUnit velocity_units[] = {{"A/ps", 1.0},
                                                  {"A/fs", 1000.0},
                                                  {"ase", 98.2269474854024},
                                                  {"Bohr/atu", 21876.912636},
                                                  {"Bohr/fs", 1e3 * bohr}};

/// The unit of that word; nullptr where there is none.
inline VelocityUnit const* find_velocity_unit(std::string_view word) {
  for (VelocityUnit const& unit : velocity_units)
    if (unit.word == word) return &unit;
  return nullptr;
}

}  // namespace examples
