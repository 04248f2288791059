# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause

# The libraries that dp::io reads files with, for dp's own build and for find_package(dp). Sets DP_IO_LIBRARIES to their
# targets and DP_IO_MISSING to the packages that were not found.
set(DP_IO_MISSING "")
list(PREPEND CMAKE_MODULE_PATH ${CMAKE_CURRENT_LIST_DIR})  # FindProtozero.cmake
foreach(package IN ITEMS nlohmann_json yaml-cpp ZLIB Protozero)
  find_package(${package} QUIET)
  if(NOT ${package}_FOUND)
    list(APPEND DP_IO_MISSING ${package})
  endif()
endforeach()
list(POP_FRONT CMAKE_MODULE_PATH)
set(DP_IO_LIBRARIES nlohmann_json::nlohmann_json yaml-cpp ZLIB::ZLIB Protozero::protozero)
if(TARGET yaml-cpp::yaml-cpp)
  list(TRANSFORM DP_IO_LIBRARIES REPLACE "^yaml-cpp$" yaml-cpp::yaml-cpp)
endif()
