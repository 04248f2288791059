// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// Models that give dipoles, polarisabilities, densities of states or properties: against DeePMD-kit, finite
// differences, rotations, and what they refuse.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <dp/core/error.hpp>
#include <dp/model/restricted_to.hpp>
#include <string>
#include <utility>
#include <vector>

#include "support/cases.hpp"
#include "support/differences.hpp"
#include "support/evaluate.hpp"
#include "support/expect_error.hpp"
#include "support/transform.hpp"

namespace dp::test {
namespace {

using Space = Kokkos::DefaultExecutionSpace;
using Numbers = std::vector<double>;
using Rows = Kokkos::View<double**, Kokkos::LayoutRight, Space>;

struct Given {
  Numbers output, atom_output, force, virial, atom_virial;
};

/// All that a model gives of a frame, the derivatives by `cotangent` if there is one.
template <class Potential>
Given given(Potential& potential, Frame const& frame, Numbers const& cotangent = {}) {
  Space const space;
  Scene<Space> const scene(frame, potential.cutoff());
  Memory<Space> const memory(scene);
  auto const components = static_cast<std::size_t>(potential.quantity().components);
  Kokkos::View<double*, Space> const output("output", components);
  Rows const atom_output("atom_output", frame.atoms(), components);
  auto const weights = device_copy<double, Space>(cotangent);
  Output<Space> wanted;
  wanted.output = output;
  wanted.atom_output = atom_output;
  if (!cotangent.empty()) {
    wanted.cotangent = Matrix<double const, Space>(weights.data(), frame.atoms(), components);
    wanted.force = memory.force;
    wanted.virial = memory.virial;
    wanted.atom_virial = memory.atom_virial;
  }
  potential.compute(space, scene.configuration(), scene.cells.list(), wanted);
  scene.images.fold(space, memory.force);
  space.fence();
  Given result{host_copy(output), host_copy(atom_output), host_copy(memory.force), host_copy(memory.virial),
               host_copy(memory.atom_virial)};
  result.force.resize(3 * frame.atoms());
  return result;
}

/// Weights of every component of every atom, none equal to another.
Numbers weights(std::size_t count) {
  Numbers result;
  for (std::size_t k = 0; k < count; ++k) result.push_back(std::sin(1.0 + 1.7 * static_cast<double>(k)));
  return result;
}

std::size_t components_of(Model const& model) {
  return static_cast<std::size_t>(quantity_of(model).components);
}

class Tensors : public testing::TestWithParam<Case> {};

TEST_P(Tensors, AreThoseOfTheReference) {
  Model const model = load_model(GetParam().model);
  CompiledPotential<Space, Double> potential(model);
  std::size_t const components = components_of(model);
  for (Frame const& frame : read_frames(GetParam().reference)) {
    Given const found = given(potential, frame);
    EXPECT_LT(largest_difference(found.output, frame.output), 1e-10);
    EXPECT_LT(largest_difference(found.atom_output, frame.atom_output), 1e-10);
    for (std::size_t c = 0; c < components && !frame.force.empty(); ++c) {
      Numbers cotangent(frame.atoms() * components, 0.0);
      for (std::size_t i = 0; i < frame.atoms(); ++i) cotangent[i * components + c] = 1.0;
      Given const slope = given(potential, frame, cotangent);
      auto const part = [&](Numbers const& all, std::size_t n) {
        auto const begin = all.begin() + static_cast<std::ptrdiff_t>(c * n);
        return Numbers(begin, begin + static_cast<std::ptrdiff_t>(n));
      };
      EXPECT_LT(largest_difference(slope.force, part(frame.force, 3 * frame.atoms())), 1e-10);
      EXPECT_LT(largest_difference(slope.virial, part(frame.virial, 9)), 1e-10);
    }
  }
}

TEST_P(Tensors, HaveDerivativesByACotangent) {
  Model const model = load_model(GetParam().model);
  CompiledPotential<Space, Double> potential(model);
  Frame const frame = read_frames(GetParam().reference)[0];
  Numbers const cotangent = weights(frame.atoms() * components_of(model));
  Given const found = given(potential, frame, cotangent);
  auto const sum = [&](Frame const& at) {
    Numbers const outputs = given(potential, at).atom_output;
    double result = 0.0;
    for (std::size_t k = 0; k < outputs.size(); ++k) result += cotangent[k] * outputs[k];
    return result;
  };
  auto const difference = [&](auto const& frame_at, double expected) {
    double best = INFINITY;
    for (double h : {1e-3, 2e-4, 4e-5}) {
      double slope = 0.0;
      for (auto const& [k, weight] : {std::pair{1, 45.0}, std::pair{2, -9.0}, std::pair{3, 1.0}})
        slope += weight * (sum(frame_at(k * h)) - sum(frame_at(-k * h)));
      best = std::min(best, std::abs(slope / (60.0 * h) - expected));
    }
    return best;
  };
  for (std::size_t const k : {std::size_t{1}, std::size_t{11}}) {
    auto const moved = [&](double h) {
      Frame copy = frame;
      copy.positions[k] += h;
      return copy;
    };
    EXPECT_LT(difference(moved, -found.force[k]), 1e-8);
  }
  for (std::size_t const k : {std::size_t{1}, std::size_t{8}}) {
    auto const strained = [&](double h) {
      Matrix3 m = {1, 0, 0, 0, 1, 0, 0, 0, 1};
      m[k] += h;
      return mapped(frame, m);
    };
    EXPECT_LT(difference(strained, -found.virial[k]), 1e-7);
  }
  Numbers total(9, 0.0);
  for (std::size_t k = 0; k < found.atom_virial.size(); ++k) total[k % 9] += found.atom_virial[k];
  EXPECT_LT(largest_difference(total, found.virial), 1e-11);
}

TEST_P(Tensors, TurnWithTheAtoms) {
  Model const model = load_model(GetParam().model);
  CompiledPotential<Space, Double> potential(model);
  Frame const frame = read_frames(GetParam().reference)[0];
  Given const before = given(potential, frame), after = given(potential, mapped(frame, rotation()));
  auto const turned = [&](Numbers const& values) {
    switch (quantity_of(model).kind) {
      case Quantity::Kind::dipole:
        return rows_times(rotation(), values);
      case Quantity::Kind::polarizability:
        return rotated_tensors(rotation(), values);
      default:
        return values;
    }
  };
  EXPECT_LT(largest_difference(after.output, turned(before.output)), 1e-11);
  EXPECT_LT(largest_difference(after.atom_output, turned(before.atom_output)), 1e-11);
}

/// The nets in single precision, and their weights in half.
template <class Precision>
void expect_within(Case const& c, double tolerance) {
  Model const model = load_model(c.model);
  CompiledPotential<Space, Double> exact(model);
  CompiledPotential<Space, Precision> rounded(model);
  Frame const frame = read_frames(c.reference)[0];
  Numbers const cotangent = weights(frame.atoms() * components_of(model));
  Given const a = given(exact, frame, cotangent), b = given(rounded, frame, cotangent);
  EXPECT_LT(largest_difference(a.atom_output, b.atom_output), tolerance);
  EXPECT_LT(largest_difference(a.force, b.force), tolerance);
}
TEST_P(Tensors, InOtherPrecisions) {
  expect_within<Mix32>(GetParam(), 1e-5);
  expect_within<Mix16>(GetParam(), 2e-2);
}

TEST_P(Tensors, DoNotDependOnTiles) {
  Model const model = load_model(GetParam().model);
  Frame const frame = read_frames(GetParam().reference)[0];
  Numbers const cotangent = weights(frame.atoms() * components_of(model));
  CompiledPotential<Space, Double> whole(model, {.reproducible = true});
  CompiledPotential<Space, Double> single(model, {.tile = 1, .reproducible = true});
  Given const a = given(whole, frame, cotangent), b = given(single, frame, cotangent);
  EXPECT_LT(largest_difference(a.output, b.output), 1e-13);
  EXPECT_LT(largest_difference(a.force, b.force), 1e-13);
  EXPECT_EQ(given(whole, frame, cotangent).output, a.output);
  EXPECT_EQ(given(whole, frame, cotangent).force, a.force);
}

INSTANTIATE_TEST_SUITE_P(DeePMDkit, Tensors, testing::ValuesIn(tensors()),
                         [](auto const& c) { return c.param.name; });

/// The model of a name in tests/data/tensors.
Case tensor_case(std::string const& name) {
  std::vector<Case> const all = tensors();
  return *std::find_if(all.begin(), all.end(), [&](Case const& c) { return c.name == name; });
}

TEST(TensorModels, SayWhatTheyGive) {
  Case const c = tensor_case("property_intensive");
  CompiledPotential<Space, Double> potential(load_model(c.model), {.evaluation = Evaluation::compressed});
  EXPECT_EQ(potential.quantity().name, "gap");
  EXPECT_EQ(potential.quantity().components, 1);
  EXPECT_TRUE(potential.quantity().intensive);
  EXPECT_EQ(
      potential.description(),
      "exact, double: gap, 1 number for each atom, and their mean; only models of energies are compressed");
  expect_error([&] { require_energies(load_model(c.model)); },
               {"property_intensive.dp", "expected a model of energies", "gap"});
  EXPECT_NO_THROW(require_energies(load_model(water_case().model)));
}

TEST(TensorModels, AddToWhatIsThere) {
  Case const c = tensor_case("property_intensive");
  CompiledPotential<Space, Double> potential(load_model(c.model));
  Frame const frame = read_frames(c.reference)[0];
  Space const space;
  Scene<Space> const scene(frame, potential.cutoff());
  Kokkos::View<double*, Space> const output("output", 1);
  Rows const atom_output("atom_output", frame.atoms(), 1);
  Kokkos::deep_copy(output, 1000.0);
  Kokkos::deep_copy(atom_output, 100.0);
  Output<Space> wanted;
  wanted.output = output;
  wanted.atom_output = atom_output;
  wanted.accumulate = true;
  potential.compute(space, scene.configuration(), scene.cells.list(), wanted);
  EXPECT_NEAR(host_copy(output)[0], frame.output[0] + 1000.0, 1e-10);
  EXPECT_NEAR(host_copy(atom_output)[0], frame.atom_output[0] + 100.0, 1e-10);
  wanted = {};
  wanted.output = output;  // alone
  potential.compute(space, scene.configuration(), scene.cells.list(), wanted);
  EXPECT_NEAR(host_copy(output)[0], frame.output[0], 1e-10);
}

TEST(TensorModels, RefuseEnergies) {
  Case const c = tensor_case("dipole_one_sided");
  CompiledPotential<Space, Double> dipoles(load_model(c.model)), energies(load_model(water_case().model));
  Frame const frame = read_frames(c.reference)[0];
  Space const space;
  Scene<Space> const scene(frame, dipoles.cutoff());
  Memory<Space> const memory(scene);
  Rows const three("three", frame.atoms(), 3), two("two", frame.atoms(), 2);
  Kokkos::View<double*, Space> const output("output", 3);
  auto const asks = [&](auto& potential, Output<Space> const& wanted, std::vector<std::string> const& words) {
    expect_error([&] { potential.compute(space, scene.configuration(), scene.cells.list(), wanted); }, words);
  };
  Output<Space> wanted;
  wanted.energy = memory.energy;
  asks(dipoles, wanted, {"the model gives dipole, 3 numbers for each atom, not energies", "output"});
  wanted = {};
  wanted.force = memory.force;
  asks(dipoles, wanted, {"the model gives dipole", "output.cotangent"});
  wanted.cotangent = two;
  asks(dipoles, wanted, {"output.cotangent: expected (9 x 3), found (9 x 2)"});
  wanted = {};
  wanted.atom_output = two;
  asks(dipoles, wanted, {"output.atom_output: expected (9 x 3), found (9 x 2)"});
  wanted.atom_output = three;
  asks(energies, wanted, {"the model gives energies", "atom_energy"});
  wanted = {};
  wanted.output = output;
  asks(energies, wanted, {"the model gives energies", "atom_energy"});
}

/// A type without a net, as TensorFlow's files have it for types that are not selected, has nothing.
TEST(TensorModels, LeaveOutTypesWithoutNets) {
  Case const c = tensor_case("dipole_one_sided");
  Model model = load_model(c.model);
  Frame const frame = read_frames(c.reference)[0];
  CompiledPotential<Space, Double> whole(model);
  fitting_part(model).nets[1] = {};
  CompiledPotential<Space, Double> part(model);
  Numbers expected = given(whole, frame).atom_output;
  for (std::size_t k = 0; k < expected.size(); ++k)
    if (frame.types[k / 3] == 1) expected[k] = 0.0;
  EXPECT_LT(largest_difference(given(part, frame).atom_output, expected), 1e-14);
}

/// Whatever is asked for: forces alone are not numbers then, either.
TEST(TensorModels, SayWhereNumbersAreBeyondHalf) {
  for (char const* const name : {"dipole_one_sided", "dos_radial"}) {
    SCOPED_TRACE(name);
    Case const c = tensor_case(name);
    Model model = load_model(c.model);
    for (Net& net : two_body(model).nets)
      for (Layer& layer : net.layers) {
        layer.activation = Activation::linear;
        for (double& w : layer.weight) w *= 1e4;
      }
    // Which passes no derivative back of what is not a number: the forces alone would be finite.
    for (Net& net : fitting_part(model).nets)
      if (!net.empty()) net.layers.front().activation = Activation::relu;
    CompiledPotential<Space, Mix16> potential(model);
    Frame const frame = read_frames(c.reference)[0];
    Scene<Space> const scene(frame, potential.cutoff());
    Memory<Space> const memory(scene);
    Rows const cotangent("cotangent", frame.atoms(), components_of(model));
    Kokkos::deep_copy(cotangent, 1.0);
    Output<Space> forces, outputs;
    forces.force = memory.force;
    forces.cotangent = cotangent;
    outputs.atom_output = Rows("atom_output", frame.atoms(), components_of(model));
    for (Output<Space> const& wanted : {forces, outputs})
      expect_error([&] { potential.compute(Space(), scene.configuration(), scene.cells.list(), wanted); },
                   {"in its nets are beyond the range of half precision"});
  }
}

TEST(TensorModels, AreRestrictedToElements) {
  for (char const* const name : {"polar_diagonal", "property_intensive"}) {
    Case const c = tensor_case(name);
    Model const model = load_model(c.model);
    Model const one = restricted_to(model, {"H"});
    Frame frame = read_frames(c.reference)[0];
    std::fill(frame.types.begin(), frame.types.end(), 1);
    Frame alone = frame;
    std::fill(alone.types.begin(), alone.types.end(), 0);
    CompiledPotential<Space, Double> a(model), b(one);
    EXPECT_LT(largest_difference(given(a, frame).atom_output, given(b, alone).atom_output), 1e-12) << name;
  }
}

TEST(TensorModels, CheckTheirHeads) {
  auto const broken = [](char const* name, auto const& change, std::vector<std::string> const& words) {
    Model model = load_model(tensor_case(name).model);
    change(fitting_part(model));
    expect_error([&] { model.check(); }, words);
  };
  broken("dipole_one_sided", [](Fitting& f) { f.head.quantity.components = 2; }, {"fitting", "expected 3"});
  broken("dos_radial", [](Fitting& f) { f.head.quantity.components = 0; }, {"at least 1 components"});
  broken("dos_radial",
         [](Fitting& f) {
           f.head.quantity = {Quantity::Kind::dipole, "dipole", 3};
         },
         {"a dipole needs a descriptor with angles"});
  broken("dos_radial", [](Fitting& f) { f.head.quantity.intensive = true; }, {"intensive"});
  broken("polar_full", [](Fitting& f) { f.head.scale.pop_back(); }, {"scale", "2 entries, found 1"});
  broken("polar_diagonal", [](Fitting& f) { f.head.shift.pop_back(); }, {"constant_matrix", "2 entries"});
  broken("polar_full", [](Fitting& f) { f.head.diagonal = true; }, {"bias_atom_e", "entries"});
  broken("dipole_one_sided", [](Fitting& f) { f.nets = {Net(), Net()}; }, {"at least one net"});
  broken("dipole_one_sided", [](Fitting& f) { f.nets[0].layers.back().activation = Activation::tanh; },
         {"linear last layer"});
  // A density of states of zero would be a wrong one.
  broken("dos_radial", [](Fitting& f) { f.nets[1] = Net(); },
         {"net of type H", "expected a net, found none"});
  broken("property_extensive", [](Fitting& f) { f.nets[0] = Net(); }, {"expected a net, found none"});
}

}  // namespace
}  // namespace dp::test
