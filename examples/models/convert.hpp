// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdio>
#include <dp/core/error.hpp>
#include <dp/io/dp_writer.hpp>
#include <dp/io/read_model.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

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

/// Writes the model in one file to another: `.dp`, `.yaml` or `.yml`.
inline void convert(std::string const& from, std::string const& to, bool force) {
  std::string const extension = dp::detail::lower_case(std::filesystem::path(to).extension().string());
  bool const yaml = extension == ".yaml" || extension == ".yml";
  if (!yaml && extension != ".dp")
    dp::fail(to, ": expected a name that ends in .dp, .yaml or .yml, the formats that are written");
  if (!force && std::filesystem::exists(to))
    dp::fail(to, ": the file is there already; remove it, or overwrite it with --force");
  dp::detail::Node const tree = dp::detail::read_tree(from, dp::model_bytes(from)).tree;
  write_whole(to, yaml ? dp::detail::yaml_bytes(tree, from) : dp::detail::dp_bytes(tree, from));
}

}  // namespace models
