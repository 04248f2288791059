// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/io/bytes.hpp>
#include <dp/io/number_type.hpp>
#include <optional>
#include <string_view>
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
  symbol_table = 0x11,
  attribute_info = 0x15
};

constexpr std::string_view signature{"\x89HDF\r\n\x1a\n", 8};

/// "Nowhere", where an address is expected.
constexpr std::uint64_t undefined = ~std::uint64_t{0};

struct Message {
  unsigned type = 0;
  unsigned flags = 0;
  Bytes body;

  bool is(MessageType wanted) const { return type == static_cast<unsigned>(wanted); }
};

/// The extents of a dataset, none for a scalar, and what they may grow to (`unlimited`: without a limit).
struct Dataspace {
  static constexpr std::uint64_t unlimited = ~std::uint64_t{0};

  std::vector<std::size_t> shape;
  std::vector<std::uint64_t> most;
};

inline Dataspace dataspace(Bytes const& body) {
  constexpr auto what = "dataspace";
  unsigned const version = body.u8(0, what);
  if (version != 1 && version != 2) body.corrupt(what, ": expected version 1 or 2, found ", version);
  if (version == 2 && body.u8(3, what) == 2) return {{0}, {0}};  // an empty ("null") dataspace
  unsigned const rank = body.u8(1, what);
  if (rank > 32) body.corrupt(what, ": expected at most 32 dimensions, found ", rank);
  bool const bounded = (body.u8(2, what) & 1u) != 0;
  std::uint64_t const first = version == 1 ? 8 : 4;
  Dataspace out;
  for (unsigned i = 0; i < rank; ++i) {
    std::uint64_t const extent = body.u64(first + 8 * i, what);
    out.shape.push_back(static_cast<std::size_t>(extent));
    out.most.push_back(bounded ? body.u64(first + 8 * (rank + i), what) : extent);
  }
  return out;
}

constexpr unsigned opaque = 5;

/// Class of a datatype message: 0 integer, 1 float, 3 string, 5 opaque, 9 of variable length, ...
inline unsigned datatype_class(Bytes const& body) { return body.u8(0, "datatype") & 0x0Fu; }

/// Whether a message of class 1 with 16 bits describes bfloat16, as the newest HDF5 library can.
inline bool is_bfloat16(Bytes const& body) {
  constexpr auto what = "datatype";
  return body.u32(4, what) == 2 && body.u8(1, what) == 0x20 && body.u8(2, what) == 15 &&
         body.u8(12, what) == 7 && body.u8(13, what) == 8 && body.u8(14, what) == 0 &&
         body.u8(15, what) == 7 && body.u32(16, what) == 127;
}

/// The number type that a datatype message describes; nothing for opaque data of other than two bytes, which
/// are no numbers. HDF5 itself has no bfloat16: DeePMD-kit's files hold it as opaque data of two bytes.
inline std::optional<NumberType> number_type(Bytes const& body) {
  constexpr auto what = "datatype";
  unsigned const kind = datatype_class(body);
  unsigned const bits = body.u8(1, what);
  std::uint64_t const size = body.u32(4, what);
  if (kind == opaque && size != 2) return std::nullopt;
  if (kind == opaque) return NumberType{NumberType::Kind::bfloat16, 2};
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
  if (is_bfloat16(body)) return NumberType{Kind::bfloat16, 2};
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
