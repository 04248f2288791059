// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstdint>
#include <dp/backend/thread_instances.hpp>
#include <dp/stages/partial_outputs.hpp>
#include <dp/stages/tile_worker.hpp>
#include <dp/stages/tiles.hpp>
#include <utility>
#include <vector>

namespace dp {

/// Takes all tiles of a step through all stages. Where the threads of `Space` can have instances of their
/// own, each takes an equal share of the tiles through by itself: the threads meet once a step instead of in
/// every kernel, nothing is added atomically, and the same number of threads gives the same bits. Else one
/// worker takes tile after tile with all threads. Reproducible: any number of threads gives the same bits.
template <class Space, class Precision>
class TileWorkers {
 public:
  /// `evaluation`: one of the ways of TileWorker, not used yet. `all_neighbours`: also those beyond sel
  /// count.
  template <class Evaluation>
  TileWorkers(Space const& space, Model const& model, Evaluation evaluation, bool reproducible,
              bool all_neighbours)
      : m_reproducible(reproducible) {
    m_workers.emplace_back(space, model, std::move(evaluation), all_neighbours);
    m_constants = m_workers.front().bytes();
  }

  /// So many can take a tile at the same time. Of more than one each has a thread, of one it has all.
  int count(Space const& space, Tiles<Space> const& tiles) const {
    auto const most = std::max<std::int64_t>(tiles.atoms(), 1);
    return static_cast<int>(std::min<std::int64_t>(m_instances.count(space), most));
  }

  /// Adds to `output`. `n`: count(); tiles have at most `size` atoms.
  void run(Space const& space, int n, Tiles<Space> const& tiles, std::int64_t size,
           Configuration<Space> const& configuration, NeighborList<Space> const& list,
           typename detail::Status<Space>::Values const& status, Output<Space> const& output) {
    while (m_workers.size() < static_cast<std::size_t>(n)) m_workers.push_back(m_workers.front());
    if (m_reproducible) return run_reproducible(space, n, tiles, size, configuration, list, status, output);
    if (n > 1)
      m_parts.reserve(space, n - 1, static_cast<std::int64_t>(configuration.positions.extent(0)), output);
    m_instances.for_each(space, n, [&](int k, Space const& instance) {
      Output<Space> const own = k == 0 ? output : m_parts.part(instance, k - 1);
      tiles.for_each(
          size,
          [&](Tile<Space> const& tile) {
            m_workers[static_cast<std::size_t>(k)].run(instance, tile, configuration, list, status,
                                                       wants_derivative(output), own, nullptr);
          },
          k, n);
    });
    if (n > 1) m_parts.join(space);
  }

  /// See DeepPotential::compressed().
  CompressedEvaluation<Space, Precision> const* compressed() const { return m_workers.front().compressed(); }

  /// Working memory held on `Space`.
  std::size_t bytes() const {
    std::size_t sum = m_parts.bytes() + m_fixed.bytes() + m_constants;
    for (auto const& worker : m_workers) sum += worker.bytes() - m_constants;
    return sum;
  }

 private:
  static bool wants_derivative(Output<Space> const& output) {
    return output.force.data() || output.virial.data() || output.atom_virial.data();
  }

  /// Tiles are the same for any number of workers, and so are sums.
  void run_reproducible(Space const& space, int n, Tiles<Space> const& tiles, std::int64_t size,
                        Configuration<Space> const& configuration, NeighborList<Space> const& list,
                        typename detail::Status<Space>::Values const& status, Output<Space> const& output) {
    m_fixed.begin(space, output, status);
    space.fence("dp::TileWorkers: sums are cleared");
    auto const all = tiles.list(size);
    m_instances.for_each(space, n, [&](int k, Space const& instance) {
      for (std::size_t t = static_cast<std::size_t>(k); t < all.size(); t += static_cast<std::size_t>(n))
        m_workers[static_cast<std::size_t>(k)].run(instance, all[t], configuration, list, status,
                                                   wants_derivative(output), output, &m_fixed);
    });
    m_fixed.end(space, output);
  }

  bool m_reproducible;
  std::size_t m_constants;  // bytes that all workers share
  std::vector<TileWorker<Space, Precision>> m_workers;
  backend::ThreadInstances<Space> m_instances;
  PartialOutputs<Space> m_parts;
  FixedSums<Space> m_fixed;
};

}  // namespace dp
