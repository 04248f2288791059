// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <dp/io/bytes.hpp>
#include <dp/io/pickle_value.hpp>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dp::detail::pickle {

/// Walks through a pickle (protocols 2 to 4, as Python and PyTorch write them) and keeps what it describes.
/// Nothing is executed: what would be a call becomes an Object with the names of what is called.
class Document {
 public:
  /// `data` is not needed afterwards; `file` is for messages.
  Document(std::string_view data, std::string file) : m_bytes(data, std::move(file), "pickle") {
    if (data.size() > most_bytes) m_bytes.corrupt("expected at most ", most_bytes, " bytes: not a model");
    while (m_root == nullptr) step(byte());
  }
  Document(Document const&) = delete;
  Document& operator=(Document const&) = delete;

  Value const& root() const { return *m_root; }

 private:
  static constexpr std::size_t most_bytes = std::size_t{256} << 20;
  static constexpr auto what = "operation";

  // The operations by their bytes, in the order of their groups.
  void step(unsigned operation) {
    switch (operation) {
      case 0x80:  // PROTO
        if (unsigned const version = byte(); version < 2 || version > 5)
          m_bytes.unsupported("protocol ", version);
        return;
      case 0x95:  // FRAME
        take(8);
        return;
      case '.':
        m_root = pop();
        return;
      case 'N':
        return push(None{});
      case 0x88:
        return push(true);
      case 0x89:
        return push(false);
      case 'K':
        return push(std::int64_t{byte()});
      case 'M':
        return push(static_cast<std::int64_t>(number(2)));
      case 'J':
        return push(std::int64_t{static_cast<std::int32_t>(number(4))});
      case 0x8A:
        return push(long_integer());
      case 'G':
        return push(std::bit_cast<double>(big_endian()));
      case 'X':
      case 'T':
      case 'B':
        return push(std::string(take(number(4))));
      case 0x8C:
      case 'U':
      case 'C':
        return push(std::string(take(number(1))));
      case 0x8D:
      case 0x8E:
        return push(std::string(take(number(8))));
      case ')':
        return push(Tuple{});
      case ']':
        return push(List{});
      case '}':
        return push(Dict{});
      case '(':
        return m_marks.push_back(m_stack.size());
      default:
        combine(operation);
    }
  }

  // What takes values from the stack, or moves them between stack and memory.
  void combine(unsigned operation) {
    switch (operation) {
      case 0x85:
      case 0x86:
      case 0x87:
        return push(Tuple{last(operation - 0x84)});
      case 't':
        return push(Tuple{since_mark()});
      case 'a':
        return append(last(1));
      case 'e':
        return append(since_mark());
      case 's':
        return set_items(last(2));
      case 'u':
        return set_items(since_mark());
      case 'c': {
        std::string module = line();
        return push(Global{std::move(module), line()});
      }
      case 0x93: {  // STACK_GLOBAL
        std::vector<Value*> const names = last(2);
        return push(Global{text(names[0]), text(names[1])});
      }
      case 'R':
      case 0x81:
        return make_object();
      case 'b': {
        Value* const state = pop();
        if (Object* const object = top()->as<Object>()) object->state = state;
        return;
      }
      case 'Q':
        return push(Persistent{pop()});
      case 'q':
        m_memory[number(1)] = top();
        return;
      case 'r':
        m_memory[number(4)] = top();
        return;
      case 0x94:  // MEMOIZE
        m_memory.emplace(m_memory.size(), top());
        return;
      case 'h':
        return recall(number(1));
      case 'j':
        return recall(number(4));
      case '0':
        pop();
        return;
      default:
        m_bytes.unsupported("the operation ", operation, " (at ", m_at - 1, ")");
    }
  }

  std::string_view take(std::uint64_t length) {
    std::string_view const out = m_bytes.range(m_at, length, what);
    m_at += length;
    return out;
  }
  unsigned byte() { return static_cast<unsigned>(number(1)); }
  std::uint64_t number(unsigned width) {
    std::uint64_t const out = m_bytes.integer(m_at, width, what);
    m_at += width;
    return out;
  }
  std::uint64_t big_endian() {
    std::uint64_t out = 0;
    for (int i = 0; i < 8; ++i) out = out << 8 | number(1);
    return out;
  }
  // Two's complement of up to eight bytes; longer ones are no numbers of a model.
  std::int64_t long_integer() {
    unsigned const width = byte();
    if (width > 8) m_bytes.unsupported("an integer of ", width, " bytes");
    if (width == 0) return 0;
    unsigned const unused = 64 - 8 * width;
    return static_cast<std::int64_t>(number(width) << unused) >> unused;
  }
  std::string line() {
    std::string out;
    for (unsigned c = byte(); c != '\n'; c = byte()) out += static_cast<char>(c);
    return out;
  }
  std::string const& text(Value const* value) const {
    std::string const* const out = value->as<std::string>();
    if (out == nullptr) m_bytes.corrupt("expected a name at ", m_at);
    return *out;
  }

  template <class Content>
  void push(Content content) {
    m_values.push_back({std::move(content)});
    m_stack.push_back(&m_values.back());
  }
  Value* top() const {
    if (m_stack.size() <= (m_marks.empty() ? 0 : m_marks.back()))
      m_bytes.corrupt("an operation at ", m_at, " needs more values than there are");
    return m_stack.back();
  }
  Value* pop() {
    Value* const out = top();
    m_stack.pop_back();
    return out;
  }
  std::vector<Value*> last(std::size_t count) {
    std::vector<Value*> out(count);
    for (std::size_t i = count; i > 0; --i) out[i - 1] = pop();
    return out;
  }
  std::vector<Value*> since_mark() {
    if (m_marks.empty()) m_bytes.corrupt("an operation at ", m_at, " needs a mark");
    auto const begin = m_stack.begin() + static_cast<std::ptrdiff_t>(m_marks.back());
    std::vector<Value*> out(begin, m_stack.end());
    m_stack.erase(begin, m_stack.end());
    m_marks.pop_back();
    return out;
  }

  void append(std::vector<Value*> const& values) {
    List* const list = top()->as<List>();
    if (list == nullptr) m_bytes.corrupt("expected a list at ", m_at);
    list->items.insert(list->items.end(), values.begin(), values.end());
  }
  void set_items(std::vector<Value*> const& values) {
    Dict* const dict = top()->as<Dict>();
    Object* const object = top()->as<Object>();
    if ((dict == nullptr && object == nullptr) || values.size() % 2 != 0)
      m_bytes.corrupt("expected a dictionary, keys and values at ", m_at);
    auto& items = dict != nullptr ? dict->items : object->items;
    for (std::size_t i = 0; i < values.size(); i += 2) items.emplace_back(values[i], values[i + 1]);
  }
  void make_object() {
    Value* const arguments = pop();
    Value* const callable = pop();
    push(Object{callable, arguments, nullptr, {}});
  }
  void recall(std::uint64_t index) {
    auto const at = m_memory.find(index);
    if (at == m_memory.end()) m_bytes.corrupt("there is no value ", index, " to recall at ", m_at);
    m_stack.push_back(at->second);
  }

  Bytes m_bytes;
  std::uint64_t m_at = 0;
  std::deque<Value> m_values;
  std::vector<Value*> m_stack;
  std::vector<std::size_t> m_marks;
  std::map<std::uint64_t, Value*> m_memory;
  Value* m_root = nullptr;
};

}  // namespace dp::detail::pickle
