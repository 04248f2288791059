// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// Mix16 (weights and activations in half): what it costs in accuracy on the trained models, and that numbers
// beyond the range of half, or far below it, do not pass unnoticed.

#include <gtest/gtest.h>

#include <cstdio>
#include <dp/math/gemm.hpp>

#include "support/cases.hpp"
#include "support/evaluate.hpp"
#include "support/parts.hpp"
#include "support/transform.hpp"

namespace dp::test {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

struct Accuracy {
  double force_rms = 0.0, largest_force = 0.0, energy_per_atom = 0.0, virial_per_atom = 0.0;
};

template <class A, class B>
Accuracy compare(CompiledPotential<Space, A>& reference, CompiledPotential<Space, B>& rounded,
                 Case const& test_case) {
  Accuracy found;
  double squares = 0.0;
  std::size_t components = 0;
  for (auto const& frame : read_frames(test_case.reference)) {
    auto const a = evaluate(reference, frame), b = evaluate(rounded, frame);
    for (std::size_t k = 0; k < a.force.size(); ++k) squares += std::pow(a.force[k] - b.force[k], 2);
    components += a.force.size();
    auto const atoms = static_cast<double>(frame.atoms());
    found.largest_force = std::max(found.largest_force, largest_difference(a.force, b.force));
    found.energy_per_atom = std::max(found.energy_per_atom, std::abs(a.energy - b.energy) / atoms);
    found.virial_per_atom = std::max(found.virial_per_atom, largest_difference(a.virial, b.virial) / atoms);
  }
  found.force_rms = std::sqrt(squares / static_cast<double>(components));
  return found;
}

Accuracy accuracy(Case const& test_case, Evaluation evaluation, double atoms_of_unit) {
  auto const model = load_model(test_case.model);
  CompiledPotential<Space, Double> exact(model);
  CompiledPotential<Space, Mix16> rounded(model, {.evaluation = evaluation, .tolerance = 1e-4});
  auto const found = compare(exact, rounded, test_case);
  std::printf("%s, %s - double: force RMS %.1e eV/A, largest %.1e; energy %.1e eV/%s; virial %.1e eV/%s\n",
              test_case.name.c_str(), evaluation == Evaluation::exact ? "Mix16" : "Mix16 compressed",
              found.force_rms, found.largest_force, atoms_of_unit * found.energy_per_atom,
              atoms_of_unit > 1 ? "molecule" : "atom", atoms_of_unit * found.virial_per_atom,
              atoms_of_unit > 1 ? "molecule" : "atom");
  return found;
}

// The paper's, on another model of water: force RMS 5.7e-3 eV/A, energy 3.6e-3 eV/molecule.
TEST(Mix16Accuracy, Water) {
  auto const found = accuracy(water_case(), Evaluation::exact, 3.0);
  EXPECT_LT(found.force_rms, 3.3e-3);
  EXPECT_LT(3.0 * found.energy_per_atom, 2.5e-3);
  EXPECT_LT(3.0 * found.virial_per_atom, 3.2e-3);
  EXPECT_GT(found.force_rms, 1e-5) << "is anything in half at all?";
}

TEST(Mix16Accuracy, WaterCompressed) {
  auto const found = accuracy(water_case(), Evaluation::compressed, 3.0);
  EXPECT_LT(found.force_rms, 3.3e-4);
  EXPECT_LT(3.0 * found.energy_per_atom, 5.7e-4);
  EXPECT_GT(found.force_rms, 5e-5) << "is anything in half at all?";
}

TEST(Mix16Accuracy, Copper) {
  auto const found = accuracy(copper_case(), Evaluation::exact, 1.0);
  EXPECT_LT(found.force_rms, 8.0e-4);
  EXPECT_LT(found.energy_per_atom, 7.8e-4);
  EXPECT_GT(found.force_rms, 1e-5) << "is anything in half at all?";
}

TEST(Mix16Accuracy, CopperCompressed) {
  auto const found = accuracy(copper_case(), Evaluation::compressed, 1.0);
  EXPECT_LT(found.force_rms, 2.9e-4);
  EXPECT_LT(found.energy_per_atom, 1.1e-3);
}

TEST(Mix16, HoldsHalfTheMemoryOfMix32) {
  static_assert(sizeof(PackedMatrix<Space, Half>::data[0]) == 2);
  auto const model = load_model(copper_case().model);
  // Many atoms: the embedding's scratch, which is the same for both, is bounded.
  auto const frame = replicated(read_frames(copper_case().reference).front(), {2, 2, 2});
  CompiledPotential<Space, Mix32> single(model);
  CompiledPotential<Space, Mix16> half(model);
  evaluate(single, frame);
  evaluate(half, frame);
  std::printf("copper, %zu atoms: Mix32 %zu, Mix16 %zu bytes\n", frame.atoms(), single.bytes(), half.bytes());
  EXPECT_LT(static_cast<double>(half.bytes()), 0.75 * static_cast<double>(single.bytes()));
}

/// A model whose energies are those of the trained one times `factor`.
Model scaled(double factor) {
  auto model = load_model(water_case().model);
  for (auto& net : fitting_part(model).nets) {
    for (double& w : net.layers.back().weight) w *= factor;
    for (double& b : net.layers.back().bias) b *= factor;
  }
  return model;
}

TEST(Mix16, GradientsOfAnySizeKeepTheirAccuracy) {
  auto const frame = read_frames(water_case().reference).front();
  auto const forces = [&](double factor) {
    CompiledPotential<Space, Mix16> potential(scaled(factor));
    return evaluate(potential, frame).force;
  };
  auto const reference = forces(1.0);
  for (double factor : {0x1p-40, 0x1p-12, 0x1p12, 0x1p30}) {
    auto found = forces(factor);
    for (double& f : found) f /= factor;
    // A power of two goes through every product unchanged, unless something leaves the range.
    EXPECT_LT(largest_difference(found, reference), 1e-6) << "factor " << factor;
  }
}

std::string refusal(Model const& model, Evaluation evaluation = Evaluation::exact) {
  try {
    CompiledPotential<Space, Mix16> const potential(model, {.evaluation = evaluation});
  } catch (Error const& error) {
    return error.what();
  }
  return "nothing refused";
}

TEST(Mix16, RefusesWeightsBeyondItsRange) {
  auto model = load_model(water_case().model);
  EXPECT_EQ(refusal(model), "nothing refused");
  fitting_part(model).nets[1].layers[2].weight[5] = -65505.0;
  EXPECT_EQ(refusal(model),
            "fitting net of H, layer 2: the weight -65505 is beyond the range of half precision (65504); use "
            "another precision");
  EXPECT_NE(refusal(model, Evaluation::compressed).find("fitting net of H, layer 2"), std::string::npos);
  model = load_model(water_case().model);
  two_body(model).nets[2].layers[1].weight[0] = 1e5;
  EXPECT_EQ(refusal(model),
            "embedding net of the pair of types 1 0, layer 1: the weight 100000 is beyond the range of half "
            "precision (65504); use another precision");
  // What stays in float may be as large as it likes.
  model = load_model(water_case().model);
  fitting_part(model).nets[0].layers.back().weight[0] = 1e5;
  two_body(model).nets[0].layers.front().weight[0] = 1e5;
  EXPECT_EQ(refusal(model), "nothing refused");
}

/// What compute() says where the descriptor is `factor` times what the trained model's is.
std::string complaint(double factor, Activation activation) {
  auto model = load_model(water_case().model);
  for (auto& net : two_body(model).nets) {
    net.layers.back().activation = Activation::linear;
    for (double& w : net.layers.back().weight) w *= factor;
  }
  for (auto& net : fitting_part(model).nets) net.layers.front().activation = activation;
  auto const frame = read_frames(water_case().reference).front();
  CompiledPotential<Space, Mix16> potential(model);
  try {
    auto const results = evaluate(potential, frame);
    for (double f : results.force)
      if (!std::isfinite(f)) return "not finite, and no error";
  } catch (Error const& error) {
    return error.what();
  }
  return "finite";
}

TEST(Mix16, NumbersBeyondItsRangeAreAnErrorOfTheStep) {
  // tanh would make 1 of infinity, and relu 0 of what is not a number.
  for (Activation activation : {Activation::tanh, Activation::relu, Activation::relu6}) {
    EXPECT_EQ(complaint(1.0, activation), "finite");
    auto const text = complaint(3e4, activation);
    EXPECT_NE(text.find("in its nets are beyond the range of half precision (65504)"), std::string::npos)
        << text;
  }
}

}  // namespace
}  // namespace dp::test
