// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/core/error.hpp>
#include <dp/io/file_bytes.hpp>
#include <dp/io/find_modifier.hpp>
#include <dp/io/read_options.hpp>
#include <dp/io/readers.hpp>
#include <dp/io/tree.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <variant>

namespace dp::detail {

/// The file beside `path` that its modifier names as the model of dipoles, or the same in the format of
/// `path` or in our own; empty where there is none.
inline std::string dipole_beside(std::string const& path, Cursor const& modifier) {
  std::optional<Cursor> const name = find_said(modifier, "model_name");
  std::string const* const text = name ? name->node().as<std::string>() : nullptr;
  if (text == nullptr) return {};
  std::filesystem::path const model(path);
  std::filesystem::path file = model.parent_path() / *text;
  for (std::filesystem::path const& extension :
       {file.extension(), model.extension(), std::filesystem::path(".dp")}) {
    file.replace_extension(extension);
    std::error_code ignored;
    if (std::filesystem::is_regular_file(file, ignored)) return file.string();
  }
  return {};
}

/// Puts into the tree of a model with electrostatics, read from `path`, the tree of its model of dipoles,
/// which DeePMD-kit keeps in a file of its own: that of the options, else, unless there is one in the tree,
/// that which the modifier names. What cannot be found read_modifier() will miss.
inline void join_dipole(Node& tree, std::string const& path, ReadOptions const& options) {
  std::optional<Cursor> const modifier = find_modifier(Cursor(tree, path));
  bool const here = modifier && said_type(*modifier) == "dipole_charge";
  if (!here && !options.dipole.empty())
    fail(path, ": a model of dipoles was given, ", options.dipole,
         ", but this model has no electrostatics that need one");
  if (!here || options.short_range) return;
  bool const embedded = find_said(*modifier, "model").has_value();
  std::string const file =
      options.dipole.empty() && !embedded ? dipole_beside(path, *modifier) : options.dipole;
  if (file.empty()) return;
  Node::Map joined;
  for (Member const& member : *modifier->node().as<Node::Map>())
    if (member.key != "model") joined.push_back(member);
  joined.push_back({"model", read_tree(file, file_bytes(file)).tree});
  Node::Map root;
  for (Member& member : std::get<Node::Map>(tree.value))
    if (member.key != "modifier") root.push_back(std::move(member));
  root.push_back({"modifier", map_of(std::move(joined))});
  tree = map_of(std::move(root));
}

}  // namespace dp::detail
