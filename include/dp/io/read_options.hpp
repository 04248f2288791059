// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

namespace dp {

/// What a caller of read_model() insists on.
struct ReadOptions {
  /// Of a model with a modifier (DPLR: electrostatics of charges and dipoles) the part that the file's nets
  /// give, without it.
  bool short_range = false;

  /// The file of the model of dipoles of such a model, in the place of the one that is in its file or that it
  /// names (which is looked for in the folder of the model). Every rank opens it.
  std::string dipole = {};

  /// Names of the types, in their order, for a file that has none (old or stripped TensorFlow graphs). For a
  /// file that has them: empty, or the same.
  std::vector<std::string> types = {};

  /// For a caller that learns the names later: where neither the file nor `types` has any, types are named by
  /// their numbers, "1", "2" and so on.
  bool number_types = false;

  /// The elements of a system, for for_elements(): what only other types need is not even read where it is
  /// much (a fitting net for each type, in a `.dp` file). Empty: the model as it is.
  std::vector<std::string> elements = {};
};

}  // namespace dp
