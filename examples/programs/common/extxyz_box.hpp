// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <numbers>

#include "common/length_units.hpp"
#include "common/structure.hpp"

namespace examples {

/// What the comment line of a frame says of its box: Lattice or cell with nine numbers (the vectors one after
/// the other, also as nested lists) or three (a rectangular box), pbc with three flags or one, or i-PI's
/// CELL(abcABC) and CELL{H}. Without pbc a box is periodic along all its vectors, without a box nothing is.
class ExtxyzBox {
 public:
  ExtxyzBox(LineReader const& lines, ExtxyzComment const& comment, double unit)
      : m_lines(lines), m_comment(comment), m_unit(unit) {}

  /// Sets box, has_box and the record of `frame`.
  void read(Structure& frame) const {
    dp::Box& box = frame.box;
    auto const* const text = m_comment.find(m_lines, {"Lattice", "cell"});
    frame.has_box = text ? read_lattice(*text, box.h) : read_ipi_cell(box.h);
    if (!frame.has_box) refuse_hidden_lattice();
    bool const empty = std::all_of(box.h.begin(), box.h.end(), [](double x) { return x == 0.0; });
    auto const* const pbc = m_comment.find(m_lines, {"pbc"});
    box.periodic.fill(frame.has_box && !empty);
    if (pbc) read_flags(*pbc, frame);
    for (double& x : box.h) x *= m_unit;
    if (frame.has_box) check(box, text ? *text : m_comment.line());
    if (empty) {  // nothing is said but that there is no box
      frame.has_box = false;
      box = {};
    }
  }

 private:
  void check(dp::Box const& box, std::string const& text) const {
    try {
      box.check();
    } catch (dp::Error const& error) {
      bool const zero = box.volume() == 0.0 && box.spanned().volume() > 0.0;
      m_lines.fail("Lattice=\"", text, "\": ", error.what(),
                   zero ? "; write pbc=\"T T F\", with F for each vector that is zero" : "");
    }
  }

  bool read_lattice(std::string const& text, std::array<double, 9>& h) const {
    std::vector<double> numbers;
    for (std::string const& word : list_words(text)) numbers.push_back(m_lines.real(word, "Lattice"));
    if (numbers.size() == 3)
      h = {numbers[0], 0, 0, 0, numbers[1], 0, 0, 0, numbers[2]};
    else if (numbers.size() == 9)
      std::copy(numbers.begin(), numbers.end(), h.begin());
    else
      m_lines.fail("expected 9 numbers in ", m_comment.find(m_lines, {"Lattice"}) ? "Lattice" : "cell",
                   ", found ", numbers.size());
    return true;
  }

  /// The nine or six numbers after CELL(abcABC): and its like.
  bool read_ipi_cell(std::array<double, 9>& h) const {
    std::string const& line = m_comment.line();
    std::size_t at = line.find("CELL");
    if (at == line.npos || at + 5 >= line.size() ||
        std::string_view("([{").find(line[at + 4]) == std::string_view::npos)
      return false;
    std::size_t const close = line.find_first_of(")]}", at);
    if (close == line.npos) return false;
    std::string const kind = line.substr(at + 5, close - at - 5);
    if (kind != "abcABC" && kind != "H" && kind != "GENH") return false;
    std::vector<double> numbers;
    for (std::string_view const word : words(
             std::string_view(line).substr(std::min(line.find_first_not_of(": ", close + 1), line.size())))) {
      double value = 0.0;
      if (!parse(word, value) || !std::isfinite(value)) break;
      numbers.push_back(value);
    }
    std::size_t const expected = kind == "abcABC" ? 6 : 9;
    if (kind == "GENH" || numbers.size() < expected)
      m_lines.fail("expected CELL(abcABC) with 6 numbers or CELL{H} with 9, found ", kind, " with ",
                   numbers.size());
    auto const has = [&](char const* part) { return line.find(part) != line.npos; };
    if (!has("cell{") || !(has("positions{") || has("x_centroid{")))
      m_lines.fail("CELL(", kind,
                   ") without units: write positions{angstrom} cell{angstrom} after it, or "
                   "atomic_unit, as i-PI does");
    if (kind == "H") {  // the vectors are columns, the first along x, the second in the plane of x and y
      for (std::size_t v = 0; v < 3; ++v)
        for (std::size_t k = 0; k < 3; ++k) h[3 * v + k] = numbers[3 * k + v];
      if (h[1] != 0.0 || h[2] != 0.0 || h[5] != 0.0) m_lines.fail("expected an upper triangle in CELL{H}");
      return true;
    }
    auto const cosine = [&](std::size_t k) {  // exact where the box is rectangular
      return numbers[k] == 90.0 ? 0.0 : std::cos(numbers[k] * std::numbers::pi / 180.0);
    };
    double const a = numbers[0], b = numbers[1], c = numbers[2];
    double const sine = std::sqrt(1.0 - cosine(5) * cosine(5));
    double const x = cosine(4), y = (cosine(3) - cosine(4) * cosine(5)) / sine;
    h = {a, 0, 0, b * cosine(5), b * sine, 0, c * x, c * y, c * std::sqrt(1.0 - x * x - y * y)};
    return true;
  }

  void read_flags(std::string const& pbc, Structure& frame) const {
    std::vector<bool> flags;
    auto const flag = [&](std::string_view word) {
      bool const yes = same_word(word, "T") || same_word(word, "true") || word == "1";
      bool const no = same_word(word, "F") || same_word(word, "false") || word == "0";
      if (yes || no) flags.push_back(yes);
      return yes || no;
    };
    auto const found = list_words(pbc);
    for (std::string const& word : found)
      if (!flag(word)) m_lines.fail("expected T or F in pbc, found '", word, "'");
    if (flags.size() == 1)  // pbc=T T F without quotes, or one flag for all
      for (std::string const& word : m_comment.words_after("pbc"))
        if (flags.size() == 3 || !flag(word)) break;
    if (flags.size() == 1) flags.resize(3, flags[0]);
    if (flags.size() != 3) m_lines.fail("expected 3 flags in pbc, found '", pbc, "'");
    for (std::size_t k = 0; k < 3; ++k) {
      if (flags[k] && !frame.has_box) m_lines.fail("pbc=\"", pbc, "\" needs a Lattice, found none");
      frame.box.periodic[k] = flags[k];
    }
  }

  /// A box that was written and not understood is no molecule.
  void refuse_hidden_lattice() const {
    if (to_lower(m_comment.line()).find("lattice=") != std::string::npos)
      m_lines.fail(
          "Lattice= stands within quotes or brackets, or joined to another word: it is not read there");
    // also box=10,10,10, cell 10 10 10, %PBC 10 10 10 90 90 90
    std::string line = to_lower(m_comment.line());
    for (char& c : line)
      if (std::string_view("=:,\"'[](){}%").find(c) != std::string_view::npos) c = ' ';
    auto const found = words(line);
    for (std::size_t k = 0; k + 3 < found.size(); ++k) {
      bool const box = found[k] == "lattice" || found[k] == "cell" || found[k] == "box" || found[k] == "pbc";
      double number = 0.0;
      if (box && parse(found[k + 1], number) && parse(found[k + 2], number) && parse(found[k + 3], number))
        m_lines.fail("expected Lattice=\"...\" with nine numbers, found a box in another form: '",
                     m_comment.line().substr(0, 60), "'");
    }
  }

  LineReader const& m_lines;
  ExtxyzComment const& m_comment;
  double m_unit;
};

}  // namespace examples
