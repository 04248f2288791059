// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/blocks/block.hpp>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace dp {

/// What a model becomes: blocks, in the order of the way from positions to energies. exact_program() and
/// compressed_program() make one; Schedule runs it.
template <class Space>
struct Program {
  std::vector<std::unique_ptr<Block<Space> const>> blocks;  ///< first to last
  /// Atoms of a tile that a thread takes at once, or a device; the argument is the number of entries of the
  /// list's longest row.
  std::function<std::int64_t(std::int64_t)> tile_size;
  /// Whether kernels are made of teams of threads, for tiles that have the execution space to themselves.
  bool by_teams = false;
  /// Makes the program of tiles whose neighbours are nearer than the tables of this one reach; empty where
  /// there are no tables.
  std::function<Program(Space const&)> exact;
};

namespace detail {

/// Adds a block to a program and returns it.
template <class BlockType, class Space, class... Arguments>
BlockType const& add(Program<Space>& program, Arguments&&... arguments) {
  auto block = std::make_unique<BlockType const>(std::forward<Arguments>(arguments)...);
  auto const& result = *block;
  program.blocks.push_back(std::move(block));
  return result;
}

}  // namespace detail

}  // namespace dp
