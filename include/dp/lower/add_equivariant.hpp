// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/blocks/channel_mix.hpp>
#include <dp/blocks/edge_energies.hpp>
#include <dp/blocks/edge_geometry.hpp>
#include <dp/blocks/edge_net.hpp>
#include <dp/blocks/neighbourhood.hpp>
#include <dp/blocks/renewed_scalars.hpp>
#include <dp/blocks/screened_repulsion.hpp>
#include <dp/blocks/tensor_product.hpp>
#include <dp/core/error.hpp>
#include <dp/core/kernels.hpp>
#include <dp/core/precision.hpp>
#include <dp/program/equivariant.hpp>
#include <dp/schedule/program.hpp>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace dp::detail {

/// The blocks of an equivariant network, put together one behind the other. On hosts.
template <class Space, class Precision>
class EquivariantBlocks {
 public:
  /// Adds to `program`, whose slots `slots` deals out.
  EquivariantBlocks(Space const& space, EquivariantTerm const& term, Program<Space>& program, Slots& slots)
      : m_space(space), m_term(term), m_program(program), m_slots(slots) {}

  /// All of them.
  void put_together() {
    m_rows = add<Neighbourhood<Space>>(m_program, m_space, m_term.neighbours, true, m_slots).rows();
    if (m_term.repulsion) add<NuclearRepulsion<Space>>(m_program, m_space, m_term, m_rows, m_slots);
    auto const& geometry = add<EdgeGeometry<Space, T>>(m_program, m_space, m_term, m_rows, m_slots);
    m_harmonic = geometry.harmonic();
    int const count = std::visit([](auto const& functions) { return functions.count(); }, m_term.functions);
    auto const& first = net(m_term.of_pair, {{geometry.function(), 0, count}}, "of_pair");
    auto const scalars = m_term.renewed ? renew(geometry.envelope(), first) : concatenate(first);
    auto const& readout = net({m_term.readout}, scalars, "readout");
    add<EdgeEnergies<Space, T>>(m_program, m_space, m_term, m_rows, readout.output(), m_slots);
  }

 private:
  using T = typename Precision::Net;
  using Numbers = EdgeNumbers<Space, T>;
  using Columns = EdgeColumns<Space, T>;
  using Edge = EdgeNet<Space, Precision>;

  Edge const& net(std::vector<std::shared_ptr<Net const>> const& nets, std::vector<Columns> const& inputs,
                  std::string const& name) {
    return add<Edge>(m_program, m_space, nets, inputs, m_rows, name, m_slots);
  }

  /// The first tensors, from weights (degree, channel).
  Slot<Numbers> embed(Columns weights) {
    TensorLayout const& layout = m_term.layers.front().product.input;
    return add<TensorEmbedding<Space, T>>(m_program, m_space, m_term, layout, m_harmonic, weights, m_slots)
        .tensor();
  }

  Slot<Numbers> product(EquivariantLayer const& layer, Columns weights, Slot<Numbers> tensor) {
    return add<EnvironmentProduct<Space, T>>(m_program, m_space, m_term, layer.product, m_rows, m_harmonic,
                                             weights, tensor, m_slots)
        .product();
  }

  /// Layers whose nets read the scalars of all before: these.
  std::vector<Columns> concatenate(Edge const& first) {
    int const s = m_term.scalars, w = m_term.weights();
    std::vector<Columns> scalars = {first.columns(0, s)};
    auto tensor = embed(first.columns(s, w));
    Columns weights = first.columns(s + w, w);
    for (EquivariantLayer const& layer : m_term.layers) {
      tensor = product(layer, weights, tensor);
      std::vector<Columns> inputs = scalars;
      inputs.push_back({tensor, 0, m_term.channels, true});
      auto const& latent = net({layer.latent}, inputs, "latent");
      scalars.push_back(latent.columns(0, s));
      weights = latent.columns(s, w);
    }
    return scalars;
  }

  /// Layers that renew the scalars: the last ones.
  std::vector<Columns> renew(Slot<Numbers> envelope, Edge const& first) {
    int const s = m_term.scalars, w = m_term.weights();
    auto scalars =
        add<RenewedScalars<Space, T>>(m_program, envelope, first.output(), std::nullopt, 0.0, 1.0, m_slots)
            .scalars();
    std::optional<Slot<Numbers>> tensor;
    for (EquivariantLayer const& layer : m_term.layers) {
      auto const& weights = net({layer.weights}, {{scalars, 0, s}}, "weights");
      if (!tensor) tensor = embed(weights.columns(0, w));
      auto const apart = product(layer, weights.columns(weights.outputs() - w, w), *tensor);
      int const to_scalars = layer.product.output.parts.front().copies * m_term.channels;
      auto const& latent = net({layer.latent}, {{scalars, 0, s}, {apart, 0, to_scalars, true}}, "latent");
      scalars = add<RenewedScalars<Space, T>>(m_program, envelope, latent.output(), scalars, layer.old_part,
                                              layer.new_part, m_slots)
                    .scalars();
      if (!layer.mix.empty())
        tensor = add<ChannelMix<Space, T>>(m_program, m_space, layer.product.output, m_term.channels,
                                           layer.mix, apart, m_slots)
                     .mixed();
    }
    return {{scalars, 0, s}};
  }

  Space const& m_space;
  EquivariantTerm const& m_term;
  Program<Space>& m_program;
  Slots& m_slots;
  Slot<Rows<Space>> m_rows;
  Slot<Numbers> m_harmonic;
};

/// The blocks of an equivariant network. \throws dp::Error where these are not for `Kernels` or `Precision`
template <class Space, class Precision, class Kernels>
void add_equivariant(Space const& space, EquivariantTerm const& term, Program<Space>& program, Slots& slots) {
  if constexpr (!std::is_same_v<Kernels, Loops>)
    fail(term.source, ": Allegro models are not evaluated on devices yet; use a host space");
  else if constexpr (is_mixed<Precision>)
    fail(term.source, ": Allegro models are evaluated in double or mix32, not in ", Precision::name);
  else
    EquivariantBlocks<Space, Precision>(space, term, program, slots).put_together();
}

/// Numbers that a tile keeps of an edge.
inline std::int64_t numbers_of_edge(EquivariantTerm const& term) {
  auto const of_net = [](Net const& net) {
    std::int64_t sum = 2 * net.inputs();
    for (Layer const& layer : net.layers) sum += 3 * layer.outputs;
    return sum;
  };
  std::int64_t sum = 2 * term.degrees * term.degrees + of_net(*term.of_pair.front()) + of_net(*term.readout);
  for (EquivariantLayer const& layer : term.layers) {
    sum += of_net(*layer.latent) + (layer.weights ? of_net(*layer.weights) : 0);
    sum += 2 * term.channels * (layer.product.input.numbers() + layer.product.output.numbers());
  }
  return sum;
}

}  // namespace dp::detail
