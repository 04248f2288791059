// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/options.hpp>
#include <optional>
#include <string>

namespace dp_c {

/// How models are read and evaluated.
struct Settings {
  Settings() { options.tolerance = 1e-9; }

  dp::Options options;  ///< but for `evaluation`
  std::optional<dp::Evaluation>
      evaluation;            ///< not given: compressed, where nets are wide enough to win by it
  bool short_range = false;  ///< see dp::ReadOptions
};

/// Settings of the environment variables DP_EVALUATION and so on, and then of `words` ("name=value ...").
/// \throws dp::Error that names the variable or word, and what was expected
Settings parse_settings(std::string const& words);

}  // namespace dp_c
