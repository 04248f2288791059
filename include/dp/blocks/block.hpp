// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/step/arena.hpp>
#include <dp/step/step.hpp>
#include <vector>

namespace dp {

/// One step of the way from positions to energies, and the same step of the way back. A block has constants
/// only, so workers on different tiles can share it; what it needs in between, and what it leaves for other
/// blocks, it keeps in the arena, under slots that it was given or has added when it was made. Work is queued
/// on `space`. What is wrong with the input kernels write to `step.report`; nothing is thrown.
template <class Space>
class Block {
 public:
  virtual ~Block() = default;

  /// Once a step, before the blocks see any tile of it: for numbers that the host needs of all tiles, so that
  /// it waits for them once. False: nothing can be done, since the tiles are those of another step.
  virtual bool prepare(Space const& /*space*/, Step<Space> const& /*step*/,
                       std::vector<Tile<Space>> const& /*tiles*/, Arena& /*arena*/) const {
    return true;
  }

  /// From what the blocks before left in the arena to what those behind need. False: the tile has neighbours
  /// nearer than the block's tables reach, so the exact program must take it from the start. Nothing has been
  /// added to the outputs then: blocks that add stand behind all that may say so.
  [[nodiscard]] virtual bool forward(Space const& space, Step<Space> const& step, Tile<Space> const& tile,
                                     Arena& arena) const = 0;

  /// The way back, after forward() of the same tile: from the derivatives of the energy with respect to what
  /// forward() wrote to those with respect to what it read.
  virtual void adjoint(Space const& space, Step<Space> const& step, Tile<Space> const& tile,
                       Arena& arena) const = 0;

  /// Working memory for each atom of a tile of `type`, by which tiles of devices are cut; `longest`: entries
  /// of the list's longest row.
  virtual std::size_t bytes_per_atom(int /*type*/, std::int64_t /*longest*/) const { return 0; }
};

}  // namespace dp
