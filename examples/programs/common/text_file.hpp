// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <charconv>
#include <dp/core/error.hpp>
#include <fstream>
#include <string>
#include <string_view>

namespace examples {

/// A text file that is written block by block, so that the text of ten million atoms is never in memory.
class TextFile {
 public:
  explicit TextFile(std::string path) : m_path(std::move(path)), m_stream(m_path, std::ios::binary) {
    if (!m_stream) dp::fail(m_path, ": cannot be written (does the folder exist?)");
  }

  TextFile& operator<<(std::string_view text) {
    m_block += text;
    if (m_block.size() > (1u << 20)) flush();
    return *this;
  }
  TextFile& operator<<(std::size_t number) { return *this << std::to_string(number); }
  TextFile& operator<<(double number) { return put(number, 15, std::chars_format::general); }

  /// With ten digits after the point.
  TextFile& put_coordinate(double x) { return put(x, 10, std::chars_format::fixed); }

  /// As 1.25e-03, with so many digits after the point.
  TextFile& put_scientific(double x, int digits) { return put(x, digits, std::chars_format::scientific); }

  void close() {
    flush();
    m_stream.close();
    if (!m_stream) dp::fail(m_path, ": cannot be written (is the disk full?)");
  }

 private:
  TextFile& put(double number, int digits, std::chars_format format) {
    char text[400];  // the longest fixed number has 309 digits before its point
    auto const end = std::to_chars(text, text + sizeof text, number, format, digits).ptr;
    return *this << std::string_view(text, static_cast<std::size_t>(end - text));
  }

  void flush() {
    m_stream.write(m_block.data(), static_cast<std::streamsize>(m_block.size()));
    m_block.clear();
  }

  std::string m_path;
  std::ofstream m_stream;
  std::string m_block;
};

}  // namespace examples
