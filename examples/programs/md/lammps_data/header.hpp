// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <dp/input/box.hpp>
#include <initializer_list>

#include "md/lammps_data/lines.hpp"

namespace md {

/// What stands before the first section of a LAMMPS data file.
struct LammpsHeader {
  std::int64_t atoms = -1, types = -1, bonds = 0;
  std::array<double, 9> lattice = {};  ///< box vectors as rows, in the file's units
  std::array<double, 3> origin = {};
  std::string section;  ///< the first, or empty
};

/// Reads it: boxes are xlo xhi, ... and xy xz yz, or those of general triclinic ones, avec, bvec, cvec and
/// abc origin. Counts of other things than atoms and bonds are read over.
class LammpsHeaderReader {
 public:
  explicit LammpsHeaderReader(LammpsLines& lines) : m_lines(&lines) {}

  LammpsHeader read() {
    while (m_lines->next_words(m_words)) {
      if (LammpsLines::names_section(m_words)) {
        m_header.section = m_lines->section(m_words);
        break;
      }
      if (!take_count() && !take_box())
        m_lines->fail("'", m_lines->line().substr(0, 60), "' is no line of a header of LAMMPS data files");
    }
    if (m_header.atoms < 0) m_lines->fail("expected 'N atoms' in the header, found none");
    if (m_header.types < 0) m_lines->fail("expected 'N atom types' in the header, found none");
    bool const general = m_vectors == std::array{true, true, true};
    if (!general && m_bounds != std::array{true, true, true})
      m_lines->fail(
          "expected lines 'xlo xhi', 'ylo yhi' and 'zlo zhi' (or avec, bvec and cvec) in the header, found "
          "not "
          "all of them");
    if (!general) {
      m_header.origin = m_low;
      m_header.lattice = {m_high[0] - m_low[0], 0, 0,         m_tilt[0],
                          m_high[1] - m_low[1], 0, m_tilt[1], m_tilt[2],
                          m_high[2] - m_low[2]};
    }
    try {
      dp::Box const box(m_header.lattice);
    } catch (dp::Error const& error) {
      m_lines->fail(error.what());
    }
    return m_header;
  }

 private:
  /// Whether the line is so many numbers and then these words.
  bool ends(std::size_t numbers, std::initializer_list<std::string_view> names) const {
    return m_words.size() == numbers + names.size() &&
           std::equal(names.begin(), names.end(), m_words.end() - static_cast<std::ptrdiff_t>(names.size()));
  }

  bool take_count() {
    std::int64_t count = 0;
    if (m_words.size() < 2 || !examples::parse(m_words[0], count)) return false;
    if (ends(1, {"atoms"})) m_header.atoms = count;
    if (ends(1, {"atom", "types"})) m_header.types = count;
    if (ends(1, {"bonds"})) m_header.bonds = count;
    double number = 0.0;
    return !examples::parse(m_words[1], number);
  }

  bool take_box() {
    constexpr std::string_view bounds[3][2] = {{"xlo", "xhi"}, {"ylo", "yhi"}, {"zlo", "zhi"}};
    constexpr std::string_view vectors[3] = {"avec", "bvec", "cvec"};
    if (ends(3, {"xy", "xz", "yz"})) return take_three(m_tilt.data());
    if (ends(3, {"abc", "origin"})) return take_three(m_header.origin.data());
    for (std::size_t k = 0; k < 3; ++k) {
      if (ends(3, {vectors[k]})) {
        m_vectors[k] = true;
        return take_three(&m_header.lattice[3 * k]);
      }
      if (!ends(2, {bounds[k][0], bounds[k][1]})) continue;
      m_bounds[k] = true;
      m_low[k] = m_lines->real(m_words[0], bounds[k][0]);
      m_high[k] = m_lines->real(m_words[1], bounds[k][1]);
      if (!(m_high[k] > m_low[k])) m_lines->fail("expected ", bounds[k][0], " below ", bounds[k][1]);
      return true;
    }
    return false;
  }

  bool take_three(double* to) const {
    for (std::size_t k = 0; k < 3; ++k) to[k] = m_lines->real(m_words[k], m_words.back());
    return true;
  }

  LammpsLines* m_lines;
  Words m_words;
  LammpsHeader m_header;
  std::array<bool, 3> m_bounds = {}, m_vectors = {};
  std::array<double, 3> m_low = {}, m_high = {}, m_tilt = {};
};

}  // namespace md
