// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "common/text.hpp"
#include "failure/weibull.hpp"

namespace failure {

/// A row of the table: a run and how it ended.
struct Row {
  std::int64_t atoms = 0;
  std::int64_t seed = 0;
  double time = 0.0;      ///< ps
  std::string criterion;  ///< a word of Criterion; "none" where the run reached its limit
  std::int64_t atom = 0;  ///< number of the atom where it failed, from 1; 0: none
  std::int64_t step = 0;
  bool censored = false;

  friend bool operator==(Row const&, Row const&) = default;
};

inline constexpr char table_header[] = "atoms,seed,time_ps,criterion,atom,step,censored";

inline std::string to_line(Row const& row) {
  char time[64];
  std::snprintf(time, sizeof time, "%.10g", row.time);
  return std::to_string(row.atoms) + "," + std::to_string(row.seed) + "," + time + "," + row.criterion + "," +
         std::to_string(row.atom) + "," + std::to_string(row.step) + "," + (row.censored ? "1" : "0");
}

/// The rows of a table. \throws dp::Error naming file and line for what is none
inline std::vector<Row> read_table(std::string const& path) {
  examples::LineReader lines(path);
  std::string line;
  if (!lines.next(line) || line != table_header)
    lines.fail("expected the line ", table_header, ", found '", line.substr(0, 80), "'");
  std::vector<Row> rows;
  while (lines.next(line)) {
    if (line.empty()) continue;
    std::vector<std::string> cells(1);
    for (char const c : line) {
      if (c == ',')
        cells.emplace_back();
      else
        cells.back() += c;
    }
    if (cells.size() != 7) lines.fail("expected 7 columns, ", table_header, ", found '", line, "'");
    Row row;
    row.atoms = lines.integer(cells[0], "atoms");
    row.seed = lines.integer(cells[1], "seed");
    row.time = lines.real(cells[2], "time_ps");
    row.criterion = cells[3];
    row.atom = lines.integer(cells[4], "atom");
    row.step = lines.integer(cells[5], "step");
    row.censored = cells[6] == "1" || cells[6] == "true" || cells[6] == "True";
    if (!row.censored && cells[6] != "0" && cells[6] != "false" && cells[6] != "False")
      lines.fail("expected 0 or 1 (censored), found '", cells[6], "'");
    if (row.atoms < 1) lines.fail("expected a number of atoms of at least 1, found ", row.atoms);
    if (!(row.time > 0.0)) lines.fail("expected a time above 0 (time_ps), found ", cells[2]);
    rows.push_back(std::move(row));
  }
  return rows;
}

inline std::vector<Lifetime> lifetimes_of(std::vector<Row> const& rows) {
  std::vector<Lifetime> result;
  for (Row const& row : rows) result.push_back({row.atoms, row.time, row.censored});
  return result;
}

/// Adds a line to a file that other processes add lines to as well: whole or not at all, whatever they do.
inline void append_line(std::string const& path, std::string const& text) {
  int const file = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  auto const refuse = [&](char const* what) {
    std::string const reason = std::strerror(errno);
    if (file >= 0) ::close(file);
    dp::fail(path, what, reason);
  };
  if (file < 0) refuse(": cannot be written: ");
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  while (::fcntl(file, F_SETLKW, &lock) != 0)
    if (errno != EINTR) refuse(": cannot be locked against other processes that write it: ");
  off_t const end = ::lseek(file, 0, SEEK_END);
  char last = '\n';  // editors may leave the last line open
  if (end > 0 && ::pread(file, &last, 1, end - 1) != 1) refuse(": cannot be read: ");
  std::string const line = (last == '\n' ? "" : "\n") + text + "\n";
  auto const written = ::write(file, line.data(), line.size());
  if (written < 0) refuse(": cannot be written: ");
  if (written < static_cast<ssize_t>(line.size())) {
    if (::ftruncate(file, end) == 0) errno = ENOSPC;
    refuse(": cannot be written: ");
  }
  if (::close(file) != 0) dp::fail(path, ": cannot be written: ", std::strerror(errno));
}

}  // namespace failure
