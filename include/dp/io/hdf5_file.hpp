// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/io/bytes.hpp>
#include <dp/io/hdf5_messages.hpp>
#include <dp/io/tree.hpp>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dp::detail::hdf5 {

/// The part of HDF5 that DeePMD-kit's model files use, read from memory: superblock version 0 or 1, the root
/// group as a symbol table, its text attributes, and plain datasets of numbers. Written here because the
/// HDF5 library crashes on some corrupted files; everything outside this dialect is refused by name.
class File {
 public:
  /// `data` must outlive the object; `name` is for messages.
  File(std::string_view data, std::string name) : m_bytes(data, std::move(name), "HDF5 file") {
    constexpr auto what = "superblock";
    if (data.substr(0, signature.size()) != signature)
      fail(m_bytes.file(), ": expected an HDF5 file, found no HDF5 signature");
    unsigned const version = m_bytes.u8(8, what);
    if (version == 2 || version == 3)
      m_bytes.unsupported("HDF5's newer layout (superblock version ", version, ")");
    if (version > 1) m_bytes.corrupt(what, ": expected version 0 or 1, found ", version);
    if (m_bytes.u8(13, what) != 8 || m_bytes.u8(14, what) != 8)
      m_bytes.unsupported("an HDF5 file with offsets or lengths of other than 8 bytes");
    std::uint64_t const at = version == 0 ? 24 : 28;
    if (std::uint64_t const base = m_bytes.u64(at, what); base != 0)
      m_bytes.unsupported("an HDF5 file with a base address of ", base);
    if (std::uint64_t const end = m_bytes.u64(at + 16, what); end > data.size())
      m_bytes.corrupt("the superblock says ", end, " bytes, found ", data.size());
    m_root = object_header(m_bytes, m_bytes.u64(at + 40, what));
    for (Message const& message : m_root) {
      if (message.is(MessageType::link) || message.is(MessageType::link_info))
        m_bytes.unsupported("a group of HDF5's newer layout (links, not a symbol table)");
      if (message.is(MessageType::symbol_table))
        read_group(message.body.u64(0, "symbol table"), message.body.u64(8, "symbol table"));
    }
  }

  /// A text attribute of the root group.
  std::string text_attribute(std::string_view name) const {
    for (Message const& message : m_root)
      if (message.is(MessageType::attribute))
        if (auto text = text_of(message.body, name)) return *std::move(text);
    fail(m_bytes.file(), ": expected the attribute \"", name,
         "\" of the HDF5 root group (a DeePMD-kit model), ", "found none");
  }

  /// The dataset of this name in the root group, with or without a leading slash.
  Node::SharedArray dataset(std::string_view name) {
    if (!name.empty() && name.front() == '/') name.remove_prefix(1);
    auto const entry = m_objects.find(std::string(name));
    if (entry == m_objects.end()) m_bytes.corrupt("there is no dataset ", in_quotes(name));
    if (!entry->second.array) entry->second.array = read_dataset(entry->second.address, name);
    return entry->second.array;
  }

 private:
  struct Object {
    std::uint64_t address = 0;
    Node::SharedArray array;  // once read
  };

  static constexpr std::uint64_t padded(std::uint64_t length) { return (length + 7) / 8 * 8; }

  void read_group(std::uint64_t tree, std::uint64_t heap) {
    m_bytes.expect(heap, "HEAP", "local heap");
    Bytes const names =
        m_bytes.part(m_bytes.u64(heap + 24, "local heap"), m_bytes.u64(heap + 8, "local heap"), "local heap");
    std::set<std::uint64_t> seen;
    read_tree(tree, names, seen, -1);
  }

  // `level`: what the node above demands; -1: anything.
  void read_tree(std::uint64_t address, Bytes const& names, std::set<std::uint64_t>& seen, int level) {
    constexpr auto what = "group tree";
    m_bytes.expect(address, "TREE", what);
    if (!seen.insert(address).second) m_bytes.corrupt(what, ": the node at ", address, " comes twice");
    int const found = static_cast<int>(m_bytes.u8(address + 5, what));
    if (m_bytes.u8(address + 4, what) != 0 || found > 20 || (level >= 0 && found != level))
      m_bytes.corrupt(what, " at ", address, ": unexpected type or level of a node");
    unsigned const entries = m_bytes.u16(address + 6, what);
    for (unsigned i = 0; i < entries; ++i) {
      std::uint64_t const child = m_bytes.u64(address + 32 + 16 * i, what);
      if (found > 0)
        read_tree(child, names, seen, found - 1);
      else
        read_symbols(child, names, seen);
    }
  }

  void read_symbols(std::uint64_t address, Bytes const& names, std::set<std::uint64_t>& seen) {
    constexpr auto what = "symbol table node";
    m_bytes.expect(address, "SNOD", what);
    if (!seen.insert(address).second) m_bytes.corrupt(what, ": the node at ", address, " comes twice");
    unsigned const symbols = m_bytes.u16(address + 6, what);
    for (unsigned i = 0; i < symbols; ++i) {
      std::uint64_t const entry = address + 8 + 40 * i;
      std::string name = names.text(m_bytes.u64(entry, what), "name of a dataset");
      std::uint64_t const object = m_bytes.u64(entry + 8, what);
      if (!m_objects.emplace(name, Object{object, nullptr}).second)
        m_bytes.corrupt("the name ", in_quotes(name), " comes twice");
    }
  }

  // The attribute's text if it has this name.
  std::optional<std::string> text_of(Bytes const& body, std::string_view wanted) const {
    constexpr auto what = "attribute";
    unsigned const version = body.u8(0, what);
    if (version < 1 || version > 3) body.corrupt(what, ": expected version 1, 2 or 3, found ", version);
    std::uint64_t const lengths[3] = {body.u16(2, what), body.u16(4, what), body.u16(6, what)};
    std::uint64_t at = version == 3 ? 9 : 8;
    std::uint64_t starts[4] = {at, 0, 0, 0};
    for (int i = 0; i < 3; ++i) starts[i + 1] = starts[i] + (version == 1 ? padded(lengths[i]) : lengths[i]);
    if (body.part(starts[0], lengths[0], what).text(0, what) != wanted) return std::nullopt;
    Bytes const type = body.part(starts[1], lengths[1], what);
    std::uint64_t entries = 1;
    for (std::size_t const extent : dataspace(body.part(starts[2], lengths[2], what)))
      entries = extent == 1 ? entries : 0;
    if (entries != 1) body.corrupt("attribute ", in_quotes(wanted), ": expected one text");
    unsigned const kind = datatype_class(type);
    if (kind == 9) return heap_text(body.part(starts[3], 16, what));
    if (kind != 3) body.unsupported("the attribute ", in_quotes(wanted), " of HDF5 datatype class ", kind);
    std::string_view const text = body.range(starts[3], type.u32(4, "datatype"), what);
    return std::string(text.substr(0, text.find('\0')));
  }

  // A text of variable length: its length, and an object of a global heap collection.
  std::string heap_text(Bytes const& reference) const {
    constexpr auto what = "global heap";
    std::uint64_t const length = reference.u32(0, what);
    std::uint64_t const address = reference.u64(4, what);
    std::uint64_t const index = reference.u32(12, what);
    m_bytes.expect(address, "GCOL", what);
    Bytes const heap = m_bytes.part(address, m_bytes.u64(address + 8, what), what);
    for (std::uint64_t at = 16; at + 16 <= heap.size();) {
      std::uint64_t const size = heap.u64(at + 8, what);
      std::string_view const object = heap.range(at + 16, size, what);
      if (heap.u16(at, what) == 0) break;  // free space ends a collection
      if (heap.u16(at, what) == index) {
        if (length > size) heap.corrupt(what, ": a text of ", length, " bytes in an object of ", size);
        return std::string(object.substr(0, static_cast<std::size_t>(length)));
      }
      at += 16 + padded(size);
    }
    heap.corrupt(what, " at ", address, ": there is no object ", index);
  }

  Node::SharedArray read_dataset(std::uint64_t address, std::string_view name) {
    std::optional<std::vector<std::size_t>> shape;
    std::optional<NumberType> type;
    std::optional<Bytes> layout;
    for (Message const& message : object_header(m_bytes, address)) {
      if ((message.is(MessageType::dataspace) || message.is(MessageType::datatype)) &&
          (message.flags & 2u) != 0)
        m_bytes.unsupported("a shared header message");
      if (message.is(MessageType::dataspace)) shape = dataspace(message.body);
      if (message.is(MessageType::datatype)) type = number_type(message.body);
      if (message.is(MessageType::layout)) layout = message.body;
      if (message.is(MessageType::filters)) m_bytes.unsupported("the compressed dataset ", in_quotes(name));
      if (message.is(MessageType::external)) m_bytes.unsupported("data in external files");
    }
    if (!shape || !type || !layout) m_bytes.corrupt(in_quotes(name), " is not a complete dataset");
    std::uint64_t count = 1;
    for (std::size_t const extent : *shape) {
      if (extent != 0 && count > m_bytes.size() / extent)
        m_bytes.corrupt("dataset ", in_quotes(name), ": larger than the file");
      count *= extent;
    }
    std::string_view const data = data_of(*layout, count * type->size, name);
    auto array = std::make_shared<Array>();
    array->shape = *std::move(shape);
    array->float32 = type->is_float && type->size == 4;
    array->values.reserve(static_cast<std::size_t>(count));
    for (std::uint64_t i = 0; i < count; ++i)
      array->values.push_back(type->decode(data.data() + i * type->size));
    return array;
  }

  std::string_view data_of(Bytes const& layout, std::uint64_t length, std::string_view name) {
    constexpr auto what = "data layout";
    if (unsigned const version = layout.u8(0, what); version != 3 && version != 4)
      layout.unsupported("the version ", version, " of an HDF5 data layout");
    unsigned const kind = layout.u8(1, what);
    if (kind > 1) layout.unsupported("the chunked or virtual dataset ", in_quotes(name));
    std::uint64_t const stored = kind == 0 ? layout.u16(2, what) : layout.u64(10, what);
    if (stored != length)
      layout.corrupt("dataset ", in_quotes(name), ": expected ", length, " bytes, found ", stored);
    if (length == 0) return {};
    if (kind == 0) return layout.range(4, length, what);
    std::uint64_t const address = layout.u64(2, what);
    std::string_view const data = m_bytes.range(address, length, "data of a dataset");
    claim(address, length, name);
    return data;
  }

  // No two datasets may share bytes: then they cannot be larger together than the file.
  void claim(std::uint64_t address, std::uint64_t length, std::string_view name) {
    auto const after = m_claimed.upper_bound(address);
    bool const above = after != m_claimed.end() && after->first < address + length;
    bool const below = after != m_claimed.begin() && std::prev(after)->second > address;
    if (above || below) m_bytes.corrupt("dataset ", in_quotes(name), ": its data overlap another dataset's");
    m_claimed.emplace(address, address + length);
  }

  Bytes m_bytes;
  std::vector<Message> m_root;
  std::map<std::string, Object> m_objects;
  std::map<std::uint64_t, std::uint64_t> m_claimed;
};

}  // namespace dp::detail::hdf5
