// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <dp/core/error.hpp>
#include <dp/options.hpp>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
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

namespace detail {

/// What is between blanks.
inline std::string_view trimmed(std::string_view text) {
  auto const begin = text.find_first_not_of(' ');
  return begin == text.npos ? std::string_view() : text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

}  // namespace detail

/// What users write of Options::nearest: a number for all pairs of types, distances of pairs, or both, with
/// commas between: "0.8", "O-O:2.0,H-H:1.1", "0.8, O-O:2.0". Whether the model has the types is seen when a
/// potential is made. \throws dp::Error, `expected` + "a distance ..., found ..."
inline NearestDistances nearest_from_words(std::string_view text, std::string_view expected = "expected ") {
  NearestDistances result;
  bool number_given = false;
  auto const refuse = [&](auto const&... why) {
    fail(expected,
         "a distance in Angstrom (0: from the model), distances of pairs of types as in O-O:2.0,H-H:1.1, or "
         "both, found ",
         text, why...);
  };
  auto const distance_of = [&](std::string_view word) {
    double value = 0.0;
    auto const [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc() || end != word.data() + word.size() || !std::isfinite(value) || value < 0.0)
      refuse(" (", word, " is no distance)");
    return value;
  };
  for (std::size_t begin = 0, end = 0; begin <= text.size(); begin = end + 1) {
    end = std::min(text.find(',', begin), text.size());
    auto const word = detail::trimmed(text.substr(begin, end - begin));
    auto const colon = word.rfind(':');
    if (colon == word.npos) {
      if (word.empty() || std::exchange(number_given, true))
        refuse(word.empty() ? " (an entry is empty)" : " (two numbers are for all pairs)");
      result.all = distance_of(word);
      continue;
    }
    auto const names = detail::trimmed(word.substr(0, colon));
    auto const hyphen = names.find('-');
    if (hyphen == names.npos || hyphen != names.rfind('-') || hyphen == 0 || hyphen + 1 == names.size())
      refuse(" (", names, " is no pair of types)");
    NearestDistances::Pair pair = {std::string(names.substr(0, hyphen)),
                                   std::string(names.substr(hyphen + 1)),
                                   distance_of(detail::trimmed(word.substr(colon + 1)))};
    if (pair.distance == 0.0) refuse(" (that of ", names, " must be above 0)");
    for (auto const& other : result.pairs)
      if (other.is_of(pair.one, pair.other)) refuse(" (", names, " occurs twice)");
    result.pairs.push_back(std::move(pair));
  }
  return result;
}

/// And the other way round, with as many digits as tell a distance from all others.
inline std::string to_words(NearestDistances const& nearest) {
  auto const number = [](double value) {
    std::array<char, 32> digits = {};
    return std::string(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
  };
  std::string text = nearest.all > 0.0 || nearest.pairs.empty() ? number(nearest.all) : std::string();
  for (auto const& pair : nearest.pairs)
    text += (text.empty() ? "" : ",") + pair.one + "-" + pair.other + ":" + number(pair.distance);
  return text;
}

}  // namespace dp
