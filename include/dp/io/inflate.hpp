// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <zlib.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace dp::detail {

/// How deflated data are wrapped.
enum class Deflated {
  raw,   ///< as in zip archives
  zlib,  ///< with zlib's header and checksum, as in HDF5 files
};

/// The `size` bytes that deflated data stand for; nothing where they are damaged or stand for another number.
/// A size that no deflated data of this length can have is refused before memory is asked for.
inline std::optional<std::string> inflate(std::string_view packed, std::size_t size, Deflated wrapping) {
  constexpr std::size_t most_ratio = 1032;  // of deflate
  if (size / most_ratio > packed.size() || packed.size() > 0xFFFF'FFFFu || size > 0xFFFF'FFFFu)
    return std::nullopt;
  std::string out(size, '\0');
  z_stream stream{};
  if (inflateInit2(&stream, wrapping == Deflated::raw ? -MAX_WBITS : MAX_WBITS) != Z_OK) return std::nullopt;
  // zlib's interface is older than const.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(size);
  int const end = ::inflate(&stream, Z_FINISH);
  inflateEnd(&stream);
  if (end != Z_STREAM_END || stream.avail_out != 0) return std::nullopt;
  return out;
}

}  // namespace dp::detail
