// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

#include "source_folder.hpp"

#include <cstdlib>

std::string dp::test::source_folder() {
  char const* const named = std::getenv("DP_SOURCE_FOLDER");
  return named ? named : DP_SOURCE_FOLDER;
}
