// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <gtest/gtest.h>

#include <dp/core/error.hpp>
#include <dp/core/views.hpp>
#include <string>

#include "cases.hpp"

namespace dp::test {

/// Whether `Space` is a device that has not all kernels of a model. Then `make`, which makes a potential of
/// it, must fail with the message that says so.
template <class Space, class Make>
bool is_refused(Model const& model, Make const& make) {
  std::string const expected = is_host_space<Space> ? "" : refusal_of_devices(model);
  if (expected.empty()) return false;
  try {
    make();
    ADD_FAILURE() << "expected: " << expected;
  } catch (Error const& error) {
    EXPECT_EQ(error.what(), expected);
  }
  return true;
}

}  // namespace dp::test
