// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/io/bytes.hpp>
#include <dp/io/hdf5_messages.hpp>
#include <set>
#include <utility>
#include <vector>

namespace dp::detail::hdf5 {

/// Where an object header has messages: its first block, then those that continue it.
struct HeaderBlock {
  std::uint64_t offset, length;
};

/// Follows a message of continuation, or keeps any other one.
inline void keep_message(Message message, std::vector<HeaderBlock>& blocks, std::vector<Message>& out) {
  constexpr auto what = "object header";
  if (message.is(MessageType::continuation))
    blocks.push_back({message.body.u64(0, what), message.body.u64(8, what)});
  else
    out.push_back(std::move(message));
}

inline std::vector<Message> object_header_1(Bytes const& file, std::uint64_t address) {
  constexpr auto what = "object header";
  if (unsigned const version = file.u8(address, what); version != 1)
    file.corrupt(what, " at ", address, ": expected version 1, found ", version);
  std::size_t left = file.u16(address + 2, what);
  std::vector<HeaderBlock> blocks{{address + 16, file.u32(address + 8, what)}};
  std::set<std::uint64_t> seen;
  std::vector<Message> out;
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    Bytes const block = file.part(blocks[b].offset, blocks[b].length, what);
    if (!seen.insert(blocks[b].offset).second)
      file.corrupt(what, " at ", address, ": it continues in itself");
    for (std::uint64_t at = 0; left > 0 && at + 8 <= block.size(); --left) {
      std::uint64_t const length = block.u16(at + 2, what);
      keep_message({block.u16(at, what), block.u8(at + 4, what), block.part(at + 8, length, what)}, blocks,
                   out);
      at += 8 + length;
    }
  }
  if (left > 0) file.corrupt(what, " at ", address, ": ", left, " messages are missing");
  return out;
}

inline std::vector<Message> object_header_2(Bytes const& file, std::uint64_t address) {
  constexpr auto what = "object header";
  if (unsigned const version = file.u8(address + 4, what); version != 2)
    file.corrupt(what, " at ", address, ": expected version 2, found ", version);
  unsigned const flags = file.u8(address + 5, what);
  std::uint64_t const times = (flags & 0x20u) != 0 ? 16 : 0, phases = (flags & 0x10u) != 0 ? 4 : 0;
  std::uint64_t const message_head = (flags & 0x4u) != 0 ? 6 : 4;  // with or without order of creation
  unsigned const width = 1u << (flags & 3u);
  std::uint64_t const size = address + 6 + times + phases;
  std::vector<HeaderBlock> blocks{{size + width, file.integer(size, width, what)}};
  std::set<std::uint64_t> seen;
  std::vector<Message> out;
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    HeaderBlock place = blocks[b];
    if (!seen.insert(place.offset).second) file.corrupt(what, " at ", address, ": it continues in itself");
    if (b > 0) {  // a signature before the messages, a checksum behind them
      file.expect(place.offset, "OCHK", what);
      if (place.length < 8) file.corrupt(what, " at ", place.offset, ": a block of ", place.length, " bytes");
      place = {place.offset + 4, place.length - 8};
    }
    Bytes const block = file.part(place.offset, place.length, what);
    for (std::uint64_t at = 0; at + message_head <= block.size();) {
      std::uint64_t const length = block.u16(at + 1, what);
      Message message{block.u8(at, what), block.u8(at + 3, what),
                      block.part(at + message_head, length, what)};
      at += message_head + length;
      keep_message(std::move(message), blocks, out);
    }
  }
  return out;
}

/// All messages of the object header at `address`, continuation blocks included.
inline std::vector<Message> object_header(Bytes const& file, std::uint64_t address) {
  return file.range(address, 4, "object header") == "OHDR" ? object_header_2(file, address)
                                                           : object_header_1(file, address);
}

}  // namespace dp::detail::hdf5
