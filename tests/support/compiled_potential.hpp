// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/core/precision.hpp>
#include <dp/option_words.hpp>
#include <dp/potential.hpp>
#include <memory>
#include <string>

namespace dp::test {

/// What make_potential() gives for a precision, as an object: tests that look at what a potential computes
/// need not compile how.
template <class Space, class Precision = Double>
class CompiledPotential final : public Potential<Space> {
 public:
  explicit CompiledPotential(Model const& model, Options const& options = {})
      : CompiledPotential(Space(), model, options) {}
  CompiledPotential(Space const& space, Model const& model, Options options = {}) {
    options.precision = from_word<NetPrecision>(Precision::name);
    m_potential = make_potential(space, model, options);
  }

  void compute(Space const& space, Configuration<Space> const& configuration, NeighborList<Space> const& list,
               Output<Space> const& output) override {
    m_potential->compute(space, configuration, list, output);
  }
  void enqueue(Space const& space, Configuration<Space> const& configuration, NeighborList<Space> const& list,
               Output<Space> const& output) override {
    m_potential->enqueue(space, configuration, list, output);
  }
  void check(Space const& space) override { m_potential->check(space); }
  double cutoff() const override { return m_potential->cutoff(); }
  int ntypes() const override { return m_potential->ntypes(); }
  Quantity const& quantity() const override { return m_potential->quantity(); }
  Model const& model() const override { return m_potential->model(); }
  Options const& options() const override { return m_potential->options(); }
  Compression const* compressed() const override { return m_potential->compressed(); }
  std::string description() const override { return m_potential->description(); }
  std::int64_t handed_over() const override { return m_potential->handed_over(); }
  std::int64_t dropped() const override { return m_potential->dropped(); }
  std::size_t bytes() const override { return m_potential->bytes(); }

 private:
  std::unique_ptr<Potential<Space>> m_potential;
};

}  // namespace dp::test
