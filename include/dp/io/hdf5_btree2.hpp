// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <bit>
#include <cstdint>
#include <dp/io/bytes.hpp>
#include <set>
#include <vector>

namespace dp::detail::hdf5 {

/// Bytes that hold every number up to `most`.
constexpr unsigned bytes_for(std::uint64_t most) {
  return most == 0 ? 1 : (static_cast<unsigned>(std::bit_width(most)) + 7) / 8;
}

/// The records of a version 2 B-tree, whatever they are, in its order.
class BTree2 {
 public:
  BTree2(Bytes const& file, std::uint64_t address) : m_file(file) {
    file.expect(address, "BTHD", what);
    m_type = file.u8(address + 5, what);
    m_node_size = file.u32(address + 6, what);
    m_record_size = file.u16(address + 10, what);
    unsigned const depth = file.u16(address + 12, what);
    m_expected = file.u64(address + 26, what);
    if (m_record_size == 0 || m_node_size < overhead + m_record_size || depth > 16)
      file.corrupt(what, " at ", address, ": unexpected sizes or depth");
    std::uint64_t most = (m_node_size - overhead) / m_record_size;
    m_count_bytes = bytes_for(most);
    m_total_bytes = {0};
    for (unsigned level = 1; level <= depth; ++level) {
      std::uint64_t const pointer = 8 + m_count_bytes + m_total_bytes.back();
      if (m_node_size < overhead + pointer) file.corrupt(what, " at ", address, ": unexpected size of nodes");
      std::uint64_t const here = (m_node_size - overhead - pointer) / (m_record_size + pointer);
      if (most > (std::uint64_t{1} << 48)) file.corrupt(what, " at ", address, ": unexpected depth");
      most = (here + 1) * most + here;
      m_total_bytes.push_back(bytes_for(most));
    }
    std::uint64_t const root = file.u64(address + 16, what);
    if (m_expected > 0) read_node(root, file.u16(address + 24, what), depth);
    if (m_records.size() != m_expected)
      file.corrupt(what, " at ", address, ": expected ", m_expected, " records, found ", m_records.size());
  }

  /// What kind of records they are, a number of the HDF5 specification.
  unsigned type() const { return m_type; }
  std::uint64_t record_size() const { return m_record_size; }
  std::vector<Bytes> const& records() const { return m_records; }

 private:
  static constexpr auto what = "B-tree";
  static constexpr std::uint64_t head = 6;       // signature, version, type
  static constexpr std::uint64_t overhead = 10;  // with the checksum

  void read_node(std::uint64_t address, std::uint64_t count, unsigned level) {
    if (!m_seen.insert(address).second) m_file.corrupt(what, ": the node at ", address, " comes twice");
    m_file.expect(address, level == 0 ? "BTLF" : "BTIN", what);
    if (count > m_expected - m_records.size() || count > m_node_size / m_record_size)
      m_file.corrupt(what, ": the node at ", address, " has too many records");
    std::uint64_t const records = address + head;
    std::uint64_t const pointers = records + count * m_record_size;
    for (std::uint64_t i = 0; i <= count; ++i) {
      if (level > 0) {
        std::uint64_t const pointer = pointers + i * (8 + m_count_bytes + m_total_bytes[level - 1]);
        read_node(m_file.u64(pointer, what), m_file.integer(pointer + 8, m_count_bytes, what), level - 1);
      }
      if (i < count) m_records.push_back(m_file.part(records + i * m_record_size, m_record_size, what));
    }
  }

  Bytes const& m_file;
  unsigned m_type = 0;
  std::uint64_t m_node_size = 0, m_record_size = 0;
  std::uint64_t m_expected = 0;         // records in all
  unsigned m_count_bytes = 0;           // of a child's number of records
  std::vector<unsigned> m_total_bytes;  // per level: of the number of records below a child; 0 above leaves
  std::set<std::uint64_t> m_seen;
  std::vector<Bytes> m_records;
};

}  // namespace dp::detail::hdf5
