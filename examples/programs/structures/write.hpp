// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "common/text_file.hpp"
#include "md/masses.hpp"
#include "structures/atoms.hpp"

namespace structures {

using examples::TextFile;

/// Extended XYZ; velocities, masses and grains, where there are any, as columns velo, mass and grain.
inline void write_extxyz(std::string const& path, Atoms const& atoms) {
  TextFile file(path);
  file << atoms.size() << "\nLattice=\"";
  for (std::size_t k = 0; k < 9; ++k) (file << (k == 0 ? "" : " ")) << atoms.box.h[k];
  file << "\" Properties=species:S:1:pos:R:3" << (atoms.velocities.empty() ? "" : ":velo:R:3")
       << (atoms.masses.empty() ? "" : ":mass:R:1") << (atoms.grains.empty() ? "" : ":grain:I:1")
       << " pbc=\"";
  for (std::size_t k = 0; k < 3; ++k) (file << (k == 0 ? "" : " ")) << (atoms.box.periodic[k] ? "T" : "F");
  file << "\"\n";
  for (std::size_t i = 0; i < atoms.size(); ++i) {
    file << atoms.elements[static_cast<std::size_t>(atoms.kinds[i])];
    for (std::size_t k = 0; k < 3; ++k) (file << " ").put_coordinate(atoms.positions[3 * i + k]);
    for (std::size_t k = 0; k < 3 && !atoms.velocities.empty(); ++k)
      (file << " ").put_coordinate(atoms.velocities[3 * i + k]);
    if (!atoms.masses.empty()) file << " " << atoms.masses[static_cast<std::size_t>(atoms.kinds[i])];
    if (!atoms.grains.empty()) (file << " ") << static_cast<std::size_t>(atoms.grains[i]);
    file << "\n";
  }
  file.close();
}

/// A LAMMPS data file in units "metal", style atomic, with the elements as comments beside the masses.
/// \throws dp::Error for a box whose first vector is not along x or whose second is not in the xy plane
inline void write_lammps(std::string const& path, Atoms const& atoms) {
  auto const& h = atoms.box.h;
  if (h[1] != 0.0 || h[2] != 0.0 || h[5] != 0.0 || !(h[0] > 0.0 && h[4] > 0.0 && h[8] > 0.0))
    dp::fail(path,
             ": LAMMPS data want a box with vectors (x 0 0), (x y 0), (x y z), each diagonal entry above 0; ",
             "write extended XYZ instead");
  std::vector<double> masses = atoms.masses;
  for (std::string const& element : atoms.elements) {
    if (!atoms.masses.empty()) break;
    masses.push_back(md::standard_mass(element));
    if (!(masses.back() > 0.0))
      dp::fail(path, ": the mass of element '", element, "' is not known; write extended XYZ instead");
  }
  TextFile file(path);
  file << "made by dp-structure, units = metal\n\n"
       << atoms.size() << " atoms\n"
       << atoms.elements.size() << " atom types\n\n";
  char const* const names[] = {" xlo xhi\n", " ylo yhi\n", " zlo zhi\n"};
  for (std::size_t k = 0; k < 3; ++k) file << "0 " << h[4 * k] << names[k];
  if (h[3] != 0.0 || h[6] != 0.0 || h[7] != 0.0) file << h[3] << " " << h[6] << " " << h[7] << " xy xz yz\n";
  file << "\nMasses\n\n";
  for (std::size_t k = 0; k < masses.size(); ++k)
    file << k + 1 << " " << masses[k] << " # " << atoms.elements[k] << "\n";
  file << "\nAtoms # atomic\n\n";
  for (std::size_t i = 0; i < atoms.size(); ++i) {
    file << i + 1 << " " << static_cast<std::size_t>(atoms.kinds[i] + 1);
    for (std::size_t k = 0; k < 3; ++k) (file << " ").put_coordinate(atoms.positions[3 * i + k]);
    file << "\n";
  }
  if (!atoms.velocities.empty()) file << "\nVelocities\n\n";
  for (std::size_t i = 0; i < atoms.size() && !atoms.velocities.empty(); ++i) {
    file << i + 1;
    for (std::size_t k = 0; k < 3; ++k) (file << " ").put_coordinate(atoms.velocities[3 * i + k]);
    file << "\n";
  }
  file.close();
}

}  // namespace structures
