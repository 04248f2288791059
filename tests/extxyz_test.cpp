// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

#include "common/extxyz.hpp"

#include <zlib.h>

#include "common/extxyz_write.hpp"
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
  EXPECT_EQ(complaint("1\n\nH 0 zero 0\n"), "frame.xyz:3: expected a finite number (pos), found 'zero'");
  EXPECT_EQ(complaint("1\n\nH 0 nan 0\n"), "frame.xyz:3: expected a finite number (pos), found 'nan'");
  EXPECT_EQ(complaint("1\nLattice=\"1 0 0 0 1 0 0 0\"\nH 0 0 0\n"),
            "frame.xyz:2: expected 9 numbers in Lattice, found 8");
  EXPECT_NE(complaint("1\nLattice=\"1 0 0 2 0 0 0 0 3\"\nH 0 0 0\n").find("span a volume"),
            std::string::npos);
  EXPECT_EQ(
      complaint("1\nLattice=\"1 0 0 0 1 0 0 0 0\"\nH 0 0 0\n"),
      "frame.xyz:2: Lattice=\"1 0 0 0 1 0 0 0 0\": dp::Box: vector c is zero, so nothing can be periodic "
      "along it; write pbc=\"T T F\", with F for each vector that is zero");
  EXPECT_EQ(complaint("1\npbc=\"T T T\"\nH 0 0 0\n"),
            "frame.xyz:2: pbc=\"T T T\" needs a Lattice, found none");
  EXPECT_EQ(complaint("1\nLattice=\"1 0 0 0 1 0 0 0 1\" pbc=\"T T X\"\nH 0 0 0\n"),
            "frame.xyz:2: expected T or F in pbc, found 'X'");
  EXPECT_EQ(complaint("1\nLattice=\"1 0 0\nH 0 0 0\n"),
            "frame.xyz:2: expected \" at the end of the value of Lattice");
  EXPECT_EQ(complaint("1\nProperties=species:S:1:pos:R:2\nH 0 0\n"),
            "frame.xyz:2: expected 3 columns of property pos, found 2");
  EXPECT_EQ(complaint("1\nProperties=pos:R:3\n0 0 0\n"),
            "frame.xyz:2: expected species:S:1 or Z:I:1 in Properties, found neither");
  EXPECT_EQ(complaint("1\nProperties=species:S:1:pos:R:3\nH 0 0 0 1\n"),
            "frame.xyz:3: expected 4 columns, found 5: 'H 0 0 0 1'");
  EXPECT_NE(message_of([] { examples::read_extxyz("missing.xyz"); }).find("missing.xyz: cannot be opened"),
            std::string::npos);
  EXPECT_NE(complaint("").find("found an empty file"), std::string::npos);
}

using Flags = std::array<bool, 3>;

std::string const cell = "Lattice=\"9 0 0 1 8 0 2 3 7\" ";
std::string const two_atoms = "H 1 2 3\nO 4 5 6\n";

/// A frame of two atoms with this comment line.
Structure commented(std::string const& comment) { return first_frame("2\n" + comment + "\n" + two_atoms); }

TEST(Extxyz, PeriodicityInAllForms) {
  std::pair<char const*, Flags> const cases[] = {{"pbc=T", {true, true, true}},
                                                 {"pbc=F", {false, false, false}},
                                                 {"pbc=\"T,T,F\"", {true, true, false}},
                                                 {"pbc=[T, T, F]", {true, true, false}},
                                                 {"pbc = { true false 1 }", {true, false, true}},
                                                 {"PBC='t F TRUE'", {true, false, true}},
                                                 {"pbc=T T F Time=3", {true, true, false}},
                                                 {"pbc=0,0,1", {false, false, true}}};
  for (auto const& [text, expected] : cases) EXPECT_EQ(commented(cell + text).box.periodic, expected) << text;
  EXPECT_EQ(complaint("2\n" + cell + "pbc=\"T T\"\n" + two_atoms),
            "frame.xyz:2: expected 3 flags in pbc, found 'T T'");
}

TEST(Extxyz, LatticeInAllForms) {
  std::array<double, 9> const h = {9, 0, 0, 1, 8, 0, 2, 3, 7};
  for (char const* const text :
       {"Lattice = \"9 0 0 1 8 0 2 3 7\"", "Lattice=[[9,0,0],[1, 8, 0],[2,3,7]]",
        "Lattice=\"[[9, 0, 0], [1, 8, 0], [2, 3, 7]]\"", "lattice={9 0 0 1 8 0 2 3 7}",
        "cell='9.0d0 0 0 1.0D+00 8e0 0 2 3 7'", "it's Lattice=\"9, 0, 0, 1, 8, 0, 2, 3, 7\""})
    EXPECT_EQ(commented(text).box.h, h) << text;
  EXPECT_EQ(commented("Lattice=\"9 8 7\"").box.h, (std::array<double, 9>{9, 0, 0, 0, 8, 0, 0, 0, 7}));
  for (char const* const hidden :
       {"note=\"of Lattice=\"9 0 0 1 8 0 2 3 7\"", "my_Lattice=\"9 0 0 0 8 0 0 0 7\"",
        "Lattice 9 0 0 0 8 0 0 0 7", "box=10,10,10", "Cell: 10 10 10", "%PBC 10 10 10 90 90 90"})
    EXPECT_NE(message_of([&] { commented(hidden); }), "") << hidden;
}

TEST(Extxyz, VectorsThatAreZeroAreNotPeriodic) {
  Structure const slab = commented("Lattice=\"9 0 0 1 8 0 0 0 0\" pbc=\"T T F\"");
  EXPECT_TRUE(slab.has_box);
  EXPECT_EQ(slab.volume(), 0.0);
  EXPECT_EQ(slab.box.periodic, (Flags{true, true, false}));
  EXPECT_EQ(first_frame(examples::to_extxyz(slab)).box.h, slab.box.h);
  for (char const* const none :
       {"Lattice=\"0 0 0 0 0 0 0 0 0\" pbc=\"F F F\"", "Lattice=\"0 0 0 0 0 0 0 0 0\"", "pbc=\"F F F\""}) {
    EXPECT_FALSE(commented(none).has_box) << none;
    EXPECT_EQ(commented(none).box.periodic, (Flags{false, false, false})) << none;
  }
  EXPECT_NE(message_of([] { commented("Lattice=\"0 0 0 0 0 0 0 0 0\" pbc=T"); }), "");
}

TEST(Extxyz, FreeWordsAreNoKeys) {
  for (char const* const text :
       {"gas phase, no PBC used", "Properties of water", "it's 5\" long", " i =  1, time =  0.5, E =  -17.16",
        "Lattice of ice, pbc", "Atoms. Timestep: 0", "frame 0 | Written by a program (release 2.7)",
        "a=b=c d = \"x = y\" =z \"quoted words\" end", "forces in Hartree/Bohr", "E = -76.0 a.u.",
        "Au unit cell", "atomic positions of a unit cell", "box 3 of 10", "SUPERCELL(2x2x2)"}) {
    Structure const frame = commented(text);
    EXPECT_FALSE(frame.has_box) << text;
    EXPECT_EQ(frame.positions, (std::vector<double>{1, 2, 3, 4, 5, 6})) << text;
  }
}

TEST(Extxyz, LengthsInOtherUnitsAreConvertedOrRefused) {
  double const bohr = 0.529177210544;
  for (char const* const text :
       {"units=bohr", "unit=\"Hartree, Bohr\"", "length_unit=atomic_unit",
        "units=\"{\\\"energy\\\": \\\"hartree\\\", \\\"length\\\": \\\"bohr\\\"}\""}) {
    Structure const frame = commented(cell + text);
    EXPECT_DOUBLE_EQ(frame.positions[4], 5 * bohr) << text;
    EXPECT_DOUBLE_EQ(frame.box.h[4], 8 * bohr) << text;
    EXPECT_EQ(frame.contents.notes.size(), 2u) << text;
  }
  Structure const of_ipi = commented(
      "# CELL(abcABC):   10.0  10.0  12.0  90.0  90.0  60.0  Step:  0  Bead:  0 positions{angstrom}  "
      "cell{atomic_unit}");
  EXPECT_EQ(of_ipi.positions[4], 5.0);
  std::array<double, 9> const h = {10, 0, 0, 5, 10 * std::sqrt(0.75), 0, 0, 0, 12};
  for (std::size_t k = 0; k < 9; ++k) EXPECT_NEAR(of_ipi.box.h[k], h[k] * bohr, 1e-14);
  EXPECT_EQ(of_ipi.box.periodic, (Flags{true, true, true}));
  EXPECT_EQ(commented("# CELL{H}: 8 1 2 0 8 3 0 0 8 cell{angstrom} positions{angstrom}").box.h,
            (std::array<double, 9>{8, 0, 0, 1, 8, 0, 2, 3, 8}));
  EXPECT_EQ(commented(cell + "units=metal").positions[4], 5.0);
  for (char const* const text :
       {"coordinates in Bohr", "Units: bohr", "positions in a.u.", "lattice_units=bohr", "units: atomic",
        "units=lj", "units=Hartree/Bohr", "pos_unit=furlong", "# CELL(abcABC): 10 10 10 90 90 90",
        "# CELL(abcABC): 10 10 10 90 90 90 velocities{atomic_unit} cell{angstrom}",
        "# CELL{GENH}: 8 0 0 0 8 0 0 0 8 cell{angstrom} positions{angstrom}"})
    EXPECT_NE(message_of([&] { commented(text); }), "") << text;
}

/// A frame of two atoms with one more property, which has the numbers 0.01, 0, 0 for H and 0, 0.02, 0 for O.
Structure with_velocities(std::string const& column, std::string const& comment = "",
                          std::string const& unit = "auto") {
  TemporaryFolder const folder;
  return examples::read_extxyz(
      folder.write("frame.xyz", "2\n" + comment + " Properties=species:S:1:pos:R:3:" + column +
                                    ":R:3\nH 0 0 0 0.01 0 0\nO 1 1 1 0 0.02 0\n"),
      unit);
}

TEST(Extxyz, VelocitiesHaveTheUnitOfWhoeverWritesTheColumn) {
  double const ase = 98.22694788;  // Angstrom/ps in sqrt(eV/u)
  auto const expect = [](Structure const& frame, double h, double o) {
    EXPECT_NEAR(frame.velocities.at(0), h, 1e-7 * h);
    EXPECT_NEAR(frame.velocities.at(4), o, 1e-7 * o);
  };
  expect(with_velocities("velo"), 0.01, 0.02);
  expect(with_velocities("vel"), 10, 20);
  expect(with_velocities("velocities"), 0.01 * ase, 0.02 * ase);
  expect(with_velocities("momenta"), 0.01 / 1.008 * ase, 0.02 / 15.999 * ase);
  expect(with_velocities("vel", "", "A/ps"), 0.01, 0.02);
  expect(with_velocities("velo", "", "A/fs"), 10, 20);
  expect(with_velocities("velocity", "", "ase"), 0.01 * ase, 0.02 * ase);
  expect(with_velocities("vel", "units=metal"), 0.01, 0.02);
  expect(with_velocities("velo", "units=real"), 10, 20);
  EXPECT_TRUE(with_velocities("vel").contents.warnings.empty());
  EXPECT_EQ(with_velocities("vel").contents.velocity_units, "A/fs (as GPUMD writes vel)");
  EXPECT_EQ(with_velocities("velocity").contents.warnings.size(), 1u);
  EXPECT_EQ(with_velocities("velo", "units=bohr").contents.warnings.size(), 1u);
  // as of LAMMPS data files in this style
  EXPECT_DOUBLE_EQ(with_velocities("velo", "units=electron").velocities[0] /
                       with_velocities("velo", "units=metal").velocities[0],
                   529.177210544);
  EXPECT_NE(
      message_of([] { with_velocities("vel", "", "m/s"); }).find("structure.velocity_units: expected auto"),
      std::string::npos);
}

TEST(Extxyz, TheTemperatureThatLammpsStatesTellsItsUnits) {
  // 0.5 m v^2 of both atoms is 3/2 k 0.00065 K in Angstrom/ps
  EXPECT_NEAR(with_velocities("vel", "Timestep=10 Temperature=260.9").velocities[0], 10, 1e-9);
  EXPECT_NEAR(with_velocities("vel", "Timestep=10 Temperature=0.0003").velocities[0], 0.01, 1e-12);
  EXPECT_NEAR(with_velocities("vel", "Timestep=10").velocities[0], 0.01, 1e-12);
}

TEST(Extxyz, MassesNumbersAndIsotopes) {
  Structure const heavy = first_frame(
      "2\nProperties=Z:I:1:pos:R:3:momenta:R:3:masses:R:1:id:I:1:forces:R:3 energy=-1\n"
      "1 0 0 0 0.02014 0 0 2.014 12 0 0 0\n8 1 1 1 0 0 0 17.9 11 0 0 0\n");
  EXPECT_EQ(heavy.elements, (std::vector<std::string>{"H", "O"}));
  EXPECT_EQ(heavy.masses, (std::vector<double>{2.014, 17.9}));
  EXPECT_EQ(heavy.ids, (std::vector<std::int64_t>{12, 11}));
  EXPECT_NEAR(heavy.velocities[0], 0.9822694788, 1e-8);
  EXPECT_EQ(heavy.contents.unused, (std::vector<std::string>{"forces", "energy="}));
  EXPECT_EQ(first_frame("1\nProperties=species:S:1:Z:I:1:pos:R:3\nOw 8 0 0 0\n").elements[0], "Ow");
  EXPECT_EQ(complaint("1\nProperties=species:S:1:Z:I:1:pos:R:3\nH 8 0 0 0\n"),
            "frame.xyz:3: the atom is H by column species, but has the atomic number 8");
  EXPECT_EQ(complaint("1\nProperties=Z:I:1:pos:R:3\n119 0 0 0\n"),
            "frame.xyz:3: expected an atomic number in column Z, found 119");
  Structure const unknown = first_frame("1\nProperties=species:S:1:pos:R:3:momenta:R:3\nQ 0 0 0 1 1 1\n");
  EXPECT_TRUE(unknown.velocities.empty());
  EXPECT_EQ(unknown.contents.warnings,
            (std::vector<std::string>{"momenta are not used: the mass of Q, atom 1, is not known"}));
  EXPECT_EQ(
      first_frame("1\nProperties=species:S:1:pos:R:3:move_mask:L:1\nH 0 0 0 F\n").contents.warnings.size(),
      1u);
}

TEST(Extxyz, OrderOfNumbers) {
  Structure frame = first_frame(
      "3\nProperties=species:S:1:pos:R:3:velo:R:3:id:I:1\nH 1 2 3 4 5 6 30\nO 7 8 9 1 1 1 10\n"
      "C 0 0 0 2 2 2 20\n");
  EXPECT_EQ(examples::atom_name(frame, 0), "atom 1 (ID 30)");
  examples::sort_by_ids(frame);
  EXPECT_EQ(frame.elements, (std::vector<std::string>{"O", "C", "H"}));
  EXPECT_EQ(frame.positions, (std::vector<double>{7, 8, 9, 0, 0, 0, 1, 2, 3}));
  EXPECT_EQ(frame.velocities, (std::vector<double>{1, 1, 1, 2, 2, 2, 4, 5, 6}));
  EXPECT_EQ(frame.ids, (std::vector<std::int64_t>{10, 20, 30}));
  frame.ids = {1, 2, 1};
  EXPECT_NE(message_of([&] { examples::sort_by_ids(frame); }).find("atom ID 1 is there twice"),
            std::string::npos);
}

/// Number of frames of a file, and what its reader warns of.
std::pair<int, std::string> frames_of(std::string const& path) {
  ExtxyzReader reader(path);
  int frames = 0;
  for (Structure frame; reader.next(frame);) ++frames;
  return {frames, reader.warning()};
}

TEST(Extxyz, ACutLastFrameCostsOnlyItself) {
  TemporaryFolder const folder;
  std::string const frame = "2\n" + cell + "\n" + two_atoms, two = frame + frame;
  EXPECT_EQ(frames_of(folder.write("t.xyz", two)), (std::pair{2, std::string()}));
  for (std::size_t const kept :
       {std::size_t{1}, std::size_t{2}, std::size_t{10}, frame.size() - 9, frame.size() - 4}) {
    auto const [frames, warning] = frames_of(folder.write("t.xyz", two + frame.substr(0, kept)));
    EXPECT_EQ(frames, 2) << kept;
    EXPECT_NE(warning.find("the last frame is cut and left out"), std::string::npos) << kept;
  }
  auto const [frames, warning] = frames_of(folder.write("t.xyz", two.substr(0, two.size() - 1)));
  EXPECT_EQ(frames, 2);
  EXPECT_EQ(warning, "the last line has no end: the last frame may be cut");
  EXPECT_NE(message_of([&] { frames_of(folder.write("t.xyz", frame.substr(0, frame.size() - 9))); }), "");
  EXPECT_NE(message_of(
                [&] { frames_of(folder.write("t.xyz", frame + frame.substr(0, frame.size() - 8) + frame)); }),
            "");
}

TEST(Extxyz, PackedFilesAreReadOrNamed) {
  TemporaryFolder const folder;
  std::string const frame = "2\n" + cell + "\n" + two_atoms;
  std::string many;
  for (int k = 0; k < 500; ++k) many += "2\nstep=" + std::to_string(k * k * 7919 % 104729) + "\n" + two_atoms;
  auto const pack = [&](std::string const& text) {
    std::string const path = folder.path("packed");
    gzFile const file = gzopen(path.c_str(), "wb");
    gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
    gzclose(file);
    return folder.read("packed");
  };
  EXPECT_EQ(examples::read_extxyz(folder.write("t.xyz", pack(frame))).positions[4],
            5.0);  // whatever the name
  std::string const packed = pack(many);
  EXPECT_EQ(frames_of(folder.write("t.gz", packed)), (std::pair{500, std::string()}));
  auto const [frames, warning] = frames_of(folder.write("t.gz", packed.substr(0, packed.size() / 2)));
  EXPECT_GT(frames, 100);
  EXPECT_LT(frames, 500);
  EXPECT_NE(warning.find("the last frame is cut"), std::string::npos);
  EXPECT_EQ(examples::read_extxyz(folder.write("t.xyz", "\xef\xbb\xbf" + frame)).positions[4], 5.0);
  for (auto const& [begin, command] :
       {std::pair{"BZh9", "bunzip2"},
        std::pair{"\xfd"
                  "7zXZ",
                  "unxz"},
        std::pair{"\x28\xb5\x2f\xfd", "unzstd"}, std::pair{"PK\x03\x04", "unzip"},
        std::pair{"\xff\xfe"
                  "2",
                  "iconv"}})
    EXPECT_NE(message_of([&] { frames_of(folder.write("t.xyz", begin)); }).find(command), std::string::npos);
}

TEST(Extxyz, UnknownElementsAreNamedWithThoseOfTheModel) {
  Structure const frame = first_frame("2\n\nH 0 0 0\nXx 1 1 1\n");
  EXPECT_EQ(examples::types_of(first_frame("2\n\nH 0 0 0\nO 1 1 1\n"), {"O", "H"}, "m.dp"),
            (std::vector<int>{1, 0}));
  std::string const message = message_of([&] { examples::types_of(frame, {"O", "H"}, "m.dp"); });
  EXPECT_NE(message.find("atom 2 is 'Xx', but the model m.dp knows only O, H"), std::string::npos) << message;
}

}  // namespace
