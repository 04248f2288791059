# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause

# The libraries dp is built on. Sets DP_KOKKOS_KERNELS_TARGET and DP_VENDOR_BLAS_TARGET (empty without them),
# DP_VENDOR_BLAS_NAME (CUBLAS, ROCBLAS), DP_FFT_TARGETS and DP_FFT_NAMES (KISSFFT, FFTW, CUFFT; empty without them) and
# DP_IO_LIBRARIES (empty without dp::io).
include(FetchContent)
set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL ON)  # a superproject links them through dp::dp
set(CMAKE_CXX_EXTENSIONS OFF)              # as Kokkos asks for

# Kokkos: the superproject's, an installed one, or the pinned upstream release.
set(DP_KOKKOS_SOURCE "superproject")
if(NOT TARGET Kokkos::kokkos)
  set(DP_KOKKOS_SOURCE "installed")
  set(named ${Kokkos_ROOT} $ENV{Kokkos_ROOT} $ENV{Kokkos_DIR})
  if(named OR Kokkos_DIR)
    # What the user named is taken or refused, never passed over for another one of the machine.
    find_package(Kokkos REQUIRED PATHS ${named} NO_DEFAULT_PATH)
    if(Kokkos_VERSION VERSION_LESS 5)
      message(FATAL_ERROR "dp: ${Kokkos_DIR} has Kokkos ${Kokkos_VERSION}, expected 5.0 or later")
    endif()
  else()
    find_package(Kokkos 5 QUIET)
  endif()
endif()
if(NOT TARGET Kokkos::kokkos)
  set(DP_KOKKOS_SOURCE "upstream release")
  set(Kokkos_VERSION 5.0.2)
  message(STATUS "dp: no Kokkos >= 5 is installed, fetching the upstream release ${Kokkos_VERSION}")
  FetchContent_Declare(kokkos SYSTEM GIT_SHALLOW ON
    GIT_REPOSITORY https://github.com/kokkos/kokkos.git
    GIT_TAG ${Kokkos_VERSION})
  set(CMAKE_POSITION_INDEPENDENT_CODE ON)  # for shared libraries (bindings)
  FetchContent_MakeAvailable(kokkos)
  unset(CMAKE_POSITION_INDEPENDENT_CODE)
endif()
if(DP_REQUIRE_BACKEND AND NOT Kokkos_ENABLE_${DP_REQUIRE_BACKEND})
  message(FATAL_ERROR "dp: the Kokkos that was found (${Kokkos_DIR}) has the backends ${Kokkos_DEVICES}, not "
    "${DP_REQUIRE_BACKEND}, for which DP_REQUIRE_BACKEND asks; set Kokkos_ROOT (for OPENMP, scripts/kokkos_openmp.sh "
    "makes one)")
endif()

# Kokkos Kernels: Trilinos' packages (which have no version file) export all_libs, upstream's kokkoskernels.
if(NOT DP_KOKKOS_KERNELS STREQUAL "OFF")
  if(NOT TARGET Kokkos::kokkoskernels AND NOT TARGET KokkosKernels::all_libs)
    if(NOT DP_KOKKOS_SOURCE STREQUAL "upstream release")
      find_package(KokkosKernels QUIET)
    else()
      set(KokkosKernels_ENABLE_ALL_COMPONENTS OFF CACHE BOOL "")
      set(KokkosKernels_ENABLE_COMPONENT_BLAS ON CACHE BOOL "")
      set(KokkosKernels_ENABLE_TPL_BLAS ON CACHE BOOL "")
      FetchContent_Declare(kokkos-kernels SYSTEM GIT_SHALLOW ON
        GIT_REPOSITORY https://github.com/kokkos/kokkos-kernels.git
        GIT_TAG ${Kokkos_VERSION})
      set(CMAKE_POSITION_INDEPENDENT_CODE ON)
      FetchContent_MakeAvailable(kokkos-kernels)
      unset(CMAKE_POSITION_INDEPENDENT_CODE)
    endif()
  endif()
  foreach(target IN ITEMS Kokkos::kokkoskernels KokkosKernels::all_libs)
    if(TARGET ${target})
      set(DP_KOKKOS_KERNELS_TARGET ${target})
    endif()
  endforeach()
  if(DP_KOKKOS_KERNELS MATCHES "^(ON|HOSTS)$" AND NOT DP_KOKKOS_KERNELS_TARGET)
    message(FATAL_ERROR "dp: DP_KOKKOS_KERNELS is ${DP_KOKKOS_KERNELS}, but no Kokkos Kernels was found; set KokkosKernels_ROOT")
  endif()
endif()

# The vendor's BLAS of the device that Kokkos was built for.
if(NOT DP_VENDOR_BLAS STREQUAL "OFF")
  if(Kokkos_ENABLE_CUDA OR "CUDA" IN_LIST Kokkos_DEVICES)
    find_package(CUDAToolkit QUIET)
    set(DP_VENDOR_BLAS_NAME CUBLAS)
    set(target CUDA::cublas)
  elseif(Kokkos_ENABLE_HIP OR "HIP" IN_LIST Kokkos_DEVICES)
    find_package(rocblas QUIET)
    set(DP_VENDOR_BLAS_NAME ROCBLAS)
    set(target roc::rocblas)
  endif()
  if(DP_VENDOR_BLAS_NAME AND TARGET ${target})
    set(DP_VENDOR_BLAS_TARGET ${target})
  else()
    unset(DP_VENDOR_BLAS_NAME)
  endif()
  if(DP_VENDOR_BLAS STREQUAL "ON" AND NOT DP_VENDOR_BLAS_TARGET)
    message(FATAL_ERROR "dp: DP_VENDOR_BLAS is ON, but Kokkos has neither CUDA with cuBLAS (set CUDAToolkit_ROOT) "
      "nor HIP with rocBLAS (set rocblas_ROOT)")
  endif()
endif()

# Transforms of meshes: KISS FFT's header or, since it is under the GPL only where the user asks for it, FFTW on hosts;
# the vendor's library on the device. Without them there is no particle mesh (Options::long_range_error). KISS FFT works
# on vectors, which nvcc does not know.
set(DP_FFT_NAMES "")
if(DP_FFTW)
  list(APPEND DP_FFT_NAMES FFTW)
elseif(Kokkos_ENABLE_CUDA OR "CUDA" IN_LIST Kokkos_DEVICES)
  if(DP_KISSFFT STREQUAL "ON")
    message(FATAL_ERROR "dp: DP_KISSFFT is ON, but Kokkos has CUDA, whose compiler cannot take KISS FFT; leave it AUTO: cuFFT "
      "transforms meshes on the device")
  endif()
elseif(NOT DP_KISSFFT STREQUAL "OFF")
  list(APPEND DP_FFT_NAMES KISSFFT)
endif()
if(DP_VENDOR_BLAS_NAME STREQUAL "CUBLAS")  # they come together
  list(APPEND DP_FFT_NAMES CUFFT)
endif()
include(${CMAKE_CURRENT_LIST_DIR}/dpFftDependencies.cmake)
if(DP_FFT_MISSING AND (DP_FFTW OR DP_KISSFFT STREQUAL "ON"))
  message(FATAL_ERROR "dp: not found: ${DP_FFT_MISSING}, with which meshes are transformed; install it or set CMAKE_PREFIX_PATH")
elseif(DP_FFT_MISSING)
  list(REMOVE_ITEM DP_FFT_NAMES KISSFFT CUFFT)
  message(STATUS "dp: without particle meshes for long-range electrostatics: not found: ${DP_FFT_MISSING}")
endif()

# What dp::io reads files with.
if(NOT DP_IO STREQUAL "OFF")
  include(${CMAKE_CURRENT_LIST_DIR}/dpIoDependencies.cmake)
  if(DP_IO_MISSING)
    unset(DP_IO_LIBRARIES)
    list(JOIN DP_IO_MISSING ", " missing)
    if(DP_IO STREQUAL "ON" OR DP_BUILD_EXAMPLES OR DP_BUILD_TESTS OR DP_BUILD_BENCHMARKS)
      message(FATAL_ERROR "dp: not found: ${missing}, with which model files are read; install them or set CMAKE_PREFIX_PATH")
    endif()
    message(STATUS "dp: without dp::io, which reads model files: not found: ${missing}")
  endif()
endif()

set(gemm ${DP_VENDOR_BLAS_TARGET} ${DP_KOKKOS_KERNELS_TARGET})
if(NOT gemm)
  set(gemm "built in (no BLAS)")
endif()
list(JOIN gemm ", " gemm)
message(STATUS "dp: Kokkos ${Kokkos_VERSION} (${DP_KOKKOS_SOURCE}), GEMM: ${gemm}")
