// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <dp/core/error.hpp>
#include <dp/io/file_bytes.hpp>
#include <string>
#include <string_view>

namespace dp::detail {

/// A model file of which only what is looked at is read from the disk and takes memory. It must not be cut
/// short meanwhile.
class MappedFile {
 public:
  /// \throws dp::Error as file_bytes() does
  explicit MappedFile(std::string const& path) : m_size(file_size(path)) {
    int const file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file >= 0) m_data = ::mmap(nullptr, m_size, PROT_READ, MAP_PRIVATE, file, 0);
    if (file >= 0) ::close(file);
    if (m_data == MAP_FAILED) fail(path, ": the model file cannot be opened for reading");
  }
  ~MappedFile() { ::munmap(m_data, m_size); }
  MappedFile(MappedFile const&) = delete;
  MappedFile& operator=(MappedFile const&) = delete;

  std::string_view bytes() const { return {static_cast<char const*>(m_data), m_size}; }

 private:
  std::size_t m_size;
  void* m_data = MAP_FAILED;
};

}  // namespace dp::detail
