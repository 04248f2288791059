// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/input/configuration.hpp>
#include <dp/input/neighbor_list.hpp>
#include <dp/input/tile.hpp>
#include <dp/stages/compressed_evaluation.hpp>
#include <dp/stages/environment_matrix.hpp>
#include <dp/stages/exact_evaluation.hpp>
#include <dp/stages/fixed_sums.hpp>
#include <dp/stages/force_virial.hpp>
#include <dp/stages/fused_evaluation.hpp>
#include <dp/stages/note_overflow.hpp>
#include <dp/stages/tiles.hpp>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

namespace dp {

/// Takes all tiles of a step through all stages with kernels made of teams: what TileWorkers is for the
/// processors of a host. With the compressed evaluation the host waits for nothing.
template <class Space, class Precision, class Kernels>
class TeamSteps {
 public:
  using Exact = ExactEvaluation<Space, Precision>;            ///< one way of a tile
  using Compressed = CompressedEvaluation<Space, Precision>;  ///< the other
  using Status = detail::Status<Space>;                       ///< what kernels report to

  /// `evaluation`: Exact or Compressed, not used yet. `all_neighbours`: also those beyond sel count.
  template <class Evaluation>
  TeamSteps(Space const& space, Model const& model, Evaluation evaluation, bool reproducible,
            bool all_neighbours)
      : m_reproducible(reproducible),
        m_all_neighbours(all_neighbours),
        m_sel(model.descriptor.nnei()),
        m_width(model.descriptor.width()),
        m_environment(space, model, all_neighbours),
        m_evaluation(std::move(evaluation)) {
    if (compressed()) m_fused.emplace(space, model, all_neighbours);
  }

  /// Adds to `output`, unless the grouping of `tiles` turns out to be stale. `size`: most atoms of a tile; 0:
  /// chosen here. Atoms near others are flagged in `status` and left out in the compressed evaluation.
  void run(Space const& space, Tiles<Space> const& tiles, std::int64_t size,
           Configuration<Space> const& configuration, NeighborList<Space> const& list, Status& status,
           Output<Space> const& output) {
    m_tiles = tiles.list(size > 0 ? size : tile_size(tiles.longest()));
    auto* const evaluation = std::get_if<Compressed>(&m_evaluation);
    std::int64_t blocks = 0;
    for (auto const& tile : m_tiles) blocks += detail::flag_blocks(tile.atoms());
    if (evaluation) status.reserve(space, static_cast<std::size_t>(blocks));
    auto const* const fixed = begin(space, output, status);
    if (!evaluation) {
      run_exact(space, configuration, list, status, output, fixed);
    } else {
      std::size_t block = 0;
      for (auto const& tile : m_tiles) {
        auto const count = static_cast<std::size_t>(detail::flag_blocks(tile.atoms()));
        m_fused->run(space, tile, configuration, list, {status.values(), status.flags(block, count)},
                     *evaluation, m_forces, output, fixed, wants_derivative(output));
        block += count;
      }
    }
    if (fixed) m_fixed.end(space, output);
  }

  /// After run() and Status::fetch(): the atoms that were left out, with the exact nets. False if there are
  /// none.
  bool hand_over(Space const& space, Configuration<Space> const& configuration,
                 NeighborList<Space> const& list, Status& status, Output<Space> const& output) {
    auto flagged = flagged_tiles(status);
    if (flagged.empty()) return false;
    m_tiles = std::move(flagged);
    auto const* const fixed = begin(space, output, status);
    run_exact(space, configuration, list, status, output, fixed);
    if (fixed) m_fixed.end(space, output);
    return true;
  }

  /// How many atoms these are.
  std::int64_t left_out(Status const& status) const {
    std::int64_t atoms = 0;
    for (auto const& tile : flagged_tiles(status)) atoms += tile.atoms();
    return atoms;
  }

  /// The compressed evaluation; null where the exact one is used.
  Compressed const* compressed() const { return std::get_if<Compressed>(&m_evaluation); }

  /// Working memory held on `Space`.
  std::size_t bytes() const {
    return m_environment.bytes() + m_energy.bytes() + m_forces.bytes() + m_fixed.bytes() +
           (m_fused ? m_fused->bytes() : 0) +
           std::visit([](auto const& evaluation) { return evaluation.bytes(); }, m_evaluation);
  }

 private:
  static constexpr std::int64_t exact_budget = std::int64_t(2) << 30;  // bytes, if all of sel are there

  std::int64_t tile_size(std::int64_t longest) const {
    if (m_fused) return m_fused->tile_size(*compressed(), longest);
    // G and dG/ds are most of the memory.
    auto const rows = m_all_neighbours ? std::max(longest, m_sel) : m_sel;
    auto const numbers = rows * m_width * 2;
    return std::clamp<std::int64_t>(
        exact_budget / (numbers * static_cast<std::int64_t>(sizeof(typename Precision::Net))), 1024, 16384);
  }
  static bool wants_derivative(Output<Space> const& output) {
    return output.force.data() || output.virial.data() || output.atom_virial.data();
  }

  FixedSums<Space> const* begin(Space const& space, Output<Space> const& output, Status const& status) {
    if (!m_reproducible) return nullptr;
    m_fixed.begin(space, output, status.values());
    return &m_fixed;
  }

  /// Waits once, for the numbers of rows of all tiles.
  void run_exact(Space const& space, Configuration<Space> const& configuration,
                 NeighborList<Space> const& list, Status const& status, Output<Space> const& output,
                 FixedSums<Space> const* fixed) {
    auto const values = status.values();
    bool const derivative = wants_derivative(output);
    if (!m_environment.template count<Kernels>(space, m_tiles, configuration, list, values)) return;
    for (std::size_t k = 0; k < m_tiles.size(); ++k) {
      auto const& tile = m_tiles[k];
      m_environment.template build_counted<Kernels>(space, m_tiles, k, configuration, list, values);
      auto const energy = m_energy.get(space, tile.list_rows.extent(0));
      auto* const exact = std::get_if<Exact>(&m_evaluation);
      auto const gradient =
          exact ? exact->template run<Kernels>(space, tile, configuration, m_environment, energy, derivative)
                : std::get<Compressed>(m_evaluation)
                      .template hand_over<Kernels>(space, tile, configuration, m_environment, energy,
                                                   derivative);
      if constexpr (is_mixed<Precision>)
        detail::note_overflow<Space>(space, {energy, tile.centres, m_environment.atom(), gradient, values});
      m_environment.adjoint(space, gradient);
      m_forces.template add<Kernels>(space, m_environment, tile.centres, energy, gradient, output, fixed);
    }
  }

  /// The flagged blocks of the tiles.
  std::vector<Tile<Space>> flagged_tiles(Status const& status) const {
    std::vector<Tile<Space>> result;
    std::size_t block = 0;
    if (m_fused)
      for (auto const& tile : m_tiles)
        for (std::int64_t first = 0; first < tile.atoms(); first += detail::flag_block, ++block) {
          if (!status.flagged(block)) continue;
          auto const n =
              static_cast<std::size_t>(std::min<std::int64_t>(detail::flag_block, tile.atoms() - first));
          result.push_back({tile.type, Vector<std::int64_t const, Space>(tile.list_rows.data() + first, n),
                            Vector<int const, Space>(tile.centres.data() + first, n), tile.longest});
        }
    return result;
  }

  bool m_reproducible, m_all_neighbours;
  std::int64_t m_sel, m_width;  // sum of sel, channels of G
  EnvironmentMatrix<Space> m_environment;
  std::variant<Exact, Compressed> m_evaluation;
  std::optional<FusedEvaluation<Space, Precision, Kernels>> m_fused;  // where m_evaluation is Compressed
  ForceVirial<Space> m_forces;
  FixedSums<Space> m_fixed;
  std::vector<Tile<Space>> m_tiles;  // of the last step
  Buffer<double, Space> m_energy{"dp::TeamSteps::energy"};
};

}  // namespace dp
