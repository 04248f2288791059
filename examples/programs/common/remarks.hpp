// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdio>
#include <dp/model/model.hpp>
#include <string>

#include "common/text.hpp"

namespace examples {

/// What the reader of a model decided and its user should know, on the error stream, a line each:
/// `dp-eval: note: water.dp: holds nets and tables of them; the nets are evaluated`.
inline void print_remarks(char const* program, dp::Model const& model) {
  std::fflush(stdout);
  for (std::string const& remark : model.remarks)
    std::fprintf(stderr, "%s: note: %s: %s\n", program, model.source.c_str(), one_line(remark).c_str());
}

}  // namespace examples
