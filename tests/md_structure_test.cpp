// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

#include "md/masses.hpp"
#include "md/parameters.hpp"
#include "md/read_structure.hpp"
#include "md/start_report.hpp"
#include "md_toys.hpp"
#include "support/parts.hpp"

namespace {

using examples::Structure;
using toys::message_of;
using toys::TemporaryFolder;

std::string const header =
    "a comment\n\n2 atoms\n2 atom types\n0 bonds\n\n1 5 xlo xhi\n0.0 6.0 ylo yhi\n-1 6 zlo zhi\n";

/// The input of a structure file of these lines; `keys` of table [structure] are set on it.
template <class Keys>
Structure read(std::string const& text, Keys const& keys, std::vector<std::string> const& type_map = {}) {
  TemporaryFolder const folder;
  md::Input input;
  input.structure_file = folder.write("atoms.data", text);
  keys(input);
  return md::read_cell(input, type_map);
}
Structure read(std::string const& text, std::vector<std::string> const& elements = {}) {
  return read(text, [&](md::Input& input) { input.elements = elements; });
}

template <class... Arguments>
std::string complaint(std::string const& text, Arguments const&... arguments) {
  std::string const message = message_of([&] { read(text, arguments...); });
  std::size_t const at = message.find("atoms.data");
  return at == message.npos ? message : message.substr(at);
}

TEST(LammpsData, ReadsATiltedBoxMassesAtomsAndVelocities) {
  Structure const water = read(header +
                               "1 0.5 -0.25 xy xz yz\n\nMasses\n\n1 15.9 # O\n2 1.01 # H\n\n"
                               "Atoms # full\n\n20 1 2 0.4 2 3 4 0 0 1\n10 1 1 -0.8 1 0 -1 0 0 0\n\n"
                               "Velocities\n\n10 1 2 3\n20 4 5 6\n\nBonds\n\n1 1 10 20\n");
  EXPECT_EQ(water.ids, (std::vector<std::int64_t>{10, 20}));  // in the order of ids
  EXPECT_EQ(water.elements, (std::vector<std::string>{"O", "H"}));
  EXPECT_EQ(water.positions, (std::vector<double>{0, 0, 0, 1, 3, 5}));
  EXPECT_EQ(water.velocities, (std::vector<double>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(water.box.h, (std::array<double, 9>{4, 0, 0, 1, 6, 0, 0.5, -0.25, 7}));
  EXPECT_EQ(water.box.periodic, (std::array<bool, 3>{true, true, true}));
  EXPECT_EQ(md::masses_of(water, {}), (std::vector<double>{15.9, 1.01}));
  EXPECT_EQ(md::masses_of(water, {{"O", 16.0}}), (std::vector<double>{16.0, 1.01}));
  EXPECT_EQ(water.contents.format,
            "LAMMPS data, units metal (it does not say; structure.units does), "
            "atom style full (section Atoms)");
  EXPECT_EQ(water.contents.used, (std::vector<std::string>{"Masses", "Atoms", "Velocities"}));
  EXPECT_EQ(water.contents.unused, (std::vector<std::string>{"Bonds", "molecule", "q", "image flags"}));
}

TEST(LammpsData, UnitsAreThoseOfTheFirstLineOrTheKey) {
  std::string const body =
      "\n\n1 atoms\n1 atom types\n\n0 5 xlo xhi\n0 6 ylo yhi\n0 7 zlo zhi\n\nMasses\n\n1 2.5 # O\n\n"
      "Atoms # atomic\n\n1 1 1 2 3\n\nVelocities\n\n1 1 2 3\n";
  auto const first = [&](std::string const& line) { return read(line + body); };
  std::string const written = "LAMMPS data file via write_data, version 2 Aug 2023, timestep = 0, units = ";
  for (std::string const line :
       {"", "# made by hand", "units of nothing", "LAMMPS data file, units = metal"}) {
    Structure const atom = first(line);
    EXPECT_EQ(atom.velocities, (std::vector<double>{1, 2, 3})) << line;
    EXPECT_EQ(atom.box.h[0], 5.0);
  }
  // lengths, velocities and masses of one unit each; temperatures are those that LAMMPS computes
  struct Known {
    std::string style;
    double length, kelvin;
  };
  for (Known const& known : {Known{"metal", 1, 6.013610575788848},
                             {"real", 1, 6013610.364572268},
                             {"si", 1e10, 3.6214815857801504e+23},
                             {"cgs", 1e8, 3.621481585780151e+16},
                             {"electron", 0.529177210544, 1683982.5589577951},
                             {"micro", 1e4, 362148158.5780151},
                             {"nano", 10, 362.14815857801506}}) {
    for (bool const by_key : {false, true}) {
      Structure const atom = by_key ? read("" + body, [&](md::Input& input) { input.units = known.style; })
                                    : first(written + known.style);
      EXPECT_NEAR(atom.positions[1], 2.0 * known.length, 1e-9 * known.length) << known.style;
      EXPECT_NEAR(atom.box.h[8], 7.0 * known.length, 1e-9 * known.length) << known.style;
      double const x = atom.velocities[0];
      // two such atoms with velocities (1 1 1) and three degrees of freedom
      double const kelvin = 2.0 * md::units::kinetic * atom.masses[0] * x * x / md::units::boltzmann;
      EXPECT_NEAR(kelvin, known.kelvin, 1e-5 * known.kelvin) << known.style;
    }
  }
  EXPECT_EQ(first(written + "real").contents.velocity_units, "A/fs (units real)");
  EXPECT_EQ(
      complaint(written + "lj" + body),
      "atoms.data:1: units lj are no lengths, times and masses of their own; structure.units says others");
  EXPECT_EQ(complaint(written + "ideal" + body),
            "atoms.data:1: units ideal are unknown; structure.units says others");
  Structure const overruled = read(written + "lj" + body, [](md::Input& input) { input.units = "real"; });
  EXPECT_EQ(overruled.velocities[0], 1000.0);
  EXPECT_EQ(overruled.contents.warnings,
            (std::vector<std::string>{"its first line says units lj; structure.units = \"real\" is taken"}));
  Structure const other =
      read(written + "metal" + body, [](md::Input& input) { input.velocity_units = "A/fs"; });
  EXPECT_EQ(other.velocities[2], 3000.0);
  EXPECT_EQ(other.box.h[0], 5.0);
  EXPECT_EQ(other.contents.velocity_units, "A/fs (structure.velocity_units)");
}

TEST(LammpsData, KnowsTheAtomStyleByItsColumnsWhereOnlyOneFits) {
  std::vector<std::string> const types = {"O", "H"};
  for (std::string const row :
       {" 2 1.5 2 3\n", " 2 1.5 2 3 0 0 0\n", " 2 0.4 1.5 2 3\n", " 2 0 1.5 2 3\n", " 2 -1 1.5 2 3 0 0 0\n",
        " 7 2 1.5 2 3\n", " 0 2 1.5 2 3 0 1 -1\n", " 7 2 0.4 1.5 2 3\n", " 7 2 0.4 1.5 2 3 0 0 0\n"}) {
    Structure const atoms = read(header + "\nAtoms\n\n1" + row + "2" + row, types);
    EXPECT_EQ(atoms.elements[1], "H") << row;
    EXPECT_EQ(atoms.positions, (std::vector<double>{0.5, 2, 4, 0.5, 2, 4})) << row;
  }
  // bonds are those of molecules; one row settles it for all
  std::string bonded = header;
  bonded.replace(bonded.find("0 bonds"), 7, "1 bonds");
  EXPECT_EQ(read(bonded + "\nAtoms\n\n1 1 2 1 0 0\n2 1 1 0 0 0\n", types).elements[0], "H");
  EXPECT_EQ(read(header + "\nAtoms\n\n1 1 2 1 0 0\n2 1 0.5 0 0 0\n", types).elements,
            (std::vector<std::string>{"O", "O"}));
  // two that may be either are asked for
  std::string const either = "\n\n1 1 2 1 0 0\n2 2 1 0 0 0\n";
  EXPECT_EQ(
      complaint(header + "\nAtoms" + either, types),
      "atoms.data: section Atoms does not say its atom style, and its 6 columns may be of style charge (id "
      "type q x y z) or molecular (id molecule type x y z): say which by structure.atom_style, or in the "
      "file, as in 'Atoms # charge'");
  EXPECT_EQ(read(header + "\nAtoms # molecular" + either, types).elements[0], "H");
  EXPECT_EQ(read(header + "\nAtoms # bond" + either, types).elements[0], "H");
  EXPECT_EQ(read(header + "\nAtoms # charge" + either, types).elements[0], "O");
  auto const asked = [&](std::string const& file, std::string const& style) {
    return read(file, [&](md::Input& input) { input.elements = types, input.atom_style = style; });
  };
  EXPECT_EQ(asked(header + "\nAtoms" + either, "charge").elements[0], "O");
  EXPECT_EQ(asked(header + "\nAtoms" + either, "angle").elements[0], "H");
  Structure const overruled = asked(header + "\nAtoms # charge" + either, "molecular");
  EXPECT_EQ(overruled.elements[0], "H");
  EXPECT_EQ(overruled.contents.warnings.size(), 1u);
  // a line of VMD's TopoTools
  std::string topo = header;
  topo.replace(0, 9, "LAMMPS data file. CGCMM style. atom_style molecular generated by VMD");
  EXPECT_EQ(read(topo + "\n Atoms" + either, types).elements[0], "H");
  // without masses of types, columns may be those of a granular sphere
  std::string const sphere = "\n\n1 1 2 1 0 0 0\n2 2 1 1 0 0 0\n";
  EXPECT_NE(complaint(header + "\nAtoms" + sphere, types).find("full (id molecule type q x y z) or sphere"),
            std::string::npos);
  EXPECT_EQ(read(header + "\nMasses\n\n1 16\n2 1\n\nAtoms" + sphere, types).elements[0], "H");
}

TEST(LammpsData, ReadsEveryStyleThatLammpsWrites) {
  std::vector<std::string> const types = {"O", "H"};
  // as write_data has them, atoms at (1.5, 2, 3) of type 2
  for (std::string const row : {"atomic/kk| 2 1.5 2 3 0 0 0",
                                "full/omp| 7 2 0.5 1.5 2 3 0 0 0",
                                "charge/kk/host| 2 1 1.5 2 3",
                                "atomic/gpu| 2 1.5 2 3",
                                "molecular/intel| 1 2 1.5 2 3 0 0 0",
                                "sphere| 2 1 1 1.5 2 3 0 0 0",
                                "dipole| 2 0 1.5 2 3 0 0 1 0 0 0",
                                "spin| 2 1.5 2 3 0 0 1 0 0 0 0",
                                "ellipsoid| 2 0 1 1.5 2 3 0 0 0",
                                "tri| 1 2 0 1 1.5 2 3 0 0 0",
                                "peri| 2 1 1 1.5 2 3 0 0 0",
                                "electron| 2 0 1 1 1.5 2 3 0 0 0",
                                "dpd| 2 0.1 1.5 2 3 0 0 0",
                                "sph| 2 0 0 1 1.5 2 3 0 0 0",
                                "amoeba| 1 2 0 1.5 2 3 0 0 0",
                                "bpm/sphere| 1 2 1 1 1.5 2 3 0 0 0",
                                "hybrid| 2 1.5 2 3 0 1 0 0 0",
                                "rheo| 2 0 1 1.5 2 3 0 0 0",
                                "template| 1 1 3 2 1.5 2 3 0 0 0",
                                "dielectric| 1 2 0 1.5 2 3 0 0 0 1 0 1 1 0 0 0 0",
                                "smd| 2 1 1 1 0.5 0.5 1 2 3 1.5 2 3 0 0 0"}) {
    std::string const style = row.substr(0, row.find('|')), columns = row.substr(row.find('|') + 1) + "\n";
    Structure const atoms = read(header + "\nAtoms # " + style + "\n\n1" + columns + "2" + columns, types);
    EXPECT_EQ(atoms.elements, (std::vector<std::string>{"H", "H"})) << row;
    EXPECT_EQ(atoms.positions, (std::vector<double>{0.5, 2, 4, 0.5, 2, 4})) << row;
  }
  EXPECT_EQ(
      complaint(header + "\nAtoms # plastic\n\n1 1 0 0 0\n2 1 0 0 0\n", types),
      "atoms.data:13: 'plastic' (section Atoms) is no atom style that is known; structure.atom_style says "
      "others");
}

TEST(LammpsData, TypesHaveLabels) {
  std::string const labels = header + "\nAtom Type Labels\n\n1 O\n2 H\n\nMasses\n\nO 15.9\nH 2.014\n";
  Structure const atoms =
      read(labels +
           "\nBond Type Labels\n\n1 O-H\n\nPair Coeffs # lj/cut\n\nO 0.1 3.1\nH 0 1\n"
           "\nAtoms # full\n\n1 1 H 0.4 1 0 -1\n2 1 1 -0.8 2 0 -1\n\nBonds\n\n1 O-H 1 2\n");
  EXPECT_EQ(atoms.elements, (std::vector<std::string>{"H", "O"}));
  EXPECT_EQ(atoms.masses, (std::vector<double>{2.014, 15.9}));
  // a label settles which column is the type
  EXPECT_EQ(read(labels + "\nAtoms\n\n1 1 H 1 0 -1\n2 1 O 2 0 -1\n").elements[0], "H");
  EXPECT_EQ(read(labels + "\nAtoms\n\n1 H 1 1 0 -1\n2 O 1 2 0 -1\n").elements[0], "H");
  EXPECT_EQ(
      complaint(labels + "\nAtoms # atomic\n\n1 C 0 0 0\n2 O 0 0 0\n"),
      "atoms.data:23: expected a type of 1 to 2 or a label of section Atom Type Labels, found C (is the "
      "atom style right? 'Atoms # style' states it)");
}

TEST(LammpsData, ReadsAGeneralTriclinicBox) {
  std::string const general =
      "LAMMPS data file\n\n1 atoms\n1 atom types\n\n0 5 0 avec\n-6 1 0 bvec\n0 0.5 7 cvec\n1 2 3 abc "
      "origin\n";
  Structure const atom = read(general + "\nAtoms # atomic\n\n1 1 2 4 6\n\nVelocities\n\n1 1 2 3\n", {"O"});
  EXPECT_EQ(atom.box.h, (std::array<double, 9>{0, 5, 0, -6, 1, 0, 0, 0.5, 7}));
  EXPECT_EQ(atom.positions, (std::vector<double>{1, 2, 3}));
  EXPECT_EQ(atom.velocities, (std::vector<double>{1, 2, 3}));
}

TEST(LammpsData, ElementsAreThoseOfCommentsElseOfMasses) {
  auto const names = [](std::string const& masses, std::vector<std::string> const& type_map = {}) {
    return read(
        header + "\nMasses\n\n" + masses + "\nAtoms # atomic\n\n1 1 0 0 0\n2 2 1 1 1\n", [](md::Input&) {},
        type_map);
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(names("1 15.9994 # O\n2 1.008 #H\n").elements, (Names{"O", "H"}));
  EXPECT_EQ(names("1 15.9994 # OW water\n2 1.00794 # hw\n").elements, (Names{"O", "H"}));
  EXPECT_EQ(names("1 16\n2 1\n").elements, (Names{"O", "H"}));
  EXPECT_EQ(names("1 16\n2 1\n").contents.notes[0], "type 1 is taken as O, by its mass of 16 g/mol");
  EXPECT_EQ(names("1 16 # A\n2 1 # B\n", {"A", "B"}).elements, (Names{"A", "B"}));
  EXPECT_EQ(names("1 58.93\n2 58.69\n").elements, (Names{"Co", "Ni"}));
  EXPECT_EQ(names("1 2.014 # D\n2 1.008\n", {"O", "H"}).elements, (Names{"H", "H"}));
  // "Co" is a carbonyl's carbon where the model knows no cobalt
  EXPECT_EQ(names("1 12.011 # Co\n2 1.008\n", {"C", "H"}).elements, (Names{"C", "H"}));
  EXPECT_EQ(names("1 40 # ca\n2 1.008\n", {"Ca", "H"}).elements, (Names{"Ca", "H"}));
  std::string const file = header + "\nMasses\n\n1 40\n2 1.008\n\nAtoms # atomic\n\n1 1 0 0 0\n2 2 1 1 1\n";
  EXPECT_EQ(
      complaint(file),  // argon or calcium
      "atoms.data: the element of type 1 is not known; give structure.elements, or elements as comments in "
      "section Masses");
  Structure const strange = names("1 15.999 # Cu\n2 1.008 # H\n");
  EXPECT_EQ(strange.elements[0], "Cu");
  EXPECT_EQ(strange.contents.warnings,
            (Names{"type 1 is named Cu, but its mass, 15.999 g/mol, is that of O"}));
  EXPECT_TRUE(names("1 15.999 # O\n2 2.014 # H\n").contents.warnings.empty());
}

TEST(LammpsData, TypesOfOneElementHaveTheirMasses) {
  std::string isotopes = header;
  isotopes.replace(isotopes.find("2 atom types"), 12, "3 atom types");
  Structure const heavy = read(isotopes +
                               "\nMasses\n\n1 15.999 # O\n2 1.008 # H\n3 2.014 # H\n\n"
                               "Atoms # atomic\n\n1 3 0 0 0\n2 2 1 1 1\n");
  EXPECT_EQ(heavy.elements, (std::vector<std::string>{"H", "H"}));
  EXPECT_EQ(md::masses_of(heavy, {}), (std::vector<double>{2.014, 1.008}));
}

TEST(LammpsData, SaysFileLineAndWhatIsWrong) {
  std::vector<std::string> const types = {"O", "H"};
  EXPECT_EQ(complaint(header + "\nAtoms\n\n1 1 0 0 0\n", types),
            "atoms.data:13: expected 2 rows in section Atoms, found 1");
  EXPECT_EQ(complaint(header + "\nAtoms\n\n1 3 0 0 0\n2 1 1 1 1\n", types),
            "atoms.data:13: expected a type of 1 to 2, found 3 (is the atom style right? 'Atoms # style' "
            "states it)");
  EXPECT_EQ(complaint(header + "\nAtoms # full\n\n1 1 0 0 0\n", types),
            "atoms.data:13: expected an atom of style full, as section Atoms says, found 5 columns");
  EXPECT_EQ(complaint(header + "\nAtoms\n\n1 1 0 0 0\n2 1 0 0 0 0 0 0\n", types),
            "atoms.data:14: expected 5 columns as in the rows before, found 8");
  EXPECT_EQ(complaint(header + "\nAtoms\n\n1 1 0 0 0 0.5 0 0\n2 1 0 0 0 0 0 0\n", types),
            "atoms.data:13: expected an image flag in column 6, found '0.5'");
  EXPECT_EQ(complaint(header + "\nAtoms\n\n1 1 0 0\n", types),
            "atoms.data:13: expected an atom of style atomic, charge, molecular or full, found 4 columns; "
            "structure.atom_style says others");
  EXPECT_EQ(complaint(header + "\nAtoms\n\n1 1 0 0 0\n1 1 0 0 0\n", types),
            "atoms.data:14: atom id 1 appears twice");
  EXPECT_EQ(
      complaint(header + "\nAtoms\n\n1 1 0 0 0\n2 1 1 1 1\n\nVelocites\n\n1 0 0 0\n", types),
      "atoms.data:16: section 'Velocites' is none of LAMMPS data files; take it out if nothing in it is "
      "needed");
  EXPECT_EQ(complaint(header + "0 0 0 xy xz\n", types),
            "atoms.data:10: '0 0 0 xy xz' is no line of a header of LAMMPS data files");
  EXPECT_EQ(
      complaint(header + "\nAtoms\n\n1 1 0 0 0\n2 1 1 1 1\n"),
      "atoms.data: the element of type 1 is not known; give structure.elements, or elements as comments in "
      "section Masses");
  EXPECT_EQ(complaint(header + "\nAtoms\n\n1 1 0 0 0\n2 1 1 1 1\n", std::vector<std::string>{"O"}),
            "atoms.data:14: expected the elements of 2 types in structure.elements, found 1");
  EXPECT_EQ(complaint("comment\n\n2 atoms\n1 atom types\n\nAtoms\n"),
            "atoms.data:6: expected lines 'xlo xhi', 'ylo yhi' and 'zlo zhi' (or avec, bvec and cvec) in the "
            "header, found not all of them");
  EXPECT_EQ(complaint("nothing of the kind\n"), "atoms.data:1: expected 'N atoms' in the header, found none");
  EXPECT_EQ(
      complaint("ITEM: TIMESTEP\n0\n"),
      "atoms.data:1: is a LAMMPS dump; expected extended XYZ, or a LAMMPS data file as write_data makes it");
  EXPECT_NE(message_of([] {
              md::Input input;
              input.structure_file = "missing.xyz";
              md::read_structure(input);
            }).find("missing.xyz: cannot be opened"),
            std::string::npos);
}

TEST(Structure, PeriodicityIsTheInputsWhereItSays) {
  auto const periodic = [](std::string const& text, std::array<bool, 3> const& flags) {
    return read(text,
                [&](md::Input& input) {
                  input.elements = {"O", "O"}, input.periodic = flags;
                })
        .box.periodic;
  };
  std::array<bool, 3> const slab = {true, true, false};
  EXPECT_EQ(periodic(header + "\nAtoms\n\n1 1 0 0 0\n2 1 1 1 1\n", slab), slab);
  EXPECT_EQ(periodic("1\nLattice=\"4 0 0 0 4 0 0 0 4\"\nO 0 0 0\n", slab), slab);
  auto const set = [](md::Input& input) { input.periodic = {true, true, true}; };
  EXPECT_EQ(complaint("1\n\nO 0 0 0\n", set), "atoms.data: structure.periodic needs a box, found none");
}

TEST(Structure, IsReplicatedWithItsBox) {
  TemporaryFolder const folder;
  md::Input input;
  input.structure_file =
      folder.write("s.xyz",
                   "2\nLattice=\"4 0 0 1 5 0 0 0 6\" Properties=species:S:1:pos:R:3:velo:R:3\n"
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

md::StartReport report_of(Structure const& cell, md::Input const& input) {
  return md::report_start(cell, md::masses_of(cell, input.masses), input);
}

TEST(StartReport, SaysWhatWasTaken) {
  md::Input input;
  input.masses = {{"O", 16.0}};
  Structure cell = read(
      "LAMMPS data file, units = real\n\n2 atoms\n3 atom types\n\n0 5 xlo xhi\n0 5 ylo yhi\n0 5 zlo zhi\n\n"
      "Masses\n\n1 15.999 # O\n2 1.008 # H\n3 2.014 # H\n\nAtoms # atomic\n\n1 3 0 0 0\n2 1 1 1 1\n\n"
      "Velocities\n\n1 0.001 0 0\n2 0 0 0\n");
  cell.box.periodic[2] = false;
  md::StartReport const report = report_of(cell, input);
  ASSERT_EQ(report.lines.size(), 5u);
  EXPECT_NE(report.lines[0].find(
                "atoms.data, LAMMPS data, units real (its first line), atom style atomic (section Atoms)"),
            std::string::npos);
  EXPECT_EQ(report.lines[1], "  used: Masses, Atoms and Velocities");
  EXPECT_EQ(report.lines[2], "  periodic along a and b, not along c");
  EXPECT_EQ(report.lines[3], "  masses: H 2.014 x 1 (file) and O 16 x 1 (structure.masses)");
  EXPECT_EQ(report.lines[4], "  velocities: of the file, in A/fs (units real): 0.807428 K");
  ASSERT_EQ(report.warnings.size(), 1u);
  EXPECT_NE(report.warnings[0].find(
                "atoms.data: its velocities, in A/fs (units real), make an implausible temperature "
                "of 0.807428 K; structure.velocity_units says other units"),
            std::string::npos);
}

TEST(StartReport, WarnsOfImplausibleVelocitiesAlone) {
  Structure cell;
  cell.elements = {"H", "H"};
  cell.positions.assign(6, 0.0);
  cell.has_box = true;
  md::Input input;
  auto const warnings = [&](double speed) {
    cell.velocities = {speed, 0, 0, -speed, 0, 0};
    return report_of(cell, input).warnings.size();
  };
  EXPECT_EQ(warnings(0.0), 0u);  // a start from rest
  EXPECT_EQ(report_of(cell, input).lines.back(), "  velocities: of the file, in : all zero, 0 K");
  EXPECT_EQ(warnings(0.01), 1u);
  EXPECT_EQ(warnings(20.0), 0u);
  EXPECT_EQ(warnings(20000.0), 1u);
  input.velocities = "random";
  EXPECT_EQ(warnings(20000.0), 0u);
  EXPECT_EQ(report_of(cell, input).lines.back(),
            "  velocities: random, 300 K; those of the file are not used");
}

TEST(Parameters, AreThoseOfTheInputElseOfTheFile) {
  dp::Model model;
  dp::test::fitting_part(model).fparam = 2;
  dp::test::fitting_part(model).aparam = 1;
  Structure cell;
  cell.source = "s.xyz";
  cell.elements = {"O", "H"};
  md::Input input;
  input.model_file = "m.dp";
  input.structure_file = "s.xyz";
  std::vector<std::string> warnings;
  auto const wrong = [&] { return message_of([&] { md::parameters_of(input, cell, model, warnings); }); };
  EXPECT_EQ(
      wrong(),
      "the model m.dp needs 2 frame parameters: give model.fparam, or fparam in the structure file s.xyz");
  cell.fparam = {0.3, 0.4};
  EXPECT_EQ(
      wrong(),
      "the model m.dp needs 1 atomic parameters: give model.aparam, or aparam in the structure file s.xyz");
  cell.aparam = {0.1, 0.2};
  md::Parameters const of_file = md::parameters_of(input, cell, model, warnings);
  EXPECT_EQ(of_file.fparam, cell.fparam);
  EXPECT_EQ(of_file.aparam, cell.aparam);
  EXPECT_EQ(of_file.aparam_width, 1u);
  EXPECT_TRUE(warnings.empty());
  input.fparam = {0.3, 0.4};
  input.aparam = {0.1};
  EXPECT_EQ(md::parameters_of(input, cell, model, warnings).aparam, input.aparam);
  EXPECT_EQ(warnings, (std::vector<std::string>{
                          "s.xyz: aparam is not used: model.aparam of the input differs and is taken"}));
  input.aparam = {0.1, 0.1};
  EXPECT_EQ(wrong(), "model.aparam: expected the 1 atomic parameters of the model m.dp, found 2");
  input.aparam = {};
  cell.aparam = {1, 2, 3, 4};
  EXPECT_EQ(wrong(), "s.xyz: aparam: expected the 1 atomic parameters of the model m.dp, found 2");
  cell.aparam = {};
  dp::test::fitting_part(model).aparam_is_mask = true;
  EXPECT_EQ(md::parameters_of(input, cell, model, warnings).aparam_width, 0u);
  dp::test::fitting_part(model) = {};
  EXPECT_EQ(wrong(), "model.fparam: the model m.dp has no frame parameters");
  input.fparam = {};
  warnings.clear();
  EXPECT_TRUE(md::parameters_of(input, cell, model, warnings).fparam.empty());
  EXPECT_EQ(warnings,
            (std::vector<std::string>{"s.xyz: fparam is not used: the model has no frame parameters"}));
}

}  // namespace
