// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <dp/core/error.hpp>
#include <dp/core/kernels.hpp>
#include <dp/core/lanes.hpp>
#include <dp/core/precision.hpp>
#include <dp/lower/compressed_program.hpp>
#include <dp/lower/compression.hpp>
#include <dp/lower/describe.hpp>
#include <dp/lower/exact_program.hpp>
#include <dp/lower/fold.hpp>
#include <dp/lower/lower.hpp>
#include <dp/model/model.hpp>
#include <dp/potential.hpp>
#include <dp/program/bases.hpp>
#include <dp/schedule/evaluator.hpp>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace dp {

/// Energy, forces and virial of a Deep Potential model, with the nets in `Precision`: what make_potential()
/// makes, for those who know the precision when they compile. Its constructor is the way from a model to what
/// takes steps: lower() makes a Network of the model, exact_program() or compressed_program() a Program of
/// blocks of that, and an Evaluator takes steps with it.
template <class Space = Kokkos::DefaultExecutionSpace, class Precision = Double>
class DeepPotential : public Potential<Space> {
 public:
  /// On the default instance of `Space`. Throws dp::Error as below.
  explicit DeepPotential(Model const& model, Options options = {}) : DeepPotential(Space(), model, options) {}

  /// Copies what it needs to `space`. Throws dp::Error if the model is inconsistent, if the tolerance of
  /// compressed evaluation is not positive, and for weights beyond the range of `Precision`.
  DeepPotential(Space const& space, Model const& model, Options options = {});

  /// How kernels are cut into work is said by `Kernels`, which is to be left as it is but in tests.
  template <class Kernels>
  DeepPotential(Kernels kernels, Space const& space, Model const& model, Options options);

  /// See Potential, as all below.
  void compute(Space const& space, Configuration<Space> const& configuration, NeighborList<Space> const& list,
               Output<Space> const& output) override {
    m_evaluator->compute(space, configuration, list, output);
  }
  /// See Potential.
  void enqueue(Space const& space, Configuration<Space> const& configuration, NeighborList<Space> const& list,
               Output<Space> const& output) override {
    m_evaluator->enqueue(space, configuration, list, output);
  }
  /// See Potential.
  void check(Space const& space) override { m_evaluator->check(space); }

  double cutoff() const override { return m_cutoff; }
  int ntypes() const override { return m_model.ntypes(); }
  Model const& model() const override { return m_model; }
  Options const& options() const override { return m_options; }
  Compression const* compressed() const override {
    return m_compression && m_compression->reached ? &*m_compression : nullptr;
  }
  std::string description() const override { return m_description; }
  std::int64_t handed_over() const override { return m_evaluator->handed_over(); }
  std::int64_t dropped() const override { return m_evaluator->dropped(); }
  std::size_t bytes() const override { return m_evaluator->bytes(); }

 private:
  Model m_model;
  Options m_options;
  double m_cutoff = 0.0;
  std::string m_description;
  std::optional<Compression> m_compression;     // where it was asked for
  std::optional<Evaluator<Space>> m_evaluator;  // from the constructor on
};

template <class Space, class Precision>
DeepPotential<Space, Precision>::DeepPotential(Space const& space, Model const& model, Options options)
    : DeepPotential(DefaultKernels<Space>(), space, model, options) {}

template <class Space, class Precision>
template <class Kernels>
DeepPotential<Space, Precision>::DeepPotential(Kernels, Space const& space, Model const& model,
                                               Options options)
    : m_model((model.check(), model)), m_options(options) {
  using Net = typename Precision::Net;
  Network const network = lower(model);
  for (auto const& chain : network.chains) m_cutoff = std::max(m_cutoff, chain.rcut);
  bool const all_neighbours = options.overflow == Overflow::keep_all;
  bool const mixes = std::any_of(network.chains.begin(), network.chains.end(),
                                 [](Chain const& chain) { return chain.mixes_neighbours(); });
  if (m_options.evaluation == Evaluation::compressed) {
    if (!(options.tolerance > 0.0))
      fail("dp::Options::tolerance: expected a positive number, found ", options.tolerance);
    // Below this the rounding of nets in float, or with numbers in half, is larger than the truncation.
    double const rounding = is_mixed<Precision> ? 1e-4 : std::is_same_v<Net, float> ? 3e-6 : 0.0;
    if (!mixes)
      m_compression = compress(space, network, std::max(options.tolerance, rounding), options.nearest,
                               basis_multiple<Net>);
  }
  Program<Space> program;
  if (compressed()) {
    FoldedNets const folded = fold(network, m_compression->chains, Lanes<Space, Net>::count);
    m_compression->chains = folded.chains;
    program = compressed_program<Space, Precision, Kernels>(space, network, folded, all_neighbours);
  } else {
    program = exact_program<Space, Precision, Kernels>(space, network, all_neighbours);
  }
  m_description = describe<Precision>(network, options, m_compression);
  m_evaluator.emplace(space, network, std::move(program), options);
}

}  // namespace dp
