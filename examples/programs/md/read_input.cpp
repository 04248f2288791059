// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

#include "md/read_input.hpp"

#include <dp/core/error.hpp>
#include <filesystem>

#include "md/target_temperature.hpp"
#include "md/units.hpp"

namespace md {

Input read_input(std::string const& file, std::vector<std::string> const& overrides, Input input) {
  examples::read_keys(file, overrides, keys(input));
  complete(file, input);
  return input;
}

void complete(std::string const& file, Input& input) {
  bool const barostat = input.ensemble.starts_with("npt");
  if ((barostat || input.ensemble.ends_with("nose-hoover")) && input.temperature <= 0.0)
    dp::fail(file, ": run.ensemble = \"", input.ensemble, "\" needs run.temperature above 0");
  bool const thermostat = input.ensemble != "nve" && input.ensemble != "minimise";
  if (input.heating != 0.0 && !thermostat)
    dp::fail(file, ": run.heating_K_per_ps needs a thermostat, found run.ensemble = \"", input.ensemble,
             "\"");
  double const end = TargetTemperature(input).at(input.steps);
  if (input.heating != 0.0 && !(end > 0.0))
    dp::fail(file, ": run.heating_K_per_ps: expected a temperature above 0 K at run.steps, found ", end);
  bool const deforms = input.deform_axis != "none";
  if (deforms != (input.strain_rate != 0.0))
    dp::fail(file, deforms ? ": deform.axis needs deform.strain_rate_per_ps other than 0"
                           : ": deform.strain_rate_per_ps needs deform.axis = \"x\", \"y\" or \"z\"");
  if (deforms && barostat && input.coupling == "isotropic")
    dp::fail(file, ": [deform] under ", input.ensemble, " needs run.coupling = \"per-axis\"");
  if (deforms && input.ensemble == "minimise")
    dp::fail(file, ": [deform] needs dynamics, found run.ensemble = \"minimise\"");
  double const strain =
      input.strain_rate * static_cast<double>(input.steps) * input.timestep * units::femtosecond;
  if (deforms && !(strain > -0.9))
    dp::fail(file, ": deform.strain_rate_per_ps: expected a strain above -0.9 at run.steps, found ", strain);
  std::map<std::string, std::string> owners;  // of output files
  for (auto const& [key, member] : {std::pair{"output.thermo", &Input::thermo},
                                    {"output.trajectory", &Input::trajectory},
                                    {"output.restart", &Input::restart},
                                    {"observe.rdf", &Input::rdf},
                                    {"observe.msd", &Input::msd},
                                    {"observe.cna", &Input::cna},
                                    {"monitor.file", &Input::monitor_file},
                                    {"monitor.surroundings", &Input::surroundings}})
    if (auto const [owner, fresh] = owners.emplace(input.*member, key); !fresh && !owner->first.empty())
      dp::fail(file, ": ", key, ": \"", owner->first, "\" is also ", owner->second,
               ": expected another file, or \"\" for none");
  auto const folder = std::filesystem::path(file).parent_path();
  for (std::string* path : {&input.model_file, &input.structure_file, &input.dipole_file})
    if (!path->empty()) *path = (folder / *path).string();
}

std::string describe_keys(Input defaults) { return examples::describe(keys(defaults)); }

}  // namespace md
