// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/io/container.hpp>

// The readers of all formats take long to compile: the target dp::io_compiled has them, and defines
// DP_IO_COMPILED for those who link it.
#ifndef DP_IO_COMPILED
#include <dp/io/model_from_tree.hpp>
#include <dp/io/model_tree.hpp>
#endif
