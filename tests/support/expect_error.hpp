// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <gtest/gtest.h>

#include <dp/core/error.hpp>
#include <string>
#include <vector>

namespace dp::test {

/// Fails unless `body` throws a dp::Error whose message has all of `words`.
template <class Body>
void expect_error(Body const& body, std::vector<std::string> const& words) {
  try {
    body();
    ADD_FAILURE() << "expected an error with \"" << words.front() << '"';
  } catch (Error const& error) {
    for (std::string const& word : words)
      EXPECT_NE(std::string(error.what()).find(word), std::string::npos) << error.what();
  }
}

}  // namespace dp::test
