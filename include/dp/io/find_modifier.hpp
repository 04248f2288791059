// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/io/known_keys.hpp>
#include <dp/io/tree.hpp>
#include <dp/io/tree_cursor.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dp::detail {

/// The member of this name, if it is a map's and says anything.
inline std::optional<Cursor> find_said(Cursor const& node, std::string_view key) {
  if (node.node().as<Node::Map>() == nullptr) return std::nullopt;
  std::optional<Cursor> const found = node.find(key);
  return found && !says_nothing(found->node()) ? found : std::nullopt;
}

/// The type that a map says to be of; empty where it says none.
inline std::string said_type(Cursor const& node) {
  std::optional<Cursor> const type = find_said(node, "type");
  std::string const* const name = type ? type->node().as<std::string>() : nullptr;
  return name != nullptr ? *name : std::string();
}

/// The entries of a list of this name; none where there is no such list.
inline std::vector<Cursor> said_list(Cursor const& node, std::string_view key) {
  std::optional<Cursor> const list = find_said(node, key);
  return list && list->node().as<Node::List>() != nullptr ? list->list() : std::vector<Cursor>();
}

/// What a file says is added to the energies of its nets, which are then the short-range part alone: beside
/// its model, as we write it, within it, or in the input script that DeePMD-kit keeps.
inline std::optional<Cursor> find_modifier(Cursor const& root) {
  if (std::optional<Cursor> const found = find_said(root, "modifier")) return found;
  if (std::optional<Cursor> const model = find_said(root, "model"))
    if (std::optional<Cursor> const found = find_said(*model, "modifier")) return found;
  std::optional<Cursor> const script = find_said(root, "model_def_script");
  return script ? find_said(*script, "modifier") : std::nullopt;
}

/// The same of the members of a sum of models.
inline std::optional<Cursor> find_modifier_of_member(Cursor const& root) {
  std::vector<Cursor> members = said_list(root["model"], "models");
  if (std::optional<Cursor> const script = find_said(root, "model_def_script"))
    for (Cursor const& member : said_list(*script, "models")) members.push_back(member);
  for (Cursor const& member : members)
    if (std::optional<Cursor> const found = find_said(member, "modifier")) return found;
  return std::nullopt;
}

/// The kind of a modifier in words.
inline std::string modifier_name(Cursor const& modifier) {
  std::string const kind = said_type(modifier);
  if (kind.empty()) return "modifier";
  return "modifier " + in_quotes(kind) +
         (kind == "dipole_charge" ? " (electrostatics of charges and dipoles, DPLR)" : "");
}

/// What to do about the part that the nets do not give, for messages.
inline constexpr char const* ask_for_short_range =
    "to have the short-range part alone, ask for it: --short-range (ReadOptions::short_range, "
    "model.short_range, short_range)";

}  // namespace dp::detail
