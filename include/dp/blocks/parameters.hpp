// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/blocks/block.hpp>
#include <dp/blocks/neighbour_sums.hpp>
#include <dp/core/buffer.hpp>
#include <dp/core/expect.hpp>
#include <dp/kernels/fitting_passes.hpp>
#include <dp/program/network.hpp>
#include <vector>

namespace dp {

/// Memory for the fitting net's input, and in it all that is no descriptor: normalised frame and atomic
/// parameters, and constants.
template <class Space, class Precision>
class Parameters final : public Block<Space> {
 public:
  using Input = FittingInput<Space, Precision>;  ///< of the fitting net

  /// Copies what it needs to `space`. `layouts`: of the input, per centre type.
  Parameters(Space const& space, FittingNets const& fitting, std::vector<FittingLayout> const& layouts,
             Slots& slots)
      : m_fparam_mean(copy(space, fitting.fparam_mean)),
        m_fparam_factor(copy(space, fitting.fparam_inverse_std)),
        m_default_fparam(copy(space, fitting.default_fparam)),
        m_input(slots.add<Input>()) {
    if (!fitting.aparam_is_mask) {
      m_aparam_mean = copy(space, fitting.aparam_mean);
      m_aparam_factor = copy(space, fitting.aparam_inverse_std);
    }
    for (std::size_t type = 0; type < layouts.size(); ++type)
      m_types.push_back({layouts[type].columns, layouts[type].single, layouts[type].parameters,
                         to_space<int>(space, "dp::Parameters::columns", layouts[type].constant_columns),
                         copy(space, fitting.constants[type])});
  }

  Slot<Input> input() const { return m_input; }  ///< where the input is

  bool forward(Space const& space, Step<Space> const& step, Tile<Space> const& tile,
               Arena& arena) const override {
    auto const& type = m_types[static_cast<std::size_t>(tile.type)];
    auto const& configuration = step.configuration;
    DP_EXPECT(configuration.fparam.extent(0) == m_fparam_mean.extent(0) ||
                  m_default_fparam.extent(0) == m_fparam_mean.extent(0),
              "dp::Parameters: expected ", m_fparam_mean.extent(0), " frame parameters, found ",
              configuration.fparam.extent(0));
    DP_EXPECT(configuration.aparam.extent(1) >= m_aparam_mean.extent(0), "dp::Parameters: expected ",
              m_aparam_mean.extent(0), " atomic parameters, found ", configuration.aparam.extent(1));
    auto& input = arena[m_input];
    input.x = input.memory.get(space, tile.centres.extent(0), static_cast<std::size_t>(type.columns));
    input.single =
        input.single_memory.get(space, tile.centres.extent(0), static_cast<std::size_t>(type.single));
    if (m_fparam_mean.extent(0) + m_aparam_mean.extent(0) + type.constants.extent(0) == 0) return true;
    Kokkos::parallel_for(
        "dp::Parameters::fill", detail::LightRange<Space>(space, 0, tile.atoms()),
        detail::FillParameters<Space, typename Precision::Stored>{
            configuration.fparam.extent(0) ? configuration.fparam
                                           : Strided1<double const, Space>(m_default_fparam),
            m_fparam_mean, m_fparam_factor, configuration.aparam, m_aparam_mean, m_aparam_factor,
            type.constants, type.constant_columns, tile.centres, type.parameters, input.x});
    return true;
  }

  /// Nothing here moves with the atoms.
  void adjoint(Space const&, Step<Space> const&, Tile<Space> const&, Arena&) const override {}

  std::size_t bytes_per_atom(int type, std::int64_t) const override {
    auto const& of = m_types[static_cast<std::size_t>(type)];
    return static_cast<std::size_t>(of.columns) * sizeof(typename Precision::Stored) +
           static_cast<std::size_t>(of.single) * sizeof(float);
  }

 private:
  struct Type {
    int columns, single, parameters;
    Constants<int, Space> constant_columns;
    Constants<double, Space> constants;
  };
  static Constants<double, Space> copy(Space const& space, std::vector<double> const& values) {
    return to_space<double>(space, "dp::Parameters", values);
  }

  Constants<double, Space> m_fparam_mean, m_fparam_factor, m_aparam_mean, m_aparam_factor, m_default_fparam;
  std::vector<Type> m_types;
  Slot<Input> m_input;
};

}  // namespace dp
