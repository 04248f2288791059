// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <dp/model/check.hpp>
#include <memory>
#include <vector>

namespace dp {

struct Model;

/// The electrostatics of a DPLR model: each atom has a charge, and atoms of some types a second one at their
/// Wannier centroid, which a model of dipoles places at r + d. All charges are Gaussians of one width, whose
/// pairs interact by erf(beta r) / r; their energy is added to that of the nets, with all that charges have
/// of themselves and of their own centroids in it.
struct LongRange {
  std::shared_ptr<Model const> dipole;  ///< from atoms to their centroids, Angstrom; of the same types
  std::vector<double> ion_charge;       ///< per type, of the atom, e
  std::vector<double> centroid_charge;  ///< per type, of the centroid, e; 0: there is none
  double beta = 0.0;                    ///< 1/Angstrom
  double spacing = 0.0;  ///< Angstrom: the sum goes over modes as far as a grid so fine has them

  /// The charge of an atom of this type and of its centroid, e.
  double charge(int type) const {
    auto const t = static_cast<std::size_t>(type);
    return ion_charge[t] + centroid_charge[t];
  }

  /// The charge of atoms of these types, e: the energy lacks what a charged cell would have by itself, so it
  /// means little where this is not zero. Negative types are no atoms.
  double charge_of(std::vector<int> const& types) const {
    double sum = 0.0;
    for (int const type : types)
      if (type >= 0) sum += charge(type);
    return sum;
  }

  /// Throws dp::Error, with the place, unless it can be evaluated with this model of energies.
  void check(Check const& at, Model const& model) const;
};

}  // namespace dp
