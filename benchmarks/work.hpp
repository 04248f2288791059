// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/model/model.hpp>
#include <dp/program/bases.hpp>
#include <variant>
#include <vector>

namespace dp::bench {

/// In the order in which a tile goes through them.
enum class Stage { environment, embedding, descriptor, fitting, fitting_adjoint, descriptor_adjoint, forces };

inline constexpr char const* stage_names[] = {
    "environment", "embedding", "descriptor", "fitting", "fitting_adjoint", "descriptor_adjoint", "forces"};
inline constexpr int stage_count = 7;

/// What a step must compute and move, counted from the model: multiplications and additions of the nets and
/// contractions for the neighbours that are there (no padding), without the activation functions, which are
/// counted apart; bytes that each stage reads and writes of its arguments if nothing stays in a cache.
struct Work {
  double flops = 0.0, bytes = 0.0, activations = 0.0;
};

/// The descriptor of the models that are measured.
inline SeA const& se_a(Model const& model) {
  return std::get<SeA>(std::get<Standard>(model.atomic).descriptor.node);
}

/// `centre`: type of the atoms; `pairs`: neighbours within the cutoff of each type; `listed`: entries of
/// their list; `number`: bytes of a number in the nets.
inline Work work_of(Stage stage, Model const& model, int centre, double atoms,
                    std::vector<double> const& pairs, double listed, double number) {
  SeA const& d = se_a(model);
  double const m = d.width(), axis = d.axis_neuron, dimension = d.dimension();
  double neighbours = 0.0;
  for (double n : pairs) neighbours += n;
  double multiplications = 0.0, neurons = 0.0, weights = 0.0;
  auto const count = [&](Net const& net, double rows) {
    for (Layer const& layer : net.layers) {
      multiplications += rows * layer.inputs * layer.outputs;
      neurons += rows * (layer.activation == Activation::linear ? 0 : layer.outputs);
      weights += layer.inputs * layer.outputs;
    }
  };
  switch (stage) {
    case Stage::environment:  // index, position and type of each entry; row, displacement and two indices of
                              // each pair
      return {0.0, 32.0 * listed + 64.0 * neighbours, 0.0};
    case Stage::embedding:  // nets and their derivatives
      for (std::size_t t = 0; t < pairs.size(); ++t)
        count(d.nets[d.embedding_of(static_cast<std::size_t>(centre) * pairs.size() + t)], pairs[t]);
      return {4.0 * multiplications, neighbours * (8.0 + 2.0 * m * number), neurons};
    case Stage::descriptor:  // T = sum of g r, D = T T^t
      return {8.0 * m * neighbours + 8.0 * m * axis * atoms,
              neighbours * (32.0 + m * number) + atoms * number * (4.0 * m + dimension), 0.0};
    case Stage::descriptor_adjoint:  // T, then g and r
      return {16.0 * m * neighbours + 16.0 * m * axis * atoms,
              neighbours * (64.0 + 2.0 * m * number) + atoms * number * (8.0 * m + dimension), 0.0};
    case Stage::fitting:
    case Stage::fitting_adjoint:
      count(fitting_of(model).net_of(static_cast<std::size_t>(centre)), atoms);
      return {2.0 * multiplications, number * (weights + atoms * dimension + 3.0 * neurons),
              stage == Stage::fitting ? neurons : 0.0};
    case Stage::forces:  // displacement, gradient, index; the neighbour's force read and written
      return {0.0, neighbours * (24.0 + 32.0 + 4.0 + 48.0), 0.0};
  }
  return {};
}

/// The same of the compressed evaluation, with the functions and features of `centre`. Tables are taken to
/// stay in a cache.
inline Work compressed_work_of(Stage stage, Model const& model, CentreBasis const& basis,
                               std::vector<int> const& functions, int centre, double atoms,
                               std::vector<double> const& pairs, double listed, double number) {
  SeA const& d = se_a(model);
  double const m = d.width(), k = basis.width, features = basis.dimension;
  double neighbours = 0.0, evaluated = 0.0;
  for (std::size_t t = 0; t < pairs.size(); ++t) {
    neighbours += pairs[t];
    evaluated += pairs[t] * functions[t];
  }
  // Rows of Y, or of C A, that are formed.
  double const left = basis.features == Features::full ? m : static_cast<double>(basis.counts.size());
  switch (stage) {
    case Stage::embedding:  // phi and its sum with r, forward; phi, its slope and two sums, back
      return {(10.0 + 8.0 + 20.0 + 18.0) * evaluated,
              neighbours * (8.0 + 4.0 + number + 2.0 * (4.0 + number + 32.0) + 32.0) +
                  2.0 * atoms * 4.0 * k * number,
              0.0};
    case Stage::descriptor:  // Y, then its products with A
      return {atoms * (8.0 * k * left + 8.0 * features), atoms * number * (4.0 * (k + left) + features), 0.0};
    case Stage::descriptor_adjoint:
      return {atoms * (8.0 * k * left + 16.0 * features), atoms * number * (8.0 * (k + left) + features),
              0.0};
    case Stage::fitting:
    case Stage::fitting_adjoint: {
      auto work = work_of(stage, model, centre, atoms, pairs, listed, number);
      double const fewer = (d.dimension() - features) *
                           fitting_of(model).net_of(static_cast<std::size_t>(centre)).layers.front().outputs;
      work.flops -= 2.0 * atoms * fewer;
      work.bytes -= number * (fewer + atoms * (d.dimension() - features));
      return work;
    }
    default:
      return work_of(stage, model, centre, atoms, pairs, listed, number);
  }
}

inline Work& operator+=(Work& sum, Work const& more) {
  sum.flops += more.flops;
  sum.bytes += more.bytes;
  sum.activations += more.activations;
  return sum;
}

}  // namespace dp::bench
