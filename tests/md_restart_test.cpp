// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

#include "common/extxyz.hpp"
#include "md/output.hpp"
#include "md_toys.hpp"

namespace {

using toys::message_of;
using toys::SoftSpheres;
using toys::Space;
using toys::TemporaryFolder;

dp::Box box() { return dp::Box({8, 0, 0, 0.5, 8, 0, 0, 0.25, 8}); }

md::Input input_of(std::string const& ensemble) {
  md::Input input;
  bool const deformed = ensemble.ends_with("-deformed"), heated = ensemble.ends_with("-heated");
  input.ensemble = deformed || heated ? ensemble.substr(0, ensemble.rfind('-')) : ensemble;
  if (heated) input.heating = 5000.0;
  if (deformed) {
    input.deform_axis = "y";
    input.strain_rate = 0.5;
  }
  input.skin = 0.5;
  input.rebuild_every = 20;
  input.temperature = 1500.0;
  input.pressure = 40000.0;
  input.barostat_time = 500.0;
  input.coupling = "per-axis";
  input.msd = "msd.csv";
  return input;
}

/// 64 hot soft spheres.
struct ToyRun {
  explicit ToyRun(md::Input const& input, dp::Box const& begin = box())
      : masses(64, 20.0),
        forces{begin, 3.0, input.skin},
        simulation(Space(), input, md::System<Space>(Space(), masses), begin.volume(), forces,
                   md::Domain(md::Communicator::alone(), begin)) {}

  void start() { start(0.1, md::maxwell_velocities(masses, 1500.0, 1)); }
  void start(double noise, std::vector<double> const& velocities) {
    std::vector<double> positions;
    for (int i = 0; i < 64; ++i)
      for (int const cell : {i % 4, i / 4 % 4, i / 16}) positions.push_back(2.0 * cell + noise * std::sin(i));
    simulation.start(positions, velocities);
  }

  void advance(int steps) {
    for (int step = 0; step < steps; ++step) simulation.advance(false);
  }

  std::vector<double> masses;
  SoftSpheres forces;
  md::Simulation<Space, SoftSpheres> simulation;
};

md::Restart restart_of(ToyRun const& run) {
  md::Restart restart;
  restart.state = run.simulation.save();
  restart.structure.elements.assign(64, "Cu");
  restart.structure.box = box();
  std::copy_n(restart.state.lattice.begin(), 9, restart.structure.box.h.begin());
  restart.structure.has_box = true;
  restart.masses = run.masses;
  restart.thermo = {"a folder/thermo.csv", 123};
  restart.surroundings = {"out/near.xyz", 7};
  return restart;
}

class MdRestart : public testing::TestWithParam<std::string> {
 protected:
  void continues_bit_by_bit_after(int steps);
};

void MdRestart::continues_bit_by_bit_after(int steps) {
  TemporaryFolder const folder;
  md::Input const input = input_of(GetParam());
  ToyRun whole(input), first(input);
  whole.start();
  whole.advance(150);
  md::State const expected = whole.simulation.save();

  first.start();
  first.advance(steps);
  md::replace_file(folder.path("restart.txt"), md::to_text(restart_of(first)));
  md::Restart const restart = md::RestartReader(folder.path("restart.txt")).read();
  EXPECT_NE(restart.state.rebuild_step, restart.state.step);
  EXPECT_EQ(restart.thermo.path, "a folder/thermo.csv");
  EXPECT_EQ(restart.thermo.bytes, 123);
  EXPECT_EQ(restart.outliers.path, "");
  EXPECT_EQ(restart.surroundings.path, "out/near.xyz");
  EXPECT_EQ(restart.surroundings.bytes, 7);
  bool const moves = input.ensemble.starts_with("npt") || input.deform_axis != "none";
  EXPECT_EQ(restart.structure.box.h != box().h, moves);
  EXPECT_EQ(restart.masses, first.masses);
  ToyRun second(input, restart.structure.box);
  second.simulation.restore(restart.state);
  second.advance(150 - steps);

  md::State const found = second.simulation.save();
  EXPECT_EQ(found.step, 150);
  EXPECT_EQ(found.rebuild_step, expected.rebuild_step);
  EXPECT_EQ(found.positions, expected.positions);
  EXPECT_EQ(found.velocities, expected.velocities);
  EXPECT_EQ(found.forces, expected.forces);
  EXPECT_EQ(found.rebuild_positions, expected.rebuild_positions);
  EXPECT_EQ(found.thermostat, expected.thermostat);
  EXPECT_EQ(found.box_control, expected.box_control);
  EXPECT_EQ(found.lattice, expected.lattice);
  EXPECT_EQ(found.origins, expected.origins);
  EXPECT_EQ(found.origin_step, 0);
}

TEST_P(MdRestart, ContinuesBitByBit) { continues_bit_by_bit_after(67); }
TEST_P(MdRestart, ContinuesBitByBitWhereTheBoxIsAboutToChange) { continues_bit_by_bit_after(70); }

INSTANTIATE_TEST_SUITE_P(Ensembles, MdRestart,
                         testing::Values("nve", "nvt-langevin", "nvt-nose-hoover", "npt-langevin",
                                         "npt-nose-hoover", "nve-deformed", "npt-langevin-deformed",
                                         "npt-langevin-heated", "npt-nose-hoover-heated", "minimise"),
                         [](auto const& name) {
                           std::string text = name.param;
                           std::replace(text.begin(), text.end(), '-', '_');
                           return text;
                         });

TEST(MdRestartFile, TruncatedOrForeignFilesAreRefused) {
  TemporaryFolder const folder;
  ToyRun run(input_of("nvt-nose-hoover"));
  run.start();
  std::string const text = md::to_text(restart_of(run));
  auto const complaint = [&](std::string const& content) {
    return message_of([&] { md::RestartReader(folder.write("restart.txt", content)).read(); });
  };
  EXPECT_EQ(complaint(text), "(no error)");
  for (std::size_t size = 0; size + 1 < text.size(); size += 97)
    EXPECT_NE(complaint(text.substr(0, size)).find("restart.txt:"), std::string::npos) << size;
  std::string damaged = text;
  damaged.replace(damaged.find("box_control\ngrid"), 16, "box_control 0x1p+0\ngrid");
  EXPECT_NE(complaint(damaged).find("expected no number of box_control or 7, found 1"), std::string::npos);
  damaged = text;
  damaged.replace(damaged.find("nearest 0 0"), 11, "nearest O-O 0");
  EXPECT_NE(complaint(damaged).find(": nearest: expected a distance"), std::string::npos)
      << complaint(damaged);
  EXPECT_NE(complaint("[run]\n").find("restart.txt:1: expected a restart file of this version of dp-md"),
            std::string::npos);
  EXPECT_NE(
      message_of([&] { md::RestartReader(folder.path("missing")).read(); }).find("missing: cannot be opened"),
      std::string::npos);
}

TEST(MdRestartFile, OlderOnesKnowNoDistances) {
  TemporaryFolder const folder;
  ToyRun run(input_of("nvt-nose-hoover"));
  run.start();
  md::Restart restart = restart_of(run);
  restart.nearest = "H-H:1,O-O:1.81";
  restart.near_looks = 1;
  std::string text = md::to_text(restart);
  auto const read = [&] { return md::RestartReader(folder.write("restart.txt", text)).read(); };
  EXPECT_EQ(read().nearest, restart.nearest);
  EXPECT_EQ(read().near_looks, 1);
  text.replace(text.find("dp-md restart 4"), 15, "dp-md restart 3");
  text.erase(text.find("nearest"), std::string("nearest H-H:1,O-O:1.81 1\n").size());
  EXPECT_EQ(read().nearest, "0");
  EXPECT_EQ(read().near_looks, 0);
  EXPECT_EQ(read().masses, restart.masses);
}

TEST(MdOrigins, FollowTheBoxOfACrystalAtRest) {
  dp::Box const cube({8, 0, 0, 0, 8, 0, 0, 0, 8});
  ToyRun run(input_of("nve-deformed"), cube);
  run.start(0.0, std::vector<double>(192));
  md::State const before = run.simulation.save();
  run.advance(100);
  md::State const after = run.simulation.save();
  EXPECT_GT(after.positions[3 * 63 + 1], before.positions[3 * 63 + 1] + 0.1);
  for (std::size_t k = 0; k < 192; ++k) EXPECT_NEAR(after.origins[k], after.positions[k], 1e-12);
  run.simulation.mark_origins();
  EXPECT_EQ(run.simulation.origin_step(), 100);
}

TEST(MdOutput, FullDiskIsOneClearError) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full";
  TemporaryFolder const folder;
  md::Input input;
  input.directory = folder.path("");
  input.trajectory = "/dev/full";
  examples::Structure const structure;
  md::Output output(input, structure, {"O"}, 1, nullptr);
  EXPECT_EQ(message_of([&] {
              output.write_frame({}, {0}, {0}, {0, 0, 0}, {0, 0, 0});
            }),
            "/dev/full: cannot be written: No space left on device; the 0 bytes written before are complete");
  EXPECT_EQ(message_of([&] { md::replace_file(folder.path("no/restart.txt"), "x"); }),
            folder.path("no/restart.txt.new") + ": cannot be written: No such file or directory");
}

TEST(MdOutput, ContinuedFilesKeepWhatTheRestartKnows) {
  TemporaryFolder const folder;
  md::Input input;
  input.directory = folder.path("out");
  input.trajectory_velocities = true;
  examples::Structure const structure;
  {
    md::Output output(input, structure, {"O"}, 1, nullptr);
    output.write_frame({}, {0}, {0}, {0, 0, 0}, {0, 0, 0});
    output.write_restart({.positions = {0, 0, 0},
                          .velocities = {0, 0, 0},
                          .forces = {0, 0, 0},
                          .rebuild_positions = {0, 0, 0},
                          .thermostat = {},
                          .ids = {0},
                          .types = {0},
                          .masses = {16.0}});
    output.write_frame({}, {0}, {0}, {1, 1, 1}, {0, 0, 0});
  }
  md::Restart const restart = md::RestartReader(folder.path("out/restart.txt")).read();
  {
    md::Output output(input, structure, {"O"}, 1, &restart);
    output.write_frame({}, {0}, {0}, {2, 2, 2}, {3, 3, 3});
  }
  examples::ExtxyzReader reader(folder.path("out/trajectory.xyz"));
  examples::Structure frame;
  ASSERT_TRUE(reader.next(frame));
  EXPECT_EQ(frame.positions[0], 0.0);
  ASSERT_TRUE(reader.next(frame));
  EXPECT_EQ(frame.positions[0], 2.0);
  EXPECT_EQ(frame.velocities[0], 3.0);
  EXPECT_FALSE(reader.next(frame));
  EXPECT_EQ(folder.read("out/thermo.csv"), md::csv_header());
}

TEST(MdOutput, FramesHaveTheBoxOfTheirStepAndRestartsThatOfTheRebuild) {
  TemporaryFolder const folder;
  md::Input input;
  input.directory = folder.path("out");
  examples::Structure structure;
  structure.has_box = true;
  structure.box = dp::Box({4, 0, 0, 0, 4, 0, 0, 0, 4});
  md::Output output(input, structure, {"O"}, 1, nullptr);
  output.write_frame({.lattice = {5, 0, 0, 0, 6, 0, 0, 0, 7}}, {0}, {0}, {4.5, 0, 0}, {0, 0, 0});
  output.write_restart({.positions = {0, 0, 0},
                        .velocities = {0, 0, 0},
                        .forces = {0, 0, 0},
                        .rebuild_positions = {0, 0, 0},
                        .thermostat = {},
                        .box_control = {1, 2, 3, 4, 5, 6, 7},
                        .lattice = {4.5, 0, 0, 0, 4, 0, 0, 0, 4},
                        .ids = {0},
                        .types = {0},
                        .masses = {16.0}});
  examples::ExtxyzReader reader(folder.path("out/trajectory.xyz"));
  examples::Structure frame;
  ASSERT_TRUE(reader.next(frame));
  EXPECT_EQ(frame.box.h, (std::array<double, 9>{5, 0, 0, 0, 6, 0, 0, 0, 7}));
  EXPECT_EQ(frame.positions[0], 4.5);  // inside this box
  md::Restart const restart = md::RestartReader(folder.path("out/restart.txt")).read();
  EXPECT_EQ(restart.structure.box.h[0], 4.5);
  EXPECT_EQ(restart.state.lattice[0], 4.5);
  EXPECT_EQ(restart.state.box_control, (std::vector<double>{1, 2, 3, 4, 5, 6, 7}));
}

TEST(MdOutput, WrapsAtomsIntoPeriodicDirectionsOnly) {
  examples::Structure frame;
  frame.box = dp::Box({4, 0, 0, 1, 4, 0, 0, 0, 4}, {true, true, false});
  frame.positions = {5.0, -1.0, 9.0};
  md::Output::wrap(frame);
  EXPECT_EQ(frame.positions, (std::vector<double>{2.0, 3.0, 9.0}));
}

}  // namespace
