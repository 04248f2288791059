// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <numeric>
#include <utility>

#include "common/velocity_units.hpp"
#include "md/lammps_data/atoms.hpp"
#include "md/lammps_data/header.hpp"
#include "md/lammps_data/units.hpp"

namespace md {

/// What a LAMMPS data file need not say; the keys of table [structure] of the input file.
struct LammpsDataOptions {
  std::vector<std::string> elements = {};  ///< of each type; empty: the file tells
  std::string units = "auto";              ///< a unit style; auto: the file's
  std::string atom_style = {};             ///< empty: the file's
  std::string velocity_units = "auto";     ///< of examples::velocity_units; auto: as `units`
  std::vector<std::string> type_map = {};  ///< elements that the model knows; empty: any
};

/// Reads a LAMMPS data file. Units are those of the options, else those that its first line names, else
/// "metal". The box, tilted or general, then begins at the origin and is periodic throughout. The style of
/// section Atoms is that of the options, else the file's, else the only one that its columns can be; image
/// flags are not used. Atoms come in the order of their ids. The element of each type is that of the options,
/// else as element_of_type() says; atoms have the masses of their types.
class LammpsDataReader {
 public:
  explicit LammpsDataReader(std::string const& path, LammpsDataOptions options = {})
      : m_lines(path), m_options(std::move(options)) {}

  examples::Structure read() {
    m_result.source = m_lines.path();
    read_title();
    m_header = LammpsHeaderReader(m_lines).read();
    m_types = LammpsTypes(m_header.types);
    m_section_comment = m_lines.comment();
    for (std::string section = m_header.section; !section.empty();) section = read_section(section);
    if (!m_have_atoms) m_lines.fail("expected a section Atoms, found none");
    m_atoms.end(m_lines.path(), m_types.have_masses(), m_result.contents);
    convert_units();
    sort();
    name_elements();
    return std::move(m_result);
  }

 private:
  /// The first line is a comment to LAMMPS, but for its units.
  void read_title() {
    std::string line;
    if (!m_lines.next(line)) m_lines.fail("expected a LAMMPS data file, found an empty file");
    if (line.starts_with("ITEM:"))
      m_lines.fail("is a LAMMPS dump; expected extended XYZ, or a LAMMPS data file as write_data makes it");
    std::string const stated = units_word(line), asked = m_options.units == "auto" ? "" : m_options.units;
    std::string const word = !asked.empty() ? asked : !stated.empty() ? stated : "metal";
    m_units = find_lammps_units(word);
    if (!m_units)
      m_lines.fail("units ", word,
                   word == "lj" ? " are no lengths, times and masses of their own" : " are unknown",
                   "; structure.units says others");
    m_result.contents.format = "LAMMPS data, units " + word +
                               (!asked.empty()    ? " (structure.units)"
                                : !stated.empty() ? " (its first line)"
                                                  : " (it does not say; structure.units does)");
    if (!asked.empty() && !stated.empty() && asked != stated)
      m_result.contents.warnings.push_back("its first line says units " + stated + "; structure.units = \"" +
                                           asked + "\" is taken");
    auto const words = examples::words(line);
    for (std::size_t i = 0; i + 1 < words.size(); ++i)  // as VMD's TopoTools writes it
      if (words[i] == "atom_style" && find_atom_style(words[i + 1])) m_title_style = words[i + 1];
  }

  /// Reads it; returns the name of the one behind, empty at the end of the file.
  std::string read_section(std::string const& section) {
    std::string following;
    std::string const comment = m_section_comment;
    std::int64_t rows = 0;
    for (Words row; m_lines.next_words(row); ++rows) {
      if (LammpsLines::names_section(row)) {
        following = m_lines.section(row);
        m_section_comment = m_lines.comment();
        break;
      }
      if (section == "Atom Type Labels") m_types.read_label(m_lines, row);
      if (section == "Masses") m_types.read_mass(m_lines, row, m_units->mass);
      if (section == "Atoms" && rows == 0)
        m_atoms.begin(m_lines, row, said_style(comment), m_header.bonds > 0);
      if (section == "Atoms") read_atom(row);
      if (section == "Velocities") read_velocity(row);
    }
    bool const of_types = section == "Masses" || section == "Atom Type Labels";
    bool const used = of_types || section == "Atoms" || section == "Velocities";
    std::int64_t const expected = of_types ? m_header.types : m_header.atoms;
    if (used && rows != expected)
      m_lines.fail("expected ", expected, " rows in section ", section, ", found ", rows);
    if (section == "Atoms") m_have_atoms = true;
    (used ? m_result.contents.used : m_result.contents.unused).push_back(section);
    return following;
  }

  SaidStyle said_style(std::string const& comment) {
    std::string const& asked = m_options.atom_style;
    if (asked.empty() && comment.empty())
      return {m_title_style, m_title_style.empty() ? "" : "its first line"};
    if (asked.empty()) return {comment, "section Atoms"};
    auto const a = find_atom_style(asked), b = find_atom_style(comment);
    if (a && b && a->name != b->name)
      m_result.contents.warnings.push_back("section Atoms says style " + comment +
                                           "; structure.atom_style = \"" + asked + "\" is taken");
    return {asked, "structure.atom_style"};
  }

  void read_atom(Words const& row) {
    m_atoms.read(m_lines, row, m_types);
    if (!m_index.emplace(m_atoms.ids.back(), m_index.size()).second)
      m_lines.fail("atom id ", m_atoms.ids.back(), " appears twice");
  }

  void read_velocity(Words const& row) {
    // spheres and the like have angular velocities behind
    if (row.size() < 4) m_lines.fail("expected atom id and 3 velocities, found ", row.size(), " columns");
    auto const found = m_index.find(m_lines.integer(row[0], "atom id"));
    if (found == m_index.end()) m_lines.fail("atom id ", row[0], " is not in section Atoms");
    m_result.velocities.resize(m_atoms.positions.size());
    for (std::size_t k = 0; k < 3; ++k)
      m_result.velocities[3 * found->second + k] = m_lines.real(row[k + 1], "velocity");
  }

  void convert_units() {
    m_result.has_box = true;
    for (std::size_t k = 0; k < 9; ++k) m_result.box.h[k] = m_header.lattice[k] * m_units->length;
    m_result.box.periodic = {true, true, true};
    m_result.positions = std::move(m_atoms.positions);
    for (std::size_t n = 0; n < m_result.positions.size(); ++n)
      m_result.positions[n] = (m_result.positions[n] - m_header.origin[n % 3]) * m_units->length;
    if (m_result.velocities.empty()) return;
    auto const* const asked = examples::find_velocity_unit(m_options.velocity_units);
    for (double& v : m_result.velocities) v *= asked ? asked->angstrom_per_ps : m_units->velocity;
    m_result.contents.velocity_units =
        asked ? std::string(asked->word) + " (structure.velocity_units)"
              : std::string(m_units->velocity_name) + " (units " + std::string(m_units->style) + ")";
  }

  /// Puts the atoms into the order of their ids.
  void sort() {
    auto& ids = m_result.ids = std::move(m_atoms.ids);
    if (std::is_sorted(ids.begin(), ids.end())) return;
    std::vector<std::size_t> order(ids.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return ids[a] < ids[b]; });
    auto const reorder = [&](auto& values) {
      auto const before = values;
      std::size_t const width = values.size() / order.size();
      for (std::size_t n = 0; n < values.size(); ++n)
        values[n] = before[width * order[n / width] + n % width];
    };
    reorder(m_atoms.types());
    reorder(m_result.positions);
    if (!m_result.velocities.empty()) reorder(m_result.velocities);
    reorder(ids);
  }

  void name_elements() {
    auto const& given = m_options.elements;
    if (!given.empty() && given.size() != m_types.size())
      m_lines.fail("expected the elements of ", m_types.size(), " types in structure.elements, found ",
                   given.size());
    if (m_result.ids.empty()) return;
    std::vector<std::string> names(m_types.size());
    for (std::size_t const type : m_atoms.types()) {
      LammpsType const& of = m_types[type];
      std::string& name = names[type];
      if (name.empty())
        name = given.empty() ? element_of_type(of, type + 1, m_options.type_map, m_result.contents)
                             : given[type];
      std::string const& called = of.label.empty() ? of.comment : of.label;
      if (name.empty())
        dp::fail(m_lines.path(), ": the element of type ", type + 1,
                 called.empty() ? "" : " ('" + called + "')",
                 " is not known; give structure.elements, or elements as comments in section Masses");
      m_result.elements.push_back(name);
      if (m_types.have_masses()) m_result.masses.push_back(of.mass);
    }
  }

  LammpsLines m_lines;
  LammpsDataOptions m_options;
  examples::Structure m_result;
  LammpsUnits const* m_units = nullptr;
  std::string m_title_style, m_section_comment;
  LammpsHeader m_header;
  LammpsTypes m_types{0};
  LammpsAtoms m_atoms;
  bool m_have_atoms = false;
  std::unordered_map<std::int64_t, std::size_t> m_index;
};

}  // namespace md
