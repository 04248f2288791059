// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

#include "md/masses.hpp"
#include "md/read_structure.hpp"
#include "md_toys.hpp"

namespace {

using examples::Structure;
using toys::message_of;
using toys::TemporaryFolder;

std::string const header =
    "a comment\n\n2 atoms\n2 atom types\n0 bonds\n\n1 5 xlo xhi\n0.0 6.0 ylo yhi\n-1 6 zlo zhi\n";

Structure read(std::string const& text, std::vector<std::string> const& elements = {}) {
  TemporaryFolder const folder;
  md::Input input;
  input.structure_file = folder.write("atoms.data", text);
  input.elements = elements;
  return md::read_structure(input);
}

std::string complaint(std::string const& text, std::vector<std::string> const& elements = {}) {
  std::string const message = message_of([&] { read(text, elements); });
  std::size_t const at = message.find("atoms.data");
  return at == message.npos ? message : message.substr(at);
}

TEST(LammpsData, ReadsATiltedBoxMassesAtomsAndVelocities) {
  Structure const water = read(header +
                               "1 0.5 -0.25 xy xz yz\n\nMasses\n\n1 15.9 # O\n2 1.01 # H\n\n"
                               "Atoms # full\n\n20 1 2 0.4 2 3 4 0 0 1\n10 1 1 -0.8 1 0 -1 0 0 0\n\n"
                               "Velocities\n\n10 1 2 3\n20 4 5 6\n\nBonds\n\n1 1 10 20\n");
  EXPECT_EQ(water.elements, (std::vector<std::string>{"H", "O"}));
  EXPECT_EQ(water.positions, (std::vector<double>{1, 3, 5, 0, 0, 0}));
  EXPECT_EQ(water.velocities, (std::vector<double>{4, 5, 6, 1, 2, 3}));
  EXPECT_EQ(water.box.h, (std::array<double, 9>{4, 0, 0, 1, 6, 0, 0.5, -0.25, 7}));
  EXPECT_EQ(water.box.periodic, (std::array<bool, 3>{true, true, true}));
  EXPECT_EQ(md::masses_of(water, {}), (std::vector<double>{1.01, 15.9}));
  EXPECT_EQ(md::masses_of(water, {{"O", 16.0}}), (std::vector<double>{1.01, 16.0}));
}

TEST(LammpsData, KnowsTheAtomStyleByItsColumns) {
  std::vector<std::string> const types = {"O", "H"};
  for (std::string const row : {" 2 1.5 2 3\n", " 2 1.5 2 3 0 0 0\n", " 2 0.4 1.5 2 3\n",
                                " 2 0.4 1.5 2 3 0 0 0\n", " 7 2 0.4 1.5 2 3\n", " 7 2 0.4 1.5 2 3 0 0 0\n"}) {
    Structure const atoms = read(header + "\nAtoms\n\n1" + row + "2" + row, types);
    EXPECT_EQ(atoms.elements[1], "H") << row;
    EXPECT_EQ(atoms.positions, (std::vector<double>{0.5, 2, 4, 0.5, 2, 4})) << row;
  }
  Structure const molecular = read(header + "\nAtoms # molecular\n\n1 7 2 1.5 2 3\n2 7 1 1 0 -1\n", types);
  EXPECT_EQ(molecular.elements, (std::vector<std::string>{"H", "O"}));
}

TEST(LammpsData, SaysFileLineAndWhatIsWrong) {
  std::vector<std::string> const types = {"O", "H"};
  EXPECT_EQ(complaint(header + "\nAtoms\n\n1 1 0 0 0\n", types),
            "atoms.data:13: expected 2 rows in section Atoms, found 1");
  EXPECT_EQ(complaint(header + "\nAtoms\n\n1 3 0 0 0\n2 1 1 1 1\n", types),
            "atoms.data:13: expected a type of 1 to 2, found 3 (is the atom style right? 'Atoms # style' "
            "states it)");
  EXPECT_EQ(complaint(header + "\nAtoms # full\n\n1 1 0 0 0\n", types),
            "atoms.data:13: expected an atom of style full, found 5 columns");
  EXPECT_EQ(complaint(header + "\nAtoms\n\n1 1 0 0 0\n1 1 0 0 0\n", types),
            "atoms.data:14: atom id 1 appears twice");
  EXPECT_EQ(complaint(header + "\nAtoms\n\n1 1 0 0 0\n2 1 1 1 1\n"),
            "atoms.data: expected the elements of 2 types in structure.elements, found 0");
  EXPECT_EQ(complaint(header + "\nMasses\n\n1 16\n2 1\n\nAtoms\n\n1 1 0 0 0\n2 1 1 1 1\n"),
            "atoms.data: the element of type 1 is not known; give structure.elements, or comments in section "
            "Masses");
  EXPECT_EQ(
      complaint("comment\n\n2 atoms\n1 atom types\n\nAtoms\n"),
      "atoms.data:6: expected lines 'xlo xhi', 'ylo yhi' and 'zlo zhi' in the header, found not all of them");
  EXPECT_EQ(complaint("nothing of the kind\n"), "atoms.data:1: expected 'N atoms' in the header, found none");
  EXPECT_NE(message_of([] {
              md::Input input;
              input.structure_file = "missing.xyz";
              md::read_structure(input);
            }).find("missing.xyz: cannot be opened"),
            std::string::npos);
}

TEST(Structure, IsReplicatedWithItsBox) {
  TemporaryFolder const folder;
  md::Input input;
  input.structure_file =
      folder.write("s.xyz",
                   "2\nLattice=\"4 0 0 1 5 0 0 0 6\" Properties=species:S:1:pos:R:3:vel:R:3\n"
                   "O 0 0 0 1 2 3\nH 1 1 1 4 5 6\n");
  input.replicate = {1, 2, 3};
  Structure const big = md::read_structure(input);
  ASSERT_EQ(big.size(), 12);
  EXPECT_EQ(big.box.h, (std::array<double, 9>{4, 0, 0, 2, 10, 0, 0, 0, 18}));
  EXPECT_EQ(std::vector<double>(big.positions.end() - 3, big.positions.end()),
            (std::vector<double>{2, 6, 13}));
  EXPECT_EQ(std::vector<double>(big.velocities.end() - 3, big.velocities.end()),
            (std::vector<double>{4, 5, 6}));
  EXPECT_EQ(big.elements[10], "O");
}

TEST(Structure, MassesOfAFileBelongToAtoms) {
  Structure water;
  water.elements = {"O", "H", "H"};
  water.masses = {15.9, 1.0, 2.014};
  EXPECT_EQ(md::masses_of(water, {}), water.masses);
  EXPECT_EQ(md::masses_of(water, {{"O", 16.0}}), (std::vector<double>{16.0, 1.0, 2.014}));
}

TEST(Structure, MassesComeFromTheTableAndUnknownOnesAreAskedFor) {
  Structure water;
  water.elements = {"O", "H", "Q"};
  EXPECT_EQ(md::masses_of(water, {{"Q", 5.0}}), (std::vector<double>{15.999, 1.008, 5.0}));
  EXPECT_EQ(message_of([&] { md::masses_of(water, {}); }),
            "the mass of element 'Q' is not known; add it to structure.masses of the input file");
}

}  // namespace
