// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/core/error.hpp>
#include <dp/io/dp_file.hpp>
#include <dp/io/file_bytes.hpp>
#include <dp/io/hdf5_file.hpp>
#include <dp/io/model_from_tree.hpp>
#include <dp/io/net_from_tree.hpp>
#include <dp/io/yaml_file.hpp>
#include <dp/model/model.hpp>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

namespace dp {

namespace detail {

/// Refuses a file by its extension, with the way to a file that can be read where there is one.
[[noreturn]] inline void refuse_format(std::string const& path, std::string const& extension) {
  if (extension == ".pt")
    fail(
        path,
        ": a training checkpoint of DeePMD-kit is not read; freeze it first (`dp --pt freeze -o model.pth`), "
        "then convert it: `dp convert-backend model.pth model.dp`");
  for (std::string_view const known : {".pb", ".pbtxt", ".pth", ".pt2", ".pte", ".hlo", ".xlo", ".jax",
                                       ".savedmodel", ".savedmodeltf", ".json", ".pdiparams", ".pdmodel"})
    if (extension == known)
      fail(path, ": expected a .dp or .yaml model, found the extension ", known,
           "; convert it with DeePMD-kit: `dp convert-backend ", path, " ",
           std::filesystem::path(path).stem().string(), ".dp`");
  if (extension == ".dp")
    fail(path, ": expected a .dp model (an HDF5 file), found no HDF5 signature at its beginning");
  fail(path,
       ": expected a model in DeePMD-kit's .dp (HDF5) or .yaml format, found neither an HDF5 signature nor "
       "the "
       "extension .yaml or .yml");
}

}  // namespace detail

/// The contents of the model file at `path`, for the second form of read_model(): a program on many ranks
/// reads on one and sends the bytes to the others.
/// \throws dp::Error for what cannot be a model, before its contents are looked at
inline std::string model_bytes(std::string const& path) {
  std::string const extension = detail::lower_case(std::filesystem::path(path).extension().string());
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored) && extension.rfind(".savedmodel", 0) == 0)
    detail::refuse_format(path, extension);
  return detail::file_bytes(path);
}

/// Reads a model from the contents of a file; `path` is for messages, and its extension tells the format.
/// \throws dp::Error as below
inline Model read_model(std::string const& path, std::string const& bytes) {
  std::string const extension = detail::lower_case(std::filesystem::path(path).extension().string());
  if (bytes.compare(0, detail::hdf5::signature.size(), detail::hdf5::signature) == 0)
    return detail::model_from_tree(detail::dp_tree(bytes, path), path);
  if (extension == ".yaml" || extension == ".yml")
    return detail::model_from_tree(detail::yaml_tree(bytes, path), path);
  detail::refuse_format(path, extension);
}

/// Reads a Deep Potential model from a DeePMD-kit file: `.dp` (HDF5, known by its first bytes) or `.yaml`.
/// The result has passed validate(). Throws dp::Error, naming file and key, for anything else: a missing,
/// truncated or corrupted file, an unknown kind of model, descriptor, fitting or activation, a value out of
/// its range. Keys that are not known are ignored.
inline Model read_model(std::string const& path) { return read_model(path, model_bytes(path)); }

}  // namespace dp
