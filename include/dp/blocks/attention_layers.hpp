// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <dp/blocks/block.hpp>
#include <dp/blocks/environment_matrix.hpp>
#include <dp/blocks/neighbour_sums.hpp>
#include <dp/core/buffer.hpp>
#include <dp/core/entries.hpp>
#include <dp/core/error.hpp>
#include <dp/core/expect.hpp>
#include <dp/kernels/attention_atom.hpp>
#include <dp/kernels/attention_rows.hpp>
#include <dp/kernels/contractions.hpp>
#include <dp/math/gemm.hpp>
#include <dp/nets/attention_weights.hpp>
#include <dp/program/network.hpp>
#include <dp/step/rows.hpp>
#include <vector>

namespace dp {

/// The layers of attention among the neighbours of an atom (AttentionStack), which change what they embed,
/// and the sum over neighbours: T_i = scale sum_j x_j (x) ~r_ij, where x are the rows of G behind the layers.
/// In the precision of the arithmetic, whatever G is stored in. On hosts.
template <class Space, class Precision>
class AttentionLayers final : public Block<Space> {
 public:
  using T = typename Precision::Net;                ///< what is computed in
  using Stored = typename Precision::Stored;        ///< what G is stored in
  using Sums = NeighbourSums<Space, T>;             ///< where T_i is
  using Embedded = EmbeddedRows<Space, Stored, T>;  ///< where G is

  /// Copies what it needs to `space`. `chain` has layers; `environment`: of it; `embedded`: its G.
  /// `all_neighbours`: also those beyond sel have rows; throws dp::Error where that may fail.
  AttentionLayers(Space const& space, Network const& network, Chain const& chain,
                  EnvironmentSlots<Space> environment, Slot<Embedded> embedded, bool all_neighbours,
                  Slots& slots)
      : m_ntypes(network.ntypes()),
        m_width(chain.width),
        m_sel(chain.nnei()),
        m_all_neighbours(all_neighbours),
        m_smooth(chain.attention->weights != Smoothing::none),
        m_padded(chain.attention->padded),
        m_shortest(chain.attention->shortest),
        m_scale(static_cast<T>(chain.scale)),
        m_sel_on_space(to_space<int>(space, "dp::AttentionLayers::sel", chain.sel)),
        m_rows(environment.rows),
        m_values(environment.values),
        m_embedded(embedded),
        m_sums(slots.add<Sums>()),
        m_state(slots.add<State>()) {
    AttentionStack const& stack = *chain.attention;
    for (auto const& layer : stack.layers) m_layers.emplace_back(space, layer);
    // Neighbours beyond sel then count as a negative number of absent ones: the sum must stay positive.
    for (auto const& layer : stack.layers)
      if (all_neighbours && m_smooth && m_padded && !(layer.normalised && std::abs(layer.scale) < 20.0))
        fail(
            network.source,
            ": neighbours beyond sel cannot be kept in smooth attention without normalised queries and keys, "
            "or with a temperature of 20 or more");
    for (auto const& layer : m_layers) m_widest = std::max(m_widest, layer.hidden);
    for (std::size_t pair = 0; pair < chain.functions.size(); ++pair)
      m_factors.emplace_back(chain, pair, stack.weights);
    auto const n = static_cast<std::size_t>(m_ntypes);
    std::vector<double> const nothing(static_cast<std::size_t>(4 * m_width), 0.0);
    for (std::size_t centre = 0; centre < n; ++centre) {
      std::vector<double> constants;
      auto const append = [&](std::vector<double> const& sums) {
        auto const& added = sums.empty() ? nothing : sums;
        constants.insert(constants.end(), added.begin(), added.end());
      };
      for (std::size_t pair = centre * n; pair < (centre + 1) * n; ++pair) {
        append(stack.absent[pair]);
        append(stack.present[pair]);
      }
      append({});
      m_constants.push_back(to_space<T>(space, "dp::AttentionLayers::constants", constants));
    }
  }

  Slot<Sums> sums() const { return m_sums; }  ///< where T_i is

  bool forward(Space const& space, Step<Space> const& step, Tile<Space> const& tile,
               Arena& arena) const override;
  void adjoint(Space const& space, Step<Space> const& step, Tile<Space> const& tile,
               Arena& arena) const override;

  /// What all layers keep, as if all of sel were there, or all entries of the list.
  std::size_t bytes_per_atom(int, std::int64_t longest) const override {
    auto const rows = static_cast<std::size_t>(most_rows(longest));
    std::size_t numbers = rows * static_cast<std::size_t>(4 * m_width + 7 * m_widest);
    for (auto const& layer : m_layers)
      numbers += rows * (2 * rows + static_cast<std::size_t>(m_width + 3 * layer.hidden + 4));
    return numbers * sizeof(T);
  }

 private:
  using Range = detail::LightRange<Space>;

  /// What a layer keeps for the way back.
  struct LayerState {
    Buffer<T, Space> normed_memory{"dp::AttentionLayers::normed"}, deviations{"dp::AttentionLayers::normed"},
        parts_memory{"dp::AttentionLayers::q_k_v"}, lengths{"dp::AttentionLayers::lengths"},
        logits_memory{"dp::AttentionLayers::logits"}, softmax_memory{"dp::AttentionLayers::softmax"};
    Matrix<T, Space> normed, parts[3], logits, softmax;
    Vector<T, Space> deviation;
    Columns<T, Space> inverse;

    std::size_t bytes() const {
      return normed_memory.bytes() + deviations.bytes() + parts_memory.bytes() + lengths.bytes() +
             logits_memory.bytes() + softmax_memory.bytes();
    }
  };

  struct State {
    std::vector<LayerState> layers;
    Buffer<std::int64_t, Space> first_memory{"dp::AttentionLayers::first"},
        place_memory{"dp::AttentionLayers::place"};
    Buffer<T, Space> direction_memory{"dp::AttentionLayers::directions"},
        weight_memory{"dp::AttentionLayers::weights"}, x_memory{"dp::AttentionLayers::x"},
        wide{"dp::AttentionLayers::wide"}, tall{"dp::AttentionLayers::attended"},
        placed{"dp::AttentionLayers::placed"}, derivatives{"dp::AttentionLayers::derivatives"},
        dx_memory{"dp::AttentionLayers::dx"}, items{"dp::AttentionLayers::items"};
    Vector<std::int64_t, Space> first, place;
    Columns<T, Space> direction;
    Vector<T, Space> weight;
    Matrix<T, Space> x;

    std::size_t bytes() const {
      std::size_t sum = first_memory.bytes() + place_memory.bytes();
      for (auto const* buffer : {&direction_memory, &weight_memory, &x_memory, &wide, &tall, &placed,
                                 &derivatives, &dx_memory, &items})
        sum += buffer->bytes();
      for (auto const& layer : layers) sum += layer.bytes();
      return sum;
    }
  };

  std::int64_t most_rows(std::int64_t longest) const {
    return m_all_neighbours ? longest : std::min<std::int64_t>(longest, m_sel);
  }

  /// The way of one layer, without what differs from way to way.
  detail::TileAttention<Space, T> tile_attention(AttentionWeights<Space, T> const& weights,
                                                 LayerState const& layer, State const& state,
                                                 std::int64_t most) const {
    return {state.first,
            most,
            weights.hidden,
            weights.scale,
            m_smooth,
            weights.angular,
            m_smooth && m_padded ? m_sel : 0,
            state.direction,
            state.weight,
            {layer.parts[0], layer.parts[1], layer.parts[2]},
            layer.logits,
            layer.softmax};
  }

  /// Work items of the kernels over atoms, and memory for them.
  Matrix<T, Space> item_memory(Space const& space, State& state,
                               detail::ItemMemory<Space, T> const& layout) const {
    return state.items.get(space, static_cast<std::size_t>(space.concurrency()), layout.size);
  }

  void order(Space const& space, Tile<Space> const& tile, Arena& arena) const;
  void layer_forward(Space const& space, std::size_t l, std::int64_t most, State& state) const;
  void layer_adjoint(Space const& space, std::size_t l, std::int64_t most, Matrix<T, Space> dx,
                     Columns<T, Space> ddirection, Vector<T, Space> dweight, State& state) const;

  /// `body(type, range)` for the rows of each type of neighbours.
  template <class Body>
  void for_each_type(Space const& space, Rows<Space> const& rows, Body const& body) const {
    for (int t = 0; t < m_ntypes; ++t)
      if (auto const range = rows.range(t); range.first < range.second)
        body(t, Range(space, range.first, range.second));
  }
  detail::SmoothFactor const& factor(Tile<Space> const& tile, int neighbour) const {
    return m_factors[static_cast<std::size_t>(tile.type * m_ntypes + neighbour)];
  }

  int m_ntypes, m_width;
  std::int64_t m_sel;
  int m_widest = 0;
  bool m_all_neighbours, m_smooth, m_padded;
  double m_shortest;
  T m_scale;
  Constants<int, Space> m_sel_on_space;
  std::vector<AttentionWeights<Space, T>> m_layers;
  std::vector<detail::SmoothFactor> m_factors;   // per pair
  std::vector<Constants<T, Space>> m_constants;  // per centre: (2 ntypes + 1, 4 * M)
  Slot<Rows<Space>> m_rows;
  Slot<EnvironmentRows<Space>> m_values;
  Slot<Embedded> m_embedded;
  Slot<Sums> m_sums;
  Slot<State> m_state;
};

/// Places, directions and weights of the rows.
template <class Space, class Precision>
void AttentionLayers<Space, Precision>::order(Space const& space, Tile<Space> const& tile,
                                              Arena& arena) const {
  auto const& rows = arena[m_rows];
  auto& state = arena[m_state];
  auto const count = static_cast<std::size_t>(rows.count());
  state.first = state.first_memory.get(space, static_cast<std::size_t>(rows.atoms) + 1);
  state.place = state.place_memory.get(space, count);
  Kokkos::parallel_for(
      "dp::AttentionLayers::places", Range(space, 0, rows.atoms + 1),
      detail::FillPlaces<Space>{rows.atoms, m_ntypes, rows.offsets, state.first, state.place});
  state.direction = state.direction_memory.columns(space, count, 3);
  state.weight = state.weight_memory.get(space, count);
  for_each_type(space, rows, [&](int t, Range const& range) {
    Kokkos::parallel_for(
        "dp::AttentionLayers::directions", range,
        detail::FillDirections<Space, T>{factor(tile, t), m_shortest, rows.displacement,
                                         arena[m_values].values, state.place, state.direction, state.weight});
  });
}

template <class Space, class Precision>
void AttentionLayers<Space, Precision>::layer_forward(Space const& space, std::size_t l, std::int64_t most,
                                                      State& state) const {
  auto const& weights = m_layers[l];
  auto& layer = state.layers[l];
  std::size_t const rows = state.x.extent(0), width = state.x.extent(1),
                    hidden = static_cast<std::size_t>(weights.hidden), atoms = state.first.extent(0) - 1,
                    square = static_cast<std::size_t>(most * most);
  auto const count = static_cast<std::int64_t>(rows);
  layer.normed = layer.normed_memory.get(space, rows, width);
  layer.deviation = layer.deviations.get(space, rows);
  auto const parts = layer.parts_memory.get(space, 3 * rows, hidden);
  for (std::size_t part = 0; part < 3; ++part)
    layer.parts[part] = Matrix<T, Space>(parts.data() + part * rows * hidden, rows, hidden);
  layer.inverse = layer.lengths.columns(space, rows, 3);
  layer.logits = layer.logits_memory.get(space, atoms, square);
  layer.softmax = layer.softmax_memory.get(space, atoms, square);

  auto const projected = state.wide.get(space, rows, 3 * hidden);
  gemm(space, state.x, weights.in, projected);
  Kokkos::parallel_for("dp::AttentionLayers::split", Range(space, 0, count),
                       detail::SplitProjection<Space, T>{projected,
                                                         weights.in_bias,
                                                         state.place,
                                                         weights.normalised,
                                                         static_cast<T>(m_shortest),
                                                         {layer.parts[0], layer.parts[1], layer.parts[2]},
                                                         layer.inverse});
  detail::ItemMemory<Space, T> const layout(most, weights.hidden);
  auto const memory = item_memory(space, state, layout);
  auto const attended = state.tall.get(space, rows, hidden);
  Kokkos::parallel_for(
      "dp::AttentionLayers::attend", Range(space, 0, static_cast<std::int64_t>(memory.extent(0))),
      detail::Attend<Space, T>{tile_attention(weights, layer, state, most), attended, layout, memory});
  auto const placed = state.placed.get(space, rows, width);
  gemm(space, attended, weights.out, placed);
  Kokkos::parallel_for(
      "dp::AttentionLayers::norm", Range(space, 0, count),
      detail::NormRows<Space, T>{placed, state.place, weights.out_bias, weights.gain, weights.shift,
                                 weights.epsilon, state.x, layer.normed, layer.deviation});
}

template <class Space, class Precision>
bool AttentionLayers<Space, Precision>::forward(Space const& space, Step<Space> const& step,
                                                Tile<Space> const& tile, Arena& arena) const {
  Kokkos::Profiling::ScopedRegion region("dp::attention");
  auto const& rows = arena[m_rows];
  auto& state = arena[m_state];
  auto const& embedded = arena[m_embedded];
  DP_EXPECT_MATRIX("dp::AttentionLayers: G", embedded.g, rows.count(), m_width);
  auto const count = static_cast<std::size_t>(rows.count()), width = static_cast<std::size_t>(m_width);
  order(space, tile, arena);
  state.x = state.x_memory.get(space, count, width);
  detail::for_each_row(space, "dp::AttentionLayers::widen", rows.count(), m_width,
                       detail::WidenRows<Space, T, Stored>{embedded.g, state.x});
  state.layers.resize(m_layers.size());
  for (std::size_t l = 0; l < m_layers.size(); ++l) layer_forward(space, l, most_rows(tile.longest), state);
  auto const& constants = m_constants[static_cast<std::size_t>(tile.type)];
  detail::ContractRows<Space, T, T, 4> const kernel{
      {rows.atoms, m_ntypes, rows.offsets, {rows.atoms, m_sel_on_space, rows.present, step.first_type}},
      state.x,
      arena[m_values].values,
      Matrix<T const, Space>(constants.data(), 2 * static_cast<std::size_t>(m_ntypes) + 1, 4 * width),
      m_scale,
      arena[m_sums].reserve(space, static_cast<std::size_t>(rows.atoms), 4 * width)};
  detail::for_each_entry(space, "dp::AttentionLayers::contract", rows.atoms, kernel.strips, kernel);
  return true;
}

template <class Space, class Precision>
void AttentionLayers<Space, Precision>::layer_adjoint(Space const& space, std::size_t l, std::int64_t most,
                                                      Matrix<T, Space> dx, Columns<T, Space> ddirection,
                                                      Vector<T, Space> dweight, State& state) const {
  auto const& weights = m_layers[l];
  auto const& layer = state.layers[l];
  std::size_t const rows = dx.extent(0), hidden = static_cast<std::size_t>(weights.hidden);
  auto const placed = state.placed.get(space, rows, dx.extent(1));
  Kokkos::parallel_for("dp::AttentionLayers::norm_adjoint", Range(space, 0, static_cast<std::int64_t>(rows)),
                       detail::NormRowsAdjoint<Space, T>{layer.normed, layer.deviation, weights.gain,
                                                         state.place, dx, placed});
  auto const dattended = state.tall.get(space, rows, hidden);
  gemm(space, placed, weights.out_transposed, dattended);
  auto const dprojected = state.wide.get(space, rows, 3 * hidden);
  detail::ItemMemory<Space, T> const layout(most, weights.hidden);
  auto const memory = item_memory(space, state, layout);
  Kokkos::parallel_for(
      "dp::AttentionLayers::attend_adjoint", Range(space, 0, static_cast<std::int64_t>(memory.extent(0))),
      detail::AttendAdjoint<Space, T>{tile_attention(weights, layer, state, most), layer.inverse, dattended,
                                      dprojected, ddirection, dweight, layout, memory});
  gemm(space, dprojected, weights.in_transposed, placed);
  detail::for_each_row(space, "dp::AttentionLayers::add", static_cast<std::int64_t>(rows), m_width,
                       detail::AddPlaced<Space, T>{placed, state.place, dx});
}

template <class Space, class Precision>
void AttentionLayers<Space, Precision>::adjoint(Space const& space, Step<Space> const&,
                                                Tile<Space> const& tile, Arena& arena) const {
  Kokkos::Profiling::ScopedRegion region("dp::attention");
  auto& rows = arena[m_rows];
  auto& state = arena[m_state];
  auto const& values = arena[m_values].values;
  DP_EXPECT_MATRIX("dp::AttentionLayers: dE/dT", arena[m_sums].adjoint, tile.atoms(), 4 * m_width);
  auto const count = static_cast<std::size_t>(rows.count());
  auto const gradient = rows.reserve_gradient(space);
  auto const dx = state.dx_memory.get(space, count, static_cast<std::size_t>(m_width));
  Kokkos::parallel_for(
      "dp::AttentionLayers::sum_adjoint", Range(space, 0, rows.count()),
      detail::SumAdjoint<Space, T>{state.x, values, rows.atom, arena[m_sums].adjoint, m_scale, gradient, dx});
  auto const derivatives = state.derivatives.columns(space, count, 4);
  Kokkos::deep_copy(space, derivatives, T(0));
  Columns<T, Space> const ddirection(derivatives.data(), count, 3);
  Vector<T, Space> const dweight(derivatives.data() + 3 * count, count);
  for (std::size_t l = m_layers.size(); l-- > 0;)
    layer_adjoint(space, l, most_rows(tile.longest), dx, ddirection, dweight, state);
  for_each_type(space, rows, [&](int t, Range const& range) {
    Kokkos::parallel_for("dp::AttentionLayers::rows", range,
                         detail::RowsOfAttentionAdjoint<Space, T, Stored>{
                             factor(tile, t), m_shortest, rows.displacement, values, state.place,
                             arena[m_embedded].dg, dx, ddirection, dweight, gradient});
  });
}

}  // namespace dp
