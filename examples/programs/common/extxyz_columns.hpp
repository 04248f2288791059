// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "common/extxyz_comment.hpp"

namespace examples {

/// The columns of a frame of extended XYZ, as Properties lists them.
class ExtxyzColumns {
 public:
  /// Columns of one property, from `first` on.
  struct Property {
    std::string name;
    char kind = 'R';  ///< S, I, R or L
    std::size_t first = 0, count = 0;
  };

  /// Plain XYZ: an element and a position; what follows has no name.
  ExtxyzColumns() : m_properties{{"species", 'S', 0, 1}, {"pos", 'R', 1, 3}}, m_total(4), m_plain(true) {}

  /// \throws dp::Error, naming the line, for what is no list of name:kind:columns
  ExtxyzColumns(LineReader const& lines, std::string const& properties) {
    std::vector<std::string> parts(1);
    for (char const c : properties) {
      if (c == ':')
        parts.emplace_back();
      else
        parts.back() += c;
    }
    if (parts.size() % 3 != 0)
      lines.fail("expected Properties as name:kind:columns triples, found '", properties, "'");
    for (std::size_t p = 0; p < parts.size(); p += 3) {
      std::int64_t const count = lines.integer(parts[p + 2], "columns of property " + parts[p]);
      if (count < 1 || count > 10000)
        lines.fail("expected 1 or more columns of ", parts[p], ", found ", count);
      if (parts[p + 1].size() != 1 || std::string_view("SIRL").find(parts[p + 1]) == std::string_view::npos)
        lines.fail("expected kind S, I, R or L of property ", parts[p], ", found '", parts[p + 1], "'");
      m_properties.push_back({parts[p], parts[p + 1][0], m_total, static_cast<std::size_t>(count)});
      m_total += static_cast<std::size_t>(count);
    }
  }

  /// The first of these properties that is there; nullptr where none is. `count`: its columns (0: any
  /// number). \throws dp::Error, naming the line, for another number of columns and for a property that is
  /// there twice
  Property const* find(LineReader const& lines, std::initializer_list<std::string_view> names,
                       std::size_t count) const {
    for (std::string_view const name : names) {
      Property const* found = nullptr;
      for (Property const& property : m_properties) {
        if (name == "Z" ? property.name != name : !same_word(property.name, name)) continue;
        if (found) lines.fail("found property ", name, " twice in Properties");
        found = &property;
      }
      if (!found) continue;
      if (count > 0 && found->count != count)
        lines.fail("expected ", count, count == 1 ? " column" : " columns", " of property ", name, ", found ",
                   found->count);
      return found;
    }
    return nullptr;
  }

  /// The words of an atom's line. \throws dp::Error, naming the line, for another number of columns
  std::vector<std::string_view> row(LineReader const& lines, std::string const& line) const {
    auto result = words(line);
    if (result.size() < m_total || (!m_plain && result.size() > m_total))
      lines.fail("expected ", m_total, " columns, found ", result.size(), ": '", line.substr(0, 60), "'");
    return result;
  }

  std::vector<Property> const& properties() const { return m_properties; }

 private:
  std::vector<Property> m_properties;
  std::size_t m_total = 0;
  bool m_plain = false;
};

}  // namespace examples
