// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <dp/core/error.hpp>
#include <dp/option_words.hpp>
#include <filesystem>
#include <numeric>
#include <sstream>
#include <string_view>
#include <type_traits>

#include "common/keys.hpp"

namespace examples {

namespace {

/// Insertions, deletions, exchanges and swaps of neighbours that make `b` from `a`.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        d[i][j] = i + j;
        continue;
      }
      d[i][j] =
          std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  }
  return d[a.size()][b.size()];
}

/// The key that was probably meant: by its full name, or, in a wrong or missing table, by its last part.
std::string nearest_key(std::string const& name, std::vector<Key> const& table) {
  auto const last = [](std::string const& key) { return key.substr(key.rfind('.') + 1); };
  auto const distance = [&](std::string const& key) {
    return std::min(edit_distance(name, key), edit_distance(last(name), last(key)) + 1);
  };
  return std::min_element(table.begin(), table.end(),
                          [&](Key const& a, Key const& b) { return distance(a.name) < distance(b.name); })
      ->name;
}

/// What says that a key has no value of its own.
constexpr char automatic[] = "auto";

/// A value as messages and help show it.
template <class T>
std::string show(T const& value) {
  std::ostringstream text;
  if constexpr (std::is_same_v<T, std::string>) {
    text << '"' << value << '"';
  } else if constexpr (std::is_same_v<T, bool>) {
    text << (value ? "true" : "false");
  } else if constexpr (std::is_same_v<T, std::map<std::string, double>>) {
    text << "{";
    for (auto const& [name, number] : value) text << " " << name << " = " << show(number);
    text << "}";
  } else if constexpr (std::is_same_v<T, std::optional<std::array<bool, 3>>> ||
                       std::is_same_v<T, std::optional<dp::NearestDistances>>) {
    text << (value ? show(*value) : show(std::string(automatic)));
  } else if constexpr (std::is_same_v<T, dp::NearestDistances>) {
    std::string const words = dp::to_words(value);
    text << (value.pairs.empty() ? words : show(words));
  } else if constexpr (std::is_floating_point_v<T>) {
    char digits[32];  // so many as tell it from all others
    text.write(digits, std::to_chars(digits, digits + 32, value, std::chars_format::general).ptr - digits);
  } else if constexpr (std::is_integral_v<T>) {
    text << value;
  } else {
    text << "[";
    for (std::size_t i = 0; i < value.size(); ++i) text << (i > 0 ? ", " : "") << show(value[i]);
    text << "]";
  }
  return text.str();
}

/// Reads the values of keys out of a parsed file.
class KeyReader {
 public:
  KeyReader(std::string file, std::vector<Key> const& keys) : m_file(std::move(file)), m_keys(&keys) {}

  void read(toml::table const& root) const {
    refuse_unknown(root, "");
    for (Key const& key : *m_keys) {
      toml::node_view<toml::node const> const node = toml::at_path(root, key.name);
      if (node) {
        std::visit([&](auto* target) { take(key, *node.node(), *target); }, key.target);
      } else if (key.rule.required) {
        dp::fail(m_file, ": ", key.name, " is missing (", key.help, ")");
      }
    }
  }

 private:
  void refuse_unknown(toml::table const& table, std::string const& prefix) const {
    for (auto&& [name, node] : table) {
      std::string const path = prefix + std::string(name.str());
      bool const known =
          std::any_of(m_keys->begin(), m_keys->end(), [&](Key const& k) { return k.name == path; });
      bool const parent = std::any_of(m_keys->begin(), m_keys->end(),
                                      [&](Key const& k) { return k.name.starts_with(path + "."); });
      if (known) continue;
      if (parent) {
        if (!node.is_table()) dp::fail(where(node), path, ": expected a table [", path, "], found a value");
        refuse_unknown(*node.as_table(), path + ".");
        continue;
      }
      // a wrong table name is best explained by one of the keys below it
      std::string inner = path;
      if (toml::table const* below = node.as_table(); below && !below->empty())
        inner += "." + std::string(below->begin()->first.str());
      std::string nearest = nearest_key(inner, *m_keys);
      if (inner != path) nearest = "[" + nearest.substr(0, nearest.find('.')) + "]";
      dp::fail(where(node), "unknown key ", path, "; did you mean ", nearest, "?");
    }
  }

  std::string where(toml::node const& node) const {
    auto const line = node.source().begin.line;
    return line > 0 ? m_file + ":" + std::to_string(line) + ": " : m_file + ": ";
  }

  template <class... Parts>
  [[noreturn]] void refuse(Key const& key, toml::node const& node, Parts const&... expected) const {
    std::ostringstream found;
    if (node.is_table())
      found << "a table";
    else
      found << node.type() << ' ' << toml::node_view<toml::node const>(node);
    dp::fail(where(node), key.name, ": expected ", expected..., ", found ", found.str());
  }

  void check(Key const& key, toml::node const& node, double value) const {
    if (!std::isfinite(value) || value < key.rule.minimum || (key.rule.above && value == key.rule.minimum))
      refuse(key, node, "a number ", key.rule.above ? "above " : "of at least ", key.rule.minimum);
  }

  void take(Key const& key, toml::node const& node, std::string& to) const {
    auto const text = node.value_exact<std::string>();
    if (!text) refuse(key, node, "a string");
    auto const& choices = key.rule.choices;
    if (!choices.empty() && std::find(choices.begin(), choices.end(), *text) == choices.end()) {
      std::string const list = std::accumulate(
          choices.begin() + 1, choices.end(), show(choices[0]),
          [](std::string const& all, std::string const& next) { return all + ", " + show(next); });
      refuse(key, node, choices.size() > 1 ? "one of " : "", list);
    }
    if (key.rule.required && text->empty()) refuse(key, node, "a file name");
    to = *text;
  }

  void take(Key const& key, toml::node const& node, std::optional<dp::NearestDistances>& to) const {
    if (!node.is_string() && !node.is_number()) refuse(key, node, "a number or a string");
    std::string const text = node.is_string() ? *node.value<std::string>() : show(*node.value<double>());
    if (key.rule.automatic && text == automatic) return to.reset();
    std::string const expected = key.rule.automatic ? ": expected \"auto\", or " : ": expected ";
    to = dp::nearest_from_words(text, where(node) + key.name + expected);
  }

  void take(Key const& key, toml::node const& node, std::int64_t& to) const {
    auto const number = node.value_exact<std::int64_t>();
    if (!number) refuse(key, node, "a whole number");
    check(key, node, static_cast<double>(*number));
    to = *number;
  }

  void take(Key const& key, toml::node const& node, double& to) const {
    if (!node.is_number()) refuse(key, node, "a number");
    to = *node.value<double>();
    check(key, node, to);
  }

  void take(Key const& key, toml::node const& node, bool& to) const {
    auto const flag = node.value_exact<bool>();
    if (!flag) refuse(key, node, "true or false");
    to = *flag;
  }

  template <class T>
  void take(Key const& key, toml::node const& node, std::vector<T>& to) const {
    if (!node.is_array()) refuse(key, node, "an array");
    to.clear();
    for (toml::node const& element : *node.as_array()) take(key, element, to.emplace_back());
  }

  void take(Key const& key, toml::node const& node, std::array<std::int64_t, 3>& to) const {
    if (!node.is_array() || node.as_array()->size() != 3) refuse(key, node, "an array of 3 whole numbers");
    for (std::size_t k = 0; k < 3; ++k) take(key, *node.as_array()->get(k), to[k]);
  }

  /// Three flags, or letters as LAMMPS' boundary has them: p, and f, s or m.
  void take(Key const& key, toml::node const& node, std::optional<std::array<bool, 3>>& to) const {
    auto const expected = [&] {
      refuse(key, node, "three of true and false, or three of p and f as in \"ppf\"");
    };
    std::array<bool, 3> flags{};
    if (auto const text = node.value_exact<std::string>()) {
      std::string letters;
      for (char const c : *text)
        if (c != ' ') letters += c;
      if (letters == automatic) return to.reset();
      if (letters.size() != 3 || letters.find_first_not_of("pfsm") != letters.npos) expected();
      for (std::size_t k = 0; k < 3; ++k) flags[k] = letters[k] == 'p';
    } else {
      if (!node.is_array() || node.as_array()->size() != 3) expected();
      for (std::size_t k = 0; k < 3; ++k) take(key, *node.as_array()->get(k), flags[k]);
    }
    to = flags;
  }

  void take(Key const& key, toml::node const& node, std::map<std::string, double>& to) const {
    if (!node.is_table()) refuse(key, node, "a table such as { O = 15.9994 }");
    to.clear();
    for (auto&& [name, element] : *node.as_table()) take(key, element, to[std::string(name.str())]);
  }

  std::string m_file;
  std::vector<Key> const* m_keys;
};

/// Puts `run.steps=0` into the parsed file. What is no TOML value is taken as a string.
void apply_override(toml::table& root, std::string const& setting) {
  std::size_t const equals = setting.find('=');
  std::size_t const dot = setting.find('.');
  if (equals == setting.npos || dot == setting.npos || dot > equals)
    dp::fail("--set ", setting, ": expected table.key=value, for instance run.steps=100");
  toml::table* table = &root;
  std::size_t begin = 0;
  for (std::size_t end = dot; end < equals; end = std::min(setting.find('.', begin), equals)) {
    std::string const name = setting.substr(begin, end - begin);
    if (!table->contains(name)) table->insert(name, toml::table{});
    table = table->get(name)->as_table();
    if (!table) dp::fail("--set ", setting, ": ", name, " is not a table");
    begin = end + 1;
  }
  std::string const name = setting.substr(begin, equals - begin);
  std::string const value = setting.substr(equals + 1);
  toml::table parsed;
  try {
    parsed = toml::parse("value = " + value);
  } catch (toml::parse_error const&) {
    parsed.insert("value", value);
  }
  table->insert_or_assign(name, *parsed.get("value"));
}

}  // namespace

void read_keys(std::string const& file, std::vector<std::string> const& overrides,
               std::vector<Key> const& keys) {
  if (!std::filesystem::is_regular_file(file)) dp::fail(file, ": cannot be opened (does the file exist?)");
  toml::table root;
  try {
    root = toml::parse_file(file);
  } catch (toml::parse_error const& error) {
    dp::fail(file, ":", error.source().begin.line, ": not valid TOML: ", error.description());
  }
  for (std::string const& setting : overrides) apply_override(root, setting);
  KeyReader(file, keys).read(root);
}

std::string show_value(Key const& key) {
  return std::visit([](auto const* target) { return show(*target); }, key.target);
}

std::string describe(std::vector<Key> const& keys) {
  std::ostringstream text;
  std::string table;
  for (Key const& key : keys) {
    std::size_t const dot = key.name.find('.');
    if (table != key.name.substr(0, dot)) text << "[" << (table = key.name.substr(0, dot)) << "]\n";
    std::string left = key.name.substr(dot + 1);
    if (!key.rule.required) left += " = " + show_value(key);
    left.resize(std::max<std::size_t>(left.size(), 34), ' ');
    text << "  " << left << "  " << key.help;
    for (std::size_t i = 0; key.rule.choices.size() > 1 && i < key.rule.choices.size(); ++i)
      text << (i == 0 ? ": " : " | ") << key.rule.choices[i];
    text << (key.rule.required ? " (required)\n" : "\n");
  }
  return text.str();
}

}  // namespace examples
