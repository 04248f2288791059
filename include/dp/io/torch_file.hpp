// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <dp/core/error.hpp>
#include <dp/io/complete_tree.hpp>
#include <dp/io/foreign_formats.hpp>
#include <dp/io/json_tree.hpp>
#include <dp/io/nequip_file.hpp>
#include <dp/io/torch_archive.hpp>
#include <dp/io/torch_model.hpp>
#include <dp/io/torch_module.hpp>
#include <dp/io/tree.hpp>
#include <dp/io/zip_archive.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace dp::detail {

/// The name of the first member with this ending, up to the ending; nothing without one.
inline std::optional<std::string> folder_of(ZipArchive const& zip, std::string_view ending) {
  for (auto const& [name, member] : zip.members())
    if (std::string_view(name).ends_with(ending)) return name.substr(0, name.size() - ending.size());
  return std::nullopt;
}

/// The map with this member in place of one of the same name; other values stay as they are.
inline Node with(Node node, std::string_view key, Node value) {
  auto* const map = std::get_if<Node::Map>(&node.value);
  if (map == nullptr) return node;
  std::erase_if(*map, [&](Member const& member) { return member.key == key; });
  map->push_back({std::string(key), std::move(value)});
  return map_of(std::move(*map));
}

/// Says in a tree that absent neighbours count nothing, where they would: a key of ours, for descriptors that
/// mix the types of neighbours and have averages other than zero, or layers of attention. Programs that take
/// the edges of a graph know no absent neighbours.
inline Node without_absent(Node tree) {
  Node* const descriptor = find_path(tree, {"model", "descriptor"});
  Node* const averages = find_path(tree, {"model", "descriptor", "@variables", "davg"});
  auto const* const array = averages != nullptr ? averages->as<Node::SharedArray>() : nullptr;
  if (array == nullptr || descriptor->find("type_embedding") == nullptr) return tree;
  std::vector<double> const& values = (*array)->values;
  Node const* const layers = descriptor->find("attn_layer");
  bool const attends =
      layers != nullptr && layers->as<std::int64_t>() != nullptr && *layers->as<std::int64_t>() > 0;
  if (attends || std::any_of(values.begin(), values.end(), [](double value) { return value != 0.0; }))
    *descriptor = with(std::move(*descriptor), "pads", Node{std::string("none")});
  return tree;
}

/// The tree of an exported program (`.pt2`, `.pte`): it lies beside the compiled code, whole and as JSON. Its
/// backend is the one that the weights came from; the program follows PyTorch's rules whatever that was.
inline Node exported_tree(ZipArchive& zip, std::string const& folder) {
  std::string const name = folder + "model.json", script = folder + "model_def_script.json";
  Node tree = with(json_tree(zip.contents(name), zip.file(), name), "backend", Node{std::string("PyTorch")});
  if (std::string const metadata = folder + "metadata.json"; zip.has(metadata)) {
    Node const about = json_tree(zip.contents(metadata), zip.file(), metadata);
    Node const* const kind = about.find("lower_input_kind");
    std::string const* const text = kind != nullptr ? kind->as<std::string>() : nullptr;
    if (text != nullptr && *text != "nlist") tree = without_absent(std::move(tree));
  }
  Node const* const known = tree.find("model_def_script");
  if ((known != nullptr && !known->is_null()) || !zip.has(script)) return tree;
  return with(std::move(tree), "model_def_script", json_tree(zip.contents(script), zip.file(), script));
}

/// The tree in an archive of PyTorch: TorchScript (`.pth`) or an exported program.
inline Node torch_tree(std::string_view bytes, std::string const& file) {
  ZipArchive zip(bytes, file);
  if (std::optional<std::string> const folder = folder_of(zip, "extra/model.json"))
    return exported_tree(zip, *folder + "extra/");
  if (std::optional<std::string> const folder = folder_of(zip, nequip_module))
    return nequip_package_tree(zip, *folder);
  for (auto const& [name, member] : zip.members())
    if (name.find("/aotinductor/") != name.npos)
      fail(file,
           ": expected a model, found compiled code, which holds no weights: give the package (.nequip.zip) "
           "or "
           "the archive of TorchScript (.nequip.pth) that it was made from");
  std::optional<std::string> const folder = folder_of(zip, "/data.pkl");
  if (!folder) refuse_format(file, "a zip archive without a model of PyTorch");
  if (!zip.has(*folder + "/constants.pkl")) fail(file, ": expected a model, found ", freeze_first);
  TorchArchive archive(zip, *folder + "/");
  if (std::optional<Node> tree = nequip_script_tree(zip, archive, *folder + "/")) return *std::move(tree);
  Node tree = torch::model(TorchModule(archive), file);
  std::string const modifier = *folder + "/extra/data_modifier.pth";
  if (zip.has(modifier) && !zip.contents(modifier).empty())
    return with(std::move(tree), "modifier", Node{std::string("extra/data_modifier.pth")});
  return tree;
}

}  // namespace dp::detail
