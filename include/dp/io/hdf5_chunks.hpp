// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <dp/io/bytes.hpp>
#include <dp/io/hdf5_btree2.hpp>
#include <dp/io/hdf5_chunk_arrays.hpp>
#include <dp/io/hdf5_messages.hpp>
#include <set>
#include <utility>
#include <vector>

namespace dp::detail::hdf5 {

/// Where a chunk is stored, and which of the filters were skipped for it.
struct Chunk {
  std::uint64_t address = undefined, size = 0, skipped = 0;
};

/// A dataset cut into chunks of equal extents, and where each of them is.
class Chunks {
 public:
  /// `layout`: the message of the dataset, of class 2; `element`: bytes of a number.
  Chunks(Bytes const& file, Bytes const& layout, Dataspace const& space, unsigned element, bool filtered)
      : m_file(file), m_space(space), m_filtered(filtered) {
    bool const newer = layout.u8(0, what) > 3;
    unsigned const rank = layout.u8(newer ? 3 : 2, what);  // the last "dimension" are the bytes of a number
    unsigned const width = newer ? layout.u8(4, what) : 4;
    std::uint64_t const extents = newer ? 5 : 11;
    if (rank != space.shape.size() + 1 || width < 1 || width > 8)
      layout.corrupt(what, ": expected chunks of ", space.shape.size(), " dimensions");
    m_bytes = element;
    m_total = 1;
    for (std::size_t d = 0; d < space.shape.size(); ++d) {
      std::uint64_t const extent = layout.integer(extents + d * width, width, what);
      if (extent == 0 || extent > most_bytes / m_bytes)
        layout.corrupt(what, ": unexpected extents of chunks");
      m_extents.push_back(static_cast<std::size_t>(extent));
      m_counts.push_back((space.shape[d] + m_extents[d] - 1) / m_extents[d]);
      m_bytes *= extent;
      if (m_counts[d] != 0 && m_total > file.size() / m_counts[d])
        layout.corrupt(what, ": more chunks than bytes");
      m_total *= m_counts[d];
    }
    m_chunks.resize(static_cast<std::size_t>(m_total));
    if (m_total > 0 && newer) {
      m_whole_at_edges = (layout.u8(2, what) & 1u) != 0;
      locate(layout, extents + rank * width);
    } else if (m_total > 0) {
      read_tree(layout.u64(3, what), -1);
    }
  }

  std::vector<std::size_t> const& extents() const { return m_extents; }
  /// Chunks along each dimension.
  std::vector<std::size_t> const& counts() const { return m_counts; }
  /// Bytes of a chunk before filters; those at an edge are as long as others.
  std::size_t bytes() const { return static_cast<std::size_t>(m_bytes); }
  /// All of them, the last dimension fastest.
  std::vector<Chunk> const& list() const { return m_chunks; }
  /// Whether filters are left out where a chunk reaches beyond the dataset.
  bool whole_at_edges() const { return m_whole_at_edges; }

 private:
  static constexpr auto what = "chunks";
  static constexpr std::uint64_t most_bytes = std::uint64_t{1} << 32;

  void put(std::vector<std::uint64_t> const& place, Chunk const& chunk) {
    std::size_t index = 0;
    for (std::size_t d = 0; d < place.size(); ++d) {
      if (place[d] >= m_counts[d]) return;  // of a dataset that was longer once
      index = index * m_counts[d] + static_cast<std::size_t>(place[d]);
    }
    if (m_chunks[index].address != undefined) m_file.corrupt(what, ": a chunk comes twice");
    m_chunks[index] = chunk;
  }

  // `at`: behind the extents in a message of version 4 or 5.
  void locate(Bytes const& layout, std::uint64_t at) {
    enum Index : unsigned { single = 1, implicit = 2, fixed = 3, extensible = 4, btree = 5 };
    unsigned const index = layout.u8(at, what);
    bool const filtered_single = index == single && (layout.u8(2, what) & 2u) != 0;
    std::uint64_t const parameters[] = {filtered_single ? 12u : 0u, 0, 1, 5, 6};
    if (index < single || index > btree) layout.corrupt(what, ": unexpected index type ", index);
    std::uint64_t const address = layout.u64(at + 1 + parameters[index - 1], what);
    if (index == single) {
      m_chunks.front() = {address, m_bytes, 0};
      if (filtered_single) m_chunks.front() = {address, layout.u64(at + 1, what), layout.u32(at + 9, what)};
    } else if (index == implicit) {
      each_place([&](std::size_t i, std::uint64_t number) {
        m_chunks[i] = {address + number * m_bytes, m_bytes, 0};
      });
    } else if (index == fixed) {
      FixedArray const array(m_file, address);
      each_place([&](std::size_t i, std::uint64_t number) { m_chunks[i] = chunk_of(array.element(number)); });
    } else if (index == extensible) {
      ExtensibleArray const array(m_file, address);
      each_place([&](std::size_t i, std::uint64_t number) { m_chunks[i] = chunk_of(array.element(number)); });
    } else {
      read_records(BTree2(m_file, address));
    }
  }

  // Of an array: an address, with filters also the size and which filters were skipped.
  Chunk chunk_of(Bytes const& element) const {
    Chunk chunk{element.u64(0, what), m_bytes, 0};
    if (!m_filtered) return chunk;
    if (element.size() < 13 || element.size() > 20)
      m_file.corrupt(what, ": an entry of ", element.size(), " bytes");
    auto const width = static_cast<unsigned>(element.size() - 12);
    chunk.size = element.integer(8, width, what);
    chunk.skipped = element.u32(8 + width, what);
    return chunk;
  }

  // Calls `visit` with the index of each chunk here and its number in the file's arrays. There a direction
  // without a limit is slowest, and the others count as many chunks as the dataset may get.
  template <class Visit>
  void each_place(Visit const& visit) const {
    std::size_t const rank = m_counts.size();
    std::vector<std::size_t> order;
    for (std::size_t d = 0; d < rank; ++d)
      if (m_space.most[d] == Dataspace::unlimited) order.push_back(d);
    for (std::size_t d = 0; d < rank; ++d)
      if (m_space.most[d] != Dataspace::unlimited) order.push_back(d);
    std::vector<std::size_t> place(rank, 0);
    for (std::size_t i = 0; i < m_chunks.size(); ++i) {
      std::uint64_t number = 0;
      for (std::size_t const d : order) {
        std::uint64_t const most = std::max<std::uint64_t>(m_space.most[d], m_space.shape[d]);
        number = number * ((most - 1) / m_extents[d] + 1) + place[d];
      }
      visit(i, number);
      for (std::size_t d = rank; d-- > 0;) {
        if (++place[d] < m_counts[d]) break;
        place[d] = 0;
      }
    }
  }

  void read_records(BTree2 const& tree) {
    std::size_t const rank = m_counts.size();
    for (Bytes const& record : tree.records()) {
      std::uint64_t const coordinates = record.size() - std::min<std::uint64_t>(8 * rank, record.size());
      Chunk const chunk = chunk_of(record.part(0, coordinates, what));
      std::vector<std::uint64_t> place(rank);
      for (std::size_t d = 0; d < rank; ++d) place[d] = record.u64(coordinates + 8 * d, what);
      put(place, chunk);
    }
  }

  // The version 1 B-tree of older files; `level` as the node above demands, -1: anything.
  void read_tree(std::uint64_t address, int level) {
    if (address == undefined) return;
    m_file.expect(address, "TREE", what);
    if (!m_seen.insert(address).second) m_file.corrupt(what, ": the node at ", address, " comes twice");
    int const found = static_cast<int>(m_file.u8(address + 5, what));
    if (m_file.u8(address + 4, what) != 1 || found > 20 || (level >= 0 && found != level))
      m_file.corrupt(what, " at ", address, ": unexpected type or level of a node");
    std::size_t const rank = m_counts.size();
    std::uint64_t const key = 8 + 8 * (rank + 1);
    unsigned const entries = m_file.u16(address + 6, what);
    for (unsigned i = 0; i < entries; ++i) {
      std::uint64_t const at = address + 24 + i * (key + 8);
      std::uint64_t const child = m_file.u64(at + key, what);
      if (found > 0) {
        read_tree(child, found - 1);
        continue;
      }
      std::vector<std::uint64_t> place(rank);
      for (std::size_t d = 0; d < rank; ++d) place[d] = m_file.u64(at + 8 + 8 * d, what) / m_extents[d];
      put(place, {child, m_file.u32(at, what), m_file.u32(at + 4, what)});
    }
  }

  Bytes const& m_file;
  Dataspace const& m_space;
  bool m_filtered;
  bool m_whole_at_edges = false;
  std::uint64_t m_bytes = 0, m_total = 0;
  std::vector<std::size_t> m_extents, m_counts;
  std::vector<Chunk> m_chunks;
  std::set<std::uint64_t> m_seen;
};

}  // namespace dp::detail::hdf5
