// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Inside dp-md: eV, Angstrom, ps, g/mol, K; velocities in Angstrom/ps, as in LAMMPS' "metal" units.
namespace md::units {

inline constexpr double boltzmann = 8.617333262e-5;    ///< eV/K
inline constexpr double acceleration = 9648.5332123;   ///< eV/(Angstrom g/mol) in Angstrom/ps^2
inline constexpr double kinetic = 1.0 / acceleration;  ///< g/mol (Angstrom/ps)^2 in eV
inline constexpr double bar = 1602176.634;             ///< eV/Angstrom^3 in bar
inline constexpr double gigapascal = 160.2176634;      ///< eV/Angstrom^3 in GPa
inline constexpr double density = 1.66053906892;       ///< g/mol/Angstrom^3 in g/cm^3
inline constexpr double femtosecond = 1e-3;            ///< fs in ps

}  // namespace md::units
