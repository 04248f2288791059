# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause

# The header of KISS FFT that is a template of the number's type: no library is linked, and the CMake package of its
# libraries, which stands for one type each, does not have it. Defines KissHeader::kissfft.
find_path(KissHeader_INCLUDE_DIR kissfft.hh PATH_SUFFIXES kissfft)
mark_as_advanced(KissHeader_INCLUDE_DIR)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(KissHeader REQUIRED_VARS KissHeader_INCLUDE_DIR)
if(KissHeader_FOUND AND NOT TARGET KissHeader::kissfft)
  add_library(KissHeader::kissfft INTERFACE IMPORTED)
  set_target_properties(KissHeader::kissfft PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${KissHeader_INCLUDE_DIR}")
endif()
