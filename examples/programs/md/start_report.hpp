// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdio>
#include <iomanip>
#include <sstream>

#include "md/input.hpp"
#include "md/masses.hpp"
#include "md/velocities.hpp"

namespace md {

/// What a run begins with, for its user: lines of the output, and warnings.
struct StartReport {
  std::vector<std::string> lines;
  std::vector<std::string> warnings;

  void print(char const* program = "dp-md") const {
    for (std::string const& line : lines) std::printf("%s\n", line.c_str());
    std::fflush(stdout);
    for (std::string const& warning : warnings)
      std::fprintf(stderr, "%s: warning: %s\n", program, examples::one_line(warning).c_str());
  }
};

/// "a, b and c".
inline std::string listed(std::vector<std::string> const& names) {
  std::string text;
  for (std::size_t n = 0; n < names.size(); ++n)
    text += (n == 0 ? "" : n + 1 < names.size() ? ", " : " and ") + names[n];
  return text;
}

/// "periodic along a and b, not along c", of the box vectors.
inline std::string say_periodic(dp::Box const& box) {
  std::vector<std::string> along, not_along;
  for (std::size_t k = 0; k < 3; ++k) (box.periodic[k] ? along : not_along).emplace_back(1, "abc"[k]);
  if (along.empty()) return "not periodic";
  return "periodic along " + listed(along) + (not_along.empty() ? "" : ", not along " + listed(not_along));
}

/// "masses: O 15.999 x 64 (standard), H 2.014 x 128 (file)"; isotopes apart.
inline std::string say_masses(examples::Structure const& cell, std::vector<double> const& masses,
                              Input const& input) {
  std::map<std::pair<std::string, double>, std::int64_t> counts;
  for (std::size_t i = 0; i < masses.size(); ++i) ++counts[{cell.elements[i], masses[i]}];
  std::vector<std::string> parts;
  for (auto const& [kind, count] : counts) {
    auto const& [element, mass] = kind;
    std::ostringstream text;
    text << element << " " << mass << " x " << count
         << (input.masses.contains(element) ? " (structure.masses)"
             : cell.masses.empty()          ? " (standard)"
                                            : " (file)");
    parts.push_back(text.str());
  }
  constexpr std::size_t most = 12;
  if (parts.size() > most) {
    std::string const more = std::to_string(parts.size() - most) + " more";
    parts.resize(most);
    parts.push_back(more);
  }
  return "masses: " + listed(parts);
}

/// What the velocities at the start are; warns where those of the file are implausible.
inline void report_velocities(examples::Structure const& cell, std::vector<double> const& masses,
                              Input const& input, StartReport& report) {
  std::string const not_used = cell.velocities.empty() ? "" : "; those of the file are not used";
  std::ostringstream text;
  text << "  velocities: ";
  if (input.ensemble == "minimise") {
    text << "none, to minimise" << not_used;
  } else if (input.velocities == "random" || cell.velocities.empty()) {
    text << "random, " << input.temperature << " K" << not_used;
  } else {
    auto const copies = input.replicate[0] * input.replicate[1] * input.replicate[2];
    double const freedom = degrees_of_freedom(input.ensemble, copies * cell.size());
    double const temperature = static_cast<double>(copies) * twice_kinetic_energy(masses, cell.velocities) /
                               (freedom * units::boltzmann);
    std::string const& units = cell.contents.velocity_units;
    std::ostringstream kelvin;
    kelvin << std::setprecision(temperature < 1e6 ? 6 : 3) << temperature << " K";
    text << "of the file, in " << units << ": "
         << (temperature == 0.0 ? std::string("all zero, 0 K") : kelvin.str());
    constexpr double coldest = 1.0, hottest = 100000.0;
    if (temperature != 0.0 && !(temperature >= coldest && temperature <= hottest))
      report.warnings.push_back(cell.source + ": its velocities, in " + units + ", make an implausible " +
                                "temperature of " + kelvin.str() +
                                "; structure.velocity_units says other units");
  }
  report.lines.push_back(text.str());
}

/// What dp-md takes from a structure file: `cell`, whose atoms have these `masses`, before it is replicated.
inline StartReport report_start(examples::Structure const& cell, std::vector<double> const& masses,
                                Input const& input) {
  StartReport report;
  auto const& contents = cell.contents;
  report.lines.push_back("structure: " + cell.source +
                         (contents.format.empty() ? "" : ", " + contents.format));
  report.lines.push_back("  used: " + listed(contents.used) +
                         (contents.unused.empty() ? "" : "; not used: " + listed(contents.unused)));
  for (std::string const& note : contents.notes) report.lines.push_back("  " + note);
  report.lines.push_back("  " + say_periodic(cell.box) + (input.periodic ? " (structure.periodic)" : ""));
  report.lines.push_back("  " + say_masses(cell, masses, input));
  for (std::string const& warning : contents.warnings)
    report.warnings.push_back(cell.source + ": " + warning);
  report_velocities(cell, masses, input, report);
  return report;
}

/// The same of a run that goes on: all but parameters comes from the restart file.
inline StartReport report_restart(examples::Structure const& continued, Input const& input) {
  StartReport report;
  report.lines.push_back("structure: " + continued.source + ", " + say_periodic(continued.box));
  if (input.periodic && *input.periodic != continued.box.periodic)
    report.warnings.push_back(continued.source +
                              ": structure.periodic is not used: a run goes on as it began, " +
                              say_periodic(continued.box));
  return report;
}

}  // namespace md
