// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <dp/io/container.hpp>
#include <dp/io/dp_file.hpp>
#include <dp/io/dp_writer.hpp>
#include <dp/io/foreign_formats.hpp>
#include <dp/io/graph_text.hpp>
#include <dp/io/graph_tree.hpp>
#include <dp/io/hdf5_file.hpp>
#include <dp/io/mapped_file.hpp>
#include <dp/io/torch_file.hpp>
#include <dp/io/yaml_file.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace dp::detail {

DP_IO_INLINE Container container_of(std::string_view bytes) {
  using namespace std::string_view_literals;
  if (bytes.starts_with(hdf5::signature)) return Container::hdf5;
  if (bytes.starts_with("PK\x03\x04"sv)) return Container::zip;
  std::string_view const head = bytes.substr(0, 4096);
  auto const control = [](char c) {
    return static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\r' && c != '\t';
  };
  if (std::any_of(head.begin(), head.end(), control))
    return head.front() == '\n' ? Container::graph : Container::unknown;  // field 1: a node
  std::size_t begin = head.find_first_not_of(" \t\r\n");
  while (begin < head.size() && head[begin] == '#')  // comments of both kinds of text
    begin = head.find_first_not_of(" \t\r\n", std::min(head.find('\n', begin), head.size()));
  std::string_view const first = begin < head.size() ? head.substr(begin) : ""sv;
  for (std::string_view const field : {"node"sv, "versions"sv, "library"sv})
    if (first.starts_with(field))
      if (std::size_t const next = first.find_first_not_of(" \t\r\n", field.size());
          next < first.size() && first[next] == '{')
        return Container::graph_text;
  return Container::text;
}

DP_IO_INLINE ModelTree read_tree(std::string const& path, std::string const& bytes) {
  switch (container_of(bytes)) {
    case Container::hdf5:
      return {"HDF5 (.dp)", dp_tree(bytes, path)};
    case Container::text: {
      Node tree = yaml_tree(bytes, path);
      if (tree.find("model") == nullptr) refuse_format(path, "a text without the key \"model\"");
      return {"YAML", std::move(tree)};
    }
    case Container::zip:
      return {"PyTorch archive", torch_tree(bytes, path)};
    case Container::graph:
      return {"TensorFlow graph (.pb)", graph_tree(bytes, path)};
    case Container::graph_text:
      return {"TensorFlow graph (.pbtxt)", graph_tree(graph::binary_of_text(bytes, path), path)};
    case Container::unknown:
      break;
  }
  refuse_format(path, "other contents");
}

DP_IO_INLINE Node tree_of_file(std::string const& path, Wanted const& wanted) {
  MappedFile const file(path);
  if (container_of(file.bytes()) == Container::hdf5) return dp_tree(file.bytes(), path, wanted);
  return read_tree(path, std::string(file.bytes())).tree;
}

DP_IO_INLINE std::string bytes_of_file(std::string const& path, Wanted const& wanted) {
  Node tree;
  {
    MappedFile const mapped(path);
    if (container_of(mapped.bytes()) != Container::hdf5) return std::string(mapped.bytes());
    hdf5::File file(mapped.bytes(), path);
    tree = named_tree(file, path, wanted);
    if (!lacks_nets(tree)) return std::string(mapped.bytes());
    resolve_datasets(tree, file, path);
  }
  return dp_bytes(tree, path);
}

}  // namespace dp::detail
