// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdio>
#include <dp/io/hdf5_writer.hpp>
#include <dp/io/tree.hpp>
#include <dp/io/tree_text.hpp>
#include <string>

namespace dp::detail {

/// The bytes of the numbers in all arrays of a tree.
inline std::size_t bytes_of_arrays(Node const& node) {
  std::size_t bytes = 0;
  if (Node::Map const* const map = node.as<Node::Map>())
    for (Member const& member : *map) bytes += bytes_of_arrays(member.node);
  else if (Node::List const* const list = node.as<Node::List>())
    for (Node const& entry : *list) bytes += bytes_of_arrays(entry);
  else if (auto const* const array = node.as<Node::SharedArray>())
    bytes = sizeof(double) * (*array)->values.size();
  return bytes;
}

/// The contents of a `.dp` file with this tree, as dp_tree() reads them: arrays below the key "@variables"
/// become datasets, others nested lists. `file` is for messages.
inline std::string dp_bytes(Node const& tree, std::string const& file) {
  hdf5::Writer writer(bytes_of_arrays(tree));
  std::size_t count = 0;
  TreeText text(file, [&](TreeText& out, Array const& array, bool below_variables) {
    if (!below_variables) return out.lists(array);
    char name[32];
    std::snprintf(name, sizeof name, "variable_%04zu", count++);
    writer.dataset(name, array);
    out.quoted(std::string("/") + name);
  });
  std::string const json = text.text_of(tree);
  return writer.finish("json", json);
}

/// The contents of a `.yaml` file with this tree, as yaml_tree() reads them.
inline std::string yaml_bytes(Node const& tree, std::string const& file) {
  TreeText text(file, [](TreeText& out, Array const& array, bool) {
    out.literal(R"({"@class": "np.ndarray", "@is_variable": true, "@version": 1, "dtype": )");
    out.quoted(array.float32 ? "float32" : "float64");
    out.literal(R"(, "value": )");
    out.lists(array);
    out.literal("}");
  });
  return text.text_of(tree) + "\n";
}

}  // namespace dp::detail
