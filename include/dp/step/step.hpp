// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/core/views.hpp>
#include <dp/input/configuration.hpp>
#include <dp/input/neighbor_list.hpp>
#include <dp/step/fixed_sums.hpp>
#include <dp/step/report.hpp>

namespace dp {

/// What blocks need to know of a step: what is given, what is wanted and where to report what is wrong. A
/// small value, which owns nothing.
template <class Space>
struct Step {
  Configuration<Space> configuration;       ///< the atoms
  NeighborList<Space> list;                 ///< their neighbours
  Output<Space> output;                     ///< what to add results to
  typename Report<Space>::Values report;    ///< what kernels report to
  FixedSums<Space> const* fixed = nullptr;  ///< of a reproducible step: what to add sums to, instead
  int first_type = 0;                       ///< of the frame's first atom; see AbsentType::first

  /// Whether forces or virials are wanted.
  bool derivative() const { return output.force.data() || output.virial.data() || output.atom_virial.data(); }
};

/// Atoms of one type that go through all blocks together.
template <class Space>
struct Tile {
  int type = 0;                                 ///< of the atoms
  Vector<std::int64_t const, Space> list_rows;  ///< the row of the neighbour list of each atom
  Vector<int const, Space> centres;             ///< its index in the configuration
  std::int64_t longest = 0;                     ///< entries of the longest row of the list
  std::size_t number = 0;                       ///< among the tiles of the step
  typename Report<Space>::Values flags = {};    ///< of its blocks of atoms; empty: none can be flagged

  /// Atoms of the tile.
  KOKKOS_FUNCTION std::int64_t atoms() const { return static_cast<std::int64_t>(list_rows.extent(0)); }
};

}  // namespace dp
