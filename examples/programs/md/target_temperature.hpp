// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

#include "md/input.hpp"
#include "md/units.hpp"

namespace md {

/// The temperature that thermostat and barostat keep to: run.temperature, and from there on a straight line
/// in time. It follows from the number of the step alone, so that a continued run needs to know no more.
class TargetTemperature {
 public:
  explicit TargetTemperature(Input const& input)
      : m_begin(input.temperature), m_change(input.heating * input.timestep * units::femtosecond) {}

  double at(std::int64_t step) const { return m_begin + m_change * static_cast<double>(step); }  ///< K
  double kt(std::int64_t step) const { return units::boltzmann * at(step); }                     ///< eV

 private:
  double m_begin, m_change;  ///< K, K a step
};

}  // namespace md
