// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <dp/option_words.hpp>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace md {

/// All that dp-md can be told; every key with a default may be left out.
struct Input {
  std::string model_file;
  std::vector<std::string> model_types;
  std::string precision = "double";
  std::string evaluation = "compressed";
  double tolerance = 1e-6;
  double nearest = 0.0;
  std::string overflow = "keep_nearest";
  bool short_range = false;
  bool long_range = true;
  std::string dipole_file;
  bool graph = false;
  bool graded = true;
  bool reproducible = false;
  std::int64_t tile = 0;
  std::vector<double> fparam;
  std::vector<double> aparam;

  std::string structure_file;
  std::array<std::int64_t, 3> replicate = {1, 1, 1};
  std::string units = "auto";
  std::string atom_style;
  std::vector<std::string> elements;
  std::map<std::string, double> masses;
  std::string velocity_units = "auto";
  std::optional<std::array<bool, 3>> periodic;

  std::int64_t steps = 1000;
  double timestep = 0.5;
  std::string ensemble = "nve";
  double temperature = 300.0;
  double heating = 0.0;
  std::string velocities = "auto";
  std::int64_t seed = 1;
  double friction = 1.0;
  double thermostat_time = 100.0;
  double pressure = 1.0;
  double barostat_time = 1000.0;
  double compressibility = 4.5e-5;
  std::string coupling = "isotropic";
  std::int64_t box_every = 10;
  double force_tolerance = 1e-3;
  double stop_above = 0.0;
  bool keep_going = false;
  bool timing = true;

  std::string deform_axis = "none";
  double strain_rate = 0.0;

  double skin = 2.0;
  std::int64_t rebuild_every = 50;

  std::array<std::int64_t, 3> grid = {0, 0, 0};
  std::string gpu_aware = "auto";

  std::int64_t observe_every = 100;
  std::int64_t observe_from = 0;
  std::string rdf;
  double rdf_cutoff = 0.0;
  std::int64_t rdf_bins = 200;
  std::string msd;
  std::string cna;

  std::string directory = ".";
  std::string thermo = "thermo.csv";
  std::int64_t thermo_every = 20;
  std::string trajectory = "trajectory.xyz";
  std::int64_t trajectory_every = 100;
  bool trajectory_velocities = false;
  bool trajectory_energies = false;
  bool wrap = true;
  std::string restart = "restart.txt";
  std::int64_t restart_every = 1000;
};

/// Where the value of a key goes; the kind of the member is the kind that the input file must have.
using Member = std::variant<std::string Input::*, std::int64_t Input::*, double Input::*, bool Input::*,
                            std::vector<std::string> Input::*, std::vector<double> Input::*,
                            std::array<std::int64_t, 3> Input::*, std::map<std::string, double> Input::*,
                            std::optional<std::array<bool, 3>> Input::*>;

/// What a value must be, besides of the right kind.
struct Rule {
  std::vector<std::string> choices = {};                      ///< of a string; empty: any
  double minimum = -std::numeric_limits<double>::infinity();  ///< of numbers
  bool above = false;                                         ///< numbers must not be the minimum itself
  bool required = false;
};

inline Rule one_of(std::vector<std::string> choices) { return {.choices = std::move(choices)}; }
inline Rule at_least(double minimum) { return {.minimum = minimum}; }
inline Rule above(double minimum) { return {.minimum = minimum, .above = true}; }
inline Rule required() { return {.required = true}; }

/// One key of the input file: reading, help and messages all follow this table.
struct Key {
  std::string name;  ///< table.key
  Member member;
  std::string help;
  Rule rule = {};
};

inline std::vector<Key> const& keys() {
  static std::vector<Key> const table = {
      {"model.file", &Input::model_file, "DeePMD-kit model (.pb, .pth, .dp, .yaml, ...)", required()},
      {"model.types", &Input::model_types, "names of its types, in their order, for a file without them"},
      {"model.precision", &Input::precision, "precision of the nets", one_of(dp::words<dp::NetPrecision>())},
      {"model.evaluation", &Input::evaluation, "how the embedding is evaluated",
       one_of(dp::words<dp::Evaluation>())},
      {"model.tolerance", &Input::tolerance, "force error allowed to compressed evaluation, eV/Angstrom",
       above(0)},
      {"model.nearest", &Input::nearest, "distance that its tables reach, Angstrom; 0: from the model",
       at_least(0)},
      {"model.overflow", &Input::overflow, "more neighbours than the model's sel",
       one_of(dp::words<dp::Overflow>())},
      {"model.short_range", &Input::short_range,
       "of a model with electrostatics (DPLR) the part that its nets give, without them"},
      {"model.graph", &Input::graph, "on a GPU: record a step's kernels and replay them; for few atoms"},
      {"model.graded", &Input::graded,
       "compressed, double: what need not be in double is multiplied in float, within the tolerance"},
      {"model.reproducible", &Input::reproducible, "the same bits for any number of threads of a process"},
      {"model.tile", &Input::tile, "atoms processed together; 0: chosen by the library", at_least(0)},
      {"model.fparam", &Input::fparam,
       "frame parameters, where the model has them; empty: the structure file's"},
      {"model.aparam", &Input::aparam,
       "atomic parameters, the same for all atoms; empty: the structure file's"},

      {"long_range.use", &Input::long_range, "the electrostatics of a model that has them (DPLR)"},
      {"long_range.dipole", &Input::dipole_file,
       "file of their dipoles, where the model's file has them not in it; empty: the one that it names"},

      {"structure.file", &Input::structure_file, "extended XYZ (its first frame) or LAMMPS data", required()},
      {"structure.replicate", &Input::replicate, "copies along the box vectors", at_least(1)},
      {"structure.units", &Input::units, "of a LAMMPS data file (auto: as its first line says, else metal)",
       one_of({"auto", "metal", "real", "si", "cgs", "electron", "micro", "nano"})},
      {"structure.atom_style", &Input::atom_style,
       "of a LAMMPS data file; empty: as it says, else as its columns tell"},
      {"structure.elements", &Input::elements,
       "element of each type of a LAMMPS data file; empty: by labels, comments or masses"},
      {"structure.masses", &Input::masses, "of elements, g/mol; default: the file's, else standard",
       above(0)},
      {"structure.velocity_units", &Input::velocity_units,
       "of the file's velocities (auto: as the file tells)",
       one_of({"auto", "A/ps", "A/fs", "ase", "Bohr/atu", "Bohr/fs"})},
      {"structure.periodic", &Input::periodic,
       "along the box vectors: \"ppf\" or [true, true, false]; auto: as the file says, LAMMPS data: all"},

      {"run.steps", &Input::steps, "number of the last step, also of a continued run", at_least(0)},
      {"run.timestep_fs", &Input::timestep, "fs", above(0)},
      {"run.ensemble", &Input::ensemble, "dynamics",
       one_of({"nve", "nvt-langevin", "nvt-nose-hoover", "npt-langevin", "npt-nose-hoover", "minimise"})},
      {"run.temperature", &Input::temperature, "K, of initial velocities and thermostat", at_least(0)},
      {"run.heating_K_per_ps", &Input::heating,
       "change of the thermostat's and barostat's temperature from step 0 on, K/ps; negative: cooling"},
      {"run.velocities", &Input::velocities, "at the start (auto: the file's, if any)",
       one_of({"auto", "file", "random"})},
      {"run.seed", &Input::seed, "of random velocities and all noise", at_least(0)},
      {"run.friction_per_ps", &Input::friction, "of nvt-langevin and npt-langevin, 1/ps", above(0)},
      {"run.thermostat_time_fs", &Input::thermostat_time, "time constant of Nose-Hoover chains, fs",
       above(0)},
      {"run.pressure_bar", &Input::pressure, "of npt, bar"},
      {"run.coupling", &Input::coupling, "of npt: the volume, or the extent along x, y and z each",
       one_of({"isotropic", "per-axis"})},
      {"run.barostat_time_fs", &Input::barostat_time, "time constant of npt, fs", above(0)},
      {"run.compressibility_per_bar", &Input::compressibility,
       "about that of the material, 1/bar: scales the time constant alone", above(0)},
      {"run.box_every", &Input::box_every, "steps between changes of the box", at_least(1)},
      {"run.force_tolerance", &Input::force_tolerance,
       "where minimise ends: largest force on an atom, eV/Angstrom", above(0)},
      {"run.stop_above_K", &Input::stop_above,
       "end a run as exploded at this temperature; 0: 100000, or 10 times run.temperature where that is more",
       at_least(0)},
      {"run.keep_going", &Input::keep_going, "go on with a run that has exploded"},
      {"run.timing", &Input::timing, "time each phase (on a GPU: with a fence after each)"},

      {"deform.axis", &Input::deform_axis, "along which the box is strained; npt frees the other two",
       one_of({"none", "x", "y", "z"})},
      {"deform.strain_rate_per_ps", &Input::strain_rate,
       "engineering strain, 1/ps (1e-3 is 1e9/s); negative: compression"},

      {"neighbour.skin", &Input::skin, "Angstrom beyond the model's cutoff", at_least(0)},
      {"neighbour.every", &Input::rebuild_every, "steps between rebuilds, at most", at_least(1)},

      {"parallel.grid", &Input::grid, "ranks along the box vectors; 0: as makes the least surface",
       at_least(0)},
      {"parallel.gpu_aware", &Input::gpu_aware, "MPI takes memory of a GPU", one_of({"auto", "yes", "no"})},

      {"observe.every", &Input::observe_every, "steps between looks at the atoms for the tables below",
       at_least(1)},
      {"observe.from", &Input::observe_from, "step of the first; displacements are counted from it",
       at_least(0)},
      {"observe.rdf", &Input::rdf, "mean radial distribution functions so far (CSV); empty: none"},
      {"observe.rdf_cutoff", &Input::rdf_cutoff, "their largest distance, Angstrom; 0: the model's cutoff",
       at_least(0)},
      {"observe.rdf_bins", &Input::rdf_bins, "their number of bins", at_least(1)},
      {"observe.msd", &Input::msd, "mean-square displacement of each element (CSV); empty: none"},
      {"observe.cna", &Input::cna, "shares of fcc, hcp, bcc and other atoms (CSV); empty: none"},

      {"output.directory", &Input::directory, "folder of all output, made if missing"},
      {"output.thermo", &Input::thermo, "table of energies (CSV); empty: none"},
      {"output.thermo_every", &Input::thermo_every, "steps between rows", at_least(1)},
      {"output.trajectory", &Input::trajectory, "extended XYZ; empty: none"},
      {"output.trajectory_every", &Input::trajectory_every, "steps between frames", at_least(1)},
      {"output.trajectory_velocities", &Input::trajectory_velocities, "write velocities too, Angstrom/ps"},
      {"output.trajectory_energies", &Input::trajectory_energies, "write each atom's potential energy, eV"},
      {"output.trajectory_wrapped", &Input::wrap, "positions inside the box; false: as atoms move"},
      {"output.restart", &Input::restart, "file to continue from; empty: none"},
      {"output.restart_every", &Input::restart_every, "steps between its updates; 0: only at the end",
       at_least(0)},
  };
  return table;
}

}  // namespace md
