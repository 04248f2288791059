// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <dp/core/error.hpp>
#include <map>
#include <set>

#include "failure/criterion.hpp"
#include "md/read_input.hpp"
#include "md/units.hpp"

namespace failure {

/// What ends a run; see Judge.
struct Criteria {
  std::vector<std::string> use = optional_criteria();
  double temperature_low = 0.5, temperature_high = 1.5;  ///< in units of run.temperature
  double energy = 0.02;                                  ///< eV per atom
  double deviations = 20.0;                              ///< of forces, in robust standard deviations
  double force = 0.0;                                    ///< eV/Angstrom; 0: no limit of its own
  double distance = 0.0;                                 ///< Angstrom; 0: from the model
};

/// All that dp-failure can be told: dynamics as dp-md's, and what is done with them.
struct Input {
  md::Input run;
  std::vector<std::array<std::int64_t, 3>> sizes = {{1, 1, 1}};
  std::int64_t replicas = 10;
  std::int64_t first_seed = 1;
  double limit = 100.0;     ///< ps
  double start = 0.0;       ///< temperature of the first velocities, K; 0: run.temperature
  double settle = 0.0;      ///< ps
  std::int64_t every = 10;  ///< steps
  Criteria criteria;
  std::string output = "failures.csv";
  std::map<std::string, std::string> settings = {};  ///< what rows of one table have in common, by keys

  /// Sums of forces do not depend on the order of threads, so that a run can be repeated.
  Input() {
    run.reproducible = true;
    run.nearest.emplace();  // what runs have in common does not depend on where one begins
  }

  double start_temperature() const { return start > 0.0 ? start : run.temperature; }
  bool uses(Criterion criterion) const {
    auto const& use = criteria.use;
    return std::find(use.begin(), use.end(), word(criterion)) != use.end();
  }
};

/// All keys of an input file. Those of dp-md that are here mean the same, but model.nearest is not "auto".
inline std::vector<examples::Key> keys(Input& input) {
  using examples::above;
  using examples::at_least;
  std::vector<examples::Key> result;
  std::set<std::string> const of_run = {"run.timestep_fs",        "run.ensemble",
                                        "run.temperature",        "run.friction_per_ps",
                                        "run.thermostat_time_fs", "run.pressure_bar",
                                        "run.coupling",           "run.barostat_time_fs",
                                        "run.box_every",          "run.compressibility_per_bar"};
  for (examples::Key& key : md::keys(input.run)) {
    std::string const table = key.name.substr(0, key.name.find('.'));
    bool const wanted = table == "model" || table == "long_range" || table == "neighbour" ||
                        (table == "structure" && key.name != "structure.replicate") ||
                        of_run.contains(key.name);
    if (key.name == "run.ensemble") std::erase(key.rule.choices, "minimise");
    if (key.name == "model.nearest") {
      key.rule.automatic = false;
      key.help = key.help.substr(0, key.help.find(';'));
    }
    if (wanted) result.push_back(std::move(key));
  }
  Criteria& criteria = input.criteria;
  result.insert(
      result.end(),
      {{"failure.sizes", &input.sizes, "copies of the structure along the box vectors: an array of each size",
        at_least(1)},
       {"failure.replicas", &input.replicas, "runs of each size, which differ in their seed", at_least(1)},
       {"failure.first_seed", &input.first_seed, "of velocities and noise; the others follow", at_least(0)},
       {"failure.limit_ps", &input.limit, "where a run ends without failure", above(0)},
       {"failure.start_K", &input.start, "temperature of the first velocities, K; 0: run.temperature",
        at_least(0)},
       {"failure.settle_ps", &input.settle,
        "from when on temperature and energy are judged; a crystal gives half of its kinetic energy away "
        "first",
        at_least(0)},
       {"failure.every", &input.every, "steps between looks at the atoms", at_least(1)},
       {"criteria.use", &criteria.use, "what fails a run, besides numbers that are none and lost atoms",
        examples::one_of(optional_criteria())},
       {"criteria.temperature_low", &criteria.temperature_low, "temperature, in units of run.temperature",
        at_least(0)},
       {"criteria.temperature_high", &criteria.temperature_high, "likewise", above(1)},
       {"criteria.energy_eV", &criteria.energy,
        "change of the conserved energy per atom, eV (nve and nvt-nose-hoover)", above(0)},
       {"criteria.force_deviations", &criteria.deviations,
        "a force above the median of its type by so many robust standard deviations", above(0)},
       {"criteria.force_eV_A", &criteria.force, "a force above this, eV/Angstrom; 0: none", at_least(0)},
       {"criteria.distance_A", &criteria.distance,
        "a pair nearer than this, Angstrom; 0: 0.6 of the nearest in the model's training data, if it says",
        at_least(0)},
       {"output.file", &input.output, "the table (CSV); rows that are there are not run again",
        examples::required()}});
  result.back().rule.required = false;
  return result;
}

/// The input file with `overrides` ("table.key=value"). \throws dp::Error naming file and key
inline Input read_input(std::string const& file, std::vector<std::string> const& overrides = {}) {
  Input input;
  auto const table = keys(input);
  examples::read_keys(file, overrides, table);
  for (examples::Key const& key : table)
    if (!key.name.starts_with("output.") && key.name != "failure.sizes" && key.name != "failure.replicas" &&
        key.name != "failure.first_seed" && key.name != "failure.limit_ps")
      input.settings[key.name] = show_value(key);
  auto const refuse = [&](auto const&... parts) { dp::fail(file, ": ", parts...); };
  if (input.output.empty()) refuse("output.file: expected a file name, found \"\"");
  if (input.sizes.empty()) refuse("failure.sizes: expected at least one size, found none");
  std::set<std::int64_t> products;
  for (auto const& [a, b, c] : input.sizes)
    if (!products.insert(a * b * c).second)
      refuse("failure.sizes: expected sizes with different numbers of atoms, found two of ", a * b * c,
             " copies");
  if (!(input.run.temperature > 0.0)) refuse("run.temperature: expected a number above 0, found 0");
  double const ratio = input.start_temperature() / input.run.temperature;
  auto const& criteria = input.criteria;
  if (criteria.temperature_low >= 1.0)
    refuse("criteria.temperature_low: expected a number below 1, found ", criteria.temperature_low);
  if (input.uses(Criterion::temperature) && input.settle == 0.0 &&
      !(ratio > criteria.temperature_low && ratio < criteria.temperature_high))
    refuse("failure.start_K: ", input.start,
           " K is outside of what criteria.temperature_low and _high allow: ",
           "expected failure.settle_ps above 0");
  if (input.settle >= input.limit)
    refuse("failure.settle_ps: expected less than failure.limit_ps = ", input.limit, ", found ",
           input.settle);
  double const steps = std::ceil(input.limit / (input.run.timestep * md::units::femtosecond) * (1.0 - 1e-12));
  if (!(steps < 1e15)) refuse("failure.limit_ps: expected fewer than 1e15 steps, found ", steps);
  input.run.steps = static_cast<std::int64_t>(steps);
  input.run.velocities = "random";
  md::complete(file, input.run);
  return input;
}

}  // namespace failure
