// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// A Kokkos tool that makes ranges of NVTX of Kokkos' regions, so that ncu and nsys can be told to look at the
// steps alone:
//   g++ -shared -fPIC -I CUDA/include nvtx_regions.cpp -o nvtx_regions.so
//   KOKKOS_TOOLS_LIBS=nvtx_regions.so ncu --nvtx --nvtx-include "md_steps/" dp-md ...

#include <nvtx3/nvToolsExt.h>

#include <cstdint>

extern "C" void kokkosp_init_library(int, std::uint64_t, std::uint32_t, void*) {}
extern "C" void kokkosp_finalize_library() {}
extern "C" void kokkosp_push_profile_region(char const* name) { nvtxRangePushA(name); }
extern "C" void kokkosp_pop_profile_region() { nvtxRangePop(); }
