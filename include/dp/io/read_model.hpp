// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/io/dipole_file.hpp>
#include <dp/io/file_bytes.hpp>
#include <dp/io/foreign_formats.hpp>
#include <dp/io/nets_of_types.hpp>
#include <dp/io/readers.hpp>
#include <dp/model/outline.hpp>
#include <dp/model/restricted_to.hpp>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace dp {

namespace detail {

/// The model of a file's tree, and of that of its dipoles.
inline Model model_of(Node tree, std::string const& path, ReadOptions const& options) {
  join_dipole(tree, path, options);
  return model_from_tree(tree, path, options);
}

inline void check_no_folder(std::string const& path) {
  std::string const extension = lower_case(std::filesystem::path(path).extension().string());
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored) && !foreign_format(extension).empty())
    refuse_format(path, "a directory");
}

}  // namespace detail

/// The contents of the model file at `path`, for the second form of read_model(): a program on many ranks
/// reads on one and sends the bytes to the others. With `elements` it may be less: what read_model() needs
/// with these ReadOptions::elements.
/// \throws dp::Error for what cannot be a model
inline std::string model_bytes(std::string const& path, std::vector<std::string> const& elements = {}) {
  detail::check_no_folder(path);
  return elements.empty() ? detail::file_bytes(path) : detail::bytes_of_file(path, elements);
}

/// Reads a model from the contents of a file; `path` is for messages.
/// \throws dp::Error as below
inline Model read_model(std::string const& path, std::string const& bytes, ReadOptions const& options = {}) {
  return detail::model_of(detail::read_tree(path, bytes).tree, path, options);
}

/// Reads a Deep Potential model from a DeePMD-kit file, known by its contents: `.dp` (HDF5), `.yaml`, a
/// frozen TensorFlow graph (`.pb`, `.pbtxt`), or an archive of PyTorch (`.pth`, `.pt2`).
/// The result has passed its check(). Throws dp::Error, naming file and key, for anything else: a missing,
/// truncated or corrupted file, an unknown kind of model, descriptor, fitting or activation, a value out of
/// its range, and a model that means more than is evaluated (see ReadOptions), be it by a key that is not
/// known.
inline Model read_model(std::string const& path, ReadOptions const& options = {}) {
  if (options.elements.empty()) return read_model(path, model_bytes(path), options);
  detail::check_no_folder(path);
  return detail::model_of(detail::tree_of_file(path, options.elements), path, options);
}

namespace detail {

inline Outline outline_of_tree(Node tree, std::string const& path, ReadOptions options) {
  Outline outline;
  outline.whole = !lacks_nets(tree);
  if (!outline.whole) options.elements = {names_of_types(tree).front()};
  std::vector<std::string> const names = names_of_types(tree);
  outline.model = model_of(std::move(tree), path, options);
  outline.types = outline.whole ? outline.model.type_map : names;
  return outline;
}

}  // namespace detail

/// The contents of the model file at `path` for read_outline().
inline std::string outline_bytes(std::string const& path) {
  detail::check_no_folder(path);
  return detail::bytes_of_file(path, std::vector<std::string>());
}

/// Reads the outline of a model from such contents. \throws dp::Error as read_model() does
inline Outline read_outline(std::string const& path, std::string const& bytes,
                            ReadOptions const& options = {}) {
  return detail::outline_of_tree(detail::read_tree(path, bytes).tree, path, options);
}

/// Reads the outline of the model file at `path`. \throws dp::Error as read_model() does
inline Outline read_outline(std::string const& path, ReadOptions const& options = {}) {
  detail::check_no_folder(path);
  return detail::outline_of_tree(detail::tree_of_file(path, std::vector<std::string>()), path, options);
}

/// The model for a system of these elements: see for_elements(). `read(elements)` is called where the outline
/// is not enough, and reads it with ReadOptions::elements.
template <class Read>
Model model_for(Outline const& outline, std::vector<std::string> const& elements, Read const& read) {
  return outline.whole ? for_elements(outline.model, elements) : read(elements);
}

}  // namespace dp
