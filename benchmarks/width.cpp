// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// How a step grows with the width of the embedding net (SC20 paper, Fig. 7): copper with made-up models,
// exact.

#include <benchmark/benchmark.h>

#include "setup.hpp"
#include "work.hpp"

namespace dp::bench {
namespace {

Layer random_layer(int inputs, int outputs, Activation activation, Skip skip, std::mt19937& random) {
  Layer layer;
  layer.inputs = inputs;
  layer.outputs = outputs;
  layer.activation = activation;
  layer.skip = skip;
  double const range = 2.0 / std::sqrt(static_cast<double>(inputs + outputs));
  auto const fill = [&](std::vector<double>& values, int count) {
    for (int k = 0; k < count; ++k) values.push_back(range * (static_cast<double>(random()) * 0x1p-31 - 1.0));
  };
  fill(layer.weight, inputs * outputs);
  fill(layer.bias, outputs);
  return layer;
}

/// One type, sel 512 in 8 Angstrom as the paper's copper; embedding net (width / 2, width, 2 width), so that
/// its largest product is width x 2 width, and fitting net (240, 240, 240).
Model random_model(int width) {
  std::mt19937 random(1);
  Model model;
  model.source = "made up";
  model.type_map = {"Cu"};
  SeA d;
  d.rcut = 8.0;
  d.rcut_smth = 2.0;
  d.sel = {512};
  d.axis_neuron = 16;
  d.mean = {{0.05, 0, 0, 0}};
  d.stddev = {{0.1, 0.08, 0.08, 0.08}};
  d.excluded = {0};
  d.nets = {{{random_layer(1, width / 2, Activation::tanh, Skip::none, random),
              random_layer(width / 2, width, Activation::tanh, Skip::doubled, random),
              random_layer(width, 2 * width, Activation::tanh, Skip::doubled, random)}}};
  Standard part;
  part.fitting.nets = {{{random_layer(d.dimension(), 240, Activation::tanh, Skip::none, random),
                         random_layer(240, 240, Activation::tanh, Skip::identity, random),
                         random_layer(240, 240, Activation::tanh, Skip::identity, random),
                         random_layer(240, 1, Activation::linear, Skip::none, random)}}};
  part.fitting.bias_atom_e = {0.0};
  part.fitting.vacuum_removed = {0};
  part.out_bias = {0.0};
  part.descriptor = {std::move(d)};
  model.atomic = std::move(part);
  model.atom_excluded = {0};
  model.pair_excluded = {0};
  return model;
}

template <class Precision>
void whole_step(benchmark::State& state, System const& system, int width) {
  Space const space;
  auto const model = random_model(width);
  DeepPotential<Space, Precision> potential(model);
  Atoms const atoms(system, cutoff(model));
  auto const step = [&] {
    potential.compute(space, atoms.configuration(), atoms.cells.list(), atoms.output());
  };
  step();
  double sum = 0.0;
  for (auto _ : state) {
    double const time = seconds(step).wall;
    state.SetIterationTime(time);
    sum += time;
  }
  auto const starts = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), atoms.cells.list().starts);
  double const pairs = static_cast<double>(starts(starts.extent(0) - 1));
  NeighborCells<Space> near;
  near.build(space, atoms.images.positions(), atoms.images.local(), cutoff(model));
  auto const within = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), near.list().starts);
  Work total;
  for (std::size_t s = 0; s < stage_count; ++s)
    total +=
        work_of(static_cast<Stage>(s), model, 0, system.atoms,
                {static_cast<double>(within(within.extent(0) - 1))}, pairs, sizeof(typename Precision::Net));
  auto const steps = static_cast<double>(state.iterations());
  state.counters["us/step/atom"] = 1e6 * sum / steps / system.atoms;
  state.counters["MFLOP/atom"] = 1e-6 * total.flops / system.atoms;
  state.counters["FLOP/s"] = total.flops * steps / sum;
  state.counters["working_memory_MB"] = 1e-6 * static_cast<double>(potential.bytes());
}

template <class Precision>
void add_widths() {
  static constexpr System few{"copper", 256}, many{"copper", 12288};
  System const& system = is_host_space<Space> ? few : many;
  for (int width = 16; width <= 1024; width *= 2)
    benchmark::RegisterBenchmark(
        ("width/" + std::to_string(width) + "x" + std::to_string(2 * width) + "/" + Precision::name).c_str(),
        [&system, width](benchmark::State& state) { whole_step<Precision>(state, system, width); })
        ->UseManualTime()
        ->Iterations(is_host_space<Space> ? 1 : 5)
        ->Unit(benchmark::kMillisecond);
}

}  // namespace

/// Registers everything of this file.
void add_widths() {
  add_widths<Double>();
  add_widths<Mix32>();
}

}  // namespace dp::bench
