// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/core/error.hpp>
#include <dp/deep_potential.hpp>
#include <string>
#include <vector>

namespace examples {

/// The words that programs have for dp::Overflow; the first one is the default.
inline std::vector<std::string> overflow_words() { return {"keep_nearest", "keep_all", "error"}; }

/// What one of these words means.
inline dp::Overflow overflow_of(std::string const& word) {
  if (word == "keep_nearest") return dp::Overflow::keep_nearest;
  if (word == "keep_all") return dp::Overflow::keep_all;
  if (word == "error") return dp::Overflow::error;
  dp::fail("overflow: expected keep_nearest, keep_all or error, found ", word);
}

}  // namespace examples
