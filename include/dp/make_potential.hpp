// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/core/precision.hpp>
#include <dp/deep_potential.hpp>
#include <dp/long_range/electrostatics.hpp>
#include <dp/long_range/long_range_potential.hpp>
#include <dp/long_range/make_charge_sum.hpp>
#include <dp/potential.hpp>
#include <memory>
#include <utility>

namespace dp {

template <class Space>
std::unique_ptr<Potential<Space>> make_potential(Space const& space, Model const& model,
                                                 Options const& options) {
  if (model.long_range) {
    model.check();
    Model nets = model;
    nets.long_range.reset();
    auto electrostatics = std::make_unique<Electrostatics<Space>>(
        space, model, make_potential(space, *model.long_range->dipole, options),
        make_charge_sum<Space>(*model.long_range, options));
    return std::make_unique<LongRangePotential<Space>>(model, make_potential(space, nets, options),
                                                       std::move(electrostatics));
  }
  switch (options.precision) {
    case NetPrecision::mix32:
      return std::make_unique<DeepPotential<Space, Mix32>>(space, model, options);
    case NetPrecision::mix16:
      return std::make_unique<DeepPotential<Space, Mix16>>(space, model, options);
    case NetPrecision::float64:
      break;
  }
  return std::make_unique<DeepPotential<Space, Double>>(space, model, options);
}

}  // namespace dp
