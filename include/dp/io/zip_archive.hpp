// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <dp/io/bytes.hpp>
#include <dp/io/inflate.hpp>
#include <dp/io/tree.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace dp::detail {

/// The members of a zip archive in memory, stored or deflated, zip64 included. What the central directory
/// says counts; checksums are not looked at.
class ZipArchive {
 public:
  struct Member {
    std::uint64_t header = 0;  ///< where its local header begins
    std::uint64_t packed = 0;  ///< bytes in the archive
    std::uint64_t size = 0;    ///< bytes of its contents
    unsigned method = 0;
  };

  /// `data` must outlive the object; `file` is for messages.
  ZipArchive(std::string_view data, std::string file) : m_bytes(data, std::move(file), "zip archive") {
    Directory const directory = find_directory();
    read_directory(directory);
  }

  std::string const& file() const { return m_bytes.file(); }

  /// By name.
  std::map<std::string, Member, std::less<>> const& members() const { return m_members; }

  bool has(std::string_view name) const { return m_members.find(name) != m_members.end(); }

  /// The contents of a member, which must be there; valid as long as the archive.
  std::string_view contents(std::string_view name) {
    auto const at = m_members.find(name);
    if (at == m_members.end()) m_bytes.corrupt("there is no member ", in_quotes(name));
    Member const& member = at->second;
    constexpr auto what = "local header";
    m_bytes.expect(member.header, "PK\x03\x04", what);
    std::uint64_t const begin =
        member.header + 30 + m_bytes.u16(member.header + 26, what) + m_bytes.u16(member.header + 28, what);
    std::string_view const packed = m_bytes.range(begin, member.packed, name);
    if (member.method == stored) {
      if (member.packed != member.size)
        m_bytes.corrupt("member ", in_quotes(name), ": expected ", member.size, " bytes, found ",
                        member.packed);
      return packed;
    }
    if (member.method != deflated)
      m_bytes.unsupported("the member ", in_quotes(name), ", packed by method ", member.method);
    std::optional<std::string> out = inflate(packed, static_cast<std::size_t>(member.size), Deflated::raw);
    if (!out) m_bytes.corrupt("member ", in_quotes(name), ": its deflated data are damaged");
    return m_inflated.emplace_back(*std::move(out));
  }

  /// For complaints about contents.
  Bytes const& bytes() const { return m_bytes; }

 private:
  static constexpr unsigned stored = 0;
  static constexpr unsigned deflated = 8;

  struct Directory {
    std::uint64_t entries, size, offset;
  };

  // The record at the end of the file, behind which there may be a comment.
  Directory find_directory() const {
    constexpr auto what = "end of the central directory";
    constexpr std::uint64_t length = 22, longest_comment = 0xFFFF;
    std::uint64_t const size = m_bytes.size();
    std::uint64_t const first = size > length + longest_comment ? size - length - longest_comment : 0;
    std::size_t const at = m_bytes.range(first, size - first, what).rfind("PK\x05\x06");
    if (at == std::string_view::npos) m_bytes.corrupt("there is no ", what);
    std::uint64_t const end = first + at;
    Directory directory{m_bytes.u16(end + 10, what), m_bytes.u32(end + 12, what),
                        m_bytes.u32(end + 16, what)};
    if (end >= 20 && m_bytes.range(end - 20, 4, what) == "PK\x06\x07") {
      std::uint64_t const end64 = m_bytes.u64(end - 12, what);
      m_bytes.expect(end64, "PK\x06\x06", what);
      directory = {m_bytes.u64(end64 + 32, what), m_bytes.u64(end64 + 40, what),
                   m_bytes.u64(end64 + 48, what)};
    }
    return directory;
  }

  void read_directory(Directory const& place) {
    constexpr auto what = "central directory";
    Bytes const directory = m_bytes.part(place.offset, place.size, what);
    std::uint64_t at = 0;
    for (std::uint64_t i = 0; i < place.entries; ++i) {
      directory.expect(at, "PK\x01\x02", what);
      if ((directory.u16(at + 8, what) & 1u) != 0) m_bytes.unsupported("an encrypted member");
      Member member{directory.u32(at + 42, what), directory.u32(at + 20, what), directory.u32(at + 24, what),
                    directory.u16(at + 10, what)};
      unsigned const name_length = directory.u16(at + 28, what);
      unsigned const extra_length = directory.u16(at + 30, what);
      std::string name(directory.range(at + 46, name_length, what));
      read_extra(directory.part(at + 46 + name_length, extra_length, what), member);
      at += 46 + name_length + extra_length + directory.u16(at + 32, what);
      if (!m_members.emplace(std::move(name), member).second)
        m_bytes.corrupt(what, ": a name comes twice (entry ", i, ")");
    }
  }

  // Sizes that do not fit into 32 bits are in a field of their own, in this order, each only if it is needed.
  static void read_extra(Bytes const& extra, Member& member) {
    constexpr auto what = "zip64 field";
    constexpr std::uint64_t elsewhere = 0xFFFF'FFFF;
    for (std::uint64_t at = 0; at + 4 <= extra.size(); at += 4 + extra.u16(at + 2, what)) {
      if (extra.u16(at, what) != 1) continue;
      Bytes const field = extra.part(at + 4, extra.u16(at + 2, what), what);
      std::uint64_t next = 0;
      for (std::uint64_t* const value : {&member.size, &member.packed, &member.header}) {
        if (*value != elsewhere) continue;
        *value = field.u64(next, what);
        next += 8;
      }
      return;
    }
  }

  Bytes m_bytes;
  std::map<std::string, Member, std::less<>> m_members;
  std::deque<std::string> m_inflated;
};

}  // namespace dp::detail
