// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

namespace dp {

/// What a model gives of each atom, and of a frame as the sum over its atoms.
struct Quantity {
  /// Which.
  enum class Kind {
    energy,          ///< eV; the only one with a force of its own
    dipole,          ///< a vector
    polarizability,  ///< a symmetric tensor, 3 x 3, row-major
    dos,             ///< a density of states on a grid of energies, which does not turn with the atoms
    property         ///< whatever the model was trained for, likewise
  };

  Kind kind = Kind::energy;     ///< see there
  std::string name = "energy";  ///< for messages
  int components = 1;           ///< numbers of an atom
  bool intensive = false;       ///< of a frame the mean over its atoms is meant, not their sum

  bool is_energy() const { return kind == Kind::energy; }  ///< whether there are energies and forces

  /// "energy", or "dipole, 3 numbers for each atom".
  std::string in_words() const {
    if (is_energy()) return "energies";
    return name + ", " + std::to_string(components) + (components == 1 ? " number" : " numbers") +
           " for each atom" + (intensive ? ", and their mean" : "");
  }
};

}  // namespace dp
