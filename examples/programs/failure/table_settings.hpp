// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "common/text.hpp"
#include "failure/lifetime_table.hpp"
#include "md/output_file.hpp"

namespace failure {

/// What the rows of a table have in common: values by their keys. A row is known by its number of atoms and
/// its seed, so that there is a key for each number of atoms, too, with the copies of the structure.
using Settings = std::map<std::string, std::string>;

inline std::string const size_key = "size ";

inline std::string settings_path(std::string const& table) { return table + ".settings"; }

inline std::string to_text(Settings const& settings) {
  std::string text;
  for (auto const& [key, value] : settings) text += key + " = " + value + "\n";
  return text;
}

/// \throws dp::Error naming file and line
inline Settings read_settings(std::string const& path) {
  examples::LineReader lines(path);
  Settings result;
  for (std::string line; lines.next(line);) {
    auto const at = line.find(" = ");
    if (at == line.npos) lines.fail("expected KEY = VALUE, found '", line, "'");
    result[line.substr(0, at)] = line.substr(at + 3);
  }
  return result;
}

/// Those of the rows of a table that are there, and `own` sizes that are new. \throws dp::Error where the
/// others are not `own`, or where nothing says what the rows have in common
inline Settings joined_settings(std::string const& table, Settings const& own) {
  std::string const path = settings_path(table);
  if (!std::filesystem::exists(path))
    dp::fail(table, ": has rows, but there is no ", path, ", which says how they were made: expected it, or ",
             "another output.file");
  Settings result = read_settings(path);
  auto const refuse = [&](std::string const& key, std::string const& theirs, std::string const& ours) {
    dp::fail(table, ": its rows were made with ", key, " = ", theirs, " (", path, "), the input says ", key,
             " = ", ours, ": expected another output.file, or the old input");
  };
  for (auto const& [key, value] : own) {
    auto const [found, is_new] = result.try_emplace(key, value);
    if (is_new && !key.starts_with(size_key)) refuse(key, "nothing", value);
    if (found->second != value) refuse(key, found->second, value);
  }
  for (auto const& [key, value] : result)
    if (!own.contains(key) && !key.starts_with(size_key)) refuse(key, value, "nothing");
  return result;
}

/// The rows that are there. Beside the table is a file of what they have in common.
inline std::vector<Row> open_table(std::string const& table, Settings const& own) {
  std::vector<Row> rows;
  bool const exists = std::filesystem::exists(table) && !std::filesystem::is_empty(table);
  if (exists) rows = read_table(table);
  Settings const all = rows.empty() ? own : joined_settings(table, own);
  md::replace_file(settings_path(table), to_text(all));
  if (!exists) md::replace_file(table, std::string(table_header) + "\n");
  return rows;
}

}  // namespace failure
