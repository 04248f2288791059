// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// @file
/// For C++ programs that were written for DeePMD-kit's `deepmd/DeepPot.h`: deepmd::DeepPot and
/// deepmd::DeepPotModelDevi are those of deepmd.hpp.

#include "deepmd.hpp"

namespace deepmd {
using namespace hpp;
}
