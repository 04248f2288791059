// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <dp/core/buffer.hpp>
#include <dp/core/views.hpp>

namespace dp {

/// What the neighbours of a tile embed, one row each: G, its derivative dG/ds, and memory for both.
template <class Space, class Stored, class T>
struct EmbeddedRows {
  Matrix<Stored, Space> g;                                ///< G (rows x M)
  Matrix<Stored, Space> dg;                               ///< dG/ds likewise; empty for energies alone
  Buffer<Stored, Space> g_memory{"dp::Embedding::g"};     ///< that holds G
  Buffer<Stored, Space> dg_memory{"dp::Embedding::dg"};   ///< that holds dG/ds
  Buffer<T, Space> scratch{"dp::EmbeddingNet::scratch"};  ///< of the nets

  /// Memory held on `Space`.
  std::size_t bytes() const { return g_memory.bytes() + dg_memory.bytes() + scratch.bytes(); }
};

/// What an embedding block sums over the neighbours of each atom of a tile: T_i = scale sum_j G_ij (x) ~r_ij,
/// or A_i with basis functions in the place of channels; and the derivatives of the energy.
template <class Space, class T>
struct NeighbourSums {
  Matrix<T, Space> value;          ///< (atoms x components * channels)
  Matrix<T const, Space> adjoint;  ///< dE/dvalue; its rows may be longer

  /// Memory for the values.
  Matrix<T, Space> reserve(Space const& space, std::size_t atoms, std::size_t numbers) {
    return value = m_value.get(space, atoms, numbers);
  }
  /// Memory for the adjoint.
  Matrix<T, Space> reserve_adjoint(Space const& space) {
    auto const memory = m_adjoint.get(space, value.extent(0), value.extent(1));
    adjoint = memory;
    return memory;
  }

  std::size_t bytes() const { return m_value.bytes() + m_adjoint.bytes(); }  ///< memory held on `Space`

 private:
  Buffer<T, Space> m_value{"dp::NeighbourSums::value"}, m_adjoint{"dp::NeighbourSums::adjoint"};
};

/// The input of the fitting net for a tile, (atoms x inputs), which the descriptors of all chains and
/// FittingNet itself fill, and the derivatives of the energy. Features that matter little are in float.
template <class Space, class Precision>
struct FittingInput {
  Matrix<typename Precision::Stored, Space> x;      ///< the input
  Matrix<typename Precision::Net const, Space> dx;  ///< dE/dx

  Matrix<float, Space> single;         ///< more of it, (atoms x FittingLayout::single)
  Matrix<float const, Space> dsingle;  ///< dE/dsingle

  /// Memory held on `Space`.
  std::size_t bytes() const { return memory.bytes() + single_memory.bytes(); }

  Buffer<typename Precision::Stored, Space> memory{"dp::FittingInput"};  ///< of x
  Buffer<float, Space> single_memory{"dp::FittingInput::single"};        ///< of single
};

/// A matrix without its first columns. Its rows keep their distance, so they have as many entries behind
/// their end, which belong to the next one.
template <class View>
View from_column(View const& matrix, int column) {
  return View(matrix.data() + column, matrix.extent(0), matrix.extent(1));
}

}  // namespace dp
