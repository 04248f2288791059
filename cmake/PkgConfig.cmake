# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause

# Installs dp.pc, by which a program that is not built by CMake compiles and links with dp on hosts: the library, and
# where they are made its kernels and readers, with Kokkos and all else where this build found it.

# Appends to `result` the words that link `target` and what it needs, a library before those that it needs.
function(dp_link_words result target)
  get_target_property(aliased ${target} ALIASED_TARGET)
  if(aliased)
    set(target ${aliased})
  endif()
  get_target_property(type ${target} TYPE)
  get_target_property(imported ${target} IMPORTED)
  set(words ${${result}})
  if(imported AND NOT type STREQUAL "INTERFACE_LIBRARY")
    list(APPEND words $<TARGET_LINKER_FILE:${target}>)
    get_target_property(location ${target} LOCATION)
    cmake_path(GET location PARENT_PATH folder)
    if(type STREQUAL "SHARED_LIBRARY" AND NOT folder IN_LIST CMAKE_CXX_IMPLICIT_LINK_DIRECTORIES)
      list(APPEND words -Wl,-rpath,${folder})  # a private Kokkos is found again when the program starts
    endif()
  elseif(NOT type STREQUAL "INTERFACE_LIBRARY")
    list(APPEND words -l${target})
  endif()
  get_target_property(needed ${target} INTERFACE_LINK_LIBRARIES)
  foreach(item IN LISTS needed)
    string(REGEX REPLACE "^\\$<LINK_ONLY:(.*)>$" "\\1" item "${item}")
    if(TARGET "${item}")
      dp_link_words(words ${item})
    elseif(item MATCHES "^[-/]")
      list(APPEND words ${item})
    elseif(item AND NOT item MATCHES "[$:]|-NOTFOUND$")
      list(APPEND words -l${item})
    endif()
  endforeach()
  set(${result} ${words} PARENT_SCOPE)
endfunction()

set(uses dp)
foreach(target IN ITEMS dp_io dp_compiled dp_io_compiled)
  if(TARGET ${target})
    list(PREPEND uses ${target})
  endif()
endforeach()
set(libraries "")
foreach(target IN LISTS uses)
  dp_link_words(libraries ${target})
  list(APPEND folders $<TARGET_PROPERTY:${target},INTERFACE_INCLUDE_DIRECTORIES>)
  list(APPEND definitions $<TARGET_PROPERTY:${target},INTERFACE_COMPILE_DEFINITIONS>)
endforeach()
list(REVERSE libraries)  # of several places of a library the last counts
list(REMOVE_DUPLICATES libraries)
list(REVERSE libraries)
if("OPENMP" IN_LIST Kokkos_DEVICES)
  set(threads -fopenmp)
else()
  set(threads "")
endif()

# The folders of this build and those that compilers look into by themselves are left out.
list(JOIN CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES "|" implicit)
string(REPLACE "+" "[+]" left_out "^(${PROJECT_SOURCE_DIR}/.*|${PROJECT_BINARY_DIR}/.*|${implicit})$")
set(folders "$<REMOVE_DUPLICATES:$<FILTER:${folders},EXCLUDE,${left_out}>>")
set(definitions "$<REMOVE_DUPLICATES:${definitions}>")
string(JOIN " " DP_CFLAGS -std=c++20 ${threads} -I\${includedir})
string(APPEND DP_CFLAGS " $<$<BOOL:${folders}>:-I$<JOIN:${folders}, -I>>"
  " $<$<BOOL:${definitions}>:-D$<JOIN:${definitions}, -D>>")
list(JOIN libraries " " DP_LIBRARIES)
string(APPEND DP_LIBRARIES " ${threads}")
file(RELATIVE_PATH up /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(${CMAKE_CURRENT_LIST_DIR}/dp.pc.in ${PROJECT_BINARY_DIR}/pkgconfig/dp.pc.in @ONLY)
# CMake makes one for each language.
file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/pkgconfig/dp-$<CONFIG>-$<COMPILE_LANGUAGE>.pc
  INPUT ${PROJECT_BINARY_DIR}/pkgconfig/dp.pc.in)
install(FILES ${PROJECT_BINARY_DIR}/pkgconfig/dp-$<CONFIG>-CXX.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
  RENAME dp.pc)
