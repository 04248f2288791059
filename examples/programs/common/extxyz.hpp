// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdio>
#include <optional>

#include "common/extxyz_box.hpp"
#include "common/extxyz_columns.hpp"
#include "common/extxyz_velocities.hpp"

namespace examples {

/// Reads extended XYZ, packed by gzip or not, frame by frame, as the programs of the field write it. Taken of
/// the comment line: the box (ExtxyzBox), units of length (LengthUnits), Properties and fparam="...". Taken
/// of the columns: species or Z, pos, velocities (velocity_column()), mass or masses, id, aparam; without
/// Properties, species and position, as in plain XYZ. Structure::contents says what was taken and what was
/// not.
class ExtxyzReader {
 public:
  /// `unit`: of velocities, a word of velocity_units, or "auto": as file and convention have it.
  explicit ExtxyzReader(std::string path, std::string unit = "auto")
      : m_lines(std::move(path)), m_unit(std::move(unit)) {}

  /// A number in the comment line of the last frame read, as `time_ps=0.1`; none where the key is absent.
  std::optional<double> number(std::string_view key) const {
    auto const* const text = m_comment.find(m_lines, {key});
    return text ? std::optional(m_lines.real(*text, key)) : std::nullopt;
  }

  /// The next frame; false at the end of the file. A last frame of several that the end of the file cuts is
  /// left out, see warning(). \throws dp::Error, naming file and line, for all else that is wrong
  bool next(Structure& frame) {
    try {
      return read(frame);
    } catch (dp::Error const& error) {
      if (m_whole == 0 || !m_lines.cut()) throw;
      m_warning = "the last frame is cut and left out (" + std::string(error.what()) + ")";
      return false;
    }
  }

  /// What a user must know once all is read; empty where all is well.
  std::string const& warning() const { return m_warning; }

  /// The same on the error stream, a line of `program`.
  void print_warning(char const* program) const {
    if (m_warning.empty()) return;
    std::fflush(stdout);
    std::fprintf(stderr, "%s: warning: %s: %s\n", program, m_lines.path().c_str(), m_warning.c_str());
  }

  /// Whether there is anything besides blanks after the frames read.
  bool has_more() {
    for (std::string line; m_lines.next(line);)
      if (!words(line).empty()) return true;
    return false;
  }

 private:
  using Property = ExtxyzColumns::Property;

  bool read(Structure& frame) {
    std::string line;
    do {
      if (!m_lines.next(line)) return false;
    } while (words(line).empty());
    ++m_frame;
    std::int64_t const atoms = read_count(line);
    frame = {};
    frame.source = m_lines.path() + (m_frame > 1 ? " (frame " + std::to_string(m_frame) + ")" : "");
    if (!m_lines.next(line)) m_lines.fail("expected a comment line after the number of atoms, found the end");
    m_comment = ExtxyzComment(line);
    LengthUnits const units = read_length_units(m_lines, m_comment);
    ExtxyzBox(m_lines, m_comment, units.cell).read(frame);
    if (auto const* const fparam = m_comment.find(m_lines, {"fparam"}))
      for (std::string const& word : list_words(*fparam))
        frame.fparam.push_back(m_lines.real(word, "fparam"));
    auto const* const properties = m_comment.find(m_lines, {"Properties"});
    ExtxyzColumns const columns = properties ? ExtxyzColumns(m_lines, *properties) : ExtxyzColumns();
    read_atoms(atoms, columns, frame);
    for (double& x : frame.positions) x *= units.positions;
    record(columns, units, frame);
    if (m_whole++ > 0 && m_lines.cut() && atoms > 0)
      m_warning = "the last line has no end: the last frame may be cut";
    return true;
  }

  std::int64_t read_count(std::string const& line) const {
    auto const count = words(line);
    std::int64_t atoms = -1;
    if (count.size() != 1 || !parse(count[0], atoms) || atoms < 0)
      m_lines.fail("expected the number of atoms of a frame, found '", line.substr(0, 60), "'");
    return atoms;
  }

  void read_atoms(std::int64_t atoms, ExtxyzColumns const& columns, Structure& frame) {
    auto const find = [&](std::initializer_list<std::string_view> names, std::size_t count) {
      return m_used.emplace_back(columns.find(m_lines, names, count));
    };
    m_used.clear();
    auto const* const number = find({"Z", "numbers"}, 1);
    auto const* const species = find({"species", "symbols", "symbol", "element"}, 1);
    auto const* const position = find({"pos", "positions"}, 3);
    auto const* const mass = find({"mass", "masses"}, 1);
    auto const* const aparam = find({"aparam"}, 0);
    auto const* id = find({"id", "ids", "atom_id"}, 1);
    if (id && id->kind != 'I') m_used.back() = id = nullptr;
    m_velocity = columns.find(m_lines, {"velo", "vel", "momenta", "velocities", "velocity"}, 3);
    if (!species && !number) m_lines.fail("expected species:S:1 or Z:I:1 in Properties, found neither");
    if (!position) m_lines.fail("expected pos:R:3 in Properties, found none");

    std::string line;
    for (std::int64_t i = 0; i < atoms; ++i) {
      if (!m_lines.next(line))
        m_lines.fail("expected ", atoms, " atoms in frame ", m_frame, ", found ", i,
                     " before the end of the file");
      auto const row = columns.row(m_lines, line);
      if (i == 0) m_row = row.size();
      auto const take = [&](Property const* property, std::vector<double>& to) {
        for (std::size_t k = 0; property && k < property->count; ++k)
          to.push_back(m_lines.real(row[property->first + k], property->name));
      };
      frame.elements.push_back(element(species, number, row));
      take(position, frame.positions);
      take(m_velocity, frame.velocities);
      take(mass, frame.masses);
      take(aparam, frame.aparam);
      if (id) frame.ids.push_back(m_lines.integer(row[id->first], id->name));
    }
  }

  /// By symbol; by atomic number where there is no symbol. The two must agree.
  std::string element(Property const* species, Property const* number,
                      std::vector<std::string_view> const& row) const {
    if (!number) return std::string(row[species->first]);
    std::int64_t const z = m_lines.integer(row[number->first], number->name);
    std::string const symbol(symbol_of(z));
    if (!species) {
      if (symbol.empty()) m_lines.fail("expected an atomic number in column ", number->name, ", found ", z);
      return symbol;
    }
    std::string const name(row[species->first]);
    if (atomic_number(name) != 0 && name != symbol)
      m_lines.fail("the atom is ", name, " by column ", species->name, ", but has the atomic number ", z);
    return name;
  }

  /// What was taken of the frame and what was not; velocities get their unit.
  void record(ExtxyzColumns const& columns, LengthUnits const& units, Structure& frame) const {
    FileContents& contents = frame.contents;
    auto const has = [&](std::string_view key) { return m_comment.find(m_lines, {key}) != nullptr; };
    bool const plain = !has("Properties");
    contents.format = plain && !has("Lattice") ? "XYZ" : "extended XYZ";
    for (Property const& property : columns.properties()) {
      if (&property == m_velocity) continue;
      bool const used = std::find(m_used.begin(), m_used.end(), &property) != m_used.end();
      (used ? contents.used : contents.unused).push_back(property.name);
      if (!used && property.name == "move_mask")
        contents.warnings.push_back("column move_mask holds atoms at their places in ASE; here they move");
    }
    if (plain && frame.size() > 0 && m_row > 4)
      contents.unused.push_back(std::to_string(m_row - 4) + " columns without a name");
    for (auto const& entry : m_comment.entries()) {
      if (!entry.has_value || entry.key.empty() || same_word(entry.key, "Properties")) continue;
      std::string const key = to_lower(entry.key);
      bool const used = std::find(std::begin(keys), std::end(keys), key) != std::end(keys) ||
                        key.ends_with("unit") || key.ends_with("units");
      (used ? contents.used : contents.unused).push_back(entry.key + "=");
    }
    if (units.positions != 1.0)
      contents.notes.push_back("positions are converted from " + units.positions_said);
    if (units.cell != 1.0) contents.notes.push_back("the box is converted from " + units.cell_said);
    if (!m_velocity || frame.velocities.empty()) return;
    settle_velocities(m_lines, m_comment, m_velocity->name, m_unit, frame);
    if (m_unit == "auto" && units.positions != 1.0)
      contents.warnings.push_back("lengths are in " + units.positions_said + ", velocities taken in " +
                                  contents.velocity_units + "; structure.velocity_units settles it");
  }

  static constexpr std::string_view keys[] = {"lattice", "cell", "pbc", "fparam", "time_ps"};

  LineReader m_lines;
  std::string m_unit;
  ExtxyzComment m_comment{""};
  std::string m_warning;
  std::vector<Property const*> m_used;   ///< of the frame that is read
  Property const* m_velocity = nullptr;  ///< likewise
  std::size_t m_row = 0;                 ///< columns of its first atom
  int m_frame = 0, m_whole = 0;          ///< begun, read
};

/// Whether a file is XYZ: its first line is one number.
inline bool is_xyz(std::string const& path) {
  std::string first;
  std::int64_t count = 0;
  LineReader(path).next(first);
  auto const found = words(first);
  return found.size() == 1 && parse(found[0], count);
}

/// The only frame of a file, or its first.
inline Structure read_extxyz(std::string const& path, std::string const& unit = "auto") {
  ExtxyzReader reader(path, unit);
  Structure frame;
  if (!reader.next(frame)) dp::fail(path, ": expected a frame of extended XYZ, found an empty file");
  if (reader.has_more()) frame.contents.notes.push_back("it is the first of several frames");
  return frame;
}

}  // namespace examples
