// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/error.hpp>
#include <dp/io/bytes.hpp>
#include <dp/io/hdf5_attribute.hpp>
#include <dp/io/hdf5_dataset.hpp>
#include <dp/io/hdf5_group.hpp>
#include <dp/io/hdf5_messages.hpp>
#include <dp/io/hdf5_object_header.hpp>
#include <dp/io/tree.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dp::detail::hdf5 {

/// The part of HDF5 that model files use, read from memory: all versions of the superblock, the root group
/// with its text attributes, and datasets of numbers in its own folder, in one piece or in chunks, packed
/// with gzip, shuffle and fletcher32 or not. Written here because the HDF5 library crashes on some corrupted
/// files; everything else is refused by name.
class File {
 public:
  /// `data` must outlive the object; `name` is for messages.
  File(std::string_view data, std::string name)
      : m_bytes(data, std::move(name), "HDF5 file"), m_datasets(m_bytes) {
    constexpr auto what = "superblock";
    if (data.substr(0, signature.size()) != signature)
      fail(m_bytes.file(), ": expected an HDF5 file, found no HDF5 signature");
    unsigned const version = m_bytes.u8(8, what);
    if (version > 3) m_bytes.corrupt(what, ": expected version 0 to 3, found ", version);
    bool const newer = version > 1;
    if (m_bytes.u8(newer ? 9 : 13, what) != 8 || m_bytes.u8(newer ? 10 : 14, what) != 8)
      m_bytes.unsupported("offsets or lengths of other than 8 bytes");
    std::uint64_t const at = newer ? 12 : version == 0 ? 24 : 28;
    if (std::uint64_t const base = m_bytes.u64(at, what); base != 0)
      m_bytes.unsupported("a base address of ", base);
    if (std::uint64_t const end = m_bytes.u64(at + 16, what); end > data.size())
      m_bytes.corrupt("the superblock says ", end, " bytes, found ", data.size());
    m_root = object_header(m_bytes, m_bytes.u64(at + (newer ? 24 : 40), what));
    m_addresses = Group(m_bytes, m_root).objects();
  }
  File(File const&) = delete;
  File& operator=(File const&) = delete;

  /// A text attribute of the root group.
  std::string text_attribute(std::string_view name) const {
    if (std::optional<std::string> text = hdf5::text_attribute(m_bytes, m_root, name))
      return *std::move(text);
    fail(m_bytes.file(), ": expected the attribute \"", name,
         "\" of the HDF5 root group (a DeePMD-kit model), ", "found none");
  }

  /// The dataset of this name in the root group, with or without a leading slash; a null pointer where it
  /// holds something else than numbers.
  Node::SharedArray dataset(std::string_view name) {
    if (!name.empty() && name.front() == '/') name.remove_prefix(1);
    auto const [known, is_new] = m_arrays.try_emplace(std::string(name));
    if (is_new) {
      auto const at = m_addresses.find(std::string(name));
      if (at == m_addresses.end()) m_bytes.corrupt("there is no dataset ", in_quotes(name));
      known->second = m_datasets.read(at->second, name);
    }
    return known->second;
  }

 private:
  Bytes m_bytes;
  std::vector<Message> m_root;
  std::map<std::string, std::uint64_t> m_addresses;
  std::map<std::string, Node::SharedArray> m_arrays;
  DatasetReader m_datasets;
};

}  // namespace dp::detail::hdf5
