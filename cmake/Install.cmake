# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause

include(CMakePackageConfigHelpers)
set(config_folder ${CMAKE_INSTALL_LIBDIR}/cmake/dp)

install(DIRECTORY include/dp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(TARGETS dp EXPORT dpTargets)
install(EXPORT dpTargets NAMESPACE dp:: DESTINATION ${config_folder})
install(FILES cmake/dpFftDependencies.cmake cmake/FindKissHeader.cmake cmake/FindFftw3.cmake
  DESTINATION ${config_folder})
if(TARGET dp_io)
  install(TARGETS dp_io EXPORT dpIoTargets)
  install(EXPORT dpIoTargets NAMESPACE dp:: DESTINATION ${config_folder})
  install(FILES cmake/dpIoDependencies.cmake cmake/FindProtozero.cmake DESTINATION ${config_folder})
endif()
if(TARGET dp_compiled)
  install(TARGETS dp_compiled EXPORT dpCompiledTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(EXPORT dpCompiledTargets NAMESPACE dp:: DESTINATION ${config_folder})
endif()
if(TARGET dp_io_compiled)
  install(TARGETS dp_io_compiled EXPORT dpIoCompiledTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(EXPORT dpIoCompiledTargets NAMESPACE dp:: DESTINATION ${config_folder})
endif()
if(TARGET dp_c)
  install(TARGETS dp_c deepmd_c EXPORT dpCTargets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(EXPORT dpCTargets NAMESPACE dp:: DESTINATION ${config_folder})
  install(DIRECTORY bindings/c/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  file(RELATIVE_PATH up /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
  configure_file(cmake/dp_c.pc.in ${PROJECT_BINARY_DIR}/dp_c.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/dp_c.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endif()
include(${CMAKE_CURRENT_LIST_DIR}/PkgConfig.cmake)
configure_package_config_file(cmake/dpConfig.cmake.in ${PROJECT_BINARY_DIR}/dpConfig.cmake
  INSTALL_DESTINATION ${config_folder})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/dpConfigVersion.cmake
  COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES ${PROJECT_BINARY_DIR}/dpConfig.cmake ${PROJECT_BINARY_DIR}/dpConfigVersion.cmake
  DESTINATION ${config_folder})
foreach(program IN ITEMS dp-md dp-eval dp-deviation dp-model dp-structure dp-analyse dp-statics dp-failure)
  if(TARGET ${program})
    install(TARGETS ${program} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  endif()
endforeach()
