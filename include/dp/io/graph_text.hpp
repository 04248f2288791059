// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <dp/core/error.hpp>
#include <dp/io/tree.hpp>
#include <limits>
#include <protozero/pbf_writer.hpp>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

namespace dp::detail::graph {

/// Messages of a GraphDef, and how a field of one is stored.
enum class Message { none, graph, node, attribute, value, list, tensor, shape, dimension };
enum class Stored { message, bytes, integer, boolean, real32, real64, data_type };

struct Field {
  Message of;
  std::string_view name;
  unsigned number;
  Stored stored;
  Message message = Message::none;
};

/// The fields that a model needs; others are passed over.
inline constexpr std::array<Field, 31> fields{{
    {Message::graph, "node", 1, Stored::message, Message::node},
    {Message::node, "name", 1, Stored::bytes},
    {Message::node, "op", 2, Stored::bytes},
    {Message::node, "input", 3, Stored::bytes},
    {Message::node, "attr", 5, Stored::message, Message::attribute},
    {Message::attribute, "key", 1, Stored::bytes},
    {Message::attribute, "value", 2, Stored::message, Message::value},
    {Message::value, "list", 1, Stored::message, Message::list},
    {Message::value, "s", 2, Stored::bytes},
    {Message::value, "i", 3, Stored::integer},
    {Message::value, "f", 4, Stored::real32},
    {Message::value, "b", 5, Stored::boolean},
    {Message::value, "type", 6, Stored::data_type},
    {Message::value, "tensor", 8, Stored::message, Message::tensor},
    {Message::list, "s", 2, Stored::bytes},
    {Message::list, "i", 3, Stored::integer},
    {Message::list, "f", 4, Stored::real32},
    {Message::list, "b", 5, Stored::boolean},
    {Message::list, "type", 6, Stored::data_type},
    {Message::tensor, "dtype", 1, Stored::data_type},
    {Message::tensor, "tensor_shape", 2, Stored::message, Message::shape},
    {Message::tensor, "tensor_content", 4, Stored::bytes},
    {Message::tensor, "half_val", 13, Stored::integer},
    {Message::tensor, "float_val", 5, Stored::real32},
    {Message::tensor, "double_val", 6, Stored::real64},
    {Message::tensor, "int_val", 7, Stored::integer},
    {Message::tensor, "string_val", 8, Stored::bytes},
    {Message::tensor, "int64_val", 10, Stored::integer},
    {Message::tensor, "bool_val", 11, Stored::boolean},
    {Message::shape, "dim", 2, Stored::message, Message::dimension},
    {Message::dimension, "size", 1, Stored::integer},
}};

/// Names of TensorFlow's data types, in the order of their numbers from 1 on.
inline constexpr std::array<std::string_view, 23> data_types{
    "DT_FLOAT",  "DT_DOUBLE",    "DT_INT32",   "DT_UINT8",   "DT_INT16",  "DT_INT8",
    "DT_STRING", "DT_COMPLEX64", "DT_INT64",   "DT_BOOL",    "DT_QINT8",  "DT_QUINT8",
    "DT_QINT32", "DT_BFLOAT16",  "DT_QINT16",  "DT_QUINT16", "DT_UINT16", "DT_COMPLEX128",
    "DT_HALF",   "DT_RESOURCE",  "DT_VARIANT", "DT_UINT32",  "DT_UINT64"};

/// Reads a graph in the text form of protocol buffers (`.pbtxt`) and writes it in the binary one.
class TextGraph {
 public:
  TextGraph(std::string_view text, std::string file) : m_text(text), m_file(std::move(file)) {}

  std::string to_binary() {
    std::string out;
    message(Message::graph, out, '\0', 0);
    return out;
  }

 private:
  static constexpr int most_depth = 64;

  template <class... Parts>
  [[noreturn]] void complain(Parts const&... parts) const {
    auto const before = m_text.substr(0, m_at);
    fail(m_file, ": line ", 1 + std::count(before.begin(), before.end(), '\n'), ": ", parts...);
  }

  /// The next character behind blanks and comments; 0 at the end.
  char peek() {
    while (m_at < m_text.size()) {
      char const c = m_text[m_at];
      if (c == '#')
        m_at = std::min(m_text.find('\n', m_at), m_text.size());
      else if (std::isspace(static_cast<unsigned char>(c)) != 0)
        ++m_at;
      else
        return c;
    }
    return '\0';
  }

  bool take(char wanted) {
    if (peek() != wanted) return false;
    ++m_at;
    return true;
  }

  /// A name or a number, as it stands.
  std::string_view word() {
    peek();
    std::size_t const begin = m_at;
    auto const belongs = [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '-' || c == '+';
    };
    while (m_at < m_text.size() && belongs(m_text[m_at])) ++m_at;
    if (m_at == begin)
      complain("expected a name or a number, found ",
               m_at < m_text.size() ? in_quotes(m_text.substr(m_at, 1)) : "the end of the file");
    return m_text.substr(begin, m_at - begin);
  }

  /// Texts in quotes, one after the other, as one.
  std::string quoted() {
    std::string out;
    while (peek() == '"' || peek() == '\'') {
      char const quote = m_text[m_at++];
      for (;;) {
        if (m_at >= m_text.size() || m_text[m_at] == '\n') complain("a text in quotes does not end");
        char const c = m_text[m_at++];
        if (c == quote) break;
        out += c == '\\' ? escaped() : c;
      }
    }
    return out;
  }

  char escaped() {
    auto const number = [&](unsigned base, std::size_t digits) {
      unsigned value = 0;
      char const* const begin = m_text.data() + m_at;
      char const* const end = begin + std::min(digits, m_text.size() - m_at);
      auto const parsed = std::from_chars(begin, end, value, static_cast<int>(base));
      if (parsed.ec != std::errc()) complain("a text in quotes has an unknown escape sequence");
      m_at += static_cast<std::size_t>(parsed.ptr - begin);
      return static_cast<char>(value);
    };
    char const c = m_at < m_text.size() ? m_text[m_at] : '\0';
    if (c >= '0' && c <= '7') return number(8, 3);
    ++m_at;
    if (c == 'x' || c == 'X') return number(16, 2);
    constexpr std::string_view names = "abfnrtv\\'\"?", values = "\a\b\f\n\r\t\v\\'\"?";
    std::size_t const at = names.find(c);
    if (c == '\0' || at == names.npos) complain("a text in quotes has an unknown escape sequence");
    return values[at];
  }

  void message(Message of, std::string& out, char end, int depth) {
    if (depth > most_depth) complain("nested more than ", most_depth, " levels deep: not a model");
    protozero::pbf_writer writer(out);
    for (char c = peek(); c != end; c = peek()) {
      if (c == '\0') complain("the file ends within braces");
      std::string_view const name = word();
      auto const field = std::find_if(fields.begin(), fields.end(),
                                      [&](Field const& f) { return f.of == of && f.name == name; });
      bool const colon = take(':');
      if (colon && take('[')) {
        while (!take(']')) {
          one(field == fields.end() ? nullptr : &*field, writer, true, depth);
          take(',');
        }
      } else {
        one(field == fields.end() ? nullptr : &*field, writer, colon, depth);
      }
      if (!take(',')) take(';');
    }
    if (end != '\0') take(end);
  }

  /// One value of a field; nothing is written of an unknown field.
  void one(Field const* field, protozero::pbf_writer& writer, bool colon, int depth) {
    char const begin = peek();
    if (begin == '{' || begin == '<') {
      ++m_at;
      std::string inner;
      if (field != nullptr && field->stored != Stored::message)
        complain(field->name, ": expected a value, found a message");
      message(field != nullptr ? field->message : Message::none, inner, begin == '{' ? '}' : '>', depth + 1);
      if (field != nullptr) writer.add_message(field->number, inner);
      return;
    }
    if (!colon) complain("expected ':' or '{' after a name");
    bool const is_text = begin == '"' || begin == '\'';
    std::string const text = is_text ? quoted() : std::string(word());
    if (field == nullptr) return;
    if (is_text != (field->stored == Stored::bytes) || field->stored == Stored::message)
      complain(field->name, ": a value of another kind than expected");
    switch (field->stored) {
      case Stored::bytes:
        writer.add_string(field->number, text);
        break;
      case Stored::integer:
        writer.add_int64(field->number, number<std::int64_t>(text));
        break;
      case Stored::boolean:
        if (text != "true" && text != "false" && text != "1" && text != "0")
          complain("expected true or false, found ", in_quotes(text));
        writer.add_bool(field->number, text == "true" || text == "1");
        break;
      case Stored::real32:
        writer.add_float(field->number, number<float>(text));
        break;
      case Stored::real64:
        writer.add_double(field->number, number<double>(text));
        break;
      default:
        writer.add_int64(field->number, data_type(text));
    }
  }

  template <class Number>
  Number number(std::string_view text) const {
    Number value = 0;
    auto const parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    bool const whole = parsed.ptr == text.data() + text.size();
    if (whole && parsed.ec == std::errc()) return value;
    if constexpr (std::is_floating_point_v<Number>) {
      // Too small or too large for the type; the smallest float has so many digits that a double takes it.
      double wide = 0.0;
      if (std::is_same_v<Number, float> &&
          std::from_chars(text.data(), text.data() + text.size(), wide).ec == std::errc() && whole)
        return static_cast<float>(wide);
    }
    complain("expected a number, found ", in_quotes(text));
  }

  std::int64_t data_type(std::string_view name) const {
    if (std::isdigit(static_cast<unsigned char>(name.front())) != 0) return number<std::int64_t>(name);
    auto const at = std::find(data_types.begin(), data_types.end(), name);
    // Others cannot be types of anything that is read, and are only refused where something is.
    return at == data_types.end() ? 0 : 1 + (at - data_types.begin());
  }

  std::string_view m_text;
  std::string m_file;
  std::size_t m_at = 0;
};

/// The binary form of a graph in text form; `file` is for messages.
/// \throws dp::Error, naming the line, for what is no such text
inline std::string binary_of_text(std::string_view text, std::string const& file) {
  return TextGraph(text, file).to_binary();
}

}  // namespace dp::detail::graph
