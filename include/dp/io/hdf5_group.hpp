// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/io/bytes.hpp>
#include <dp/io/hdf5_btree2.hpp>
#include <dp/io/hdf5_fractal_heap.hpp>
#include <dp/io/hdf5_messages.hpp>
#include <dp/io/tree.hpp>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace dp::detail::hdf5 {

/// The names in a group with the addresses of what they name, in all three ways in which HDF5 keeps them: a
/// symbol table (the oldest), messages of links, or links in a heap of their own.
class Group {
 public:
  Group(Bytes const& file, std::vector<Message> const& header) : m_file(file) {
    for (Message const& message : header) {
      if (message.is(MessageType::symbol_table))
        read_symbol_table(message.body.u64(0, "symbol table"), message.body.u64(8, "symbol table"));
      if (message.is(MessageType::link)) add_link(message.body);
      if (message.is(MessageType::link_info)) read_heap(message.body);
    }
  }

  std::map<std::string, std::uint64_t> const& objects() const { return m_objects; }

 private:
  void add(std::string name, std::uint64_t address) {
    if (!m_objects.emplace(name, address).second)
      m_file.corrupt("the name ", in_quotes(name), " comes twice");
  }

  void read_symbol_table(std::uint64_t tree, std::uint64_t heap) {
    m_file.expect(heap, "HEAP", "local heap");
    Bytes const names =
        m_file.part(m_file.u64(heap + 24, "local heap"), m_file.u64(heap + 8, "local heap"), "local heap");
    read_tree(tree, names, -1);
  }

  // `level`: what the node above demands; -1: anything.
  void read_tree(std::uint64_t address, Bytes const& names, int level) {
    constexpr auto what = "group tree";
    m_file.expect(address, "TREE", what);
    if (!m_seen.insert(address).second) m_file.corrupt(what, ": the node at ", address, " comes twice");
    int const found = static_cast<int>(m_file.u8(address + 5, what));
    if (m_file.u8(address + 4, what) != 0 || found > 20 || (level >= 0 && found != level))
      m_file.corrupt(what, " at ", address, ": unexpected type or level of a node");
    unsigned const entries = m_file.u16(address + 6, what);
    for (unsigned i = 0; i < entries; ++i) {
      std::uint64_t const child = m_file.u64(address + 32 + 16 * i, what);
      if (found > 0)
        read_tree(child, names, found - 1);
      else
        read_symbols(child, names);
    }
  }

  void read_symbols(std::uint64_t address, Bytes const& names) {
    constexpr auto what = "symbol table node";
    m_file.expect(address, "SNOD", what);
    if (!m_seen.insert(address).second) m_file.corrupt(what, ": the node at ", address, " comes twice");
    unsigned const symbols = m_file.u16(address + 6, what);
    for (unsigned i = 0; i < symbols; ++i) {
      std::uint64_t const entry = address + 8 + 40 * i;
      add(names.text(m_file.u64(entry, what), "name of a dataset"), m_file.u64(entry + 8, what));
    }
  }

  void read_heap(Bytes const& info) {
    constexpr auto what = "link info";
    std::uint64_t const at = (info.u8(1, what) & 1u) != 0 ? 10 : 2;  // behind the order of creation
    std::uint64_t const heap_address = info.u64(at, what), tree_address = info.u64(at + 8, what);
    if (heap_address == undefined) return;
    FractalHeap const heap(m_file, heap_address);
    BTree2 const tree(m_file, tree_address);
    constexpr unsigned links_by_name = 5;
    if (tree.type() != links_by_name)
      m_file.corrupt(what, ": expected a B-tree of links, found type ", tree.type());
    for (Bytes const& record : tree.records()) add_link(heap.object(record.part(4, record.size() - 4, what)));
  }

  void add_link(Bytes const& link) {
    constexpr auto what = "link";
    unsigned const flags = link.u8(1, what);
    std::uint64_t at = 2;
    unsigned const kind = (flags & 8u) != 0 ? link.u8(at++, what) : 0;
    at += (flags & 4u) != 0 ? 8 : 0;     // order of creation
    at += (flags & 0x10u) != 0 ? 1 : 0;  // character set
    unsigned const width = 1u << (flags & 3u);
    std::uint64_t const length = link.integer(at, width, what);
    std::string name(link.range(at + width, length, what));
    constexpr unsigned hard =
        0;  // others lead to names or files elsewhere: there is nothing behind them here
    if (kind == hard) add(std::move(name), link.u64(at + width + length, what));
  }

  Bytes const& m_file;
  std::map<std::string, std::uint64_t> m_objects;
  std::set<std::uint64_t> m_seen;
};

}  // namespace dp::detail::hdf5
