// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/model/model.hpp>
#include <variant>

/// The parts of models that tests look at and change.
namespace dp::test {

inline Standard& standard(Model& model) { return std::get<Standard>(model.atomic); }
inline Standard const& standard(Model const& model) { return std::get<Standard>(model.atomic); }

inline Fitting& fitting_part(Model& model) { return standard(model).fitting; }
inline Fitting const& fitting_part(Model const& model) { return standard(model).fitting; }

/// The descriptor of a model of se_e2_a or se_e2_r.
inline TwoBody& two_body(Model& model) {
  auto& node = standard(model).descriptor.node;
  if (auto* const d = std::get_if<SeA>(&node)) return *d;
  return std::get<SeR>(node);
}
inline TwoBody const& two_body(Model const& model) { return two_body(const_cast<Model&>(model)); }
inline TwoBody two_body(Model&& model) { return two_body(model); }

/// Whether that is se_e2_a.
inline bool angular(Model const& model) {
  return std::holds_alternative<SeA>(standard(model).descriptor.node);
}

/// Columns of the second factor, of a model of se_e2_a.
inline int& axis_neuron(Model& model) { return std::get<SeA>(standard(model).descriptor.node).axis_neuron; }
inline int axis_neuron(Model const& model) { return axis_neuron(const_cast<Model&>(model)); }

}  // namespace dp::test
