// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/input/whole_system.hpp>
#include <exception>

namespace dp::detail {

/// Calls `body`. Where several ranks sum up something later in the step, what it throws is returned instead,
/// so that this rank can still take part; else it passes, and a null pointer is returned.
template <class Body>
std::exception_ptr postponed(WholeSystem const* whole, Body const& body) {
  if (whole == nullptr || !whole->sum_over_ranks) {
    body();
    return nullptr;
  }
  try {
    body();
  } catch (...) {
    return std::current_exception();
  }
  return nullptr;
}

}  // namespace dp::detail
