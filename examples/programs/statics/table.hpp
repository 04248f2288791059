// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include "common/text.hpp"
#include "common/text_file.hpp"

namespace statics {

/// One result.
struct Row {
  std::string property;
  double value = 0.0;
  std::string unit;
  double tolerance = 0.0;  ///< relative, of expected values; 0: none given
};

/// Reads property,value,unit or property,value,unit,tolerance with a line of titles; lines with # in front
/// and empty ones are left out. \throws dp::Error naming file and line
inline std::vector<Row> read_rows(std::string const& path) {
  examples::LineReader lines(path);
  std::vector<Row> rows;
  bool titles = true;
  for (std::string line; lines.next(line);) {
    if (line.empty() || line[0] == '#') continue;
    std::vector<std::string> cells(1);
    for (char const c : line) {
      if (c == ',')
        cells.emplace_back();
      else
        cells.back() += c;
    }
    if (cells.size() < 3 || cells.size() > 4)
      lines.fail("expected property,value,unit or property,value,unit,tolerance, found '", line, "'");
    if (std::exchange(titles, false)) continue;
    rows.push_back({cells[0], lines.real(cells[1], cells[0]), cells[2],
                    cells.size() == 4 ? lines.real(cells[3], "tolerance") : 0.0});
  }
  return rows;
}

inline void write_rows(std::string const& path, std::vector<Row> const& rows) {
  examples::TextFile file(path);
  file << "property,value,unit\n";
  for (Row const& row : rows) file << row.property << "," << row.value << "," << row.unit << "\n";
  file.close();
}

/// The row of a property, or none.
inline Row const* find(std::vector<Row> const& rows, std::string const& property) {
  for (Row const& row : rows)
    if (row.property == property) return &row;
  return nullptr;
}

/// For people, with the reference's values and the deviations from them where there are any.
inline std::string to_table(std::vector<Row> const& rows, std::vector<Row> const& reference) {
  char line[200];
  std::snprintf(line, sizeof line, "  %-34s %12s %-6s", "property", "model", "");
  std::string text = line;
  text += reference.empty() ? "\n" : "    reference    deviation\n";
  for (Row const& row : rows) {
    std::snprintf(line, sizeof line, "  %-34s %12.5f %-6s", row.property.c_str(), row.value,
                  row.unit.c_str());
    text += line;
    if (Row const* const known = find(reference, row.property); known && known->unit == row.unit) {
      std::snprintf(line, sizeof line, " %12.5f %10.2f %%", known->value,
                    100.0 * (row.value - known->value) / std::abs(known->value));
      text += line;
    }
    text += "\n";
  }
  return text;
}

}  // namespace statics
