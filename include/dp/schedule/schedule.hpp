// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <dp/backend/branches.hpp>
#include <dp/backend/thread_instances.hpp>
#include <dp/schedule/groups.hpp>
#include <dp/schedule/program.hpp>
#include <dp/step/arena.hpp>
#include <dp/step/fixed_sums.hpp>
#include <dp/step/partial_outputs.hpp>
#include <dp/step/report.hpp>
#include <dp/step/step.hpp>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace dp {

/// Takes the tiles of a step through the blocks of a program. Where the threads of `Space` can have instances
/// of their own, each takes an equal share of the tiles through by itself: the threads meet once a step
/// instead of in every kernel, nothing is added atomically, and the same number of threads gives the same
/// bits. On a device the few tiles of a small system go side by side. Else one worker takes tile after tile
/// with all threads. Reproducible: any number of threads gives the same bits.
template <class Space>
class Schedule {
 public:
  /// `reproducible`: sums are made in fixed point, see FixedSums. `tile`: most atoms of a tile; 0: as the
  /// program says.
  Schedule(Program<Space> program, bool reproducible, std::int64_t tile)
      : m_program(std::move(program)), m_reproducible(reproducible), m_tile(tile) {}

  /// The whole way of a step, added to its outputs. `groups`: of its centres; `report`: that of which the
  /// step has the fields, which is given room for flags. With teams, blocks of atoms near others may be
  /// flagged in `report` and left out: see hand_over().
  void run(Space const& space, Step<Space> step, Groups<Space> const& groups, Report<Space>& report);

  /// After run() and Report::fetch(): takes the atoms that were left out through the exact program. False if
  /// there are none.
  bool hand_over(Space const& space, Step<Space> step, Report<Space> const& report) {
    if (!m_program.by_teams || !m_program.exact) return false;
    auto const tiles = flagged(report);
    if (tiles.empty()) return false;
    auto const& program = exact(space);
    auto& arena = m_workers.front().exact_arena;
    step.report = report.values();
    begin_sums(space, step);
    bool ready = true;
    for (auto const& block : program.blocks) ready = ready && block->prepare(space, step, tiles, arena);
    for (auto const& tile : tiles) {
      m_handed_over += tile.atoms();
      if (ready) take(space, step, tile, program, arena);
    }
    if (step.fixed) m_fixed.end(space, step.output);
    return true;
  }

  /// How many atoms these are.
  std::int64_t left_out(Report<Space> const& report) const {
    std::int64_t atoms = 0;
    for (auto const& tile : flagged(report)) atoms += tile.atoms();
    return atoms;
  }

  /// Atoms that went through the exact program, summed over all steps.
  std::int64_t handed_over() const { return m_handed_over; }

  Program<Space> const& program() const { return m_program; }  ///< as given

  /// Working memory held on `Space`.
  std::size_t bytes() const {
    std::size_t sum = m_parts.bytes() + m_fixed.bytes();
    for (auto const& worker : m_workers) sum += worker.arena.bytes() + worker.exact_arena.bytes();
    return sum;
  }

 private:
  /// Atoms up to which the tiles of a device go side by side: more fill it one after the other.
  static constexpr std::int64_t side_by_side = 1 << 15;
  static constexpr int branches = 4;  // at most: each has memory of its own, and that of a vendor's library

  /// Who takes tiles, one after the other.
  struct Worker {
    std::vector<Tile<Space>> tiles;
    Arena arena, exact_arena;
  };

  void take(Space const& space, Step<Space> const& step, Tile<Space> const& tile, Worker& worker);
  static bool take(Space const& space, Step<Space> const& step, Tile<Space> const& tile,
                   Program<Space> const& program, Arena& arena);

  /// Of more than one each has a thread, or a branch of a device's work; of one it has all.
  int count_workers(Space const& space, Groups<Space> const& groups) const {
    if (m_program.by_teams)
      return m_branches.possible && groups.atoms() <= side_by_side ? std::clamp(groups.types(), 1, branches)
                                                                   : 1;
    auto const most = std::max<std::int64_t>(groups.atoms(), 1);
    return static_cast<int>(std::min<std::int64_t>(m_instances.count(space), most));
  }

  /// The tiles of worker `k`. In reproducible steps the atoms of a tile, which may be handed over together,
  /// do not depend on the number of workers.
  void deal(Space const& space, Groups<Space> const& groups, int workers, int k,
            std::vector<Tile<Space>>& tiles) const {
    std::int64_t const threads =
        m_program.by_teams || workers > 1 || m_reproducible ? 1 : space.concurrency();
    std::int64_t const sharing = m_program.by_teams ? workers : 1;  // the memory of tiles
    auto const size =
        m_tile > 0 ? m_tile
                   : std::max<std::int64_t>(m_program.tile_size(groups.longest()) * threads / sharing, 1);
    if ((!m_reproducible && !m_program.by_teams) || workers == 1) return groups.cut(size, tiles, k, workers);
    groups.cut(size, tiles);
    std::size_t kept = 0;
    for (auto t = static_cast<std::size_t>(k); t < tiles.size(); t += static_cast<std::size_t>(workers)) {
      tiles[kept] = tiles[t];
      tiles[kept].number = kept;
      ++kept;
    }
    tiles.resize(kept);
  }

  /// Room for the flags of all blocks of atoms of the tiles.
  void lay_out_flags(Space const& space, Report<Space>& report) {
    std::int64_t blocks = 0;
    for (auto const& worker : m_workers)
      for (auto const& tile : worker.tiles) blocks += flag_blocks(tile.atoms());
    report.reserve(space, static_cast<std::size_t>(blocks));
    std::size_t first = 0;
    for (auto& worker : m_workers)
      for (auto& tile : worker.tiles) {
        auto const count = static_cast<std::size_t>(flag_blocks(tile.atoms()));
        tile.flags = report.flags(first, count);
        first += count;
      }
  }

  void begin_sums(Space const& space, Step<Space>& step) {
    if (!m_reproducible) return;
    m_fixed.begin(space, step.output, step.report);
    if (!m_program.by_teams && m_workers.size() > 1) space.fence("dp::Schedule: sums are cleared");
    step.fixed = &m_fixed;
  }

  /// The flagged blocks of the tiles, as tiles of their own.
  std::vector<Tile<Space>> flagged(Report<Space> const& report) const {
    std::vector<Tile<Space>> result;
    if (!m_program.by_teams || !m_program.exact || m_workers.empty()) return result;
    std::size_t block = 0;
    for (auto const& worker : m_workers)
      for (auto const& tile : worker.tiles)
        for (std::int64_t first = 0; first < tile.atoms(); first += flag_block, ++block) {
          if (!report.flagged(block)) continue;
          auto const n = static_cast<std::size_t>(std::min<std::int64_t>(flag_block, tile.atoms() - first));
          result.push_back({tile.type, Vector<std::int64_t const, Space>(tile.list_rows.data() + first, n),
                            Vector<int const, Space>(tile.centres.data() + first, n), tile.longest,
                            result.size()});
        }
    return result;
  }

  /// Made when it is first needed, which in most runs is never.
  Program<Space> const& exact(Space const& space) {
    std::lock_guard const lock(m_making);
    if (!m_exact) m_exact.emplace(m_program.exact(space));
    return *m_exact;
  }

  Program<Space> m_program;
  std::mutex m_making;
  std::optional<Program<Space>> m_exact;
  bool m_reproducible;
  std::int64_t m_tile;
  std::atomic<std::int64_t> m_handed_over = 0;
  std::deque<Worker> m_workers;
  backend::ThreadInstances<Space> m_instances;
  backend::Branches<Space> m_branches;
  PartialOutputs<Space> m_parts;
  FixedSums<Space> m_fixed;
};

/// Here everything happens: the centres of the step, grouped by type, are cut into tiles, and workers take
/// these through the blocks. For most models the blocks are Parameters, Neighbourhood, EnvironmentMatrix,
/// Embedding, Descriptor and FittingNet, which adds energies to the outputs; on the way back Neighbourhood
/// adds forces and virials.
template <class Space>
void Schedule<Space>::run(Space const& space, Step<Space> step, Groups<Space> const& groups,
                          Report<Space>& report) {
  int const n = count_workers(space, groups);
  while (m_workers.size() < static_cast<std::size_t>(n)) m_workers.emplace_back();
  for (auto& worker : m_workers) worker.tiles.clear();
  for (int k = 0; k < n; ++k) deal(space, groups, n, k, m_workers[static_cast<std::size_t>(k)].tiles);
  if (m_program.by_teams && m_program.exact) lay_out_flags(space, report);
  step.report = report.values();
  begin_sums(space, step);
  bool const apart = n > 1 && !m_program.by_teams && !step.fixed;
  if (apart)
    m_parts.reserve(space, n - 1, static_cast<std::int64_t>(step.configuration.positions.extent(0)),
                    step.output);
  auto const work = [&](int k, Space const& instance) {
    auto& worker = m_workers[static_cast<std::size_t>(k)];
    Step<Space> mine = step;
    if (apart && k > 0) mine.output = m_parts.part(instance, k - 1);
    for (auto const& block : m_program.blocks)
      if (!block->prepare(instance, mine, worker.tiles, worker.arena)) return;
    for (auto const& tile : worker.tiles) take(instance, mine, tile, worker);
  };
  if (m_program.by_teams)
    m_branches.for_each(space, n, work);
  else
    m_instances.for_each(space, n, work);
  if (apart) m_parts.join(space);
  if (step.fixed) m_fixed.end(space, step.output);
}

/// A tile, by the program or, where neighbours are nearer than its tables reach, by the exact one.
template <class Space>
void Schedule<Space>::take(Space const& space, Step<Space> const& step, Tile<Space> const& tile,
                           Worker& worker) {
  if (take(space, step, tile, m_program, worker.arena)) return;
  m_handed_over += tile.atoms();
  take(space, step, tile, exact(space), worker.exact_arena);
}

/// Forward through all blocks, then back.
template <class Space>
bool Schedule<Space>::take(Space const& space, Step<Space> const& step, Tile<Space> const& tile,
                           Program<Space> const& program, Arena& arena) {
  for (auto const& block : program.blocks)
    if (!block->forward(space, step, tile, arena)) return false;
  if (step.derivative())
    for (auto block = program.blocks.rbegin(); block != program.blocks.rend(); ++block)
      (*block)->adjoint(space, step, tile, arena);
  return true;
}

}  // namespace dp
