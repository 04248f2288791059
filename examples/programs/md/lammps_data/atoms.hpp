// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "common/structure.hpp"
#include "md/lammps_data/atom_style.hpp"
#include "md/lammps_data/types.hpp"

namespace md {

/// An atom style by name, and who says it.
struct SaidStyle {
  std::string name, by;
};

/// The rows of section Atoms, whose style is said, or else the only one that all of them can be.
class LammpsAtoms {
 public:
  std::vector<std::int64_t> ids;
  std::vector<double> positions;  ///< (N x 3), as the file has them

  /// By the first row. `bonds`: whether the file has any.
  void begin(LammpsLines const& lines, Words const& row, SaidStyle const& said, bool bonds) {
    m_columns = row.size();
    m_by = said.by;
    if (said.name.empty()) {
      for (AtomStyle const& style : likely_atom_styles(m_columns, bonds)) m_candidates.emplace_back(style);
      if (m_candidates.empty())
        lines.fail("expected an atom of style atomic, charge, molecular or full, found ", m_columns,
                   " columns", bonds ? " in a file with bonds" : "", "; structure.atom_style says others");
      return;
    }
    auto const style = find_atom_style(said.name);
    if (!style)
      lines.fail("'", said.name, "' (", said.by,
                 ") is no atom style that is known; structure.atom_style says others");
    if (!style->fits(m_columns))
      lines.fail("expected an atom of style ", style->name, ", as ", said.by, " says, found ", m_columns,
                 " columns");
    m_candidates.emplace_back(*style);
  }

  void read(LammpsLines const& lines, Words const& row, LammpsTypes const& types) {
    if (row.size() != m_columns)
      lines.fail("expected ", m_columns, " columns as in the rows before, found ", row.size());
    std::string why;
    std::erase_if(m_candidates, [&](Candidate& candidate) {
      std::string const no = misfit(candidate, row, types);
      if (no.empty()) candidate.types.push_back(*types.find(row[candidate.type]));
      if (!no.empty()) why = no;
      return !no.empty();
    });
    if (m_candidates.empty()) lines.fail(why);
    ids.push_back(lines.integer(row[0], "atom id"));
    for (std::size_t k = 0; k < 3; ++k)  // the same columns in all styles that are left
      positions.push_back(lines.real(row[m_candidates[0].position + k], "position"));
  }

  /// Decides on the style when all is read. \throws dp::Error where the rows may have more than one.
  /// `masses`: whether types have them
  void end(std::string const& file, bool masses, examples::FileContents& contents) {
    if (masses && m_candidates.size() > 1)  // spheres have a mass each
      std::erase_if(m_candidates, [](Candidate const& c) { return c.style.name == "sphere"; });
    if (m_candidates.empty()) return;
    AtomStyle const& style = m_candidates[0].style;
    if (m_candidates.size() > 1) {
      std::string styles;
      for (Candidate const& candidate : m_candidates)
        styles += (styles.empty() ? "" : " or ") + candidate.style.name + " (" + candidate.style.text() + ")";
      dp::fail(file, ": section Atoms does not say its atom style, and its ", m_columns,
               " columns may be of style ", styles,
               ": say which by structure.atom_style, or in the file, as in 'Atoms # ", style.name, "'");
    }
    contents.format += ", atom style " + style.name + " (" + (m_by.empty() ? "by its columns" : m_by) + ")";
    for (std::string const& column : style.columns)
      if (column != "id" && column != "type" && column != "x" && column != "y" && column != "z")
        contents.unused.push_back(column);
    if (style.has_images(m_columns)) contents.unused.emplace_back("image flags");
    if (style.open && m_columns > style.columns.size())
      contents.unused.push_back(std::to_string(m_columns - style.columns.size()) + " columns behind z");
  }

  /// (N), after end().
  std::vector<std::size_t>& types() { return m_candidates.at(0).types; }

 private:
  /// A style that the rows so far may have, and the types that it takes from them.
  struct Candidate {
    explicit Candidate(AtomStyle s)
        : style(std::move(s)), type(style.find("type")), position(style.find("x")) {}

    AtomStyle style;
    std::size_t type, position;
    std::vector<std::size_t> types = {};
  };

  /// Why a row has not that style; empty where it may.
  static std::string misfit(Candidate const& candidate, Words const& row, LammpsTypes const& types) {
    AtomStyle const& style = candidate.style;
    auto const found = [&](std::size_t k, std::string const& what) {
      return "expected " + what + " in column " + std::to_string(k + 1) + ", found '" + std::string(row[k]) +
             "'";
    };
    double number = 0.0;
    std::int64_t whole = 0;
    for (std::size_t k = 1; k < style.columns.size(); ++k) {
      std::string const& column = style.columns[k];
      if (k == candidate.type && !types.find(row[k]))
        return types.expected() + ", found " + std::string(row[k]) +
               " (is the atom style right? 'Atoms # style' states it)";
      if (k == candidate.type || (k >= candidate.position && k < candidate.position + 3)) continue;
      if (column == "molecule" ? !examples::parse(row[k], whole) : !examples::parse(row[k], number))
        return found(k, (column == "molecule" ? "a whole number (" : "a number (") + column + ")");
      if ((column == "diameter" || column == "density") && number < 0.0)
        return found(k, "a " + column + " of at least 0");
    }
    for (std::size_t k = style.columns.size(); style.has_images(row.size()) && k < row.size(); ++k)
      if (!examples::parse(row[k], whole)) return found(k, "an image flag");
    return {};
  }

  std::size_t m_columns = 0;
  std::string m_by;
  std::vector<Candidate> m_candidates;
};

}  // namespace md
