// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "common/structure.hpp"
#include "md/random.hpp"

namespace structures {

using Vector3 = std::array<double, 3>;

/// Atoms as generators make them: 36 bytes each, so that ten millions fit into any computer; those of files
/// may have masses and velocities.
struct Atoms {
  dp::Box box;
  std::vector<std::string> elements;  ///< names of the kinds
  std::vector<double> masses;         ///< of the kinds, g/mol, or empty: standard ones
  std::vector<int> kinds;             ///< (N), index into `elements`
  std::vector<double> positions;      ///< (N x 3), Angstrom
  std::vector<double> velocities;     ///< (N x 3), Angstrom/ps, or empty
  std::vector<int> grains;            ///< (N), number of the grain from 0, or empty

  std::size_t size() const { return kinds.size(); }
};

inline void append(Atoms& atoms, int kind, Vector3 const& x) {
  atoms.kinds.push_back(kind);
  atoms.positions.insert(atoms.positions.end(), x.begin(), x.end());
}

/// The atoms that `keep(index)` is true for, in the same order.
template <class Keep>
void keep_if(Atoms& atoms, Keep const& keep) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < atoms.size(); ++i) {
    if (!keep(i)) continue;
    atoms.kinds[kept] = atoms.kinds[i];
    if (!atoms.grains.empty()) atoms.grains[kept] = atoms.grains[i];
    for (auto* values : {&atoms.positions, &atoms.velocities})
      if (!values->empty())
        std::copy_n(values->begin() + static_cast<std::ptrdiff_t>(3 * i), 3,
                    values->begin() + static_cast<std::ptrdiff_t>(3 * kept));
    ++kept;
  }
  atoms.kinds.resize(kept);
  atoms.positions.resize(3 * kept);
  if (!atoms.velocities.empty()) atoms.velocities.resize(3 * kept);
  if (!atoms.grains.empty()) atoms.grains.resize(kept);
}

/// Isotopes, where the file has masses, are kinds of their own.
inline Atoms from_structure(examples::Structure const& structure) {
  if (!structure.has_box) dp::fail(structure.source, ": expected a cell with a box, found none");
  Atoms atoms;
  atoms.box = structure.box;
  atoms.positions = structure.positions;
  atoms.velocities = structure.velocities;
  bool const massive = !structure.masses.empty();
  for (std::size_t i = 0; i < structure.elements.size(); ++i) {
    std::size_t kind = 0;
    while (kind < atoms.elements.size() && (atoms.elements[kind] != structure.elements[i] ||
                                            (massive && atoms.masses[kind] != structure.masses[i])))
      ++kind;
    atoms.kinds.push_back(static_cast<int>(kind));
    if (kind < atoms.elements.size()) continue;
    atoms.elements.push_back(structure.elements[i]);
    if (massive) atoms.masses.push_back(structure.masses[i]);
  }
  return atoms;
}

/// As other programs' headers take them, without masses and velocities.
inline examples::Structure to_structure(Atoms const& atoms) {
  examples::Structure structure;
  structure.source = "generated structure";
  structure.box = atoms.box;
  structure.has_box = true;
  structure.positions = atoms.positions;
  for (int const kind : atoms.kinds)
    structure.elements.push_back(atoms.elements[static_cast<std::size_t>(kind)]);
  return structure;
}

/// What random numbers are drawn for; each purpose has a sequence of its own.
enum class Purpose : std::uint32_t { grain_place, grain_turn, displacement, vacancy };

/// Four uniform numbers between 0 and 1, neither of them, as a function of seed, purpose and index.
inline std::array<double, 4> uniform4(std::uint64_t seed, Purpose purpose, std::uint64_t index) {
  auto const words = md::philox({static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32),
                                 static_cast<std::uint32_t>(purpose), 0x64702d73u},
                                static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32));
  std::array<double, 4> result{};
  for (std::size_t k = 0; k < 4; ++k) result[k] = (words[k] + 0.5) * 0x1p-32;
  return result;
}

}  // namespace structures
