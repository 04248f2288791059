// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

/// What a pickle describes, without executing anything of it: calls and classes are kept by their names.
namespace dp::detail::pickle {

struct Value;

struct None {};

/// A class or a function by its name.
struct Global {
  std::string module, name;
};

struct Tuple {
  std::vector<Value*> items;
};

struct List {
  std::vector<Value*> items;
};

struct Dict {
  std::vector<std::pair<Value*, Value*>> items;
};

/// What calling something would give, or an object of a class; `state` is what it was then built from (null:
/// nothing), `items` what was put into it.
struct Object {
  Value* callable = nullptr;
  Value* arguments = nullptr;
  Value* state = nullptr;
  std::vector<std::pair<Value*, Value*>> items;
};

/// Something that is kept outside of the pickle.
struct Persistent {
  Value* id = nullptr;
};

/// A value; its document owns all of them, so that they may refer to each other in any way.
struct Value {
  std::variant<None, bool, std::int64_t, double, std::string, Global, Tuple, List, Dict, Object, Persistent>
      content;

  template <class T>
  T const* as() const {
    return std::get_if<T>(&content);
  }
  template <class T>
  T* as() {
    return std::get_if<T>(&content);
  }

  /// The value of a text key of a dictionary, or of what was put into an object; or a null pointer.
  Value const* find(std::string_view key) const {
    Dict const* const dict = as<Dict>();
    Object const* const object = as<Object>();
    if (dict == nullptr && object == nullptr) return nullptr;
    for (auto const& [name, value] : dict != nullptr ? dict->items : object->items)
      if (std::string const* const text = name->as<std::string>(); text != nullptr && *text == key)
        return value;
    return nullptr;
  }

  /// The name of what an object was made by, or a null pointer.
  Global const* made_by() const {
    Object const* const object = as<Object>();
    return object != nullptr ? object->callable->as<Global>() : nullptr;
  }
};

}  // namespace dp::detail::pickle
