// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

#include "settings.hpp"

#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <dp/core/error.hpp>
#include <dp/option_words.hpp>
#include <sstream>
#include <string_view>

namespace dp_c {

namespace {

/// A value, and how its user calls it.
struct Value {
  std::string name, text;

  double number(double least, std::string const& expected) const {
    double value = 0.0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value) || value < least)
      dp::fail(name, ": expected ", expected, ", found \"", text, "\"");
    return value;
  }
  int count(std::string const& expected) const {
    int value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 0)
      dp::fail(name, ": expected ", expected, ", found \"", text, "\"");
    return value;
  }
  bool yes() const {
    if (text != "yes" && text != "no") dp::fail(name, ": expected yes or no, found \"", text, "\"");
    return text == "yes";
  }
  template <class Enum>
  Enum word() const {
    try {
      return dp::from_word<Enum>(text);
    } catch (dp::Error const& error) {
      dp::fail(name, ": ", error.what());
    }
  }
};

struct Setting {
  char const* name;
  void (*set)(Settings&, Value const&);
};

constexpr std::array<Setting, 10> all = {{
    {"evaluation", [](Settings& s, Value const& v) { s.evaluation = v.word<dp::Evaluation>(); }},
    {"tolerance",
     [](Settings& s, Value const& v) {
       s.options.tolerance = v.number(1e-300, "a positive force error in eV/Angstrom");
     }},
    {"precision", [](Settings& s, Value const& v) { s.options.precision = v.word<dp::NetPrecision>(); }},
    {"nearest",
     [](Settings& s, Value const& v) {
       s.options.nearest = dp::nearest_from_words(v.text, v.name + ": expected ");
     }},
    {"overflow", [](Settings& s, Value const& v) { s.options.overflow = v.word<dp::Overflow>(); }},
    {"tile",
     [](Settings& s, Value const& v) {
       s.options.tile = v.count("a whole number of atoms, at most 2147483647 (0: chosen by the library)");
     }},
    {"reproducible", [](Settings& s, Value const& v) { s.options.reproducible = v.yes(); }},
    {"graph", [](Settings& s, Value const& v) { s.options.graph = v.yes(); }},
    {"long_range_error",
     [](Settings& s, Value const& v) {
       s.options.long_range_error = v.number(0.0, "a force error in eV/Angstrom (0: the direct sum)");
     }},
    {"short_range", [](Settings& s, Value const& v) { s.short_range = v.yes(); }},
}};

std::string variable(std::string_view name) {
  std::string result = "DP_";
  for (char const c : name) result += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return result;
}

}  // namespace

Settings parse_settings(std::string const& words) {
  Settings settings;
  std::string names;
  for (Setting const& setting : all) {
    names += std::string(names.empty() ? "" : ", ") + setting.name;
    std::string const name = variable(setting.name);
    if (char const* const text = std::getenv(name.c_str()))
      setting.set(settings, {"environment variable " + name, text});
  }
  std::istringstream in(words);
  for (std::string word; in >> word;) {
    std::size_t const equals = word.find('=');
    std::string const name = word.substr(0, equals);
    Setting const* found = nullptr;
    for (Setting const& setting : all)
      if (name == setting.name) found = &setting;
    if (found == nullptr || equals == word.npos)
      dp::fail("options: expected name=value with one of the names ", names, "; found \"", word, "\"");
    found->set(settings, {"options: " + name, word.substr(equals + 1)});
  }
  return settings;
}

}  // namespace dp_c
