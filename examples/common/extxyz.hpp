// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cctype>
#include <cstdio>
#include <optional>

#include "common/structure.hpp"
#include "common/text.hpp"

namespace examples {

/// Reads extended XYZ frame by frame. Understood in the comment line: Lattice="ax ay az bx by bz cx cy cz",
/// pbc="T T F" (all periodic where there is only a Lattice), Properties=... with species:S:1, pos:R:3, velo
/// or vel:R:3 (Angstrom/ps) and aparam:R:n, and fparam="..."; all else is ignored. Without Lattice there is
/// no periodicity; without Properties the columns are species and position, as in plain XYZ.
class ExtxyzReader {
 public:
  explicit ExtxyzReader(std::string path) : m_lines(std::move(path)) {}

  /// A number in the comment line of the last frame read, as `time_ps=0.1`; none where the key is absent.
  std::optional<double> number(std::string_view key) const {
    auto const text = value(m_comment, key);
    return text ? std::optional(m_lines.real(*text, key)) : std::nullopt;
  }

  /// The next frame; false at the end of the file.
  bool next(Structure& frame) {
    std::string line;
    do {
      if (!m_lines.next(line)) return false;
    } while (words(line).empty());
    std::int64_t const atoms = read_count(line);
    frame = {};
    ++m_frame;
    frame.source = m_lines.path() + (m_frame > 1 ? " (frame " + std::to_string(m_frame) + ")" : "");
    if (!m_lines.next(line)) m_lines.fail("expected a comment line after the number of atoms, found the end");
    m_comment = line;
    Columns const columns = read_comment(line, frame);
    for (std::int64_t i = 0; i < atoms; ++i) {
      if (!m_lines.next(line))
        m_lines.fail("expected ", atoms, " atoms in frame ", m_frame, ", found ", i,
                     " before the end of the file");
      read_atom(line, columns, frame);
    }
    return true;
  }

 private:
  /// First column and number of columns of what is read; -1: absent.
  struct Columns {
    int species = 0, position = 1, velocity = -1, aparam = -1;
    int aparam_count = 0;
    int total = 0;  ///< 0: at least four, what follows is ignored (plain XYZ)
  };

  std::int64_t read_count(std::string const& line) const {
    auto const count = words(line);
    std::int64_t atoms = -1;
    if (count.size() != 1 || !parse(count[0], atoms) || atoms < 0)
      m_lines.fail("expected the number of atoms of a frame, found '", line.substr(0, 60), "'");
    return atoms;
  }

  static bool same(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
  }

  /// The value of `key`, without quotes or braces.
  std::optional<std::string> value(std::string_view comment, std::string_view key) const {
    constexpr std::string_view blanks = " \t";
    for (std::size_t at = comment.find_first_not_of(blanks); at < comment.size();) {
      std::size_t const end = std::min(comment.find_first_of(" \t=", at), comment.size());
      std::string_view const name = comment.substr(at, end - at);
      std::string_view text;
      at = end;
      if (end < comment.size() && comment[end] == '=') {
        std::size_t begin = end + 1;
        char const open = begin < comment.size() ? comment[begin] : ' ';
        char const close = open == '{' ? '}' : open == '[' ? ']' : open == '"' || open == '\'' ? open : '\0';
        if (close != '\0') ++begin;
        at = close != '\0' ? comment.find(close, begin)
                           : std::min(comment.find_first_of(blanks, begin), comment.size());
        if (at == comment.npos) m_lines.fail("expected ", close, " at the end of the value of ", name);
        text = comment.substr(begin, at - begin);
        if (close != '\0') ++at;
      }
      if (same(name, key)) return std::string(text);
      at = std::min(comment.find_first_not_of(blanks, at), comment.size());
    }
    return std::nullopt;
  }

  std::vector<double> reals(std::string const& text, std::string_view what) const {
    std::vector<double> result;
    for (std::string_view const word : words(text)) result.push_back(m_lines.real(word, what));
    return result;
  }

  Columns read_comment(std::string const& comment, Structure& frame) const {
    if (auto const lattice = value(comment, "Lattice")) {
      auto const h = reals(*lattice, "Lattice");
      if (h.size() != 9) m_lines.fail("expected 9 numbers in Lattice, found ", h.size());
      std::copy(h.begin(), h.end(), frame.box.h.begin());
      frame.box.periodic = {true, true, true};
      frame.has_box = true;
      try {
        frame.box.check();
      } catch (dp::Error const& error) {
        m_lines.fail("Lattice=\"", *lattice, "\": ", error.what());
      }
    }
    if (auto const pbc = value(comment, "pbc")) {
      auto const flags = words(*pbc);
      if (flags.size() != 3) m_lines.fail("expected 3 flags in pbc, found '", *pbc, "'");
      for (std::size_t k = 0; k < 3; ++k) {
        bool const yes = same(flags[k], "T") || same(flags[k], "true") || flags[k] == "1";
        bool const no = same(flags[k], "F") || same(flags[k], "false") || flags[k] == "0";
        if (!yes && !no) m_lines.fail("expected T or F in pbc, found '", flags[k], "'");
        if (yes && !frame.has_box) m_lines.fail("pbc=\"", *pbc, "\" needs a Lattice, found none");
        frame.box.periodic[k] = yes;
      }
    }
    if (auto const fparam = value(comment, "fparam")) frame.fparam = reals(*fparam, "fparam");
    auto const properties = value(comment, "Properties");
    return properties ? read_properties(*properties) : Columns{};
  }

  Columns read_properties(std::string const& properties) const {
    Columns columns{-1, -1, -1, -1, 0, 0};
    std::vector<std::string> parts(1);
    for (char const c : properties) {
      if (c == ':')
        parts.emplace_back();
      else
        parts.back() += c;
    }
    if (parts.size() % 3 != 0)
      m_lines.fail("expected Properties as name:kind:columns triples, found '", properties, "'");
    for (std::size_t p = 0; p < parts.size(); p += 3) {
      std::int64_t const count = m_lines.integer(parts[p + 2], "columns of property " + parts[p]);
      if (count < 1 || count > 10000)
        m_lines.fail("expected 1 or more columns of ", parts[p], ", found ", count);
      auto const take = [&](int& column, int expected) {
        if (expected > 0 && count != expected)
          m_lines.fail("expected ", expected, " columns of property ", parts[p], ", found ", count);
        column = columns.total;
      };
      if (parts[p] == "species") take(columns.species, 1);
      if (parts[p] == "pos") take(columns.position, 3);
      if (parts[p] == "velo" || parts[p] == "vel") take(columns.velocity, 3);
      if (parts[p] == "aparam") {
        take(columns.aparam, 0);
        columns.aparam_count = static_cast<int>(count);
      }
      columns.total += static_cast<int>(count);
    }
    if (columns.species < 0) m_lines.fail("expected species:S:1 in Properties, found '", properties, "'");
    if (columns.position < 0) m_lines.fail("expected pos:R:3 in Properties, found '", properties, "'");
    return columns;
  }

  void read_atom(std::string const& line, Columns const& columns, Structure& frame) const {
    auto const row = words(line);
    std::size_t const expected = columns.total > 0 ? static_cast<std::size_t>(columns.total) : 4;
    if (row.size() < expected || (columns.total > 0 && row.size() > expected))
      m_lines.fail("expected ", expected, " columns, found ", row.size(), ": '", line.substr(0, 60), "'");
    auto const take = [&](int first, int count, std::string_view what, std::vector<double>& to) {
      for (int k = 0; first >= 0 && k < count; ++k)
        to.push_back(m_lines.real(row[static_cast<std::size_t>(first + k)], what));
    };
    frame.elements.emplace_back(row[static_cast<std::size_t>(columns.species)]);
    take(columns.position, 3, "position", frame.positions);
    take(columns.velocity, 3, "velocity", frame.velocities);
    take(columns.aparam, columns.aparam_count, "aparam", frame.aparam);
  }

  LineReader m_lines;
  std::string m_comment;
  int m_frame = 0;
};

/// The only frame of a file, or its first.
inline Structure read_extxyz(std::string const& path) {
  Structure frame;
  if (!ExtxyzReader(path).next(frame))
    dp::fail(path, ": expected a frame of extended XYZ, found an empty file");
  return frame;
}

/// The first two lines of a frame of extended XYZ with so many atoms: box and columns (species, positions
/// and, where asked for, velocities, velo, Angstrom/ps, and potential energies, eV). `extra` stands in the
/// comment line, for instance `energy=-1.5`.
inline std::string extxyz_head(Structure const& frame, std::int64_t atoms, bool velocities, bool energies,
                               std::string const& extra = "") {
  char number[64];
  std::string text = std::to_string(atoms) + "\n";
  if (frame.has_box) {
    text += "Lattice=\"";
    for (std::size_t k = 0; k < 9; ++k) {
      std::snprintf(number, sizeof number, k == 0 ? "%.15g" : " %.15g", frame.box.h[k]);
      text += number;
    }
    text += "\" ";
  }
  text += std::string("Properties=species:S:1:pos:R:3") + (velocities ? ":velo:R:3" : "") +
          (energies ? ":energies:R:1" : "");
  text += " pbc=\"";
  for (std::size_t k = 0; k < 3; ++k)
    text += std::string(k == 0 ? "" : " ") + (frame.box.periodic[k] ? "T" : "F");
  return text + (extra.empty() ? "\"\n" : "\" " + extra + "\n");
}

/// The lines of the atoms: species, positions and, where there are any, velocities and energies.
inline std::string extxyz_atoms(Structure const& frame) {
  char number[64];
  std::string text;
  for (std::size_t i = 0; i < frame.elements.size(); ++i) {
    text += frame.elements[i] + (frame.elements[i].size() < 2 ? " " : "");
    auto const put = [&](std::vector<double> const& values, std::size_t width) {
      for (std::size_t k = width * i; !values.empty() && k < width * (i + 1); ++k) {
        std::snprintf(number, sizeof number, " %16.10f", values[k]);
        text += number;
      }
    };
    put(frame.positions, 3);
    put(frame.velocities, 3);
    put(frame.energies, 1);
    text += '\n';
  }
  return text;
}

/// One frame of extended XYZ.
inline std::string to_extxyz(Structure const& frame, std::string const& extra = "") {
  return extxyz_head(frame, frame.size(), !frame.velocities.empty(), !frame.energies.empty(), extra) +
         extxyz_atoms(frame);
}

}  // namespace examples
