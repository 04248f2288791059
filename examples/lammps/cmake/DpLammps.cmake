# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: GPL-2.0-only

# Sources of the styles, for the plugin and for LAMMPS itself. Expects dp::io and lammps_mpi.
# dp_lammps does without LAMMPS' include folders, which hold another nlohmann/json.hpp.
set(folder ${CMAKE_CURRENT_LIST_DIR}/..)
# The library's kernels for Kokkos' default space are compiled file by file, so that they are compiled side by side.
set(kernels ${folder}/../../include/dp/compiled)
add_library(dp_lammps OBJECT ${kernels}/double.cpp ${kernels}/mixed.cpp
  ${folder}/dp_deviation.cpp ${folder}/dp_mesh.cpp ${folder}/dp_models.cpp ${folder}/dp_potential.cpp
  ${folder}/dp_session.cpp ${folder}/dp_settings.cpp)
target_include_directories(dp_lammps PRIVATE ${folder}/../programs)
target_link_libraries(dp_lammps PUBLIC dp::io PRIVATE lammps_mpi)
set_target_properties(dp_lammps PROPERTIES POSITION_INDEPENDENT_CODE ON)
if(NOT DP_DEEPMD_NAMES)
  target_compile_definitions(dp_lammps INTERFACE DP_NO_DEEPMD_NAMES)
endif()
if(NOT DP_ALLEGRO_NAMES)
  target_compile_definitions(dp_lammps INTERFACE DP_NO_ALLEGRO_NAMES)
endif()
# LAMMPS is often built with -O2 -g, with which g++ vectorises next to nothing.
target_compile_options(dp_lammps PRIVATE $<$<NOT:$<CONFIG:Debug>>:-O3>)
if(DP_NATIVE)
  include(CheckCXXCompilerFlag)
  check_cxx_compiler_flag(-march=native DP_HAVE_MARCH_NATIVE)
  if(DP_HAVE_MARCH_NATIVE)
    target_compile_options(dp_lammps PRIVATE -march=native)
  endif()
endif()
set(DP_LAMMPS_SOURCES ${folder}/compute_dp_fparam_dedn.cpp ${folder}/compute_dp_tensor_atom.cpp
  ${folder}/fix_dp_centroids.cpp ${folder}/fix_dp_centroids_step.cpp ${folder}/kspace_dp_mesh.cpp
  ${folder}/pair_dp.cpp ${folder}/pair_dp_neighbours.cpp
  ${folder}/pair_dp_output.cpp ${folder}/pair_dp_parameters.cpp ${folder}/pair_dp_restart.cpp)
if(PKG_KOKKOS OR LAMMPS_KOKKOS)
  list(APPEND DP_LAMMPS_SOURCES ${folder}/pair_dp_kokkos.cpp)
endif()
