// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <dp/core/error.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace examples {

/// The bytes of a text file, unpacked where they are packed by gzip, whatever its name.
class PackedFile {
 public:
  /// \throws dp::Error where there is no such file, and for what is no text: other archives and UTF-16
  explicit PackedFile(std::string path) : m_path(std::move(path)) {
    if (std::filesystem::is_directory(m_path)) dp::fail(m_path, ": expected a file, found a folder");
    m_file.reset(gzopen(m_path.c_str(), "rb"));
    if (!m_file) dp::fail(m_path, ": cannot be opened (does the file exist?)");
    gzbuffer(m_file.get(), 1u << 17);
    fill();
    constexpr std::string_view utf8_mark = "\xef\xbb\xbf";
    if (rest().starts_with(utf8_mark)) m_at += utf8_mark.size();
    refuse_other_formats(rest());
  }

  /// Takes what is left of a line, with its end; false where there is no more. A last line may have no end.
  bool next(std::string& line) {
    line.clear();
    while (m_at < m_end || fill()) {
      std::string_view const text = rest();
      std::size_t const end = text.find('\n');
      line += text.substr(0, end);
      m_ended = end != text.npos;
      m_at += m_ended ? end + 1 : text.size();
      if (m_ended) return true;
    }
    return !line.empty();
  }

  /// Whether the last line that next() took had an end, as all lines of a whole file have.
  bool line_ended() const { return m_ended; }
  /// Whether the archive ends before it says so.
  bool cut() const { return m_cut; }

 private:
  struct Close {
    void operator()(gzFile_s* file) const { gzclose(file); }
  };

  std::string_view rest() const { return {m_buffer.data() + m_at, m_end - m_at}; }

  bool fill() {
    m_at = m_end = 0;
    int const count = gzread(m_file.get(), m_buffer.data(), static_cast<unsigned>(m_buffer.size()));
    int error = Z_OK;
    char const* const text = gzerror(m_file.get(), &error);
    m_cut = error == Z_BUF_ERROR;  // what could be unpacked is there
    if (count < 0 && !m_cut)
      dp::fail(m_path, ": reading failed", error == Z_DATA_ERROR ? ", the archive is damaged: " : ": ", text);
    m_end = static_cast<std::size_t>(std::max(count, 0));
    return m_end > 0;
  }

  void refuse_other_formats(std::string_view begin) const {
    struct Format {
      std::string_view begin, name, command;
    };
    using namespace std::string_view_literals;
    constexpr Format formats[] = {
        {"BZh", "packed by bzip2", "bunzip2 -k"},
        {"\xfd"
         "7zXZ",
         "packed by xz", "unxz -k"},
        {"\x28\xb5\x2f\xfd", "packed by zstd", "unzstd"},
        {"PK\x03\x04", "a zip archive", "unzip"},
        {"7z\xbc\xaf", "a 7z archive", "7z x"},
        {"\xff\xfe", "text in UTF-16", "iconv -f UTF-16 -t UTF-8"},
        {"\xfe\xff", "text in UTF-16", "iconv -f UTF-16 -t UTF-8"},
    };
    for (Format const& format : formats)
      if (begin.starts_with(format.begin))
        dp::fail(m_path, ": is ", format.name, ", which is not read; unpack it with '", format.command, " ",
                 m_path, "'");
  }

  std::string m_path;
  std::unique_ptr<gzFile_s, Close> m_file;
  std::array<char, 1u << 16> m_buffer;
  std::size_t m_at = 0, m_end = 0;
  bool m_ended = true, m_cut = false;
};

}  // namespace examples
