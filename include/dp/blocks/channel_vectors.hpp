// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/blocks/block.hpp>
#include <dp/blocks/neighbour_sums.hpp>
#include <dp/core/buffer.hpp>
#include <dp/core/entries.hpp>
#include <dp/core/expect.hpp>
#include <dp/kernels/outputs.hpp>
#include <dp/program/network.hpp>

namespace dp {

/// The vectors of the channels of all chains, and the derivatives of what is differentiated, each (atoms x 3
/// * channels).
template <class Space>
struct VectorRows {
  Matrix<double, Space> value;                            ///< a component of all channels after the other
  Matrix<double, Space> adjoint;                          ///< likewise
  Buffer<double, Space> memory{"dp::VectorRows::value"};  ///< of the values
  Buffer<double, Space> adjoint_memory{"dp::VectorRows::adjoint"};  ///< of the adjoints

  std::size_t bytes() const { return memory.bytes() + adjoint_memory.bytes(); }  ///< memory held on `Space`
};

/// The vectors of a chain's channels, rows 1 to 3 of T: they turn with the surroundings of an atom. Dipoles
/// and polarisabilities are made of them. On the way back what these say of T joins what the descriptor says,
/// so the block stands before Descriptor.
template <class Space, class Precision>
class ChannelVectors final : public Block<Space> {
 public:
  using T = typename Precision::Net;     ///< what is computed in
  using Sums = NeighbourSums<Space, T>;  ///< T

  /// `first`: the chain's first channel among `channels` of all. `sums`, `vectors`: where T and all vectors
  /// are.
  ChannelVectors(Chain const& chain, int first, int channels, Slot<Sums> sums,
                 Slot<VectorRows<Space>> vectors)
      : m_width(chain.width), m_first(first), m_channels(channels), m_sums(sums), m_vectors(vectors) {}

  bool forward(Space const& space, Step<Space> const&, Tile<Space> const& tile, Arena& arena) const override {
    Kokkos::Profiling::ScopedRegion region("dp::descriptor");
    auto const t = arena[m_sums].value;
    DP_EXPECT_MATRIX("dp::ChannelVectors: sums", t, tile.atoms(), 4 * m_width);
    auto& vectors = arena[m_vectors];
    vectors.value = vectors.memory.get(space, t.extent(0), static_cast<std::size_t>(3 * m_channels));
    detail::for_each_entry(space, "dp::ChannelVectors::take", tile.atoms(), 3 * m_width,
                           detail::TakeVectors<Space, T>{t, m_width, m_first, m_channels, vectors.value});
    return true;
  }

  void adjoint(Space const& space, Step<Space> const&, Tile<Space> const& tile, Arena& arena) const override {
    Kokkos::Profiling::ScopedRegion region("dp::descriptor");
    DP_EXPECT_MATRIX("dp::ChannelVectors: dL/dv", arena[m_vectors].adjoint, tile.atoms(), 3 * m_channels);
    auto const dt = arena[m_sums].reserve_adjoint(space);  // where Descriptor has left its part
    detail::for_each_entry(
        space, "dp::ChannelVectors::adjoint", tile.atoms(), 3 * m_width,
        detail::AddVectorAdjoint<Space, T>{arena[m_vectors].adjoint, m_width, m_first, m_channels, dt});
  }

  std::size_t bytes_per_atom(int, std::int64_t) const override {
    return 6 * static_cast<std::size_t>(m_width) * sizeof(double);
  }

 private:
  int m_width, m_first, m_channels;
  Slot<Sums> m_sums;
  Slot<VectorRows<Space>> m_vectors;
};

}  // namespace dp
