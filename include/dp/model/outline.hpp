// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/model/model.hpp>
#include <string>
#include <vector>

namespace dp {

/// What is read of a model file before the elements of a system are known. Cutoff and parameters are those of
/// all types.
struct Outline {
  Model model;                     ///< the whole model, or that of its first type
  std::vector<std::string> types;  ///< names of all types
  bool whole = true;               ///< whether `model` is the whole one
};

}  // namespace dp
