// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/core/entries.hpp>
#include <dp/core/half.hpp>
#include <dp/kernels/basis_kernels.hpp>
#include <dp/program/bases.hpp>
#include <vector>

namespace dp {

namespace detail {

/// G <- G_b + chi(x) (G - G_b), with the basis' G_b and the window chi; dG/dx likewise. Exactly the basis
/// before the window begins.
template <class Space, class T, class Stored>
struct BlendRows {
  BasisTable table;
  Vector<T const, Space> coefficients;
  Matrix<T const, Space> channels;  // (M, K)
  HandoverWindow window;
  Strided1<double const, Space> x;
  Matrix<Stored, Space> g, dg;  // dg may be empty

  KOKKOS_FUNCTION void operator()(std::int64_t row, int m) const {
    double u;
    int const i = table.interval(Kokkos::fmin(x(row), window.end), u);
    T const t = static_cast<T>(u - i);
    T value = 0, slope = 0;
    for (int k = 0; k < table.functions; ++k) {
      T phi = 0, dphi = 0;
      for (int d = 5; d >= 0; --d) {
        dphi = dphi * t + phi;
        phi = phi * t + coefficients((i * 6 + d) * table.stride + k);
      }
      value += channels(m, k) * phi;
      slope += channels(m, k) * dphi;
    }
    slope *= static_cast<T>(table.inverse_step);
    double weight, weight_slope;
    window(x(row), weight, weight_slope);
    T const chi = static_cast<T>(weight), dchi = static_cast<T>(weight_slope);
    T const net = widened<T>(g(row, m));
    if (dg.data())
      dg(row, m) = narrowed<Stored>(slope + chi * (widened<T>(dg(row, m)) - slope) + dchi * (net - value));
    g(row, m) = narrowed<Stored>(value + chi * (net - value));
  }
};

}  // namespace detail

/// Hands over from the basis to the exact nets for neighbours nearer than the tables reach: applied to the
/// exact G of a tile, it gives what the compressed evaluation means, for any distance and with a continuous
/// force.
template <class Space, class T>
class Handover {
 public:
  /// `bases`: per pair of types.
  Handover(Space const& space, std::vector<EmbeddingBasis> const& bases) {
    for (auto const& basis : bases) {
      auto const& table = basis.table;
      m_pairs.push_back({{0, basis.functions, basis.functions, 0, table.intervals, table.lower,
                          table.intervals > 0 ? 1.0 / table.step() : 0.0, basis.handover},
                         to_space<T>(space, "dp::Handover::table", table.data),
                         to_space<T>(space, "dp::Handover::channels", basis.channels)});
      m_absent.push_back(combined(basis, basis.absent));
      m_present.push_back(combined(basis, basis.present));
    }
  }

  /// What a neighbour of the pair that is absent, or one that is `present` besides its row, adds to the sum
  /// over neighbours, (components x M); empty without a basis.
  std::vector<double> const& constant(std::size_t pair, bool present) const {
    return present ? m_present[pair] : m_absent[pair];
  }

  /// Blends `g` and, unless empty, `dg` (rows x M) of the pair's rows with the normalised distances `x`.
  template <class Stored>
  void apply(Space const& space, std::size_t pair, Strided1<double const, Space> x, Matrix<Stored, Space> g,
             Matrix<Stored, Space> dg) const {
    auto const& p = m_pairs[pair];
    Matrix<T const, Space> const channels(p.channels.data(), g.extent(1),
                                          static_cast<std::size_t>(p.table.functions));
    detail::for_each_entry(space, "dp::Handover::apply", static_cast<std::int64_t>(g.extent(0)),
                           static_cast<int>(g.extent(1)),
                           detail::BlendRows<Space, T, Stored>{p.table, p.coefficients, channels,
                                                               detail::HandoverWindow(p.table), x, g, dg});
  }

 private:
  struct Pair {
    detail::BasisTable table;
    Constants<T, Space> coefficients, channels;
  };
  /// From functions to channels.
  static std::vector<double> combined(EmbeddingBasis const& basis, std::vector<double> const& sums) {
    if (sums.empty()) return {};
    auto const k = static_cast<std::size_t>(basis.functions), width = basis.channels.size() / k;
    std::vector<double> result(sums.size() / k * width);
    for (std::size_t i = 0; i < result.size(); ++i)
      for (std::size_t l = 0; l < k; ++l)
        result[i] += basis.channels[i % width * k + l] * sums[i / width * k + l];
    return result;
  }

  std::vector<Pair> m_pairs;
  std::vector<std::vector<double>> m_absent, m_present;  // per pair
};

}  // namespace dp
