// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/core/kernels.hpp>
#include <dp/input/configuration.hpp>

namespace dp {

namespace detail {

/// Adds the parts' rows of an atom to the output, in the order of the parts; item 0 adds the totals too.
template <class Space>
struct JoinParts {
  int parts;
  std::int64_t atoms;
  int total_stride;
  double const *totals, *force, *atom_virial;  // one part after the other
  Output<Space> output;

  KOKKOS_FUNCTION void operator()(std::int64_t i) const {
    for (int p = 0; p < parts; ++p) {
      auto const row = p * atoms + i;
      if (output.force.data())
        for (int c = 0; c < 3; ++c) output.force(i, c) += force[3 * row + c];
      if (output.atom_virial.data())
        for (int c = 0; c < 9; ++c) output.atom_virial(i, c) += atom_virial[9 * row + c];
      if (i > 0) continue;
      double const* const total = totals + p * total_stride;
      if (output.energy.data()) output.energy() += total[0];
      if (output.virial.data())
        for (int c = 0; c < 9; ++c) output.virial(c) += total[1 + c];
    }
  }
};

}  // namespace detail

/// What threads that go through different tiles add to, each apart from the others, until all is joined in a
/// fixed order. So no thread waits for another's additions, and the sums do not depend on scheduling.
template <class Space>
class PartialOutputs {
 public:
  /// Memory for `parts` outputs with what `output` has, for `atoms` atoms.
  void reserve(Space const& space, int parts, std::int64_t atoms, Output<Space> const& output) {
    m_parts = parts;
    m_atoms = atoms;
    m_output = output;
    auto const rows = static_cast<std::size_t>(parts) * static_cast<std::size_t>(atoms);
    m_totals = m_total_memory.get(space, static_cast<std::size_t>(parts) * total_stride).data();
    m_force = m_force_memory.get(space, output.force.data() ? 3 * rows : 0).data();
    m_virial = m_virial_memory.get(space, output.atom_virial.data() ? 9 * rows : 0).data();
  }

  /// Part `p`, set to zero on `space`. What atoms have goes straight to the output: each belongs to
  /// one tile.
  Output<Space> part(Space const& space, int p) const {
    auto const n = static_cast<std::size_t>(m_atoms);
    Vector<double, Space> const totals(m_totals + p * total_stride, total_stride);
    Kokkos::deep_copy(space, totals, 0.0);
    Output<Space> part;
    part.atom_energy = m_output.atom_energy;
    part.atom_output = m_output.atom_output;
    part.cotangent = m_output.cotangent;
    if (m_output.energy.data()) part.energy = decltype(part.energy)(totals.data());
    if (m_output.virial.data()) part.virial = Vector<double, Space>(totals.data() + 1, 9);
    auto const rows = [&](double* memory, std::size_t columns) {
      Matrix<double, Space> const result(memory + static_cast<std::size_t>(p) * n * columns, n, columns);
      Kokkos::deep_copy(space, result, 0.0);
      return result;
    };
    if (m_output.force.data()) part.force = rows(m_force, 3);
    if (m_output.atom_virial.data()) part.atom_virial = rows(m_virial, 9);
    return part;
  }

  /// Adds the parts to the output.
  void join(Space const& space) const {
    Kokkos::Profiling::ScopedRegion region("dp::forces");
    bool const rows = m_output.force.data() || m_output.atom_virial.data();
    Kokkos::parallel_for(
        "dp::PartialOutputs::join",
        detail::LightRange<Space>(space, 0, rows ? m_atoms : std::min<std::int64_t>(m_atoms, 1)),
        detail::JoinParts<Space>{m_parts, m_atoms, total_stride, m_totals, m_force, m_virial, m_output});
  }

  /// Memory held on `Space`.
  std::size_t bytes() const {
    return m_total_memory.bytes() + m_force_memory.bytes() + m_virial_memory.bytes();
  }

 private:
  static constexpr int total_stride = 16;  // two cache lines for 1 + 9 numbers: no line is shared

  int m_parts = 0;
  std::int64_t m_atoms = 0;
  Output<Space> m_output;
  double *m_totals = nullptr, *m_force = nullptr, *m_virial = nullptr;
  Buffer<double, Space> m_total_memory{"dp::PartialOutputs::totals"},
      m_force_memory{"dp::PartialOutputs::force"}, m_virial_memory{"dp::PartialOutputs::atom_virial"};
};

}  // namespace dp
