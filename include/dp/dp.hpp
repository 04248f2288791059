// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// \file
/// Everything public, in one include.

#include <dp/deep_potential.hpp>
#include <dp/input/box.hpp>
#include <dp/input/neighbor_cells.hpp>
#include <dp/input/periodic_images.hpp>
#include <dp/io/read_model.hpp>
