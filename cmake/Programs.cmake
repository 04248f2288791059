# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause

# How dp's own programs are compiled. None of it reaches those who use the library.
include(CheckCXXCompilerFlag)

add_library(dp_options INTERFACE)
# g++ 12 takes the reference counts of Kokkos Views for uses after free; what nvcc makes of a source is not pedantic.
target_compile_options(dp_options INTERFACE -Wall -Wextra $<$<NOT:$<BOOL:${Kokkos_ENABLE_CUDA}>>:-Wpedantic> -Wconversion
  $<$<CXX_COMPILER_ID:GNU>:-Wno-use-after-free>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 12)
  # False alarms in inlined functions of Kokkos (HostSharedPtr) and of the standard library (std::string).
  target_compile_options(dp_options INTERFACE
    -Wno-use-after-free -Wno-restrict -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread)
endif()
if(DP_WERROR)
  target_compile_options(dp_options INTERFACE -Werror)
endif()
if(DP_NATIVE)
  check_cxx_compiler_flag(-march=native DP_HAVE_MARCH_NATIVE)
  if(DP_HAVE_MARCH_NATIVE)
    target_compile_options(dp_options INTERFACE -march=native)
  endif()
endif()
if(CMAKE_CXX_COMPILER_LAUNCHER MATCHES "ccache" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(dp_options INTERFACE -fpch-preprocess)  # else ccache cannot look into precompiled headers
endif()
if(DP_SANITIZE)
  # Checks at every dereference double the compile time; AddressSanitizer catches null pointers too.
  set(sanitize -fsanitize=address,undefined -fno-sanitize=null,alignment,object-size,vptr -fno-sanitize-recover=all
    -fno-omit-frame-pointer)
  target_compile_options(dp_options INTERFACE ${sanitize})
  target_compile_definitions(dp_options INTERFACE DP_EXPECT_CHECKS)  # see dp/core/expect.hpp
  target_link_options(dp_options INTERFACE ${sanitize})
endif()
if(DP_SANITIZE_THREADS)
  target_compile_options(dp_options INTERFACE
    -fsanitize=thread "SHELL:-include ${PROJECT_SOURCE_DIR}/tests/threads/kokkos_barrier.hpp")
  target_link_options(dp_options INTERFACE -fsanitize=thread)
endif()

# dp_add_program(name folder source...): an executable in the build's `folder`. Installed, it finds the Kokkos it was
# linked to.
function(dp_add_program name folder)
  add_executable(${name} ${ARGN})
  target_link_libraries(${name} PRIVATE dp::io_compiled dp_options)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/${folder}
    INSTALL_RPATH_USE_LINK_PATH ON)
endfunction()

# Shared libraries cannot be linked with a static Kokkos, unless its code is position-independent, as that of a Kokkos
# that is built here. DP_BINDINGS says whether there are any.
set(DP_BINDINGS ${DP_BUILD_BINDINGS})
if(DP_BUILD_BINDINGS STREQUAL "AUTO")
  set(DP_BINDINGS ${DP_BUILD_EXAMPLES})
  get_target_property(type Kokkos::kokkoscore TYPE)
  if(DP_BINDINGS AND DP_KOKKOS_SOURCE STREQUAL "installed" AND NOT type STREQUAL "SHARED_LIBRARY")
    message(STATUS "dp: no libdp_c and libdeepmd_c, since Kokkos is a static library (DP_BUILD_BINDINGS=ON where it was "
      "compiled with -fPIC)")
    set(DP_BINDINGS OFF)
  endif()
endif()

if(DP_BUILD_EXAMPLES OR DP_BUILD_TESTS OR DP_BUILD_BENCHMARKS OR DP_BINDINGS)
  if(NOT TARGET dp::io)
    message(FATAL_ERROR "dp: programs, bindings, tests and benchmarks read model files, which DP_IO=${DP_IO} leaves out")
  endif()
  # Most of them need the library's kernels in all precisions, which are compiled once.
  set(DP_COMPILED ON)
endif()
if(DP_COMPILED)
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/dp/compiled/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/readers\\.cpp$")
  add_library(dp_compiled STATIC ${sources})
  add_library(dp::dp_compiled ALIAS dp_compiled)
  target_link_libraries(dp_compiled PUBLIC dp PRIVATE $<BUILD_INTERFACE:dp_options>)
  set_target_properties(dp_compiled PROPERTIES POSITION_INDEPENDENT_CODE ON)  # shared libraries link it too
  if(TARGET dp_io)
    add_library(dp_io_compiled STATIC include/dp/compiled/readers.cpp)
    add_library(dp::io_compiled ALIAS dp_io_compiled)
    set_target_properties(dp_io_compiled PROPERTIES EXPORT_NAME io_compiled)
    target_compile_definitions(dp_io_compiled PUBLIC DP_IO_COMPILED)
    set_target_properties(dp_io_compiled PROPERTIES POSITION_INDEPENDENT_CODE ON)
    target_link_libraries(dp_io_compiled PUBLIC dp_io PRIVATE $<BUILD_INTERFACE:dp_options>)
  endif()
endif()

# What reads dp-md's input files, for dp-md and for the tests. nvcc's front end makes invalid code of toml++, so
# nvcc_wrapper must leave this file to the host's compiler.
if(DP_BUILD_EXAMPLES OR DP_BUILD_TESTS)
  find_package(tomlplusplus REQUIRED)
  add_library(dp_md_input STATIC examples/programs/common/read_keys.cpp examples/programs/md/read_input.cpp)
  target_compile_features(dp_md_input PUBLIC cxx_std_20)
  target_include_directories(dp_md_input PUBLIC ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/examples/programs)
  target_link_libraries(dp_md_input PRIVATE dp_options tomlplusplus::tomlplusplus)
  if(CMAKE_CXX_COMPILER MATCHES "nvcc_wrapper$")
    target_compile_options(dp_md_input PRIVATE --host-only)
  endif()
endif()
