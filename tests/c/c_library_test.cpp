// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// libdp_c: what dp_c.h says, against the library itself.

#include <dp_c.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <memory>
#include <thread>

#include "support/cases.hpp"
#include "support/evaluate.hpp"

namespace dp::test {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

constexpr double unset = std::numeric_limits<double>::quiet_NaN();

struct Close {
  void operator()(dp_handle* handle) const { dp_close(handle); }
};
using Handle = std::unique_ptr<dp_handle, Close>;

Handle open(std::string const& file, char const* options = "evaluation=exact") {
  dp_handle* handle = nullptr;
  EXPECT_EQ(dp_open(file.c_str(), options, &handle), dp_success) << dp_error_text();
  return Handle(handle);
}

double const* pointer(std::vector<double> const& values) { return values.empty() ? nullptr : values.data(); }

/// Everything that a handle says of a frame.
Results compute(Handle const& handle, Frame const& f, int const* periodic = nullptr) {
  std::size_t const n = f.atoms();
  Results r{.atom_energy = std::vector(n, unset),
            .force = std::vector(3 * n, unset),
            .virial = std::vector(9, unset),
            .atom_virial = std::vector(9 * n, unset)};
  int const status =
      dp_compute(handle.get(), static_cast<int>(n), pointer(f.positions), f.types.data(),
                 f.periodic ? f.box.data() : nullptr, periodic, pointer(f.fparam), pointer(f.aparam),
                 &r.energy, r.force.data(), r.virial.data(), r.atom_energy.data(), r.atom_virial.data());
  EXPECT_EQ(status, dp_success) << dp_error_text();
  return r;
}

/// The status of a computation of energy and forces that is to fail.
int status_of(Handle const& handle, Frame const& f) {
  double energy = 0.0;
  std::vector<double> force(3 * f.atoms());
  return dp_compute(handle.get(), static_cast<int>(f.atoms()), pointer(f.positions), f.types.data(),
                    f.periodic ? f.box.data() : nullptr, nullptr, pointer(f.fparam), pointer(f.aparam),
                    &energy, force.data(), nullptr, nullptr, nullptr);
}

void expect_text(std::string const& part) {
  EXPECT_NE(std::string(dp_error_text()).find(part), std::string::npos)
      << dp_error_text() << "\nlacks: " << part;
}

class CLibraryModels : public testing::TestWithParam<Case> {};

TEST_P(CLibraryModels, SaysWhatTheLibrarySays) {
  Model const model = load_model(GetParam().model);
  CompiledPotential<Space> potential(model);
  Handle const handle = open(GetParam().model);
  EXPECT_EQ(dp_cutoff(handle.get()), cutoff(model));
  ASSERT_EQ(dp_types(handle.get()), model.ntypes());
  for (int t = 0; t < model.ntypes(); ++t)
    EXPECT_EQ(dp_type_name(handle.get(), t), model.type_map[static_cast<std::size_t>(t)]);
  EXPECT_EQ(dp_fparam(handle.get()), fitting_of(model).fparam);
  EXPECT_EQ(dp_aparam(handle.get()), fitting_of(model).aparam);
  EXPECT_EQ(dp_has_default_fparam(handle.get()), fitting_of(model).default_fparam.empty() ? 0 : 1);
  for (Frame const& frame : read_frames(GetParam().reference))
    EXPECT_LE(largest_difference(compute(handle, frame), evaluate(potential, frame)), 1e-12);
}

INSTANTIATE_TEST_SUITE_P(All, CLibraryModels,
                         testing::Values(water_case(), copper_case(), variant("fparam_aparam"),
                                         variant("fparam2_aparam3"), variant("default_fparam"),
                                         variant("one_sided_gelu"),
                                         Case{"allegro", DP_TEST_DATA "/allegro/options.nequip.zip",
                                              DP_TEST_DATA "/allegro/options.reference.json"}),
                         [](auto const& info) { return info.param.name; });

TEST(CLibrary, ComputesWhatIsAskedFor) {
  Handle const handle = open(water_case().model);
  Frame const f = read_frames(water_case().reference).front();
  Results const all = compute(handle, f);
  double energy = unset;
  EXPECT_EQ(dp_compute(handle.get(), static_cast<int>(f.atoms()), pointer(f.positions), f.types.data(),
                       f.box.data(), nullptr, nullptr, nullptr, &energy, nullptr, nullptr, nullptr, nullptr),
            dp_success);
  EXPECT_NEAR(energy, all.energy, 1e-10);
  EXPECT_EQ(dp_compute(handle.get(), static_cast<int>(f.atoms()), pointer(f.positions), f.types.data(),
                       f.box.data(), nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr),
            dp_success);
}

TEST(CLibrary, CellsMayBePeriodicAlongSomeVectors) {
  Frame f = read_frames(water_case().reference).front();
  Handle const handle = open(water_case().model);
  std::array<int, 3> const none = {0, 0, 0}, all = {1, 1, 1}, slab = {1, 1, 0};
  Results const closed = compute(handle, f), slab_results = compute(handle, f, slab.data());
  EXPECT_EQ(largest_difference(compute(handle, f, all.data()), closed), 0.0);
  EXPECT_GT(std::abs(slab_results.energy - closed.energy), 1e-3);
  Results const in_box = compute(handle, f, none.data());
  f.periodic = false;
  EXPECT_LE(largest_difference(compute(handle, f), in_box), 1e-12);
  EXPECT_LE(largest_difference(compute(handle, f, none.data()), in_box), 1e-12);
  EXPECT_EQ(dp_compute(handle.get(), static_cast<int>(f.atoms()), f.positions.data(), f.types.data(), nullptr,
                       slab.data(), nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr),
            dp_bad_input);
  expect_text("periodic: expected a cell");
}

TEST(CLibrary, TakesNeighbourListsOfTheHost) {
  Model const model = load_model(water_case().model);
  Handle const handle = open(water_case().model);
  Frame const f = read_frames(water_case().reference).front();
  Results const expected = compute(handle, f);
  Scene<Space> const scene(f, cutoff(model) + 0.5);
  Neighbors neighbours = scene.neighbors();
  constexpr int flag = 1 << 30;  // as LAMMPS marks pairs of bonded atoms
  std::vector<int> counts, centres;
  std::vector<int const*> rows;
  for (auto& row : neighbours) {
    for (std::size_t k = 0; k < row.size(); k += 2) row[k] |= flag;
    centres.push_back(static_cast<int>(centres.size()));
    counts.push_back(static_cast<int>(row.size()));
    rows.push_back(row.data());
  }
  dp_list const list{static_cast<int>(rows.size()), centres.data(), counts.data(), rows.data(), ~flag};
  auto const positions = host_copy(scene.images.positions());
  auto const types = host_copy(scene.images.types());
  auto const owner = host_copy(scene.images.owner());
  int const atoms = static_cast<int>(types.size()), local = static_cast<int>(f.atoms());
  for (int new_list : {1, 0}) {
    std::vector<double> force(3 * types.size()), atom_energy(types.size(), unset),
        atom_virial(9 * types.size());
    Results r;
    r.virial.assign(9, unset);
    ASSERT_EQ(dp_compute_list(handle.get(), atoms, local, positions.data(), types.data(),
                              new_list != 0 ? &list : nullptr, new_list, nullptr, nullptr, &r.energy,
                              force.data(), r.virial.data(), atom_energy.data(), atom_virial.data()),
              dp_success)
        << dp_error_text();
    for (std::size_t i = f.atoms(); i < types.size(); ++i) {
      auto const to = static_cast<std::size_t>(owner[i]);
      EXPECT_EQ(atom_energy[i], 0.0);
      for (std::size_t k = 0; k < 3; ++k) force[3 * to + k] += force[3 * i + k];
      for (std::size_t k = 0; k < 9; ++k) atom_virial[9 * to + k] += atom_virial[9 * i + k];
    }
    auto const cut = [&](std::vector<double> v, std::size_t columns) {
      v.resize(columns * f.atoms());
      return v;
    };
    r.force = cut(force, 3);
    r.atom_energy = cut(atom_energy, 1);
    r.atom_virial = cut(atom_virial, 9);
    EXPECT_LE(largest_difference(r, expected), 1e-11);
  }
  auto const another = [&](int n, dp_list const* l, int new_list) {
    return dp_compute_list(handle.get(), n, local, positions.data(), types.data(), l, new_list, nullptr,
                           nullptr, nullptr, nullptr, nullptr, nullptr, nullptr);
  };
  EXPECT_EQ(another(atoms - 1, &list, 0), dp_bad_input);
  expect_text("neighbour list: expected a new one for");
  EXPECT_EQ(another(atoms, nullptr, 1), dp_bad_input);
  expect_text("neighbour list: found a null pointer");
  counts[1] = -1;
  EXPECT_EQ(another(atoms, &list, 1), dp_bad_input);
  expect_text("neighbour list: row 2 of 192");
  counts[1] = static_cast<int>(neighbours[1].size());
  centres[4] = 2;
  EXPECT_EQ(another(atoms, &list, 1), dp_bad_input);
  expect_text("neighbour list: row 5 of 192: expected each centre once, found atom 3 of row 3 again");
  EXPECT_EQ(another(atoms, nullptr, 0), dp_bad_input);
  expect_text("found none before");
  centres[4] = 4;
  neighbours[1][0] = atoms + 7;
  EXPECT_EQ(another(atoms, &list, 1), dp_bad_input);
  neighbours[1][0] = 0;
  EXPECT_EQ(another(atoms, &list, 1), dp_success) << dp_error_text();
}

TEST(CLibrary, ListsWithoutAMaskHavePlainIndices) {
  Case const c = variant("one_sided_gelu");
  Handle const handle = open(c.model);
  Frame const f = read_frames(c.reference).front();
  Scene<Space> const scene(f, dp_cutoff(handle.get()));
  Neighbors const neighbours = scene.neighbors();
  auto const positions = host_copy(scene.images.positions());
  auto const types = host_copy(scene.images.types());
  std::vector<int> counts;
  std::vector<int const*> rows;
  for (auto const& row : neighbours) {
    counts.push_back(static_cast<int>(row.size()));
    rows.push_back(row.data());
  }
  for (int mask : {0, -1}) {
    dp_list const list{static_cast<int>(rows.size()), nullptr, counts.data(), rows.data(), mask};
    double energy = unset;
    ASSERT_EQ(dp_compute_list(handle.get(), static_cast<int>(types.size()), static_cast<int>(f.atoms()),
                              positions.data(), types.data(), &list, 1, nullptr, nullptr, &energy, nullptr,
                              nullptr, nullptr, nullptr),
              dp_success)
        << dp_error_text();
    EXPECT_NEAR(energy, compute(handle, f).energy, 1e-11);
  }
}

TEST(CLibrary, AbsentNeighboursMayHaveATypeThatTheHostSays) {
  std::string const stem = DP_TEST_DATA "/kinds/attention_concat_davg";
  Handle const handle = open(stem + ".dp");
  Frame const f = read_frames(stem + ".reference.json").front();
  Frame turned = f;  // begins with its last atom, of another type
  std::rotate(turned.types.begin(), turned.types.end() - 1, turned.types.end());
  std::rotate(turned.positions.begin(), turned.positions.end() - 3, turned.positions.end());
  ASSERT_NE(turned.types.front(), f.types.front());
  double const expected = compute(handle, f).energy, other = compute(handle, turned).energy;
  EXPECT_GT(std::abs(other - expected), 1e-6);
  EXPECT_EQ(dp_set_first_type(handle.get(), f.types.front()), dp_success);
  EXPECT_NEAR(compute(handle, turned).energy, expected, 1e-10);
  EXPECT_NEAR(compute(handle, f).energy, expected, 1e-10);
  EXPECT_EQ(dp_set_first_type(handle.get(), dp_types(handle.get())), dp_bad_argument);
  expect_text("type: expected -1");
  EXPECT_EQ(dp_set_first_type(handle.get(), -2), dp_bad_argument);
  EXPECT_EQ(dp_set_first_type(handle.get(), -1), dp_success);
  EXPECT_NEAR(compute(handle, turned).energy, other, 1e-10);
}

TEST(CLibrary, SeveralModelsFollowEachOther) {
  std::array<char const*, 2> const files = {DP_TEST_DATA "/variants/activation_gelu.dp",
                                            DP_TEST_DATA "/variants/activation_relu.dp"};
  Frame const f = read_frames(DP_TEST_DATA "/variants/activation_gelu.reference.json").front();
  dp_handle* raw = nullptr;
  ASSERT_EQ(dp_open_models(2, files.data(), nullptr, nullptr, "evaluation=exact", &raw), dp_success)
      << dp_error_text();
  Handle const both(raw);
  ASSERT_EQ(dp_models(both.get()), 2);
  std::size_t const n = f.atoms();
  std::vector<double> energy(2), force(6 * n), virial(18), atom_energy(2 * n), atom_virial(18 * n);
  ASSERT_EQ(dp_compute(both.get(), static_cast<int>(n), f.positions.data(), f.types.data(), f.box.data(),
                       nullptr, nullptr, nullptr, energy.data(), force.data(), virial.data(),
                       atom_energy.data(), atom_virial.data()),
            dp_success)
      << dp_error_text();
  for (std::size_t m = 0; m < 2; ++m) {
    auto const of_model = [&](std::vector<double> const& all) {
      auto const size = static_cast<std::ptrdiff_t>(all.size() / 2),
                 begin = static_cast<std::ptrdiff_t>(m) * size;
      return std::vector<double>(all.begin() + begin, all.begin() + begin + size);
    };
    Results const r{energy[m], of_model(atom_energy), of_model(force), of_model(virial),
                    of_model(atom_virial)};
    EXPECT_LE(largest_difference(r, compute(open(files[m]), f)), 1e-12);
  }
}

TEST(CLibrary, ReadsBytesThatTheHostHas) {
  std::string const path = water_case().model;
  std::ifstream in(path, std::ios::binary);
  std::string const bytes{std::istreambuf_iterator<char>(in), {}};
  char const* const name = "no such file";
  char const* const contents = bytes.data();
  std::size_t const size = bytes.size();
  dp_handle* raw = nullptr;
  ASSERT_EQ(dp_open_models(1, &name, &contents, &size, "evaluation=exact", &raw), dp_success)
      << dp_error_text();
  Handle const handle(raw);
  Frame const f = read_frames(water_case().reference).front();
  double const expected = compute(open(path), f).energy;
  EXPECT_EQ(compute(handle, f).energy, expected);
  // Of some models the host has no bytes.
  std::array<char const*, 2> const names = {name, path.c_str()}, some = {contents, nullptr};
  std::array<std::size_t, 2> const sizes = {size, 0};
  ASSERT_EQ(dp_open_models(2, names.data(), some.data(), sizes.data(), "evaluation=exact", &raw), dp_success)
      << dp_error_text();
  Handle const both(raw);
  std::array<double, 2> energies{};
  EXPECT_EQ(
      dp_compute(both.get(), static_cast<int>(f.atoms()), f.positions.data(), f.types.data(), f.box.data(),
                 nullptr, nullptr, nullptr, energies.data(), nullptr, nullptr, nullptr, nullptr),
      dp_success);
  EXPECT_EQ(energies, (std::array{expected, expected}));
}

TEST(CLibrary, OptionsComeFromWordsAndFromTheEnvironment) {
  std::string const file = water_case().model;
  auto const description = [&](char const* options) {
    return std::string(dp_description(open(file, options).get(), 0));
  };
  EXPECT_NE(description(nullptr).find("compressed"), std::string::npos);  // its nets are wide
  EXPECT_EQ(description("evaluation=exact precision=mix32").find("compressed"), std::string::npos);
  ::setenv("DP_EVALUATION", "exact", 1);
  EXPECT_EQ(description("").find("compressed"), std::string::npos);
  EXPECT_NE(description("evaluation=compressed tolerance=1e-5").find("compressed"), std::string::npos);
  dp_handle* handle = nullptr;
  ::setenv("DP_EVALUATION", "exactly", 1);
  EXPECT_EQ(dp_open(file.c_str(), nullptr, &handle), dp_bad_argument);
  expect_text("DP_EVALUATION");
  expect_text("exactly");
  ::unsetenv("DP_EVALUATION");
  for (auto const& [options, part] : std::vector<std::pair<char const*, char const*>>{
           {"evaluation", "expected name=value"},
           {"evaluations=exact", "found \"evaluations=exact\""},
           {"tolerance=small", "options: tolerance"},
           {"tolerance=-1", "options: tolerance"},
           {"nearest=O:2", "options: nearest: expected a distance in Angstrom"},
           {"tile=2.5", "options: tile: expected a whole number"},
           {"tile=1e300", "options: tile"},
           {"tile=-1", "options: tile"},
           {"tile=2147483648", "options: tile"},
           {"reproducible=maybe", "expected yes or no"}}) {
    EXPECT_EQ(dp_open(file.c_str(), options, &handle), dp_bad_argument) << options;
    EXPECT_EQ(handle, nullptr);
    expect_text(part);
  }
}

TEST(CLibrary, RefusesWhatItCannotRead) {
  dp_handle* handle = nullptr;
  EXPECT_EQ(dp_open("no/such/model.pb", nullptr, &handle), dp_bad_model);
  expect_text("no/such/model.pb");
  EXPECT_EQ(dp_open(DP_TEST_DATA "/water/reference.json", nullptr, &handle), dp_bad_model);
  EXPECT_EQ(handle, nullptr);
  EXPECT_EQ(dp_open(nullptr, nullptr, &handle), dp_bad_argument);
  EXPECT_EQ(dp_open("a", nullptr, nullptr), dp_bad_argument);
  EXPECT_EQ(dp_open_models(0, nullptr, nullptr, nullptr, nullptr, &handle), dp_bad_argument);
  dp_close(nullptr);
}

TEST(CLibrary, NoHandleHasNothing) {
  EXPECT_EQ(dp_models(nullptr), 0);
  EXPECT_EQ(dp_cutoff(nullptr), 0.0);
  EXPECT_EQ(dp_types(nullptr), 0);
  EXPECT_EQ(dp_type_name(nullptr, 0), nullptr);
  EXPECT_EQ(dp_fparam(nullptr), 0);
  EXPECT_EQ(dp_aparam(nullptr), 0);
  EXPECT_EQ(dp_has_default_fparam(nullptr), 0);
  EXPECT_EQ(dp_description(nullptr, 0), nullptr);
  EXPECT_EQ(dp_dropped(nullptr), 0);
  EXPECT_EQ(dp_set_first_type(nullptr, 0), dp_bad_argument);
  expect_text("handle");
}

TEST(CLibrary, RefusesWhatItCannotEvaluateAndGoesOn) {
  Handle const handle = open(water_case().model);
  Frame const good = read_frames(water_case().reference).front();
  Results const expected = compute(handle, good);
  auto const refused = [&](auto const& change, int status, char const* part) {
    Frame bad = good;
    change(bad);
    EXPECT_EQ(status_of(handle, bad), status);
    expect_text(part);
    EXPECT_EQ(largest_difference(compute(handle, good), expected), 0.0);
  };
  refused([](Frame& f) { f.positions[4] = unset; }, dp_bad_input, "atom 2");
  refused([](Frame& f) { f.types[3] = 2; }, dp_bad_input, "type");
  refused([](Frame& f) { std::copy_n(f.positions.begin(), 3, f.positions.begin() + 9); }, dp_bad_input,
          "atom");
  refused([](Frame& f) { f.box = {}; }, dp_bad_input, "dp::Box");
  refused([](Frame& f) { f.box[0] = std::numeric_limits<double>::infinity(); }, dp_bad_input, "dp::Box");
  refused([](Frame& f) { f.positions.clear(); }, dp_bad_argument, "positions: found a null pointer");
  Handle const parameters = open(variant("fparam_aparam").model);
  Frame without = read_frames(variant("fparam_aparam").reference).front();
  without.fparam.clear();
  EXPECT_EQ(status_of(parameters, without), dp_bad_input);
  expect_text("fparam");
  EXPECT_EQ(dp_compute(nullptr, 0, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr,
                       nullptr, nullptr, nullptr),
            dp_bad_argument);
  EXPECT_EQ(dp_compute(handle.get(), -1, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr,
                       nullptr, nullptr, nullptr, nullptr),
            dp_bad_argument);
  EXPECT_EQ(dp_description(handle.get(), 1), nullptr);
  EXPECT_EQ(dp_type_name(handle.get(), -1), nullptr);
}

TEST(CLibrary, AtomsMayBeAbsentAndNone) {
  Handle const handle = open(water_case().model);
  Frame const f = read_frames(water_case().reference).front();
  Frame extended = f, reduced = f;
  extended.types.insert(extended.types.begin(), -1);
  extended.positions.insert(extended.positions.begin(), {0.1, 0.2, 0.3});
  Results r = compute(handle, extended), expected = compute(handle, f);
  EXPECT_NEAR(r.energy, expected.energy, 1e-10);
  EXPECT_EQ(r.force[0], 0.0);
  EXPECT_EQ(r.atom_energy[0], 0.0);
  r.force.erase(r.force.begin(), r.force.begin() + 3);
  EXPECT_LE(largest_difference(r.force, expected.force), 1e-11);
  reduced.types.clear();
  reduced.positions.clear();
  Results const none = compute(handle, reduced);
  EXPECT_EQ(none.energy, 0.0);
  EXPECT_EQ(none.virial, std::vector(9, 0.0));
}

TEST(CLibrary, HandlesWorkAtTheSameTime) {
  std::vector<Frame> const frames = read_frames(water_case().reference);
  Frame const f = frames.front();
  Handle const shared = open(water_case().model);
  Results const expected = compute(shared, f);
  constexpr std::size_t threads = 4;
  std::array<double, threads> worst{};
  std::array<std::string, threads> texts;
  {
    std::vector<std::jthread> workers;
    for (std::size_t t = 0; t < threads; ++t)
      workers.emplace_back([&, t] {
        Handle const own = open(water_case().model);
        for (int k = 0; k < 2; ++k)
          for (Handle const* handle : {&own, &shared})
            worst[t] = std::max(worst[t], largest_difference(compute(*handle, f), expected));
        Frame bad = f;
        bad.types[t] = 5;
        status_of(shared, bad);
        texts[t] = dp_error_text();
      });
  }
  for (std::size_t t = 0; t < threads; ++t) {
    EXPECT_LE(worst[t], 1e-12);
    EXPECT_NE(texts[t].find("atom " + std::to_string(t + 1)), std::string::npos) << texts[t];
  }
}

/// Pages that the process holds.
long resident() {
  long size = 0, pages = 0;
  std::ifstream("/proc/self/statm") >> size >> pages;
  return pages;
}

TEST(CLibrary, ReturnsItsMemory) {
  Case const c = variant("fparam_aparam");
  Frame const f = read_frames(c.reference).front();
  auto const rounds = [&](int n) {
    for (int k = 0; k < n; ++k) {
      compute(open(c.model), f);
      dp_handle* handle = nullptr;
      dp_open("no/such/model", nullptr, &handle);
    }
    return resident();
  };
  long const before = rounds(100);
  EXPECT_LE(rounds(1000) - before, 500);  // 2 MB: 2 kB a round would show
}

}  // namespace
}  // namespace dp::test
