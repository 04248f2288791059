// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

namespace dp::test {

/// Where the data of tests and benchmarks are: the source they were compiled from, or what DP_SOURCE_FOLDER
/// names where they run on another machine.
std::string source_folder();

}  // namespace dp::test
