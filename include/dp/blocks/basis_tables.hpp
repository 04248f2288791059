// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <climits>
#include <cstddef>
#include <dp/core/buffer.hpp>
#include <dp/core/error.hpp>
#include <dp/core/lanes.hpp>
#include <dp/kernels/basis_kernels.hpp>
#include <dp/program/bases.hpp>
#include <dp/program/network.hpp>
#include <vector>

namespace dp {

/// The tables of a chain's basis functions on `Space`, and what neighbours without rows add to their sums.
/// `T`: of the numbers in them and of what is computed with them.
template <class Space, class T>
class BasisTables {
 public:
  static constexpr int lanes = Lanes<Space, T>::count;  ///< functions that a kernel handles side by side

  /// One centre type.
  struct Centre {
    int width = 0;                                  ///< K'
    std::vector<detail::BasisTable> tables;         ///< per neighbour type
    Constants<detail::BasisTable, Space> on_space;  ///< the same
    Constants<detail::BasisStrip, Space> strips;    ///< of all tables
    Constants<T, Space> coefficients;               ///< of all tables
    Constants<T, Space> constants;                  ///< (2, components * K')
  };

  /// Copies to `space`.
  BasisTables(Space const& space, Chain const& chain, ChainBasis const& basis)
      : m_components(chain.components), m_scale(static_cast<T>(chain.scale)) {
    for (std::size_t type = 0; type < basis.centres.size(); ++type)
      m_centres.push_back(make(space, chain, basis, type));
  }

  int components() const { return m_components; }  ///< of a row
  Centre const& operator[](int type) const {
    return m_centres[static_cast<std::size_t>(type)];
  }  ///< of a type

  /// What kernels need of a type.
  detail::Basis<Space, T> basis(int type) const {
    auto const& centre = (*this)[type];
    Matrix<T const, Space> const constants(centre.constants.data(), 2,
                                           static_cast<std::size_t>(m_components * centre.width));
    return {centre.on_space, centre.coefficients, constants, m_scale, centre.width};
  }

 private:
  static Centre make(Space const& space, Chain const& chain, ChainBasis const& basis, std::size_t type) {
    Centre result;
    result.width = basis.centres[type].width;
    auto const ntypes = basis.centres.size(), k_count = static_cast<std::size_t>(result.width),
               components = static_cast<std::size_t>(chain.components);
    // On devices two powers of 8 functions, as a vector of threads reads them in double, are a cache line.
    int const whole = is_host_space<Space> ? 1 : 64 / static_cast<int>(sizeof(T));
    std::vector<double> coefficients, constants(2 * components * k_count);
    std::vector<detail::BasisStrip> strips;
    int column = 0;
    for (std::size_t t = 0; t < ntypes; ++t) {
      auto const pair = type * ntypes + t;
      EmbeddingBasis const& functions = basis.bases[pair];
      PiecewiseQuintic const& table = functions.table;
      int const count = functions.functions, stride = (count + whole - 1) / whole * whole;
      result.tables.push_back({static_cast<int>(coefficients.size()), count, stride, column, table.intervals,
                               table.lower, count > 0 ? 1.0 / table.step() : 0.0, functions.handover});
      for (int i = 0; i < table.intervals; ++i) {
        auto const* const piece =
            &table.data[static_cast<std::size_t>(i) * 6 * static_cast<std::size_t>(table.functions)];
        auto const begin = coefficients.size();
        coefficients.resize(begin + 6 * static_cast<std::size_t>(stride));
        for (int d = 0; d < 6; ++d)
          for (int k = 0; k < count; ++k)
            coefficients[begin + static_cast<std::size_t>(detail::coefficient_at<Space, T>(d, k, stride))] =
                piece[d * count + k];
      }
      for (int k = 0, vectors = 1; k < count; k += vectors * lanes) {
        vectors = is_host_space<Space> && k + 2 * lanes <= count ? 2 : 1;
        strips.push_back({static_cast<int>(t), k, vectors, stride, column + k});
      }
      for (std::size_t c = 0; c < components; ++c)
        for (std::size_t k = 0; k < static_cast<std::size_t>(count); ++k) {
          auto const at = c * k_count + static_cast<std::size_t>(column) + k;
          constants[at] = functions.absent[c * static_cast<std::size_t>(count) + k];
          constants[components * k_count + at] = functions.present[c * static_cast<std::size_t>(count) + k];
        }
      column += count;
    }
    if (coefficients.size() > INT_MAX)
      fail("dp::BasisTables: the tables of type ", type, " have ", coefficients.size(),
           " numbers, expected at most ", INT_MAX, "; a larger tolerance takes fewer");
    result.on_space = to_space<detail::BasisTable>(space, "dp::BasisTables::tables", result.tables);
    result.coefficients = to_space<T>(space, "dp::BasisTables::coefficients", coefficients);
    result.constants = to_space<T>(space, "dp::BasisTables::constants", constants);
    result.strips = to_space<detail::BasisStrip>(space, "dp::BasisTables::strips", strips);
    return result;
  }

  int m_components;
  T m_scale;
  std::vector<Centre> m_centres;
};

}  // namespace dp
