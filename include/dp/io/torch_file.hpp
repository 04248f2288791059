// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/core/error.hpp>
#include <dp/io/foreign_formats.hpp>
#include <dp/io/json_tree.hpp>
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

namespace dp::detail {

/// The name of the first member with this ending, up to the ending; nothing without one.
inline std::optional<std::string> folder_of(ZipArchive const& zip, std::string_view ending) {
  for (auto const& [name, member] : zip.members())
    if (std::string_view(name).ends_with(ending)) return name.substr(0, name.size() - ending.size());
  return std::nullopt;
}

/// The tree of an exported program (`.pt2`, `.pte`): it lies beside the compiled code, whole and as JSON.
inline Node exported_tree(ZipArchive& zip, std::string const& folder) {
  std::string const name = folder + "model.json", script = folder + "model_def_script.json";
  Node tree = json_tree(zip.contents(name), zip.file(), name);
  auto* const map = std::get_if<Node::Map>(&tree.value);
  if (map == nullptr) fail(zip.file(), ": ", name, ": expected a map of keys and values");
  Node const* const known = tree.find("model_def_script");
  if ((known == nullptr || known->is_null()) && zip.has(script)) {
    std::erase_if(*map, [](Member const& member) { return member.key == "model_def_script"; });
    map->push_back({"model_def_script", json_tree(zip.contents(script), zip.file(), script)});
    return map_of(std::move(*map));
  }
  return tree;
}

/// The tree in an archive of PyTorch: TorchScript (`.pth`) or an exported program.
inline Node torch_tree(std::string_view bytes, std::string const& file) {
  ZipArchive zip(bytes, file);
  if (std::optional<std::string> const folder = folder_of(zip, "extra/model.json"))
    return exported_tree(zip, *folder + "extra/");
  std::optional<std::string> const folder = folder_of(zip, "/data.pkl");
  if (!folder) refuse_format(file, "a zip archive without a model of PyTorch");
  if (!zip.has(*folder + "/constants.pkl")) fail(file, ": expected a model, found ", freeze_first);
  std::string const modifier = *folder + "/extra/data_modifier.pth";
  if (zip.has(modifier) && !zip.contents(modifier).empty())
    fail(file, ": ", modifier, ": models with a data modifier (DPLR) are not supported");
  TorchArchive archive(zip, *folder + "/");
  return torch::model(TorchModule(archive), file);
}

}  // namespace dp::detail
