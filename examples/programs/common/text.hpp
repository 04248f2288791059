// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <charconv>
#include <cmath>
#include <cstdint>
#include <dp/core/error.hpp>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "common/packed_file.hpp"

namespace examples {

/// The words of a line, as separated by spaces and tabs.
inline std::vector<std::string_view> words(std::string_view line) {
  std::vector<std::string_view> result;
  constexpr std::string_view blanks = " \t\r";
  for (std::size_t begin = line.find_first_not_of(blanks); begin != line.npos;) {
    std::size_t const end = std::min(line.find_first_of(blanks, begin), line.size());
    result.push_back(line.substr(begin, end - begin));
    begin = line.find_first_not_of(blanks, end);
  }
  return result;
}

/// The number that is the whole of `text`, also with the exponent letter d of Fortran; false where it is none
/// (or too large for T).
template <class T>
bool parse(std::string_view text, T& value) {
  if (text.starts_with('+')) text.remove_prefix(1);
  if constexpr (std::is_floating_point_v<T>) {
    if (std::size_t const at = text.find_first_of("dD"); at != text.npos && at > 0) {
      std::string c_like(text);
      c_like[at] = 'e';
      return c_like.find_first_of("dD") == c_like.npos && parse(c_like, value);
    }
  }
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

/// A text file, packed by gzip or not, read line by line; knows file and line for messages.
class LineReader {
 public:
  explicit LineReader(std::string path) : m_path(std::move(path)), m_file(m_path) {}

  bool next(std::string& line) {
    bool const found = m_file.next(line);
    if (found) ++m_line;
    m_cut = !found || !m_file.line_ended();
    if (!found && m_file.cut()) fail("the gzip archive ends here, too early");
    if (!line.empty() && line.back() == '\r') line.pop_back();
    return found;
  }

  /// Whether the file ended with or within the last line that was asked for.
  bool cut() const { return m_cut; }

  /// As dp::fail, with file and line in front.
  template <class... Parts>
  [[noreturn]] void fail(Parts const&... parts) const {
    dp::fail(m_path, ":", m_line, ": ", parts...);
  }

  /// A finite number; `what` names it in the message where it is none.
  double real(std::string_view text, std::string_view what) const {
    double value = 0.0;
    if (!parse(text, value) || !std::isfinite(value))
      fail("expected a finite number (", what, "), found '", text, "'");
    return value;
  }

  std::int64_t integer(std::string_view text, std::string_view what) const {
    std::int64_t value = 0;
    if (!parse(text, value)) fail("expected a whole number (", what, "), found '", text, "'");
    return value;
  }

  std::string const& path() const { return m_path; }

 private:
  std::string m_path;
  PackedFile m_file;
  std::int64_t m_line = 0;
  bool m_cut = false;
};

/// A message on one line, for a terminal or a log.
inline std::string one_line(std::string_view message) {
  std::string result;
  for (char const c : message) {
    bool const blank = c == '\n' || c == ' ';
    if (!blank)
      result += c;
    else if (!result.empty() && result.back() != ' ')
      result += ' ';
  }
  return result;
}

}  // namespace examples
