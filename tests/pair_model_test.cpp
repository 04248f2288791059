// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// Whole models with tables of pair energies, and sums of models: invariances, derivatives, that nothing
// jumps, and the compressed evaluation of their nets.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <dp/model/restricted_to.hpp>
#include <string>
#include <utility>
#include <vector>

#include "support/cases.hpp"
#include "support/evaluate.hpp"
#include "support/transform.hpp"

namespace dp::test {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

std::vector<Case> with_pairs() {
  std::vector<Case> result;
  for (Case const& c : kinds())
    if (c.name.starts_with("pairs") || c.name.starts_with("zbl") || c.name.starts_with("sum"))
      result.push_back(c);
  return result;
}

Case the_case(std::string const& name) {
  for (Case const& c : kinds())
    if (c.name == name) return c;
  return {};
}

/// Two atoms, and a third one away from them.
Frame three_atoms(double distance) {
  Frame frame;
  frame.periodic = false;
  frame.positions = {0.0, 0.0, 0.0, distance, 0.0, 0.0, 0.0, 2.4, 0.3};
  frame.types = {0, 1, 0};
  return frame;
}

class PairModels : public testing::TestWithParam<Case> {
 protected:
  Model const model = load_model(GetParam().model);
  std::vector<Frame> const frames = read_frames(GetParam().reference);
};

TEST_P(PairModels, RotationAndPermutation) {
  CompiledPotential<Space> potential(model);
  Frame const& frame = frames.front();
  Results const results = evaluate(potential, frame);
  Results turned = results;
  turned.force = rows_times(rotation(), turned.force);
  turned.virial = rotated_tensors(rotation(), turned.virial);
  turned.atom_virial = rotated_tensors(rotation(), turned.atom_virial);
  EXPECT_LT(largest_difference(evaluate(potential, mapped(frame, rotation())), turned), 1e-10);
  auto order = shuffled(frame.atoms());  // of the others: absent neighbours may have the type of the first
  std::swap(order[0], *std::find(order.begin(), order.end(), 0u));
  Results shuffled_results = results;
  shuffled_results.atom_energy = reordered(results.atom_energy, order, 1);
  shuffled_results.force = reordered(results.force, order, 3);
  shuffled_results.atom_virial = reordered(results.atom_virial, order, 9);
  EXPECT_LT(largest_difference(evaluate(potential, reordered(frame, order)), shuffled_results), 1e-10);
}

TEST_P(PairModels, ForcesAreSlopesOfTheEnergy) {
  CompiledPotential<Space> potential(model);
  Frame frame = frames.back();
  Results const results = evaluate(potential, frame);
  constexpr double h = 1e-4;
  for (std::size_t k = 0; k < frame.positions.size(); k += 5) {
    double const at = frame.positions[k];
    double energies[4];
    for (int step : {-2, -1, 1, 2}) {
      frame.positions[k] = at + step * h;
      energies[step < 0 ? step + 2 : step + 1] = evaluate(potential, frame).energy;
    }
    frame.positions[k] = at;
    double const slope = (8.0 * (energies[2] - energies[1]) - (energies[3] - energies[0])) / (12.0 * h);
    EXPECT_NEAR(results.force[k], -slope, 3e-8) << "component " << k;
  }
}

TEST_P(PairModels, TilesDoNotMatter) {
  CompiledPotential<Space> whole(model), cut(model, {.tile = 1, .reproducible = true});
  for (Frame const& frame : frames)
    EXPECT_LT(largest_difference(evaluate(cut, frame, 0.5), evaluate(whole, frame)), 1e-11);
}

TEST_P(PairModels, SinglePrecisionIsNear) {
  CompiledPotential<Space> potential(model);
  CompiledPotential<Space, Mix32> single(model);
  for (Frame const& frame : frames)
    EXPECT_LT(largest_difference(evaluate(single, frame), evaluate(potential, frame)), 2e-5);
}

/// Nets are compressed, tables stay what they are.
TEST_P(PairModels, Compressed) {
  CompiledPotential<Space> exact(model);
  CompiledPotential<Space> compressed(model, {.evaluation = Evaluation::compressed, .tolerance = 1e-7});
  bool const has_nets = !fitting_of(model).nets.empty();
  EXPECT_EQ(compressed.compressed() != nullptr, has_nets) << compressed.description();
  for (Frame const& frame : frames)
    EXPECT_LT(largest_difference(evaluate(compressed, frame), evaluate(exact, frame)), 2e-6);
  // Nearer than the tables of the nets reach nothing counts twice, whatever has been done of a tile before.
  for (double const distance : {0.4, 0.6, 0.9}) {
    Frame frame = three_atoms(distance);
    frame.types = {0, 0, 0};
    frame.fparam = frames.front().fparam;
    EXPECT_LT(largest_difference(evaluate(compressed, frame), evaluate(exact, frame)), 2e-6) << distance;
  }
  EXPECT_EQ(compressed.handed_over() > 0, has_nets);
}

INSTANTIATE_TEST_SUITE_P(Kinds, PairModels, testing::ValuesIn(with_pairs()),
                         [](auto const& c) { return c.param.name; });

/// From the table's first interval through the switch to beyond the cutoff, in small steps: no energy changes
/// by more than its slope says, and no force by more than what the steps before make plausible.
TEST_P(PairModels, NothingJumps) {
  CompiledPotential<Space> potential(model);
  constexpr double h = 1e-4;
  std::vector<double> fparam(static_cast<std::size_t>(fitting_of(model).fparam), 0.3);
  for (double const from : {0.98, 1.0, 1.69, 1.98, 2.0, 2.89, 2.9, 3.09, 3.99, 4.99, 5.0}) {
    double energy = 0.0, force = 0.0;
    for (int step = 0; step < 300; ++step) {
      Frame frame = three_atoms(from + step * h);
      frame.fparam = fparam;
      Results const results = evaluate(potential, frame);
      if (step > 0) {
        double const size = 1.0 + std::abs(results.force[3]);
        EXPECT_LT(std::abs(results.energy - energy + 0.5 * h * (results.force[3] + force)), 1e-6 * size)
            << "at " << from + step * h;
        EXPECT_LT(std::abs(results.force[3] - force), 0.05 * size) << "at " << from + step * h;
      }
      energy = results.energy;
      force = results.force[3];
    }
  }
}

/// DeePMD-kit gives such atoms the table's energy, since it divides by a sum of exponentials that it does not
/// let become smaller than 1e-20.
TEST(ZblSwitch, LeavesAtomsAloneToTheNets) {
  Model const model = load_model(the_case("zbl_few").model);
  auto const& zbl = std::get<ZblSwitch>(model.atomic);
  Model nets = model;
  nets.atomic = std::get<Standard>(zbl.members[0].node);
  for (std::size_t t = 0; t < zbl.out_bias.size(); ++t)
    std::get<Standard>(nets.atomic).out_bias[t] += zbl.out_bias[t];
  Model sharp = model;
  std::get<ZblSwitch>(sharp.atomic).alpha = 0.005;  // 46 of which are less than the distances below
  CompiledPotential<Space> blended(sharp), alone(nets);
  for (double const distance : {2.5, 4.9, 7.0})
    EXPECT_LT(
        largest_difference(evaluate(blended, three_atoms(distance)), evaluate(alone, three_atoms(distance))),
        1e-12);
}

/// Nearer than the first interval of a table, or at one place: an error, not a number.
TEST(PairTable, EndsWithAnError) {
  CompiledPotential<Space> potential(load_model(the_case("pairs").model));
  Frame frame = three_atoms(0.09);
  frame.types = {0, 0, 0};
  try {
    evaluate(potential, frame);
    ADD_FAILURE() << "an energy was given";
  } catch (Error const& error) {
    EXPECT_EQ(std::string(error.what()).rfind("atom 1 has a neighbour nearer than the model's table", 0), 0u)
        << error.what();
  }
  frame = three_atoms(0.11);
  EXPECT_NO_THROW(evaluate(potential, frame));
}

WeightedSum& sum_of(Model& model) {
  if (auto* const zbl = std::get_if<ZblSwitch>(&model.atomic)) return *zbl;
  return std::get<WeightedSum>(model.atomic);
}

/// What a model of many types has of fewer: tables and members are narrowed, too.
TEST(RestrictedSums, HaveTheSameEnergies) {
  for (auto const& [name, type] : {std::pair("zbl_few", 1), std::pair("sum_of_all_pth", 0)}) {
    Case const c = the_case(name);
    Model model = load_model(c.model);
    if (type == 1) {  // which has no energies in that file, and no pairs of the table
      model.atom_excluded.assign(2, 0);
      sum_of(model).members[1].pair_excluded.assign(4, 0);
    }
    Model part = restricted_to(model, {model.type_map[static_cast<std::size_t>(type)]});
    Frame frame = read_frames(c.reference).front();
    std::fill(frame.types.begin(), frame.types.end(), type);
    CompiledPotential<Space> whole(model), narrow(part);
    Results const expected = evaluate(whole, frame);
    std::fill(frame.types.begin(), frame.types.end(), 0);
    EXPECT_LT(largest_difference(evaluate(narrow, frame), expected), 1e-12) << name;
    // The forces would be others without the table.
    for (double& number : std::get<PairTable>(sum_of(part).members[1].node).coefficients) number = 0.0;
    CompiledPotential<Space> bare(part);
    EXPECT_GT(largest_difference(evaluate(bare, frame).force, expected.force), 1e-3) << name;
  }
}

/// A type has none of the members that leave it out.
TEST(EnergyBias, IsOfTheMembersThatATypeHas) {
  std::vector<double> const sum = energy_bias(load_model(the_case("sum_of_all_pth").model));
  ASSERT_EQ(sum.size(), 2u);
  // By what dp-model shows of the file: of the sum, then of its members with their weights; the second one,
  // a table, leaves out H.
  EXPECT_NEAR(sum[0],
              -0.542344118 + 0.7 * (-8.529617666 + 0.2770920779) + 1.5 * 1.27124703 -
                  0.4 * (-6.577684187 + 1.146232545),
              1e-8);
  EXPECT_NEAR(sum[1], 0.9030241152 + 0.7 * (-4.600556859 + 0.4419958646) - 0.4 * (-4.494327074 + 0.53359164),
              1e-8);
  Model model = load_model(the_case("zbl_few").model);
  auto& zbl = std::get<ZblSwitch>(model.atomic);
  auto const& nets = std::get<Standard>(zbl.members[0].node);
  zbl.members[0].atom_excluded = {0, 1};
  std::vector<double> const of_zbl = energy_bias(model);
  EXPECT_NEAR(of_zbl[0], zbl.out_bias[0] + nets.out_bias[0] + nets.fitting.bias_atom_e[0], 1e-14);
  EXPECT_EQ(of_zbl[1], zbl.out_bias[1]);
}

}  // namespace
}  // namespace dp::test
