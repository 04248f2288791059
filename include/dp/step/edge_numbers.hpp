// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/core/views.hpp>
#include <dp/step/arena.hpp>

namespace dp {

/// Numbers of a tile's edges, in the order of its Rows, that one block writes and others read, and the
/// derivatives of the energy by them. On the way back, readers add to the derivatives, which begin at zero.
template <class Space, class T>
struct EdgeNumbers {
  Matrix<T, Space> value;    ///< (edges x numbers)
  Matrix<T, Space> adjoint;  ///< (edges x numbers), where the derivative is wanted

  /// Memory for both; `derivative`: whether that is wanted. The adjoint is zero.
  void reserve(Space const& space, std::int64_t edges, int numbers, bool derivative) {
    auto const rows = static_cast<std::size_t>(edges), columns = static_cast<std::size_t>(numbers);
    value = m_value.get(space, rows, columns);
    adjoint = {};
    if (!derivative) return;
    adjoint = m_adjoint.get(space, rows, columns);
    if (adjoint.size() > 0) Kokkos::deep_copy(space, adjoint, T(0));
  }

  std::size_t bytes() const { return m_value.bytes() + m_adjoint.bytes(); }  ///< memory held on `Space`

 private:
  Buffer<T, Space> m_value{"dp::EdgeNumbers::value"}, m_adjoint{"dp::EdgeNumbers::adjoint"};
};

/// Some columns of these, or of the matrix with which they begin.
template <class Space, class T>
struct EdgeColumns {
  Slot<EdgeNumbers<Space, T>> slot;  ///< where they are
  int begin;                         ///< the first
  int width;                         ///< how many
  bool first_matrix = false;         ///< of `width` columns, with which the numbers begin: see TensorLayout

  /// The matrix that has the columns, of all these numbers.
  Matrix<T, Space> of(Matrix<T, Space> const& numbers) const {
    return first_matrix ? Matrix<T, Space>(numbers.data(), numbers.extent(0), static_cast<std::size_t>(width))
                        : numbers;
  }
};

}  // namespace dp
