// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <dp/io/find_modifier.hpp>
#include <dp/io/net_from_tree.hpp>
#include <dp/io/tree.hpp>
#include <dp/io/tree_cursor.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dp::detail {

/// Whether a descriptor holds a type embedding, a member of a hybrid one, or a model with such a descriptor.
inline bool holds_type_embedding(Cursor const& node) {
  if (find_said(node, "type_embedding")) return true;
  if (std::optional<Cursor> const descriptor = find_said(node, "descriptor"))
    return holds_type_embedding(*descriptor);
  std::vector<Cursor> members = said_list(node, "list");
  if (members.empty()) members = said_list(node, "models");
  return std::any_of(members.begin(), members.end(), holds_type_embedding);
}

/// Refuses a file whose nets are not all that its model adds up: what DeePMD-kit writes beside the nets' tree
/// (in the input script that it keeps) and adds to their energy. For modifiers see find_modifier().
inline void check_whole(Cursor const& root) {
  if (std::optional<Cursor> const several = find_said(root["model"], "model_dict"))
    several->complain("the file holds several models (multi-task); freeze one of them with --head");
  std::vector<Cursor> const members = said_list(root["model"], "models");
  bool const holds_table = std::any_of(members.begin(), members.end(), [](Cursor const& member) {
    return lower_case(said_type(member)) == "pairtab";
  });
  std::vector<Cursor> places = {root, root["model"]};
  places.insert(places.end(), members.begin(), members.end());
  if (std::optional<Cursor> const script = find_said(root, "model_def_script")) {
    places.push_back(*script);
    for (Cursor const& member : said_list(*script, "models")) places.push_back(member);
  }
  for (Cursor const& place : places) {
    if (std::optional<Cursor> const table = find_said(place, "use_srtab"); table && !holds_table)
      table->complain("the model goes over to a table of pair energies at short distances, ",
                      describe(table->node()), ", which this file does not hold");
    if (std::optional<Cursor> const spin = find_said(place, "spin"))
      spin->complain("spin models are not supported");
    if (std::optional<Cursor> const embedding = find_said(place, "type_embedding");
        embedding && !holds_type_embedding(root["model"]))
      embedding->complain("the model has a type embedding, which this file does not hold");
    if (std::optional<Cursor> const bridging = find_said(place, "bridging_method"))
      if (lower_case(bridging->text()) != "none")
        bridging->refuse(
            "\"none\": models that go over to another potential at short distances are not supported");
  }
}

}  // namespace dp::detail
