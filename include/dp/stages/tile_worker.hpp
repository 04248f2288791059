// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/input/configuration.hpp>
#include <dp/input/neighbor_list.hpp>
#include <dp/input/tile.hpp>
#include <dp/stages/compressed_evaluation.hpp>
#include <dp/stages/environment_matrix.hpp>
#include <dp/stages/exact_evaluation.hpp>
#include <dp/stages/force_virial.hpp>
#include <dp/stages/note_overflow.hpp>
#include <utility>
#include <variant>

namespace dp {

/// Takes one tile after the other through all stages. Copies share the constants and have workspace of their
/// own, so they can work at the same time.
template <class Space, class Precision>
class TileWorker {
 public:
  using Exact = ExactEvaluation<Space, Precision>;            ///< one way of a tile
  using Compressed = CompressedEvaluation<Space, Precision>;  ///< the other

  /// `evaluation`: Exact or Compressed, not used yet. `all_neighbours`: also those beyond sel count.
  template <class Evaluation>
  TileWorker(Space const& space, Model const& model, Evaluation evaluation, bool all_neighbours)
      : m_environment(space, model, all_neighbours), m_evaluation(std::move(evaluation)) {}

  /// Adds the results of `tile` to `output`, or sums to `fixed` if that is given. `derivative`: with forces
  /// or virials.
  void run(Space const& space, Tile<Space> const& tile, Configuration<Space> const& configuration,
           NeighborList<Space> const& list, typename detail::Status<Space>::Values const& status,
           bool derivative, Output<Space> const& output, FixedSums<Space> const* fixed) {
    m_environment.template build<Loops>(space, tile, configuration, list, status);
    auto const energy = m_energy.get(space, tile.list_rows.extent(0));
    auto const gradient = std::visit(
        [&](auto& evaluation) {
          return evaluation.run(space, tile, configuration, m_environment, energy, derivative);
        },
        m_evaluation);
    if constexpr (is_mixed<Precision>)
      detail::note_overflow<Space>(space, {energy, tile.centres, m_environment.atom(), gradient, status});
    m_environment.adjoint(space, gradient);
    m_forces.template add<Loops>(space, m_environment, tile.centres, energy, gradient, output, fixed);
  }

  /// The compressed evaluation; null where the exact one is used.
  Compressed const* compressed() const { return std::get_if<Compressed>(&m_evaluation); }

  /// Working memory held on `Space`.
  std::size_t bytes() const {
    return m_environment.bytes() + m_energy.bytes() +
           std::visit([](auto const& evaluation) { return evaluation.bytes(); }, m_evaluation);
  }

 private:
  EnvironmentMatrix<Space> m_environment;
  std::variant<Exact, Compressed> m_evaluation;
  ForceVirial<Space> m_forces;
  Buffer<double, Space> m_energy{"dp::TileWorker::energy"};
};

}  // namespace dp
