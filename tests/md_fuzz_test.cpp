// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// Corrupted files of dp-md: each must be understood, with as many numbers as atoms, or refused by a dp::Error
// that begins with the file; never anything else, and not after long thought. The mutations are always the
// same.

#include "common/extxyz.hpp"
#include "md/read_input.hpp"
#include "md/read_structure.hpp"
#include "md_toys.hpp"
#include "support/mutator.hpp"

namespace {

using toys::TemporaryFolder;

std::string const frames =
    "2\nLattice=\"4 0 0 1 5 0 0 -1 6\" Properties=species:S:1:pos:R:3:velo:R:3:aparam:R:2 pbc=\"T T F\" "
    "fparam=\"0.5 1\" time_ps=0.5\n"
    "O 0.5 1.25 -2 0.1 -0.2 3e-1 1 2\nH 3.5 0 1 0 0 0 3 4\n"
    "3\nplain\nO 1 2 3\nH 4 5 6\nH 7 8 9\n";

std::string const lammps =
    "a comment\n\n2 atoms\n2 atom types\n\n1 5 xlo xhi\n0.0 6.0 ylo yhi\n-1 6 zlo zhi\n1 0.5 -0.25 xy xz "
    "yz\n\n"
    "Masses\n\n1 15.9 # O\n2 1.01 # H\n\nAtoms # full\n\n20 1 2 0.4 2 3 4 0 0 1\n10 1 1 -0.8 1 0 -1 0 0 0\n\n"
    "Velocities\n\n10 1 2 3\n20 4 5 6\n\nBonds\n\n1 1 10 20\n";

std::string const input =
    "[model]\nfile = \"water.dp\"\nprecision = \"mix32\"\ntolerance = 1e-5\nfparam = [0.5, 1]\n\n"
    "[structure]\nfile = \"water.xyz\"\nreplicate = [2, 1, 1]\nelements = [\"O\", \"H\"]\n"
    "masses = { O = 15.9994, H = 1.00794 }\n\n"
    "[run]\nsteps = 10\nensemble = \"npt-langevin\"\ncoupling = \"per-axis\"\ntiming = true\n\n"
    "[deform]\naxis = \"z\"\nstrain_rate_per_ps = 0.01\n";

std::string restart() {
  md::Restart restart;
  restart.structure.elements = {"O", "H"};
  restart.structure.has_box = true;
  restart.structure.box = dp::Box({4, 0, 0, 1, 5, 0, 0, -1, 6});
  restart.masses = {16.0, 1.0};
  restart.thermo = {"out/thermo.csv", 123};
  restart.observed = {2, 6.5, 1, 0, 3, 4};
  md::State& state = restart.state;
  state.step = 7;
  state.thermostat = {0.5, -0.25, 1, 2, 3, 4};
  state.box_control = {1, 1, 1.01, 0, 0, 0.001, 0.1};
  state.grid = {2, 1, 1};
  state.origin_step = 0;
  for (auto* values :
       {&state.positions, &state.velocities, &state.forces, &state.rebuild_positions, &state.origins})
    *values = {0.1, -2, 3, 4.5, 5, 6};
  return md::to_text(restart);
}

/// `use` reads the file.
template <class Use>
void fuzz(std::string const& name, std::string const& original, std::vector<std::string> const& marks,
          Use const& use) {
  TemporaryFolder const folder;
  use(folder.write(name, original));  // the original is right
  dp::Mutator mutate(original, marks, 1);
  int const mutations = 1000;
  int refused = 0;
  for (int i = 0; i < mutations; ++i) {
    std::string const path = folder.write(name, mutate());
    ::alarm(30);  // an endless loop ends the program
    try {
      use(path);
    } catch (dp::Error const& error) {
      ASSERT_EQ(std::string(error.what()).rfind(path, 0), 0u) << "mutation " << i << ": " << error.what();
      ++refused;
    }
  }
  ::alarm(0);
  std::printf("%s: %d mutations, %d refused\n", name.c_str(), mutations, refused);
  EXPECT_GT(refused, mutations / 10);
  EXPECT_LT(refused, mutations);
}

void expect_whole(examples::Structure const& structure) {
  std::size_t const atoms = structure.elements.size();
  ASSERT_EQ(structure.positions.size(), 3 * atoms);
  ASSERT_TRUE(structure.velocities.empty() || structure.velocities.size() == 3 * atoms);
  for (double const x : structure.positions) ASSERT_TRUE(std::isfinite(x));
  if (structure.has_box) structure.box.check();
}

TEST(MdFuzz, ExtendedXyz) {
  fuzz("frames.xyz", frames, {"Lattice", "Properties", "pbc", "\n"}, [](std::string const& path) {
    examples::ExtxyzReader reader(path);
    for (examples::Structure frame; reader.next(frame);) {
      expect_whole(frame);
      reader.number("time_ps");
    }
  });
}

TEST(MdFuzz, LammpsData) {
  fuzz("atoms.data", lammps, {"atoms", "xlo", "Masses", "Atoms", "Velocities"}, [](std::string const& path) {
    md::Input of_structure;
    of_structure.structure_file = path;
    expect_whole(md::read_structure(of_structure));
  });
}

TEST(MdFuzz, InputFile) {
  fuzz("input.toml", input, {"model", "structure", "run", "deform", "= "},
       [](std::string const& path) { md::read_input(path); });
}

TEST(MdFuzz, RestartFile) {
  fuzz("restart.txt", restart(), {"step", "box", "thermostat", "grid", "observed", "origins", "atoms", "O "},
       [](std::string const& path) {
         md::Restart const found = md::RestartReader(path).read();
         std::size_t const numbers = 3 * found.masses.size();
         ASSERT_EQ(found.structure.elements.size(), found.masses.size());
         ASSERT_EQ(found.state.positions.size(), numbers);
         ASSERT_EQ(found.state.velocities.size(), numbers);
         ASSERT_EQ(found.state.forces.size(), numbers);
         ASSERT_EQ(found.state.rebuild_positions.size(), numbers);
         ASSERT_EQ(found.state.origins.size(), found.state.origin_step < 0 ? 0 : numbers);
       });
}

}  // namespace
