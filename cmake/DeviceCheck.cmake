# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause

# Compile-only checks of device code (tests/device). Installed Kokkos headers hold all backends; a few configuration
# headers say which of them are switched on. An overlay, made of the installed ones when CMake configures and found
# before them, switches that of a GPU on. Nothing can be linked with it.

# dp_device_overlay(result CUDA|HIP macro...): sets `result` to the folder of an overlay that defines the macros too.
function(dp_device_overlay result backend)
  get_target_property(includes Kokkos::kokkoscore INTERFACE_INCLUDE_DIRECTORIES)
  find_path(kokkos KokkosCore_config.h HINTS ${includes} REQUIRED NO_DEFAULT_PATH NO_CACHE)
  list(GET ARGN 0 name)
  set(folder ${PROJECT_BINARY_DIR}/overlay/${name})

  file(READ ${kokkos}/KokkosCore_config.h text)
  # Only a host with one thread may do without atomics.
  string(REPLACE "#define KOKKOS_ENABLE_ATOMICS_BYPASS" "" text "${text}")
  foreach(macro IN ITEMS KOKKOS_ENABLE_${backend} ${ARGN})
    string(APPEND text "#define ${macro}\n")
  endforeach()
  file(CONFIGURE OUTPUT ${folder}/KokkosCore_config.h CONTENT "${text}" @ONLY)

  file(READ ${kokkos}/desul/atomics/Config.hpp text)
  set(text "#define DESUL_ATOMICS_ENABLE_${backend}\n${text}")
  file(CONFIGURE OUTPUT ${folder}/desul/atomics/Config.hpp CONTENT "${text}" @ONLY)

  string(REPLACE CUDA Cuda camel ${backend})
  foreach(part IN ITEMS Declare/decl/${backend} Fwd/fwd/${backend} Setup/setup/${camel})
    string(REPLACE "/" ";" part ${part})
    list(POP_FRONT part what place which)
    file(READ ${kokkos}/KokkosCore_Config_${what}Backend.hpp text)
    set(text "#include <${place}/Kokkos_${what}_${which}.hpp>\n${text}")
    file(CONFIGURE OUTPUT ${folder}/KokkosCore_Config_${what}Backend.hpp CONTENT "${text}" @ONLY)
  endforeach()
  set(${result} ${folder} PARENT_SCOPE)
endfunction()

# Sets `result` to the options -I and -isystem for `includes` and for the include folders of the targets `libraries`.
function(dp_device_includes result includes libraries)
  list(TRANSFORM includes PREPEND -I)
  foreach(library IN LISTS libraries)
    get_target_property(folders ${library} INTERFACE_INCLUDE_DIRECTORIES)
    list(REMOVE_ITEM folders ${CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES})
    foreach(folder IN LISTS folders)
      list(APPEND includes -isystem ${folder})
    endforeach()
  endforeach()
  set(${result} ${includes} PARENT_SCOPE)
endfunction()

# dp_device_check_cuda(architectures INCLUDES folder... LIBRARIES target... SOURCES file...): compiles with nvcc, if
# there is one, to objects with the code for all `architectures` (90: sm_90), and adds them to the target `cuda`.
function(dp_device_check_cuda architectures)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "INCLUDES;LIBRARIES;SOURCES")
  find_program(DP_NVCC nvcc HINTS ENV CUDA_HOME PATHS /usr/local/cuda PATH_SUFFIXES bin)
  if(NOT DP_NVCC)
    message(STATUS "dp: SKIPPED: device code for CUDA: no nvcc was found (DP_NVCC)")
    return()
  endif()
  file(REAL_PATH ${DP_NVCC} real_nvcc)
  cmake_path(GET real_nvcc PARENT_PATH bin)
  find_path(cublas cublas_v2.h HINTS ${bin}/../include NO_CACHE)
  find_path(cufft cufft.h HINTS ${bin}/../include NO_CACHE)
  dp_device_overlay(overlay CUDA KOKKOS_ARCH_HOPPER KOKKOS_ARCH_HOPPER90 KOKKOS_ENABLE_CUDA_LAMBDA)
  dp_device_includes(includes "${arg_INCLUDES}" "${arg_LIBRARIES}")
  set(targets "")
  foreach(architecture IN LISTS architectures)
    list(APPEND targets -gencode arch=compute_${architecture},code=sm_${architecture})
  endforeach()
  foreach(source IN LISTS arg_SOURCES)
    cmake_path(GET source STEM name)
    set(object cuda/${name}.o)
    add_custom_command(OUTPUT ${object}
      COMMAND ${CMAKE_CXX_COMPILER_LAUNCHER} ${DP_NVCC} -ccbin ${CMAKE_CXX_COMPILER} -std=c++20 -x cu ${targets} --expt-extended-lambda
        -Werror all-warnings $<$<BOOL:${cublas}>:-DDP_HAVE_CUBLAS> $<$<BOOL:${cufft}>:-DDP_HAVE_CUFFT> $<$<BOOL:${DP_DEVICE_RESOURCES}>:-Xptxas=-v>
        -isystem ${overlay} ${includes} -MD -MF ${object}.d -c ${source} -o ${object}
      COMMAND_EXPAND_LISTS VERBATIM DEPENDS ${source} DEPFILE ${object}.d COMMENT "CUDA: ${name}")
    list(APPEND objects ${object})
  endforeach()
  file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/cuda)
  list(JOIN architectures ", sm_" text)
  message(STATUS "dp: device code for CUDA: sm_${text} by ${DP_NVCC}")
  add_custom_target(cuda ALL DEPENDS ${objects})
endfunction()

function(dp_is_recent_clang result program)
  execute_process(COMMAND ${program} -dumpversion OUTPUT_VARIABLE version)
  if(version VERSION_LESS 17)
    set(${result} FALSE PARENT_SCOPE)
  endif()
endfunction()

# dp_device_check_hip(architectures INCLUDES ... LIBRARIES ... SOURCES ...): likewise with clang and HIP's headers, to
# assembly for each of the `architectures` (gfx90a), and the host's half once without code; adds them to the target `hip`.
function(dp_device_check_hip architectures)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "INCLUDES;LIBRARIES;SOURCES")
  find_program(DP_HIP_CLANG NAMES clang++-19 clang++-20 clang++-18 clang++-17 clang++ HINTS ${DP_ROCM}/lib/llvm/bin
    VALIDATOR dp_is_recent_clang)
  if(NOT DP_HIP_CLANG)
    message(STATUS "dp: SKIPPED: device code for HIP: no clang++ from 17 on was found (DP_HIP_CLANG)")
    return()
  endif()
  if(NOT EXISTS ${DP_ROCM}/include/hip/hip_runtime.h)
    message(STATUS "dp: SKIPPED: device code for HIP: no headers of HIP were found (DP_ROCM)")
    return()
  endif()
  dp_device_includes(includes "${arg_INCLUDES}" "${arg_LIBRARIES}")
  find_path(rocblas rocblas/rocblas.h HINTS ${DP_ROCM}/include NO_CACHE)
  set(passes ${architectures} host)
  foreach(pass IN LISTS passes)
    set(architecture ${pass})
    set(mode --cuda-device-only -O2 -S)
    if(pass STREQUAL "host")
      list(GET architectures 0 architecture)
      set(mode --cuda-host-only -O0 -S -emit-llvm)
    endif()
    string(TOUPPER ${architecture} upper)
    dp_device_overlay(overlay HIP KOKKOS_ARCH_AMD_${upper} "KOKKOS_ARCH_AMD_GPU \"AMD_${upper}\"")
    foreach(source IN LISTS arg_SOURCES)
      cmake_path(GET source STEM name)
      set(object hip/${name}.${pass}.s)
      add_custom_command(OUTPUT ${object}
        COMMAND ${CMAKE_CXX_COMPILER_LAUNCHER} ${DP_HIP_CLANG} -std=c++20 -x hip --offload-arch=${architecture} --rocm-path=${DP_ROCM} -nogpulib
          -D__HIP_PLATFORM_AMD__ $<$<BOOL:${rocblas}>:-DDP_HAVE_ROCBLAS> ${mode} -Wall -Wextra -Werror
          -isystem ${overlay} ${includes} -MD -MF ${object}.d ${source} -o ${object}
        COMMAND_EXPAND_LISTS VERBATIM DEPENDS ${source} DEPFILE ${object}.d COMMENT "HIP (${pass}): ${name}")
      list(APPEND objects ${object})
    endforeach()
  endforeach()
  file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/hip)
  list(JOIN architectures ", " text)
  message(STATUS "dp: device code for HIP: ${text} by ${DP_HIP_CLANG}, headers of ${DP_ROCM}")
  add_custom_target(hip ALL DEPENDS ${objects})
endfunction()
