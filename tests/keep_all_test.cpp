// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// Overflow::keep_all: all neighbours count, however many more than sel there are, and the energy is smooth.

#include <gtest/gtest.h>

#include <cmath>
#include <dp/math/switch_function.hpp>
#include <string>
#include <vector>

#include "support/cases.hpp"
#include "support/differences.hpp"
#include "support/parts.hpp"

namespace dp::test {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

Options keep_all(Evaluation evaluation = Evaluation::exact) {
  return {.evaluation = evaluation, .overflow = Overflow::keep_all, .tolerance = 1e-5, .reproducible = true};
}

/// Two-sided and radial models with statistics that are not zero, so that absent neighbours count, and one of
/// which DeePMD-kit left neighbours out; few slots for each type.
std::vector<Model> models() {
  std::vector<Model> result;
  for (char const* const name : {"two_sided", "radial_two_sided", "no_padding_overflow"}) {
    result.push_back(without_biases(load_model(variant(name).model)));
    two_body(result.back()).sel = {4, 5};
  }
  return result;
}

/// A crowd of both types within the cutoff, without symmetry.
Frame crowd(int atoms) {
  Frame frame;
  frame.periodic = false;
  for (int i = 0; i < atoms; ++i) {
    frame.types.push_back(i % 3 ? 1 : 0);
    double const place[] = {1.1 * (i % 3), 1.2 * (i / 3 % 3), 1.3 * (i / 9)};
    for (int c = 0; c < 3; ++c)
      frame.positions.push_back(place[c] + 0.2 * std::sin(double(7 * i * i + 11 * c + i)));
  }
  return frame;
}

/// G(x) of a net, on the host.
std::vector<double> apply(Net const& net, double x) {
  std::vector<double> in = {x};
  for (Layer const& layer : net.layers) {
    auto const n = static_cast<std::size_t>(layer.inputs), m = static_cast<std::size_t>(layer.outputs);
    std::vector<double> out(m);
    for (std::size_t o = 0; o < m; ++o) {
      double sum = layer.bias.empty() ? 0.0 : layer.bias[o];
      for (std::size_t i = 0; i < n; ++i) sum += in[i] * layer.weight[i * m + o];
      out[o] = std::tanh(sum) * (layer.timestep.empty() ? 1.0 : layer.timestep[o]);
      if (layer.skip != Skip::none) out[o] += in[o % n];
    }
    in = out;
  }
  return in;
}

/// A fitting net that is one row of weights: the energy is their product with the descriptor.
void make_linear(Model& model) {
  Layer layer;
  layer.inputs = standard(model).descriptor.dimension();
  layer.outputs = 1;
  for (int i = 0; i < layer.inputs; ++i) layer.weight.push_back(std::cos(1.0 + 3.0 * i));
  for (Net& net : fitting_part(model).nets) net.layers = {layer};
}

/// The energy of atom `i` of a model with a linear fitting net, as a plain sum: each neighbour of type t adds
/// G(s) (x) r, and what lacks in sel, or is beyond it, adds or takes the same of a neighbour at the cutoff.
double plain_sum(Model const& model, Frame const& frame, std::size_t i) {
  TwoBody const& d = two_body(model);
  bool const angular = test::angular(model);
  std::size_t const types = d.sel.size(), width = static_cast<std::size_t>(d.width()),
                    parts = angular ? 4 : 1;
  std::vector<double> t(parts * width);
  auto const add = [&](std::size_t pair, std::vector<double> row, double times) {
    for (std::size_t c = 0; c < 4; ++c) row[c] = (row[c] - d.mean[pair][c]) / d.stddev[pair][c];
    auto const g = apply(d.nets[d.embedding_of(pair)], row[0]);
    for (std::size_t c = 0; c < parts; ++c)
      for (std::size_t m = 0; m < width; ++m) t[c * width + m] += times * g[m] * (angular ? row[c] : 1.0);
  };
  std::size_t const first = static_cast<std::size_t>(frame.types[i]) * types;
  SwitchFunction const w(d.rcut_smth, d.rcut, d.float32_cutoffs);
  for (std::size_t type = 0; type < types; ++type)
    add(first + type, {0.0, 0.0, 0.0, 0.0}, static_cast<double>(d.sel[type]));
  for (std::size_t j = 0; j < frame.atoms(); ++j) {
    double x[3], r2 = 0.0, value, slope;
    for (std::size_t c = 0; c < 3; ++c) x[c] = frame.positions[3 * j + c] - frame.positions[3 * i + c];
    for (double component : x) r2 += component * component;
    double const r = std::sqrt(r2);
    if (j == i || r >= d.rcut) continue;
    w(r, value, slope);
    std::size_t const pair = first + static_cast<std::size_t>(frame.types[j]);
    add(pair, {value / r, value * x[0] / r2, value * x[1] / r2, value * x[2] / r2}, 1.0);
    add(pair, {0.0, 0.0, 0.0, 0.0}, -1.0);
  }
  auto const& weight = fitting_part(model).net_of(static_cast<std::size_t>(frame.types[i])).layers[0].weight;
  double const slots = d.nnei();
  double energy = 0.0;
  if (!angular) {
    for (std::size_t m = 0; m < width; ++m) energy += weight[m] * t[m] / (5.0 * slots);
    return energy;
  }
  auto const axis = static_cast<std::size_t>(axis_neuron(model));
  for (std::size_t m = 0; m < width; ++m)
    for (std::size_t b = 0; b < axis; ++b)
      for (std::size_t c = 0; c < 4; ++c)
        energy += weight[m * axis + b] * t[c * width + m] * t[c * width + b] / (slots * slots);
  return energy;
}

TEST(KeepAll, IsThePlainSumOverAllNeighbours) {
  auto const frame = crowd(27);
  for (Model& model : models()) {
    SCOPED_TRACE(model.source);
    make_linear(model);
    CompiledPotential<Space, Double> all(model, keep_all()), nearest(model);
    auto const energies = evaluate(all, frame).atom_energy;
    EXPECT_EQ(all.dropped(), 0);
    for (std::size_t i = 0; i < frame.atoms(); ++i)
      EXPECT_NEAR(energies[i], plain_sum(model, frame, i), 1e-12) << "atom " << i;
    EXPECT_GT(largest_difference(evaluate(nearest, frame).atom_energy, energies), 1e-4);
    EXPECT_GT(nearest.dropped(), 0);
  }
}

TEST(KeepAll, IsKeepNearestWhereNothingIsBeyondSel) {
  for (auto const& c : {variant("two_sided"), variant("radial_one_sided"), water_case()})
    for (Evaluation evaluation : {Evaluation::exact, Evaluation::compressed}) {
      SCOPED_TRACE(c.name);
      auto const model = load_model(c.model);
      auto options = keep_all(evaluation);
      CompiledPotential<Space, Double> all(model, options);
      options.overflow = Overflow::keep_nearest;
      CompiledPotential<Space, Double> nearest(model, options);
      auto const frame = read_frames(c.reference).front();
      auto const a = evaluate(all, frame), b = evaluate(nearest, frame);
      ASSERT_EQ(nearest.dropped(), 0);
      EXPECT_EQ(a.energy, b.energy);
      EXPECT_EQ(a.atom_energy, b.atom_energy);
      EXPECT_EQ(a.force, b.force);
      EXPECT_EQ(a.virial, b.virial);
      EXPECT_EQ(a.atom_virial, b.atom_virial);
    }
}

/// Energy of atom 0 while a neighbour passes its cutoff, and another one of the same type, at a distance of
/// its own, is the last of sel.
TEST(KeepAll, IsContinuousWhereANeighbourPassesTheCutoff) {
  for (Model& model : models()) {
    SCOPED_TRACE(model.source);
    make_linear(model);  // so that nothing is saturated
    double const rcut = two_body(model).rcut;
    auto const energy = [&](auto& potential, double r) {
      auto frame = crowd(27);
      for (double& x : frame.positions) x *= 0.8;  // all within the cutoff
      for (int c = 0; c < 3; ++c)
        frame.positions.push_back(frame.positions[static_cast<std::size_t>(c)] + (c == 1 ? r : 0.0));
      frame.types.push_back(1);
      return atom_energies(potential, frame)[0];
    };
    for (Evaluation evaluation : {Evaluation::exact, Evaluation::compressed}) {
      CompiledPotential<Space, Double> all(model, keep_all(evaluation));
      double const inside = energy(all, rcut - 1e-4), outside = energy(all, rcut + 1e-4);
      EXPECT_NEAR(inside, outside, 1e-10);
      EXPECT_GT(std::abs(energy(all, 0.8 * rcut) - outside), 1e-7);  // it is noticed farther in
    }
  }
}

TEST(KeepAll, ForcesAndVirialsAreTheSlopesOfTheEnergy) {
  for (Model const& model : models()) {
    SCOPED_TRACE(model.source);
    CompiledPotential<Space, Double> all(model, keep_all());
    auto frame = crowd(27);
    for (double& x : frame.positions) x *= 1.9;  // some neighbours about the cutoff
    auto const found = against_differences(all, frame, 12, 3);
    EXPECT_LT(found.force, 1e-8);
    EXPECT_LT(found.virial, 1e-7);
    EXPECT_EQ(all.dropped(), 0);
  }
}

TEST(KeepAll, DoesNotDependOnTheOrderOfAtoms) {
  auto model = without_biases(load_model(copper_case().model));
  two_body(model).sel = {20};  // of an fcc crystal, where many are equally distant
  Frame cell;
  double const a = 3.6;
  cell.box = {a, 0, 0, 0, a, 0, 0, 0, a};
  cell.positions = {0, 0, 0, 0, a / 2, a / 2, a / 2, 0, a / 2, a / 2, a / 2, 0};
  cell.types.assign(4, 0);
  CompiledPotential<Space, Double> all(model, keep_all()),
      compressed(model, keep_all(Evaluation::compressed));
  auto const frame = replicated(cell, {2, 2, 2});
  auto const order = shuffled(frame.atoms());
  for (auto* potential : {&all, &compressed}) {
    auto const expected = evaluate(*potential, frame);
    for (std::size_t i = 0; i < frame.atoms(); ++i)
      EXPECT_NEAR(expected.atom_energy[i], expected.atom_energy[0], 1e-12);
    EXPECT_LT(largest_difference(expected.force, std::vector(expected.force.size(), 0.0)), 1e-11);
    auto const shuffled_results = evaluate(*potential, reordered(frame, order));
    EXPECT_LT(largest_difference(shuffled_results.atom_energy, reordered(expected.atom_energy, order, 1)),
              1e-12);
  }
  EXPECT_NEAR(evaluate(all, frame).energy, evaluate(compressed, frame).energy,
              1e-5 * static_cast<double>(frame.atoms()));  // the tolerance times 1 Angstrom for each
}

TEST(KeepAll, InLowerPrecisionsToo) {
  auto frame = crowd(27);
  for (double& x : frame.positions) x *= 1.3;
  for (Model const& model : models())
    for (Evaluation evaluation : {Evaluation::exact, Evaluation::compressed}) {
      SCOPED_TRACE(model.source);
      CompiledPotential<Space, Double> exact(model, keep_all());
      CompiledPotential<Space, Mix32> mix32(model, keep_all(evaluation));
      CompiledPotential<Space, Mix16> mix16(model, keep_all(evaluation));
      auto const expected = evaluate(exact, frame);
      // The tolerance of the bases is that of a fluid with 0.6 times sel, and here are five times as many.
      double const tolerance = evaluation == Evaluation::exact ? 2e-5 : 1e-3;
      EXPECT_LT(largest_difference(evaluate(mix32, frame), expected), tolerance);
      EXPECT_LT(largest_difference(evaluate(mix16, frame), expected), 2e-2);
      EXPECT_EQ(mix32.dropped() + mix16.dropped(), 0);
    }
}

}  // namespace
}  // namespace dp::test
