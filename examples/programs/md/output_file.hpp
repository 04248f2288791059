// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <dp/core/error.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace md {

/// A file that is appended to in whole blocks: each reaches the system at once, and one that does not fit
/// (disk full) is taken back, so that the file ends with a complete block whatever happens.
class OutputFile {
 public:
  /// Starts a new file, or goes on behind the first `keep` bytes of an old one.
  explicit OutputFile(std::string path, std::int64_t keep = 0) : m_path(std::move(path)) {
    m_file = ::open(m_path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (m_file < 0) dp::fail(m_path, ": cannot be written: ", std::strerror(errno));
    off_t const size = ::lseek(m_file, 0, SEEK_END);
    m_bytes = size > keep ? keep : size < 0 ? 0 : size;
    take_back();
  }

  OutputFile(OutputFile&& other) noexcept
      : m_path(std::move(other.m_path)), m_file(std::exchange(other.m_file, -1)), m_bytes(other.m_bytes) {}
  OutputFile& operator=(OutputFile&&) = delete;
  ~OutputFile() {
    if (m_file >= 0) ::close(m_file);
  }

  /// One block as a whole.
  void append(std::string_view block) {
    write(block);
    complete();
  }

  /// A part of a block; complete() ends it.
  void write(std::string_view part) {
    for (std::string_view rest = part; !rest.empty();) {
      auto const written = ::write(m_file, rest.data(), rest.size());
      if (written >= 0) {
        rest.remove_prefix(static_cast<std::size_t>(written));
      } else if (errno != EINTR) {
        char const* const reason = std::strerror(errno);
        take_back();
        m_open = 0;
        dp::fail(m_path, ": cannot be written: ", reason, "; the ", m_bytes,
                 " bytes written before are complete");
      }
    }
    m_open += static_cast<std::int64_t>(part.size());
  }

  void complete() { m_bytes += std::exchange(m_open, 0); }

  /// Waits until the disk has everything.
  void sync() const {
    if (::fsync(m_file) != 0 && errno != EINVAL && errno != EROFS)
      dp::fail(m_path, ": cannot be written: ", std::strerror(errno));
  }

  std::int64_t bytes() const { return m_bytes; }
  std::string const& path() const { return m_path; }

 private:
  /// Cuts off what stands behind the last complete block; pipes and devices cannot be cut.
  void take_back() const {
    if (::ftruncate(m_file, m_bytes) == 0) ::lseek(m_file, m_bytes, SEEK_SET);
  }

  std::string m_path;
  int m_file = -1;
  std::int64_t m_bytes = 0;  ///< of complete blocks
  std::int64_t m_open = 0;   ///< of the present one
};

/// A new file that takes the place of another, whole or not at all: written under another name, it is renamed
/// by commit(), and removed without.
class Replacement {
 public:
  explicit Replacement(std::string path) : m_path(std::move(path)), m_file(m_path + ".new") {}
  Replacement(Replacement const&) = delete;
  Replacement& operator=(Replacement const&) = delete;
  ~Replacement() {
    if (!m_committed) ::unlink(m_file.path().c_str());
  }

  void write(std::string_view part) { m_file.write(part); }
  void commit() {
    m_file.sync();
    if (std::rename(m_file.path().c_str(), m_path.c_str()) != 0)
      dp::fail(m_path, ": cannot be replaced: ", std::strerror(errno));
    m_committed = true;
  }

 private:
  std::string m_path;
  OutputFile m_file;
  bool m_committed = false;
};

/// Puts `text` in the place of a file, whole or not at all.
inline void replace_file(std::string const& path, std::string_view text) {
  Replacement file(path);
  file.write(text);
  file.commit();
}

}  // namespace md
