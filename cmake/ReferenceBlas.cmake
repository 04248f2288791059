# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause

# Sets `result` to the path of the system's BLAS if that is the reference implementation (seven times slower than
# OpenBLAS here), else to an empty string. Distributions choose the BLAS behind libblas.so.3 by links.
function(dp_reference_blas result)
  find_library(blas_library NAMES libblas.so.3 blas openblas NO_CACHE)
  set(blas_library "${blas_library}" PARENT_SCOPE)
  set(${result} "" PARENT_SCOPE)
  if(blas_library)
    file(REAL_PATH "${blas_library}" real_library)
    if(real_library MATCHES "/blas/libblas[.]")
      set(${result} "${real_library}" PARENT_SCOPE)
    endif()
  endif()
endfunction()
