// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cctype>
#include <unordered_map>

#include "common/structure.hpp"
#include "common/text.hpp"

namespace md {

/// Reads a LAMMPS data file in units "metal" (velocities in Angstrom/ps), also with a tilted box (xy xz yz);
/// the box then starts at the origin. Atom styles atomic, charge, molecular (bond, angle) and full: as "Atoms
/// # style" says, else by the number of columns. The element of each type comes from `elements`, else from
/// the comments of section Masses. Image flags and other sections are ignored; the file's masses are kept.
class LammpsDataReader {
 public:
  LammpsDataReader(std::string const& path, std::vector<std::string> const& elements)
      : m_lines(path), m_elements(elements) {}

  examples::Structure read() {
    m_result.source = m_lines.path();
    read_header();
    while (!m_section.empty()) read_section();
    if (!m_have_atoms) m_lines.fail("expected a section Atoms, found none");
    name_elements();
    return std::move(m_result);
  }

 private:
  using Row = std::vector<std::string_view>;

  /// The next line that holds something besides a comment; its words, and the comment apart.
  bool next(Row& row) {
    while (m_lines.next(m_line)) {
      std::size_t const hash = std::min(m_line.find('#'), m_line.size());
      row = examples::words(std::string_view(m_line).substr(0, hash));
      m_comment = examples::words(std::string_view(m_line).substr(std::min(hash + 1, m_line.size())));
      if (!row.empty()) return true;
    }
    return false;
  }

  static bool is_section(Row const& row) { return std::isupper(static_cast<unsigned char>(row[0][0])) != 0; }

  void read_header() {
    if (!m_lines.next(m_line)) m_lines.fail("expected a LAMMPS data file, found an empty file");
    double low[3] = {}, high[3] = {}, tilt[3] = {};
    bool have_box[3] = {};
    for (Row row; m_section.empty() && next(row);) {
      auto const ends = [&](std::size_t numbers, std::initializer_list<std::string_view> names) {
        return row.size() == numbers + names.size() &&
               std::equal(names.begin(), names.end(), row.end() - static_cast<std::ptrdiff_t>(names.size()));
      };
      if (ends(1, {"atoms"})) m_atoms = m_lines.integer(row[0], "atoms");
      if (ends(1, {"atom", "types"})) m_types = m_lines.integer(row[0], "atom types");
      constexpr std::string_view names[] = {"xlo", "xhi", "ylo", "yhi", "zlo", "zhi"};
      for (int k = 0; k < 3; ++k) {
        if (!ends(2, {names[2 * k], names[2 * k + 1]})) continue;
        low[k] = m_lines.real(row[0], names[2 * k]);
        high[k] = m_lines.real(row[1], names[2 * k + 1]);
        if (!(high[k] > low[k])) m_lines.fail("expected ", names[2 * k], " below ", names[2 * k + 1]);
        have_box[k] = true;
      }
      if (ends(3, {"xy", "xz", "yz"}))
        for (std::size_t k = 0; k < 3; ++k) tilt[k] = m_lines.real(row[k], "tilt");
      if (is_section(row)) enter(row);
    }
    if (m_atoms < 0) m_lines.fail("expected 'N atoms' in the header, found none");
    if (m_types < 0) m_lines.fail("expected 'N atom types' in the header, found none");
    if (!have_box[0] || !have_box[1] || !have_box[2])
      m_lines.fail("expected lines 'xlo xhi', 'ylo yhi' and 'zlo zhi' in the header, found not all of them");
    m_result.has_box = true;
    m_result.box.h = {high[0] - low[0], 0, 0, tilt[0], high[1] - low[1], 0, tilt[1], tilt[2],
                      high[2] - low[2]};
    m_result.box.periodic = {true, true, true};
    std::copy(low, low + 3, m_low);
  }

  void enter(Row const& row) {
    m_section = row[0];
    m_style = m_comment.empty() ? std::string() : std::string(m_comment[0]);
  }

  void read_section() {
    std::string const section = std::exchange(m_section, "");
    std::string const style = m_style;
    std::int64_t rows = 0;
    for (Row row; next(row);) {
      if (is_section(row)) {
        enter(row);
        break;
      }
      ++rows;
      if (section == "Masses") read_mass(row);
      if (section == "Atoms") read_atom(row, style);
      if (section == "Velocities") read_velocity(row);
    }
    std::int64_t const expected = section == "Masses" ? m_types : m_atoms;
    if ((section == "Masses" || section == "Atoms" || section == "Velocities") && rows != expected)
      m_lines.fail("expected ", expected, " rows in section ", section, ", found ", rows);
    if (section == "Atoms") m_have_atoms = true;
  }

  std::size_t type_index(std::string_view text) const {
    std::int64_t const type = m_lines.integer(text, "type");
    if (type < 1 || type > m_types)
      m_lines.fail("expected a type of 1 to ", m_types, ", found ", type,
                   " (is the atom style right? 'Atoms # style' states it)");
    return static_cast<std::size_t>(type - 1);
  }

  void read_mass(Row const& row) {
    if (row.size() != 2) m_lines.fail("expected type and mass, found ", row.size(), " columns");
    m_masses.resize(static_cast<std::size_t>(m_types));
    m_names.resize(static_cast<std::size_t>(m_types));
    std::size_t const type = type_index(row[0]);
    m_masses[type] = m_lines.real(row[1], "mass");
    if (!(m_masses[type] > 0.0)) m_lines.fail("expected a mass above 0, found ", row[1]);
    if (!m_comment.empty()) m_names[type] = m_comment[0];
  }

  void read_atom(Row const& row, std::string const& style) {
    struct Style {
      std::string_view name;
      std::size_t type, columns;
    };
    constexpr Style styles[] = {{"atomic", 1, 5},    {"charge", 1, 6}, {"full", 2, 7},
                                {"molecular", 2, 6}, {"bond", 2, 6},   {"angle", 2, 6}};
    Style const* found = nullptr;
    for (Style const& s : styles) {
      bool const fits = row.size() == s.columns || row.size() == s.columns + 3;  // with image flags
      if (!found && fits && (style.empty() || style == s.name)) found = &s;
    }
    if (!found)
      m_lines.fail("expected an atom of style ", style.empty() ? "atomic, charge, molecular or full" : style,
                   ", found ", row.size(), " columns");
    std::int64_t const id = m_lines.integer(row[0], "atom id");
    if (!m_index.emplace(id, m_index.size()).second) m_lines.fail("atom id ", id, " appears twice");
    m_atom_types.push_back(type_index(row[found->type]));
    for (std::size_t k = 0; k < 3; ++k)
      m_result.positions.push_back(m_lines.real(row[found->columns - 3 + k], "position") - m_low[k]);
  }

  void read_velocity(Row const& row) {
    if (row.size() != 4) m_lines.fail("expected atom id and 3 velocities, found ", row.size(), " columns");
    auto const found = m_index.find(m_lines.integer(row[0], "atom id"));
    if (found == m_index.end()) m_lines.fail("atom id ", row[0], " is not in section Atoms");
    m_result.velocities.resize(m_result.positions.size());
    for (std::size_t k = 0; k < 3; ++k)
      m_result.velocities[3 * found->second + k] = m_lines.real(row[k + 1], "velocity");
  }

  void name_elements() {
    auto const& names = m_elements.empty() ? m_names : m_elements;
    if (names.size() != static_cast<std::size_t>(m_types) && (m_atoms > 0 || !m_elements.empty()))
      dp::fail(m_lines.path(), ": expected the elements of ", m_types, " types in structure.elements, found ",
               names.size());
    for (std::size_t const type : m_atom_types) {
      if (names[type].empty())
        dp::fail(m_lines.path(), ": the element of type ", type + 1,
                 " is not known; give structure.elements, or comments in section Masses");
      m_result.elements.push_back(names[type]);
      if (!m_masses.empty()) m_result.masses.push_back(m_masses[type]);
    }
  }

  examples::LineReader m_lines;
  std::vector<std::string> m_elements;
  examples::Structure m_result;
  std::string m_line, m_section, m_style;
  Row m_comment;
  std::int64_t m_atoms = -1, m_types = -1;
  bool m_have_atoms = false;
  double m_low[3] = {};
  std::vector<double> m_masses;
  std::vector<std::string> m_names;
  std::vector<std::size_t> m_atom_types;
  std::unordered_map<std::int64_t, std::size_t> m_index;
};

}  // namespace md
