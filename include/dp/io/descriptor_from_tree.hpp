// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/io/attention_from_tree.hpp>
#include <dp/io/known_keys.hpp>
#include <dp/io/net_from_tree.hpp>
#include <dp/io/three_body_from_tree.hpp>
#include <dp/io/tree_cursor.hpp>
#include <dp/io/two_body_from_tree.hpp>
#include <dp/model/descriptor.hpp>
#include <optional>
#include <string>

namespace dp::detail {

DescriptorModel read_descriptor(Cursor const& node, int ntypes, bool as_tensorflow);

inline Hybrid read_hybrid(Cursor const& node, int ntypes, bool as_tensorflow) {
  check_version(node, 1);
  check_keys(node, {"@class", "@version", "list", "type", "type_map", "trainable", "ntypes"});
  Hybrid hybrid;
  for (Cursor const& member : node["list"].list("a list of descriptors")) {
    if (lower_case(member["type"].text()) == "hybrid")
      member["type"].complain("a hybrid within a hybrid is not supported");
    hybrid.members.push_back(read_descriptor(member, ntypes, as_tensorflow));
  }
  return hybrid;
}

/// A descriptor of any kind; `as_tensorflow`: absent neighbours of excluded pairs do not count.
inline DescriptorModel read_descriptor(Cursor const& node, int ntypes, bool as_tensorflow) {
  Cursor const type = node["type"];
  std::string const name = lower_case(type.text());
  check_precision(node);
  if (std::optional<Cursor> const spin = node.find("spin"))
    spin->refuse("null: spin models are not supported");
  if (name == "se_e2_a" || name == "se_a") return {read_se_a(node, ntypes, as_tensorflow)};
  if (name == "se_e2_r" || name == "se_r") return {read_se_r(node, ntypes, as_tensorflow)};
  if (name == "dpa1" || name == "se_atten") return {read_attention(node, ntypes, false)};
  if (name == "se_atten_v2") return {read_attention(node, ntypes, true)};
  if (name == "se_e3" || name == "se_t" || name == "se_at" || name == "se_a_3be")
    return {read_se_t(node, ntypes)};
  if (name == "se_e3_tebd") return {read_se_t_typed(node, ntypes)};
  if (name == "hybrid") return {read_hybrid(node, ntypes, as_tensorflow)};
  type.refuse(
      "a supported descriptor, \"se_e2_a\" (\"se_a\"), \"se_e2_r\" (\"se_r\"), \"dpa1\" (\"se_atten\"), "
      "\"se_atten_v2\", \"se_e3\" (\"se_t\"), \"se_e3_tebd\" or \"hybrid\"");
}

}  // namespace dp::detail
