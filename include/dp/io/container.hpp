// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/io/nets_of_types.hpp>
#include <dp/io/read_options.hpp>
#include <dp/io/tree.hpp>
#include <dp/model/model.hpp>
#include <string>
#include <string_view>

// See dp/io/readers.hpp.
#ifdef DP_IO_COMPILED
#define DP_IO_INLINE
#else
#define DP_IO_INLINE inline
#endif

namespace dp::detail {

/// The containers in which models come, told by a file's first bytes, never by its name.
enum class Container {
  hdf5,        ///< `.dp`
  text,        ///< YAML, JSON included
  graph,       ///< a binary protocol buffer that begins as a TensorFlow graph does
  graph_text,  ///< the same as text (`.pbtxt`)
  zip,         ///< an archive of PyTorch
  unknown
};

/// What is in a model file: the tree, and the name of the format for people.
struct ModelTree {
  std::string format;
  Node tree;
};

DP_IO_INLINE Container container_of(std::string_view bytes);

/// The tree in the contents of a model file, whatever its container; `path` is for messages.
/// \throws dp::Error for contents that no reader takes
DP_IO_INLINE ModelTree read_tree(std::string const& path, std::string const& bytes);

/// The tree of a file, in which nets may be missing that are not wanted: they are not read.
/// \throws dp::Error as read_tree() does
DP_IO_INLINE Node tree_of_file(std::string const& path, Wanted const& wanted);

/// Bytes for read_tree() of such a tree: those of the file unless nets are missing.
DP_IO_INLINE std::string bytes_of_file(std::string const& path, Wanted const& wanted);

/// Makes a model of the tree that a DeePMD-kit file holds; checks everything that it uses, and refuses what
/// may change the energy and is not known. `file` is for messages.
/// \throws dp::Error as read_model() does
DP_IO_INLINE Model model_from_tree(Node const& tree, std::string const& file,
                                   ReadOptions const& options = {});

}  // namespace dp::detail
