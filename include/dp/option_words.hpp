// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <dp/core/error.hpp>
#include <dp/options.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace dp {

namespace detail {

/// The words of an enumeration, in the order of its values, and the option that takes them.
template <class Enum>
struct Words;

template <>
struct Words<NetPrecision> {
  static constexpr char const* option = "precision";
  static constexpr std::array<char const*, 3> all = {"double", "mix32", "mix16"};
};
template <>
struct Words<Evaluation> {
  static constexpr char const* option = "evaluation";
  static constexpr std::array<char const*, 2> all = {"exact", "compressed"};
};
template <>
struct Words<Overflow> {
  static constexpr char const* option = "overflow";
  static constexpr std::array<char const*, 3> all = {"keep_nearest", "keep_all", "error"};
};

}  // namespace detail

/// The words that users have for NetPrecision, Evaluation or Overflow: in input files, on command lines and
/// in LAMMPS. The first one is the default of Options.
template <class Enum>
std::vector<std::string> words() {
  return {detail::Words<Enum>::all.begin(), detail::Words<Enum>::all.end()};
}

/// What one of these words means. Throws dp::Error for others.
template <class Enum>
Enum from_word(std::string_view word) {
  auto const& all = detail::Words<Enum>::all;
  std::string expected;
  for (std::size_t k = 0; k < all.size(); ++k) {
    if (word == all[k]) return static_cast<Enum>(k);
    expected += (k == 0 ? "" : k + 1 < all.size() ? ", " : " or ") + std::string(all[k]);
  }
  fail(detail::Words<Enum>::option, ": expected ", expected, ", found ", word);
}

/// And the other way round.
template <class Enum>
std::string to_word(Enum value) {
  return detail::Words<Enum>::all[static_cast<std::size_t>(value)];
}

}  // namespace dp
