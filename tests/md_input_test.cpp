// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

#include "md/read_input.hpp"
#include "md_toys.hpp"

namespace {

using toys::message_of;
using toys::TemporaryFolder;

std::string const minimal = "[model]\nfile = \"m.dp\"\n[structure]\nfile = \"s.xyz\"\n";

md::Input read(std::string const& text, std::vector<std::string> const& overrides = {}) {
  TemporaryFolder const folder;
  return md::read_input(folder.write("in.toml", text), overrides);
}

std::string complaint(std::string const& text, std::vector<std::string> const& overrides = {}) {
  std::string const message = message_of([&] { read(text, overrides); });
  std::size_t const at = message.find("in.toml");
  return at == message.npos ? message : message.substr(at);
}

TEST(MdInput, DefaultsNeedNoThought) {
  TemporaryFolder const folder;
  md::Input const input = md::read_input(folder.write("in.toml", minimal));
  EXPECT_EQ(input.model_file, folder.path("m.dp"));
  EXPECT_EQ(input.structure_file, folder.path("s.xyz"));
  EXPECT_EQ(input.precision, "double");
  EXPECT_EQ(input.skin, 2.0);
  EXPECT_EQ(input.rebuild_every, 50);
  EXPECT_EQ(input.thermo_every, 20);
  EXPECT_EQ(input.replicate, (std::array<std::int64_t, 3>{1, 1, 1}));
}

TEST(MdInput, TakesEveryKindOfValue) {
  md::Input const input = read(
      "[model]\nfile = \"/m.dp\"\nfparam = [1, 2.5]\n[structure]\nfile = \"s.xyz\"\nreplicate = [1, 2, 3]\n"
      "elements = [\"O\", \"H\"]\nmasses = { O = 15.9994, H = 1 }\n[run]\nsteps = 7\ntimestep_fs = 1\n"
      "ensemble = \"nvt-langevin\"\ntiming = false\n");
  EXPECT_EQ(input.model_file, "/m.dp");
  EXPECT_EQ(input.fparam, (std::vector<double>{1, 2.5}));
  EXPECT_EQ(input.replicate, (std::array<std::int64_t, 3>{1, 2, 3}));
  EXPECT_EQ(input.elements, (std::vector<std::string>{"O", "H"}));
  EXPECT_EQ(input.masses, (std::map<std::string, double>{{"O", 15.9994}, {"H", 1.0}}));
  EXPECT_EQ(input.steps, 7);
  EXPECT_EQ(input.timestep, 1.0);
  EXPECT_EQ(input.ensemble, "nvt-langevin");
  EXPECT_FALSE(input.timing);
}

TEST(MdInput, PeriodicityIsLettersOrFlags) {
  auto const periodic = [](std::string const& value) {
    return read(minimal + "periodic = " + value + "\n").periodic;
  };
  EXPECT_EQ(read(minimal).periodic, std::nullopt);
  EXPECT_EQ(periodic("\"auto\""), std::nullopt);
  std::array<bool, 3> const slab = {true, true, false};
  for (std::string const value : {"\"ppf\"", "\"p p f\"", "\"pps\"", "\"ppm\"", "[true, true, false]"})
    EXPECT_EQ(periodic(value), slab) << value;
  EXPECT_EQ(read(minimal, {"structure.periodic=ppf"}).periodic, slab);
  auto const wrong = [](std::string const& value) {
    return complaint(minimal + "periodic = " + value + "\n");
  };
  for (std::string const value : {"\"pp\"", "\"xyz\"", "[true]", "true"})
    EXPECT_NE(
        wrong(value).find("in.toml:5: structure.periodic: expected three of true and false, or three of p "
                          "and f as in \"ppf\", found "),
        std::string::npos)
        << wrong(value);
  EXPECT_EQ(wrong("[1, 1, 0]"), "in.toml:5: structure.periodic: expected true or false, found integer 1");
}

TEST(MdInput, UnitsOfTheStructureAreWords) {
  EXPECT_EQ(read(minimal + "velocity_units = \"A/fs\"\nunits = \"real\"\n").velocity_units, "A/fs");
  EXPECT_EQ(complaint(minimal + "velocity_units = \"km/h\"\n"),
            "in.toml:5: structure.velocity_units: expected one of \"auto\", \"A/ps\", \"A/fs\", \"ase\", "
            "\"Bohr/atu\", \"Bohr/fs\", found string 'km/h'");
  EXPECT_NE(complaint(minimal + "units = \"lj\"\n").find("structure.units: expected one of"),
            std::string::npos);
}

TEST(MdInput, OverridesFromTheCommandLine) {
  md::Input const input = read(
      minimal, {"run.steps=3", "run.ensemble=nvt-langevin", "structure.masses.O=16", "output.trajectory="});
  EXPECT_EQ(input.steps, 3);
  EXPECT_EQ(input.ensemble, "nvt-langevin");
  EXPECT_EQ(input.masses.at("O"), 16.0);
  EXPECT_EQ(input.trajectory, "");
  EXPECT_EQ(complaint(minimal, {"run.step=3"}), "in.toml: unknown key run.step; did you mean run.steps?");
  EXPECT_EQ(complaint(minimal, {"steps=3"}),
            "--set steps=3: expected table.key=value, for instance run.steps=100");
}

TEST(MdInput, UnknownKeysAreAnsweredWithTheNearest) {
  auto const nearest = [](std::string const& added) { return complaint(minimal + added); };
  EXPECT_EQ(nearest("[run]\ntimestep = 1\n"),
            "in.toml:6: unknown key run.timestep; did you mean run.timestep_fs?");
  EXPECT_EQ(nearest("[run]\nstpes = 1\n"), "in.toml:6: unknown key run.stpes; did you mean run.steps?");
  EXPECT_EQ(nearest("[run]\nskin = 1\n"), "in.toml:6: unknown key run.skin; did you mean neighbour.skin?");
  EXPECT_EQ(nearest("[neighbor]\nskin = 1\n"), "in.toml:5: unknown key neighbor; did you mean [neighbour]?");
  EXPECT_EQ(complaint("steps = 1\n" + minimal), "in.toml:1: unknown key steps; did you mean run.steps?");
}

TEST(MdInput, WrongKindsAndImpossibleValues) {
  auto const wrong = [](std::string const& added) { return complaint(minimal + added); };
  EXPECT_EQ(wrong("[run]\nsteps = 1.5\n"),
            "in.toml:6: run.steps: expected a whole number, found floating-point 1.5");
  EXPECT_EQ(wrong("[run]\nsteps = -1\n"),
            "in.toml:6: run.steps: expected a number of at least 0, found integer -1");
  EXPECT_EQ(wrong("[run]\ntimestep_fs = 0\n"),
            "in.toml:6: run.timestep_fs: expected a number above 0, found integer 0");
  EXPECT_EQ(wrong("[run]\ntemperature = nan\n"),
            "in.toml:6: run.temperature: expected a number of at least 0, found floating-point nan");
  EXPECT_EQ(complaint("[model]\nfile = \"m\"\nnearest = true\n"),
            "in.toml:3: model.nearest: expected a number or a string, found boolean true");
  EXPECT_EQ(
      complaint("[model]\nfile = \"m\"\nnearest = \"O-O:2.0,O-O:2.1\"\n"),
      "in.toml:3: model.nearest: expected \"auto\", or a distance in Angstrom (0: from the model), distances "
      "of pairs of types as in O-O:2.0,H-H:1.1, or both, found O-O:2.0,O-O:2.1 (O-O occurs twice)");
  EXPECT_EQ(wrong("[run]\nensemble = \"npt\"\n"),
            "in.toml:6: run.ensemble: expected one of \"nve\", \"nvt-langevin\", \"nvt-nose-hoover\", "
            "\"npt-langevin\", \"npt-nose-hoover\", \"minimise\", found string 'npt'");
  EXPECT_EQ(wrong("replicate = [1, 2]\n"),
            "in.toml:5: structure.replicate: expected an array of 3 whole numbers, found array [ 1, 2 ]");
  EXPECT_EQ(wrong("masses = { O = \"heavy\" }\n"),
            "in.toml:5: structure.masses: expected a number, found string 'heavy'");
  EXPECT_EQ(wrong("masses = 3\n"),
            "in.toml:5: structure.masses: expected a table such as { O = 15.9994 }, found integer 3");
  EXPECT_EQ(wrong("[run]\nensemble = \"nvt-nose-hoover\"\ntemperature = 0\n"),
            "in.toml: run.ensemble = \"nvt-nose-hoover\" needs run.temperature above 0");
  EXPECT_EQ(wrong("[run]\nensemble = \"npt-langevin\"\ntemperature = 0\n"),
            "in.toml: run.ensemble = \"npt-langevin\" needs run.temperature above 0");
  EXPECT_EQ(complaint(minimal, {"run.heating_K_per_ps=10"}),
            "in.toml: run.heating_K_per_ps needs a thermostat, found run.ensemble = \"nve\"");
  EXPECT_EQ(complaint(minimal, {"run.heating_K_per_ps=-10", "run.ensemble=minimise"}),
            "in.toml: run.heating_K_per_ps needs a thermostat, found run.ensemble = \"minimise\"");
  for (std::string const ensemble : {"nvt-langevin", "nvt-nose-hoover", "npt-langevin", "npt-nose-hoover"}) {
    auto const cooled = [&](std::string const& rate) {
      return complaint(minimal, {"run.ensemble=" + ensemble, "run.heating_K_per_ps=" + rate});
    };
    EXPECT_EQ(cooled("-599"), "(no error)");  // 0.5 ps from 300 K
    EXPECT_EQ(cooled("-700"),
              "in.toml: run.heating_K_per_ps: expected a temperature above 0 K at run.steps, found -50");
  }
  EXPECT_EQ(wrong("[run]\nbarostat_time_fs = 0\n"),
            "in.toml:6: run.barostat_time_fs: expected a number above 0, found integer 0");
  EXPECT_EQ(wrong("[deform]\naxis = \"x\"\n"),
            "in.toml: deform.axis needs deform.strain_rate_per_ps other than 0");
  EXPECT_EQ(wrong("[deform]\nstrain_rate_per_ps = 0.1\n"),
            "in.toml: deform.strain_rate_per_ps needs deform.axis = \"x\", \"y\" or \"z\"");
  std::string const pull = "[deform]\naxis = \"z\"\nstrain_rate_per_ps = 0.1\n";
  EXPECT_EQ(complaint(minimal + pull), "(no error)");
  EXPECT_EQ(complaint(minimal + pull, {"run.ensemble=npt-langevin"}),
            "in.toml: [deform] under npt-langevin needs run.coupling = \"per-axis\"");
  EXPECT_EQ(complaint(minimal + pull, {"run.ensemble=minimise"}),
            "in.toml: [deform] needs dynamics, found run.ensemble = \"minimise\"");
  EXPECT_EQ(complaint(minimal + pull, {"deform.strain_rate_per_ps=-2"}),
            "in.toml: deform.strain_rate_per_ps: expected a strain above -0.9 at run.steps, found -1");
  EXPECT_EQ(complaint(minimal, {"observe.msd=a.csv", "observe.cna=a.csv"}),
            "in.toml: observe.cna: \"a.csv\" is also observe.msd: expected another file, or \"\" for none");
  EXPECT_EQ(complaint(minimal, {"output.thermo=", "output.trajectory="}), "(no error)");
  EXPECT_EQ(wrong("[run]\ncoupling = \"xy\"\n"),
            "in.toml:6: run.coupling: expected one of \"isotropic\", \"per-axis\", found string 'xy'");
}

TEST(MdInput, MissingFilesAndKeysAndBadToml) {
  EXPECT_EQ(message_of([] { md::read_input("nowhere.toml"); }),
            "nowhere.toml: cannot be opened (does the file exist?)");
  EXPECT_EQ(complaint("[structure]\nfile = \"s.xyz\"\n"),
            "in.toml: model.file is missing (DeePMD-kit model (.pb, .pth, .dp, .yaml, ...))");
  EXPECT_EQ(complaint("[model\n").substr(0, 25), "in.toml:1: not valid TOML");
}

TEST(MdInput, HelpNamesEveryKey) {
  std::string const help = md::describe_keys();
  md::Input input;
  for (md::Key const& key : md::keys(input))
    EXPECT_NE(help.find("  " + key.name.substr(key.name.find('.') + 1) + " "), std::string::npos) << key.name;
}

}  // namespace
