// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <dp/io/bytes.hpp>
#include <dp/io/hdf5_btree2.hpp>
#include <dp/io/hdf5_messages.hpp>

namespace dp::detail::hdf5 {

/// The heap in which larger groups keep their links, and objects with many attributes those.
class FractalHeap {
 public:
  FractalHeap(Bytes const& file, std::uint64_t address) : m_file(file) {
    file.expect(address, "FRHP", what);
    if (file.u16(address + 7, what) != 0) file.unsupported("a fractal heap with filters");
    std::uint64_t const most_managed = file.u32(address + 10, what);
    m_width = file.u16(address + 110, what);
    m_first_block = file.u64(address + 112, what);
    m_largest_block = file.u64(address + 120, what);
    unsigned const bits = file.u16(address + 128, what);
    m_root = file.u64(address + 132, what);
    m_root_rows = file.u16(address + 140, what);
    m_offset_bytes = (bits + 7) / 8;
    m_length_bytes = std::min(bytes_for(m_largest_block), bytes_for(most_managed));
    if (bits > 64 || !std::has_single_bit(m_width) || !std::has_single_bit(m_first_block) ||
        !std::has_single_bit(m_largest_block) || m_largest_block < m_first_block || m_root_rows > 64)
      file.corrupt(what, " at ", address, ": unexpected sizes of blocks");
  }

  /// The object that an identifier names.
  Bytes object(Bytes const& id) const {
    unsigned const kind = id.u8(0, what) >> 4 & 3u;
    if (kind == 2) return id.part(1, (id.u8(0, what) & 0x0Fu) + 1, what);  // in the identifier itself
    if (kind != 0) m_file.unsupported("a huge object of a fractal heap");
    std::uint64_t const offset = id.integer(1, m_offset_bytes, what);
    std::uint64_t const length = id.integer(1 + m_offset_bytes, m_length_bytes, what);
    if (m_root_rows == 0) return in_block(m_root, m_first_block, offset, length);
    return find(m_root, m_root_rows, 0, offset, length);
  }

 private:
  static constexpr auto what = "fractal heap";

  std::uint64_t block_size(std::uint64_t row) const {
    return m_first_block << std::min<std::uint64_t>(row > 0 ? row - 1 : 0, 63);
  }

  Bytes in_block(std::uint64_t address, std::uint64_t size, std::uint64_t offset,
                 std::uint64_t length) const {
    m_file.expect(address, "FHDB", what);
    return m_file.part(address, size, what).part(offset, length, what);
  }

  // Follows the offset down the rows of an indirect block, which covers the heap from `begin` on.
  Bytes find(std::uint64_t address, std::uint64_t rows, std::uint64_t begin, std::uint64_t offset,
             std::uint64_t length) const {
    m_file.expect(address, "FHIB", what);
    std::uint64_t entry = address + 13 + m_offset_bytes;
    for (std::uint64_t row = 0; row < rows; ++row) {
      std::uint64_t const size = block_size(row);
      if (size == 0 || size > m_file.size()) break;
      std::uint64_t const column = (offset - begin) / size;
      if (column < m_width) {
        std::uint64_t const child = m_file.u64(entry + 8 * column, what);
        std::uint64_t const within = begin + column * size;
        if (size <= m_largest_block) return in_block(child, size, offset - within, length);
        std::uint64_t const child_rows = static_cast<std::uint64_t>(std::bit_width(size)) -
                                         static_cast<std::uint64_t>(std::bit_width(m_first_block * m_width)) +
                                         1;
        if (child_rows >= rows) m_file.corrupt(what, ": a block in itself at ", address);
        return find(child, child_rows, within, offset, length);
      }
      begin += size * m_width;
      entry += 8 * m_width;
    }
    m_file.corrupt(what, ": there is nothing at ", offset);
  }

  Bytes const& m_file;
  std::uint64_t m_width = 0, m_first_block = 0, m_largest_block = 0, m_root = 0, m_root_rows = 0;
  unsigned m_offset_bytes = 0, m_length_bytes = 0;
};

}  // namespace dp::detail::hdf5
