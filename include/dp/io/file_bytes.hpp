// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/core/error.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

namespace dp::detail {

/// The size of a model file; one clear error for whatever cannot be one.
inline std::size_t file_size(std::string const& path) {
  constexpr std::uintmax_t most = std::uintmax_t{4} << 30;
  std::error_code error;
  std::filesystem::file_status const status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) fail(path, ": there is no such model file");
  if (status.type() == std::filesystem::file_type::directory)
    fail(path, ": expected a model file, found a directory");
  if (status.type() != std::filesystem::file_type::regular)
    fail(path, ": expected a model file, found something that is not a regular file");
  std::uintmax_t const size = std::filesystem::file_size(path, error);
  if (error) fail(path, ": the model file cannot be opened for reading");
  if (size == 0) fail(path, ": expected a model, found an empty file");
  if (size > most) fail(path, ": expected a model of at most ", most, " bytes, found ", size);
  return static_cast<std::size_t>(size);
}

/// The contents of a model file. \throws dp::Error as file_size() does
inline std::string file_bytes(std::string const& path) {
  std::size_t const size = file_size(path);
  std::ifstream in(path, std::ios::binary);
  if (!in) fail(path, ": the model file cannot be opened for reading");
  std::string bytes(size, '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(size));
  if (in.gcount() != static_cast<std::streamsize>(size))
    fail(path, ": expected ", size, " bytes, could read only ", in.gcount());
  return bytes;
}

}  // namespace dp::detail
