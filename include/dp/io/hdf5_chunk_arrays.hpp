// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <bit>
#include <cstdint>
#include <dp/io/bytes.hpp>
#include <dp/io/hdf5_messages.hpp>

/// The arrays in which the newer HDF5 layouts keep where chunks are, one element for each chunk.
namespace dp::detail::hdf5 {

/// For datasets that cannot grow: one block, in pages where it is long.
class FixedArray {
 public:
  FixedArray(Bytes const& file, std::uint64_t address) : m_file(file) {
    file.expect(address, "FAHD", what);
    m_element = file.u8(address + 6, what);
    m_page_bits = file.u8(address + 7, what);
    m_count = file.u64(address + 8, what);
    m_block = file.u64(address + 16, what);
    if (m_page_bits > 32) file.corrupt(what, " at ", address, ": unexpected size of pages");
    file.expect(m_block, "FADB", what);
  }

  Bytes element(std::uint64_t index) const {
    if (index >= m_count) m_file.corrupt(what, ": there is no element ", index, " of ", m_count);
    constexpr std::uint64_t head = 14, checksum = 4;
    std::uint64_t const page = std::uint64_t{1} << m_page_bits;
    std::uint64_t at = m_block + head + index * m_element;
    if (m_count > page) {
      std::uint64_t const pages = (m_count + page - 1) / page;
      at += (pages + 7) / 8 + checksum * (1 + index / page);
    }
    return m_file.part(at, m_element, what);
  }

 private:
  static constexpr auto what = "fixed array of chunks";

  Bytes const& m_file;
  std::uint64_t m_element = 0, m_count = 0, m_block = 0;
  unsigned m_page_bits = 0;
};

/// For datasets that can grow in one direction: blocks that double in size, reached through an index block,
/// further ones through super blocks.
class ExtensibleArray {
 public:
  ExtensibleArray(Bytes const& file, std::uint64_t address) : m_file(file) {
    file.expect(address, "EAHD", what);
    m_element = file.u8(address + 6, what);
    m_offset_bytes = (file.u8(address + 7, what) + 7) / 8;
    m_in_index = file.u8(address + 8, what);
    m_least = file.u8(address + 9, what);
    m_least_pointers = file.u8(address + 10, what);
    m_page_bits = file.u8(address + 11, what);
    m_index = file.u64(address + 60, what);
    if (!std::has_single_bit(m_least) || !std::has_single_bit(m_least_pointers) || m_page_bits > 32)
      file.corrupt(what, " at ", address, ": unexpected sizes of blocks");
    file.expect(m_index, "EAIB", what);
  }

  Bytes element(std::uint64_t index) const {
    constexpr std::uint64_t head = 14, address = 8;
    std::uint64_t const elements = m_index + head;
    if (index < m_in_index) return m_file.part(elements + index * m_element, m_element, what);
    index -= m_in_index;
    // Super block u has 2^(u/2) data blocks of 2^((u+1)/2) times the least number of elements.
    auto const u = static_cast<unsigned>(std::bit_width(index / m_least + 1)) - 1;
    index -= ((std::uint64_t{1} << u) - 1) * m_least;
    std::uint64_t const block_elements = (std::uint64_t{1} << (u + 1) / 2) * m_least;
    std::uint64_t const block = index / block_elements, within = index % block_elements;
    std::uint64_t const direct = elements + m_in_index * m_element;
    unsigned const direct_super = 2 * (static_cast<unsigned>(std::bit_width(m_least_pointers)) - 1);
    std::uint64_t const page = std::uint64_t{1} << m_page_bits;
    bool const paged = block_elements > page;
    std::uint64_t pointer = 0;
    if (u < direct_super) {
      std::uint64_t before = 0;  // data blocks of the super blocks before
      for (unsigned v = 0; v < u; ++v) before += std::uint64_t{1} << v / 2;
      pointer = direct + (before + block) * address;
    } else {
      std::uint64_t const super =
          m_file.u64(direct + (2 * (m_least_pointers - 1) + (u - direct_super)) * address, what);
      m_file.expect(super, "EASB", what);
      std::uint64_t const marks = paged ? (std::uint64_t{1} << u / 2) * ((block_elements / page + 7) / 8) : 0;
      pointer = super + head + m_offset_bytes + marks + block * address;
    }
    std::uint64_t const data = m_file.u64(pointer, what);
    m_file.expect(data, "EADB", what);
    std::uint64_t const checksums = paged ? 4 * (1 + within / page) : 0;
    return m_file.part(data + head + m_offset_bytes + checksums + within * m_element, m_element, what);
  }

 private:
  static constexpr auto what = "extensible array of chunks";

  Bytes const& m_file;
  std::uint64_t m_element = 0, m_in_index = 0, m_least = 0, m_least_pointers = 0, m_index = 0;
  unsigned m_offset_bytes = 0, m_page_bits = 0;
};

}  // namespace dp::detail::hdf5
