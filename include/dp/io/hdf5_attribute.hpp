// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/io/bytes.hpp>
#include <dp/io/hdf5_btree2.hpp>
#include <dp/io/hdf5_fractal_heap.hpp>
#include <dp/io/hdf5_messages.hpp>
#include <dp/io/tree.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dp::detail::hdf5 {

/// A text of variable length: its length, and an object of a global heap collection.
inline std::string heap_text(Bytes const& file, Bytes const& reference) {
  constexpr auto what = "global heap";
  std::uint64_t const length = reference.u32(0, what);
  std::uint64_t const address = reference.u64(4, what);
  std::uint64_t const index = reference.u32(12, what);
  file.expect(address, "GCOL", what);
  Bytes const heap = file.part(address, file.u64(address + 8, what), what);
  for (std::uint64_t at = 16; at + 16 <= heap.size();) {
    std::uint64_t const size = heap.u64(at + 8, what);
    std::string_view const object = heap.range(at + 16, size, what);
    if (heap.u16(at, what) == 0) break;  // free space ends a collection
    if (heap.u16(at, what) == index) {
      if (length > size) heap.corrupt(what, ": a text of ", length, " bytes in an object of ", size);
      return std::string(object.substr(0, static_cast<std::size_t>(length)));
    }
    at += 16 + (size + 7) / 8 * 8;
  }
  heap.corrupt(what, " at ", address, ": there is no object ", index);
}

/// The text of the attribute in a message's body, if it has this name.
inline std::optional<std::string> attribute_text(Bytes const& file, Bytes const& body,
                                                 std::string_view wanted) {
  constexpr auto what = "attribute";
  unsigned const version = body.u8(0, what);
  if (version < 1 || version > 3) body.corrupt(what, ": expected version 1, 2 or 3, found ", version);
  std::uint64_t const lengths[3] = {body.u16(2, what), body.u16(4, what), body.u16(6, what)};
  std::uint64_t starts[4] = {version == 3 ? 9u : 8u, 0, 0, 0};
  for (int i = 0; i < 3; ++i) {
    std::uint64_t const padded = (lengths[i] + 7) / 8 * 8;
    starts[i + 1] = starts[i] + (version == 1 ? padded : lengths[i]);
  }
  if (body.part(starts[0], lengths[0], what).text(0, what) != wanted) return std::nullopt;
  if (version > 1 && (body.u8(1, what) & 3u) != 0) body.unsupported("a shared type of an attribute");
  Bytes const type = body.part(starts[1], lengths[1], what);
  std::uint64_t entries = 1;
  for (std::size_t const extent : dataspace(body.part(starts[2], lengths[2], what)).shape)
    entries = extent == 1 ? entries : 0;
  if (entries != 1) body.corrupt("attribute ", in_quotes(wanted), ": expected one text");
  unsigned const kind = datatype_class(type);
  if (kind == 9) return heap_text(file, body.part(starts[3], 16, what));
  if (kind != 3) body.unsupported("the attribute ", in_quotes(wanted), " of HDF5 datatype class ", kind);
  std::string_view const text = body.range(starts[3], type.u32(4, "datatype"), what);
  return std::string(text.substr(0, text.find('\0')));
}

/// The text of an object's attribute of this name, in a message of its header or, where there are many, in a
/// heap of their own.
inline std::optional<std::string> text_attribute(Bytes const& file, std::vector<Message> const& header,
                                                 std::string_view name) {
  for (Message const& message : header) {
    if (message.is(MessageType::attribute))
      if (std::optional<std::string> text = attribute_text(file, message.body, name)) return text;
    if (!message.is(MessageType::attribute_info)) continue;
    constexpr auto what = "attribute info";
    std::uint64_t const at = (message.body.u8(1, what) & 1u) != 0 ? 4 : 2;  // behind the order of creation
    std::uint64_t const heap_address = message.body.u64(at, what);
    if (heap_address == undefined) continue;
    FractalHeap const heap(file, heap_address);
    BTree2 const tree(file, message.body.u64(at + 8, what));
    for (Bytes const& record : tree.records())
      if (auto text = attribute_text(file, heap.object(record.part(0, record.size(), what)), name))
        return text;
  }
  return std::nullopt;
}

}  // namespace dp::detail::hdf5
