// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Core.hpp>

namespace dp::backend {

/// GPUs that Kokkos' default execution space could run on, whether Kokkos has been started or not: 0 where
/// there is none (Kokkos would end the program), -1 where that space is the host's.
inline int device_count() {
  int count = -1;
#if defined(KOKKOS_ENABLE_CUDA)
  if (cudaGetDeviceCount(&count) != cudaSuccess) count = 0;
#elif defined(KOKKOS_ENABLE_HIP)
  if (hipGetDeviceCount(&count) != hipSuccess) count = 0;
#endif
  return count;
}

}  // namespace dp::backend
