# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: GPL-2.0-only

# Compiles the styles into LAMMPS, without a change to LAMMPS' files:
#   cmake -C <dp>/examples/lammps/lammps.cmake -S <lammps>/cmake -B build -DPKG_KOKKOS=on ...
# As an initial cache (-C) this file only asks LAMMPS' build to include it; it is included after project().
if(NOT PROJECT_NAME)
  set(CMAKE_PROJECT_lammps_INCLUDE ${CMAKE_CURRENT_LIST_FILE} CACHE FILEPATH "dp's pair styles")
  return()
endif()

option(DP_DEEPMD_NAMES "Also register the styles under DeePMD-kit's name, deepmd" ON)
option(DP_ALLEGRO_NAMES "Also register the styles under the NequIP framework's name, allegro" ON)
option(DP_NATIVE "Compile dp for this machine's processor" ON)
set(DP_LAMMPS_DIR ${CMAKE_CURRENT_LIST_DIR})

# LAMMPS collects the headers of styles in global properties.
set_property(GLOBAL APPEND PROPERTY COMPUTE ${DP_LAMMPS_DIR}/compute_dp_fparam_dedn.h
  ${DP_LAMMPS_DIR}/compute_dp_tensor_atom.h)
set_property(GLOBAL APPEND PROPERTY FIX ${DP_LAMMPS_DIR}/fix_dp_centroids.h)
set_property(GLOBAL APPEND PROPERTY KSPACE ${DP_LAMMPS_DIR}/kspace_dp_mesh.h)
set_property(GLOBAL APPEND PROPERTY PAIR ${DP_LAMMPS_DIR}/pair_dp.h ${DP_LAMMPS_DIR}/pair_allegro.h)
if(PKG_KOKKOS)
  set_property(GLOBAL APPEND PROPERTY PAIR ${DP_LAMMPS_DIR}/pair_dp_kokkos.h)
endif()
# The target lammps, its Kokkos and MPI exist at the end of its CMakeLists.txt.
cmake_language(DEFER CALL include ${DP_LAMMPS_DIR}/cmake/AddToLammps.cmake)
