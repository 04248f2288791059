// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/core/entries.hpp>
#include <dp/core/kernels.hpp>
#include <dp/long_range/charge_sum.hpp>
#include <dp/long_range/fourier_modes.hpp>
#include <dp/long_range/rank_sums.hpp>
#include <dp/long_range/structure_factor_kernels.hpp>
#include <string>

namespace dp {

/// The direct sum over all modes that the model asks for: exact, with a cost that grows as the square of the
/// number of charges. On several ranks the structure factors are added up, once a step, and nothing else is
/// communicated. Charges are taken in their order, so any number of threads gives the same bits.
template <class Space>
class StructureFactors : public ChargeSum<Space> {
 public:
  /// `beta`, 1/Angstrom, and `spacing`, Angstrom, are rounded to single precision, which is what DeePMD-kit
  /// sums with.
  StructureFactors(double beta, double spacing)
      : m_beta(detail::in_single(beta)), m_spacing(detail::in_single(spacing)) {}

  /// See ChargeSum.
  void compute(Space const& space, WholeSystem const& whole, Charges<Space> const& charges,
               ChargeResults<Space> const& results) override {
    auto const modes = detail::fourier_modes(whole.box, m_spacing);
    auto const table = detail::PhaseTable::of<Space>(modes);
    detail::GaussianCharges const gaussians{m_beta, modes};
    auto const n = static_cast<std::int64_t>(charges.values.extent(0));
    auto const rows = static_cast<std::size_t>(modes.rows()),
               columns = static_cast<std::size_t>(table.count[2]);
    auto const phases = m_phases.get(space, charges.values.extent(0), static_cast<std::size_t>(table.width));
    auto const factors = m_factors.get(space, rows, 2 * columns);

    Kokkos::parallel_for("dp::StructureFactors::phases", detail::LightRange<Space>(space, 0, n),
                         detail::FillPhases<Space>{modes, table, charges.positions, phases});
    detail::for_each_row(space, "dp::StructureFactors::sum", modes.rows(), table.count[2],
                         detail::SumPhases<Space>{modes, table, charges.values, phases, factors});
    if (whole.sum_over_ranks)
      m_rank_sums.sum(space, whole, Vector<double, Space>(factors.data(), factors.size()));
    Matrix<double, Space> strain;
    if (results.virial.data()) strain = m_strain.get(space, rows, 2 * columns);
    detail::for_each_row(space, "dp::StructureFactors::weigh", modes.rows(), table.count[2],
                         detail::WeighModes<Space, detail::GaussianCharges>{modes, gaussians, table, factors,
                                                                            factors, strain});
    if (results.virial.data())
      take<true>(space, modes, table, charges, factors, strain, results);
    else
      take<false>(space, modes, table, charges, factors, strain, results);
  }

  /// See ChargeSum.
  std::string description() const override { return "a direct sum"; }
  /// See ChargeSum.
  std::size_t bytes() const override {
    return m_phases.bytes() + m_factors.bytes() + m_strain.bytes() + m_rank_sums.bytes();
  }

 private:
  template <bool Virial>
  static void take(Space const& space, detail::FourierModes const& modes, detail::PhaseTable const& table,
                   Charges<Space> const& charges, Matrix<double const, Space> factors,
                   Matrix<double const, Space> strain, ChargeResults<Space> const& results) {
    using Take = detail::TakeFromModes<Space, Virial, detail::TakeCharges<Space>>;
    auto const n = static_cast<std::int64_t>(charges.values.extent(0));
    Kokkos::parallel_for("dp::StructureFactors::take",
                         detail::LightRange<Space>(space, 0, (n + Take::lanes - 1) / Take::lanes),
                         Take{modes,
                              table,
                              charges.positions,
                              factors,
                              strain,
                              {charges.values, results.energy, results.force, results.virial}});
  }

  double m_beta, m_spacing;
  Buffer<double, Space> m_phases{"dp::StructureFactors::phases"}, m_factors{"dp::StructureFactors::factors"},
      m_strain{"dp::StructureFactors::strain"};
  detail::RankSums<Space> m_rank_sums;
};

}  // namespace dp
