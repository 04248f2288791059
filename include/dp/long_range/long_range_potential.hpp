// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <dp/core/quantity.hpp>
#include <dp/long_range/postponed.hpp>
#include <dp/model/model.hpp>
#include <dp/potential.hpp>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace dp {

/// A model with long-range electrostatics: the sum of its short-range part and of these. What
/// make_potential() gives for a Model with LongRange.
template <class Space>
class LongRangePotential : public Potential<Space> {
 public:
  /// `short_range`: of the model's nets; `electrostatics`: its Electrostatics.
  LongRangePotential(Model const& model, std::unique_ptr<Potential<Space>> short_range,
                     std::unique_ptr<Potential<Space>> electrostatics)
      : m_model(model), m_short_range(std::move(short_range)), m_electrostatics(std::move(electrostatics)) {}

  /// See Potential, as all below.
  void compute(Space const& space, Configuration<Space> const& configuration, NeighborList<Space> const& list,
               Output<Space> const& output) override {
    auto const error = detail::postponed(
        configuration.whole, [&] { m_short_range->compute(space, configuration, list, of_nets(output)); });
    auto const later = detail::postponed(configuration.whole, [&] {
      m_electrostatics->compute(space, configuration, list, added(space, output));
    });
    if (error) std::rethrow_exception(error);
    if (later) std::rethrow_exception(later);
  }
  /// See Potential.
  void enqueue(Space const& space, Configuration<Space> const& configuration, NeighborList<Space> const& list,
               Output<Space> const& output) override {
    m_short_range->enqueue(space, configuration, list, of_nets(output));
    m_electrostatics->enqueue(space, configuration, list, added(space, output));
  }
  /// See Potential.
  void check(Space const& space) override {
    m_short_range->check(space);
    m_electrostatics->check(space);
  }

  double cutoff() const override { return std::max(m_short_range->cutoff(), m_electrostatics->cutoff()); }
  int ntypes() const override { return m_model.ntypes(); }
  Quantity const& quantity() const override { return m_short_range->quantity(); }
  Model const& model() const override { return m_model; }
  Options const& options() const override { return m_short_range->options(); }
  std::vector<Potential<Space>*> parts() override { return {m_short_range.get(), m_electrostatics.get()}; }
  Compression const* compressed() const override { return m_short_range->compressed(); }
  std::string description() const override {
    return m_short_range->description() + "; " + m_electrostatics->description();
  }
  std::int64_t handed_over() const override {
    return m_short_range->handed_over() + m_electrostatics->handed_over();
  }
  std::int64_t dropped() const override { return m_short_range->dropped() + m_electrostatics->dropped(); }
  std::size_t bytes() const override { return m_short_range->bytes() + m_electrostatics->bytes(); }

 private:
  static Output<Space> of_nets(Output<Space> output) {
    output.atom_output = {};
    return output;
  }
  /// The rest of the outputs, to be added to what the nets have given.
  static Output<Space> added(Space const& space, Output<Space> output) {
    if (output.atom_output.data() && !output.accumulate) Kokkos::deep_copy(space, output.atom_output, 0.0);
    output.accumulate = true;
    return output;
  }

  Model m_model;
  std::unique_ptr<Potential<Space>> m_short_range, m_electrostatics;
};

}  // namespace dp
