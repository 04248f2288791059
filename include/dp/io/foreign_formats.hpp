// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <array>
#include <dp/core/error.hpp>
#include <dp/io/net_from_tree.hpp>
#include <dp/io/tree.hpp>
#include <filesystem>
#include <string>
#include <string_view>

namespace dp::detail {

/// What a checkpoint of PyTorch lacks, and how it gets it.
inline constexpr char const* freeze_first =
    "a training checkpoint of PyTorch, which is no model yet: freeze it in its folder, `dp --pt freeze -o "
    "model.pth`, and give the result";

/// What files are that hold no model which could be read, by their extensions; an empty text for others.
inline std::string_view foreign_format(std::string_view extension) {
  struct Foreign {
    std::string_view extension, what;
  };
  constexpr std::string_view compiled =
      "a compiled export, which holds no model that could be read back: give the file that it was made from";
  constexpr std::string_view paddle =
      "a file of the Paddle backend, which is not read and which DeePMD-kit cannot convert";
  constexpr std::string_view tensorflow =
      "a training checkpoint of TensorFlow, which is no model yet: freeze it in its folder, `dp --tf freeze "
      "-o "
      "model.pb`, and give the result";
  constexpr std::string_view no_graph =
      "contents that are no TensorFlow graph (a GraphDef, whose first bytes are a node; models of NVNMD have "
      "this extension, too, and are not read)";
  constexpr std::array<Foreign, 14> known{
      {{".pt", freeze_first},
       {".pb", no_graph},
       {".savedmodel", compiled},
       {".savedmodeltf", compiled},
       {".xlo", compiled},
       {".jax", "a checkpoint of the JAX backend: convert it, `dp convert-backend model.jax model.dp`"},
       {".tf2", "a training checkpoint of TensorFlow 2: convert it, `dp convert-backend model.tf2 model.dp`"},
       {".index", tensorflow},
       {".meta", tensorflow},
       {".data-00000-of-00001", tensorflow},
       {".json", paddle},
       {".pd", paddle},
       {".pdiparams", paddle},
       {".pdmodel", paddle}}};
  auto const same = [&](Foreign const& foreign) { return foreign.extension == extension; };
  auto const at = std::find_if(known.begin(), known.end(), same);
  return at != known.end() ? at->what : std::string_view();
}

/// Refuses what no reader takes: in the words for its extension where there are any, else with what was
/// `found`.
[[noreturn]] inline void refuse_format(std::string const& path, std::string_view found) {
  std::string_view const foreign =
      foreign_format(lower_case(std::filesystem::path(path).extension().string()));
  fail(path,
       ": expected a model of DeePMD-kit in a format that is read (.dp, .yaml, .pb, .pbtxt, .pth, .pt2), "
       "found ",
       foreign.empty() ? found : foreign);
}

}  // namespace dp::detail
