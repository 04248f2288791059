// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <dp/core/buffer.hpp>
#include <dp/core/views.hpp>

namespace dp {

/// Energies of a tile's atoms that are only a part of what is added to the outputs, and the derivatives of
/// that sum by them.
template <class Space>
struct AtomEnergies {
  Vector<double, Space> value;    ///< (atoms), eV
  Vector<double, Space> adjoint;  ///< (atoms), dE/dvalue

  /// Memory for both.
  Vector<double, Space> reserve(Space const& space, std::size_t atoms) {
    adjoint = m_adjoint.get(space, atoms);
    return value = m_value.get(space, atoms);
  }

  std::size_t bytes() const { return m_value.bytes() + m_adjoint.bytes(); }  ///< memory held on `Space`

 private:
  Buffer<double, Space> m_value{"dp::AtomEnergies::value"}, m_adjoint{"dp::AtomEnergies::adjoint"};
};

}  // namespace dp
