// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdio>
#include <optional>
#include <unordered_map>

#include "md/lammps_data/lines.hpp"
#include "md/masses.hpp"

namespace md {

/// What a LAMMPS data file says of one of its types of atoms.
struct LammpsType {
  std::string label;    ///< of section Atom Type Labels, or empty
  std::string comment;  ///< behind its mass, or empty
  double mass = 0.0;    ///< g/mol, or 0
};

/// The types of a file, by number (from 1) or label.
class LammpsTypes {
 public:
  explicit LammpsTypes(std::int64_t count) : m_types(static_cast<std::size_t>(count)) {}

  /// The index, from 0, of what a row calls so; none where it is no type.
  std::optional<std::size_t> find(std::string_view text) const {
    std::int64_t type = 0;
    if (examples::parse(text, type))
      return type >= 1 && type <= std::ssize(m_types) ? std::optional(static_cast<std::size_t>(type - 1))
                                                      : std::nullopt;
    auto const found = m_labels.find(std::string(text));
    return found == m_labels.end() ? std::nullopt : std::optional(found->second);
  }

  /// For messages.
  std::string expected() const {
    return "expected a type of 1 to " + std::to_string(m_types.size()) +
           (m_labels.empty() ? "" : " or a label of section Atom Type Labels");
  }

  void read_label(LammpsLines const& lines, Words const& row) {
    if (row.size() != 2) lines.fail("expected type and label, found ", row.size(), " columns");
    std::size_t const type = at(lines, row[0]);
    m_types[type].label = row[1];
    if (!m_labels.emplace(row[1], type).second) lines.fail("label ", row[1], " appears twice");
  }

  /// `unit`: of the file's masses, g/mol.
  void read_mass(LammpsLines const& lines, Words const& row, double unit) {
    if (row.size() != 2) lines.fail("expected type and mass, found ", row.size(), " columns");
    LammpsType& type = m_types[at(lines, row[0])];
    if (type.mass > 0.0) lines.fail("the mass of type ", row[0], " appears twice");
    type.mass = lines.real(row[1], "mass") * unit;
    if (!(type.mass > 0.0)) lines.fail("expected a mass above 0, found ", row[1]);
    type.comment = lines.comment();
  }

  std::size_t size() const { return m_types.size(); }
  LammpsType const& operator[](std::size_t type) const { return m_types[type]; }
  bool have_masses() const { return !m_types.empty() && m_types[0].mass > 0.0; }

 private:
  std::size_t at(LammpsLines const& lines, std::string_view text) const {
    auto const type = find(text);
    if (!type) lines.fail(expected(), ", found ", text);
    return *type;
  }

  std::vector<LammpsType> m_types;
  std::unordered_map<std::string, std::size_t> m_labels;
};

/// The element of type number `type`: its label or comment where that is one of `type_map`, what the model
/// knows (empty: any element), else what its mass tells, else nothing. `contents`: says what was decided.
inline std::string element_of_type(LammpsType const& of, std::size_t type,
                                   std::vector<std::string> const& type_map,
                                   examples::FileContents& contents) {
  auto const knows = [&](std::string const& name) {
    return type_map.empty() ? standard_mass(name) > 0.0
                            : std::find(type_map.begin(), type_map.end(), name) != type_map.end();
  };
  std::string const number = std::to_string(type);
  char mass[32];
  std::snprintf(mass, sizeof mass, "%.6g g/mol", of.mass);
  for (std::string const* const name : {&of.label, &of.comment}) {
    if (name->empty() || !knows(*name)) continue;
    double const standard = standard_mass(*name);
    std::string const likely = of.mass > 0.0 ? element_of_mass(of.mass) : std::string();
    bool const isotope = *name == "H" && likely == "D";
    if (standard > 0.0 && std::abs(of.mass - standard) > 0.3 * standard && !likely.empty() && !isotope)
      contents.warnings.push_back("type " + number + " is named " + *name + ", but its mass, " + mass +
                                  ", is that of " + likely);
    return *name;
  }
  std::string const by_mass = of.mass > 0.0 ? element_of_mass(of.mass, type_map) : std::string();
  if (!by_mass.empty()) {
    contents.notes.push_back("type " + number + " is taken as " + by_mass + ", by its mass of " + mass);
    return by_mass;
  }
  for (std::string const* const name : {&of.label, &of.comment})
    if (standard_mass(*name) > 0.0) return *name;  // the model does not know it, and will say so
  return {};
}

}  // namespace md
