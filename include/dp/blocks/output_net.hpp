// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <dp/blocks/block.hpp>
#include <dp/blocks/neighbour_sums.hpp>
#include <dp/core/buffer.hpp>
#include <dp/core/entries.hpp>
#include <dp/core/expect.hpp>
#include <dp/core/precision.hpp>
#include <dp/kernels/fitting_passes.hpp>
#include <dp/kernels/net_weights.hpp>
#include <dp/kernels/outputs.hpp>
#include <dp/nets/fitting_layers.hpp>
#include <dp/program/network.hpp>
#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace dp {

/// The outputs of fitting nets for a tile, (atoms x outputs), and the derivatives of what is differentiated.
template <class Space>
struct NetOutputs {
  Matrix<double, Space> y;                                     ///< the outputs
  Matrix<double, Space> dy;                                    ///< dL/dy
  Buffer<double, Space> memory{"dp::NetOutputs::y"};           ///< of y
  Buffer<double, Space> adjoint_memory{"dp::NetOutputs::dy"};  ///< of dy

  std::size_t bytes() const { return memory.bytes() + adjoint_memory.bytes(); }  ///< memory held on `Space`
};

/// The fitting nets of models that give something else than energies: y = (net + bias) scale from descriptors
/// and parameters, and dL/dx of the input x.
template <class Space, class Precision>
class OutputNet final : public Block<Space> {
 public:
  using T = typename Precision::Net;             ///< what is computed in
  using Stored = typename Precision::Stored;     ///< what inputs, weights and activations are stored in
  using Input = FittingInput<Space, Precision>;  ///< x

  /// Copies what it needs to `space`. `parameters`: columns of the input before those of parameters.
  /// `input`: where x is. Throws dp::Error, with the type and the layer, for a weight beyond the range of
  /// Half.
  OutputNet(Space const& space, Network const& network, int parameters, Slot<Input> input, Slots& slots)
      : m_parameters(parameters),
        m_input(input),
        m_outputs(slots.add<NetOutputs<Space>>()),
        m_state(slots.add<State>()) {
    std::map<Net const*, std::shared_ptr<Weights const>> shared;
    for (std::size_t t = 0; t < network.fitting.nets.size(); ++t) {
      Net const& net = *network.fitting.nets[t];
      m_types.emplace_back();
      if (net.empty()) continue;
      auto& weights = shared[&net];
      if (!weights)
        weights =
            std::make_shared<Weights const>(space, "dp::OutputNet::weights", net, detail::VectorLayer::none,
                                            "fitting net of " + network.type_map[t]);
      m_types.back() = {weights,
                        is_mixed<Precision> ? std::min(detail::adjoint_factor(net), largest_seed) : 1.0,
                        network.fitting.vacuum_removed[t] != 0,
                        to_space<double>(space, "dp::OutputNet::bias", network.outputs.bias[t]),
                        to_space<double>(space, "dp::OutputNet::scale", network.outputs.scale[t])};
    }
  }

  Slot<NetOutputs<Space>> outputs() const { return m_outputs; }  ///< where y is

  bool forward(Space const& space, Step<Space> const& step, Tile<Space> const& tile,
               Arena& arena) const override {
    Kokkos::Profiling::ScopedRegion region("dp::fitting");
    auto const& type = type_of(tile.type);
    auto const x = arena[m_input].x;
    auto& layers = arena[m_state].layers;
    auto const& last = type.net->layers().back();
    DP_EXPECT_MATRIX("dp::OutputNet: input", x, tile.atoms(), type.net->layers().front().inputs());
    auto& outputs = arena[m_outputs];
    outputs.y = outputs.memory.get(space, x.extent(0), static_cast<std::size_t>(last.outputs()));
    auto const add = [&](Matrix<T const, Space> values, double sign) {
      detail::for_each_entry(
          space, "dp::OutputNet::scale", tile.atoms(), last.outputs(),
          detail::ScaleOutputs<Space, T>{values, last.bias, type.bias, type.scale, sign, outputs.y});
    };
    add(step.derivative() ? layers.template values<detail::Slope::factor>(space, *type.net, x)
                          : layers.template values<detail::Slope::none>(space, *type.net, x),
        1.0);
    if (type.vacuum_removed) {
      Kokkos::deep_copy(space, Kokkos::subview(x, Kokkos::ALL, std::make_pair(0, m_parameters)), Stored(0));
      add(layers.template values<detail::Slope::none>(space, *type.net, x), -1.0);
    }
    return true;
  }

  void adjoint(Space const& space, Step<Space> const&, Tile<Space> const& tile, Arena& arena) const override {
    Kokkos::Profiling::ScopedRegion region("dp::fitting");
    auto const& type = type_of(tile.type);
    auto& state = arena[m_state];
    auto const dy = arena[m_outputs].dy;
    DP_EXPECT_MATRIX("dp::OutputNet: dL/dy", dy, tile.atoms(), type.net->outputs());
    auto const unit = is_mixed<Precision> ? state.unit.get(space, dy.extent(0)) : Vector<double, Space>();
    auto const dz = state.dz.get(space, dy.extent(0), dy.extent(1));
    Kokkos::parallel_for(
        "dp::OutputNet::seed", detail::LightRange<Space>(space, 0, tile.atoms()),
        detail::SeedOutputs<Space, T, Stored>{dy, type.scale, type.adjoint_factor, dz, unit});
    auto const dx = state.layers.adjoint(space, *type.net, dz);
    if (unit.data())
      detail::for_each_entry(space, "dp::OutputNet::unit", tile.atoms(), static_cast<int>(dx.extent(1)),
                             detail::ScaleRows<Space, T>{unit, dx});
    arena[m_input].dx = dx;
  }

  /// Values, slopes and derivatives of all layers, and outputs in double.
  std::size_t bytes_per_atom(int type, std::int64_t) const override {
    auto const& net = type_of(type).net;
    if (!net) return 0;
    std::size_t numbers = 0;
    for (auto const& layer : net->layers())
      numbers += static_cast<std::size_t>(3 * layer.outputs() + layer.inputs());
    return numbers * sizeof(T) + 2 * static_cast<std::size_t>(net->outputs()) * sizeof(double);
  }

 private:
  using Layers = detail::FittingLayers<Space, Precision>;
  using Weights = typename Layers::Weights;

  static constexpr double largest_seed = 32768.0;  // in the range of Half

  /// Of one centre type; empty without a net.
  struct Type {
    std::shared_ptr<Weights const> net;
    double adjoint_factor = 1.0;  // 1 unless mixed
    bool vacuum_removed = false;
    Constants<double, Space> bias, scale;
  };
  struct State {
    Layers layers;
    Buffer<Stored, Space> dz{"dp::OutputNet::dz"};
    Buffer<double, Space> unit{"dp::OutputNet::unit"};  // of each row, of mixed precision

    std::size_t bytes() const { return layers.bytes() + dz.bytes() + unit.bytes(); }
  };
  Type const& type_of(int type) const { return m_types[static_cast<std::size_t>(type)]; }

  int m_parameters;
  std::vector<Type> m_types;
  Slot<Input> m_input;
  Slot<NetOutputs<Space>> m_outputs;
  Slot<State> m_state;
};

}  // namespace dp
