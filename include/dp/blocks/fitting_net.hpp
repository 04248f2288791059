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
#include <dp/core/precision.hpp>
#include <dp/kernels/fitting_passes.hpp>
#include <dp/kernels/net_weights.hpp>
#include <dp/kernels/single_products.hpp>
#include <dp/math/gemm.hpp>
#include <dp/program/network.hpp>
#include <dp/step/atom_energies.hpp>
#include <dp/step/sum_over_atoms.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dp {

/// The fitting nets (SC20, eq. 3): atomic energies (eV) from descriptors and parameters, added to the
/// outputs or left for a block behind, and the adjoint dE/dx (atoms x inputs) of the input x.
template <class Space, class Precision>
class FittingNet final : public Block<Space> {
 public:
  using T = typename Precision::Net;             ///< what is computed in
  using Stored = typename Precision::Stored;     ///< what inputs, weights and activations are stored in
  using Input = FittingInput<Space, Precision>;  ///< x

  /// Copies what it needs to `space`. `nets`: per centre type, with the inputs of `layouts` (those of the
  /// network, or folded ones that read the features of a compressed descriptor). `input`: where x is.
  /// `single_hidden`: whether products of hidden layers are in float. `energies`: where the energies are
  /// left, and what they count is found, in the place of adding them to the outputs. Throws dp::Error, with
  /// the type and the layer, for a weight beyond the range of Half.
  FittingNet(Space const& space, Network const& network, std::vector<std::shared_ptr<Net const>> const& nets,
             std::vector<FittingLayout> const& layouts, Slot<Input> input, Slots& slots,
             bool single_hidden = false, std::optional<Slot<AtomEnergies<Space>>> energies = {})
      : m_input(input), m_energies(energies), m_state(slots.add<State>()) {
    std::map<Net const*, std::shared_ptr<Weights const>> shared;
    for (std::size_t t = 0; t < nets.size(); ++t) {
      auto& weights = shared[nets[t].get()];
      if (!weights)
        weights = std::make_shared<Weights const>(space, *nets[t], layouts[t].single, single_hidden,
                                                  "fitting net of " + network.type_map[t]);
      T const factor = is_mixed<Precision> ? static_cast<T>(detail::adjoint_factor(*nets[t])) : T(1);
      m_types.push_back({weights, factor, layouts[t].parameters, network.fitting.vacuum_removed[t] != 0,
                         network.fitting.bias[t]});
    }
  }

  bool forward(Space const& space, Step<Space> const& step, Tile<Space> const& tile,
               Arena& arena) const override {
    Kokkos::Profiling::ScopedRegion region("dp::fitting");
    auto const& type = type_of(tile.type);
    auto const& input = arena[m_input];
    auto const x = input.x;
    auto& state = arena[m_state];
    auto const& net = *type.net;
    DP_EXPECT_MATRIX("dp::FittingNet: input", x, tile.atoms(), net.layers().front().inputs());
    DP_EXPECT_MATRIX("dp::FittingNet: input in float", input.single, tile.atoms(), net.single[0].weight.rows);
    while (state.layers.size() < net.layers().size()) state.layers.emplace_back();
    Vector<double, Space> const energy =
        m_energies ? arena[*m_energies].reserve(space, x.extent(0)) : state.energy.get(space, x.extent(0));
    if (step.derivative())
      run<detail::Slope::factor>(space, net, state, input, 1.0, type.shift, energy);
    else
      run<detail::Slope::none>(space, net, state, input, 1.0, type.shift, energy);
    if (type.vacuum_removed) {
      Kokkos::deep_copy(space, Kokkos::subview(x, Kokkos::ALL, std::make_pair(0, type.parameters)),
                        Stored(0));
      Kokkos::deep_copy(space, input.single, 0.0f);
      run<detail::Slope::none>(space, net, state, input, -1.0, 0.0, energy);
    }
    if (!m_energies) detail::add_energies(space, step, tile, energy, is_mixed<Precision>, state.sums);
    return true;
  }

  /// From the output to the input: dE/d(input of layer l).
  void adjoint(Space const& space, Step<Space> const&, Tile<Space> const& tile, Arena& arena) const override {
    Kokkos::Profiling::ScopedRegion region("dp::fitting");
    Weights const& net = *type_of(tile.type).net;
    auto const& layers = net.layers();
    auto& state = arena[m_state];
    DP_EXPECT(state.layers.size() >= layers.size(), "dp::FittingNet: expected forward() before adjoint()");
    auto const atoms = static_cast<std::size_t>(tile.atoms());
    T const factor = type_of(tile.type).adjoint_factor;
    Vector<double const, Space> const count =
        m_energies ? arena[*m_energies].adjoint : Vector<double, Space>();
    Matrix<Stored, Space> dz;
    Matrix<T, Space> dy_above;
    for (std::size_t l = layers.size(); l-- > 0;) {
      auto const width = static_cast<std::size_t>(net.inputs(l));
      bool const top = l + 1 == layers.size(), bottom = l == 0;
      T const out = bottom ? T(1) / factor : T(1);  // the factor stays inside the net
      Skip skip = top ? Skip::none : layers[l].skip;
      bool const adds = adds_products && skip == Skip::identity && net.single[l].weight.rows == 0;
      if (adds) skip = Skip::none;
      Matrix<T, Space> const dy = adds ? dy_above : state.layers[l].dy.get(space, atoms, width);
      if (!top) {
        if constexpr (is_mixed<Precision>)
          gemm(space, dz, layers[l].transposed, dy, out);
        else if (layers[l].inputs() > 0)
          multiply(space, dz, layers[l].transposed, dy, adds);
        auto const& single = net.single[l].transposed;
        auto const product = state.single_product.get(space, atoms, static_cast<std::size_t>(single.columns));
        if (single.columns > 0) gemm(space, to_single(space, state, dz), single, product);
        if (bottom)
          arena[m_input].dsingle = product;
        else if (single.columns > 0)
          add(space, product, dy, false);
      }
      auto const slope =
          bottom ? Matrix<Stored, Space>() : state.layers[l - 1].slope.get(space, atoms, width);
      auto const dz_below = bottom ? Matrix<Stored, Space>() : state.dz.get(space, atoms, width);
      auto const weight = top ? layers[l].vector : Vector<T const, Space>();
      if (top || !bottom || skip != Skip::none)
        detail::for_each_row(space, "dp::FittingNet::adjoint", tile.atoms(), net.inputs(l),
                             detail::AdjointPass<Space, T, Stored>{dy, dy_above, skip, weight, count, slope,
                                                                   dz_below, factor * out, out});
      dz = dz_below;
      dy_above = dy;
    }
    arena[m_input].dx = dy_above;
  }

  /// Values, slopes and derivatives of all layers.
  std::size_t bytes_per_atom(int type, std::int64_t) const override {
    std::size_t numbers = 0;
    Weights const& net = *type_of(type).net;
    for (std::size_t l = 0; l < net.layers().size(); ++l)
      numbers += static_cast<std::size_t>(3 * net.layers()[l].outputs() + net.inputs(l));
    return numbers * sizeof(T) + static_cast<std::size_t>(net.single[0].weight.rows) * sizeof(float);
  }

 private:
  /// Whether a product of the way back is added to what a skip connection passes on, in its memory: on
  /// devices, whose passes are bound by memory.
  static constexpr bool adds_products = !is_host_space<Space> && !is_mixed<Precision>;

  /// The parameters of a net, of which some products may be in float.
  struct Weights {
    Weights(Space const& space, Net const& net, int single_inputs, bool single_hidden,
            std::string const& name)
        : single(space, "dp::FittingNet::single", net, single_inputs, single_hidden),
          rest(space, "dp::FittingNet::weights", net, detail::VectorLayer::last, name, single.inputs()) {}

    auto const& layers() const { return rest.layers(); }
    /// Of a layer, but for those of the first that are in float.
    int inputs(std::size_t l) const { return layers()[l].inputs() + (l > 0 ? single[l].weight.rows : 0); }

    detail::SingleProducts<Space> single;
    detail::NetWeights<Space, T, Stored> rest;
  };

  /// Of one centre type.
  struct Type {
    std::shared_ptr<Weights const> net;
    T adjoint_factor;  // 1 unless mixed
    int parameters;    // columns before the parameters
    bool vacuum_removed;
    double shift;
  };
  Type const& type_of(int type) const { return m_types[static_cast<std::size_t>(type)]; }

  /// Of one layer.
  struct LayerState {
    Buffer<Stored, Space> value{"dp::FittingNet::value"}, slope{"dp::FittingNet::slope"};
    Buffer<T, Space> dy{"dp::FittingNet::dy"};  // dE/d(input of the layer)
  };
  struct State {
    std::vector<LayerState> layers;
    Buffer<Stored, Space> dz{"dp::FittingNet::dz"};
    Buffer<T, Space> product{"dp::FittingNet::product"};  // of mixed precision
    Buffer<float, Space> single{"dp::FittingNet::single"}, single_product{"dp::FittingNet::single_product"};
    Buffer<double, Space> energy{"dp::FittingNet::energy"};
    detail::SumMemory<Space> sums;

    std::size_t bytes() const {
      std::size_t sum = dz.bytes() + product.bytes() + single.bytes() + single_product.bytes() +
                        energy.bytes() + sums.bytes();
      for (auto const& layer : layers) sum += layer.value.bytes() + layer.slope.bytes() + layer.dy.bytes();
      return sum;
    }
  };

  /// dy = dz W^T, or with `adds` dy += dz W^T.
  static void multiply(Space const& space, Matrix<Stored const, Space> dz,
                       PackedMatrix<Space, Stored> const& transposed, Matrix<T, Space> dy,
                       [[maybe_unused]] bool adds) requires(!is_mixed<Precision>) {
    if constexpr (adds_products)
      if (adds) return gemm_add<Space, T>(space, dz, transposed, dy);
    gemm<Space, T>(space, dz, transposed, dy);
  }

  /// A factor of a product in float.
  static Matrix<float, Space> to_single(Space const& space, State& state, Matrix<Stored const, Space> x) {
    auto const factor = state.single.get(space, x.extent(0), x.extent(1));
    detail::for_each_row(space, "dp::FittingNet::to_single", static_cast<std::int64_t>(x.extent(0)),
                         static_cast<int>(x.extent(1)), detail::ToSingle<Space, T, Stored>{x, factor});
    return factor;
  }
  static void add(Space const& space, Matrix<float const, Space> product, Matrix<T, Space> sum, bool add) {
    detail::for_each_row(space, "dp::FittingNet::from_single", static_cast<std::int64_t>(sum.extent(0)),
                         static_cast<int>(sum.extent(1)), detail::FromSingle<Space, T>{product, sum, add});
  }

  template <detail::Slope S>
  void run(Space const& space, Weights const& net, State& state, Input const& input, double sign,
           double shift, Vector<double, Space> energy) const {
    auto const& layers = net.layers();
    Matrix<Stored const, Space> x = input.x;
    auto const atoms = x.extent(0);
    for (std::size_t l = 0; l + 1 < layers.size(); ++l) {
      auto const width = static_cast<std::size_t>(layers[l].outputs());
      auto const y = state.layers[l].value.get(space, atoms, width);
      auto const slope = S == detail::Slope::factor ? state.layers[l].slope.get(space, atoms, width)
                                                    : Matrix<Stored, Space>();
      auto const z = detail::product_for<Space, T>(
          y, is_mixed<Precision> ? state.product.get(space, atoms * width).data() : nullptr);
      auto const& single = net.single[l].weight;
      bool const rest = layers[l].inputs() > 0 || single.rows == 0;
      if (rest) gemm(space, x, layers[l].weight, z);
      if (single.rows > 0) {
        auto const product = state.single_product.get(space, atoms, width);
        gemm(space, l == 0 ? Matrix<float const, Space>(input.single) : to_single(space, state, x), single,
             product);
        add(space, product, z, rest);
      }
      detail::layer_pass<S>(space, layers[l], z, {}, y, slope, x, {});
      x = y;
    }
    auto const& last = layers.back();
    detail::last_layer(space,
                       detail::LastLayer<Space, T, Stored>{x, last.vector, last.bias, sign, shift, energy});
  }

  std::vector<Type> m_types;
  Slot<Input> m_input;
  std::optional<Slot<AtomEnergies<Space>>> m_energies;
  Slot<State> m_state;
};

}  // namespace dp
