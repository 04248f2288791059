// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/io/bytes.hpp>
#include <dp/io/inflate.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dp::detail::hdf5 {

/// One step of what was done to a chunk when it was written.
struct Filter {
  enum Kind : unsigned { deflate = 1, shuffle = 2, fletcher32 = 3 };

  unsigned kind = 0;
  std::uint64_t element = 1;  // shuffle: bytes of a number
};

/// The filters of a dataset, in the order in which they were applied.
inline std::vector<Filter> filters(Bytes const& body) {
  constexpr auto what = "filters";
  unsigned const version = body.u8(0, what), count = body.u8(1, what);
  if (version != 1 && version != 2) body.corrupt(what, ": expected version 1 or 2, found ", version);
  std::uint64_t at = version == 1 ? 8 : 2;
  std::vector<Filter> out;
  for (unsigned i = 0; i < count; ++i) {
    Filter filter{body.u16(at, what), 1};
    bool const named = version == 1 || filter.kind >= 256;
    std::uint64_t const name = named ? body.u16(at + 2, what) : 0;
    at += named ? 4 : 2;
    unsigned const values = body.u16(at + 2, what);
    at += 4 + (version == 1 ? (name + 7) / 8 * 8 : name);
    if (filter.kind == Filter::shuffle && values > 0) filter.element = body.u32(at, what);
    at += 4 * (version == 1 ? (values + 1) / 2 * 2 : values);
    if (filter.kind < Filter::deflate || filter.kind > Filter::fletcher32)
      body.unsupported("data packed by the HDF5 filter ", filter.kind, " (gzip, shuffle and fletcher32 are)");
    if (filter.element == 0) body.corrupt(what, ": a shuffle of numbers without bytes");
    out.push_back(filter);
  }
  return out;
}

/// Puts the bytes of each number together again: first all first ones were stored, then all second ones, ...
inline std::string unshuffled(std::string_view data, std::size_t element) {
  std::string out(data);
  std::size_t const numbers = data.size() / element;
  for (std::size_t b = 0; numbers > 0 && b < element; ++b)
    for (std::size_t i = 0; i < numbers; ++i) out[i * element + b] = data[b * numbers + i];
  return out;
}

/// The `size` bytes of a chunk; nothing where what is stored for it is damaged. `skipped`: a bit for each
/// filter that was left out for this chunk. Checksums are not looked at.
inline std::optional<std::string> unfiltered(std::string_view stored, std::vector<Filter> const& filters,
                                             std::uint64_t skipped, std::size_t size) {
  constexpr std::size_t checksum = 4;
  std::vector<std::pair<Filter, std::size_t>> steps;  // with the bytes before each
  for (std::size_t i = 0; i < filters.size(); ++i) {
    if (i < 32 && (skipped >> i & 1u) != 0) continue;
    steps.emplace_back(filters[i], size);
    if (filters[i].kind == Filter::fletcher32) size += checksum;
    if (filters[i].kind == Filter::deflate) size = 0;  // anything
  }
  std::string out(stored);
  for (; !steps.empty(); steps.pop_back()) {
    auto const& [filter, before] = steps.back();
    if (filter.kind == Filter::deflate) {
      std::optional<std::string> inflated = inflate(out, before, Deflated::zlib);
      if (!inflated) return std::nullopt;
      out = *std::move(inflated);
    } else if (filter.kind == Filter::shuffle) {
      out = unshuffled(out, static_cast<std::size_t>(filter.element));
    } else {
      if (out.size() < checksum) return std::nullopt;
      out.resize(out.size() - checksum);
    }
  }
  return out;
}

}  // namespace dp::detail::hdf5
