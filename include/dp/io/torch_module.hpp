// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/core/error.hpp>
#include <dp/io/pickle_value.hpp>
#include <dp/io/torch_archive.hpp>
#include <dp/io/tree.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dp::detail {

/// A module of TorchScript, or of a package of PyTorch, that knows its way from the root, so that complaints
/// name it: `water.pth: atomic_model.descriptor: ...`. Attributes that are None count as absent.
class TorchModule {
 public:
  /// The root of an archive, which must outlive the object.
  explicit TorchModule(TorchArchive& archive)
      : TorchModule(archive, TorchArchive::plain(archive.root()), std::string()) {}

  /// The name of its class, without what TorchScript puts in front of it.
  std::string const& type() const { return m_value->made_by()->name; }

  /// A complaint about this module.
  template <class... Parts>
  [[noreturn]] void complain(Parts const&... parts) const {
    fail(m_archive->file(), ": ", m_path.empty() ? "the module" : m_path, ": ", parts...);
  }

  /// A module of this one, if it is there.
  std::optional<TorchModule> find(std::string_view name) const {
    pickle::Value const* const value = attribute(name);
    if (value == nullptr) return std::nullopt;
    return TorchModule(*m_archive, *value, path_of(name));
  }

  /// A module of this one, which must be there.
  TorchModule operator[](std::string_view name) const {
    std::optional<TorchModule> out = find(name);
    if (!out) complain("there is no module ", in_quotes(name));
    return *std::move(out);
  }

  /// The modules of a list, which are its attributes "0", "1", ...
  std::vector<TorchModule> list(std::string_view name) const {
    TorchModule const owner = (*this)[name];
    std::vector<TorchModule> out;
    while (std::optional<TorchModule> const entry = owner.find(std::to_string(out.size())))
      out.push_back(*entry);
    return out;
  }

  /// The names of all its modules.
  std::vector<std::string> modules() const {
    pickle::Value const* const inner = m_state != nullptr ? m_state->find("_modules") : nullptr;
    pickle::Value const* const all = inner != nullptr ? inner : m_state;
    std::vector<std::string> out;
    if (all == nullptr) return out;
    pickle::Dict const* const dict = all->as<pickle::Dict>();
    pickle::Object const* const object = all->as<pickle::Object>();
    if (dict == nullptr && object == nullptr) return out;
    for (auto const& [name, value] : dict != nullptr ? dict->items : object->items) {
      std::string const* const text = name->as<std::string>();
      pickle::Value const& plain = TorchArchive::plain(*value);
      if (text != nullptr && plain.made_by() != nullptr && !TorchArchive::is_tensor(plain))
        out.push_back(*text);
    }
    return out;
  }

  /// An attribute as a value of a tree: numbers, texts, lists, dictionaries, tensors; null where it is
  /// absent.
  Node node(std::string_view name) const {
    pickle::Value const* const value = attribute(name);
    if (value == nullptr) return {};
    std::size_t left = most_values;
    return node_of(*value, path_of(name), most_depth, left);
  }

  /// Whether a flag is set; one that is absent is not.
  bool flag(std::string_view name) const {
    Node const value = node(name);
    bool const* const set = value.as<bool>();
    if (set == nullptr && !value.is_null()) complain("expected a flag as ", in_quotes(name));
    return set != nullptr && *set;
  }

  /// An attribute that must be there.
  Node required(std::string_view name) const {
    Node out = node(name);
    if (out.is_null()) complain("the attribute ", in_quotes(name), " is missing");
    return out;
  }

  /// The tensors of a list of parameters.
  Node::List tensors(std::string_view name) const {
    TorchModule const owner = (*this)[name];
    Node::List out;
    for (std::string key = "0"; owner.attribute(key) != nullptr; key = std::to_string(out.size()))
      out.push_back(owner.node(key));
    return out;
  }

 private:
  // Of one attribute: lists may hold themselves.
  static constexpr std::size_t most_values = 1'000'000;
  static constexpr int most_depth = 32;

  TorchModule(TorchArchive& archive, pickle::Value const& value, std::string path)
      : m_archive(&archive), m_value(&value), m_path(std::move(path)) {
    if (m_value->made_by() == nullptr) complain("expected a module of TorchScript");
    m_state = m_value->as<pickle::Object>()->state;
  }

  pickle::Value const* attribute(std::string_view name) const {
    pickle::Value const* value = m_state != nullptr ? m_state->find(name) : nullptr;
    // What Python's modules keep in dictionaries of their own TorchScript has beside all else.
    for (char const* const box : {"_parameters", "_buffers", "_modules"})
      if (pickle::Value const* const inner = m_state != nullptr ? m_state->find(box) : nullptr;
          value == nullptr && inner != nullptr)
        value = inner->find(name);
    if (value == nullptr) return nullptr;
    pickle::Value const& plain = TorchArchive::plain(*value);
    return plain.as<pickle::None>() != nullptr ? nullptr : &plain;
  }

  std::string path_of(std::string_view name) const {
    return (m_path.empty() ? std::string() : m_path + ".") + std::string(name);
  }

  Node node_of(pickle::Value const& typed, std::string const& place, int depth, std::size_t& left) const {
    pickle::Value const& value = TorchArchive::plain(typed);
    if (left == 0 || depth == 0)
      fail(m_archive->file(), ": ", place, ": more than ", most_values, " values or ", most_depth, " levels");
    --left;
    if (TorchArchive::is_tensor(value)) return Node{m_archive->tensor(value, place)};
    if (bool const* const flag = value.as<bool>()) return Node{*flag};
    if (std::int64_t const* const integer = value.as<std::int64_t>()) return Node{*integer};
    if (double const* const real = value.as<double>()) return Node{*real};
    if (std::string const* const text = value.as<std::string>()) return Node{*text};
    if (value.as<pickle::None>() != nullptr) return {};
    pickle::List const* const list = value.as<pickle::List>();
    pickle::Tuple const* const tuple = value.as<pickle::Tuple>();
    if (list == nullptr && tuple == nullptr)
      fail(m_archive->file(), ": ", place, ": expected a value, found an object");
    Node::List out;
    for (pickle::Value const* const item : list != nullptr ? list->items : tuple->items)
      out.push_back(node_of(*item, place, depth - 1, left));
    return Node{std::move(out)};
  }

  TorchArchive* m_archive;
  pickle::Value const* m_value;
  pickle::Value const* m_state = nullptr;
  std::string m_path;
};

}  // namespace dp::detail
