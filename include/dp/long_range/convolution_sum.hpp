// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Core.hpp>
#include <cstddef>
#include <cstdint>
#include <dp/core/kernels.hpp>
#include <dp/core/views.hpp>
#include <dp/input/whole_system.hpp>

namespace dp {

/// Sites of this rank with their sources, in the memory of `Space`.
template <class Space>
struct Sources {
  Matrix<double const, Space> positions;  ///< (sites x 3), Angstrom; inside the box or not
  Matrix<double const, Space> values;     ///< (sites x channels)
};

/// Derivatives of L = sum g u over sites and channels, with the cotangents g held fixed, in the memory of
/// `Space`; what is left out is not computed. Overwritten.
template <class Space>
struct ConvolutionDerivatives {
  Matrix<double, Space> positions;   ///< (sites x 3)
  Matrix<double, Space> sources;     ///< (sites x channels)
  Matrix<double, Space> strain;      ///< (sites x 9), the site's share, row-major: x_b += strain_ab x_a
  Vector<double, Space> parameters;  ///< of all multipliers, channel by channel; of the sites of all ranks
};

namespace detail {

/// A way to sum a Convolution, with what sources give their own sites: directly, or by a mesh.
template <class Space>
class ConvolutionSum {
 public:
  virtual ~ConvolutionSum() = default;

  /// `values`: u (sites x channels).
  virtual void forward(Space const& space, WholeSystem const& whole, Sources<Space> const& sources,
                       Matrix<double, Space> values) = 0;
  /// Derivatives for `cotangents` (sites x channels).
  virtual void adjoint(Space const& space, WholeSystem const& whole, Sources<Space> const& sources,
                       Matrix<double const, Space> cotangents,
                       ConvolutionDerivatives<Space> const& results) = 0;
  /// Memory held on `Space`; grows only.
  virtual std::size_t bytes() const = 0;

 protected:
  static LightRange<Space> range(Space const& space, std::size_t n) {
    return LightRange<Space>(space, 0, static_cast<std::int64_t>(n));
  }
  /// Of a matrix that may be empty, where a rank has no sites.
  template <class T>
  static Strided1<T, Space> column(Matrix<T, Space> matrix, std::size_t c) {
    if (matrix.extent(0) == 0) return {};
    return Kokkos::subview(matrix, Kokkos::ALL, c);
  }
};

}  // namespace detail
}  // namespace dp
