// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "common/extxyz_comment.hpp"
#include "common/velocity_units.hpp"

namespace examples {

/// What the comment line of a frame says of units of length, Angstrom. Extended XYZ is in Angstrom, but some
/// programs state others: i-PI as positions{atomic_unit} and cell{angstrom}, others in a key such as
/// units=bohr.
struct LengthUnits {
  double positions = 1.0, cell = 1.0;
  std::string positions_said, cell_said;  ///< the words of the file, or empty
};

/// Angstrom of a unit of length by any of its usual names; 0 for others.
inline double length_unit(std::string_view name) {
  struct Unit {
    std::string_view name;
    double angstrom;
  };
  constexpr Unit units[] = {
      {"angstrom", 1.0},   {"angstroms", 1.0},    {"ang", 1.0},           {"a", 1.0},          {"bohr", bohr},
      {"bohrs", bohr},     {"atomic_unit", bohr}, {"atomic_units", bohr}, {"au", bohr},        {"a.u.", bohr},
      {"a0", bohr},        {"atomic", bohr},      {"nm", 10.0},           {"nanometer", 10.0}, {"pm", 0.01},
      {"picometer", 0.01}, {"metal", 1.0},        {"real", 1.0},          {"electron", bohr}};
  if (name == "\xc3\x85" || name == "\xe2\x84\xab") return 1.0;
  for (Unit const& unit : units)
    if (same_word(unit.name, name)) return unit.angstrom;
  return 0.0;
}

/// The units of i-PI's words quantity{unit}. \throws dp::Error for quantities that are not positions
inline void read_ipi_units(LineReader const& lines, std::string const& line, LengthUnits& units) {
  std::string other;
  for (std::size_t open = line.find('{'); open != line.npos; open = line.find('{', open + 1)) {
    std::size_t const close = line.find('}', open);
    std::size_t begin = open;
    while (begin > 0 && (std::isalnum(static_cast<unsigned char>(line[begin - 1])) || line[begin - 1] == '_'))
      --begin;
    if (begin == open || close == line.npos) continue;
    std::string const name = line.substr(begin, open - begin), unit = line.substr(open + 1, close - open - 1);
    bool const cell = name == "cell", positions = name == "positions" || name == "x_centroid";
    if (name == "velocities" || name == "momenta" || name == "forces" || name.ends_with("_centroid"))
      if (!positions) other = name;
    if (!cell && !positions) continue;
    double const factor = unit.empty() || unit == "automatic" ? bohr : length_unit(unit);
    if (factor == 0.0)
      lines.fail("expected angstrom, atomic_unit or nanometer in ", name, "{}, found '", unit, "'");
    (cell ? units.cell : units.positions) = factor;
    (cell ? units.cell_said : units.positions_said) = unit;
  }
  if (!other.empty() && units.positions_said.empty())
    lines.fail("the comment says that the columns are ", other, ", expected positions");
}

/// \throws dp::Error, naming the line, where free words say that lengths are not in Angstrom: Bohr anywhere,
/// "units: atomic", or atomic units beside a word for lengths
inline void refuse_free_units(LineReader const& lines, ExtxyzComment const& comment) {
  bool in_bohr = false, atomic = false, of_lengths = false;
  std::string last;  // word
  for (auto const& entry : comment.entries()) {
    std::string const& key = entry.key;
    std::size_t const begin = key.find_first_not_of("([{\"'"), end = key.find_last_not_of(")]}\"',.;:");
    std::string const bare =
        begin == key.npos || end == key.npos || end < begin ? "" : key.substr(begin, end + 1 - begin);
    std::string const word = entry.has_value ? "" : to_lower(bare);
    bool const unit = word == "unit" || word == "units", after_unit = last == "unit" || last == "units";
    in_bohr =
        in_bohr || word == "bohr" || word == "bohrs" || (after_unit && (word == "atomic" || bare == "au"));
    // Au is gold, and atomic positions are in any units
    atomic = atomic || word == "a.u" || bare == "au" || word == "atomic_units" || (unit && last == "atomic");
    for (char const* name : {"positions", "coordinates", "coords", "geometry", "lengths"})
      of_lengths = of_lengths || word == name;
    last = word;
  }
  if (in_bohr || (atomic && of_lengths))
    lines.fail("the comment speaks of lengths in ", in_bohr ? "Bohr" : "atomic units",
               ", but they are taken as Angstrom: write "
               "units=bohr to have them converted, units=angstrom if they are Angstrom");
}

/// \throws dp::Error, naming the line, for units that are not known or stand in free words
inline LengthUnits read_length_units(LineReader const& lines, ExtxyzComment const& comment) {
  LengthUnits units;
  read_ipi_units(lines, comment.line(), units);
  for (auto const& entry : comment.entries()) {
    std::string const key = to_lower(entry.key);
    auto const has = [&](std::string_view part) { return key.find(part) != key.npos; };
    if (!entry.has_value) continue;
    bool const cell = has("cell") || has("lattice"),
               general = key == "unit" || key == "units" || key == "unit_system";
    bool const length = has("unit") && (cell || has("length") || has("pos") || has("coord") || has("dist"));
    if (!general && !length) continue;
    std::string text = entry.text;
    for (char& c : text)
      if (std::string_view("\"':;=").find(c) != std::string_view::npos) c = ' ';
    bool found = false, strange = to_lower(text).find("bohr") != std::string::npos;  // as in Hartree/Bohr
    for (std::string const& name : list_words(text)) {
      strange = strange || same_word(name, "lj") || same_word(name, "si") || same_word(name, "cgs");
      double const factor = length_unit(name);
      if (factor == 0.0) continue;
      found = true;
      units.cell = factor;
      units.cell_said = name;
      if (cell) continue;
      units.positions = factor;
      units.positions_said = name;
    }
    // other words of units= may be those of energies
    if (!found && (length || strange))
      lines.fail("expected angstrom, bohr or nm in ", entry.key, ", found '", entry.text, "'");
  }
  if (units.cell != 1.0 && units.positions_said.empty())
    lines.fail("the comment says that the box is in ", units.cell_said,
               ", but not what positions are in; write units=... for both");
  if (units.positions_said.empty()) refuse_free_units(lines, comment);
  return units;
}

}  // namespace examples
