# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause

# The libraries named in DP_FFT_NAMES, for dp's own build and for find_package(dp). Sets DP_FFT_TARGETS, and
# DP_FFT_MISSING to what was not found.
set(DP_FFT_TARGETS "")
set(DP_FFT_MISSING "")
list(PREPEND CMAKE_MODULE_PATH ${CMAKE_CURRENT_LIST_DIR})  # FindKissHeader.cmake, FindFftw3.cmake
foreach(name IN LISTS DP_FFT_NAMES)
  if(name STREQUAL "KISSFFT")
    find_package(KissHeader QUIET)
    set(target KissHeader::kissfft)
  elseif(name STREQUAL "FFTW")
    find_package(Fftw3 QUIET)
    set(target Fftw3::fftw3)
  else()
    find_package(CUDAToolkit QUIET)
    set(target CUDA::cufft)
  endif()
  if(TARGET ${target})
    list(APPEND DP_FFT_TARGETS ${target})
  else()
    list(APPEND DP_FFT_MISSING ${name})
  endif()
endforeach()
list(POP_FRONT CMAKE_MODULE_PATH)
