// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

#include <dp/io/model_from_tree.hpp>
#include <dp/io/model_tree.hpp>
