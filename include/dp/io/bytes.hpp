// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/core/error.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace dp::detail {

/// Little-endian bytes of a file, or of a part of it, in which every access is checked.
class Bytes {
 public:
  /// `file` and `format` ("HDF5 file") are for messages; `data` and `format` must outlive the object.
  Bytes(std::string_view data, std::string file, std::string_view format)
      : m_data(data), m_file(std::move(file)), m_format(format) {}

  std::size_t size() const { return m_data.size(); }
  std::string const& file() const { return m_file; }

  template <class... Parts>
  [[noreturn]] void corrupt(Parts const&... parts) const {
    fail(m_file, ": truncated or corrupted ", m_format, ": ", parts...);
  }

  template <class... Parts>
  [[noreturn]] void unsupported(Parts const&... parts) const {
    fail(m_file, ": ", m_format, ": ", parts..., " is not read here");
  }

  /// `length` bytes at `offset`; `what` names them in messages.
  std::string_view range(std::uint64_t offset, std::uint64_t length, std::string_view what) const {
    if (offset > m_data.size() || length > m_data.size() - offset)
      corrupt(what, ": expected ", length, " bytes at ", offset, ", found the end at ", m_data.size());
    return m_data.substr(static_cast<std::size_t>(offset), static_cast<std::size_t>(length));
  }

  Bytes part(std::uint64_t offset, std::uint64_t length, std::string_view what) const {
    return {range(offset, length, what), m_file, m_format};
  }

  /// An unsigned integer of `width` bytes.
  std::uint64_t integer(std::uint64_t offset, unsigned width, std::string_view what) const {
    std::string_view const bytes = range(offset, width, what);
    std::uint64_t value = 0;
    for (unsigned i = 0; i < width; ++i)
      value |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
    return value;
  }

  unsigned u8(std::uint64_t offset, std::string_view what) const {
    return static_cast<unsigned>(integer(offset, 1, what));
  }
  unsigned u16(std::uint64_t offset, std::string_view what) const {
    return static_cast<unsigned>(integer(offset, 2, what));
  }
  std::uint64_t u32(std::uint64_t offset, std::string_view what) const { return integer(offset, 4, what); }
  std::uint64_t u64(std::uint64_t offset, std::string_view what) const { return integer(offset, 8, what); }

  /// The text from `offset` to the next zero byte.
  std::string text(std::uint64_t offset, std::string_view what) const {
    if (offset > m_data.size()) corrupt(what, ": a text at ", offset, " beyond the end at ", m_data.size());
    std::string_view const rest = m_data.substr(static_cast<std::size_t>(offset));
    std::size_t const end = rest.find('\0');
    if (end == std::string_view::npos) corrupt(what, ": no end of the text at ", offset);
    return std::string(rest.substr(0, end));
  }

  /// Refuses unless the four bytes at `offset` are this signature.
  void expect(std::uint64_t offset, std::string_view signature, std::string_view what) const {
    if (range(offset, signature.size(), what) != signature)
      corrupt(what, " at ", offset, ": expected the signature \"", signature, "\"");
  }

 private:
  std::string_view m_data;
  std::string m_file;
  std::string_view m_format;
};

}  // namespace dp::detail
