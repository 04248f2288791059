// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace dp {

/// Corrupted copies of a file, always the same for the same seed. Half of the places lie in its first bytes
/// and behind `marks`, where it keeps its structure.
class Mutator {
 public:
  Mutator(std::string original, std::vector<std::string> marks, std::uint64_t seed)
      : m_original(std::move(original)), m_marks(std::move(marks)), m_random(seed) {}

  std::string operator()() {
    std::string bytes = m_original;
    for (std::size_t edits = 1 + below(4); edits > 0; --edits) edit(bytes);
    return bytes;
  }

 private:
  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(m_random() % limit); }

  std::size_t place(std::string const& bytes) {
    std::size_t const anywhere = below(bytes.size());
    if (below(2) == 0) return anywhere;
    std::size_t const mark = bytes.find(m_marks[below(m_marks.size())], below(2) == 0 ? 0 : anywhere);
    return (mark == std::string::npos ? below(2048) : mark + below(512)) % bytes.size();
  }

  void edit(std::string& bytes) {
    std::size_t const at = place(bytes);
    std::size_t const length = std::min(1 + below(64), bytes.size() - at);
    switch (below(8)) {
      case 0:
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
        break;
      case 1:
        bytes[at] = static_cast<char>(below(256));
        break;
      case 2:
        bytes[at] = '\xFF';
        break;
      case 3:
        bytes.replace(at, length, length, '\0');
        break;
      case 4:
        bytes.replace(at, length, bytes.substr(place(bytes), length));
        break;
      case 5:
        bytes.insert(at, bytes.substr(place(bytes), length));
        break;
      case 6:
        bytes.erase(at, length);
        break;
      default:
        if (below(4) == 0) bytes.resize(1 + below(bytes.size()));
        bytes[at % bytes.size()] = static_cast<char>('0' + below(10));
    }
  }

  std::string m_original;
  std::vector<std::string> m_marks;
  std::mt19937_64 m_random;
};

}  // namespace dp
