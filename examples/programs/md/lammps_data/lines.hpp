// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>
#include <vector>

#include "common/text.hpp"

namespace md {

using Words = std::vector<std::string_view>;

/// Sections that LAMMPS data files have, those of its fixes among them.
inline constexpr std::string_view lammps_sections[] = {
    "Atoms", "Velocities", "Masses", "Atom Type Labels",
    // what is read over
    "Bond Type Labels", "Angle Type Labels", "Dihedral Type Labels", "Improper Type Labels", "Bonds",
    "Angles", "Dihedrals", "Impropers", "Ellipsoids", "Lines", "Triangles", "Bodies", "Pair Coeffs",
    "PairIJ Coeffs", "Bond Coeffs", "Angle Coeffs", "Dihedral Coeffs", "Improper Coeffs", "BondBond Coeffs",
    "BondAngle Coeffs", "MiddleBondTorsion Coeffs", "EndBondTorsion Coeffs", "AngleTorsion Coeffs",
    "AngleAngleTorsion Coeffs", "BondBond13 Coeffs", "AngleAngle Coeffs", "UreyBradley Coeffs", "CMAP",
    "PiTorsions", "PiTorsion Coeffs", "BiTorsions", "Tinker Types", "Molecules", "Charges"};

/// The lines of a LAMMPS data file, without blank ones and comments.
class LammpsLines : public examples::LineReader {
 public:
  using examples::LineReader::LineReader;

  /// The next line that holds something besides a comment; its words live until the call after.
  bool next_words(Words& words) {
    while (next(m_line)) {
      std::string_view const line = m_line;
      std::size_t const hash = std::min(line.find('#'), line.size());
      words = examples::words(line.substr(0, hash));
      m_comment = examples::words(line.substr(std::min(hash + 1, line.size())));
      if (!words.empty()) return true;
    }
    return false;
  }

  /// The first word of the comment behind them, or nothing.
  std::string comment() const { return m_comment.empty() ? std::string() : std::string(m_comment[0]); }
  std::string const& line() const { return m_line; }

  /// Whether a line is the name of a section, known or not, since rows have digits.
  static bool names_section(Words const& words) {
    if (is_known(joined(words))) return true;
    auto const is = [](int (*kind)(int)) { return [kind](unsigned char c) { return kind(c) != 0; }; };
    if (!is(std::isalpha)(static_cast<unsigned char>(words[0][0]))) return false;
    return std::none_of(words.begin(), words.end(), [&](std::string_view word) {
      return std::any_of(word.begin(), word.end(), is(std::isdigit));
    });
  }

  /// The section of that name. \throws dp::Error for one that LAMMPS does not have
  std::string section(Words const& words) const {
    std::string const name = joined(words);
    if (!is_known(name))
      fail("section '", name, "' is none of LAMMPS data files; take it out if nothing in it is needed");
    return name;
  }

 private:
  static bool is_known(std::string_view name) {
    return std::find(std::begin(lammps_sections), std::end(lammps_sections), name) !=
           std::end(lammps_sections);
  }
  static std::string joined(Words const& words) {
    std::string text;
    for (std::string_view const word : words) text += (text.empty() ? "" : " ") + std::string(word);
    return text;
  }

  std::string m_line;
  Words m_comment;
};

}  // namespace md
