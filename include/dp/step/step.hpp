// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

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

}  // namespace dp
