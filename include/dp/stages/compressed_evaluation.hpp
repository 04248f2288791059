// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <atomic>
#include <cstdint>
#include <dp/input/configuration.hpp>
#include <dp/input/tile.hpp>
#include <dp/stages/centre_basis.hpp>
#include <dp/stages/compressed_descriptor.hpp>
#include <dp/stages/exact_evaluation.hpp>
#include <dp/stages/fitting_net.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace dp {

/// Descriptor and fitting net of a tile, forward and back, in a low-rank basis with the first fitting layer
/// folded. Tiles with neighbours nearer than the tables reach go through the exact nets, blended in smoothly
/// (see Handover).
template <class Space, class Precision>
class CompressedEvaluation {
 public:
  using T = typename Precision::Net;  ///< what the nets compute in

  /// `bases`: per pair of types, K a multiple of basis_multiple<T>.
  CompressedEvaluation(Space const& space, Model const& model, std::vector<EmbeddingBasis> const& bases)
      : m_shared(std::make_shared<Shared>(model, bases, centres(model, bases))),
        m_descriptor(space, model, bases, m_shared->centres),
        m_fitting(space, model, folded(model, m_shared->centres), dimensions(m_shared->centres)) {}

  /// As ExactEvaluation::run().
  Columns<double, Space> run(Space const& space, Tile<Space> const& tile,
                             Configuration<Space> const& configuration,
                             EnvironmentMatrix<Space> const& environment, Vector<double, Space> energy,
                             bool derivative) {
    if (m_descriptor.locate(space, tile.type, environment) > 0)
      return hand_over(space, tile, configuration, environment, energy, derivative);
    auto const x = m_fitting.input(space, tile.type, configuration, tile.centres);
    m_descriptor.forward(space, tile.type, environment, x);
    m_fitting.forward(space, tile.type, x, energy, derivative);
    if (!derivative) return {};
    return m_descriptor.adjoint(space, tile.type, environment, m_fitting.adjoint(space, tile.type));
  }

  /// As run(), but for a tile that is known to have neighbours beyond the tables.
  template <class Kernels = DefaultKernels<Space>>
  Columns<double, Space> hand_over(Space const& space, Tile<Space> const& tile,
                                   Configuration<Space> const& configuration,
                                   EnvironmentMatrix<Space> const& environment, Vector<double, Space> energy,
                                   bool derivative) {
    m_shared->handed_over += tile.atoms();
    return exact(space).template run<Kernels>(space, tile, configuration, environment, energy, derivative);
  }

  CompressedDescriptor<Space, Precision>& descriptor() { return m_descriptor; }  ///< for FusedEvaluation
  CompressedDescriptor<Space, Precision> const& descriptor() const { return m_descriptor; }  ///< likewise
  FittingNet<Space, Precision>& fitting() { return m_fitting; }                              ///< likewise

  /// Atoms whose tile went through the exact nets, here or in copies of this object, since construction.
  std::int64_t handed_over() const { return m_shared->handed_over; }
  std::vector<EmbeddingBasis> const& bases() const { return m_shared->bases; }        ///< per pair of types
  std::vector<CentreBasis> const& centre_bases() const { return m_shared->centres; }  ///< per centre type

  /// Memory held on `Space`.
  std::size_t bytes() const {
    return m_descriptor.bytes() + m_fitting.bytes() + (m_exact ? m_exact->bytes() : 0);
  }

 private:
  static constexpr int lanes = Lanes<Space, T>::count;

  static std::vector<CentreBasis> centres(Model const& model, std::vector<EmbeddingBasis> const& bases) {
    std::vector<CentreBasis> result;
    auto const n = model.ntypes();
    for (int i = 0; i < n; ++i)
      result.emplace_back(
          model, i, std::vector<EmbeddingBasis>(bases.begin() + i * n, bases.begin() + (i + 1) * n), lanes);
    return result;
  }
  static std::vector<Net> folded(Model const& model, std::vector<CentreBasis> const& centres) {
    std::vector<Net> nets;
    for (int i = 0; i < model.ntypes(); ++i)
      nets.push_back(centres[static_cast<std::size_t>(i)].fold(model, i, lanes));
    return nets;
  }
  static std::vector<int> dimensions(std::vector<CentreBasis> const& centres) {
    std::vector<int> result;
    for (auto const& centre : centres) result.push_back(centre.dimension);
    return result;
  }

  /// What copies have in common.
  struct Shared {
    Shared(Model const& m, std::vector<EmbeddingBasis> const& b, std::vector<CentreBasis> c)
        : model(m), bases(b), centres(std::move(c)) {}

    Model model;
    std::vector<EmbeddingBasis> bases;
    std::vector<CentreBasis> centres;
    std::atomic<std::int64_t> handed_over = 0;
    std::mutex making;
    std::optional<ExactEvaluation<Space, Precision>> exact;  // never run, only copied
  };

  /// Made when it is first needed, which in most runs is never.
  ExactEvaluation<Space, Precision>& exact(Space const& space) {
    if (!m_exact) {
      std::lock_guard const lock(m_shared->making);
      if (!m_shared->exact) {
        m_shared->exact.emplace(space, m_shared->model);
        m_shared->exact->hand_over(space, m_shared->model, Handover<Space, T>(space, m_shared->bases));
      }
      m_exact.emplace(*m_shared->exact);
    }
    return *m_exact;
  }

  std::shared_ptr<Shared> m_shared;
  CompressedDescriptor<Space, Precision> m_descriptor;
  FittingNet<Space, Precision> m_fitting;
  std::optional<ExactEvaluation<Space, Precision>> m_exact;
};

}  // namespace dp
