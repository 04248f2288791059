# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause

# `cpack` in a build folder makes a package of what the folder installs: for Debian (-G DEB), or an archive (-G TGZ).
# Set before: CPACK_PACKAGE_NAME, CPACK_PACKAGE_DESCRIPTION_SUMMARY, CPACK_RESOURCE_FILE_LICENSE.
set(CPACK_PACKAGE_VENDOR "The dp authors")
set(CPACK_PACKAGE_CONTACT "The dp authors")
set(CPACK_PACKAGING_INSTALL_PREFIX ${CMAKE_INSTALL_PREFIX})
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
find_program(DP_DPKG_SHLIBDEPS dpkg-shlibdeps)
mark_as_advanced(DP_DPKG_SHLIBDEPS)
if(DP_DPKG_SHLIBDEPS)
  set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)  # the packages of the libraries that programs are linked to
endif()
install(FILES ${CPACK_RESOURCE_FILE_LICENSE}
  DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/${CPACK_PACKAGE_NAME} RENAME copyright)
include(CPack)
