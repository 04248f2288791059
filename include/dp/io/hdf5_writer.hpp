// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <dp/io/hdf5_messages.hpp>
#include <dp/io/tree.hpp>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dp::detail::hdf5 {

/// Little-endian bytes that grow.
class Output {
 public:
  std::uint64_t size() const { return m_bytes.size(); }

  /// An unsigned integer of `width` bytes.
  Output& put(std::uint64_t value, unsigned width) {
    for (unsigned i = 0; i < width; ++i) m_bytes += static_cast<char>((value >> (8 * i)) & 0xFFu);
    return *this;
  }
  Output& put(std::string_view bytes) {
    m_bytes += bytes;
    return *this;
  }
  Output& put(std::vector<double> const& numbers) {
    if constexpr (std::endian::native == std::endian::little)
      m_bytes.append(reinterpret_cast<char const*>(numbers.data()), sizeof(double) * numbers.size());
    else
      for (double const number : numbers) put(std::bit_cast<std::uint64_t>(number), 8);
    return *this;
  }
  void reserve(std::size_t bytes) { m_bytes.reserve(bytes); }
  /// Zeros up to `size` bytes in all.
  Output& fill(std::uint64_t size) {
    m_bytes.resize(std::max(m_bytes.size(), static_cast<std::size_t>(size)), '\0');
    return *this;
  }
  /// Zeros up to a multiple of eight bytes.
  Output& align() { return fill((size() + 7) / 8 * 8); }

  /// Puts these bytes over those at `offset`.
  void replace(std::uint64_t offset, Output const& bytes) {
    std::copy(bytes.m_bytes.begin(), bytes.m_bytes.end(),
              m_bytes.begin() + static_cast<std::ptrdiff_t>(offset));
  }
  std::string const& bytes() const { return m_bytes; }
  std::string take() { return std::move(m_bytes); }

 private:
  std::string m_bytes;
};

/// Writes the dialect that File reads and that h5py writes unless told otherwise: superblock version 0, a
/// root group with one text attribute, and contiguous datasets of doubles and floats in it.
class Writer {
 public:
  /// `expected`: bytes of all arrays, so that they need not be moved about.
  explicit Writer(std::size_t expected = 0) {
    m_out.reserve(expected + expected / 64);
    m_out.fill(superblock_size + root_size);
  }

  /// Adds an array under a name not used before.
  void dataset(std::string name, Array const& array) {
    std::uint64_t const data = array.values.empty() ? undefined : m_out.size();
    Output space, type, fill, layout;
    type.put(0x11, 1);  // an IEEE float
    // Readers may have computed with the numbers that they found.
    bool const single = array.float32 && std::all_of(array.values.begin(), array.values.end(), [](double x) {
                          return static_cast<double>(static_cast<float>(x)) == x;
                        });
    if (single) {
      for (double const value : array.values)
        m_out.put(std::bit_cast<std::uint32_t>(static_cast<float>(value)), 4);
      type.put(0x1F20, 3).put(4, 4).put(0, 2).put(32, 2);
      type.put(23, 1).put(8, 1).put(0, 1).put(23, 1).put(127, 4);
    } else {
      m_out.put(array.values);
      type.put(0x3F20, 3).put(8, 4).put(0, 2).put(64, 2);
      type.put(52, 1).put(11, 1).put(0, 1).put(52, 1).put(1023, 4);
    }
    m_out.align();
    space.put(1, 1).put(array.shape.size(), 1).fill(8);
    for (std::size_t const extent : array.shape) space.put(extent, 8);
    fill.put(0x01020202, 4).put(0, 4);  // zeros
    layout.put(3, 1).put(1, 1).put(data, 8).put((single ? 4 : 8) * array.values.size(), 8);
    m_objects[std::move(name)] = m_out.size();
    object_header(m_out, {{MessageType::dataspace, space},
                          {MessageType::datatype, type},
                          {MessageType::fill_value, fill},
                          {MessageType::layout, layout}});
  }

  /// The whole file, with an attribute of the root group.
  std::string finish(std::string_view attribute, std::string_view text) {
    Output names;
    names.fill(8);  // the empty name, which bounds the first
    std::vector<Child> nodes = write_symbols(names);
    std::uint64_t const tree = write_tree(std::move(nodes));
    std::uint64_t const heap = write_heap(names);
    std::uint64_t const collection = write_text(text);

    Output super;
    super.put(signature).put(0, 5).put(8, 1).put(8, 1).put(0, 1);
    super.put(symbols_in_node / 2, 2).put(children_of_node / 2, 2).put(0, 4);
    super.put(0, 8).put(undefined, 8).put(m_out.size(), 8).put(undefined, 8);
    super.put(0, 8).put(superblock_size, 8).put(1, 8).put(tree, 8).put(heap, 8);
    m_out.replace(0, super);

    Output table, message, root;
    table.put(tree, 8).put(heap, 8);
    message.put(1, 2).put(attribute.size() + 1, 2).put(20, 2).put(8, 2);
    message.put(attribute).put(0, 1).align();
    message.put(0x19, 1).put(0x000101, 3).put(16, 4);                      // a UTF-8 text of any length
    message.put(0x10, 1).put(0, 3).put(1, 4).put(0, 2).put(8, 2).align();  // of bytes
    message.put(1, 8);                                                     // one of them
    message.put(text.size(), 4).put(collection, 8).put(1, 4);
    object_header(root, {{MessageType::symbol_table, table}, {MessageType::attribute, message}});
    m_out.replace(superblock_size, root);
    return m_out.take();
  }

 private:
  struct Child {
    std::uint64_t address;
    std::uint64_t last_name;  // offset in the heap
  };
  using Messages = std::vector<std::pair<MessageType, Output>>;

  static constexpr std::uint64_t undefined = ~std::uint64_t{0};
  static constexpr std::uint64_t superblock_size = 96;
  static constexpr std::uint64_t root_size = 128;  // for an attribute's name of up to 23 bytes
  static constexpr std::size_t symbols_in_node = 8;
  static constexpr std::size_t children_of_node = 32;

  static void object_header(Output& out, Messages const& messages) {
    Output body;
    for (auto const& [type, content] : messages) {
      body.put(static_cast<unsigned>(type), 2).put((content.size() + 7) / 8 * 8, 2).put(0, 4);
      body.put(content.bytes()).align();
    }
    out.put(1, 2).put(messages.size(), 2).put(1, 4).put(body.size(), 8).put(body.bytes());
  }

  // The datasets by name, eight in a node.
  std::vector<Child> write_symbols(Output& names) {
    std::vector<Child> nodes;
    for (auto object = m_objects.begin(); object != m_objects.end();) {
      auto const left = static_cast<std::size_t>(std::distance(object, m_objects.end()));
      std::size_t const count = std::min(symbols_in_node, left);
      nodes.push_back({m_out.size(), 0});
      m_out.put("SNOD").put(1, 2).put(count, 2);
      for (std::size_t i = 0; i < count; ++i, ++object) {
        nodes.back().last_name = names.size();
        m_out.put(names.size(), 8).put(object->second, 8).fill(m_out.size() + 24);
        names.put(object->first).put(0, 1).align();
      }
      m_out.fill(nodes.back().address + 8 + 40 * symbols_in_node);
    }
    return nodes;
  }

  // The tree over these nodes, level by level; returns the address of its root.
  std::uint64_t write_tree(std::vector<Child> children) {
    constexpr std::uint64_t node_size = 24 + 8 * (2 * children_of_node + 1);
    for (unsigned level = 0;; ++level) {
      std::vector<Child> nodes;
      std::uint64_t bound = 0;  // the name before the first child's
      for (std::size_t begin = 0; begin == 0 || begin < children.size(); begin += children_of_node) {
        std::uint64_t const address = m_out.size();
        std::size_t const count = std::min(children_of_node, children.size() - begin);
        m_out.put("TREE").put(0, 1).put(level, 1).put(count, 2);
        m_out.put(begin == 0 ? undefined : address - node_size, 8);
        m_out.put(begin + count == children.size() ? undefined : address + node_size, 8);
        m_out.put(bound, 8);
        for (std::size_t i = begin; i < begin + count; ++i) {
          bound = children[i].last_name;
          m_out.put(children[i].address, 8).put(bound, 8);
        }
        m_out.fill(address + node_size);
        nodes.push_back({address, bound});
      }
      if (nodes.size() == 1) return nodes.front().address;
      children = std::move(nodes);
    }
  }

  std::uint64_t write_heap(Output const& names) {
    std::uint64_t const address = m_out.size();
    constexpr std::uint64_t free = 16;  // its only free block, at the end
    m_out.put("HEAP").put(0, 4).put(names.size() + free, 8).put(names.size(), 8).put(address + 32, 8);
    m_out.put(names.bytes()).put(1, 8).put(free, 8);
    return address;
  }

  // A global heap collection of one object.
  std::uint64_t write_text(std::string_view text) {
    std::uint64_t const address = m_out.size();
    std::uint64_t const used = 32 + (text.size() + 7) / 8 * 8;
    std::uint64_t const size = std::max<std::uint64_t>(4096, used);
    m_out.put("GCOL").put(1, 4).put(size, 8);
    m_out.put(1, 8).put(text.size(), 8).put(text).align();
    if (size - used >= 16) m_out.put(0, 8).put(size - used, 8);  // the rest is free
    m_out.fill(address + size);
    return address;
  }

  Output m_out;
  std::map<std::string, std::uint64_t> m_objects;
};

}  // namespace dp::detail::hdf5
