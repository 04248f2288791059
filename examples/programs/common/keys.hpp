// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <dp/options.hpp>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace examples {

/// Where the value of a key goes; its kind is the kind that the input file must have.
using Target = std::variant<std::string*, std::int64_t*, double*, bool*, std::vector<std::string>*,
                            std::vector<double>*, std::array<std::int64_t, 3>*,
                            std::vector<std::array<std::int64_t, 3>>*, std::map<std::string, double>*,
                            std::optional<std::array<bool, 3>>*, std::optional<dp::NearestDistances>*>;

/// What a value must be, besides of the right kind.
struct Rule {
  std::vector<std::string> choices = {};                      ///< of strings; empty: any
  double minimum = -std::numeric_limits<double>::infinity();  ///< of numbers
  bool above = false;                                         ///< numbers must not be the minimum itself
  bool required = false;
  bool automatic = false;  ///< "auto", for no value, may be given
};

inline Rule one_of(std::vector<std::string> choices) { return {.choices = std::move(choices)}; }
inline Rule at_least(double minimum) { return {.minimum = minimum}; }
inline Rule above(double minimum) { return {.minimum = minimum, .above = true}; }
inline Rule required() { return {.required = true}; }

/// One key of an input file: reading, help and messages all follow a table of them.
struct Key {
  std::string name;  ///< table.key
  Target target;
  std::string help;
  Rule rule = {};
};

/// Reads an input file (TOML) with `overrides` ("table.key=value"); keys that are not in it keep their
/// values. \throws dp::Error that names the file, the line and the key
void read_keys(std::string const& file, std::vector<std::string> const& overrides,
               std::vector<Key> const& keys);

/// All keys with their present values, for --help.
std::string describe(std::vector<Key> const& keys);

/// The present value of a key as help and messages show it.
std::string show_value(Key const& key);

}  // namespace examples
