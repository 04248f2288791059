// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <dp/option_words.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/keys.hpp"

namespace md {

/// All that dp-md can be told; every key with a default may be left out.
struct Input {
  std::string model_file;
  std::vector<std::string> model_types;
  std::string precision = "double";
  std::string evaluation = "compressed";
  double tolerance = 1e-6;
  std::optional<dp::NearestDistances> nearest;  ///< none: from the structure
  std::string overflow = "keep_nearest";
  bool short_range = false;
  bool long_range = true;
  std::string dipole_file;
  double long_range_error = 0.0;
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

  std::int64_t monitor_every = 0;
  double monitor_deviations = 12.0;
  double monitor_force = 0.0;
  std::string monitor_file = "outliers.csv";
  std::string surroundings;
  bool monitor_stop = false;

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

using examples::above;
using examples::at_least;
using examples::Key;
using examples::one_of;
using examples::required;

/// All keys of an input file, whose values go to `input`.
inline std::vector<Key> keys(Input& input) {
  return {
      {"model.file", &input.model_file, "DeePMD-kit model (.pb, .pth, .dp, .yaml, ...)", required()},
      {"model.types", &input.model_types, "names of its types, in their order, for a file without them"},
      {"model.precision", &input.precision, "precision of the nets", one_of(dp::words<dp::NetPrecision>())},
      {"model.evaluation", &input.evaluation, "how the embedding is evaluated",
       one_of(dp::words<dp::Evaluation>())},
      {"model.tolerance", &input.tolerance, "force error allowed to compressed evaluation, eV/Angstrom",
       above(0)},
      {"model.nearest",
       &input.nearest,
       "distance that its tables reach, Angstrom (0: from the model), and of pairs as in "
       "\"O-O:2.0,H-H:1.1\"; auto: those of pairs from the structure",
       {.automatic = true}},
      {"model.overflow", &input.overflow, "more neighbours than the model's sel",
       one_of(dp::words<dp::Overflow>())},
      {"model.short_range", &input.short_range,
       "of a model with electrostatics (DPLR) the part that its nets give, without them"},
      {"model.graph", &input.graph, "on a GPU: record a step's kernels and replay them; for few atoms"},
      {"model.graded", &input.graded,
       "processors, compressed, double: multiply what need not be in double in float, within the tolerance"},
      {"model.reproducible", &input.reproducible, "the same bits for any number of threads of a process"},
      {"model.tile", &input.tile, "atoms processed together; 0: chosen by the library", at_least(0)},
      {"model.fparam", &input.fparam,
       "frame parameters, where the model has them; empty: the structure file's"},
      {"model.aparam", &input.aparam,
       "atomic parameters, the same for all atoms; empty: the structure file's"},

      {"long_range.use", &input.long_range, "the electrostatics of a model that has them (DPLR)"},
      {"long_range.dipole", &input.dipole_file,
       "file of their dipoles, where the model's file has them not in it; empty: the one that it names"},
      {"long_range.error", &input.long_range_error,
       "by a particle mesh with this force error, root mean square on charges, eV/Angstrom; 0: the direct "
       "sum",
       at_least(0)},

      {"structure.file", &input.structure_file, "extended XYZ (its first frame) or LAMMPS data", required()},
      {"structure.replicate", &input.replicate, "copies along the box vectors", at_least(1)},
      {"structure.units", &input.units, "of a LAMMPS data file (auto: as its first line says, else metal)",
       one_of({"auto", "metal", "real", "si", "cgs", "electron", "micro", "nano"})},
      {"structure.atom_style", &input.atom_style,
       "of a LAMMPS data file; empty: as it says, else as its columns tell"},
      {"structure.elements", &input.elements,
       "element of each type of a LAMMPS data file; empty: by labels, comments or masses"},
      {"structure.masses", &input.masses, "of elements, g/mol; default: the file's, else standard", above(0)},
      {"structure.velocity_units", &input.velocity_units,
       "of the file's velocities (auto: as the file tells)",
       one_of({"auto", "A/ps", "A/fs", "ase", "Bohr/atu", "Bohr/fs"})},
      {"structure.periodic", &input.periodic,
       "along the box vectors: \"ppf\" or [true, true, false]; auto: as the file says, LAMMPS data: all"},

      {"run.steps", &input.steps, "number of the last step, also of a continued run", at_least(0)},
      {"run.timestep_fs", &input.timestep, "fs", above(0)},
      {"run.ensemble", &input.ensemble, "dynamics",
       one_of({"nve", "nvt-langevin", "nvt-nose-hoover", "npt-langevin", "npt-nose-hoover", "minimise"})},
      {"run.temperature", &input.temperature, "K, of initial velocities and thermostat", at_least(0)},
      {"run.heating_K_per_ps", &input.heating,
       "change of the thermostat's and barostat's temperature from step 0 on, K/ps; negative: cooling"},
      {"run.velocities", &input.velocities, "at the start (auto: the file's, if any)",
       one_of({"auto", "file", "random"})},
      {"run.seed", &input.seed, "of random velocities and all noise", at_least(0)},
      {"run.friction_per_ps", &input.friction, "of nvt-langevin and npt-langevin, 1/ps", above(0)},
      {"run.thermostat_time_fs", &input.thermostat_time, "time constant of Nose-Hoover chains, fs", above(0)},
      {"run.pressure_bar", &input.pressure, "of npt, bar"},
      {"run.coupling", &input.coupling, "of npt: the volume, or the extent along x, y and z each",
       one_of({"isotropic", "per-axis"})},
      {"run.barostat_time_fs", &input.barostat_time, "time constant of npt, fs", above(0)},
      {"run.compressibility_per_bar", &input.compressibility,
       "about that of the material, 1/bar: scales the time constant alone", above(0)},
      {"run.box_every", &input.box_every, "steps between changes of the box", at_least(1)},
      {"run.force_tolerance", &input.force_tolerance,
       "where minimise ends: largest force on an atom, eV/Angstrom", above(0)},
      {"run.stop_above_K", &input.stop_above,
       "end a run as exploded at this temperature; 0: 100000, or 10 times run.temperature where that is more",
       at_least(0)},
      {"run.keep_going", &input.keep_going, "go on with a run that has exploded"},
      {"run.timing", &input.timing, "time each phase (on a GPU: with a fence after each)"},

      {"deform.axis", &input.deform_axis, "along which the box is strained; npt frees the other two",
       one_of({"none", "x", "y", "z"})},
      {"deform.strain_rate_per_ps", &input.strain_rate,
       "engineering strain, 1/ps (1e-3 is 1e9/s); negative: compression"},

      {"neighbour.skin", &input.skin, "Angstrom beyond the model's cutoff", at_least(0)},
      {"neighbour.every", &input.rebuild_every, "steps between rebuilds, at most", at_least(1)},

      {"parallel.grid", &input.grid, "ranks along the box vectors; 0: as makes the least surface",
       at_least(0)},
      {"parallel.gpu_aware", &input.gpu_aware, "MPI takes memory of a GPU", one_of({"auto", "yes", "no"})},

      {"observe.every", &input.observe_every, "steps between looks at the atoms for the tables below",
       at_least(1)},
      {"observe.from", &input.observe_from, "step of the first; displacements are counted from it",
       at_least(0)},
      {"observe.rdf", &input.rdf, "mean radial distribution functions so far (CSV); empty: none"},
      {"observe.rdf_cutoff", &input.rdf_cutoff, "their largest distance, Angstrom; 0: the model's cutoff",
       at_least(0)},
      {"observe.rdf_bins", &input.rdf_bins, "their number of bins", at_least(1)},
      {"observe.msd", &input.msd, "mean-square displacement of each element (CSV); empty: none"},
      {"observe.cna", &input.cna, "shares of fcc, hcp, bcc and other atoms (CSV); empty: none"},

      {"monitor.every", &input.monitor_every,
       "steps between looks for forces that are out of the ordinary of their type; 0: none", at_least(0)},
      {"monitor.deviations", &input.monitor_deviations,
       "above the median of the run so far, in robust standard deviations", above(0)},
      {"monitor.force_eV_A", &input.monitor_force, "above this, eV/Angstrom; 0: none", at_least(0)},
      {"monitor.file", &input.monitor_file, "table of the atoms (CSV), in output.directory"},
      {"monitor.surroundings", &input.surroundings,
       "the worst atom of a step and its neighbours (extended XYZ), to be labelled; empty: none"},
      {"monitor.stop", &input.monitor_stop, "end the run at the first"},

      {"output.directory", &input.directory, "folder of all output, made if missing"},
      {"output.thermo", &input.thermo, "table of energies (CSV); empty: none"},
      {"output.thermo_every", &input.thermo_every, "steps between rows", at_least(1)},
      {"output.trajectory", &input.trajectory, "extended XYZ; empty: none"},
      {"output.trajectory_every", &input.trajectory_every, "steps between frames", at_least(1)},
      {"output.trajectory_velocities", &input.trajectory_velocities, "write velocities too, Angstrom/ps"},
      {"output.trajectory_energies", &input.trajectory_energies, "write each atom's potential energy, eV"},
      {"output.trajectory_wrapped", &input.wrap, "positions inside the box; false: as atoms move"},
      {"output.restart", &input.restart, "file to continue from; empty: none"},
      {"output.restart_every", &input.restart_every, "steps between its updates; 0: only at the end",
       at_least(0)},
  };
}

}  // namespace md
