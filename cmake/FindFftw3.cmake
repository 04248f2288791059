# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause

# FFTW 3 in double precision. Defines Fftw3::fftw3.
find_path(Fftw3_INCLUDE_DIR fftw3.h)
find_library(Fftw3_LIBRARY fftw3)
mark_as_advanced(Fftw3_INCLUDE_DIR Fftw3_LIBRARY)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Fftw3 REQUIRED_VARS Fftw3_LIBRARY Fftw3_INCLUDE_DIR)
if(Fftw3_FOUND AND NOT TARGET Fftw3::fftw3)
  add_library(Fftw3::fftw3 UNKNOWN IMPORTED)
  set_target_properties(Fftw3::fftw3 PROPERTIES IMPORTED_LOCATION "${Fftw3_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${Fftw3_INCLUDE_DIR}")
endif()
