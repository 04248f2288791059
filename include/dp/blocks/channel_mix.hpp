// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/blocks/block.hpp>
#include <dp/core/buffer.hpp>
#include <dp/core/entries.hpp>
#include <dp/kernels/edge_columns.hpp>
#include <dp/kernels/net_weights.hpp>
#include <dp/math/gemm.hpp>
#include <dp/program/equivariant.hpp>
#include <dp/step/edge_numbers.hpp>
#include <memory>
#include <vector>

namespace dp {

/// Tensors of edges whose channels, and copies that came by different paths, are mixed linearly, each irrep
/// by itself.
template <class Space, class T>
class ChannelMix final : public Block<Space> {
 public:
  using Numbers = EdgeNumbers<Space, T>;  ///< what is read and written

  /// Copies what it needs to `space`. `layout`: of the tensors before; `mix`: for each irrep a linear layer.
  ChannelMix(Space const& space, TensorLayout const& layout, int channels,
             std::vector<std::shared_ptr<Net const>> const& mix, Slot<Numbers> tensor, Slots& slots)
      : m_channels(channels), m_tensor(tensor), m_mixed(slots.add<Numbers>()), m_state(slots.add<State>()) {
    for (std::size_t o = 0; o < mix.size(); ++o)
      m_parts.push_back({layout.parts[o].components, layout.parts[o].copies,
                         std::make_shared<Weights const>(space, "dp::ChannelMix::weights", *mix[o],
                                                         detail::VectorLayer::none, "mix of channels")});
    for (Part const& part : m_parts) m_numbers += part.components;
  }

  Slot<Numbers> mixed() const { return m_mixed; }  ///< where the result is, without copies

  bool forward(Space const& space, Step<Space> const& step, Tile<Space> const&, Arena& arena) const override {
    Kokkos::Profiling::ScopedRegion region("dp::tensors");
    auto const tensor = arena[m_tensor].value;
    auto const edges = tensor.extent(0);
    arena[m_mixed].reserve(space, static_cast<std::int64_t>(edges), m_numbers * m_channels,
                           step.derivative());
    for_each_part(edges, tensor.data(), arena[m_mixed].value.data(),
                  [&](auto const& layer, Matrix<T, Space> before, Matrix<T, Space> behind) {
                    gemm(space, before, layer.weight, behind);
                  });
    return true;
  }

  void adjoint(Space const& space, Step<Space> const&, Tile<Space> const&, Arena& arena) const override {
    Kokkos::Profiling::ScopedRegion region("dp::tensors");
    auto const dtensor = arena[m_tensor].adjoint;
    auto& state = arena[m_state];
    for_each_part(dtensor.extent(0), dtensor.data(), arena[m_mixed].adjoint.data(),
                  [&](auto const& layer, Matrix<T, Space> before, Matrix<T, Space> behind) {
                    auto const added = state.added.get(space, before.extent(0), before.extent(1));
                    gemm(space, behind, layer.transposed, added);
                    detail::for_each_row(space, "dp::ChannelMix::add",
                                         static_cast<std::int64_t>(added.extent(0)),
                                         static_cast<int>(added.extent(1)),
                                         detail::ScatterColumns<Space, T>{added, 0, 0, before});
                  });
  }

 private:
  using Weights = detail::NetWeights<Space, T, T>;
  struct Part {
    int components, copies;
    std::shared_ptr<Weights const> weights;
  };
  struct State {
    Buffer<T, Space> added{"dp::ChannelMix::added"};
    std::size_t bytes() const { return added.bytes(); }
  };

  /// `body(layer, before, behind)` with the numbers of each irrep as matrices.
  template <class Body>
  void for_each_part(std::size_t edges, T* before, T* behind, Body const& body) const {
    auto const channels = static_cast<std::size_t>(m_channels);
    for (Part const& part : m_parts) {
      std::size_t const rows = edges * static_cast<std::size_t>(part.components),
                        inputs = static_cast<std::size_t>(part.copies) * channels;
      body(part.weights->layers().front(), Matrix<T, Space>(before, rows, inputs),
           Matrix<T, Space>(behind, rows, channels));
      before += rows * inputs;
      behind += rows * channels;
    }
  }

  int m_channels, m_numbers = 0;
  std::vector<Part> m_parts;
  Slot<Numbers> m_tensor, m_mixed;
  Slot<State> m_state;
};

}  // namespace dp
