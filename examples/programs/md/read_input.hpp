// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "md/input.hpp"

namespace md {

/// The input file with `overrides` ("table.key=value") over `defaults`. Relative input files are looked for
/// beside the TOML file.
Input read_input(std::string const& file, std::vector<std::string> const& overrides = {},
                 Input defaults = {});

/// Does what reading leaves to do once all keys of `file` are read: relative input files are looked for
/// beside it. \throws dp::Error where keys contradict each other
void complete(std::string const& file, Input& input);

/// All keys with their defaults, for --help.
std::string describe_keys(Input defaults = {});

}  // namespace md
