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
#include <dp/lower/lower_terms.hpp>
#include <dp/lower/nearest_of_pairs.hpp>
#include <dp/model/model.hpp>
#include <dp/potential.hpp>
#include <dp/program/bases.hpp>
#include <dp/program/terms.hpp>
#include <dp/schedule/evaluator.hpp>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace dp {

/// Energy, forces and virial of a Deep Potential model, with the nets in `Precision`: what make_potential()
/// makes, for those who know the precision when they compile. Its constructor is the way from a model to what
/// takes steps: lower_terms() makes Terms of the model, exact_program() or compressed_program() a Program of
/// blocks of these, and an Evaluator takes steps with it.
template <class Space = Kokkos::DefaultExecutionSpace, class Precision = Double>
class DeepPotential : public Potential<Space> {
 public:
  /// On the default instance of `Space`. Throws dp::Error as below.
  explicit DeepPotential(Model const& model, Options options = {}) : DeepPotential(Space(), model, options) {}

  /// Copies what it needs to `space`. Throws dp::Error if the model is inconsistent, if the tolerance of
  /// compressed evaluation is not positive, for nearest distances that are none of its, and for weights
  /// beyond the range of `Precision`.
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
  Quantity const& quantity() const override { return quantity_of(m_model); }
  Model const& model() const override { return m_model; }
  Options const& options() const override { return m_options; }
  Compression const* compressed() const override {
    for (auto const& compression : m_compressions)
      if (compression && compression->reached) return &*compression;
    return nullptr;
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
  std::vector<std::shared_ptr<Compression const>> m_compressions;  // of each network, where it was tried
  std::optional<Evaluator<Space>> m_evaluator;                     // from the constructor on
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
  if (model.long_range)
    fail(model.source,
         ": the model has long-range electrostatics, which make_potential() evaluates; for its nets alone, "
         "reset Model::long_range");
  Terms const terms = lower_terms(model);
  m_cutoff = dp::cutoff(model);
  bool const all_neighbours = options.overflow == Overflow::keep_all;
  if (m_options.evaluation == Evaluation::compressed && !(options.tolerance > 0.0))
    fail("dp::Options::tolerance: expected a positive number, found ", options.tolerance);
  if (quantity_of(model).is_energy()) check_nearest(options.nearest, model, m_cutoff);
  constexpr bool by_teams = !std::is_same_v<Kernels, Loops>;
  auto const may_compress = [&](Network const& network) {
    return m_options.evaluation == Evaluation::compressed && network.outputs.quantity.is_energy() &&
           !network.mixes_neighbours(by_teams) && !(by_teams && !terms.tables.empty());
  };
  // Errors of the members of a sum may be alike, so each has its share of the tolerance.
  auto const share =
      options.tolerance / static_cast<double>(std::max<std::ptrdiff_t>(
                              1, std::count_if(terms.networks.begin(), terms.networks.end(), may_compress)));
  std::vector<std::shared_ptr<FoldedNets const>> folded(terms.networks.size());
  for (std::size_t n = 0; n < folded.size(); ++n) {
    auto& compression = m_compressions.emplace_back();
    Network const& network = terms.networks[n];
    if (!may_compress(network)) continue;
    // Below this the rounding of nets in float, or with numbers in half, is larger than the truncation.
    double const rounding = is_mixed<Precision> ? 1e-4 : std::is_same_v<Net, float> ? 3e-6 : 0.0;
    // GPUs multiply doubles by matrix units as fast as floats without, and need no passes from one to the
    // other.
    bool const graded = options.graded && std::is_same_v<Precision, Double> && is_host_space<Space>;
    NearestOfPairs const nearest(network.type_map, network.min_nbor_dist, options.nearest);
    compression = std::make_shared<Compression const>(
        compress(space, network, std::max(share, rounding), nearest, basis_multiple<Net>, graded));
    if (compression->reached) folded[n] = compression;
  }
  // With teams the kernels of compressed networks leave atoms out that all else would have to leave out, too.
  if (by_teams && std::count(folded.begin(), folded.end(), nullptr) > 0)
    for (std::size_t n = 0; n < folded.size(); ++n)
      if (folded[n]) folded[n] = m_compressions[n] = nullptr;
  m_description = describe<Precision>(terms, options, m_compressions);
  m_evaluator.emplace(
      space, terms,
      compressed() ? compressed_program<Space, Precision, Kernels>(space, terms, folded, all_neighbours)
                   : exact_program<Space, Precision, Kernels>(space, terms, all_neighbours),
      options);
}

}  // namespace dp
