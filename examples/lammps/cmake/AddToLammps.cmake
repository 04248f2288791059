# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: GPL-2.0-only

# The end of LAMMPS' own CMakeLists.txt, when dp is compiled in: see lammps.cmake.
add_library(lammps_mpi INTERFACE)
if(BUILD_MPI)
  target_link_libraries(lammps_mpi INTERFACE MPI::MPI_CXX)
else()
  target_include_directories(lammps_mpi INTERFACE ${LAMMPS_SOURCE_DIR}/STUBS)
endif()
# LAMMPS' Kokkos: a target of its build, or one that it downloads.
if(NOT TARGET Kokkos::kokkos AND TARGET LAMMPS::KOKKOSCORE)
  add_library(Kokkos::kokkos INTERFACE IMPORTED)
  set_target_properties(Kokkos::kokkos PROPERTIES INTERFACE_LINK_LIBRARIES "LAMMPS::KOKKOSCORE;LAMMPS::KOKKOSCONTAINERS")
endif()
# dp::dp, whose own CMakeLists.txt cannot be added this late.
set(DP_KOKKOS_KERNELS OFF)
include(${DP_LAMMPS_DIR}/../../cmake/Dependencies.cmake)
add_library(dp_headers INTERFACE)
add_library(dp::dp ALIAS dp_headers)
target_include_directories(dp_headers INTERFACE ${DP_LAMMPS_DIR}/../../include)
target_link_libraries(dp_headers INTERFACE
  Kokkos::kokkos ${DP_VENDOR_BLAS_TARGET} nlohmann_json::nlohmann_json ${DP_YAML_TARGET} ZLIB::ZLIB
  Protozero::protozero)
if(DP_VENDOR_BLAS_TARGET)
  target_compile_definitions(dp_headers INTERFACE DP_HAVE_${DP_VENDOR_BLAS_NAME})
endif()
include(${DP_LAMMPS_DIR}/cmake/DpLammps.cmake)
target_sources(lammps PRIVATE ${DP_LAMMPS_SOURCES})
target_include_directories(lammps PRIVATE ${DP_LAMMPS_DIR})
target_link_libraries(lammps PRIVATE dp_lammps)
