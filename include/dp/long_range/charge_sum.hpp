// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <dp/core/views.hpp>
#include <dp/input/whole_system.hpp>
#include <string>

namespace dp {

/// Charges of this rank, wherever they are, in the memory of `Space`.
template <class Space>
struct Charges {
  Matrix<double const, Space> positions;  ///< (charges x 3), Angstrom; inside the box or not
  Vector<double const, Space> values;     ///< (charges), e
};

/// What a sum over charges gives of each of them, in the memory of `Space`; what is left out is not computed.
/// Overwritten.
template <class Space>
struct ChargeResults {
  Vector<double, Space> energy;  ///< (charges), eV: half of charge times potential
  Matrix<double, Space> force;   ///< (charges x 3), eV/Angstrom
  Matrix<double, Space> virial;  ///< (charges x 9), eV, row-major: the charge's share, symmetric
  /// (9), eV: parts of ranks that add up to the whole. Only where ChargeSum::totals_virial().
  Vector<double, Space> total_virial = {};
};

/// A way to sum the interaction of Gaussian charges in a periodic box: directly, or by a mesh.
template <class Space>
class ChargeSum {
 public:
  virtual ~ChargeSum() = default;

  /// Sums over the charges of all ranks. \throws dp::Error for a box that it cannot take
  virtual void compute(Space const& space, WholeSystem const& whole, Charges<Space> const& charges,
                       ChargeResults<Space> const& results) = 0;

  /// Whether it gives ChargeResults::total_virial, and that with less work than the virials of charges.
  virtual bool totals_virial() const { return false; }

  /// In words, as in "electrostatics by ...".
  virtual std::string description() const = 0;

  /// Memory held on `Space`; grows only.
  virtual std::size_t bytes() const = 0;
};

}  // namespace dp
