// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <dp/core/error.hpp>
#include <dp/io/complete_tree.hpp>
#include <dp/io/dp_writer.hpp>
#include <dp/io/read_model.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "models/meant_otherwise.hpp"

namespace models {

/// Writes a file as a whole or not at all: under another name first, which then takes the place of `path`.
inline void write_whole(std::string const& path, std::string_view bytes) {
  std::string const unfinished = path + ".unfinished";
  std::ofstream stream(unfinished, std::ios::binary);
  if (!stream) dp::fail(path, ": cannot be written (does the folder exist?)");
  stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  stream.close();
  std::error_code error;
  if (stream) std::filesystem::rename(unfinished, path, error);
  if (stream && !error) return;
  std::string const reason = error ? error.message() : "is the disk full?";
  std::filesystem::remove(unfinished, error);
  dp::fail(path, ": cannot be written (", reason, ")");
}

/// Writes the model in one file to another: `.dp`, `.yaml` or `.yml`; `types`: names for a file without them;
/// `dipole`: the file of the dipoles of a model with electrostatics, to be put into the same file.
/// Returns what to warn of.
inline std::vector<std::string> convert(std::string const& from, std::string const& to,
                                        std::vector<std::string> const& types, std::string const& dipole,
                                        bool force) {
  std::string const extension = dp::detail::lower_case(std::filesystem::path(to).extension().string());
  bool const yaml = extension == ".yaml" || extension == ".yml";
  if (!yaml && extension != ".dp")
    dp::fail(to, ": expected a name that ends in .dp, .yaml or .yml, the formats that are written");
  if (!force && std::filesystem::exists(to))
    dp::fail(to, ": the file is there already; remove it, or overwrite it with --force");
  std::string const bytes = dp::model_bytes(from);
  dp::detail::Node tree = dp::detail::read_tree(from, bytes).tree;
  dp::detail::Container const container = dp::detail::container_of(bytes);
  if (!dipole.empty()) dp::detail::join_dipole(tree, from, {.dipole = dipole});
  std::vector<std::string> warnings;
  // Other containers have no tree of their own: the one made of them is whole where the model is supported.
  if (container != dp::detail::Container::hdf5 && container != dp::detail::Container::text) {
    dp::Model const model = dp::detail::model_from_tree(tree, from, {.short_range = true, .types = types});
    warnings = meant_otherwise(model);
    dp::detail::complete_tree(tree, model.type_map);
    if (dp::detail::Node* const part = dp::detail::find_path(tree, {"modifier", "model"}))
      dp::detail::complete_tree(*part, model.type_map);
  }
  write_whole(to, yaml ? dp::detail::yaml_bytes(tree, from) : dp::detail::dp_bytes(tree, from));
  return warnings;
}

}  // namespace models
