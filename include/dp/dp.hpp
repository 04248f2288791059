// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// \file
/// All of dp::dp in one include. Models are read by dp/io/read_model.hpp, of dp::io.

#include <dp/deep_potential.hpp>
#include <dp/input/box.hpp>
#include <dp/input/neighbor_cells.hpp>
#include <dp/input/periodic_images.hpp>
#include <dp/make_potential.hpp>
#include <dp/option_words.hpp>
