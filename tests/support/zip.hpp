// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/io/zip_archive.hpp>
#include <string>
#include <utility>
#include <vector>

namespace dp::test {

/// A number as so many bytes, the lowest first.
inline std::string little(std::uint64_t value, int width) {
  std::string out;
  for (int i = 0; i < width; ++i, value >>= 8) out += static_cast<char>(value & 0xFF);
  return out;
}

/// A zip archive with these members, stored.
inline std::string zip(std::vector<std::pair<std::string, std::string>> const& members) {
  std::string out, directory;
  for (auto const& [name, contents] : members) {
    std::string const common = little(0, 4) + little(0, 8) + little(contents.size(), 4) +
                               little(contents.size(), 4) + little(name.size(), 2) + little(0, 2);
    directory +=
        "PK\x01\x02" + little(0, 2) + little(0, 2) + common + little(0, 10) + little(out.size(), 4) + name;
    out += "PK\x03\x04" + little(0, 2) + common + name + contents;
  }
  std::string const end = little(members.size(), 2) + little(members.size(), 2) +
                          little(directory.size(), 4) + little(out.size(), 4) + little(0, 2);
  return out + directory + "PK\x05\x06" + little(0, 4) + end;
}

/// The members of an archive.
inline std::vector<std::pair<std::string, std::string>> unzipped(std::string const& bytes) {
  detail::ZipArchive archive(bytes, "test.pth");
  std::vector<std::pair<std::string, std::string>> out;
  for (auto const& [name, member] : archive.members()) out.emplace_back(name, archive.contents(name));
  return out;
}

}  // namespace dp::test
