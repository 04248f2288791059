// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/core/entries.hpp>
#include <dp/core/error.hpp>
#include <dp/core/kernels.hpp>
#include <dp/input/whole_system.hpp>
#include <dp/long_range/convolution_kernels.hpp>
#include <dp/long_range/multiplier_table.hpp>
#include <dp/long_range/rank_sums.hpp>
#include <dp/long_range/structure_factor_kernels.hpp>
#include <dp/long_range/taken_modes.hpp>
#include <dp/model/convolution.hpp>
#include <initializer_list>
#include <string>
#include <vector>

namespace dp {

/// Derivatives of L = sum g u over sites and channels, with the cotangents g held fixed, in the memory of
/// `Space`; what is left out is not computed. Overwritten.
template <class Space>
struct ConvolutionDerivatives {
  Matrix<double, Space> positions;   ///< (sites x 3)
  Matrix<double, Space> sources;     ///< (sites x channels)
  Matrix<double, Space> strain;      ///< (sites x 9), the site's share, row-major: x_b += strain_ab x_a
  Vector<double, Space> parameters;  ///< of all multipliers, channel by channel; of the sites of all ranks
};

/// A Convolution by the direct sum over its modes, with a cost that grows as sites times modes. On several
/// ranks structure factors are added up, once a call, and nothing else is communicated. Sites are taken in
/// their order, so any number of threads gives the same bits. For energies E = 1/2 sum s u of latent charges,
/// cotangents g = s / 2 give dE/dx and dE/dstrain, and u is dE/ds.
template <class Space>
class LongRangeConvolution {
 public:
  /// \throws dp::Error for a convolution that cannot be evaluated; `source` names it
  LongRangeConvolution(Space const& space, Convolution const& convolution,
                       std::string const& source = "convolution")
      : m_convolution(checked(convolution, source)),
        m_multipliers(detail::MultiplierTable<Space>::of(space, convolution.multipliers)) {
    std::size_t const n = channels();
    std::vector<double> unit(n * n, 0.0);
    for (std::size_t c = 0; c < n; ++c) unit[c * n + c] = 1.0;
    m_unit = to_space<double>(space, "dp::LongRangeConvolution::unit", unit);
    m_origin = to_space<double>(space, "dp::LongRangeConvolution::origin", std::vector<double>(3 * n, 0.0));
  }

  std::size_t channels() const { return m_multipliers.channels(); }      ///< columns of sources
  std::size_t parameters() const { return m_multipliers.parameters(); }  ///< numbers of all multipliers

  /// `values`: u (sites x channels), of sites at `positions` (sites x 3, Angstrom, inside the box or not)
  /// with `sources` (sites x channels). \throws dp::Error for a box that it cannot take, or other extents
  void forward(Space const& space, WholeSystem const& whole, Matrix<double const, Space> positions,
               Matrix<double const, Space> sources, Matrix<double, Space> values) {
    std::size_t const n = positions.extent(0);
    require(n,
            {{"positions", positions, 3}, {"sources", sources, channels()}, {"values", values, channels()}});
    if (m_convolution.remove_self) find_self(space, whole.box);
    auto const waves = sum(space, whole, positions, sources, {});
    for (std::size_t c = 0; c < channels(); ++c)
      take<false>(space, waves, c, c, positions, {{}, column(values, c), {}, {}});
    if (m_convolution.remove_self)
      Kokkos::parallel_for("dp::LongRangeConvolution::self", range(space, n),
                           detail::RemoveSelf<Space>{sources, m_self, values, {}, {}, {}});
  }

  /// Derivatives for `cotangents` (sites x channels). \throws dp::Error as forward() does
  void adjoint(Space const& space, WholeSystem const& whole, Matrix<double const, Space> positions,
               Matrix<double const, Space> sources, Matrix<double const, Space> cotangents,
               ConvolutionDerivatives<Space> const& results) {
    std::size_t const n = positions.extent(0);
    require(n, {{"positions", positions, 3},
                {"sources", sources, channels()},
                {"cotangents", cotangents, channels()},
                {"results.positions", results.positions, 3},
                {"results.sources", results.sources, channels()},
                {"results.strain", results.strain, 9}});
    if (results.parameters.data() && results.parameters.extent(0) != parameters())
      fail("dp::LongRangeConvolution: results.parameters: expected (", parameters(), "), found (",
           results.parameters.extent(0), ")");
    if (m_convolution.remove_self) find_self(space, whole.box);
    derive(space, whole, positions, sources, cotangents, results);
    if (!m_convolution.remove_self) return;
    if (results.sources.data())
      Kokkos::parallel_for("dp::LongRangeConvolution::self", range(space, n),
                           detail::RemoveSelf<Space>{cotangents, m_self, results.sources, {}, {}, {}});
    if (results.strain.data())
      Kokkos::parallel_for(
          "dp::LongRangeConvolution::self", range(space, n),
          detail::RemoveSelf<Space>{sources, m_self, {}, cotangents, m_self_strain, results.strain});
    if (results.parameters.data())
      Kokkos::parallel_for("dp::LongRangeConvolution::self", range(space, parameters()),
                           detail::RemoveSelfParameters<Space>{m_multipliers, m_products, m_self_parameters,
                                                               results.parameters});
  }

  /// Memory held on `Space`; grows only.
  std::size_t bytes() const {
    return m_phases.bytes() + m_factors.bytes() + m_weighed.bytes() + m_strain.bytes() + m_rows.bytes() +
           m_own.bytes() + m_rank_sums.bytes();
  }

 private:
  /// Structure factors of sources, then of cotangents, channel by channel, a row for each pair n0, n1.
  struct Waves {
    detail::TakenModes taken;
    detail::PhaseTable table;
    Matrix<double, Space> factors;

    Matrix<double, Space> block(std::size_t first, std::size_t count) const {
      auto const rows = static_cast<std::size_t>(taken.modes.rows());
      return Matrix<double, Space>(factors.data() + first * rows * factors.extent(1), count * rows,
                                   factors.extent(1));
    }
  };

  static Convolution const& checked(Convolution const& convolution, std::string const& source) {
    convolution.check(Check(source, {}));
    return convolution;
  }

  /// An argument, and how many columns it has to have unless it is not given.
  struct Argument {
    char const* name;
    Matrix<double const, Space> rows;
    std::size_t columns;
  };
  static void require(std::size_t sites, std::initializer_list<Argument> arguments) {
    for (auto const& [name, rows, columns] : arguments)
      if (rows.data() && (rows.extent(0) != sites || rows.extent(1) != columns))
        fail("dp::LongRangeConvolution: ", name, ": expected (", sites, " x ", columns, "), found (",
             rows.extent(0), " x ", rows.extent(1), ")");
  }

  static detail::LightRange<Space> range(Space const& space, std::size_t n) {
    return detail::LightRange<Space>(space, 0, static_cast<std::int64_t>(n));
  }
  template <class T>
  static Strided1<T, Space> column(Matrix<T, Space> matrix, std::size_t c) {
    return Kokkos::subview(matrix, Kokkos::ALL, c);
  }

  Waves sum(Space const& space, WholeSystem const& whole, Matrix<double const, Space> positions,
            Matrix<double const, Space> sources, Matrix<double const, Space> cotangents) {
    Waves waves{detail::taken_modes(whole.box, m_convolution.modes), {}, {}};
    auto const& modes = waves.taken.modes;
    waves.table = detail::PhaseTable::of<Space>(modes);
    std::size_t const blocks = cotangents.data() ? 2 * channels() : channels();
    auto const rows = static_cast<std::size_t>(modes.rows()),
               width = 2 * static_cast<std::size_t>(waves.table.count[2]), size = blocks * rows * width;
    auto const numbers = m_factors.get(space, size + channels());  // and products
    waves.factors = Matrix<double, Space>(numbers.data(), blocks * rows, width);
    auto const phases = m_phases.get(space, positions.extent(0), static_cast<std::size_t>(waves.table.width));
    Kokkos::parallel_for("dp::LongRangeConvolution::phases", range(space, positions.extent(0)),
                         detail::FillPhases<Space>{modes, waves.table, positions, phases});
    for (std::size_t b = 0; b < blocks; ++b)
      detail::for_each_row(
          space, "dp::LongRangeConvolution::sum", modes.rows(), waves.table.count[2],
          detail::SumPhases<Space>{modes, waves.table,
                                   b < channels() ? column(sources, b) : column(cotangents, b - channels()),
                                   phases, waves.block(b, 1)});
    m_products = Vector<double, Space>(numbers.data() + size, channels());
    if (cotangents.data())
      Kokkos::parallel_for("dp::LongRangeConvolution::products", range(space, channels()),
                           detail::SumProducts<Space>{sources, cotangents, m_products});
    if (whole.sum_over_ranks)
      m_rank_sums.sum(space, whole,
                      Vector<double, Space>(numbers.data(), cotangents.data() ? numbers.size() : size));
    return waves;
  }

  /// What channel `c` gives by the structure factors of a block.
  template <bool Strain>
  void take(Space const& space, Waves const& waves, std::size_t c, std::size_t block,
            Matrix<double const, Space> positions, detail::TakeChannel<Space> const& taker) {
    auto const& modes = waves.taken.modes;
    auto const rows = static_cast<std::size_t>(modes.rows()), width = waves.factors.extent(1);
    auto const weighed = m_weighed.get(space, rows, width);
    Matrix<double, Space> strain;
    if constexpr (Strain) strain = m_strain.get(space, rows, width);
    using Weights = detail::ChannelWeights<Space>;
    detail::for_each_row(
        space, "dp::LongRangeConvolution::weigh", modes.rows(), waves.table.count[2],
        detail::WeighModes<Space, Weights>{modes, Weights{waves.taken, m_multipliers, static_cast<int>(c)},
                                           waves.table, waves.block(block, 1), weighed, strain});
    using Take = detail::TakeFromModes<Space, Strain, detail::TakeChannel<Space>>;
    Kokkos::parallel_for("dp::LongRangeConvolution::take",
                         range(space, (positions.extent(0) + Take::lanes - 1) / Take::lanes),
                         Take{modes, waves.table, positions, weighed, strain, taker});
  }

  /// All derivatives, with what sources give themselves.
  void derive(Space const& space, WholeSystem const& whole, Matrix<double const, Space> positions,
              Matrix<double const, Space> sources, Matrix<double const, Space> cotangents,
              ConvolutionDerivatives<Space> const& results) {
    auto const waves = sum(space, whole, positions, sources, cotangents);
    if (results.positions.data()) Kokkos::deep_copy(space, results.positions, 0.0);
    if (results.strain.data()) Kokkos::deep_copy(space, results.strain, 0.0);
    for (std::size_t c = 0; c < channels(); ++c) {
      detail::TakeChannel<Space> const of_sources{
          column(cotangents, c), {}, results.positions, results.strain};
      if (results.strain.data())
        take<true>(space, waves, c, c, positions, of_sources);
      else if (results.positions.data())
        take<false>(space, waves, c, c, positions, of_sources);
      detail::TakeChannel<Space> of_cotangents{column(sources, c), {}, results.positions, {}};
      if (results.sources.data()) of_cotangents.values = column(results.sources, c);
      if (results.sources.data() || results.positions.data())
        take<false>(space, waves, c, channels() + c, positions, of_cotangents);
    }
    if (!results.parameters.data()) return;
    auto const& modes = waves.taken.modes;
    auto const rows = m_rows.get(space, static_cast<std::size_t>(modes.rows()), parameters());
    detail::for_each_entry(
        space, "dp::LongRangeConvolution::parameters", modes.rows(), static_cast<int>(parameters()),
        detail::SumParameters<Space>{waves.taken, waves.table, m_multipliers, waves.block(0, channels()),
                                     waves.block(channels(), channels()), rows});
    Kokkos::parallel_for("dp::LongRangeConvolution::parameters", range(space, parameters()),
                         detail::SumColumns<Space>{rows, results.parameters});
  }

  /// What a source of 1 gives its own site, wherever that is: by a site for each channel, all at one place.
  void find_self(Space const& space, Box const& box) {
    if (m_found_self && m_box == box.h) return;
    std::size_t const n = channels();
    auto const own = m_own.get(space, n * n + 9 * n + parameters());
    m_self = Matrix<double, Space>(own.data(), n, n);
    m_self_strain = Matrix<double, Space>(own.data() + n * n, n, 9);
    m_self_parameters = Vector<double, Space>(own.data() + n * n + 9 * n, parameters());
    Matrix<double const, Space> const unit(m_unit.data(), n, n);
    derive(space, WholeSystem{box}, Matrix<double const, Space>(m_origin.data(), n, 3), unit, unit,
           {{}, m_self, m_self_strain, m_self_parameters});
    m_box = box.h;
    m_found_self = true;
  }

  Convolution m_convolution;
  detail::MultiplierTable<Space> m_multipliers;
  Constants<double, Space> m_unit, m_origin;

  bool m_found_self = false;  // for m_box
  std::array<double, 9> m_box{};
  Matrix<double, Space> m_self, m_self_strain;
  Vector<double, Space> m_self_parameters, m_products;

  Buffer<double, Space> m_phases{"dp::LongRangeConvolution::phases"},
      m_factors{"dp::LongRangeConvolution::factors"}, m_weighed{"dp::LongRangeConvolution::weighed"},
      m_strain{"dp::LongRangeConvolution::strain"}, m_rows{"dp::LongRangeConvolution::rows"},
      m_own{"dp::LongRangeConvolution::own"};
  detail::RankSums<Space> m_rank_sums;
};

}  // namespace dp
