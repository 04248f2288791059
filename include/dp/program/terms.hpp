// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <dp/core/quantity.hpp>
#include <dp/model/fitting.hpp>
#include <dp/program/equivariant.hpp>
#include <dp/program/network.hpp>
#include <dp/program/surroundings.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dp {

/// Energies of pairs, as blocks evaluate them: see PairTable. What each atom has of a pair is a cubic
/// polynomial of u, the position in an interval; halves and weights are in the coefficients.
struct PairTerm {
  Surroundings neighbours;           ///< nearer than the cutoff
  double first = 0.0;                ///< where the first interval begins, Angstrom
  double spacing = 0.0;              ///< length of an interval, Angstrom
  int intervals = 0;                 ///< of each pair
  std::vector<double> coefficients;  ///< (pairs x intervals x 4), eV, of falling powers
  std::vector<double> bias;          ///< per type, eV: all that is added besides
};

/// How much an atom has of a table's energy in the place of that of nets: see ZblSwitch.
struct NearSwitch {
  std::optional<Surroundings> neighbours;  ///< that it looks at; none: those of the table
  double alpha = 0.0;                      ///< Angstrom
  double inner = 0.0;                      ///< Angstrom
  double outer = 0.0;                      ///< Angstrom
};

/// A model after lowering: the terms that the energy of an atom is made of. Plain host data. Most models have
/// one network and nothing else.
struct Terms {
  std::vector<std::string> type_map;  ///< element names; a type is an index into it
  std::vector<char> atom_excluded;    ///< per type: exactly zero
  std::vector<Network> networks;      ///< whose energies are added up; weights are in their last layers
  std::vector<PairTerm> tables;       ///< likewise
  std::optional<NearSwitch> near;     ///< between all networks and the one table
  std::vector<EquivariantTerm> equivariant;  ///< networks of another kind, likewise

  Terms() = default;
  /// Of one network.
  Terms(Network network) : type_map(network.type_map), atom_excluded(network.atom_excluded) {
    networks.push_back(std::move(network));
  }

  int ntypes() const { return static_cast<int>(type_map.size()); }  ///< number of types

  /// What they give; all but energies one network gives alone.
  Quantity quantity() const { return networks.empty() ? Quantity() : networks.front().outputs.quantity; }

  /// What parameters a caller has to give.
  FittingSettings settings() const {
    FittingSettings found;
    for (Network const& network : networks)
      if (found.fparam + found.aparam == 0) found = network.fitting;
    return found;
  }
};

}  // namespace dp
