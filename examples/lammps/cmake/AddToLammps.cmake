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
# dp's targets; its own CMakeLists.txt cannot be added this late.
set(DP_KOKKOS_KERNELS OFF)
set(DP_IO ON)
include(${DP_LAMMPS_DIR}/../../cmake/Dependencies.cmake)
include(${DP_LAMMPS_DIR}/../../cmake/Library.cmake)
include(${DP_LAMMPS_DIR}/cmake/DpLammps.cmake)
target_sources(lammps PRIVATE ${DP_LAMMPS_SOURCES})
target_include_directories(lammps PRIVATE ${DP_LAMMPS_DIR})
target_link_libraries(lammps PRIVATE dp_lammps)
