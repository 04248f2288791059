// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/io/file_bytes.hpp>
#include <dp/io/foreign_formats.hpp>
#include <dp/io/readers.hpp>
#include <filesystem>
#include <string>
#include <system_error>

namespace dp {

/// The contents of the model file at `path`, for the second form of read_model(): a program on many ranks
/// reads on one and sends the bytes to the others.
/// \throws dp::Error for what cannot be a model, before its contents are looked at
inline std::string model_bytes(std::string const& path) {
  std::string const extension = detail::lower_case(std::filesystem::path(path).extension().string());
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored) && !detail::foreign_format(extension).empty())
    detail::refuse_format(path, "a directory");
  return detail::file_bytes(path);
}

/// Reads a model from the contents of a file; `path` is for messages.
/// \throws dp::Error as below
inline Model read_model(std::string const& path, std::string const& bytes, ReadOptions const& options = {}) {
  return detail::model_from_tree(detail::read_tree(path, bytes).tree, path, options);
}

/// Reads a Deep Potential model from a DeePMD-kit file, known by its contents: `.dp` (HDF5), `.yaml`, a
/// frozen TensorFlow graph (`.pb`, `.pbtxt`), or an archive of PyTorch (`.pth`, `.pt2`).
/// The result has passed its check(). Throws dp::Error, naming file and key, for anything else: a missing,
/// truncated or corrupted file, an unknown kind of model, descriptor, fitting or activation, a value out of
/// its range, and a model that means more than is evaluated (see ReadOptions), be it by a key that is not
/// known.
inline Model read_model(std::string const& path, ReadOptions const& options = {}) {
  return read_model(path, model_bytes(path), options);
}

}  // namespace dp
