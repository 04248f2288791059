// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <dp/core/error.hpp>
#include <dp/io/number_type.hpp>
#include <dp/io/pickle.hpp>
#include <dp/io/pickle_value.hpp>
#include <dp/io/tree.hpp>
#include <dp/io/zip_archive.hpp>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dp::detail {

/// What an archive of PyTorch holds: the pickled module, and the tensors that it refers to.
class TorchArchive {
 public:
  /// One of TorchScript. `folder`: of the archive, with a slash at its end; `zip` must outlive the object.
  TorchArchive(ZipArchive& zip, std::string folder)
      : TorchArchive(zip, std::move(folder), "data.pkl", "data/", "") {}

  /// Any other: `module`: the name of the pickle in the folder; `before` and `behind`: what the names of
  /// tensors there begin and end with.
  TorchArchive(ZipArchive& zip, std::string folder, std::string const& module, std::string before,
               std::string behind)
      : m_zip(zip),
        m_folder(std::move(folder)),
        m_before(std::move(before)),
        m_behind(std::move(behind)),
        m_document(m_zip.contents(m_folder + module), m_zip.file()) {
    std::string const order = m_folder + "byteorder";
    if (m_zip.has(order) && m_zip.contents(order) != "little")
      m_zip.bytes().unsupported("the byte order ", in_quotes(m_zip.contents(order)));
  }

  std::string const& file() const { return m_zip.file(); }
  pickle::Value const& root() const { return m_document.root(); }

  /// The value without the calls that only give it a type, and without the classes of irreps.
  static pickle::Value const& plain(pickle::Value const& value) {
    pickle::Value const* out = &value;
    for (int depth = 0; depth < 8; ++depth) {
      pickle::Global const* const made_by = out->made_by();
      bool const typed = made_by != nullptr &&
                         (made_by->module == "torch.jit._pickle" || made_by->name == "_rebuild_parameter" ||
                          made_by->name == "_rebuild_parameter_with_state");
      bool const irreps = made_by != nullptr && made_by->module.starts_with("e3nn.o3");
      pickle::Tuple const* const arguments =
          typed || irreps ? out->as<pickle::Object>()->arguments->as<pickle::Tuple>() : nullptr;
      if (arguments == nullptr || arguments->items.empty()) break;
      out = irreps && arguments->items.size() > 1 ? out->as<pickle::Object>()->arguments
                                                  : arguments->items.front();
    }
    return *out;
  }

  static bool is_tensor(pickle::Value const& value) {
    pickle::Global const* const made_by = value.made_by();
    return made_by != nullptr && made_by->module == "torch._utils" && made_by->name == "_rebuild_tensor_v2";
  }

  /// The numbers of a tensor; `place` names it in messages.
  Node::SharedArray tensor(pickle::Value const& value, std::string const& place) {
    Node::SharedArray& known = m_tensors[&value];
    if (!known) known = read_tensor(value, place);
    return known;
  }

 private:
  struct Storage {
    NumberType type;
    std::string_view data;
  };

  template <class... Parts>
  [[noreturn]] void refuse(std::string const& place, Parts const&... parts) const {
    fail(file(), ": ", place, ": ", parts...);
  }

  static std::vector<std::int64_t> integers(pickle::Value const* value) {
    std::vector<std::int64_t> out;
    if (pickle::Tuple const* const tuple = value->as<pickle::Tuple>())
      for (pickle::Value const* const item : tuple->items)
        if (std::int64_t const* const number = item->as<std::int64_t>()) out.push_back(*number);
    return out;
  }

  Node::SharedArray read_tensor(pickle::Value const& value, std::string const& place) {
    pickle::Tuple const* const arguments = value.as<pickle::Object>()->arguments->as<pickle::Tuple>();
    if (arguments == nullptr || arguments->items.size() < 4) refuse(place, "expected a tensor of four parts");
    Storage const storage = storage_of(*arguments->items[0], place);
    std::int64_t const* const offset = arguments->items[1]->as<std::int64_t>();
    std::vector<std::int64_t> const sizes = integers(arguments->items[2]);
    std::vector<std::int64_t> const strides = integers(arguments->items[3]);
    std::size_t const numbers = storage.data.size() / storage.type.size;
    if (offset == nullptr || *offset < 0 || sizes.size() != strides.size() || sizes.size() > 32)
      refuse(place, "expected a tensor with an offset, and a stride for each of its sizes");
    auto array = std::make_shared<Array>();
    array->float32 = storage.type.is_float32();
    std::size_t count = 1;
    std::size_t end = static_cast<std::size_t>(*offset);  // of the last number, and one
    for (std::size_t d = 0; d < sizes.size(); ++d) {
      auto const size = static_cast<std::size_t>(sizes[d]), stride = static_cast<std::size_t>(strides[d]);
      bool const fits = sizes[d] >= 0 && strides[d] >= 0 && (size == 0 || count <= numbers / size) &&
                        (size < 2 || stride <= numbers / (size - 1));
      if (!fits) refuse(place, "a tensor larger than the ", numbers, " numbers that are stored for it");
      array->shape.push_back(size);
      count *= size;
      if (size > 1) end += (size - 1) * stride;
    }
    if (count > 0 && end >= numbers)
      refuse(place, "a tensor that ends at number ", end, " of the ", numbers, " that are stored for it");
    array->values.reserve(count);
    std::vector<std::size_t> index(sizes.size(), 0);
    for (std::size_t at = static_cast<std::size_t>(*offset), i = 0; i < count; ++i) {
      array->values.push_back(storage.type.decode(storage.data.data() + at * storage.type.size));
      for (std::size_t d = sizes.size(); d-- > 0;) {
        at += static_cast<std::size_t>(strides[d]);
        if (++index[d] < array->shape[d]) break;
        at -= array->shape[d] * static_cast<std::size_t>(strides[d]);
        index[d] = 0;
      }
    }
    return array;
  }

  // ("storage", the class of its numbers, its name in the archive, the device it was on, the count)
  Storage storage_of(pickle::Value const& value, std::string const& place) {
    pickle::Persistent const* const persistent = value.as<pickle::Persistent>();
    pickle::Tuple const* const id = persistent != nullptr ? persistent->id->as<pickle::Tuple>() : nullptr;
    if (id == nullptr || id->items.size() < 5)
      refuse(place, "expected a tensor with a storage in the archive");
    pickle::Global const* const kind = id->items[1]->as<pickle::Global>();
    std::string const* const name = id->items[2]->as<std::string>();
    std::int64_t const* const number = id->items[2]->as<std::int64_t>();  // in packages
    std::string const key = name != nullptr ? *name : number != nullptr ? std::to_string(*number) : "";
    std::int64_t const* const count = id->items[4]->as<std::int64_t>();
    if (kind == nullptr || key.empty() || count == nullptr || *count < 0)
      refuse(place, "expected a storage with a type, a name and a count");
    NumberType const type = storage_type(kind->name, place);
    std::string_view const data = m_zip.contents(m_folder + m_before + key + m_behind);
    if (static_cast<std::uint64_t>(*count) > data.size() / type.size)
      refuse(place, "expected ", *count, " numbers of ", type.size, " bytes in ", m_before, key, ", found ",
             data.size(), " bytes");
    return {type, data.substr(0, static_cast<std::size_t>(*count) * type.size)};
  }

  NumberType storage_type(std::string_view name, std::string const& place) const {
    using Kind = NumberType::Kind;
    static constexpr std::array<std::pair<std::string_view, NumberType>, 10> known{
        {{"DoubleStorage", {Kind::floating, 8}},
         {"FloatStorage", {Kind::floating, 4}},
         {"HalfStorage", {Kind::floating, 2}},
         {"BFloat16Storage", {Kind::bfloat16, 2}},
         {"LongStorage", {Kind::signed_integer, 8}},
         {"IntStorage", {Kind::signed_integer, 4}},
         {"ShortStorage", {Kind::signed_integer, 2}},
         {"CharStorage", {Kind::signed_integer, 1}},
         {"ByteStorage", {Kind::unsigned_integer, 1}},
         {"BoolStorage", {Kind::unsigned_integer, 1}}}};
    for (auto const& [text, type] : known)
      if (text == name) return type;
    refuse(place, "expected a tensor of real numbers, found the storage ", in_quotes(name));
  }

  ZipArchive& m_zip;
  std::string m_folder, m_before, m_behind;
  pickle::Document m_document;
  std::map<pickle::Value const*, Node::SharedArray> m_tensors;
};

}  // namespace dp::detail
