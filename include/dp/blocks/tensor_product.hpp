// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <dp/blocks/block.hpp>
#include <dp/core/buffer.hpp>
#include <dp/core/kernels.hpp>
#include <dp/kernels/tensor_products.hpp>
#include <dp/program/equivariant.hpp>
#include <dp/step/edge_numbers.hpp>
#include <dp/step/rows.hpp>
#include <vector>

namespace dp {

/// The first tensors of edges: harmonics times weights.
template <class Space, class T>
class TensorEmbedding final : public Block<Space> {
 public:
  using Numbers = EdgeNumbers<Space, T>;  ///< what is read and written

  /// Copies what it needs to `space`. `weights`: (degree, channel); `layout`: of the tensors, which are
  /// those of the harmonics.
  TensorEmbedding(Space const& space, EquivariantTerm const& term, TensorLayout const& layout,
                  Slot<Numbers> harmonic, EdgeColumns<Space, T> weights, Slots& slots)
      : m_harmonics{term.degrees},
        m_places(space, layout, term.channels),
        m_harmonic(harmonic),
        m_weights(weights),
        m_tensor(slots.add<Numbers>()) {}

  Slot<Numbers> tensor() const { return m_tensor; }  ///< where the tensors are

  bool forward(Space const& space, Step<Space> const& step, Tile<Space> const&, Arena& arena) const override {
    Kokkos::Profiling::ScopedRegion region("dp::tensors");
    auto const harmonic = arena[m_harmonic].value;
    auto const edges = static_cast<std::int64_t>(harmonic.extent(0));
    arena[m_tensor].reserve(space, edges, m_places.numbers() * m_places.channels, step.derivative());
    Kokkos::parallel_for(
        "dp::TensorEmbedding::forward", detail::LightRange<Space>(space, 0, edges),
        detail::EmbedTensors<Space, T>{m_harmonics, m_places, harmonic, arena[m_weights.slot].value,
                                       m_weights.begin, arena[m_tensor].value.data()});
    return true;
  }

  void adjoint(Space const& space, Step<Space> const&, Tile<Space> const&, Arena& arena) const override {
    Kokkos::Profiling::ScopedRegion region("dp::tensors");
    auto const& harmonic = arena[m_harmonic];
    auto const& weights = arena[m_weights.slot];
    Kokkos::parallel_for(
        "dp::TensorEmbedding::adjoint",
        detail::LightRange<Space>(space, 0, static_cast<std::int64_t>(harmonic.value.extent(0))),
        detail::EmbedTensorsAdjoint<Space, T>{m_harmonics, m_places, harmonic.value, weights.value,
                                              m_weights.begin, arena[m_tensor].adjoint.data(),
                                              harmonic.adjoint, weights.adjoint});
  }

 private:
  Harmonics m_harmonics;
  detail::TensorPlaces<Space> m_places;
  Slot<Numbers> m_harmonic;
  EdgeColumns<Space, T> m_weights;
  Slot<Numbers> m_tensor;
};

/// The tensors of edges times the sum of weighted harmonics around their centres: see TensorProduct. On
/// hosts.
template <class Space, class T>
class EnvironmentProduct final : public Block<Space> {
 public:
  using Numbers = EdgeNumbers<Space, T>;  ///< what is read and written

  /// Copies what it needs to `space`. `weights`: of the harmonics in the sum (degree, channel).
  EnvironmentProduct(Space const& space, EquivariantTerm const& term, TensorProduct const& product,
                     Slot<Rows<Space>> rows, Slot<Numbers> harmonic, EdgeColumns<Space, T> weights,
                     Slot<Numbers> tensor, Slots& slots)
      : m_harmonics{term.degrees},
        m_tables(space, product, term.channels),
        m_norm(term.environment),
        m_rows(rows),
        m_harmonic(harmonic),
        m_weights(weights),
        m_tensor(tensor),
        m_product(slots.add<Numbers>()),
        m_state(slots.add<State>()) {}

  Slot<Numbers> product() const { return m_product; }  ///< where the result is, as the product's layout says

  bool forward(Space const& space, Step<Space> const& step, Tile<Space> const& tile,
               Arena& arena) const override {
    Kokkos::Profiling::ScopedRegion region("dp::tensors");
    using Pass = detail::TensorProductPass<Space, T>;
    auto const& rows = arena[m_rows];
    auto& state = arena[m_state];
    arena[m_product].reserve(space, rows.count(), m_tables.output.numbers() * m_tables.channels,
                             step.derivative());
    state.sum = state.sum_memory.get(space, static_cast<std::size_t>(rows.atoms),
                                     static_cast<std::size_t>(m_harmonics.count() * m_tables.channels));
    auto const memory = item_memory(space, state, Pass::size(m_tables));
    auto const items = static_cast<std::int64_t>(memory.extent(0));
    Kokkos::parallel_for("dp::EnvironmentProduct::forward", detail::LightRange<Space>(space, 0, items),
                         Pass{rows, items, m_harmonics, m_tables, norm(tile), arena[m_harmonic].value,
                              arena[m_weights.slot].value, m_weights.begin, arena[m_tensor].value.data(),
                              state.sum, memory, arena[m_product].value.data()});
    return true;
  }

  void adjoint(Space const& space, Step<Space> const&, Tile<Space> const& tile, Arena& arena) const override {
    Kokkos::Profiling::ScopedRegion region("dp::tensors");
    using Pass = detail::TensorProductAdjoint<Space, T>;
    auto const& rows = arena[m_rows];
    auto& state = arena[m_state];
    auto const& harmonic = arena[m_harmonic];
    auto const& weights = arena[m_weights.slot];
    auto const& tensor = arena[m_tensor];
    auto const memory = item_memory(space, state, Pass::size(m_tables));
    auto const items = static_cast<std::int64_t>(memory.extent(0));
    Kokkos::parallel_for(
        "dp::EnvironmentProduct::adjoint", detail::LightRange<Space>(space, 0, items),
        Pass{rows, items, m_harmonics, m_tables, norm(tile), harmonic.value, weights.value, m_weights.begin,
             tensor.value.data(), state.sum, memory, arena[m_product].adjoint.data(), harmonic.adjoint,
             weights.adjoint, tensor.adjoint.data()});
  }

 private:
  struct State {
    Matrix<T, Space> sum;
    Buffer<T, Space> sum_memory{"dp::EnvironmentProduct::sum"}, items{"dp::EnvironmentProduct::items"};

    std::size_t bytes() const { return sum_memory.bytes() + items.bytes(); }
  };

  T norm(Tile<Space> const& tile) const {
    return static_cast<T>(m_norm[static_cast<std::size_t>(tile.type)]);
  }

  /// Work items of the kernels over atoms, and memory for them.
  static Matrix<T, Space> item_memory(Space const& space, State& state, std::size_t size) {
    return state.items.get(space, static_cast<std::size_t>(space.concurrency()), size);
  }

  Harmonics m_harmonics;
  detail::ProductTables<Space, T> m_tables;
  std::vector<double> m_norm;
  Slot<Rows<Space>> m_rows;
  Slot<Numbers> m_harmonic;
  EdgeColumns<Space, T> m_weights;
  Slot<Numbers> m_tensor, m_product;
  Slot<State> m_state;
};

}  // namespace dp
