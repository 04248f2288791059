// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/blocks/block.hpp>
#include <dp/blocks/channel_vectors.hpp>
#include <dp/blocks/output_net.hpp>
#include <dp/core/buffer.hpp>
#include <dp/core/entries.hpp>
#include <dp/core/expect.hpp>
#include <dp/kernels/outputs.hpp>
#include <dp/program/network.hpp>
#include <vector>

namespace dp {

/// What a model gives in the place of energies: a dipole, a polarisability, or the outputs of its fitting
/// nets themselves, added to Output::atom_output where there is one. The way back begins here, with the
/// caller's cotangent, and goes through the nets and straight to the vectors of channels.
template <class Space>
class AtomicOutput final : public Block<Space> {
 public:
  /// Copies what it needs to `space`. `outputs`, `vectors`: where y and the vectors are. `half`: numbers may
  /// be beyond the range of Half.
  AtomicOutput(Space const& space, Outputs const& outputs, Slot<NetOutputs<Space>> y,
               Slot<VectorRows<Space>> vectors, bool half)
      : m_contraction(outputs.contraction),
        m_components(outputs.quantity.components),
        m_channels(outputs.channels),
        m_half(half),
        m_outputs(y),
        m_vectors(vectors) {
    for (auto const& shift : outputs.shift)
      m_shift.push_back(to_space<double>(space, "dp::AtomicOutput::shift", shift));
  }

  bool forward(Space const& space, Step<Space> const& step, Tile<Space> const& tile,
               Arena& arena) const override {
    Kokkos::Profiling::ScopedRegion region("dp::fitting");
    if (!step.output.atom_output.data() && !m_half) return true;
    detail::for_each_entry(
        space, "dp::AtomicOutput::contract", tile.atoms(), m_components,
        detail::ContractOutputs<Space>{m_contraction, m_channels, arena[m_outputs].y, arena[m_vectors].value,
                                       m_shift[static_cast<std::size_t>(tile.type)], tile.centres,
                                       step.output.atom_output, step.report, m_half});
    return true;
  }

  void adjoint(Space const& space, Step<Space> const& step, Tile<Space> const& tile,
               Arena& arena) const override {
    Kokkos::Profiling::ScopedRegion region("dp::fitting");
    auto& outputs = arena[m_outputs];
    auto& vectors = arena[m_vectors];
    bool const turns = m_contraction != Contraction::none;
    DP_EXPECT(step.output.cotangent.data() || tile.atoms() == 0, "dp::AtomicOutput: expected a cotangent");
    outputs.dy = outputs.adjoint_memory.get(space, outputs.y.extent(0), outputs.y.extent(1));
    if (turns)
      vectors.adjoint = vectors.adjoint_memory.get(space, vectors.value.extent(0), vectors.value.extent(1));
    detail::for_each_entry(
        space, "dp::AtomicOutput::adjoint", tile.atoms(), turns ? m_channels : m_components,
        detail::ContractOutputsAdjoint<Space>{m_contraction, m_channels, outputs.y, vectors.value,
                                              tile.centres, step.output.cotangent, outputs.dy,
                                              vectors.adjoint});
  }

 private:
  Contraction m_contraction;
  int m_components, m_channels;
  bool m_half;
  std::vector<Constants<double, Space>> m_shift;  // per type
  Slot<NetOutputs<Space>> m_outputs;
  Slot<VectorRows<Space>> m_vectors;
};

}  // namespace dp
