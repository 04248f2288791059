// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <dp/core/buffer.hpp>
#include <dp/core/entries.hpp>
#include <dp/core/kernels.hpp>
#include <dp/long_range/convolution_kernels.hpp>
#include <dp/long_range/convolution_sum.hpp>
#include <dp/long_range/multiplier_table.hpp>
#include <dp/long_range/rank_sums.hpp>
#include <dp/long_range/structure_factor_kernels.hpp>
#include <dp/long_range/taken_modes.hpp>
#include <dp/model/convolution.hpp>

namespace dp::detail {

/// The direct sum over modes, with a cost that grows as sites times modes. On several ranks structure factors
/// are added up, once a call, and nothing else is communicated. Sites are taken in their order, so any number
/// of threads gives the same bits.
template <class Space>
class DirectConvolution : public ConvolutionSum<Space> {
 public:
  DirectConvolution(Convolution const& convolution, MultiplierTable<Space> const& multipliers)
      : m_modes(convolution.modes), m_multipliers(multipliers) {}

  /// See ConvolutionSum.
  void forward(Space const& space, WholeSystem const& whole, Sources<Space> const& sources,
               Matrix<double, Space> values) override {
    auto const waves = sum(space, whole, sources, {}, channels());
    for (std::size_t c = 0; c < channels(); ++c)
      take<false>(space, waves, c, c, sources.positions, {{}, this->column(values, c), {}, {}});
  }

  /// See ConvolutionSum.
  void adjoint(Space const& space, WholeSystem const& whole, Sources<Space> const& sources,
               Matrix<double const, Space> cotangents,
               ConvolutionDerivatives<Space> const& results) override {
    auto const waves = sum(space, whole, sources, cotangents, 2 * channels());
    if (results.positions.data()) Kokkos::deep_copy(space, results.positions, 0.0);
    if (results.strain.data()) Kokkos::deep_copy(space, results.strain, 0.0);
    for (std::size_t c = 0; c < channels(); ++c) {
      TakeChannel<Space> const of_sources{this->column(cotangents, c), {}, results.positions, results.strain};
      if (results.strain.data())
        take<true>(space, waves, c, c, sources.positions, of_sources);
      else if (results.positions.data())
        take<false>(space, waves, c, c, sources.positions, of_sources);
      TakeChannel<Space> of_cotangents{this->column(sources.values, c), {}, results.positions, {}};
      if (results.sources.data()) of_cotangents.values = this->column(results.sources, c);
      if (results.sources.data() || results.positions.data())
        take<false>(space, waves, c, channels() + c, sources.positions, of_cotangents);
    }
    if (!results.parameters.data()) return;
    auto const& modes = waves.taken.modes;
    std::size_t const parameters = m_multipliers.parameters();
    auto const rows = m_rows.get(space, static_cast<std::size_t>(modes.rows()), parameters);
    for_each_entry(space, "dp::DirectConvolution::parameters", modes.rows(), static_cast<int>(parameters),
                   SumParameters<Space>{waves.taken, waves.table, m_multipliers, waves.block(0, channels()),
                                        waves.block(channels(), channels()), rows});
    Kokkos::parallel_for("dp::DirectConvolution::parameters", this->range(space, parameters),
                         SumColumns<Space>{rows, results.parameters});
  }

  /// See ConvolutionSum.
  std::size_t bytes() const override {
    return m_phases.bytes() + m_factors.bytes() + m_weighed.bytes() + m_strain.bytes() + m_rows.bytes() +
           m_rank_sums.bytes();
  }

 private:
  std::size_t channels() const { return m_multipliers.channels(); }

  /// Structure factors of sources, then of cotangents, channel by channel, a row for each pair n0, n1.
  struct Waves {
    TakenModes taken;
    PhaseTable table;
    Matrix<double, Space> factors;

    Matrix<double, Space> block(std::size_t first, std::size_t count) const {
      auto const rows = static_cast<std::size_t>(taken.modes.rows());
      return Matrix<double, Space>(factors.data() + first * rows * factors.extent(1), count * rows,
                                   factors.extent(1));
    }
  };

  Waves sum(Space const& space, WholeSystem const& whole, Sources<Space> const& sources,
            Matrix<double const, Space> cotangents, std::size_t blocks) {
    Waves waves{taken_modes(whole.box, m_modes), {}, {}};
    auto const& modes = waves.taken.modes;
    waves.table = PhaseTable::of<Space>(modes);
    std::size_t const sites = sources.positions.extent(0);
    waves.factors = m_factors.get(space, blocks * static_cast<std::size_t>(modes.rows()),
                                  2 * static_cast<std::size_t>(waves.table.count[2]));
    auto const phases = m_phases.get(space, sites, static_cast<std::size_t>(waves.table.width));
    Kokkos::parallel_for("dp::DirectConvolution::phases", this->range(space, sites),
                         FillPhases<Space>{modes, waves.table, sources.positions, phases});
    for (std::size_t b = 0; b < blocks; ++b) {
      auto const& numbers = b < channels() ? sources.values : cotangents;
      SumPhases<Space> const kernel{modes, waves.table, this->column(numbers, b % channels()), phases,
                                    waves.block(b, 1)};
      for_each_row(space, "dp::DirectConvolution::sum", modes.rows(), waves.table.count[2], kernel);
    }
    if (whole.sum_over_ranks)
      m_rank_sums.sum(space, whole, Vector<double, Space>(waves.factors.data(), waves.factors.size()));
    return waves;
  }

  /// What channel `c` gives by the structure factors of a block.
  template <bool Strain>
  void take(Space const& space, Waves const& waves, std::size_t c, std::size_t block,
            Matrix<double const, Space> positions, TakeChannel<Space> const& taker) {
    auto const& modes = waves.taken.modes;
    auto const rows = static_cast<std::size_t>(modes.rows()), width = waves.factors.extent(1);
    auto const weighed = m_weighed.get(space, rows, width);
    Matrix<double, Space> strain;
    if constexpr (Strain) strain = m_strain.get(space, rows, width);
    using Weights = ChannelWeights<Space>;
    for_each_row(space, "dp::DirectConvolution::weigh", modes.rows(), waves.table.count[2],
                 WeighModes<Space, Weights>{modes, Weights{waves.taken, m_multipliers, static_cast<int>(c)},
                                            waves.table, waves.block(block, 1), weighed, strain});
    using Take = TakeFromModes<Space, Strain, TakeChannel<Space>>;
    Kokkos::parallel_for("dp::DirectConvolution::take",
                         this->range(space, (positions.extent(0) + Take::lanes - 1) / Take::lanes),
                         Take{modes, waves.table, positions, weighed, strain, taker});
  }

  ModeBox m_modes;
  MultiplierTable<Space> m_multipliers;
  Buffer<double, Space> m_phases{"dp::DirectConvolution::phases"},
      m_factors{"dp::DirectConvolution::factors"}, m_weighed{"dp::DirectConvolution::weighed"},
      m_strain{"dp::DirectConvolution::strain"}, m_rows{"dp::DirectConvolution::rows"};
  RankSums<Space> m_rank_sums;
};

}  // namespace dp::detail
