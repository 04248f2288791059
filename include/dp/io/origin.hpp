// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <dp/io/check_whole.hpp>
#include <dp/io/net_from_tree.hpp>
#include <dp/io/tree_cursor.hpp>
#include <dp/model/model.hpp>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace dp::detail {

/// The backend whose weights a file has, in lower case; empty where the file does not say.
inline std::string backend_of(Cursor const& root) {
  std::optional<Cursor> const backend = root.find("backend");
  std::string const* const name = backend ? backend->node().as<std::string>() : nullptr;
  return name == nullptr ? std::string() : lower_case(*name);
}

/// Whether absent neighbours of excluded pairs are left out, as TensorFlow does: its energy is continuous.
/// PyTorch, JAX and Paddle count them, and so does DeePMD-kit where it evaluates the file itself.
inline bool excludes_as_tensorflow(Cursor const& root) { return backend_of(root) == "tensorflow"; }

/// Whether a layer has a skip connection by the rule of .dp files and has none in TensorFlow's fitting nets.
inline bool skips_unlike_tensorflow(Net const& net) {
  for (std::size_t l = 0; l < net.layers.size(); ++l)
    if (net.layers[l].skip == Skip::doubled || (l == 0 && net.layers[l].skip == Skip::identity)) return true;
  return false;
}

/// By how much, at most, cutoffs rounded to float change the switch function, whose slope is at most 1.875
/// over the width of its range.
inline double float_cutoff_error(Environment const& d) {
  if (d.float32_cutoffs) return 0.0;
  auto const rounding = [](double x) { return std::abs(static_cast<double>(static_cast<float>(x)) - x); };
  return 1.875 * (rounding(d.rcut) + rounding(d.rcut_smth)) / (d.rcut - d.rcut_smth);
}

/// Where a file with TensorFlow's weights may not be what its graph was: conversion of a `.pb` keeps weights
/// and numbers, but not the rules by which TensorFlow uses them. The file is taken as DeePMD-kit takes it.
inline std::vector<std::string> remarks_on_origin(Cursor const& root, Model const& model) {
  std::vector<std::string> remarks;
  if (backend_of(root) != "tensorflow" && !find_said(root, "tf_version")) return remarks;
  for (Net const& net : fitting_of(model).nets)
    if (skips_unlike_tensorflow(net)) {
      remarks.push_back(
          "was converted from TensorFlow, and its fitting nets are evaluated by the rule of .dp files, with "
          "skip "
          "connections into their first layer or where a width doubles: TensorFlow has none there, and if "
          "the "
          "energies are not those of the graph, use the graph (.pb) itself");
      break;
    }
  double error = 0.0;
  for_each_descriptor(model, [&](auto const& d) { error = std::max(error, float_cutoff_error(d)); });
  if (error > 0.0) {
    std::ostringstream text;
    text.precision(1);
    text << "was converted from TensorFlow, which rounds the cutoffs to single precision: its switch "
            "function, "
            "and with it forces, differ from those of the graph (.pb) by up to "
         << error << " of their size";
    remarks.push_back(text.str());
  }
  return remarks;
}

}  // namespace dp::detail
