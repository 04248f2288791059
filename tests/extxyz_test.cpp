// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

#include "common/extxyz.hpp"

#include "md_toys.hpp"

namespace {

using examples::ExtxyzReader;
using examples::Structure;
using toys::message_of;
using toys::TemporaryFolder;

Structure first_frame(std::string const& text) {
  TemporaryFolder const folder;
  return examples::read_extxyz(folder.write("frame.xyz", text));
}

/// What reading `text` complains about, without the folder.
std::string complaint(std::string const& text) {
  std::string const message = message_of([&] { first_frame(text); });
  std::size_t const at = message.find("frame.xyz");
  return at == message.npos ? message : message.substr(at);
}

TEST(Extxyz, ReadsBoxPositionsVelocitiesAndParameters) {
  Structure const frame = first_frame(
      "2\n"
      "Lattice=\"4 0 0 1 5 0 0 0 6\" energy=-1.5 Properties=species:S:1:tag:I:1:pos:R:3:velo:R:3:aparam:R:2 "
      "comment='two words' pbc=\"T F T\" fparam=\"0.5 -1e-3\"\n"
      "O 7 0 1 2 3 4 5 0.1 0.2\n"
      "H\t8 +1.5 -1 0 0 0 0 0.3 0.4\r\n");
  EXPECT_EQ(frame.elements, (std::vector<std::string>{"O", "H"}));
  EXPECT_EQ(frame.positions, (std::vector<double>{0, 1, 2, 1.5, -1, 0}));
  EXPECT_EQ(frame.velocities, (std::vector<double>{3, 4, 5, 0, 0, 0}));
  EXPECT_EQ(frame.aparam, (std::vector<double>{0.1, 0.2, 0.3, 0.4}));
  EXPECT_EQ(frame.fparam, (std::vector<double>{0.5, -1e-3}));
  EXPECT_EQ(frame.box.h, (std::array<double, 9>{4, 0, 0, 1, 5, 0, 0, 0, 6}));
  EXPECT_EQ(frame.box.periodic, (std::array<bool, 3>{true, false, true}));
  EXPECT_DOUBLE_EQ(frame.volume(), 120.0);
}

TEST(Extxyz, LatticeAloneIsPeriodicAndNoLatticeIsNot) {
  Structure const crystal = first_frame("1\nlattice=\"4 0 0 0 4 0 0 0 4\"\nCu 0 0 0\n");
  EXPECT_TRUE(crystal.has_box);
  EXPECT_EQ(crystal.box.periodic, (std::array<bool, 3>{true, true, true}));
  Structure const molecule = first_frame("1\nany words, it's = fine\nCu 0 0 0 99 98\n");
  EXPECT_FALSE(molecule.has_box);
  EXPECT_EQ(molecule.box.periodic, (std::array<bool, 3>{false, false, false}));
  EXPECT_EQ(molecule.volume(), 0.0);
}

TEST(Extxyz, ReadsFramesOfAnySizeAndBlankLinesBetween) {
  TemporaryFolder const folder;
  ExtxyzReader reader(folder.write("frames.xyz", "0\n\n1\n\nH 1 2 3\n\n2\nx\nH 0 0 0\nO 1 1 1\n\n \n"));
  std::vector<std::int64_t> sizes;
  for (Structure frame; reader.next(frame);) sizes.push_back(frame.size());
  EXPECT_EQ(sizes, (std::vector<std::int64_t>{0, 1, 2}));
}

TEST(Extxyz, WritesWhatItReads) {
  Structure frame = first_frame(
      "2\nLattice=\"4.1 0 0 1 5 0 0 0.3 6\" Properties=species:S:1:pos:R:3:velo:R:3 pbc=\"T T F\"\n"
      "Uuo 0.123456789 1 -2 3 4 5\nH 1 1 1 1000.5 0 0\n");
  Structure const again = first_frame(examples::to_extxyz(frame, "energy=1.0"));
  EXPECT_EQ(again.elements, frame.elements);
  EXPECT_EQ(again.box.h, frame.box.h);
  EXPECT_EQ(again.box.periodic, frame.box.periodic);
  for (std::size_t i = 0; i < frame.positions.size(); ++i) {
    EXPECT_NEAR(again.positions[i], frame.positions[i], 1e-10);
    EXPECT_NEAR(again.velocities[i], frame.velocities[i], 1e-10);
  }
  frame.velocities.clear();
  frame.has_box = false;
  frame.box = {};
  Structure const molecule = first_frame(examples::to_extxyz(frame));
  EXPECT_FALSE(molecule.has_box);
  EXPECT_TRUE(molecule.velocities.empty());
}

TEST(Extxyz, SaysFileLineAndWhatIsWrong) {
  EXPECT_EQ(complaint("two\n"), "frame.xyz:1: expected the number of atoms of a frame, found 'two'");
  EXPECT_EQ(complaint("-1\n\n"), "frame.xyz:1: expected the number of atoms of a frame, found '-1'");
  EXPECT_EQ(complaint("3\n\nH 0 0 0\n"),
            "frame.xyz:3: expected 3 atoms in frame 1, found 1 before the end of the file");
  EXPECT_EQ(complaint("1\n\nH 0 0\n"), "frame.xyz:3: expected 4 columns, found 3: 'H 0 0'");
  EXPECT_EQ(complaint("1\n\nH 0 zero 0\n"), "frame.xyz:3: expected a finite number (position), found 'zero'");
  EXPECT_EQ(complaint("1\n\nH 0 nan 0\n"), "frame.xyz:3: expected a finite number (position), found 'nan'");
  EXPECT_EQ(complaint("1\nLattice=\"1 0 0 0 1 0 0 0\"\nH 0 0 0\n"),
            "frame.xyz:2: expected 9 numbers in Lattice, found 8");
  EXPECT_NE(complaint("1\nLattice=\"1 0 0 0 1 0 0 0 0\"\nH 0 0 0\n").find("span a volume"),
            std::string::npos);
  EXPECT_EQ(complaint("1\npbc=\"T T T\"\nH 0 0 0\n"),
            "frame.xyz:2: pbc=\"T T T\" needs a Lattice, found none");
  EXPECT_EQ(complaint("1\nLattice=\"1 0 0 0 1 0 0 0 1\" pbc=\"T T X\"\nH 0 0 0\n"),
            "frame.xyz:2: expected T or F in pbc, found 'X'");
  EXPECT_EQ(complaint("1\nLattice=\"1 0 0\nH 0 0 0\n"),
            "frame.xyz:2: expected \" at the end of the value of Lattice");
  EXPECT_EQ(complaint("1\nProperties=species:S:1:pos:R:2\nH 0 0\n"),
            "frame.xyz:2: expected 3 columns of property pos, found 2");
  EXPECT_EQ(complaint("1\nProperties=pos:R:3\n0 0 0\n"),
            "frame.xyz:2: expected species:S:1 in Properties, found 'pos:R:3'");
  EXPECT_EQ(complaint("1\nProperties=species:S:1:pos:R:3\nH 0 0 0 1\n"),
            "frame.xyz:3: expected 4 columns, found 5: 'H 0 0 0 1'");
  EXPECT_NE(message_of([] { examples::read_extxyz("missing.xyz"); }).find("missing.xyz: cannot be opened"),
            std::string::npos);
  EXPECT_NE(complaint("").find("found an empty file"), std::string::npos);
}

TEST(Extxyz, UnknownElementsAreNamedWithThoseOfTheModel) {
  Structure const frame = first_frame("2\n\nH 0 0 0\nXx 1 1 1\n");
  EXPECT_EQ(examples::types_of(first_frame("2\n\nH 0 0 0\nO 1 1 1\n"), {"O", "H"}, "m.dp"),
            (std::vector<int>{1, 0}));
  std::string const message = message_of([&] { examples::types_of(frame, {"O", "H"}, "m.dp"); });
  EXPECT_NE(message.find("atom 2 is 'Xx', but the model m.dp knows only O, H"), std::string::npos) << message;
}

}  // namespace
