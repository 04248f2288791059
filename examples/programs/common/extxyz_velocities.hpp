// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>

#include "common/elements.hpp"
#include "common/extxyz_comment.hpp"
#include "common/structure.hpp"
#include "common/velocity_units.hpp"

namespace examples {

/// The unit of a column of velocities, and why.
struct VelocityColumn {
  VelocityUnit unit;
  std::string reason;
  std::string doubt = {};  ///< where neither file nor convention settles it
};

/// What 3 N / 2 k T = E_kin says of velocities in Angstrom/ps, K.
inline double kinetic_temperature(Structure const& frame, std::vector<double> const& masses) {
  constexpr double kelvin = 1.0 / (9648.5332123 * 8.617333262e-5);  // of g/mol (Angstrom/ps)^2
  double sum = 0.0;
  for (std::size_t k = 0; k < frame.velocities.size(); ++k)
    sum += masses[k / 3] * frame.velocities[k] * frame.velocities[k];
  return kelvin * sum / static_cast<double>(frame.velocities.size());
}

/// The file's masses, else standard ones (0 where the element has none), g/mol.
inline std::vector<double> known_masses(Structure const& frame) {
  if (!frame.masses.empty()) return frame.masses;
  std::vector<double> masses;
  for (std::string const& element : frame.elements) masses.push_back(standard_mass(element));
  return masses;
}

/// The unit that the convention of the program that writes such a column settles: ASE's momenta and
/// velocities, GPUMD's vel in A/fs, LAMMPS' (dump extxyz) in those of its run, velo in A/ps as here. LAMMPS
/// states the temperature, which tells "metal" from "real".
inline VelocityColumn velocity_column(LineReader const& lines, ExtxyzComment const& comment,
                                      std::string const& column, Structure const& frame) {
  auto const unit = [](std::string_view word) { return *find_velocity_unit(word); };
  if (auto const* const said = comment.find(lines, {"units", "unit"})) {
    if (same_word(*said, "metal")) return {unit("A/ps"), "units=" + *said};
    if (same_word(*said, "real")) return {unit("A/fs"), "units=" + *said};
    if (same_word(*said, "electron")) return {unit("Bohr/fs"), "units=" + *said};
  }
  if (column == "momenta" || column == "velocities") return {unit("ase"), "as ASE writes " + column};
  if (column == "velo") return {unit("A/ps"), "as OVITO and dp-md write velo"};
  if (column != "vel") return {unit("A/ps"), "assumed", "no convention settles the unit of column " + column};
  if (!comment.find(lines, {"Timestep"})) return {unit("A/fs"), "as GPUMD writes vel"};
  double stated = 0.0;
  auto const* const text = comment.find(lines, {"Temperature"});
  double const found = kinetic_temperature(frame, known_masses(frame));
  if (!text || !parse(*text, stated) || !(stated > 0.0) || !(found > 0.0))
    return {unit("A/ps"), "as LAMMPS writes vel in units metal"};
  bool const real = stated > 1e3 * found;  // A/fs would be 1e6 times as hot
  return {unit(real ? "A/fs" : "A/ps"), "as LAMMPS' Temperature=" + *text + " has it"};
}

/// From what the file has in `column` to velocities in Angstrom/ps. `wanted`: a word of velocity_units, or
/// "auto".
inline void settle_velocities(LineReader const& lines, ExtxyzComment const& comment,
                              std::string const& column, std::string const& wanted, Structure& frame) {
  auto const* const asked = find_velocity_unit(wanted);
  if (!asked && wanted != "auto")
    dp::fail("structure.velocity_units: expected auto, A/ps, A/fs, ase, Bohr/atu or Bohr/fs, found '", wanted,
             "'");
  VelocityColumn const found =
      asked ? VelocityColumn{*asked, "as asked for"} : velocity_column(lines, comment, column, frame);
  std::vector<double> factors(frame.elements.size(), found.unit.angstrom_per_ps);
  if (column == "momenta") {
    auto const masses = known_masses(frame);
    for (std::size_t i = 0; i < masses.size(); ++i) {
      if (!(masses[i] > 0.0)) {
        frame.velocities.clear();
        frame.contents.unused.push_back(column);
        frame.contents.warnings.push_back("momenta are not used: the mass of " + frame.elements[i] +
                                          ", atom " + std::to_string(i + 1) + ", is not known");
        return;
      }
      factors[i] /= masses[i];
    }
  }
  for (std::size_t k = 0; k < frame.velocities.size(); ++k) frame.velocities[k] *= factors[k / 3];
  frame.contents.used.push_back(column);
  frame.contents.velocity_units = std::string(found.unit.word) + " (" + found.reason + ")";
  if (!found.doubt.empty())
    frame.contents.warnings.push_back("velocities are taken in " + std::string(found.unit.word) + ": " +
                                      found.doubt + "; structure.velocity_units settles it");
}

}  // namespace examples
