// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/blocks/block.hpp>
#include <dp/core/buffer.hpp>
#include <dp/core/entries.hpp>
#include <dp/core/expect.hpp>
#include <dp/core/precision.hpp>
#include <dp/kernels/edge_columns.hpp>
#include <dp/kernels/net_weights.hpp>
#include <dp/nets/fitting_layers.hpp>
#include <dp/step/edge_numbers.hpp>
#include <dp/step/rows.hpp>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace dp {

/// A net over edges, or one for each pair of types, whose last layer is linear: from columns of several slots
/// side by side to numbers of its own.
template <class Space, class Precision>
class EdgeNet final : public Block<Space> {
 public:
  using T = typename Precision::Net;      ///< what is computed in
  using Numbers = EdgeNumbers<Space, T>;  ///< what is read and written
  static_assert(!is_mixed<Precision>, "numbers of edges are stored in the precision of the arithmetic");

  /// Copies what it needs to `space`. `nets`: one, or one for each pair of centre and neighbour; `inputs`:
  /// what they read; `rows`: of the neighbourhood; `name`: for labels.
  EdgeNet(Space const& space, std::vector<std::shared_ptr<Net const>> const& nets,
          std::vector<EdgeColumns<Space, T>> inputs, Slot<Rows<Space>> rows, std::string const& name,
          Slots& slots)
      : m_inputs(std::move(inputs)),
        m_rows(rows),
        m_output(slots.add<Numbers>()),
        m_state(slots.add<State>()) {
    std::map<Net const*, std::shared_ptr<Weights const>> shared;
    for (auto const& net : nets) {
      auto& weights = shared[net.get()];
      if (!weights)
        weights = std::make_shared<Weights const>(space, "dp::EdgeNet::" + name, *net,
                                                  detail::VectorLayer::none, name);
      m_nets.push_back(weights);
    }
    for (auto const& columns : m_inputs) m_width += columns.width;
  }

  Slot<Numbers> output() const { return m_output; }          ///< where its outputs are
  int outputs() const { return m_nets.front()->outputs(); }  ///< how many there are
  /// Some of them.
  EdgeColumns<Space, T> columns(int begin, int width) const { return {m_output, begin, width}; }

  bool forward(Space const& space, Step<Space> const& step, Tile<Space> const& tile,
               Arena& arena) const override {
    Kokkos::Profiling::ScopedRegion region("dp::edge_nets");
    auto const& rows = arena[m_rows];
    auto& state = arena[m_state];
    auto& output = arena[m_output];
    output.reserve(space, rows.count(), outputs(), step.derivative());
    state.x = gathered(space, rows.count(), arena);
    for_each_net(tile, rows,
                 [&](std::size_t n, Weights const& net, std::pair<std::int64_t, std::int64_t> range) {
                   while (state.layers.size() <= n) state.layers.emplace_back();
                   if (step.derivative())
                     state.layers[n].template values<detail::Slope::factor>(space, net, part(state.x, range),
                                                                            part(output.value, range));
                   else
                     state.layers[n].template values<detail::Slope::none>(space, net, part(state.x, range),
                                                                          part(output.value, range));
                 });
    return true;
  }

  void adjoint(Space const& space, Step<Space> const&, Tile<Space> const& tile, Arena& arena) const override {
    Kokkos::Profiling::ScopedRegion region("dp::edge_nets");
    auto const& rows = arena[m_rows];
    auto& state = arena[m_state];
    auto const dx =
        state.dx_memory.get(space, static_cast<std::size_t>(rows.count()), static_cast<std::size_t>(m_width));
    for_each_net(tile, rows,
                 [&](std::size_t n, Weights const& net, std::pair<std::int64_t, std::int64_t> range) {
                   state.layers[n].adjoint(space, net, part(arena[m_output].adjoint, range), part(dx, range));
                 });
    int begin = 0;
    for (auto const& columns : m_inputs) {
      detail::for_each_row(space, "dp::EdgeNet::scatter", rows.count(), columns.width,
                           detail::ScatterColumns<Space, T>{dx, begin, columns.begin,
                                                            columns.of(arena[columns.slot].adjoint)});
      begin += columns.width;
    }
  }

 private:
  using Layers = detail::FittingLayers<Space, Precision>;
  using Weights = typename Layers::Weights;

  struct State {
    std::vector<Layers> layers;  // one, or of each type of neighbours
    Matrix<T, Space> x;
    Buffer<T, Space> x_memory{"dp::EdgeNet::x"}, dx_memory{"dp::EdgeNet::dx"};

    std::size_t bytes() const {
      std::size_t sum = x_memory.bytes() + dx_memory.bytes();
      for (auto const& of_net : layers) sum += of_net.bytes();
      return sum;
    }
  };

  /// Rows of a matrix.
  static Matrix<T, Space> part(Matrix<T, Space> const& all, std::pair<std::int64_t, std::int64_t> range) {
    auto const width = all.extent(1);
    return Matrix<T, Space>(all.data() + static_cast<std::size_t>(range.first) * width,
                            static_cast<std::size_t>(range.second - range.first), width);
  }

  /// `body(number, net, rows)`
  template <class Body>
  void for_each_net(Tile<Space> const& tile, Rows<Space> const& rows, Body const& body) const {
    if (rows.count() == 0) return;
    if (m_nets.size() == 1) return body(0, *m_nets.front(), {0, rows.count()});
    for (int t = 0; t < rows.ntypes(); ++t)
      if (auto const range = rows.range(t); range.first < range.second)
        body(static_cast<std::size_t>(t), *m_nets[static_cast<std::size_t>(tile.type * rows.ntypes() + t)],
             range);
  }

  /// What the nets read: a slot as it is, or columns side by side.
  Matrix<T, Space> gathered(Space const& space, std::int64_t count, Arena& arena) const {
    auto const& first = arena[m_inputs.front().slot];
    if (m_inputs.size() == 1 && first.value.extent(1) == static_cast<std::size_t>(m_width))
      return first.value;
    auto const x = arena[m_state].x_memory.get(space, static_cast<std::size_t>(count),
                                               static_cast<std::size_t>(m_width));
    int begin = 0;
    for (auto const& columns : m_inputs) {
      detail::for_each_row(
          space, "dp::EdgeNet::gather", count, columns.width,
          detail::GatherColumns<Space, T>{columns.of(arena[columns.slot].value), columns.begin, begin, x});
      begin += columns.width;
    }
    return x;
  }

  std::vector<std::shared_ptr<Weights const>> m_nets;
  std::vector<EdgeColumns<Space, T>> m_inputs;
  int m_width = 0;
  Slot<Rows<Space>> m_rows;
  Slot<Numbers> m_output;
  Slot<State> m_state;
};

}  // namespace dp
