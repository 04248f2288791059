// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/io/bytes.hpp>
#include <dp/io/hdf5_chunks.hpp>
#include <dp/io/hdf5_filters.hpp>
#include <dp/io/hdf5_messages.hpp>
#include <dp/io/hdf5_object_header.hpp>
#include <dp/io/number_type.hpp>
#include <dp/io/tree.hpp>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dp::detail::hdf5 {

/// Reads the datasets of a file. No two of them may share bytes, so that they cannot be larger together than
/// what the file can hold.
class DatasetReader {
 public:
  explicit DatasetReader(Bytes const& file) : m_file(file) {}

  /// The dataset whose header is at `address`; a null pointer for opaque data, which are no numbers.
  Node::SharedArray read(std::uint64_t address, std::string_view name) {
    std::optional<Dataspace> space;
    std::optional<Bytes> type_body, layout;
    std::vector<Filter> steps;
    for (Message const& message : object_header(m_file, address)) {
      bool const described = message.is(MessageType::dataspace) || message.is(MessageType::datatype) ||
                             message.is(MessageType::filters);
      if (described && (message.flags & 2u) != 0) m_file.unsupported("a shared header message");
      if (message.is(MessageType::dataspace)) space = dataspace(message.body);
      if (message.is(MessageType::datatype)) type_body = message.body;
      if (message.is(MessageType::layout)) layout = message.body;
      if (message.is(MessageType::filters)) steps = filters(message.body);
      if (message.is(MessageType::external)) m_file.unsupported("data in external files");
    }
    if (!space || !type_body || !layout) m_file.corrupt(in_quotes(name), " is not a complete dataset");
    std::optional<NumberType> const type = number_type(*type_body);
    if (!type) return nullptr;
    std::uint64_t count = 1;
    for (std::size_t const extent : space->shape) {
      if (extent != 0 && count > m_file.size() * most_packed / extent)
        m_file.corrupt("dataset ", in_quotes(name), ": larger than the file can hold");
      count *= extent;
    }
    auto array = std::make_shared<Array>();
    array->shape = space->shape;
    array->float32 = type->is_float32();
    constexpr unsigned chunked = 2;
    unsigned const version = layout->u8(0, "data layout");
    if (version < 3 || version > 5) layout->unsupported("the version ", version, " of a data layout");
    if (layout->u8(1, "data layout") == chunked)
      read_chunks({m_file, *layout, *space, type->size, !steps.empty()}, steps, *type, name, *array);
    else
      decode(in_one_piece(*layout, count * type->size, name), *type, array->values);
    return array;
  }

 private:
  static constexpr std::uint64_t most_packed = 1032;  // what a byte of deflated data can stand for

  static void decode(std::string_view data, NumberType const& type, std::vector<double>& out) {
    out.reserve(data.size() / type.size);
    for (std::size_t at = 0; at < data.size(); at += type.size) out.push_back(type.decode(data.data() + at));
  }

  std::string_view in_one_piece(Bytes const& layout, std::uint64_t length, std::string_view name) {
    constexpr auto what = "data layout";
    unsigned const kind = layout.u8(1, what);
    if (kind > 1) layout.unsupported("the virtual dataset ", in_quotes(name));
    std::uint64_t const stored = kind == 0 ? layout.u16(2, what) : layout.u64(10, what);
    if (stored != length)
      layout.corrupt("dataset ", in_quotes(name), ": expected ", length, " bytes, found ", stored);
    if (length == 0) return {};
    if (kind == 0) return layout.range(4, length, what);
    return claim(layout.u64(2, what), length, name);
  }

  void read_chunks(Chunks const& chunks, std::vector<Filter> const& steps, NumberType const& type,
                   std::string_view name, Array& array) {
    std::size_t const rank = array.shape.size();
    std::size_t count = 1;
    for (std::size_t const extent : array.shape) count *= extent;
    std::vector<std::size_t> place(rank, 0);
    for (Chunk const& chunk : chunks.list()) {
      if (chunk.address == undefined) m_file.corrupt("dataset ", in_quotes(name), ": a chunk is missing");
      bool edge = false;
      for (std::size_t d = 0; d < rank; ++d)
        edge = edge || (place[d] + 1) * chunks.extents()[d] > array.shape[d];
      bool const whole = edge && chunks.whole_at_edges();
      std::optional<std::string> const data =
          unfiltered(claim(chunk.address, chunk.size, name), whole ? std::vector<Filter>() : steps,
                     chunk.skipped, chunks.bytes());
      if (!data || data->size() != chunks.bytes())
        m_file.corrupt("dataset ", in_quotes(name), ": the data of a chunk are damaged");
      array.values.resize(count);
      scatter(*data, type, chunks.extents(), place, array);
      for (std::size_t d = rank; d-- > 0;) {
        if (++place[d] < chunks.counts()[d]) break;
        place[d] = 0;
      }
    }
  }

  // Puts the numbers of one chunk, the one at `place` in the grid of chunks, into the array.
  static void scatter(std::string_view data, NumberType const& type, std::vector<std::size_t> const& extents,
                      std::vector<std::size_t> const& place, Array& array) {
    std::size_t const rank = extents.size();
    std::vector<std::size_t> index(rank, 0);
    for (std::size_t at = 0; at < data.size(); at += type.size) {
      std::size_t to = 0;
      bool inside = true;
      for (std::size_t d = 0; d < rank; ++d) {
        std::size_t const here = place[d] * extents[d] + index[d];
        inside = inside && here < array.shape[d];
        to = to * array.shape[d] + here;
      }
      if (inside) array.values[to] = type.decode(data.data() + at);
      for (std::size_t d = rank; d-- > 0;) {
        if (++index[d] < extents[d]) break;
        index[d] = 0;
      }
    }
  }

  // The bytes of a dataset or chunk, which no other may have.
  std::string_view claim(std::uint64_t address, std::uint64_t length, std::string_view name) {
    std::string_view const data = m_file.range(address, length, "data of a dataset");
    auto const after = m_claimed.upper_bound(address);
    bool const above = after != m_claimed.end() && after->first < address + length;
    bool const below = after != m_claimed.begin() && std::prev(after)->second > address;
    if (above || below) m_file.corrupt("dataset ", in_quotes(name), ": its data overlap another dataset's");
    m_claimed.emplace(address, address + length);
    return data;
  }

  Bytes const& m_file;
  std::map<std::uint64_t, std::uint64_t> m_claimed;
};

}  // namespace dp::detail::hdf5
