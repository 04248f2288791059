// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>

namespace md {

/// Numbers on their way to one rank and from one: a rank below 0 sends or gives nothing.
struct Parcel {
  int to = -1;
  double const* out = nullptr;
  std::int64_t out_count = 0;
  int from = -1;
  double* in = nullptr;
  std::int64_t in_count = 0;
  int tag = 0;  ///< tells two parcels between the same ranks apart
};

}  // namespace md

// The only place that knows whether there is MPI. Both headers define the classes MessagePassing, which
// starts and ends it, and Messages, a communicator.
#ifdef DP_HAVE_MPI
#include "md/parallel/messages_mpi.hpp"
#else
#include "md/parallel/messages_alone.hpp"
#endif
