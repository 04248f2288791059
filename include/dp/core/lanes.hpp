// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/core/views.hpp>

namespace dp {

/// Numbers of type T that one work item handles side by side: one cache line on the host, where fixed-length loops over
/// lanes become vector instructions, and one on devices, where the threads of a warp are the lanes.
template <class Space, class T>
inline constexpr int lane_count = is_host_space<Space> ? 64 / static_cast<int>(sizeof(T)) : 1;

}  // namespace dp
