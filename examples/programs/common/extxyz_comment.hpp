// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>
#include <vector>

#include "common/text.hpp"

namespace examples {

inline std::string to_lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

/// Without regard to upper and lower case.
inline bool same_word(std::string_view a, std::string_view b) {
  return a.size() == b.size() && to_lower(a) == to_lower(b);
}

/// The words of a list in any of the forms that writers have: separated by blanks or commas, within brackets
/// of any depth or not, with ASE's mark _JSON before it or not.
inline std::vector<std::string> list_words(std::string_view text) {
  std::string plain(text);
  for (char& c : plain)
    if (c == ',' || c == '[' || c == ']' || c == '{' || c == '}') c = ' ';
  std::vector<std::string> result;
  for (std::string_view const word : words(plain))
    if (word != "_JSON" || !result.empty()) result.emplace_back(word);
  return result;
}

/// The comment line of a frame: key=value pairs, blanks around = or not, and free words. A value may stand in
/// quotes or brackets; a quote or bracket that is never closed is a character like others where no known key
/// stands before it.
class ExtxyzComment {
 public:
  struct Entry {
    std::string key;   ///< or a free word
    std::string text;  ///< without quotes, and without the outer brackets
    bool has_value = false;
    bool open = false;  ///< the quote or bracket is never closed
  };

  explicit ExtxyzComment(std::string line) : m_line(std::move(line)) {
    while (skip_blanks()) m_entries.push_back(next_entry());
  }

  std::string const& line() const { return m_line; }
  std::vector<Entry> const& entries() const { return m_entries; }

  /// The value of the first of these keys that is there; nullptr where none is.
  /// \throws dp::Error, naming the line, for one that is there twice or never ends
  std::string const* find(LineReader const& lines, std::initializer_list<std::string_view> keys) const {
    for (std::string_view const key : keys) {
      Entry const* found = nullptr;
      for (Entry const& entry : m_entries) {
        if (!entry.has_value || !same_word(entry.key, key)) continue;
        if (found && found->text != entry.text)
          lines.fail("found two values of ", entry.key, ", expected one");
        found = &entry;
      }
      if (!found) continue;
      if (found->open)
        lines.fail("expected ", closing(found->text[0]), " at the end of the value of ", found->key);
      return &found->text;
    }
    return nullptr;
  }

  /// What follows the value of `key` up to the next key, for values that should have had quotes.
  std::vector<std::string> words_after(std::string_view key) const {
    std::vector<std::string> result;
    auto entry = std::find_if(m_entries.begin(), m_entries.end(),
                              [&](Entry const& e) { return e.has_value && same_word(e.key, key); });
    while (entry != m_entries.end() && ++entry != m_entries.end() && !entry->has_value)
      result.push_back(entry->key);
    return result;
  }

 private:
  static char closing(char open) {
    return open == '{' ? '}' : open == '[' ? ']' : open == '"' || open == '\'' ? open : '\0';
  }

  bool skip_blanks() {
    m_at = std::min(m_line.find_first_not_of(" \t\r", m_at), m_line.size());
    return m_at < m_line.size();
  }

  std::string bare(char const* ends) {
    std::size_t const begin = m_at;
    m_at = std::min(m_line.find_first_of(ends, begin), m_line.size());
    return m_line.substr(begin, m_at - begin);
  }

  /// Takes what stands within quotes or brackets, if they are closed.
  bool enclosed(std::string& text) {
    char const open = m_line[m_at], close = closing(open);
    if (close == '\0') return false;
    int depth = 1;
    text.clear();
    for (std::size_t i = m_at + 1; i < m_line.size(); ++i) {
      char const c = m_line[i];
      if (open == '"' && c == '\\' && i + 1 < m_line.size()) {
        text += m_line[++i];
        continue;
      }
      if (c == close && --depth == 0) {
        m_at = i + 1;
        return true;
      }
      if (c == open) ++depth;
      text += c;
    }
    return false;
  }

  Entry next_entry() {
    Entry entry;
    std::size_t const begin = m_at;
    bool const quoted = m_line[m_at] == '"' && enclosed(entry.key);
    std::size_t after = std::min(m_line.find_first_not_of(" \t", m_at), m_line.size());
    if (quoted && (after == m_line.size() || m_line[after] != '=')) m_at = begin;  // no key: free words
    if (m_at == begin) {
      entry.key = bare(" \t\r=");
      after = std::min(m_line.find_first_not_of(" \t", m_at), m_line.size());
    }
    if (after == m_line.size() || m_line[after] != '=') return entry;
    entry.has_value = true;
    m_at = after + 1;
    if (!skip_blanks()) return entry;
    if (!enclosed(entry.text)) {
      entry.open = closing(m_line[m_at]) != '\0';
      entry.text = bare(" \t\r");
    }
    return entry;
  }

  std::string m_line;
  std::size_t m_at = 0;
  std::vector<Entry> m_entries;
};

}  // namespace examples
