// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <sstream>
#include <stdexcept>

namespace dp {

/// Everything that the library refuses is reported by this exception. The message is one sentence (it may
/// span lines) naming what was wrong and where: the file and key, or the argument and index, with what was
/// expected and what was found.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Throws dp::Error with the concatenation of `parts`, each written as by `std::ostream`.
template <class... Parts>
[[noreturn]] void fail(Parts const&... parts) {
  std::ostringstream message;
  message.precision(10);
  (message << ... << parts);
  throw Error(message.str());
}

}  // namespace dp
