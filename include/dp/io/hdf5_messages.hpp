// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/io/bytes.hpp>
#include <dp/io/number_type.hpp>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

namespace dp::detail::hdf5 {

/// The header messages that occur in DeePMD-kit's files, by their numbers in the HDF5 specification.
enum class MessageType : unsigned {
  dataspace = 0x01,
  link_info = 0x02,
  datatype = 0x03,
  fill_value = 0x05,
  link = 0x06,
  external = 0x07,
  layout = 0x08,
  filters = 0x0B,
  attribute = 0x0C,
  continuation = 0x10,
  symbol_table = 0x11
};

struct Message {
  unsigned type = 0;
  unsigned flags = 0;
  Bytes body;

  bool is(MessageType wanted) const { return type == static_cast<unsigned>(wanted); }
};

/// All messages of the version 1 object header at `address`, continuation blocks included.
inline std::vector<Message> object_header(Bytes const& file, std::uint64_t address) {
  constexpr auto what = "object header";
  if (file.range(address, 4, what) == "OHDR") file.unsupported("the newer HDF5 object header (version 2)");
  if (unsigned const version = file.u8(address, what); version != 1)
    file.corrupt(what, " at ", address, ": expected version 1, found ", version);
  std::size_t left = file.u16(address + 2, what);
  struct Block {
    std::uint64_t offset, length;
  };
  std::vector<Block> blocks{{address + 16, file.u32(address + 8, what)}};
  std::set<std::uint64_t> seen;
  std::vector<Message> out;
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    Bytes const block = file.part(blocks[b].offset, blocks[b].length, what);
    if (!seen.insert(blocks[b].offset).second)
      file.corrupt(what, " at ", address, ": it continues in itself");
    for (std::uint64_t at = 0; left > 0 && at + 8 <= block.size(); --left) {
      std::uint64_t const length = block.u16(at + 2, what);
      Message message{block.u16(at, what), block.u8(at + 4, what), block.part(at + 8, length, what)};
      at += 8 + length;
      if (message.is(MessageType::continuation))
        blocks.push_back({message.body.u64(0, what), message.body.u64(8, what)});
      else
        out.push_back(std::move(message));
    }
  }
  if (left > 0) file.corrupt(what, " at ", address, ": ", left, " messages are missing");
  return out;
}

/// The extents that a dataspace message gives; none for a scalar.
inline std::vector<std::size_t> dataspace(Bytes const& body) {
  constexpr auto what = "dataspace";
  unsigned const version = body.u8(0, what);
  if (version != 1 && version != 2) body.corrupt(what, ": expected version 1 or 2, found ", version);
  if (version == 2 && body.u8(3, what) == 2) return {0};  // an empty ("null") dataspace
  unsigned const rank = body.u8(1, what);
  if (rank > 32) body.corrupt(what, ": expected at most 32 dimensions, found ", rank);
  std::vector<std::size_t> shape;
  for (unsigned i = 0; i < rank; ++i)
    shape.push_back(static_cast<std::size_t>(body.u64((version == 1 ? 8 : 4) + 8 * i, what)));
  return shape;
}

/// Class of a datatype message: 0 integer, 1 float, 3 string, 9 of variable length, ...
inline unsigned datatype_class(Bytes const& body) { return body.u8(0, "datatype") & 0x0Fu; }

/// The number type that a datatype message describes.
inline NumberType number_type(Bytes const& body) {
  constexpr auto what = "datatype";
  unsigned const kind = datatype_class(body);
  unsigned const bits = body.u8(1, what);
  std::uint64_t const size = body.u32(4, what);
  if (kind > 1) body.unsupported("the HDF5 datatype class ", kind, " (not a number)");
  if ((bits & 1u) != 0) body.unsupported("big-endian data");
  bool const known =
      kind == 0 ? size == 1 || size == 2 || size == 4 || size == 8 : size == 2 || size == 4 || size == 8;
  if (!known) body.unsupported("a number of ", size, " bytes");
  if (body.u16(8, what) != 0 || body.u16(10, what) != 8 * size) body.unsupported("a number with unused bits");
  using Kind = NumberType::Kind;
  Kind const integer = (bits & 8u) != 0 ? Kind::signed_integer : Kind::unsigned_integer;
  NumberType const type{kind == 0 ? integer : Kind::floating, static_cast<unsigned>(size)};
  if (kind == 0) return type;
  unsigned const mantissa = size == 8 ? 52 : size == 4 ? 23 : 10;
  unsigned const exponent = size == 8 ? 11 : size == 4 ? 8 : 5;
  std::uint64_t const bias = size == 8 ? 1023 : size == 4 ? 127 : 15;
  if (bits != 0x20 || body.u8(2, what) != 8 * size - 1 || body.u8(12, what) != mantissa ||
      body.u8(13, what) != exponent || body.u8(14, what) != 0 || body.u8(15, what) != mantissa ||
      body.u32(16, what) != bias)
    body.unsupported("a floating-point number other than IEEE's");
  return type;
}

}  // namespace dp::detail::hdf5
