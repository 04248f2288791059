// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// libdeepmd_c by the names of DeePMD-kit's C library, and the classes over them.

#include <deepmd/DeepPot.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <numeric>

#include "support/cases.hpp"
#include "support/evaluate.hpp"

namespace dp::test {
namespace {

using Space = Kokkos::DefaultExecutionSpace;
using deepmd::hpp::deepmd_exception;

std::string take(char const* text) {
  std::string const copy = text;
  DP_DeleteChar(text);
  return copy;
}

std::string message(auto const& action) {
  try {
    action();
  } catch (deepmd_exception const& error) {
    return error.what();
  }
  return "nothing was thrown";
}

void expect_part(std::string const& text, std::string const& part) {
  EXPECT_NE(text.find(part), std::string::npos) << text << "\nlacks: " << part;
}

template <class T>
std::vector<T> joined(std::vector<T> a, std::vector<T> const& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

std::vector<double> box_of(Frame const& f) {
  return f.periodic ? std::vector<double>(f.box.begin(), f.box.end()) : std::vector<double>();
}

/// Everything, through the classes.
Results compute(deepmd::DeepPot& model, Frame const& f) {
  Results r;
  model.compute(r.energy, r.force, r.virial, r.atom_energy, r.atom_virial, f.positions, f.types, box_of(f),
                f.fparam, f.aparam);
  return r;
}

/// The names of the environment must not decide here; nets of these models are narrow, so they are evaluated
/// exactly.
Case const parameters = variant("fparam_aparam");
Case const plain = variant("one_sided_gelu");

TEST(DeepmdLibrary, SaysWhatTheLibrarySays) {
  for (Case const& c : {parameters, plain, variant("default_fparam")}) {
    CompiledPotential<Space> potential(load_model(c.model));
    deepmd::DeepPot model(c.model);
    EXPECT_EQ(model.cutoff(), potential.cutoff());
    EXPECT_EQ(model.numb_types(), potential.ntypes());
    EXPECT_EQ(model.dim_fparam(), fitting_of(potential.model()).fparam);
    EXPECT_EQ(model.dim_aparam(), fitting_of(potential.model()).aparam);
    EXPECT_EQ(model.has_default_fparam(), !fitting_of(potential.model()).default_fparam.empty());
    std::string names, expected;
    model.get_type_map(names);
    for (auto const& name : potential.model().type_map) expected += (expected.empty() ? "" : " ") + name;
    EXPECT_EQ(names, expected);
    for (Frame const& frame : read_frames(c.reference))
      EXPECT_LE(largest_difference(compute(model, frame), evaluate(potential, frame)), 1e-12);
  }
}

TEST(DeepmdLibrary, WideNetsAreCompressedAsInLammps) {
  CompiledPotential<Space> exact(load_model(water_case().model));
  Frame const f = read_frames(water_case().reference).front();
  deepmd::DeepPot model(water_case().model);
  double const difference = largest_difference(compute(model, f).force, evaluate(exact, f).force);
  EXPECT_GT(difference, 1e-13);
  EXPECT_LT(difference, 2e-8);
}

TEST(DeepmdLibrary, TakesSeveralFramesInDoubleAndFloat) {
  auto const frames = read_frames(parameters.reference);
  Frame const a = frames.front();
  Frame b = a;
  b.positions[0] += 0.1;
  b.fparam[0] += 0.05;
  deepmd::DeepPot model(parameters.model);
  Results const of_a = compute(model, a), of_b = compute(model, b);
  std::vector<double> energy, force, virial, atom_energy, atom_virial;
  model.compute(energy, force, virial, atom_energy, atom_virial, joined(a.positions, b.positions), a.types,
                joined(box_of(a), box_of(b)), joined(a.fparam, b.fparam), a.aparam);  // aparam of one for all
  EXPECT_EQ(energy, (std::vector{of_a.energy, of_b.energy}));
  EXPECT_EQ(force, joined(of_a.force, of_b.force));
  EXPECT_EQ(virial, joined(of_a.virial, of_b.virial));
  EXPECT_EQ(atom_energy, joined(of_a.atom_energy, of_b.atom_energy));
  EXPECT_EQ(atom_virial, joined(of_a.atom_virial, of_b.atom_virial));

  auto const floats = [](std::vector<double> const& v) { return std::vector<float>(v.begin(), v.end()); };
  auto const doubles = [](std::vector<float> const& v) { return std::vector<double>(v.begin(), v.end()); };
  std::vector<float> force_f, virial_f, atom_energy_f, atom_virial_f;
  model.compute(energy, force_f, virial_f, atom_energy_f, atom_virial_f,
                floats(joined(a.positions, b.positions)), a.types, floats(joined(box_of(a), box_of(b))),
                floats(joined(a.fparam, b.fparam)), floats(joined(a.aparam, b.aparam)));
  EXPECT_NEAR(energy[1], of_b.energy, 1e-4);
  EXPECT_LE(largest_difference(doubles(force_f), force), 1e-4);
  EXPECT_LE(largest_difference(doubles(virial_f), virial), 1e-4);
  EXPECT_LE(largest_difference(doubles(atom_energy_f), atom_energy), 1e-4);
  EXPECT_LE(largest_difference(doubles(atom_virial_f), atom_virial), 1e-4);
}

TEST(DeepmdLibrary, FramesMayHaveTypesOfTheirOwn) {
  Frame const a = read_frames(plain.reference).front();
  Frame b = a;
  std::reverse(b.types.begin(), b.types.end());
  deepmd::DeepPot model(plain.model);
  std::vector<double> energy, force, virial;
  model.compute_mixed_type(energy, force, virial, 2, joined(a.positions, b.positions),
                           joined(a.types, b.types), joined(box_of(a), box_of(b)));
  EXPECT_EQ(energy, (std::vector{compute(model, a).energy, compute(model, b).energy}));
  EXPECT_EQ(force, joined(compute(model, a).force, compute(model, b).force));
  std::vector<double> atom_energy, atom_virial;
  model.compute_mixed_type(energy, force, virial, atom_energy, atom_virial, 2,
                           joined(a.positions, b.positions), joined(a.types, b.types),
                           joined(box_of(a), box_of(b)));
  EXPECT_EQ(atom_energy, joined(compute(model, a).atom_energy, compute(model, b).atom_energy));
  EXPECT_EQ(atom_virial, joined(compute(model, a).atom_virial, compute(model, b).atom_virial));
  auto const refused = [&](int frames, std::vector<double> const& coord, std::vector<int> const& types) {
    return message([&] { model.compute_mixed_type(energy, force, virial, frames, coord, types, {}); });
  };
  expect_part(refused(0, a.positions, a.types), "nframes");
  expect_part(refused(2, joined(a.positions, b.positions), a.types), "coord: expected 3 numbers");
  expect_part(refused(1, a.positions, joined(a.types, b.types)), "coord: expected 3 numbers");
  expect_part(refused(2, joined(a.positions, b.positions), joined(a.types, {0})), "atype");
  expect_part(refused(2, {}, {}), "atype");
}

TEST(DeepmdLibrary, SaysOnceThatNeighboursAreLeftOut) {
  Case const c = variant("no_padding_overflow");
  deepmd::DeepPot model(c.model);
  testing::internal::CaptureStderr();
  for (int k = 0; k < 2; ++k)
    for (Frame const& f : read_frames(c.reference)) compute(model, f);
  std::string const said = testing::internal::GetCapturedStderr();
  expect_part(said, "neighbours beyond the model's sel are left out");
  EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1);
}

TEST(DeepmdLibrary, TypesThatTheModelDoesNotHaveAreAbsentAtoms) {
  Frame f = read_frames(plain.reference).front();
  deepmd::DeepPot model(plain.model);
  Results const expected = compute(model, f);
  for (int type : {-1, model.numb_types(), 1000}) {
    Frame extended = f;
    extended.types.push_back(type);
    extended.positions.insert(extended.positions.end(), {0.3, 0.2, 0.1});
    Results r = compute(model, extended);
    EXPECT_NEAR(r.energy, expected.energy, 1e-12);
    EXPECT_EQ(r.atom_energy.back(), 0.0);
    r.force.resize(3 * f.atoms());
    EXPECT_LE(largest_difference(r.force, expected.force), 1e-12);
  }
}

TEST(DeepmdLibrary, TakesListsOfTheHostAndKeepsThem) {
  Frame const f = read_frames(plain.reference).front();
  deepmd::DeepPot model(plain.model);
  Results const expected = compute(model, f);
  Scene<Space> const scene(f, model.cutoff() + 1.0);
  auto const positions = host_copy(scene.images.positions());
  auto const types = host_copy(scene.images.types());
  auto const owner = host_copy(scene.images.owner());
  Neighbors neighbours = scene.neighbors();
  std::vector<int> atoms(neighbours.size()), counts(neighbours.size());
  std::vector<int*> rows(neighbours.size());
  deepmd::InputNlist list(0, atoms.data(), counts.data(), rows.data());
  deepmd::hpp::convert_nlist(list, neighbours);
  int const ghosts = static_cast<int>(types.size() - f.atoms());
  for (int ago : {0, 1, 2}) {
    Results r;
    model.compute(r.energy, r.force, r.virial, r.atom_energy, r.atom_virial, positions, types, box_of(f),
                  ghosts, list, ago);
    EXPECT_EQ(r.atom_energy.back(), 0.0);  // of a ghost
    for (std::size_t i = f.atoms(); i < types.size(); ++i)
      for (std::size_t k = 0; k < 3; ++k)
        r.force[3 * static_cast<std::size_t>(owner[i]) + k] += r.force[3 * i + k];
    r.force.resize(3 * f.atoms());
    EXPECT_NEAR(r.energy, expected.energy, 1e-11);
    EXPECT_LE(largest_difference(r.force, expected.force), 1e-11);
    EXPECT_LE(largest_difference(r.virial, expected.virial), 1e-11);
    counts[0] = 0;  // only read where ago is 0
  }
  // rows of ghosts may follow
  int const all = static_cast<int>(types.size());
  atoms.resize(types.size());
  std::iota(atoms.begin(), atoms.end(), 0);
  counts.resize(types.size(), 3);
  rows.resize(types.size(), rows.front());
  counts[0] = static_cast<int>(neighbours[0].size());
  deepmd::InputNlist filled, with_messages(all, atoms.data(), counts.data(), rows.data(), 0, nullptr, nullptr,
                                           nullptr, nullptr, nullptr, nullptr, nullptr);
  filled.inum = all;
  filled.ilist = atoms.data();
  filled.numneigh = counts.data();
  filled.firstneigh = rows.data();
  for (auto const* longer : {&filled, &with_messages}) {
    Results r;
    model.compute(r.energy, r.force, r.virial, positions, types, box_of(f), ghosts, *longer, 0);
    EXPECT_NEAR(r.energy, expected.energy, 1e-11);
  }
  double energy = 0.0;
  std::vector<double> force, virial;
  deepmd::DeepPot another(plain.model);
  expect_part(
      message([&] { another.compute(energy, force, virial, positions, types, box_of(f), ghosts, list, 1); }),
      "neighbour list: expected a new one");
}

TEST(DeepmdLibrary, ASecondInitDoesNothing) {
  deepmd::DeepPot model(plain.model);
  testing::internal::CaptureStderr();
  model.init("no/such/model");
  expect_part(testing::internal::GetCapturedStderr(), "a second init() does nothing");
  EXPECT_EQ(model.numb_types(), deepmd::DeepPot(plain.model).numb_types());
}

TEST(DeepmdLibrary, SeveralModelsDeviate) {
  std::vector<std::string> const files = {variant("activation_gelu").model, variant("activation_relu").model};
  Frame const f = read_frames(variant("activation_gelu").reference).front();
  deepmd::DeepPotModelDevi models(files);
  std::vector<double> energy;
  std::vector<std::vector<double>> force, virial, atom_energy, atom_virial;
  models.compute(energy, force, virial, atom_energy, atom_virial, f.positions, f.types, box_of(f));
  Results first, second;
  for (std::size_t m = 0; m < 2; ++m) {
    deepmd::DeepPot model(files[m]);
    Results const r = compute(model, f);
    EXPECT_EQ(energy[m], r.energy);
    EXPECT_EQ(force[m], r.force);
    EXPECT_EQ(virial[m], r.virial);
    EXPECT_EQ(atom_energy[m], r.atom_energy);
    EXPECT_EQ(atom_virial[m], r.atom_virial);
  }
  std::vector<double> mean, deviation, relative;
  models.compute_avg(mean, force);
  models.compute_std_f(deviation, mean, force);
  relative = deviation;
  models.compute_relative_std_f(relative, mean, 0.5);
  double half = 0.0, length = 0.0;  // of two vectors: half of their distance
  for (std::size_t k = 0; k < 3; ++k) {
    half += std::pow(0.5 * (force[0][k] - force[1][k]), 2);
    length += std::pow(0.5 * (force[0][k] + force[1][k]), 2);
  }
  EXPECT_GT(deviation[0], 0.0);
  EXPECT_NEAR(deviation[0], std::sqrt(half), 1e-12);
  EXPECT_NEAR(relative[0], std::sqrt(half) / (std::sqrt(length) + 0.5), 1e-12);

  auto* const dp = DP_NewDeepPotModelDevi(std::vector{files[0].c_str()}.data(), 1);
  for (int frames : {-1, 0, 2}) {
    DP_DeepPotModelDeviCompute2(dp, frames, 1, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr,
                                nullptr, nullptr, nullptr);
    expect_part(take(DP_DeepPotModelDeviCheckOK(dp)), "expected one frame for several models");
  }
  DP_DeleteDeepPotModelDevi(dp);
}

TEST(DeepmdLibrary, SomeOfSeveralModelsMayBeContents) {
  std::vector<std::string> const files = {variant("activation_gelu").model, variant("activation_relu").model};
  Frame const f = read_frames(variant("activation_gelu").reference).front();
  std::string first, second;
  deepmd::hpp::read_file_to_string(files[0], first);
  deepmd::hpp::read_file_to_string(files[1], second);
  auto const energies = [&](std::vector<std::string> const& names, std::vector<std::string> const& contents) {
    deepmd::DeepPotModelDevi models;
    models.init(names, 0, contents);
    std::vector<double> energy;
    std::vector<std::vector<double>> force, virial;
    models.compute(energy, force, virial, f.positions, f.types, box_of(f));
    return energy;
  };
  std::vector<double> const expected = energies(files, {});
  EXPECT_NE(expected[0], expected[1]);
  EXPECT_EQ(energies(files, {"", ""}), expected);
  EXPECT_EQ(energies({files[0], "no file"}, {"", second}), expected);
  EXPECT_EQ(energies({"no file", files[1]}, {first}), expected);
  expect_part(message([&] {
                energies(files, {first, second, first});
              }),
              "file_contents: expected at most one for each of 2 models, found 3");
}

TEST(DeepmdLibrary, ErrorsAreTextsAndPass) {
  DP_DeepPot* const none = DP_NewDeepPot("no/such/model.pb");
  ASSERT_NE(none, nullptr);
  double energy = 0.0;
  DP_DeepPotCompute(none, 0, nullptr, nullptr, nullptr, &energy, nullptr, nullptr, nullptr, nullptr);
  expect_part(take(DP_DeepPotCheckOK(none)), "no/such/model.pb");
  EXPECT_EQ(DP_DeepPotGetNumbTypes(none), 0);
  EXPECT_EQ(take(DP_DeepPotGetTypeMap(none)), "");
  DP_DeleteDeepPot(none);

  Frame const f = read_frames(parameters.reference).front();
  deepmd::DeepPot model(parameters.model);
  Results const expected = compute(model, f);
  Frame bad = f;
  bad.positions[0] = std::numeric_limits<double>::quiet_NaN();
  expect_part(message([&] { compute(model, bad); }), "atom 1");
  EXPECT_EQ(largest_difference(compute(model, f), expected), 0.0);
  bad = f;
  bad.aparam.clear();
  expect_part(message([&] { compute(model, bad); }), "aparam");
  bad.aparam = {1.0, 2.0};
  expect_part(message([&] { compute(model, bad); }), "aparam: expected those of one frame or all");
  deepmd::DeepPot unread;
  expect_part(message([&] { unread.cutoff(); }), "init()");

  auto* const broken = DP_NewDeepPotWithParam(parameters.model.c_str(), 0, "bytes");
  expect_part(take(DP_DeepPotCheckOK(broken)), "DP_NewDeepPotWithParam2");
  DP_DeleteDeepPot(broken);
}

TEST(DeepmdLibrary, WhatIsMissingSaysSo) {
  auto* const spin = DP_NewDeepSpin("model.pth");
  expect_part(take(DP_DeepSpinCheckOK(spin)), "DeepSpin");
  DP_DeepSpinCompute2(spin, 1, 0, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr,
                      nullptr, nullptr, nullptr, nullptr);
  expect_part(take(DP_DeepSpinCheckOK(spin)), "DeepSpin");
  DP_DeleteDeepSpin(spin);
  auto* const tensor = DP_NewDeepTensor("model.pb");
  double* values = nullptr;
  int size = 1;
  DP_DeepTensorComputeTensor(tensor, 0, nullptr, nullptr, nullptr, &values, &size);
  EXPECT_EQ(size, 0);
  expect_part(take(DP_DeepTensorCheckOK(tensor)), "DeepTensor");
  DP_DeleteDeepTensor(tensor);
  auto* const modifier = DP_NewDipoleChargeModifier("model.pb");
  expect_part(take(DP_DipoleChargeModifierCheckOK(modifier)), "DipoleChargeModifier");
  DP_DeleteDipoleChargeModifier(modifier);
}

TEST(DeepmdLibrary, ReadsFilesAndConvertsGraphs) {
  std::string content;
  deepmd::hpp::read_file_to_string(plain.model, content);
  deepmd::DeepPot from_file(plain.model), from_bytes("no file", 0, content);
  Frame const f = read_frames(plain.reference).front();
  EXPECT_EQ(largest_difference(compute(from_file, f), compute(from_bytes, f)), 0.0);
  expect_part(message([&] { deepmd::hpp::read_file_to_string("no/such/file", content); }), "no/such/file");

  std::string const text = DP_TEST_DATA "/graphs/small.pbtxt", binary = testing::TempDir() + "small.pb";
  deepmd::hpp::convert_pbtxt_to_pb(text, binary);
  deepmd::DeepPot of_text(text), of_binary(binary);
  Frame const g = read_frames(DP_TEST_DATA "/graphs/small.reference.json").front();
  EXPECT_EQ(largest_difference(compute(of_text, g), compute(of_binary, g)), 0.0);
  std::ifstream in(binary, std::ios::binary);
  EXPECT_EQ(in.get(), 0x0a);  // field 1 (nodes) of a GraphDef, and no text
  std::remove(binary.c_str());
  deepmd::hpp::convert_pbtxt_to_pb("no/such/text", binary);
  EXPECT_FALSE(std::ifstream(binary).good());
}

TEST(DeepmdLibrary, SelectsAtomsByType) {
  std::vector<int> const types = {0, 2, 1, 2, 0, 1}, wanted = {1, 0};
  std::vector<int> forward(6), backward(6);
  int selected = 0, ghosts = 0;
  DP_SelectByType(6, types.data(), 2, 2, wanted.data(), forward.data(), &selected, backward.data(), &ghosts);
  EXPECT_EQ(forward, (std::vector{0, -1, 1, -1, 2, 3}));
  EXPECT_EQ(selected, 4);
  EXPECT_EQ(ghosts, 2);
  backward.resize(4);
  EXPECT_EQ(backward, (std::vector{0, 2, 4, 5}));
  std::vector<int> const in = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  std::vector<int> out(8);
  DP_SelectMapInt(in.data(), forward.data(), 2, 6, 4, out.data());
  EXPECT_EQ(out, (std::vector{1, 2, 5, 6, 9, 10, 11, 12}));
}

}  // namespace
}  // namespace dp::test
