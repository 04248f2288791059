# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause

# dp::dp evaluates models and needs Kokkos alone, with the libraries for matrix products and transforms that
# Dependencies.cmake found;
# dp::io is dp::dp and the readers of model files, where their libraries are there.
cmake_path(GET CMAKE_CURRENT_LIST_DIR PARENT_PATH root)
add_library(dp INTERFACE)
add_library(dp::dp ALIAS dp)
target_compile_features(dp INTERFACE cxx_std_20)
target_include_directories(dp INTERFACE
  $<BUILD_INTERFACE:${root}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_link_libraries(dp INTERFACE Kokkos::kokkos ${DP_VENDOR_BLAS_TARGET} ${DP_KOKKOS_KERNELS_TARGET} ${DP_FFT_TARGETS})
if(DP_KOKKOS_KERNELS_TARGET)
  target_compile_definitions(dp INTERFACE DP_HAVE_KOKKOS_KERNELS
    $<$<STREQUAL:${DP_KOKKOS_KERNELS},HOSTS>:DP_KOKKOS_KERNELS_ON_HOSTS>)
endif()
foreach(name IN LISTS DP_FFT_NAMES)
  target_compile_definitions(dp INTERFACE DP_HAVE_${name})
endforeach()
# Whoever links the library has to have the same kernels as dp::dp_compiled.
target_compile_definitions(dp INTERFACE $<$<BOOL:${DP_AS_DEVICE}>:DP_AS_DEVICE>
  $<$<BOOL:${DP_TEAM_THREADS}>:DP_TEAM_THREADS=${DP_TEAM_THREADS}>)
if(DP_VENDOR_BLAS_TARGET)
  target_compile_definitions(dp INTERFACE DP_HAVE_${DP_VENDOR_BLAS_NAME})
endif()

if(DP_IO_LIBRARIES)
  add_library(dp_io INTERFACE)
  add_library(dp::io ALIAS dp_io)
  set_target_properties(dp_io PROPERTIES EXPORT_NAME io)
  target_link_libraries(dp_io INTERFACE dp ${DP_IO_LIBRARIES})
endif()
