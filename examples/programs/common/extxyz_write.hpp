// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include "common/structure.hpp"

namespace examples {

/// The first two lines of a frame of extended XYZ with so many atoms: box and columns (species, positions
/// and, where asked for, velocities, velo, Angstrom/ps, and potential energies, eV). `extra` stands in the
/// comment line, for instance `energy=-1.5`.
inline std::string extxyz_head(Structure const& frame, std::int64_t atoms, bool velocities, bool energies,
                               std::string const& extra = "") {
  char number[64];
  std::string text = std::to_string(atoms) + "\n";
  if (frame.has_box) {
    text += "Lattice=\"";
    for (std::size_t k = 0; k < 9; ++k) {
      std::snprintf(number, sizeof number, k == 0 ? "%.15g" : " %.15g", frame.box.h[k]);
      text += number;
    }
    text += "\" ";
  }
  text += std::string("Properties=species:S:1:pos:R:3") + (velocities ? ":velo:R:3" : "") +
          (energies ? ":energies:R:1" : "");
  text += " pbc=\"";
  for (std::size_t k = 0; k < 3; ++k)
    text += std::string(k == 0 ? "" : " ") + (frame.box.periodic[k] ? "T" : "F");
  return text + (extra.empty() ? "\"\n" : "\" " + extra + "\n");
}

/// The lines of the atoms: species, positions and, where there are any, velocities and energies.
inline std::string extxyz_atoms(Structure const& frame) {
  char number[64];
  std::string text;
  for (std::size_t i = 0; i < frame.elements.size(); ++i) {
    text += frame.elements[i] + (frame.elements[i].size() < 2 ? " " : "");
    auto const put = [&](std::vector<double> const& values, std::size_t width) {
      for (std::size_t k = width * i; !values.empty() && k < width * (i + 1); ++k) {
        std::snprintf(number, sizeof number, " %16.10f", values[k]);
        text += number;
      }
    };
    put(frame.positions, 3);
    put(frame.velocities, 3);
    put(frame.energies, 1);
    text += '\n';
  }
  return text;
}

/// One frame of extended XYZ.
inline std::string to_extxyz(Structure const& frame, std::string const& extra = "") {
  return extxyz_head(frame, frame.size(), !frame.velocities.empty(), !frame.energies.empty(), extra) +
         extxyz_atoms(frame);
}

}  // namespace examples
